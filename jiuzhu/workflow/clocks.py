"""Statutory clocks as pure functions of start, pauses, regime and calendar (3.11, section 4). Nothing counts down."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from jiuzhu.core.calendar import DAY, Due, WorkCalendar, add_months
from jiuzhu.core.clock import local

GREEN, YELLOW, ORANGE, RED = "GREEN", "YELLOW", "ORANGE", "RED"
EXTENSION_REASONS = {
    "PUBLICITY_OBJECTION": "公示有异议",
    "SEPARATED_REGISTRATION": "人户分离",
    "REMOTE_APPLICATION": "异地申办",
    "HARD_INVESTIGATION": "家庭经济状况调查难度较大",
}
OWN_REQUEST, OWN_REQUEST_LIMIT = "PAU-1", 10
Pauses = Iterable[tuple[date, date | None]]
Span = tuple[date, date]


@dataclass(frozen=True)
class Deadline:
    """One entry of deadlines.yaml. A ``window`` is the family's own time: when it is over nobody is late."""

    id: str
    name: str
    unit: str
    days: int
    parameter: str
    by_regime: Mapping[str, int]
    by_regime_unit: Mapping[str, str]
    total: bool
    pausable: bool
    window: bool
    article: str
    special: int = 0

    @property
    def extendable(self) -> bool:
        return self.total or bool(self.special)

    def unit_under(self, regime: str) -> str:
        return self.by_regime_unit.get(regime, self.unit)


@dataclass(frozen=True)
class ClockState:
    """Where a clock stands. ``used`` and ``left`` are in ``unit``; ``due_at`` only for hour clocks."""

    clock: str
    name: str
    unit: str
    limit: int
    due_on: date
    due_at: datetime | None
    used: int
    left: int
    provisional: bool
    breached: bool
    article: str
    why: tuple[str, ...]

    @property
    def colour(self) -> str:
        """GREEN below 60 % of the limit used, YELLOW from 60 %, ORANGE from 85 %, RED when past due."""
        if self.breached:
            return RED
        if 100 * self.used >= 85 * self.limit:
            return ORANGE
        return YELLOW if 100 * self.used >= 60 * self.limit else GREEN


@functools.cache
def deadlines() -> dict[str, Deadline]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "deadlines.yaml").read_text(encoding="utf-8")
    )
    return {
        key: Deadline(
            id=key,
            name=entry["name"],
            unit=entry["unit"],
            days=entry["days"],
            parameter=entry.get("parameter", ""),
            by_regime=entry.get("by_regime", {}),
            by_regime_unit=entry.get("by_regime_unit", {}),
            total=entry.get("total", False),
            pausable=entry.get("pauses", False),
            window=entry.get("window", False),
            article=entry["article"],
            special=entry.get("special", 0),
        )
        for key, entry in raw.items()
    }


def limit_of(
    deadline: Deadline,
    *,
    regime: str,
    parameters: Mapping[str, Any],
    delegated: bool = False,
    extension: str = "",
) -> tuple[int, str]:
    """How long, and why so long. The total clock is 20 working days; see 3.11 for 30 and 45."""
    if deadline.total:
        if regime != "P2019" and extension in EXTENSION_REASONS:
            return int(
                parameters.get("limit.total_wd_special", 45)
            ), f"特殊情况延长（{EXTENSION_REASONS[extension]}）"
        if regime != "P2019" and not delegated and not parameters.get("seed_total_limit", True):
            return int(parameters.get("limit.total_wd_national", 30)), "未下放，执行全国时限"
        return int(parameters.get("limit.total_wd", 20)), "执行本市20个工作日"
    if deadline.special and extension in EXTENSION_REASONS:
        return deadline.special, f"特殊情况延长（{EXTENSION_REASONS[extension]}）"
    days = deadline.by_regime.get(regime, deadline.days)
    if deadline.parameter:
        days = int(parameters.get(deadline.parameter) or days)
    return days, f"{deadline.name}{days}{'个工作日' if deadline.unit_under(regime) == 'wd' else ''}"


