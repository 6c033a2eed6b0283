"""From the application to the first day of the clock: what is asked for once, what never, and when it is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Kin, Staff
from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import acceptance, authorisation, decision, events, verification
from jiuzhu.cases.acts._act import Act, table_of
from jiuzhu.cases.evidence import parameter_set
from jiuzhu.cases.guards import GUARDS, SHARED_MATERIALS
from jiuzhu.cases.homecomings import homecomings
from jiuzhu.cases.models import KinFiling
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.queries import returned
from jiuzhu.policy.evidence import Evidence
from jiuzhu.vault.fields import blind
from jiuzhu.verification.models import Run
from tests.families import DELEGATED, City, Family, person, refused
from tests.scenarios import hands


def test_as_10_gaps_are_told_once_and_never_a_second_time(city: City) -> None:
    family = city.family("correction_needed").until("APPLIED")
    with hands.on(family, family.staff("TOWN_CLERK"), family.now.date()) as clerk:
        acceptance.ask_for_correction(clerk, family.uid, items=["bank_account"], explanation="请补银行账户。")
        with refused("E_STATE"):  # no second notice while the first is out
            acceptance.ask_for_correction(clerk, family.uid, items=["photo"], explanation="还缺照片。")
    with family.at(), fence(PLATFORM):
        row = table_of(family.case).named("D13")[0]
        again = Act(actor=PLATFORM, case=family.case, move=row, at=clock.now())
        with refused("E_ONCE"):  # whatever the state: there is one notice a case
            GUARDS["no_correction_yet"](again)
    assert len(hands.papers(family, "W14")) == 1


def test_as_11_what_departments_share_is_not_asked_of_the_family(city: City) -> None:
    family = city.walk_to("APPLIED")
    clerk = family.staff("TOWN_CLERK")

    with family.at(), fence(clerk), refused("E_SHARED", SHARED_MATERIALS["disability_certificate"]):
        acceptance.ask_for_correction(
            clerk, family.uid, items=["photo", "disability_certificate"], explanation="请补齐。"
        )


def test_as_12_accepted_on_the_20th_of_september_is_due_on_the_23rd_of_october(city: City) -> None:
    """The materials came the same day: the thirty days before them are not counted (补正 never pauses)."""
    family = city.family("correction_needed").until("CORRECTION")
    family.now = clock.instant(date(2019, 9, 20))
    family.until("ACCEPTED")
    assert family.case.accepted_on == date(2019, 9, 20)

    assert hands.clock_of(family, "CLK-T20").due_on == date(2019, 10, 23)
    assert hands.papers(family, "W13")[0]["due_on"] == "2019-10-23"


@pytest.mark.parametrize(
    ("decided_on", "used", "breached"), [(date(2019, 9, 2), 20, False), (date(2019, 9, 3), 21, True)]
)
def test_as_14_the_twentieth_working_day_is_in_time_and_the_next_is_not(
    city: City, decided_on: date, used: int, breached: bool
) -> None:
    family = hands.accepted(city.family(start=date(2019, 7, 15)), date(2019, 8, 5)).until("TOWN_APPROVAL")

    hands.approve(family, decided_on)

    total = hands.clock_of(family, "CLK-T20")
    assert (total.due_on, total.used_days, total.breached) == (date(2019, 9, 2), used, breached)


def _register_official(family: Family, member: int) -> None:
    """The register of officials' relatives knows the member as the brother of a village committee member."""
    number = family.facts["people"][member]["id_no"]
    with fence(PLATFORM):
        Kin.objects.create(
            official_name="陈立本",
            official_post="村民委员会委员",
            organ=family.case.town,
            relation="兄弟",
            village_code=family.case.village_code,
            id_no_index=blind(number, "id_no_index"),
        )


def test_as_48_an_undeclared_brother_on_the_committee_is_found_and_the_county_visits_first(
    city: City,
) -> None:
    family = city.family("old_couple", town=DELEGATED).until("MAY_APPLY")
    _register_official(family, 0)
    family.until("APPLIED")

    with fence(PLATFORM):
        found = KinFiling.objects.get(case_id=family.pk)
        assert (found.declared, found.official_name, found.filed_at) == (False, "陈立本", None)
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk), refused("E_KIN", "陈立本"):
        acceptance.accept(clerk, family.uid)
    family.until("TOWN_APPROVAL")
    assert len(hands.papers(family, "W11")) == 1 and family.case.county_visit_required

    with hands.on(family, family.staff("TOWN_LEAD"), family.now.date()) as lead, refused("E_VISIT"):
        decision.approve(lead, family.uid)
    family.to_the_end()
    assert family.case.state == "GRANTED"
    assert family.steps().index("D21") < family.steps().index("D22") < family.steps().index("D23")


def test_as_55_a_number_with_a_wrong_check_character_is_nobodys() -> None:
    assert id_numbers.parse("37159919500315001X").sex == "1"
    with pytest.raises(Refusal) as wrong:
        id_numbers.parse("371599198206071023")
    assert wrong.value.code == "E_ID"


