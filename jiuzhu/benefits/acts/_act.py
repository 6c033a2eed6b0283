"""How acts on a benefit write: lock the entitlement, then the change → may this person → may this now → all together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.audit.acts import record
from jiuzhu.benefits import table
from jiuzhu.benefits.models import Change, ChangeStep
from jiuzhu.benefits.permissions import check_may_move, check_may_see
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.parameters import ParameterSet

Once = UUID | str | None


@dataclass
class Act:
    """A change under its lock while a move is made."""

    actor: Actor
    change: Change
    entitlement: Entitlement
    move: table.ChangeMove
    at: datetime
    target: str = ""
    note: str = ""
    papers: list[Document] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.at.date()


def locked_entitlement(actor: Actor, entitlement_id: int) -> Entitlement:
    """The entitlement under its row lock, if the asker may see it."""
    found = (
        Entitlement.objects.select_for_update(of=("self",))
        .select_related("case", "household", "town", "county", "payee", "decision__assessment__evidence")
        .filter(pk=entitlement_id)
        .first()
    )
    if found is None:
        raise Refusal("E_NOT_FOUND", what="待遇")
    check_may_see(actor, found)
    return found


def refuse_repeat(once: Once) -> None:
    done = ChangeStep.objects.filter(once=once).select_related("change").first() if once else None
    if done:
        raise Refusal("E_REPEAT", case_no=done.change.number)


@contextmanager
def moving(
    actor: Actor, uid: UUID | str, key: str, *, seen: int | None = None, once: Once = None
) -> Iterator[Act]:
    """Make one move of one change; nothing half-done remains."""
    with transaction.atomic():
        of = Change.objects.filter(uid=uid).values_list("entitlement_id", flat=True).first()
        if of is None:
            raise Refusal("E_NOT_FOUND", what="变更")
        entitlement = locked_entitlement(actor, of)
        change = Change.objects.select_for_update(of=("self",)).get(uid=uid)
        change.entitlement = entitlement
        refuse_repeat(once)
        move = check_may_move(actor, change, key)
        if seen is not None and int(seen) != change.version:
            raise Refusal("E_BENEFIT_STALE", what=change.number)
        act = Act(actor, change, entitlement, move, clock.now())
        yield act
        finish(act, once=once)


def finish(act: Act, *, once: Once = None) -> None:
    """Write change, step and audit entry together."""
    change = act.change
    change.state = act.target or act.move.target
    change.version += 1
    if change.state in (table.DONE, table.DROPPED):
        change.open, change.closed_on = False, act.today
    change.save()
    ChangeStep.objects.create(
        change=change,
        move=act.move.key,
        state=change.state,
        by_id=act.actor.id if act.actor.is_staff else None,
        by_name=act.actor.name,
        role=act.actor.role,
        at=act.at,
        note=act.note[:400],
        papers=[paper.doc_no or paper.title for paper in act.papers],
        once=once or None,
    )
    record(
        act.actor,
        f"benefit.{act.move.key}",
        about=change,
        case_no=act.entitlement.case.case_no,
        kind=change.kind,
        number=change.number,
        state=change.state,
    )


def values(entitlement: Entitlement, regime: str, on: date) -> ParameterSet:
    return parameters.parameter_set(entitlement.county, on=on, area_type=entitlement.area_type, regime=regime)


def limits_of(county: Organisation, on: date) -> ParameterSet:
    """A county's limits that hold in town and country alike; what is read of them is remembered."""
    regime = regime_today(county, on)
    return parameters.parameter_set(county, on=on, area_type="", regime=regime).tracked()
