"""Who counts (HH-01..HH-15), under which regime."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jiuzhu.policy.composition import compose, place
from jiuzhu.policy.evidence import Person

DAY = date(2019, 10, 8)
APPLICANT = Person("a", "0", date(1975, 3, 1))
DAUGHTER = Person("d", "3", date(2001, 10, 8))
MOTHER = Person("m", "5", date(1945, 8, 8), has_support_duty=True)
BROTHER = Person("b", "7", date(1980, 1, 1), has_support_duty=False)


@pytest.mark.parametrize(
    ("person", "regime", "counted", "rule"),
    [
        (APPLICANT, "P2019", True, "HH-01"),
        (replace(APPLICANT, relation="1"), "P2019", True, "HH-01"),
        (replace(DAUGHTER, born_on=date(2001, 10, 9)), "P2019", True, "HH-02"),
        (DAUGHTER, "P2019", False, "HH-22"),
        (replace(DAUGHTER, student=True), "P2019", True, "HH-03"),
        (replace(DAUGHTER, can_live_alone=False), "P2021", True, "HH-03"),
        (replace(MOTHER, has_support_duty=False), "P2019", True, "HH-05"),
        (replace(MOTHER, has_support_duty=False), "P2021", False, "HH-22"),
        (MOTHER, "P2021", True, "HH-04"),
        (replace(MOTHER, lives_together=False), "P2019", False, "HH-22"),
        (BROTHER, "P2019", False, "HH-22"),
        (replace(BROTHER, has_support_duty=True), "P2019", True, "HH-04"),
        (replace(APPLICANT, relation="1", situation="PRISON"), "P2019", False, "HH-11"),
        (replace(APPLICANT, relation="1", situation="DRUG_ISOLATION"), "P2019", True, "HH-01"),
        (replace(APPLICANT, relation="1", situation="DRUG_ISOLATION"), "P2021", False, "HH-12"),
        (replace(APPLICANT, relation="1", situation="MISSING"), "P2025", False, "HH-12"),
        (replace(APPLICANT, relation="1", situation="DEAD"), "P2019", False, "HH-14"),
        (replace(APPLICANT, relation="2", situation="CONSCRIPT"), "P2019", False, "HH-15"),
    ],
)
def test_who_counts(person: Person, regime: str, counted: bool, rule: str) -> None:
    found = place(person, on=DAY, regime=regime)

    assert (found.counted, found.rule) == (counted, rule)
    assert found.sentence


@pytest.mark.parametrize(("since", "counted"), [(date(2016, 10, 8), False), (date(2016, 10, 9), True)])
def test_religious_people_are_left_out_after_three_years(since: date, counted: bool) -> None:
    monk = replace(APPLICANT, situation="RELIGIOUS", situation_since=since)

    assert place(monk, on=DAY, regime="P2019").counted is counted


def test_husband_in_prison_leaves_two_who_count() -> None:
    family = [
        APPLICANT,
        replace(APPLICANT, ref="h", relation="1", situation="PRISON"),
        replace(DAUGHTER, born_on=date(2012, 9, 1)),
    ]

    placed = compose(family, on=DAY, regime="P2019")

    assert [(each.ref, each.counted) for each in placed] == [("a", True), ("h", False), ("d", True)]
