"""Edge families, rigid expenditure, one person alone: recognised without money, with an end (DB-04..06, EDG, RIG)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases import evidence as kept
from jiuzhu.cases import queries
from jiuzhu.cases.acts import continuation, timekeeping
from jiuzhu.cases.models import Assessment, Entitlement
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome
from tests.families import COUNTY_DECIDES, City, Family, person, refused

SPRING_2022, SPRING_2025 = date(2022, 2, 8), date(2025, 2, 12)


@pytest.fixture
def by_date(city: City) -> City:
    city.publish("regime_policy", "BY_DATE")
    return city


def couple(city: City, month_yuan: int, **more: Any) -> Family:
    """Two pensioners of the county town with one pension."""
    people = (
        person("宋志远", "1952-03-01", labour="ELDER", employment="6", marital="20"),
        person("韩秀云", "1953-05-01", sex="2", relation="1", labour="ELDER", employment="7", marital="20"),
    )
    return city.cast(
        *people,
        town=more.pop("town", COUNTY_DECIDES),
        incomes=((0, "T", "pension", month_yuan),),
        **more,
    )


def with_son(city: City, month_yuan: int, **more: Any) -> Family:
    """A pensioner and his grown son with a grade-2 limb disability."""
    people = (
        person("宋志远", "1952-03-01", labour="ELDER", employment="6", marital="30"),
        person(
            "宋小军",
            "1988-07-01",
            relation="2",
            labour="NONE",
            employment="7",
            health="5",
            disability_category="4",
            disability_grade="2",
        ),
    )
    return city.cast(
        *people, town=COUNTY_DECIDES, incomes=((0, "T", "pension", month_yuan),), alone=1, **more
    )


def granted(family: Family) -> Entitlement:
    with fence(PLATFORM):
        return Entitlement.objects.get(case_id=family.pk)


def papers(family: Family) -> dict[str, str]:
    with fence(PLATFORM):
        return dict(Document.objects.filter(case_id=family.pk).values_list("code", "title"))


@pytest.mark.parametrize(("month_yuan", "state"), [(1200, "GRANTED"), (1799, "GRANTED"), (1800, "REFUSED")])
def test_as_29_edge_from_the_standard_to_one_and_a_half_times_it(
    by_date: City, month_yuan: int, state: str
) -> None:
    """L = 600 for two: 600.00 and 899.50 a head are edge families, 900.00 is none."""
    family = couple(by_date, month_yuan, aid_type="EDGE", start=SPRING_2022).to_the_end()

    assert (family.case.regime, family.case.state) == ("P2021", state)


def test_an_edge_family_is_recognised_for_a_year_without_account_or_money(by_date: City) -> None:
    """EDG-01."""
    family = couple(by_date, 1400, aid_type="EDGE", start=SPRING_2022).to_the_end()
    entitlement, titles = granted(family), papers(family)

    assert "D13" not in family.steps()  # nobody asked for an account
    assert titles["W23"] == "低保边缘家庭认定通知书" and titles["W09"] == "低保边缘家庭认定申请表"
    assert titles["W25"] == "低保边缘家庭认定结果公布" and "W24" not in titles
    with fence(PLATFORM):
        assert not entitlement.amounts.exists()
        assert entitlement.members.count() == 2
        decided = family.case.decided_on
    assert entitlement.valid_to is not None
    assert entitlement.valid_to + timedelta(days=1) == decided.replace(year=2023)


def test_a_status_lapses_the_day_after_its_last_and_may_be_renewed_before(by_date: City) -> None:
    family = couple(by_date, 1400, aid_type="EDGE", start=SPRING_2022).to_the_end()
    last = granted(family).valid_to
    assert last is not None

    assert continuation.lapse_statuses(last) == 0
    clerk = family.staff("TOWN_CLERK")
    with clock.at(last - timedelta(days=60)), fence(clerk):
        assert [case.id for case in queries.ending_soon(clerk)] == [family.pk]
    with clock.at(last - timedelta(days=61)), fence(clerk):
        assert queries.ending_soon(clerk) == []
    again = Family(by_date, family.facts, clock.instant(last - timedelta(days=60)))
    again.to_the_end()

    assert again.case.state == "GRANTED"
    assert (granted(family).state, granted(again).state) == ("STOPPED", "ACTIVE")
    renewed = granted(again).valid_to
    assert renewed is not None
    assert continuation.lapse_statuses(renewed + timedelta(days=1)) == 1
    assert granted(again).stop_reason == "ST-EXPIRED"


def test_too_early_a_renewal_is_a_second_application(by_date: City) -> None:
    family = couple(by_date, 1400, aid_type="EDGE", start=SPRING_2022).to_the_end()
    last = granted(family).valid_to
    assert last is not None
    again = Family(by_date, family.facts, clock.instant(last - timedelta(days=90)))

    with refused("E_DUP", "低保边缘"):
        again.step()


def test_before_2021_there_is_no_edge_family(city: City) -> None:
    with refused("E_INPUT", "救助类别"):
        couple(city, 1400, aid_type="EDGE").step()


def test_rigid_expenditure_is_recognised_from_2025_within_thirty_working_days(by_date: City) -> None:
    """RIG-01: 35,400 of 58,800 a year, still 975.00 a head a month without it; FRIG art.8 and art.10."""
    family = couple(
        by_date, 4900, aid_type="RIGID", start=SPRING_2025, spendings=((1, "MEDICAL", 35_400),)
    ).until("ACCEPTED")
    with fence(PLATFORM):
        from jiuzhu.parameters import queries as parameters

        due = family.case.clocks.get(clock="CLK-RIG").due_on
        assert due == parameters.calendar().add_working_days(family.case.accepted_on, 30).on
        assert not family.case.clocks.filter(clock="CLK-T20").exists()

    family.to_the_end()

    assert (family.case.regime, family.case.state) == ("P2025", "GRANTED")
    assert papers(family)["W23"] == "刚性支出困难家庭认定通知书"


def test_spending_of_just_six_tenths_is_refused_with_its_numbers(by_date: City) -> None:
    family = couple(
        by_date, 4900, aid_type="RIGID", start=SPRING_2025, spendings=((1, "MEDICAL", 35_280),)
    ).to_the_end()

    assert family.case.state == "REFUSED"
    with fence(PLATFORM):
        assert family.case.decisions.get().reasons == ["RC-RATIO"]


def test_medical_bills_that_leave_less_than_the_standard_are_a_matter_of_dibao(by_date: City) -> None:
    """INC-21 before RIG-01: (30,000 − 20,000) / 24 = 416.67 a head."""
    family = couple(
        by_date, 2500, aid_type="RIGID", start=SPRING_2025, spendings=((1, "MEDICAL", 20_000),)
    ).until("TOWN_REVIEW")

    with fence(PLATFORM):
        outcome = Outcome.from_dict(family.case.assessments.order_by("-id").first().outcome)
    assert (outcome.per_capita_fen, outcome.conclusion) == (41667, "NEED_REVIEW")


def test_the_disabled_son_of_an_edge_family_has_dibao_alone(by_date: City) -> None:
    """DB-05 (1), DB-06, AMT-05: N = 1, nothing of his own: 600 and the top-up of 120."""
    family = with_son(by_date, 1500, start=SPRING_2022).to_the_end()
    entitlement = granted(family)

    with fence(PLATFORM):
        assert (family.case.state, family.case.for_person.name) == ("GRANTED", "宋小军")
        amount = entitlement.amounts.get()
        assert (amount.members_count, amount.base_fen, amount.topup_fen) == (1, 60000, 12000)
        assert [each.person.name for each in entitlement.members.select_related("person")] == ["宋小军"]


def test_a_family_over_the_edge_limits_keeps_its_son_from_dibao_alone(by_date: City) -> None:
    """DB-06: 2,000 for two is 1,000 a head, more than 900."""
    family = with_son(by_date, 2000, start=SPRING_2022).to_the_end()

    assert family.case.state == "REFUSED"
    with fence(PLATFORM):
        assert family.case.decisions.get().reasons == ["RC-SINGLE"]


def test_the_family_stays_an_edge_family_beside_the_son_s_own_dibao(by_date: City) -> None:
    son = with_son(by_date, 1500, start=SPRING_2022).to_the_end()
    facts = {key: value for key, value in son.facts.items() if key != "for_person"} | {"aid_type": "EDGE"}
    family = Family(by_date, facts, son.now).to_the_end()

    assert (son.case.state, family.case.state) == ("GRANTED", "GRANTED")
    assert granted(son).state == "ACTIVE"


def test_as_56_a_third_of_a_yuan_is_rounded_up_to_the_yuan(city: City) -> None:
    """i = 333.33, N = 3: (600 − 333.33) × 3 = 800.01 → 801."""
    people = [
        person("宋志远", "1945-03-01", labour="ELDER", employment="6", marital="20"),
        person("韩秀云", "1958-05-01", sex="2", relation="1", labour="ELDER", employment="7", marital="20"),
        person("宋母", "1955-05-01", sex="2", relation="5", labour="ELDER", employment="7", marital="30"),
    ]
    family = city.cast(*people, town=COUNTY_DECIDES, incomes=((1, "T", "pension", 1000),)).to_the_end()

    with fence(PLATFORM):
        outcome = Outcome.from_dict(family.case.assessments.order_by("-id").first().outcome)
    assert (outcome.per_capita_fen, outcome.base_fen) == (33333, 80100)


def test_a_case_of_2019_recomputed_today_gives_the_same_outcome(city: City) -> None:
    """The kept evidence under the kept regime and values, through today's code, is what was decided then."""
    family = city.family(start=date(2019, 9, 2)).to_the_end()
    with fence(PLATFORM):
        decided = family.case.decisions.select_related("assessment__evidence").get().assessment

    with clock.at(date(2026, 11, 20)), fence(PLATFORM):
        again = kept.recomputed(Assessment.objects.get(pk=decided.pk))

    assert family.case.regime == decided.regime == "P2019"
    assert again.to_dict() == Outcome.from_dict(decided.outcome).to_dict()
    assert Evidence.from_dict(decided.evidence.body).as_of < date(2020, 1, 1)


