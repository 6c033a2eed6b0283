"""特困 end to end: three tests, obligors, self-care, money to carer or home, stop with publicity, funeral (TK-01..12)."""

from __future__ import annotations

import io
import re
import subprocess
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.roles import ROLES
from jiuzhu.benefits import queries as benefit_queries
from jiuzhu.benefits import support_queries, support_table
from jiuzhu.benefits.acts import changes, recovery
from jiuzhu.benefits.acts import support as support_acts
from jiuzhu.benefits.acts import support_stop as stops
from jiuzhu.benefits.models import Change, Overpay, SupportStop
from jiuzhu.cases.acts import authorisation, decision, investigation, objection, obligors, support
from jiuzhu.cases.models import CareAgreement, Institution, SupportSpan
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.documents.tests.test_aid_papers import NO_FAMILY
from jiuzhu.documents.tests.test_aid_papers import text_of as paper_text
from jiuzhu.infra import invariants
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.office.tests.test_money import browser
from jiuzhu.payments import queries as pay_queries
from jiuzhu.payments.acts import building
from jiuzhu.payments.models import PayLine, PayRun
from jiuzhu.people import acts as people
from jiuzhu.vault import files
from tests.families import COUNTY_DECIDES, DELEGATED, FIRST_DAY, City, Family, refused
from tests.supported import number, old_man

SPRING_2022 = date(2022, 2, 8)
DRAWN = drawn_picture("signature")
ITEMS = ("eat", "dress", "bed", "toilet", "walk", "bathe")


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


def text_of(pdf: bytes) -> str:
    """As another program reads it, without spaces."""
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s", "", read.stdout.decode())


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


def test_township_and_county_have_fifteen_working_days_each_inside_the_total_from_2021_on(city: City) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = old_man(city, town=COUNTY_DECIDES, start=SPRING_2022).until("ACCEPTED")

    with fence(PLATFORM):
        running = dict(family.case.clocks.filter(ended_at__isnull=True).values_list("clock", "due_on"))
    assert {"CLK-T20", "CLK-TK15"} <= set(running) and running["CLK-TK15"] < running["CLK-T20"]

    family.to_the_end()
    with fence(PLATFORM):
        county = family.case.clocks.get(clock="CLK-CO15")
        town = family.case.clocks.get(clock="CLK-TK15")
        assert not family.case.clocks.filter(clock="CLK-CO").exists()
    assert town.ended_at and county.ended_at and town.ended_at <= county.started_at


# —— obligors


def test_tk_05_a_supporter_first_named_in_the_form_is_asked_to_sign_before_the_opinion(city: City) -> None:
    family = old_man(city).until("INVESTIGATING")
    with fence(PLATFORM):
        case = family.case
        late = people.add_obligor(
            case.household, supports=case.applicant, name="张大山", relation="2", id_no="", facts={}
        )
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        with refused("E_NOT_SIGNED", "张大山"):
            investigation.submit_investigation(clerk, family.uid)
        obligors.excuse_obligor(
            clerk, family.uid, obligor_id=late.id, kind="NOT_FOUND", reason="多次联系未果。"
        )
        with refused("E_REPEAT"):
            obligors.excuse_obligor(
                clerk, family.uid, obligor_id=late.id, kind="NOT_FOUND", reason="多次联系未果。"
            )


