"""How every move on a referral or a lead is written: lock → may this person → may it now → change, step, clock, audit.

with acting(actor, Lead, uid, "L3", seen=version, once=token) as act:
    act.change(reason="…")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.organisations import county_of
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases import regimes
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor.models import DoorCounter, Lead, LeadStep, Referral, ReferralStep
from jiuzhu.onedoor.table import LEAD, LEAD_STATES, REFERRAL, REFERRAL_STATES
from jiuzhu.parameters import queries as parameters
from jiuzhu.vault.counters import next_number
from jiuzhu.workflow import clocks as law
from jiuzhu.workflow.table import Move

ANSWER = "CLK-REF"
WORDS = {Lead: "困难线索", Referral: "转办单"}
_TABLES = {Lead: (LEAD, LEAD_STATES), Referral: (REFERRAL, REFERRAL_STATES)}


def regime_today(town: Any, on: date) -> str:
    """The regime in force in a town's county today, as the city has set it."""
    return regimes.regime_today(county_of(town, on), on)


def take_number(prefix: str, county_code: str, on: date) -> str:
    """``XS37150220190902001``: kind, county, day, sequence without gaps."""
    key = f"{prefix}{county_code}{on:%Y%m%d}"
    return f"{key}{next_number(DoorCounter, key=key):03d}"


def clock_state(row: Lead | Referral, *, now: datetime | None = None) -> law.ClockState | None:
    """The running clock computed from its start, the county's values and the calendar; None when nothing runs."""
    if not row.clock or row.clock_started_at is None:
        return None
    began = clock.local(row.clock_started_at).date()
    regime = regime_today(row.town, began)
    values = parameters.plain_values(county_of(row.town, began), on=began, regime=regime)
    if isinstance(row, Referral) and row.clock == ANSWER and row.entry.answer_wd:
        values = values | {law.deadlines()[row.clock].parameter: row.entry.answer_wd}
    return law.due(
        row.clock,
        started_at=row.clock_started_at,
        regime=regime,
        parameters=values,
        calendar=parameters.calendar(),
        now=now or clock.now(),
    )


def start_clock(row: Lead | Referral, clock_id: str, at: datetime) -> None:
    row.clock, row.clock_started_at = clock_id, at
    state = clock_state(row, now=at)
    row.due_on = state.due_on if state else None


def stop_clock(row: Lead | Referral, at: datetime) -> bool:
    """End whatever runs; True when it was late. Being late stays on the row."""
    state = clock_state(row, now=at)
    late = bool(state and state.breached)
    row.late = row.late or late
    row.clock, row.clock_started_at, row.due_on = "", None, None
    return late


@dataclass
class DoorAct:
    """One move being made."""

    actor: Actor
    row: Any
    move: Move
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    target: str = ""
    starts: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        return self.at.date()

    def change(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.row, name, value)

    def to(self, state: str) -> None:
        if state not in self.move.targets:
            raise LookupError(f"{self.move.key} does not lead to {state}")
        self.target = state

    def start(self, clock_id: str) -> None:
        """Start a clock that only some outcomes of the move start; it takes the place of the one that runs."""
        if clock_id not in self.move.may_start:
            raise LookupError(f"{self.move.key} does not start {clock_id}")
        self.starts = (clock_id,)

    def note(self, **facts: Any) -> None:
        """Small facts with the step: codes and numbers, no personal data."""
        self.facts.update(facts)


def check_may_see(actor: Actor, row: Lead | Referral) -> None:
    """A row of another area does not exist for the asker; a lead is for staff only."""
    if actor.kind == "SYSTEM":
        return
    if actor.is_citizen:
        visible = isinstance(row, Referral) and row.household_id == actor.household_id
    else:
        visible = has_power(actor.role, "case.read") and row.town_id in actor.towns
        visible = visible and (not actor.villages or row.village_code in actor.villages)
    if not visible:
        raise Refusal("E_NOT_FOUND", what=WORDS[type(row)])


def check_may_move(actor: Actor, row: Lead | Referral, key: str) -> Move:
    """E_AUTH when the role never may, E_STATE when not now, E_SOD for a near relative of the family."""
    table, states = _TABLES[type(row)]
    rows = table.named(key)
    if not any(actor.role in each.roles for each in rows):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=rows[0].title, why="")
    found = next((each for each in rows if row.state in each.sources), None)
    if found is None:
        raise Refusal("E_STATE", act=rows[0].title, state=states[row.state].name)
    if row.household_id:
        check_recusal(actor, row)  # type: ignore[arg-type]
    return found


@contextmanager
def acting(
    actor: Actor,
    model: Any,
    uid: UUID | str,
    key: str,
    *,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Iterator[DoorAct]:
    """Make one move. ``seen`` is the version of the page acted on, ``once`` the form's own token."""
    with transaction.atomic():
        row = model.objects.select_for_update(of=("self",)).select_related("town").filter(uid=uid).first()
        if row is None:
            raise Refusal("E_NOT_FOUND", what=WORDS[model])
        check_may_see(actor, row)
        if once and row.steps.filter(once=once).exists():
            raise Refusal("E_REPEAT", case_no=row.number)
        move = check_may_move(actor, row, key)
        if seen is not None and int(seen) != row.version:
            raise Refusal("E_STALE", case_no=row.number)
        act = DoorAct(actor=actor, row=row, move=move, at=clock.now())
        yield act
        finish(act, once=once)


def finish(act: DoorAct, *, once: UUID | str | None = None) -> None:
    """Clock, row, step and audit entry together."""
    row, move = act.row, act.move
    from_state = row.state if move.sources else ""
    row.state = act.target or (move.target if len(move.targets) == 1 else row.state)
    row.version += 1
    if row.clock and ("*" in move.stops or row.clock in move.stops or act.starts):
        act.facts |= {"late": True} if stop_clock(row, act.at) else {}
    for clock_id in act.starts or move.starts:
        if not row.clock:
            start_clock(row, clock_id, act.at)
    if row.state not in ("OPEN", "VISITED", "SENT", "TAKEN", "RETURNED", "ANSWERED"):
        row.open, row.closed_on = False, act.today
    row.save()
    steps = {Lead: LeadStep, Referral: ReferralStep}[type(row)]
    steps.objects.create(
        **{"lead" if isinstance(row, Lead) else "referral": row},
        seq=row.version,
        move=move.key,
        title=move.title,
        from_state=from_state,
        to_state=row.state,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        role=act.actor.role,
        organ=act.actor.organ,
        at=act.at,
        on=act.today,
        facts=act.facts,
        once=once or None,
    )
    kind = "lead" if isinstance(row, Lead) else "referral"
    record(act.actor, f"{kind}.{move.event}", about=row, case_no=row.number, to=row.state, **act.facts)


def as_platform() -> Any:
    """The fence of the platform, for work that must look beyond the asker's own area (duplicates, numbers)."""
    return fence(PLATFORM)
