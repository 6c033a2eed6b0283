"""The business clock: one function says what time it is; tests and demos may set it (design.md 2).

Pure code receives dates. Only screens, endpoints, jobs, commands, acts and tests ask this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Source = Callable[[], datetime]


def system_source() -> datetime:
    return datetime.now(SHANGHAI)


class ShiftedFileSource:
    """System time plus the seconds written in a file, so that several demo processes share one day."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: float | None = None
        self._shift = timedelta()

    def __call__(self) -> datetime:
        try:
            stamp = self.path.stat().st_mtime
        except FileNotFoundError:
            return system_source()
        if stamp != self._stamp:
            self._stamp, self._shift = stamp, timedelta(seconds=float(self.path.read_text() or 0))
        return system_source() + self._shift


_source: Source = system_source
_fixed: ContextVar[datetime | None] = ContextVar("business_time", default=None)


def use(source: Source) -> Source:
    """Install another source for this process; returns the former one."""
    global _source
    former, _source = _source, source
    return former


def now() -> datetime:
    """Business instant, aware, Asia/Shanghai (WD-01)."""
    return _fixed.get() or _source()


def today() -> date:
    return now().date()


def local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def instant(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)


@contextmanager
def at(moment: datetime | date) -> Iterator[datetime]:
    """Make it that moment inside the block (a date means nine in the morning; no zone means Shanghai)."""
    fixed = moment if isinstance(moment, datetime) else instant(moment)
    fixed = fixed.astimezone(SHANGHAI) if fixed.tzinfo else fixed.replace(tzinfo=SHANGHAI)
    token = _fixed.set(fixed)
    try:
        yield fixed
    finally:
        _fixed.reset(token)


def shift_to(path: Path, day: date) -> None:
    """Write the shift that makes ``day`` today for every process reading ``path`` (demo only)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shift = timedelta(days=(day - system_source().date()).days)
    draft = path.with_suffix(".new")
    draft.write_text(str(int(shift.total_seconds())))
    draft.replace(path)  # whole or not at all: another process may be reading
