from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays as second_source
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.core.calendar import add_months, shipped_calendar

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2019, 1, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2019-08-05", 20, "2019-09-02"),
        ("2019-09-20", 20, "2019-10-23"),
        ("2019-09-23", 20, "2019-10-24"),
        ("2019-09-23", 10, "2019-10-11"),
        ("2019-09-30", 5, "2019-10-12"),
        ("2019-10-02", 5, "2019-10-12"),
        ("2019-04-26", 3, "2019-04-30"),
        ("2019-09-20", 5, "2019-09-27"),
        ("2020-01-20", 20, "2020-02-25"),
        ("2020-01-23", 3, "2020-02-05"),
        ("2021-02-08", 20, "2021-03-12"),
        ("2022-03-01", 20, "2022-03-29"),
        ("2022-03-01", 30, "2022-04-13"),
        ("2022-03-01", 45, "2022-05-06"),
        ("2022-09-30", 3, "2022-10-10"),
        ("2024-02-08", 5, "2024-02-21"),
        ("2025-01-24", 20, "2025-02-27"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-09-21", 20, "2026-10-26"),
    ],
)
def test_due_dates_of_the_rule_book(start: str, count: int, due: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(start), count).on == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("posted", "ends"),
    [
        ("2019-11-04", "2019-11-11"),
        ("2019-09-27", "2019-10-08"),
        ("2022-09-27", "2022-10-08"),
        ("2025-09-26", "2025-10-09"),
    ],
)
def test_publicity_rolls_past_rest_days(posted: str, ends: str) -> None:
    assert CALENDAR.publicity_end(date.fromisoformat(posted)).on == date.fromisoformat(ends)


def test_breach_count_of_the_rule_book() -> None:
    counts = [
        CALENDAR.working_days_between(date(2019, 8, 5), day)
        for day in (date(2019, 8, 30), date(2019, 9, 2), date(2019, 9, 3))
    ]

    assert counts == [19, 20, 21]


def test_every_day_agrees_with_two_other_sources() -> None:
    other = second_source.country_holidays("CN", years=range(2019, 2027))
    day = date(2019, 1, 1)
    while day <= date(2026, 12, 31):
        assert (
            CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day) == other.is_working_day(day)
        ), day
        day += timedelta(days=1)


def test_a_year_without_notice_is_provisional() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 28), 10).provisional
    assert not CALENDAR.add_working_days(date(2026, 9, 1), 10).provisional


@given(DAYS, st.integers(1, 60))
def test_due_is_a_working_day_and_counts_back(start: date, count: int) -> None:
    due = CALENDAR.add_working_days(start, count).on

    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(start, due) == count


@given(DAYS, DAYS, st.integers(1, 60))
def test_due_is_monotone_in_the_start(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))

    assert CALENDAR.add_working_days(first, count).on <= CALENDAR.add_working_days(second, count).on


def test_months_are_clipped_to_their_end() -> None:
    assert add_months(date(2019, 1, 31), 1) == date(2019, 2, 28)
    assert add_months(date(2019, 11, 30), 3) == date(2020, 2, 29)
