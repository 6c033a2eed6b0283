"""Every clock of section 3.11 against its limit, unit and regime; colours; what a pause does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.core.calendar import shipped_calendar
from jiuzhu.core.clock import instant
from jiuzhu.workflow import clocks

CALENDAR = shipped_calendar()
STARTS = st.dates(date(2019, 1, 2), date(2026, 6, 1))
WORKING_DAY_CLOCKS = sorted(key for key, entry in clocks.deadlines().items() if entry.unit == "wd")


def run(
    clock_id: str, start: date, regime: str = "P2019", parameters: dict[str, Any] | None = None, **more: Any
) -> clocks.ClockState:
    return clocks.due(
        clock_id,
        started_at=instant(start),
        regime=regime,
        parameters=parameters or {},
        calendar=CALENDAR,
        **more,
    )


@pytest.mark.parametrize(
    ("clock_id", "p2019", "p2021"),
    [
        ("CLK-VS", (3, "wd"), (3, "wd")),
        ("CLK-VR", (10, "wd"), (10, "wd")),
        ("CLK-VN", (3, "wd"), (3, "wd")),
        ("CLK-OBJW", (10, "wd"), (10, "wd")),
        ("CLK-RC", (10, "wd"), (10, "wd")),
        ("CLK-AC", (5, "wd"), (5, "wd")),
        ("CLK-CORR", (30, "cal"), (30, "cal")),
        ("CLK-T20", (20, "wd"), (20, "wd")),
        ("CLK-INVS", (3, "wd"), (3, "wd")),
        ("CLK-INV", (10, "wd"), (10, "wd")),
        ("CLK-CO", (5, "wd"), (10, "wd")),
        ("CLK-TK15", (15, "wd"), (15, "wd")),
        ("CLK-CO15", (15, "wd"), (15, "wd")),
        ("CLK-RN", (3, "cal"), (3, "wd")),
        ("CLK-PUB", (7, "publicity"), (7, "publicity")),
        ("CLK-CARD", (3, "wd"), (3, "wd")),
        ("CLK-APP", (5, "wd"), (5, "wd")),
        ("CLK-TA24", (24, "hours"), (24, "hours")),
        ("CLK-TA5", (5, "wd"), (5, "wd")),
        ("CLK-TAX", (20, "wd"), (20, "wd")),
        ("CLK-SC", (10, "wd"), (10, "wd")),
        ("CLK-DEATH", (3, "months"), (3, "months")),
        ("CLK-CHG", (20, "wd"), (20, "wd")),
        ("CLK-CMP", (15, "wd"), (15, "wd")),
        ("CLK-CRED", (10, "wd"), (10, "wd")),
    ],
)
def test_limits_of_section_3_11(clock_id: str, p2019: tuple[int, str], p2021: tuple[int, str]) -> None:
    seen = {regime: run(clock_id, date(2022, 3, 1), regime) for regime in ("P2019", "P2021", "P2025")}

    assert (seen["P2019"].limit, seen["P2019"].unit) == p2019
    assert (seen["P2021"].limit, seen["P2021"].unit) == p2021
    assert (seen["P2025"].limit, seen["P2025"].unit) == p2021
    assert all(state.article and state.name for state in seen.values())


@pytest.mark.parametrize(
    ("clock_id", "key"),
    [
        ("CLK-VS", "verify.start_wd"),
        ("CLK-VR", "verify.report_wd"),
        ("CLK-VN", "verify.notice_wd"),
        ("CLK-OBJW", "verify.objection_wd"),
        ("CLK-RC", "verify.recheck_wd"),
        ("CLK-AC", "accept_wd"),
        ("CLK-CORR", "correction_days"),
        ("CLK-T20", "limit.total_wd"),
        ("CLK-PUB", "publicity_days"),
        ("CLK-TA24", "limit.ta_emergency_hours"),
        ("CLK-TA5", "limit.ta_registration_wd"),
        ("CLK-TAX", "limit.total_wd"),
    ],
)
def test_a_published_parameter_replaces_the_limit(clock_id: str, key: str) -> None:
    assert run(clock_id, date(2022, 3, 1), parameters={key: 2}).limit == 2


def test_only_the_clocks_of_the_rule_book_may_be_paused() -> None:
    pausable = {key for key, entry in clocks.deadlines().items() if entry.pausable}

    assert pausable == {
        "CLK-T20",
        "CLK-RIG",
        "CLK-INV",
        "CLK-CO",
        "CLK-CO15",
        "CLK-TK15",
        "CLK-TAX",
        "CLK-CHG",
    }


@pytest.mark.parametrize("reason", clocks.EXTENSION_REASONS)
def test_the_four_reasons_extend_to_forty_five_days_also_where_delegated(reason: str) -> None:
    state = run("CLK-T20", date(2022, 3, 1), "P2021", extension=reason, delegated=True)

    assert (state.limit, state.due_on) == (45, date(2022, 5, 6))


def test_another_reason_does_not_extend() -> None:
    assert run("CLK-T20", date(2022, 3, 1), "P2021", extension="BUSY_OFFICE").limit == 20


@pytest.mark.parametrize(
    ("used_up_to", "used", "colour"),
    [
        ("2022-03-16", 11, "GREEN"),
        ("2022-03-17", 12, "YELLOW"),
        ("2022-03-22", 15, "YELLOW"),
        ("2022-03-23", 16, "YELLOW"),
        ("2022-03-24", 17, "ORANGE"),
        ("2022-03-29", 20, "ORANGE"),
        ("2022-03-30", 21, "RED"),
    ],
)
def test_colours_change_at_sixty_and_eighty_five_percent(used_up_to: str, used: int, colour: str) -> None:
    state = run("CLK-T20", date(2022, 3, 1), now=instant(date.fromisoformat(used_up_to)))

    assert (state.used, state.colour, state.left) == (used, colour, max(0, 20 - used))


def test_a_late_act_stays_red_whatever_day_it_is_now() -> None:
    late = run(
        "CLK-T20", date(2022, 3, 1), ended_at=instant(date(2022, 3, 30)), now=instant(date(2022, 3, 2))
    )

    assert (late.breached, late.colour) == (True, "RED")


def test_wd_10_the_day_a_pause_begins_is_used_the_following_are_not() -> None:
    state = run(
        "CLK-T20",
        date(2022, 3, 1),
        pauses=[(date(2022, 3, 3), date(2022, 3, 9))],
        now=instant(date(2022, 3, 10)),
    )

    assert state.used == 3
    assert state.due_on == date(2022, 4, 2)


def test_a_pause_over_rest_days_costs_nothing() -> None:
    plain = run("CLK-T20", date(2019, 9, 20))
    paused = run("CLK-T20", date(2019, 9, 20), pauses=[(date(2019, 9, 30), date(2019, 10, 7))])

    assert paused.due_on == plain.due_on


def test_two_pauses_over_the_same_days_count_once() -> None:
    span = (date(2022, 3, 3), date(2022, 3, 9))

    assert (
        run("CLK-T20", date(2022, 3, 1), pauses=[span, span]).due_on
        == run("CLK-T20", date(2022, 3, 1), pauses=[span]).due_on
    )


def test_publicity_may_be_published_without_rolling() -> None:
    assert run("CLK-PUB", date(2019, 9, 27), parameters={"publicity_roll": False}).due_on == date(2019, 10, 4)


def test_as_34_registration_after_a_holiday_delivery_is_due_on_the_working_saturday() -> None:
    assert run("CLK-TA5", date(2019, 10, 2)).due_on == date(2019, 10, 12)


def test_the_explanation_says_from_when_and_how_long() -> None:
    why = run("CLK-T20", date(2022, 3, 1), pauses=[(date(2022, 3, 3), date(2022, 3, 9))]).why

    assert any("20个工作日" in line for line in why)
    assert any("2022-03-01" in line for line in why)
    assert any("2022-03-03至2022-03-09暂停" in line for line in why)


@given(STARTS, STARTS, st.sampled_from(WORKING_DAY_CLOCKS))
def test_who_starts_later_is_never_due_earlier(one: date, other: date, clock_id: str) -> None:
    first, second = sorted((one, other))

    assert run(clock_id, first).due_on <= run(clock_id, second).due_on


@given(STARTS, st.integers(1, 44))
def test_a_longer_limit_is_due_later(start: date, limit: int) -> None:
    shorter = run("CLK-T20", start, parameters={"limit.total_wd": limit})
    longer = run("CLK-T20", start, parameters={"limit.total_wd": limit + 1})

    assert shorter.due_on < longer.due_on


@given(STARTS, st.integers(0, 60), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=3))
def test_the_due_day_and_the_count_of_used_days_agree_on_a_breach(
    start: date, day: int, spans: list[tuple[int, int]]
) -> None:
    pauses = [(start + timedelta(days=at), start + timedelta(days=at + length)) for at, length in spans]
    until = start + timedelta(days=day)
    state = run("CLK-T20", start, pauses=pauses, now=instant(until))

    assert state.breached == (until > state.due_on)
    assert state.used <= state.limit if not state.breached else state.used >= state.limit


@given(STARTS, st.integers(0, 60))
def test_used_and_left_together_are_the_limit_until_the_due_day(start: date, day: int) -> None:
    state = run("CLK-T20", start, now=instant(start + timedelta(days=day)))

    assert state.used + state.left == max(state.limit, state.used)