def test_tk_05_the_late_supporter_signs_the_consent_that_is_in_force(city: City) -> None:
    family = old_man(city).until("INVESTIGATING")
    with fence(PLATFORM):
        case = family.case
        late = people.add_obligor(
            case.household, supports=case.applicant, name="张大山", relation="2", id_no="", facts={}
        )
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        authorisation.sign(clerk, family.uid, obligor_id=late.id, picture=DRAWN, mode="PAPER")
        assert not people.unsigned_obligors(family.case.authorisation)
        assert family.case.state == "INVESTIGATING"
        with refused("E_STATE"):
            authorisation.sign(clerk, family.uid, person_uid=case.applicant.uid, picture=DRAWN)


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
            authorisation.sign(family.citizen, case.uid, person_uid=case.applicant.uid, picture=DRAWN)
    assert family.case.state == "INTENT"
    clerk = family.staff("TOWN_CLERK")
    with fence(PLATFORM):
        obligor = case.household.obligors.get()
    with family.at(), fence(clerk):
        with refused("E_REASONS"):
            obligors.excuse_obligor(clerk, case.uid, obligor_id=obligor.id, kind="REFUSED", reason="")
        obligors.excuse_obligor(
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


# —— after the grant: where, by whom, for whose money


@pytest.fixture(scope="module")
def granted_once(module_city: City) -> Family:
    return old_man(module_city).to_the_end()


@pytest.fixture
def granted(granted_once: Family, city: City) -> Family:
    """Granted on 2019-09-30; whatever a test does to it is undone."""
    return granted_once


CARER = {
    "carer_name": "王翠花",
    "carer_relation": "侄女",
    "carer_id_no": number("37159919800101002"),
    "bank_code": "103",
    "bank_name": "中国农业银行沙镇支行",
    "number": "6228480000000000017",
    "duties": "每日三餐，协助洗澡，陪同就医",
    "ends_on": date(2022, 12, 31),
    "person_signature": DRAWN,
    "carer_signature": DRAWN,
}


def agree(family: Family, **changes: Any) -> CareAgreement:
    clerk = family.staff("TOWN_CLERK")
    with fence(clerk):
        return support_acts.sign_agreement(clerk, family.uid, **CARER | changes)


def choose(family: Family, mode: str, **more: Any) -> SupportSpan:
    clerk = family.staff("TOWN_CLERK")
    with fence(clerk):
        return support_acts.choose_support(clerk, family.uid, mode=mode, signature=DRAWN, **more)


def home(family: Family) -> Institution:
    officer = family.staff("COUNTY_SUPERVISOR")
    with fence(officer):
        return support_acts.register_institution(
            officer,
            name="沙镇镇敬老院",
            bank_code="103",
            bank_name="中国农业银行沙镇支行",
            number="9558800000000000123",
            beds=60,
        )


def listed(family: Family, month: date) -> list[tuple[str, str, int, str]]:
    """The month's list of the county with the person's lines: kind, part, fen, account holder."""
    with clock.at(clock.instant(month, 9)):
        worker = family.staff("CENTER_STAFF")
        with fence(worker):
            run = building.build_run(worker, family.case.county_id, "TEKUN", family.case.area_type, month)
    with fence(PLATFORM):
        rows = run.lines.filter(entitlement__case_id=family.pk).order_by("pay_month", "part")
        return [(each.pay_kind, each.part, each.total_fen, each.account_name) for each in rows]


def test_dq_41_at_home_without_an_agreement_is_impossible_unless_he_cares_for_himself(
    granted: Family,
) -> None:
    with granted.at():
        clerk = granted.staff("TOWN_CLERK")
        with fence(clerk), refused("E_DOC", "照料服务协议"):
            support_acts.choose_support(clerk, granted.uid, mode="SCATTERED", signature=DRAWN)
        with fence(PLATFORM), pytest.raises(IntegrityError), transaction.atomic():
            SupportSpan.objects.create(
                entitlement=granted.case.entitlement,
                mode="SCATTERED",
                agreement_needed=True,
                from_month=date(2019, 10, 1),
                chosen_by="本人",
                chosen_on=date(2019, 11, 1),
                signature_id=granted.case.ratings.get().assessor_signature_id,
                by_id=clerk.id,
                at=clock.now(),
            )
        agree(granted)
        span = choose(granted, "SCATTERED")
    assert span.agreement is not None
    assert papers(granted)["W31"] == "特困人员照料服务协议"


def test_tk_10_the_basic_sum_goes_to_the_person_and_care_money_to_the_carer(granted: Family) -> None:
    name = granted.case.applicant.name
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")

    assert listed(granted, date(2019, 10, 1)) == [
        ("REGULAR", "BASE", 58500, name),
        ("REGULAR", "CARE", 25900, "王翠花"),
    ]


def test_tk_10_in_a_home_everything_goes_to_its_account(granted: Family) -> None:
    with granted.at():
        choose(granted, "CENTRAL", institution_id=home(granted).id)

    assert listed(granted, date(2019, 10, 1)) == [("REGULAR", "BASE", 84400, "沙镇镇敬老院")]


def test_tk_10_who_cares_for_himself_gets_all_of_it(city: City) -> None:
    family = old_man(city, unable=()).to_the_end()
    with family.at():
        choose(family, "SCATTERED")

    assert listed(family, date(2019, 10, 1)) == [("REGULAR", "BASE", 74000, family.case.applicant.name)]


def test_nothing_is_listed_before_the_choice_and_the_month_comes_later(city: City, granted: Family) -> None:
    other = old_man(city, unable=()).to_the_end()
    with other.at():
        choose(other, "SCATTERED")
    assert listed(granted, date(2019, 10, 1)) == []

    with granted.at(clock.instant(date(2019, 10, 21))):
        agree(granted)
        choose(granted, "SCATTERED")

    assert [row[:3] for row in listed(granted, date(2019, 11, 1))] == [
        ("ARREARS", "BASE", 58500),
        ("ARREARS", "CARE", 25900),
        ("REGULAR", "BASE", 58500),
        ("REGULAR", "CARE", 25900),
    ]


def test_ch_mode_another_wish_holds_from_the_next_month_no_list_has_taken(granted: Family) -> None:
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))

    with granted.at(clock.instant(date(2019, 10, 15))):
        span = choose(granted, "CENTRAL", institution_id=home(granted).id)
        clerk = granted.staff("TOWN_CLERK")
        with fence(clerk), refused("E_STATE"):
            support_acts.choose_support(clerk, granted.uid, mode="SCATTERED", signature=DRAWN)

    assert span.from_month == date(2019, 11, 1)
    assert listed(granted, date(2019, 11, 1)) == [("REGULAR", "BASE", 84400, "沙镇镇敬老院")]