def test_as_41_a_son_who_earns_supports_his_parent_by_formula(city: City) -> None:
    """MNT-A: 225.00 a month from a son at 1,500 a head; nothing at 900, which is twice the standard."""

    def supported(per_capita_yuan: int) -> int:
        family = city.cast(person("马守义", "1949-01-01", labour="ELDER", employment="7")).until("MAY_APPLY")
        son: dict[str, Any] = {
            "supports": str(family.case.applicant.uid),
            "name": "马建军",
            "relation": "2",
            "facts": {
                "household_size": 3,
                "per_capita_fen": per_capita_yuan * 100,
                "supported_count": 4,
            },
        }
        hands.apply_with(family, family.now.date(), obligors=[son])
        with fence(PLATFORM):
            declared = Evidence.from_dict(family.case.evidence.latest("seq").body)
        with family.at(), fence(PLATFORM):
            values = parameter_set(family.case, family.now.date())
            return registry.get(family.case.aid_type).assess(declared, values, "P2019").per_capita_fen

    assert supported(1500) == 22_500
    assert supported(900) == 0


def _mother_and_child(city: City) -> Family:
    """AS-57: the husband is in prison; wife and child count, his income does not."""
    return city.cast(
        person("赵春梅", "1982-06-07", sex="2", marital="20"),
        person(
            "孙铁柱",
            "1980-01-01",
            relation="1",
            marital="20",
            exclude_code="PRISON",
            exclude_until="2020-03-31",
        ),
        person("孙小满", "2012-09-01", relation="2", labour="MINOR", employment="8"),
        incomes=((1, "W", "wage", 5000),),
        exemptions={0: "E6"},
        unsigned=[1],
    )


def test_as_57_a_husband_in_prison_neither_counts_nor_earns(city: City) -> None:
    family = _mother_and_child(city).until("TOWN_REVIEW")
    found = hands.outcome(family)

    assert (found.counted, found.per_capita_fen, found.conclusion) == (2, 0, "QUALIFIED")
    household = family.case.household
    with fence(PLATFORM):
        assert returned(household, date(2020, 3, 31)) == []
        back = returned(household, date(2020, 4, 1))
    assert [(each.person.name, each.exclude_until) for each in back] == [("孙铁柱", date(2020, 3, 31))]


def _due_home_yesterday(city: City) -> tuple[Family, Any]:
    """The husband's last day away falls into the investigation; it is the day after, ten o'clock."""
    family = _mother_and_child(city).until("INVESTIGATING")
    with fence(PLATFORM):
        away = family.case.household.memberships.filter(person__name="孙铁柱")
        away.update(exclude_until=family.now.date())
        husband = away.get().person
        assert homecomings(family.case, family.now.date()) == []
    family.now = clock.instant(family.now.date() + timedelta(days=1), 10)
    return family, husband


_DUE = "家里有人该回来了"


def _browser(family: Family, role: str) -> Client:
    client = Client()
    someone = Staff.objects.get(pk=family.staff(role).id)
    client.force_login(someone, backend="jiuzhu.accounts.backend.StaffBackend")
    return client


def test_as_57_who_comes_home_while_the_case_runs_signs_is_asked_about_and_counts(city: City) -> None:
    family, husband = _due_home_yesterday(city)
    clerk, verifier = family.staff("TOWN_CLERK"), family.staff("TOWN_VERIFIER")
    with family.at():
        with fence(clerk):
            (due,) = homecomings(family.case, family.now.date())
            assert (due.person, due.to_sign, due.to_ask) == (husband, True, True)
        with fence(verifier), refused("E_STATE", "完整"):  # nobody is asked about before he has signed
            verification.start_followup(verifier, family.uid)
        with fence(clerk):
            authorisation.sign(clerk, family.uid, person_uid=husband.uid, picture=drawn_picture("签"))
            with refused("E_STATE"):
                authorisation.sign(clerk, family.uid, person_uid=husband.uid, picture=drawn_picture("签"))
            (due,) = homecomings(family.case, family.now.date())
            assert (due.to_sign, due.to_ask) == (False, True)
        assert "/followup/" in _looked_at(family, "TOWN_VERIFIER")
        assert "/followup/" not in _looked_at(family, "TOWN_CLERK")
        with fence(verifier):
            assert not queries.asked_again(family.case)
            verification.start_followup(verifier, family.uid)
            assert queries.asked_again(family.case)
        with fence(PLATFORM):
            run = Run.objects.filter(case_id=family.pk).latest("id")
            assert [each.person_id for each in run.subjects.all()] == [husband.id]
            for inquiry in run.inquiries.all():
                verification.ask_source(inquiry.id, city.line())
            assert homecomings(family.case, family.now.date()) == []
        with fence(verifier):
            verification.conclude_followup(verifier, family.uid)

    family.resume().until("TOWN_REVIEW")
    assert hands.outcome(family).counted == 3


def _looked_at(family: Family, role: str) -> str:
    """The card about who is due home, as somebody sees it on the case's page."""
    client = Client()
    staff = Staff.objects.get(pk=family.staff(role).id)
    client.force_login(staff, backend="jiuzhu.accounts.backend.StaffBackend")
    page = client.get(f"/office/cases/{family.uid}/").content.decode()
    return page.partition("家里有人该回来了")[2].partition("</section>")[0]