def due(
    clock_id: str,
    *,
    started_at: datetime,
    regime: str,
    parameters: Mapping[str, Any],
    calendar: WorkCalendar,
    pauses: Pauses = (),
    delegated: bool = False,
    extension: str = "",
    ended_at: datetime | None = None,
    now: datetime | None = None,
) -> ClockState:
    """The state of one clock. ``ended_at`` (or ``now``) is the moment up to which time is counted as used.

    Instants may come in any zone (the database answers in UTC); days are counted in Shanghai (WD-01).
    A pause without an end lasts until that moment: the clock stands still and keeps its remaining days (WD-10).
    """
    deadline = deadlines()[clock_id]
    limit, reason = limit_of(
        deadline, regime=regime, parameters=parameters, delegated=delegated, extension=extension
    )
    unit = deadline.unit_under(regime)
    started_at = local(started_at)
    until = local(ended_at or now or started_at)
    if unit == "hours":
        return _hours(deadline, started_at, limit, until, reason)
    known = sorted(pauses, key=lambda pause: pause[0]) if deadline.pausable else []
    spans = [(start, end or max(start, until.date())) for start, end in known]
    day = _due_day(
        unit, started_at.date(), limit, calendar, spans, bool(parameters.get("publicity_roll", True))
    )
    used = _used(unit, started_at.date(), until.date(), calendar, spans)
    why = [reason, f"自{started_at.date()}次日起算"]
    why += [f"{start}至{end or '今'}暂停" for start, end in known]
    if day.provisional:
        why.append("涉及未公布节假日安排的年份，暂按周一至周五推算")
    return ClockState(
        clock=clock_id,
        name=deadline.name,
        unit=unit,
        limit=limit,
        due_on=day.on,
        due_at=None,
        used=used,
        left=_left(unit, until.date(), day.on, calendar, spans),
        provisional=day.provisional,
        breached=until.date() > day.on and not deadline.window,
        article=deadline.article,
        why=tuple(why),
    )


def _hours(deadline: Deadline, started_at: datetime, limit: int, until: datetime, reason: str) -> ClockState:
    """WD-07: every hour counts, nights and holidays too; due to the second."""
    due_at = started_at + timedelta(hours=limit)
    used = int((until - started_at).total_seconds() // 3600)
    left = max(0, int((due_at - until).total_seconds() // 3600))
    late = until > due_at
    return ClockState(
        deadline.id,
        deadline.name,
        "hours",
        limit,
        due_at.date(),
        due_at,
        used,
        left,
        False,
        late,
        deadline.article,
        (reason,),
    )


def _paused(day: date, spans: list[Span]) -> bool:
    """WD-10: the day a pause begins is still used; the days after it, up to its end, are not."""
    return any(start < day <= end for start, end in spans)


def _due_day(
    unit: str, start: date, limit: int, calendar: WorkCalendar, spans: list[Span], roll: bool
) -> Due:
    if unit == "months":  # WD-09: clipped, never rolled (AS-40: Saturday 2022-08-20 stays)
        ends_on = add_months(start, limit)
        return Due(ends_on, calendar.is_provisional(ends_on))
    if unit == "publicity":
        return calendar.publicity_end(start, limit, roll)
    if unit == "cal":
        return calendar.roll_forward(start + DAY * limit)
    day, left = start, limit
    while left > 0:
        day += DAY
        left -= calendar.is_working_day(day) and not _paused(day, spans)
    return Due(day, any(year not in calendar.published for year in range(start.year, day.year + 1)))


def _used(unit: str, start: date, until: date, calendar: WorkCalendar, spans: list[Span]) -> int:
    if until <= start:
        return 0
    days = [start + DAY * n for n in range(1, (until - start).days + 1)]
    if unit == "wd":
        return sum(calendar.is_working_day(day) and not _paused(day, spans) for day in days)
    if unit == "months":
        return (until.year - start.year) * 12 + until.month - start.month
    return len(days)


def _left(unit: str, until: date, due_on: date, calendar: WorkCalendar, spans: list[Span]) -> int:
    if due_on <= until:
        return 0
    return _used("wd", until, due_on, calendar, spans) if unit == "wd" else (due_on - until).days


def capped(
    pauses: Iterable[tuple[str, date, date | None]],
    calendar: WorkCalendar,
    *,
    until: date,
    limit: int = OWN_REQUEST_LIMIT,
) -> list[Span]:
    """Pauses as they count up to ``until``: at the family's own request (PAU-1) at most ``limit`` working days in all.

    Takes (kind, first day, last day or None while it lasts); the clock runs on by itself when the days are used up.
    """
    left, counted = limit, list[Span]()
    for kind, start, end in sorted(pauses, key=lambda pause: pause[1]):
        last = end or max(start, until)
        if kind == OWN_REQUEST:
            last = min(last, calendar.add_working_days(start, left).on)
            left -= calendar.working_days_between(start, last)
        counted.append((start, last))
    return counted


def share_used(state: ClockState) -> Fraction:
    return Fraction(state.used, max(1, state.limit))