def test_dq_39_a_rating_that_has_expired_keeps_the_list_from_the_bank(granted: Family) -> None:
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))
    listed(granted, date(2021, 12, 1))

    with clock.at(clock.instant(date(2021, 12, 1))), fence(PLATFORM):
        runs = PayRun.objects.filter(aid_type="TEKUN", county_id=granted.case.county_id).order_by("month")
        found = [
            {code for _, code, level in pay_queries.prompts(PLATFORM, run) if level == "E"} for run in runs
        ]
    assert found == [set(), {"RATING"}]


def test_another_carer_is_paid_from_the_next_month(granted: Family) -> None:
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))
    with granted.at(clock.instant(date(2019, 10, 15))):
        agree(
            granted,
            carer_name="王秀芝",
            carer_id_no=number("37159919750101002"),
            number="6228480000000000025",
        )

    assert listed(granted, date(2019, 11, 1))[1] == ("REGULAR", "CARE", 25900, "王秀芝")


def test_care_money_is_paid_once_a_month_whatever_the_part(granted: Family) -> None:
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))

    with fence(PLATFORM):
        line = PayLine.objects.get(entitlement__case_id=granted.pk, part="BASE")
        for changes in ({"care_fen": 25900, "total_fen": 84400, "part": "CARE"}, {"part": "CARE"}):
            again = deepcopy(line)
            again.pk, again.line_no = None, 99
            for key, value in changes.items():
                setattr(again, key, value)
            with pytest.raises(IntegrityError), transaction.atomic():
                again.save(force_insert=True)


def test_clk_sc_a_reported_change_is_rated_again_within_ten_working_days(granted: Family) -> None:
    with granted.at(clock.instant(date(2019, 11, 4))):
        clerk = granted.staff("TOWN_CLERK")
        with fence(clerk):
            report = support_acts.report_self_care(clerk, granted.uid, text="摔伤后不能自己穿衣、如厕")
            with refused("E_STATE"):
                support_acts.report_self_care(clerk, granted.uid, text="摔伤后不能自己穿衣、如厕")

    assert report.due_on == date(2019, 11, 18)
    with granted.at(clock.instant(date(2019, 11, 12))):
        with fence(clerk):
            rating = support_acts.rate_again(clerk, granted.uid, **ratings(able=False))
        with fence(PLATFORM):
            report.refresh_from_db()
        assert (rating.level, report.closed_on, report.rating_id) == ("FULL", date(2019, 11, 12), rating.id)
        change = _decided_change(granted)
        with fence(PLATFORM):
            amount = support_acts.amount_in_force(granted.case.entitlement)
    assert (change.kind, change.state, change.due_on) == ("CH-CARE", "DONE", date(2019, 11, 26))
    assert (amount.base_fen, amount.care_fen) == (58500, 51700)