def test_as_57_who_was_due_home_and_is_not_stays_away_until_another_day(city: City) -> None:
    family, husband = _due_home_yesterday(city)
    clerk, lead = family.staff("TOWN_CLERK"), family.staff("TOWN_LEAD")
    until = family.now.date() + timedelta(days=90)
    with family.at():
        with fence(lead), refused("E_AUTH"):
            events.keep_away(lead, family.uid, person_uid=husband.uid, until=until)
        with fence(clerk):
            with refused("E_INPUT", "预计返回日期"):
                events.keep_away(clerk, family.uid, person_uid=husband.uid, until=date(2019, 9, 1))
            with refused("E_STALE"):
                events.keep_away(clerk, family.uid, person_uid=husband.uid, until=until, seen=0)
            with refused("E_NOT_FOUND"):
                events.keep_away(clerk, family.uid, person_uid=family.case.applicant.uid, until=until)
            events.keep_away(clerk, family.uid, person_uid=husband.uid, until=until)
            assert homecomings(family.case, family.now.date()) == []

    family.resume().until("TOWN_REVIEW")
    assert hands.outcome(family).counted == 2


def test_as_57_in_one_persons_own_aid_whoever_comes_home_is_looked_at_too(city: City) -> None:
    """The nephew does not count, but what he owns and whom he supports is known only once he has signed."""
    family = city.cast(
        person("孙大爷", "1952-03-01", labour="NONE"),
        person("孙铁柱", "1980-01-01", relation="8", exclude_code="PRISON", exclude_until="2020-03-31"),
        aid_type="TEKUN",
        unsigned=[1],
    ).until("INVESTIGATING")
    with fence(PLATFORM):
        away = family.case.household.memberships.filter(person__name="孙铁柱")
        away.update(exclude_until=family.now.date())
        nephew = away.get().person
    clerk, verifier = (_browser(family, role) for role in ("TOWN_CLERK", "TOWN_VERIFIER"))
    page = f"/office/cases/{family.uid}/"
    with family.at():
        assert _DUE not in clerk.get("/office/").content.decode()
    family.now = clock.instant(family.now.date() + timedelta(days=1), 10)
    with family.at():
        listed = clerk.get("/office/").content.decode()
        assert _DUE in listed and "孙铁柱原定在外到" in listed and "先签授权" in listed
        assert _DUE not in verifier.get("/office/").content.decode()
        assert "本案只救助孙大爷一人，孙铁柱不计入" in clerk.get(page).content.decode()
        with fence(family.staff("TOWN_CLERK")) as actor:
            authorisation.sign(actor, family.uid, person_uid=nephew.uid, picture=drawn_picture("签"))
        assert "补充核对" in verifier.get("/office/").content.decode()
        with fence(family.staff("TOWN_VERIFIER")) as actor:
            verification.start_followup(actor, family.uid)
        with fence(PLATFORM):
            run = Run.objects.filter(case_id=family.pk).latest("id")
            assert [each.person_id for each in run.subjects.all()] == [nephew.id]
        for shown in (clerk.get("/office/"), verifier.get("/office/"), clerk.get(page)):
            assert _DUE not in shown.content.decode()


def test_as_57_who_is_aided_alone_and_was_away_signs_when_he_comes_home(city: City) -> None:
    family = city.cast(
        person("孙大爷", "1952-03-01", labour="ELDER"),
        person(
            "孙铁柱",
            "1980-01-01",
            relation="2",
            labour="NONE",
            disability_category="4",
            disability_grade="1",
            exclude_code="PRISON",
            exclude_until="2019-09-20",
        ),
        alone=1,
        unsigned=[1],
    ).until("AUTHORISED")
    with clock.at(clock.instant(date(2019, 9, 21), 10)), fence(family.staff("TOWN_CLERK")):
        (due,) = homecomings(family.case, date(2019, 9, 21))

        assert (due.person.id, due.to_sign) == (family.case.for_person_id, True)
        shown = _browser(family, "TOWN_CLERK").get(f"/office/cases/{family.uid}/").content.decode()
    assert "孙铁柱原定在外到" in shown and "本案只救助" not in shown and "计入家庭人口" not in shown


def test_as_57_the_case_page_says_who_is_due_home_and_takes_another_day(city: City) -> None:
    family, husband = _due_home_yesterday(city)
    page, away = f"/office/cases/{family.uid}/", f"/office/cases/{family.uid}/away/{husband.uid}/"
    client = _browser(family, "TOWN_CLERK")
    with family.at():
        assert "孙铁柱原定在外到" in client.get(page).content.decode()
        assert "在这里签" in client.get(f"{page}sign/").content.decode()
        wrong = client.post(away, {"until": "明天"})
        assert wrong.status_code == 422 and "预计返回日期" in wrong.content.decode()
        assert client.post(away, {"until": "2020-03-31"}).status_code == 302
        assert "原定在外到" not in client.get(page).content.decode()
        assert client.post(away, {"until": "2020-03-31"}).status_code == 404
