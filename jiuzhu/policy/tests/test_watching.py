"""SUP-20: what a register says happened since a family was established, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiuzhu.core.observation import Observation
from jiuzhu.policy.evidence import Evidence, Income, Member
from jiuzhu.policy.watching import Event, happened

NUMBER = "371599198206071024"
FAMILY = Evidence(
    as_of=date(2021, 3, 1),
    aid_type="DIBAO",
    area_type="RURAL",
    members=(Member("a", "0", "2", date(1982, 6, 7)),),
    incomes=(Income("a", "W", "wage", 12 * 1_000_00),),
    over_limit=False,
)


def told(kind: str, family: Evidence = FAMILY, number: str = NUMBER, /, **attributes: Any) -> list[Event]:
    seen = Observation(kind, number, "XX", date(2021, 6, 1), attributes)
    return happened(family, [seen], {NUMBER: "a"})


@pytest.mark.parametrize(
    ("state", "since", "is_told"),
    [
        ("MARRIED", date(2021, 3, 2), True),
        ("DIVORCED", date(2021, 5, 1), True),
        ("MARRIED", date(2021, 3, 1), False),
        ("NONE", date(2021, 5, 1), False),
    ],
)
def test_sup_20_a_marriage_registered_later_is_told(state: str, since: date, is_told: bool) -> None:
    events = told("marriage", state=state, since=since)

    assert [event.kind for event in events] == (["MARRIAGE"] if is_told else [])


@pytest.mark.parametrize(("spouse", "is_told"), [("1", False), ("2", True)])
def test_sup_20_a_spouse_who_has_joined_is_no_news(spouse: str, is_told: bool) -> None:
    """A member reported since then does not move the day the family was looked at, but his marriage is known."""
    joined = replace(FAMILY, members=(*FAMILY.members, Member("b", spouse, "1", date(1980, 1, 1))))

    assert bool(told("marriage", joined, state="MARRIED", since=date(2021, 5, 1))) is is_told
    assert told("marriage", joined, state="DIVORCED", since=date(2021, 5, 1))


@pytest.mark.parametrize(("on", "is_told"), [(date(2021, 3, 2), True), (date(2021, 3, 1), False)])
@pytest.mark.parametrize("kind", ["dwelling", "nonresidential"])
def test_sup_20_a_building_registered_later_is_told(kind: str, on: date, is_told: bool) -> None:
    events = told(
        kind,
        certificate_no="鲁1",
        area_m2_tenths=905,
        use="住宅",
        registered_on=on,
        demolition_replacement=True,
    )

    assert [event.kind for event in events] == (["DWELLING"] if is_told else [])
    assert all("90.5㎡，拆迁安置" in event.sentence for event in events)


@pytest.mark.parametrize(("yuan", "is_told"), [(1200, False), (1201, True)])
def test_sup_20_a_contribution_beyond_the_known_wage_is_told(yuan: int, is_told: bool) -> None:
    assert (
        bool(told("contribution", employer="某公司", base_fen=100 * yuan, latest_month="2021-05")) is is_told
    )


def test_sup_20_a_contribution_for_somebody_without_wage_is_told() -> None:
    family = Evidence(as_of=FAMILY.as_of, aid_type="DIBAO", area_type="RURAL", members=FAMILY.members)

    [event] = told("contribution", family, employer="某公司", base_fen=300_00, latest_month="2021-05")
    assert (event.kind, event.finding, event.value) == ("WAGE", "H-WAGE", "300.00元")
    assert "没有工资" in event.sentence


@pytest.mark.parametrize(
    ("known", "is_told"),
    [
        ((), True),
        ((Income("a", "T", "pension", 12_00),), False),
        ((Income("a", "T", "basic_pension", 1),), False),
    ],
)
def test_sup_20_a_pension_nobody_knew_is_told(known: tuple[Income, ...], is_told: bool) -> None:
    family = Evidence(
        as_of=FAMILY.as_of, aid_type="DIBAO", area_type="RURAL", members=FAMILY.members, incomes=known
    )

    assert bool(told("pension", family, amount_fen=150_00, kind="RESIDENT")) is is_told


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [(False, True, True), (None, True, True), (True, True, False), (False, False, False)],
)
def test_sup_20_deposits_over_the_limit_now_and_not_before_are_told(
    before: bool | None, now: bool, is_told: bool
) -> None:
    family = Evidence(
        as_of=FAMILY.as_of, aid_type="DIBAO", area_type="RURAL", members=FAMILY.members, over_limit=before
    )

    assert bool(told("deposit_flag", family, over_limit=now)) is is_told


@pytest.mark.parametrize(
    ("kind", "until", "words"),
    [
        ("PRISON", date(2024, 4, 30), "自2021-05-01起在监狱服刑，至2024-04-30"),
        ("DRUG_ISOLATION", None, "自2021-05-01起被强制隔离戒毒"),
    ],
)
def test_sup_20_who_counts_and_is_held_is_told(kind: str, until: date | None, words: str) -> None:
    [event] = told("custody", kind=kind, since=date(2021, 5, 1), until=until)

    assert (event.kind, event.person, event.finding, event.value) == ("PRISON", "a", "F-PRISON", words)
    assert event.sentence == f"司法行政登记：{words}"


def test_sup_20_who_is_known_to_be_held_is_not_told_again() -> None:
    away = Member("a", "0", "2", date(1982, 6, 7), exclude="HH-11")
    family = Evidence(as_of=FAMILY.as_of, aid_type="DIBAO", area_type="RURAL", members=(away,))

    assert told("custody", family, kind="PRISON", since=date(2021, 5, 1), until=None) == []


def test_sup_20_what_is_said_of_somebody_else_is_nobodys_alert() -> None:
    assert told("pension", FAMILY, "371599195801010046", amount_fen=150_00, kind="RESIDENT") == []