def _decided_change(family: Family) -> Change:
    """The open change examined by the clerk and decided by the township's head."""
    clerk, lead = family.staff("TOWN_CLERK", 1), family.staff("TOWN_LEAD")
    with fence(PLATFORM):
        change = Change.objects.get(entitlement__case_id=family.pk, open=True)
    with fence(clerk):
        changes.examine(clerk, change.uid, text="重新评估表齐全，情况属实")
    with fence(lead):
        changes.decide(lead, change.uid)
    with fence(PLATFORM):
        change.refresh_from_db()
    return change


def test_dyn_11_a_lower_level_never_lowers_the_money_before_its_notice_is_served(granted: Family) -> None:
    clerk = granted.staff("TOWN_CLERK")
    with granted.at(clock.instant(date(2019, 11, 12))):
        with fence(clerk):
            support_acts.rate_again(clerk, granted.uid, **ratings(able=True))
        change = _decided_change(granted)
        with fence(PLATFORM):
            assert change.state == "DECIDED"
            assert support_acts.amount_in_force(granted.case.entitlement).care_fen == 25900
        with fence(clerk):
            changes.serve(clerk, change.uid, mode="IN_PERSON", picture=DRAWN)
        with fence(PLATFORM):
            assert support_acts.amount_in_force(granted.case.entitlement).care_fen == 15500


def test_dyn_20_who_is_supported_has_no_gradual_exit(granted: Family) -> None:
    """500 a month from new work, between 1 and 1.5 × L: a household would fade out; the law of support knows no such thing."""
    clerk = granted.staff("TOWN_CLERK")
    with fence(PLATFORM):
        entitlement, ref = granted.case.entitlement, str(granted.case.applicant.uid)
    with granted.at(clock.instant(date(2019, 11, 12))), fence(clerk):
        earned = {"incomes": [{"member": ref, "kind": "wage", "month_fen": 50000}], "new_work": True}
        change = changes.report(clerk, entitlement.id, "CH-INC", earned)
        found = changes.examine(clerk, change.uid, text="在村里看护苗圃，每月500元")

    assert (found.result, found.options) == ("STOP", ["STOP", "KEEP"])
    lead = granted.staff("TOWN_LEAD")
    with granted.at(clock.instant(date(2019, 11, 13))), fence(lead):
        with refused("E_STATE", "供养"):
            changes.decide(lead, change.uid, result="STOP")
        decided = changes.decide(lead, change.uid, result="KEEP").decision
    assert decided.new_fen == decided.old_fen > 0


def test_dq_41_who_can_do_less_at_home_without_a_carer_is_on_the_clerks_list(city: City) -> None:
    family = old_man(city, unable=()).to_the_end()
    clerk = family.staff("TOWN_CLERK")
    with family.at():
        choose(family, "SCATTERED")
        with fence(clerk):
            before = support_queries.to_agree(clerk)
            support_acts.rate_again(clerk, family.uid, **ratings(able=False))
            after = [each.case.id for each in support_queries.to_agree(clerk)]
    assert (before, after) == ([], [family.pk])


def test_dq_39_a_rating_that_ends_soon_is_on_the_clerks_list(granted: Family) -> None:
    clerk = granted.staff("TOWN_CLERK")
    with fence(PLATFORM):
        ends = granted.case.ratings.latest("seq").valid_to

    def told(on: date) -> list[tuple[str, date | None]]:
        with granted.at(clock.instant(on)), fence(clerk):
            return [(each.what, each.due_on) for each in support_queries.to_renew_rating(clerk)]

    assert told(ends - timedelta(days=31)) == []
    assert (
        told(ends - timedelta(days=30))
        == told(ends + timedelta(days=9))
        == [("自理能力评估到期，重新评估", ends)]
    )
    with granted.at(clock.instant(ends)), fence(clerk):
        assert ("自理能力评估到期，重新评估", ends) in [
            (x.what, x.due_on) for x in support_queries.todo(clerk)
        ]
        support_acts.rate_again(clerk, granted.uid, **ratings(able=False))
    assert told(ends) == []


