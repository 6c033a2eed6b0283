"""The clock of a change stood still and set going again, by the township's head with a reason and a paper (CLK-CHG, 3.11)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.benefits import table
from jiuzhu.benefits.acts._act import locked_entitlement
from jiuzhu.benefits.models import Change, ChangePause
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy import changes as law
from jiuzhu.workflow import clocks

PAUSES = {
    "PAU-1": "家庭自身原因",
    "PAU-2": "需要医疗、残疾等鉴定",
    "PAU-4": "县级宣布的重大突发事件",
}


def clock_of(change: Change) -> str:
    """Which clock a change runs on; only CLK-CHG may stand still."""
    if change.kind == law.DEL and change.facts.get("why") == law.DEATH and change.happened_on:
        return "CLK-DEATH"
    return "CLK-SC" if change.kind == law.CARE else "CLK-CHG"


def due_day(change: Change) -> date:
    """The day a change has to be decided by, its pauses counted (AS-40 for deaths)."""
    name = clock_of(change)
    start = clock.instant(change.happened_on) if name == "CLK-DEATH" else change.reported_at
    rows = change.pauses.values_list("kind", "starts_on", "ends_on") if change.pk else ()
    calendar, now = parameters.calendar(), clock.now()
    return clocks.due(
        name,
        started_at=start,
        regime=change.regime,
        parameters={},
        calendar=calendar,
        pauses=clocks.capped(rows, calendar, until=now.date()),
        now=now,
    ).due_on


def _locked(actor: Actor, uid: UUID | str, act: str, seen: int | None) -> Change:
    of = Change.objects.filter(uid=uid).values_list("entitlement_id", flat=True).first()
    if of is None:
        raise Refusal("E_NOT_FOUND", what="变更")
    entitlement = locked_entitlement(actor, of)
    change = Change.objects.select_for_update(of=("self",)).get(uid=uid)
    if not has_power(actor.role, "clock.pause"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")
    check_recusal(actor, entitlement.case)
    if seen is not None and int(seen) != change.version:
        raise Refusal("E_BENEFIT_STALE", what=change.number)
    return change


def pause(
    actor: Actor, uid: UUID | str, *, kind: str, reason: str, document_no: str, seen: int | None = None
) -> Change:
    """From today on the days do not count. Raises E_AUTH, E_CHANGE_STATE, E_REASONS, E_DOC."""
    if kind not in PAUSES:
        raise Refusal("E_INPUT", field="暂停事由", problem="请从列表中选择")
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="暂停计时")
    if not document_no.strip():
        raise Refusal("E_DOC", missing="暂停依据文书号")
    with transaction.atomic():
        change = _locked(actor, uid, "暂停计时", seen)
        state = table.STATES[change.state]
        if change.state not in (table.REPORTED, table.EXAMINED):
            raise Refusal("E_CHANGE_STATE", act="暂停计时", state=state)
        if clock_of(change) != "CLK-CHG":
            raise Refusal("E_CHANGE_STATE", act="暂停计时", state=f"{state}，该事项的期限不得暂停")
        if change.pauses.filter(ends_on__isnull=True).exists():
            raise Refusal("E_CHANGE_STATE", act="暂停计时", state="已经暂停")
        ChangePause.objects.create(
            change=change,
            kind=kind,
            starts_on=clock.today(),
            reason=reason.strip()[:400],
            document_no=document_no.strip()[:80],
            approved_by_id=actor.id,
            at=clock.now(),
        )
        return _counted_anew(actor, change, "benefit.pause", kind)


def resume(actor: Actor, uid: UUID | str, *, seen: int | None = None) -> Change:
    """The reason is over: the clock runs on with its remaining days (WD-10)."""
    with transaction.atomic():
        change = _locked(actor, uid, "恢复计时", seen)
        standing = change.pauses.filter(ends_on__isnull=True).first()
        if standing is None:
            raise Refusal("E_CHANGE_STATE", act="恢复计时", state="没有暂停")
        standing.ends_on = clock.today()
        standing.save(update_fields=["ends_on"])
        return _counted_anew(actor, change, "benefit.resume", standing.kind)


def _counted_anew(actor: Actor, change: Change, event: str, kind: str) -> Change:
    change.due_on, change.version = due_day(change), change.version + 1
    change.save(update_fields=["due_on", "version"])
    record(actor, event, about=change, case_no=change.number, kind=kind)
    return change


def recount_all() -> int:
    """Every morning: what stands still has one day more; how many moved."""
    with fence(PLATFORM):
        return _recount()


def _recount() -> int:
    moved = 0
    for change in Change.objects.filter(open=True, pauses__ends_on__isnull=True, pauses__isnull=False):
        due_on = due_day(change)
        if due_on != change.due_on:
            change.due_on = due_on
            change.save(update_fields=["due_on"])
            moved += 1
    return moved
