"""Clocks of a case: rows are an index of what ``workflow.clocks`` computes from steps, pauses and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Case, CaseClock, Extension, Pause, Step
from jiuzhu.core import clock
from jiuzhu.parameters import queries as parameters
from jiuzhu.workflow import clocks as law


@dataclass(frozen=True)
class Stretch:
    """What makes the clocks of one case longer: its pauses as (kind, first day, last day) and a special extension."""

    pauses: tuple[tuple[str, date, date | None], ...]
    extension: str

    @classmethod
    def of(cls, case: Case) -> Stretch:
        pauses = Pause.objects.filter(case=case).values_list("kind", "starts_on", "ends_on")
        extension = Extension.objects.filter(case=case).first()
        return cls(tuple(pauses), extension.reason if extension else "")


def state_of(
    row: CaseClock,
    *,
    ended_at: datetime | None = None,
    now: datetime | None = None,
    stretch: Stretch | None = None,
) -> law.ClockState:
    """Compute the clock from its start, the case's pauses and the calendar (3.11); ``now`` for a running one."""
    case = row.case
    stretch = stretch or Stretch.of(case)
    began_on, calendar = clock.local(row.started_at).date(), parameters.calendar()
    now = now or clock.now()
    # what pauses the case later, or longer, has nothing to say of a clock that had ended
    until = clock.local(ended_at or now).date()
    pauses = [
        (kind, first, last and min(last, until)) for kind, first, last in stretch.pauses if first <= until
    ]
    return law.due(
        row.clock,
        started_at=row.started_at,
        pauses=law.capped(pauses, calendar, until=until),
        regime=case.regime,
        parameters=parameters.plain_values(case.county, on=began_on, regime=case.regime),
        calendar=calendar,
        delegated=decide_authority(case.town, case.aid_type, began_on) == "TOWN",
        extension=stretch.extension,
        ended_at=ended_at,
        now=now,
    )


def apply(step: Step, *, stops: tuple[str, ...], starts: tuple[str, ...], at: datetime | None = None) -> None:
    """Stop and start clocks for one step (``at`` the moment of the event); written on nothing but clock rows."""
    if not stops and not starts:
        return
    stretch = Stretch.of(step.case)
    for row in CaseClock.objects.filter(case=step.case, ended_at__isnull=True):
        if "*" in stops or row.clock in stops or row.clock in starts:
            row.case = step.case
            _end(row, max(at or step.at, row.started_at), step, stretch)
    for clock_id in starts:
        start(step, clock_id, at, stretch)


def start(step: Step, clock_id: str, at: datetime | None = None, stretch: Stretch | None = None) -> CaseClock:
    row = CaseClock(case=step.case, clock=clock_id, started_at=at or step.at, started_by=step)
    _index(row, state_of(row, stretch=stretch))
    row.save(force_insert=True)
    return row


def own_request_days(case: Case, on: date) -> int:
    """Working days the family's own requests have stopped the total clock so far (PAU-1)."""
    calendar = parameters.calendar()
    own = Pause.objects.filter(case=case, kind=law.OWN_REQUEST).values_list("kind", "starts_on", "ends_on")
    return sum(
        calendar.working_days_between(start, end) for start, end in law.capped(own, calendar, until=on)
    )


def foreseen(case: Case, clock_id: str, at: datetime) -> law.ClockState:
    """Where a clock would stand if it began at ``at``: the date a paper may promise."""
    return state_of(CaseClock(case=case, clock=clock_id, started_at=at), now=at)


def stop(case: Case, clock_id: str, at: datetime) -> None:
    """End a running clock by something that is no step of the case (a paper handed over)."""
    for row in CaseClock.objects.filter(case=case, clock=clock_id, ended_at__isnull=True):
        _end(row, at)


def _end(row: CaseClock, at: datetime, step: Step | None = None, stretch: Stretch | None = None) -> None:
    row.ended_at, row.ended_by = at, step
    state = state_of(row, ended_at=at, stretch=stretch)
    _index(row, state)
    row.used_days, row.breached = state.used, state.breached
    row.save()
    if row.clock == registry.get(row.case.aid_type).total_clock:
        _end_pauses(row.case, clock.local(at).date())


def _end_pauses(case: Case, on: date) -> None:
    """Where the total clock has ended nothing stands still any more: no head has to set it running first."""
    for pause in Pause.objects.filter(case=case, ends_on__isnull=True):
        pause.ends_on = max(pause.starts_on, on)
        pause.save(update_fields=["ends_on"])


def _index(row: CaseClock, state: law.ClockState) -> None:
    row.due_on, row.due_at, row.provisional = state.due_on, state.due_at, state.provisional


def restart(case: Case, clock_id: str, at: datetime) -> None:
    """A running clock that counts from ``at``, not from the step that made it known (paper received, posting ended)."""
    for row in CaseClock.objects.filter(case=case, clock=clock_id, ended_at__isnull=True).select_related(
        "case"
    ):
        row.started_at = at
        _index(row, state_of(row))
        row.save(update_fields=["started_at", "due_on", "due_at", "provisional"])


def rebuild(case: Case) -> int:
    """Recompute the stored due dates of a case (a new calendar, a pause); returns how many changed."""
    changed = 0
    for row in CaseClock.objects.filter(case=case, ended_at__isnull=True).select_related("case"):
        before = (row.due_on, row.due_at)
        _index(row, state_of(row))
        if (row.due_on, row.due_at) != before:
            row.save(update_fields=["due_on", "due_at", "provisional"])
            changed += 1
    return changed