def test_support_ends_by_its_own_way_only_and_care_changes_by_a_rating_only(granted: Family) -> None:
    clerk = granted.staff("TOWN_CLERK")
    with fence(PLATFORM):
        entitlement = granted.case.entitlement
        items = granted.case.ratings.get().items
    with granted.at(clock.instant(date(2019, 11, 12))), fence(clerk):
        with refused("E_STATE", "须先公示"):
            changes.report(clerk, entitlement.id, "CH-END", {"why": "ST-VOLUNTARY"})
        typed = {"self_care": {"member": str(granted.case.applicant.uid)} | items | {"eat": False}}
        with refused("E_DOC", "重新评估"):
            changes.report(clerk, entitlement.id, "CH-CARE", typed)
        offered = {kind.code for kind in benefit_queries.kinds_for(entitlement)}
    assert offered.isdisjoint({"CH-END", "CH-CARE", "CH-JOB"})


# —— the end


def _stop(family: Family, reason: str = "OBLIGOR", **more: Any) -> SupportStop:
    clerk = family.staff("TOWN_CLERK")
    with fence(clerk):
        return stops.propose(
            clerk, family.uid, reason=reason, facts="女儿已大学毕业参加工作，有赡养能力", **more
        )


def _lead(family: Family, act: Any, **more: Any) -> Any:
    lead = family.staff("TOWN_LEAD")
    with fence(lead):
        return act(lead, family.uid, **more)


def _photo(family: Family, moment: str) -> None:
    clerk = family.staff("TOWN_CLERK")
    with fence(clerk):
        objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment=moment)


def _waits(family: Family, role: str) -> list[str]:
    """What the day list tells this person of ends of support."""
    actor = family.staff(role)
    with fence(actor):
        return [each.what for each in support_queries.todo(actor) if each.stop]


@pytest.fixture
def paid(granted: Family) -> Family:
    """Listed for October 2019, the first month."""
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))
    return granted


def test_tk_12_support_ends_after_seven_days_on_the_board_and_the_notice(paid: Family) -> None:
    clerk = paid.staff("TOWN_CLERK")
    with paid.at(clock.instant(date(2019, 10, 9))):
        _stop(paid)
        assert _waits(paid, "TOWN_LEAD") == ["核准终止供养并公示"]
        assert _waits(paid, "TOWN_CLERK") == _waits(paid, "COUNTY_APPROVER") == []
        with fence(clerk), refused("E_AUTH"):
            stops.post(clerk, paid.uid)
        stop = _lead(paid, stops.post)
        assert (_waits(paid, "TOWN_LEAD"), _waits(paid, "TOWN_CLERK")) == ([], ["张贴终止公示并拍照"])
        _photo(paid, "START")
        assert _waits(paid, "TOWN_CLERK") == []
        with fence(paid.staff("TOWN_LEAD")), refused("E_PUBL", "公示至"):
            stops.decide(paid.staff("TOWN_LEAD"), paid.uid)
    assert stop.posting.ends_on == date(2019, 10, 16)
    with paid.at(clock.instant(date(2019, 10, 16), 17)):
        _photo(paid, "END")
    with paid.at(clock.instant(date(2019, 10, 17))):
        assert _waits(paid, "TOWN_LEAD") == ["公示期满，决定是否终止供养"]
        stop = _lead(paid, stops.decide)
        assert (_waits(paid, "TOWN_LEAD"), _waits(paid, "TOWN_CLERK")) == ([], ["送达终止告知书"])
        with fence(PLATFORM):
            assert paid.case.entitlement.state == "ACTIVE"
        with fence(clerk), refused("E_SEAL"):
            stops.serve(clerk, paid.uid, mode="IN_PERSON")
        with fence(clerk):
            stop = stops.serve(clerk, paid.uid, mode="IN_PERSON", picture=DRAWN)

    with fence(PLATFORM):
        entitlement = paid.case.entitlement
    assert (stop.state, stop.last_month) == ("STOPPED", date(2019, 10, 1))
    assert (entitlement.state, entitlement.last_month) == ("STOPPED", date(2019, 10, 1))
    assert papers(paid)["W36-TK"] == "终止救助供养告知书"
    with paid.at(clock.instant(date(2019, 10, 18))), fence(clerk):
        assert [each.stop.id for each in support_queries.to_check(clerk)] == [stop.id]
        stops.note_other_aid(clerk, paid.uid, result="家庭人均收入不低于低保标准，不符合；告知可申请临时救助")
        assert support_queries.to_check(clerk) == []


