"""A decision nobody handed over stays on the clerk's day until the family has it (DOC-03, CLK-RN, CLK-CARD)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import service, withdrawal
from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.core import clock
from jiuzhu.infra import walk
from jiuzhu.office.tests.test_emergency import paper
from jiuzhu.office.tests.test_money import browser
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family


def _today(family: Family, role: str = "TOWN_CLERK") -> dict[str, queries.Row]:
    actor = family.staff(role)
    with fence(actor):
        return {row.case.case_no: row for row in queries.due_today(actor)}


@pytest.fixture
def refused_family(city: City) -> Family:
    """Refused, and its letter not handed over yet."""
    return city.walk_to("REFUSED", story="refused_on_income", town=DELEGATED)


def test_a_refusal_lies_on_the_clerks_day_with_its_clock_until_it_is_served(refused_family: Family) -> None:
    family = refused_family
    number = family.case.case_no
    late = family.now + timedelta(days=9)
    with family.at(late):
        row = _today(family)[number]
        assert (row.clock.clock, row.colour, row.unserved) == ("CLK-RN", "RED", True)
        assert number not in _today(family, "TOWN_LEAD") and number not in _today(family, "TOWN_VERIFIER")

        page = browser(f"clerk-{DELEGATED}").get("/office/").content.decode()
        assert number in page and "送达文书" in page and f"/office/cases/{family.uid}/?tab=papers" in page

    family.receive("W22")
    with family.at(late):
        assert number not in _today(family)
        assert number not in browser(f"clerk-{DELEGATED}").get("/office/").content.decode()


def test_who_only_hands_over_is_not_told_of_the_countys_time(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "hand_over", lambda *_: None)
    family = city.walk_to("COUNTY_REVIEW", story="plain_poor", town=COUNTY_DECIDES)
    with family.at():
        row = _today(family)[family.case.case_no]
        assert (row.unserved, row.clock) == (True, None)
        assert _today(family, "COUNTY_APPROVER")[family.case.case_no].clock.clock == "CLK-CO"


def test_what_led_to_a_decision_is_not_served_after_the_end(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "hand_over", lambda *_: None)
    family = city.walk_to("ACCEPTED", story="plain_poor", town=DELEGATED)
    number = family.case.case_no
    with family.at():
        assert _today(family)[number].unserved
        with fence(family.citizen) as citizen:
            withdrawal.withdraw(citizen, family.uid, reason="自愿放弃")
        assert _today(family)[number].unserved  # W29
        family.receive("W29")
        assert number not in _today(family)


def test_all_papers_are_handed_over_at_once_with_one_signature(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "hand_over", lambda *_: None)
    family = city.walk_to("GRANTED", story="plain_poor", town=DELEGATED)
    clerk, there = browser(f"clerk-{DELEGATED}"), f"/office/cases/{family.uid}/papers/serve/"
    with family.at():
        waiting = _waiting(family)
        assert len(waiting) > 1
        page = clerk.get(f"/office/cases/{family.uid}/?tab=papers").content.decode()
        assert "一次送达" in page and there in page
        unsigned = clerk.post(there, {"mode": "IN_PERSON", "receiver": "本人"})
        assert unsigned.status_code == 422 and "E_SEAL" in unsigned.content.decode()
        assert _waiting(family) == waiting
        assert browser(f"lead-{DELEGATED}").post(there, {"mode": "AGENT"}).status_code == 403
        assert (
            clerk.post(there, {"mode": "IN_PERSON", "receiver": "本人", "proof": paper()}).status_code == 302
        )
        assert _waiting(family) == []
        with fence(PLATFORM):
            assert not family.case.clocks.filter(clock="CLK-CARD", ended_at__isnull=True).exists()
        assert clerk.post(there, {"mode": "AGENT"}).status_code == 409
        assert "一次送达" not in clerk.get(f"/office/cases/{family.uid}/?tab=papers").content.decode()


def _waiting(family: Family) -> list[str]:
    with fence(PLATFORM):
        return [each.code for each in service.waiting_papers(PLATFORM, family.case)]


def test_the_list_of_cases_shows_those_with_papers_to_hand_over(city: City, refused_family: Family) -> None:
    other = city.walk_to("GRANTED", town=DELEGATED).to_the_end()
    family = refused_family
    with family.at(max(family.now, other.now)):
        clerk = browser(f"clerk-{DELEGATED}")
        listed = clerk.get("/office/cases/?scope=unserved").content.decode()
        assert family.case.case_no in listed and other.case.case_no not in listed
        assert other.case.case_no in clerk.get("/office/cases/?scope=").content.decode()


def test_a_report_that_was_not_true_is_answered_too(city: City) -> None:
    """E5: whoever called gets W22; the year is said where it is not this one."""
    town = Organisation.objects.get(code=DELEGATED)
    clerk, lead = city.staff("TOWN_CLERK", town), city.staff("TOWN_LEAD", town)
    with clock.at(clock.instant(date(2019, 12, 20))):
        with fence(clerk):
            case = reporting.report_emergency(
                clerk,
                town_id=town.id,
                village_code=villages_of(town)[0].code,
                name="赵一",
                age=40,
                cause=next(iter(registry.get("TA_EMERGENCY").hardship_causes)),
                place="村口",
            )
        with fence(lead):
            reporting.reject(lead, case.uid, codes=["RC-FALSE"], reason="上门查看，所报情况不属实。")
    with clock.at(clock.instant(date(2020, 2, 3))):
        page = browser(f"clerk-{DELEGATED}").get("/office/").content.decode()
    assert case.case_no in page and "送达不予批准告知书 2019年12月23日" in page
