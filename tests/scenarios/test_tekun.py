"""特困 end to end: three tests, obligors, self-care, money to carer or home, stop with publicity, funeral (TK-01..12)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from departments import world
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.acts import application, decision, support
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from tests.families import COUNTY_DECIDES, DELEGATED, FIRST_DAY, City, Family, refused

SPRING_2022 = date(2022, 2, 8)
DRAWN = drawn_picture("signature")
ITEMS = ("eat", "dress", "bed", "toilet", "walk", "bathe")


def old_man(
    city: City,
    *,
    town: str = DELEGATED,
    born: str = "1958-05-01",
    obligors: tuple[dict[str, Any], ...] = (),
    unable: tuple[str, ...] = ("walk", "bathe"),
    start: date = FIRST_DAY,
    **person: Any,
) -> Family:
    """One person alone without income, known to the departments, who asks for tekun."""
    facts = deepcopy(city.facts("single_elder", town))
    (one,) = facts["people"]
    first17 = f"{one['id_no'][:6]}{born.replace('-', '')}{one['id_no'][14:17]}"
    one |= {"id_no": first17 + world.check_character(first17), "born_on": born} | person
    one["truth"] |= {"pension_yuan": 0}
    facts["declared"] |= {"incomes": [], "exemptions": {}}
    facts |= {"aid_type": "TEKUN", "unable": unable, "behaviour": {}}
    facts["obligors"] = [{"supports": one["id_no"]} | each for each in obligors]
    city.console().post("/console/people", json=[{key: one[key] for key in ("id_no", "name", "truth")}])
    return Family(city, facts, clock.instant(start))


def ratings(able: bool = True) -> dict[str, Any]:
    return {
        "items": dict.fromkeys(ITEMS, able),
        "assessor": "孙医生",
        "second_assessor": "李护士",
        "witness": "邻居老周",
        "signatures": [DRAWN] * 3,
    }


def decided(family: Family) -> Any:
    with fence(PLATFORM):
        return family.case.decisions.order_by("-round").first()


def papers(family: Family) -> dict[str, str]:
    with fence(PLATFORM):
        return dict(Document.objects.filter(case_id=family.pk).order_by("id").values_list("code", "title"))


@pytest.mark.parametrize(
    ("unable", "care", "total"),
    [
        (("walk", "bathe"), 25900, 84400),
        (("dress", "toilet", "walk", "bathe"), 51700, 110200),
        ((), 15500, 74000),
    ],
)
def test_as_31_basic_living_and_care_by_level(
    city: City, unable: tuple[str, ...], care: int, total: int
) -> None:
    family = old_man(city, unable=unable).to_the_end()

    decision_ = decided(family)
    assert family.case.state == "GRANTED" and family.case.regime == "P2019"
    assert (decision_.base_fen, decision_.care_fen, decision_.amount_fen) == (58500, care, total)
    with fence(PLATFORM):
        entitlement = family.case.entitlement
        assert entitlement.review_class == "A"
        assert entitlement.members.get().person.name == family.case.applicant.name
    assert papers(family)["W30"] == "特困人员生活自理能力评估表"


@pytest.mark.parametrize(
    ("start", "regime", "state"), [(FIRST_DAY, "P2019", "REFUSED"), (SPRING_2022, "P2021", "GRANTED")]
)
def test_as_32_a_limb_disability_of_grade_two_counts_from_2021_on(
    city: City, start: date, regime: str, state: str
) -> None:
    city.publish("regime_policy", "BY_DATE")
    born = f"{start.year - 40}-01-01"
    family = old_man(
        city, born=born, start=start, disability_category="4", disability_grade="2", labour="PART"
    ).to_the_end()

    assert (family.case.regime, family.case.state) == (regime, state)
    if state == "REFUSED":
        assert decided(family).reasons == ["RC-LABOUR"]
        assert papers(family)["W22"] == "特困人员救助供养不予批准告知书"


@pytest.mark.parametrize("town", [COUNTY_DECIDES, DELEGATED])
@pytest.mark.parametrize(("start", "regime"), [(FIRST_DAY, "P2019"), (SPRING_2022, "P2021")])
def test_the_whole_path_on_both_routes_under_both_regimes(
    city: City, town: str, start: date, regime: str
) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = old_man(city, town=town, start=start).to_the_end()

    assert (family.case.regime, family.case.state) == (regime, "GRANTED")
    steps = family.steps()
    assert steps.index("TK-08") < steps.index("D23")
    titles = papers(family)
    assert titles["W09"] == "特困人员救助供养申请表"
    assert titles["W24"] == "特困人员救助供养证"
    assert "特困人员救助供养" in titles["W23"]
    assert decided(family).authority == ("TOWN" if town == DELEGATED else "COUNTY")


# —— obligors


def test_tk_05_a_supporter_signs_too_or_it_is_written_down_why_not(city: City) -> None:
    son = {"name": "王小军", "relation": "2", "facts": {"age": 63, "standing": "DIBAO"}}
    lost = {"name": "王大军", "relation": "2", "facts": {"unable": "LOST"}, "absent": "NOT_FOUND"}
    city.publish("tekun.obligor_grounds", ["LOST"])
    family = old_man(city, obligors=(son, lost)).until("AUTHORISED")

    with fence(PLATFORM):
        consent = family.case.authorisation
        assert consent.signatures.filter(obligor__name="王小军").exists()
        excuse = consent.excuses.get()
        assert (excuse.obligor.name, excuse.kind) == ("王大军", "NOT_FOUND") and excuse.reason
    family.to_the_end()
    assert family.case.state == "GRANTED"


def test_tk_05_without_the_supporters_signature_nothing_is_verified(city: City) -> None:
    family = old_man(city, obligors=({"name": "王小军", "relation": "2", "facts": {"age": 63}},))
    family._walk = iter(())
    from jiuzhu.infra import walk

    with clock.at(family.now):
        case = walk._first_word(city.walker, family.facts)
        family.pk = case.pk
        with fence(family.citizen):
            application.sign(family.citizen, case.uid, person_uid=case.applicant.uid, picture=DRAWN)
    assert family.case.state == "INTENT"
    clerk = family.staff("TOWN_CLERK")
    with fence(PLATFORM):
        obligor = case.household.obligors.get()
    with family.at(), fence(clerk):
        with refused("E_REASONS"):
            application.excuse_obligor(clerk, case.uid, obligor_id=obligor.id, kind="REFUSED", reason="")
        application.excuse_obligor(
            clerk, case.uid, obligor_id=obligor.id, kind="REFUSED", reason="电话中明确拒绝签字"
        )
    assert family.case.state == "AUTHORISED"


def test_tk_02_an_able_son_leads_to_a_refusal_that_says_so(city: City) -> None:
    son = {"name": "王小军", "relation": "2", "facts": {"age": 40}}
    family = old_man(city, obligors=(son,)).to_the_end()

    assert family.case.state == "REFUSED"
    assert decided(family).reasons == ["RC-OBLIGOR"]


# —— self-care


def test_dq_39_nobody_is_approved_before_his_self_care_was_rated(city: City) -> None:
    family = old_man(city).until("TOWN_APPROVAL")
    lead, clerk = family.staff("TOWN_LEAD"), family.staff("TOWN_CLERK")
    with family.at():
        with fence(lead), refused("E_DOC", "生活自理能力评估表"):
            decision.approve(lead, family.uid)
        with fence(clerk):
            support.rate_self_care(clerk, family.uid, **ratings(able=False))
        with fence(lead):
            decision.approve(lead, family.uid)

    assert decided(family).care_fen == 51700


def test_tk_08_two_assessors_and_a_witness_of_no_relation_sign(city: City) -> None:
    family = old_man(city).until("ACCEPTED")
    clerk = family.staff("TOWN_CLERK")
    name = family.case.applicant.name
    with family.at(), fence(clerk):
        with refused("E_INPUT"):
            support.rate_self_care(clerk, family.uid, **ratings() | {"items": {"eat": True}})
        with refused("E_INPUT"):
            support.rate_self_care(clerk, family.uid, **ratings() | {"witness": "孙医生"})
        with refused("E_SOD"):
            support.rate_self_care(clerk, family.uid, **ratings() | {"witness": name})
        with refused("E_SEAL"):
            support.rate_self_care(clerk, family.uid, **ratings() | {"signatures": [DRAWN, DRAWN]})
        support.rate_self_care(clerk, family.uid, **ratings())

    with fence(PLATFORM):
        rating = family.case.ratings.get()
    assert (rating.level, rating.valid_to) == ("SELF", date(2021, 9, rating.rated_on.day))