def test_tk_12_an_objection_is_looked_into_within_fifteen_working_days_and_posted_again(paid: Family) -> None:
    with paid.at(clock.instant(date(2019, 10, 9))):
        _stop(paid)
        stop = _lead(paid, stops.post)
    with paid.at(clock.instant(date(2019, 10, 11))):
        stops.object_publicly(stop.posting.token, content="他女儿在外地没有工作，养不起他")
        with fence(PLATFORM):
            stop.refresh_from_db()
        assert (stop.state, stop.answer_by) == ("OBJECTED", date(2019, 10, 31))
        assert _waits(paid, "TOWN_LEAD") == ["调查终止公示的异议"]
    with paid.at(clock.instant(date(2019, 10, 21))):
        again = _lead(paid, stops.repost, findings="女儿已在聊城就业半年，工资四千元")
        assert again.posting.id != stop.posting.id and again.posting.ends_on == date(2019, 10, 28)
        stop = _lead(paid, stops.drop, reason="女儿已去世，没有义务人")

    with fence(PLATFORM):
        assert stop.state == "DROPPED" and paid.case.entitlement.state == "ACTIVE"
        assert not paid.case.objections.filter(result="").exists()


def test_org_03_who_proposed_does_not_decide_and_reasons_are_those_of_the_law(paid: Family) -> None:
    clerk = paid.staff("TOWN_CLERK")
    with paid.at(clock.instant(date(2019, 10, 9))), fence(clerk):
        with refused("E_INPUT"):
            stops.propose(clerk, paid.uid, reason="ST-INC", facts="收入超过标准")
        with refused("E_SEAL"):
            stops.propose(clerk, paid.uid, reason="VOLUNTARY", facts="本人要求退出")
        with refused("E_INPUT", "去世日期"):
            stops.propose(clerk, paid.uid, reason="DEATH", facts="因病去世")
        stops.propose(clerk, paid.uid, reason="VOLUNTARY", facts="本人要求退出", wish=DRAWN)
        with refused("E_STATE"):
            stops.propose(clerk, paid.uid, reason="VOLUNTARY", facts="本人要求退出", wish=DRAWN)


def _dead(paid: Family, told: date, died: date) -> None:
    """From the report of a death to the served notice, posted on the day it is told."""
    with paid.at(clock.instant(told)):
        _stop(paid, reason="DEATH", happened_on=died)
        ends = _lead(paid, stops.post).posting.ends_on
        _photo(paid, "START")
    with paid.at(clock.instant(ends, 17)):
        _photo(paid, "END")
    with paid.at(clock.instant(ends + timedelta(days=1), 10)):
        _lead(paid, stops.decide)
        clerk = paid.staff("TOWN_CLERK")
        with fence(clerk):
            stops.serve(clerk, paid.uid, mode="AGENT", receiver="王翠花")


def test_tk_11_a_list_made_while_the_sheet_hangs_does_not_pay_the_dead(paid: Family) -> None:
    """PAY-04: the report alone marks his lines; found by a simulation in which a dead man was paid one month more."""
    with paid.at(clock.instant(date(2019, 10, 24))):
        _stop(paid, reason="DEATH", happened_on=date(2019, 10, 22))
    with clock.at(clock.instant(date(2019, 10, 28), 9)):
        center = paid.staff("CENTER_STAFF")
        with fence(center):
            run = building.build_run(
                center, paid.case.county_id, "TEKUN", paid.case.area_type, date(2019, 11, 1)
            )
        with fence(PLATFORM):
            own = set(run.lines.filter(entitlement__case_id=paid.pk).values_list("id", flat=True))
            dead = {line for line, code, level in pay_queries.prompts(PLATFORM, run) if code == "DEAD"}
            assert own and own <= dead

        _lead(paid, stops.post)
        _lead(paid, stops.drop, reason="村委会报错，本人健在")
        with fence(PLATFORM):
            assert not {line for line, code, _ in pay_queries.prompts(PLATFORM, run) if code == "DEAD"}


