"""Working days of the State Council's notices (WD-01..WD-10). Pure: the calendar is data, the day is given."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A due day; ``provisional`` when a year without a holiday notice was touched (WD-08)."""

    on: date
    provisional: bool = False


@dataclass(frozen=True)
class WorkCalendar:
    """Rest days, make-up working days, and the years for which a notice was published."""

    off: frozenset[date]
    makeup: frozenset[date]
    published: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """WD-03: Monday to Friday not on the off list, or a make-up day."""
        return day in self.makeup or (day.weekday() < 5 and day not in self.off)

    def is_provisional(self, day: date) -> bool:
        return day.year not in self.published

    def add_working_days(self, start: date, count: int) -> Due:
        """The ``count``-th working day after ``start``; the start day itself never counts (WD-02, WD-04)."""
        day, left = start, count
        while left > 0:
            day += DAY
            left -= self.is_working_day(day)
        return Due(day, any(year not in self.published for year in range(start.year, day.year + 1)))

    def working_days_between(self, after: date, upto: date) -> int:
        """Working days in ``(after, upto]``."""
        return sum(self.is_working_day(after + DAY * n) for n in range(1, (upto - after).days + 1))

    def roll_forward(self, day: date) -> Due:
        """A period that ends on a rest day ends on the next working day (WD-05)."""
        rolled = day
        while not self.is_working_day(rolled):
            rolled += DAY
        return Due(rolled, self.is_provisional(rolled))

    def publicity_end(self, posted_on: date, days: int = 7, roll: bool = True) -> Due:
        """Last day of the objection window: P+1 … P+7, rolled if it ends on a rest day (WD-06)."""
        end = posted_on + DAY * days
        return self.roll_forward(end) if roll else Due(end, self.is_provisional(end))


def add_months(day: date, months: int) -> date:
    """Same day of the month, clipped to the month's end (WD-09)."""
    month = day.year * 12 + day.month - 1 + months
    first = date(month // 12, month % 12 + 1, 1)
    last = (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY).day
    return first.replace(day=min(day.day, last))


def next_month(day: date) -> date:
    """First day of the month after ``day``."""
    return add_months(day.replace(day=1), 1)


def _days(year: int, spans: list[str]) -> list[date]:
    days: list[date] = []
    for span in spans:
        first, _, last = span.partition("..")
        start, end = (date.fromisoformat(f"{year}-{part}") for part in (first, last or first))
        days += [start + DAY * n for n in range((end - start).days + 1)]
    return days


@functools.cache
def notices() -> dict[int, dict[str, list[date]]]:
    """The notices shipped with the product, by year: ``{"rest": [...], "makeup": [...]}``."""
    raw = yaml.safe_load((Path(__file__).parent / "data" / "holidays.yaml").read_text(encoding="utf-8"))
    return {
        year: {kind: _days(year, entry[kind]) for kind in ("rest", "makeup")} for year, entry in raw.items()
    }


@functools.cache
def shipped_calendar() -> WorkCalendar:
    """Calendar of the shipped notices, 2019–2026."""
    loaded = notices()
    return WorkCalendar(
        off=frozenset(day for entry in loaded.values() for day in entry["rest"]),
        makeup=frozenset(day for entry in loaded.values() for day in entry["makeup"]),
        published=frozenset(year for year in loaded if year >= 2019),
    )
