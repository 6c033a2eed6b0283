from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.core.calendar import shipped_calendar
from jiuzhu.core.clock import SHANGHAI, instant
from jiuzhu.workflow import clocks

CALENDAR = shipped_calendar()
STARTS = st.dates(date(2019, 1, 2), date(2026, 9, 1))


def run(clock_id: str, start: str | datetime, *, regime: str = "P2019", **more):
    started = instant(date.fromisoformat(start)) if isinstance(start, str) else start
    more.setdefault("parameters", {})
    return clocks.due(clock_id, started_at=started, regime=regime, calendar=CALENDAR, **more)


@pytest.mark.parametrize(
    ("regime", "delegated", "parameters", "extension", "due"),
    [
        ("P2021", False, {}, "", "2022-03-29"),
        ("P2021", False, {"seed_total_limit": False}, "", "2022-04-13"),
        ("P2021", True, {"seed_total_limit": False}, "", "2022-03-29"),
        ("P2021", False, {}, "HARD_INVESTIGATION", "2022-05-06"),
        ("P2019", False, {}, "HARD_INVESTIGATION", "2022-03-29"),
    ],
)
def test_as_30_total_limit(regime: str, delegated: bool, parameters: dict, extension: str, due: str) -> None:
    state = run(
        "CLK-T20",
        "2022-03-01",
        regime=regime,
        delegated=delegated,
        parameters=parameters,
        extension=extension,
    )

    assert state.due_on == date.fromisoformat(due)


def test_as_12_clock_starts_on_the_day_of_acceptance() -> None:
    assert run("CLK-T20", "2019-09-20").due_on == date(2019, 10, 23)


def test_as_14_the_twenty_first_day_is_a_breach() -> None:
    in_time = run("CLK-T20", "2019-08-05", ended_at=instant(date(2019, 9, 2), 23, 59))
    late = run("CLK-T20", "2019-08-05", ended_at=instant(date(2019, 9, 3), 0, 1))

    assert (in_time.used, in_time.breached) == (20, False)
    assert (late.used, late.breached, late.colour) == (21, True, "RED")


def test_as_15_nineteen_of_twenty_days_is_orange() -> None:
    state = run("CLK-T20", "2019-09-23", ended_at=instant(date(2019, 10, 23)))

    assert (state.used, state.colour, state.due_on) == (19, "ORANGE", date(2019, 10, 24))


@pytest.mark.parametrize(
    ("delivered", "breached"),
    [("2019-10-02T09:30:00", False), ("2019-10-02T20:00:00", False), ("2019-10-02T20:00:01", True)],
)
def test_as_34_twenty_four_hours_to_the_second(delivered: str, breached: bool) -> None:
    reported = datetime(2019, 10, 1, 20, 0, tzinfo=SHANGHAI)
    state = run("CLK-TA24", reported, ended_at=datetime.fromisoformat(delivered).replace(tzinfo=SHANGHAI))

    assert state.breached is breached


def test_as_13_registration_ends_on_a_working_saturday() -> None:
    assert run("CLK-TA5", "2019-09-30").due_on == date(2019, 10, 12)


@pytest.mark.parametrize(("regime", "due"), [("P2019", "2019-10-08"), ("P2021", "2019-10-09")])
def test_refusal_notice_counts_calendar_or_working_days(regime: str, due: str) -> None:
    assert run("CLK-RN", "2019-09-29", regime=regime).due_on == date.fromisoformat(due)


def test_as_23_publicity_rolls() -> None:
    assert run("CLK-PUB", "2019-09-27").due_on == date(2019, 10, 8)


def test_a_pause_resumes_with_the_remaining_whole_days() -> None:
    plain = run("CLK-T20", "2019-08-05")
    paused = run("CLK-T20", "2019-08-05", pauses=[(date(2019, 8, 12), date(2019, 8, 16))])

    assert CALENDAR.working_days_between(plain.due_on, paused.due_on) == 4


def test_correction_clock_cannot_be_paused() -> None:
    pauses = [(date(2019, 8, 12), date(2019, 8, 16))]

    assert run("CLK-CORR", "2019-08-05", pauses=pauses).due_on == run("CLK-CORR", "2019-08-05").due_on


def test_unpublished_years_are_marked() -> None:
    assert run("CLK-T20", "2026-12-20").provisional
    assert any("未公布" in why for why in run("CLK-T20", "2026-12-20").why)


@given(STARTS, st.sampled_from(sorted(clocks.deadlines())))
def test_a_due_day_never_lies_before_the_start_and_rests_never_end_a_day_clock(
    start: date, clock_id: str
) -> None:
    state = run(clock_id, instant(start))

    assert state.due_on >= start
    if state.unit not in ("hours", "months"):
        assert CALENDAR.is_working_day(state.due_on)


@given(STARTS, st.integers(0, 15), st.integers(0, 15))
def test_pausing_never_brings_the_due_date_nearer(start: date, after: int, length: int) -> None:
    begin = start + timedelta(days=after)
    plain = run("CLK-T20", instant(start))
    paused = run("CLK-T20", instant(start), pauses=[(begin, begin + timedelta(days=length))])

    assert paused.due_on >= plain.due_on


@pytest.mark.parametrize("clock_id", ["CLK-T20", "CLK-PUB", "CLK-TA24"])
def test_wd_01_the_zone_in_which_an_instant_is_written_changes_nothing(clock_id: str) -> None:
    early = datetime(2019, 8, 5, 7, 30, tzinfo=SHANGHAI)
    just_late = datetime(2019, 9, 3, 0, 1, tzinfo=SHANGHAI)

    local = run(clock_id, early, ended_at=just_late)
    stored = run(clock_id, early.astimezone(UTC), ended_at=just_late.astimezone(UTC))

    assert stored == local
    assert local.breached == (clock_id != "CLK-PUB")  # a posting that has hung long enough is nobody's delay


def test_wd_10_an_open_pause_stops_the_clock_and_is_no_breach() -> None:
    opened = [(date(2019, 8, 12), None)]

    state = run("CLK-T20", "2019-08-05", pauses=opened, now=instant(date(2019, 9, 10)))

    assert (state.used, state.left, state.breached, state.colour) == (5, 15, False, "GREEN")
    assert state.due_on == CALENDAR.add_working_days(date(2019, 9, 10), 15).on


def test_a_pause_opened_after_the_due_day_heals_nothing() -> None:
    opened = [(date(2019, 9, 5), None)]

    state = run("CLK-T20", "2019-08-05", pauses=opened, now=instant(date(2019, 9, 10)))

    assert (state.due_on, state.colour) == (date(2019, 9, 2), "RED")


def test_as_40_a_death_is_settled_within_three_months_to_the_day() -> None:
    assert run("CLK-DEATH", "2022-05-20", regime="P2021").due_on == date(2022, 8, 20)


@given(STARTS, st.integers(0, 30), st.integers(0, 60))
def test_an_open_pause_equals_one_that_ends_today(start: date, after: int, day: int) -> None:
    begin, today = start + timedelta(days=after), start + timedelta(days=day)

    still_open = run("CLK-T20", instant(start), pauses=[(begin, None)], now=instant(today))
    ended = run("CLK-T20", instant(start), pauses=[(begin, max(begin, today))], now=instant(today))

    assert (still_open.due_on, still_open.used, still_open.left) == (ended.due_on, ended.used, ended.left)