def test_dyn_21_what_was_paid_after_a_death_told_late_is_asked_back(paid: Family) -> None:
    listed(paid, date(2019, 11, 1))
    _dead(paid, told=date(2019, 11, 5), died=date(2019, 10, 20))

    with fence(PLATFORM):
        entitlement, back = paid.case.entitlement, Overpay.objects.get()
        november = sum(
            line.total_fen
            for line in PayLine.objects.filter(pay_month=date(2019, 11, 1), entitlement=entitlement)
        )
        assert (entitlement.state, back.months, back.amount_fen) == ("STOPPED", [date(2019, 11, 1)], november)
        assert [each for each in invariants.violations() if each.rule == "PAY-02"] == []


ARRANGER = {
    "arranger_name": "王翠花",
    "arranger_relation": "侄女",
    "arranger_id_no": number("37159919800101002"),
    "bank_code": "103",
    "bank_name": "中国农业银行沙镇支行",
    "number": "6228480000000000033",
    "proof": drawn_picture("home"),
}


def test_tk_11_the_funeral_is_paid_once_to_whoever_arranges_it(paid: Family) -> None:
    with paid.at(clock.instant(date(2019, 10, 9))):
        _stop(paid, reason="DEATH", happened_on=date(2019, 10, 8))
        lead = paid.staff("TOWN_LEAD")
        with fence(lead), refused("E_STATE"):
            stops.pay_funeral(lead, paid.uid, **ARRANGER)
        _lead(paid, stops.post)
        _photo(paid, "START")
    with paid.at(clock.instant(date(2019, 10, 17))):
        _photo(paid, "END")
        _lead(paid, stops.decide)
        clerk = paid.staff("TOWN_CLERK")
        with fence(clerk):
            stops.serve(clerk, paid.uid, mode="AGENT", receiver="王翠花")
        aid = _lead(paid, stops.pay_funeral, **ARRANGER)
        with fence(lead), refused("E_DUP"):
            stops.pay_funeral(lead, paid.uid, **ARRANGER)
        with fence(PLATFORM), pytest.raises(IntegrityError), transaction.atomic():
            again = deepcopy(aid)
            again.pk, again.uid = None, uuid4()
            again.save(force_insert=True)

    assert aid.amount_fen == 12 * 58500
    with fence(PLATFORM):
        assert paid.case.entitlement.last_month == date(2019, 10, 1)
    assert listed(paid, date(2019, 11, 1)) == [("FUNERAL", "BASE", 702000, "王翠花")]


@pytest.mark.parametrize("state", sorted(support_table.STATES))
def test_every_role_in_every_state_of_the_end(paid: Family, state: str) -> None:
    """Whoever is not in the row is refused, whatever is not the time too (ORG-03, ORG-04)."""
    calls = {
        "post": lambda actor: stops.post(actor, paid.uid),
        "object": lambda actor: stops.object_to_stop(actor, paid.uid, content="女儿没有赡养能力"),
        "repost": lambda actor: stops.repost(actor, paid.uid, findings="调查属实，女儿有能力"),
        "drop": lambda actor: stops.drop(actor, paid.uid, reason="女儿没有赡养能力"),
        "decide": lambda actor: stops.decide(actor, paid.uid),
        "serve": lambda actor: stops.serve(actor, paid.uid, mode="AGENT"),
    }
    with paid.at(clock.instant(date(2019, 10, 9))):
        stop = _stop(paid)
        with fence(PLATFORM):
            SupportStop.objects.filter(pk=stop.pk).update(
                state=state if state != "STOPPED" else "DROPPED", open=state not in ("STOPPED", "DROPPED")
            )
        for role in ROLES:
            if role == "VILLAGE_ASSIST":
                continue
            actor = paid.staff(role)
            for key, call in calls.items():
                move = support_table.MOVES[key]
                may = role in move.roles and not (role == "COUNTY_APPROVER" and "TOWN_LEAD" in move.roles)
                if may and state in move.sources:
                    continue
                with fence(actor), pytest.raises(Refusal) as caught:
                    call(actor)
                wanted = {"E_AUTH", "E_NOT_FOUND"} if role not in move.roles else {"E_STATE", "E_AUTH"}
                assert caught.value.code in wanted, (role, key, caught.value.code)


