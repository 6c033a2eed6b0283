"""Clocks of a case: rows are an index of what ``workflow.clocks`` computes from steps, pauses and calendar."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.cases.models import Case, CaseClock, Pause, Step
from jiuzhu.core import clock
from jiuzhu.parameters import queries as parameters
from jiuzhu.workflow import clocks as law


def state_of(
    row: CaseClock, *, ended_at: datetime | None = None, now: datetime | None = None
) -> law.ClockState:
    """Compute the clock from its start, the case's pauses and the calendar (3.11); ``now`` for a running one."""
    case = row.case
    return law.due(
        row.clock,
        started_at=row.started_at,
        pauses=[(pause.starts_on, pause.ends_on) for pause in Pause.objects.filter(case=case)],
        regime=case.regime,
        parameters=parameters.plain_values(case.county, on=row.started_at.date(), regime=case.regime),
        calendar=parameters.calendar(),
        delegated=decide_authority(case.town, case.aid_type, row.started_at.date()) == "TOWN",
        ended_at=ended_at,
        now=now or clock.now(),
    )


def apply(step: Step, *, stops: tuple[str, ...], starts: tuple[str, ...]) -> None:
    """Stop and start clocks for one step; effects are written on nothing but clock rows."""
    running = CaseClock.objects.filter(case=step.case, ended_at__isnull=True).select_related("case")
    for row in running:
        if "*" in stops or row.clock in stops or row.clock in starts:
            _end(row, step.at, step)
    for clock_id in starts:
        start(step, clock_id)


def start(step: Step, clock_id: str) -> CaseClock:
    row = CaseClock(case=step.case, clock=clock_id, started_at=step.at, started_by=step)
    _index(row, state_of(row))
    row.save(force_insert=True)
    return row


def stop(case: Case, clock_id: str, at: datetime) -> None:
    """End a running clock by something that is no step of the case (a paper handed over)."""
    for row in CaseClock.objects.filter(case=case, clock=clock_id, ended_at__isnull=True):
        _end(row, at)


def _end(row: CaseClock, at: datetime, step: Step | None = None) -> None:
    row.ended_at, row.ended_by = at, step
    state = state_of(row, ended_at=at)
    row.used_days, row.breached = state.used, state.breached
    row.save()


def _index(row: CaseClock, state: law.ClockState) -> None:
    row.due_on, row.due_at, row.provisional = state.due_on, state.due_at, state.provisional


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