@pytest.mark.parametrize("reason", sorted(timekeeping.EXTENSIONS))
def test_as_30_forty_five_working_days_for_the_four_reasons_of_the_law(by_date: City, reason: str) -> None:
    """Accepted on 2022-03-01: twenty working days end on 03-29, forty-five on 05-06."""
    family = by_date.walk_to("APPLIED", town=COUNTY_DECIDES, start=date(2022, 2, 14))
    from jiuzhu.cases.acts import acceptance

    clerk, lead = family.staff("TOWN_CLERK"), family.staff("TOWN_LEAD")
    with clock.at(date(2022, 3, 1)), fence(clerk):
        acceptance.accept(clerk, family.uid)
    with fence(PLATFORM):
        assert family.case.clocks.get(clock="CLK-T20").due_on == date(2022, 3, 29)
    with clock.at(date(2022, 3, 20)), fence(lead):
        timekeeping.extend_total(lead, family.uid, reason=reason, explanation="人户分离，外地核实需要时间")

    with fence(PLATFORM):
        assert family.case.clocks.get(clock="CLK-T20").due_on == date(2022, 5, 6)


def test_aid_01_whoever_has_the_same_kind_of_aid_with_another_family_is_found_by_his_number(
    city: City,
) -> None:
    """The mother is on dibao in her own register; the son names her in his family: RC-DUP, seen by the law itself."""
    mother = person("宋桂英", "1950-03-01", sex="2", labour="ELDER", employment="7", marital="40")
    first = city.cast(mother, town=COUNTY_DECIDES).to_the_end()
    assert first.case.state == "GRANTED"
    second = city.cast(
        person("宋志强", "1975-03-01", marital="10", labour="NONE"),
        town=COUNTY_DECIDES,
        start=first.now.date(),
    ).until("AUTHORISED")
    with fence(PLATFORM):
        stranger = second.case.applicant
        type(stranger).objects.filter(pk=stranger.pk).update(
            id_no_index=first.case.applicant.id_no_index, shares_number=True
        )
        again = type(second.case).objects.get(pk=second.pk)
        known = kept.declared(again, second.now.date())

    assert [member.other_aid for member in known.members] == ["DIBAO"]
    outcome = kept.assess(again, known, second.now.date())
    assert "RC-DUP" in outcome.reasons


def test_aid_01_an_orphan_s_allowance_is_no_dibao_but_keeps_a_child_from_tekun(city: City) -> None:
    family = city.family().until("TOWN_REVIEW")
    with fence(PLATFORM):
        known = kept.declared(family.case, family.now.date())
    from dataclasses import replace

    child = replace(known, members=tuple(replace(each, other_aid="ORPHAN") for each in known.members))

    assert "RC-DUP" not in kept.assess(family.case, child, family.now.date()).reasons