def _pictures(pdf: bytes) -> int:
    return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_tk_12_the_signature_of_who_leaves_freely_is_on_the_page_and_on_the_notice(paid: Family) -> None:
    with paid.at(clock.instant(date(2019, 10, 9))):
        stop = _stop(paid, "VOLUNTARY", wish=DRAWN)
        _lead(paid, stops.post)
        _photo(paid, "START")
    with paid.at(clock.instant(date(2019, 10, 16), 17)):
        _photo(paid, "END")
    with paid.at(clock.instant(date(2019, 10, 17))):
        notice = _lead(paid, stops.decide).notice
        client, foreign = browser(f"clerk-{DELEGATED}"), browser(f"clerk-{COUNTY_DECIDES}")
        page = f"/office/cases/{paid.uid}/support/"
        picture = f"{page}wishes/{stop.id}/"
        assert picture in client.get(page).content.decode()
        assert client.get(picture)["Content-Type"] == "image/png"
        assert client.get(f"{page}wishes/{stop.id + 1}/").status_code == 404
        assert foreign.get(picture).status_code == 404
    with fence(PLATFORM):
        pdf = files.read(notice.file)
    assert "自愿退出的签字" in text_of(pdf) and _pictures(pdf) == 1


# words of a household's living allowance, wrong on the papers of a supported person
HOUSEHOLDS = (
    *("保障人口", "保障金", "低保金", "人均", "差额", "分类施保", "户", "家庭"),
    *("民发〔2012〕220号", "民发〔2021〕57号"),
)


def of_households(family: Family) -> dict[str, list[str]]:
    """Of each of his papers the words that are a household's."""
    with fence(PLATFORM):
        rows = list(Document.objects.filter(case_id=family.pk).select_related("file"))
        told = [(each.code, NO_FAMILY.sub("", paper_text(files.read(each.file)))) for each in rows]
    wrong = {code: [word for word in HOUSEHOLDS if word in text] for code, text in told}
    return {code: words for code, words in wrong.items() if words}


def paper(family: Family, code: str) -> str:
    with fence(PLATFORM):
        return text_of(files.read(Document.objects.get(case_id=family.pk, code=code).file))


@pytest.mark.parametrize(("start", "regime"), [(FIRST_DAY, "P2019"), (SPRING_2022, "P2021")])
def test_no_paper_of_a_supported_person_speaks_of_a_household_on_the_living_allowance(
    city: City, start: date, regime: str
) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = old_man(city, start=start).to_the_end()
    assert family.case.regime == regime

    assert of_households(family) == {}
    assert "救助供养对象1人" in paper(family, "W24") and "照料护理标准259.00元" in paper(family, "W21")


def test_what_is_reported_lowered_and_claimed_back_is_written_to_the_person_with_the_law_of_support(
    granted: Family,
) -> None:
    """W35, W36 and W39 of a supported person (DYN-12, DYN-22)."""
    with granted.at():
        agree(granted)
        choose(granted, "SCATTERED")
    listed(granted, date(2019, 10, 1))
    clerk, lead = granted.staff("TOWN_CLERK"), granted.staff("TOWN_LEAD")
    with granted.at(clock.instant(date(2019, 11, 12))):
        with fence(clerk):
            support_acts.rate_again(clerk, granted.uid, **ratings(able=True))
        _decided_change(granted)
        with fence(PLATFORM):
            entitlement = granted.case.entitlement
        with fence(lead):
            overpay = recovery.claim(
                lead, entitlement.id, amount_fen=10000, months=[date(2019, 10, 1)], cause="自理能力已经恢复"
            )
            recovery.plan(lead, overpay.id, way="CASH", instalments=2)

    assert of_households(granted) == {}
    law = "《社会救助暂行办法》第{}、民发〔2016〕178号"
    assert "本人情况变更报告（申请）表" in (told := paper(granted, "W35"))
    assert law.format("十八条") in told and "今后生活自理能力、收入、财产" in told
    assert "特困人员救助供养金调整告知书" in (told := paper(granted, "W36"))
    assert law.format("十五条") in told and "救助供养对象1人" in told
    assert "你有以下救助资金属于多发" in (told := paper(granted, "W39"))
    assert "《社会救助暂行办法》第十八条、第六十八条" in told
