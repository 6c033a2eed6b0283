"""The total clock stood still or made longer, always by a named head with a reason and a paper (PAU-1..4, 2022 notice 4.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases import clocks
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.models import Case, CaseClock, Extension, Pause
from jiuzhu.cases.permissions import check_may_do
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.regimes import regime as regime_of
from jiuzhu.workflow.clocks import EXTENSION_REASONS, OWN_REQUEST, OWN_REQUEST_LIMIT
from jiuzhu.workflow.states import STATES

EXTENDERS = ("TOWN_LEAD", "COUNTY_APPROVER")
PAUSES = {
    "PAU-1": "申请人自身原因",
    "PAU-2": "需要医疗、残疾等鉴定",
    "PAU-3": "公示异议处理",
    "PAU-4": "县级宣布的重大突发事件",
}
EXTENSIONS = EXTENSION_REASONS


def pause_clock(
    actor: Actor,
    uid: UUID | str,
    *,
    kind: str,
    reason: str,
    document_no: str,
    seen: Any = None,
    once: Any = None,
) -> Pause:
    """Stop the total clock from today on (3.11): only PAU-1..4, approved by the township head, with a document.

    Raises E_AUTH, E_STATE (nothing runs, or it stands still already, or the ten days are used up), E_REASONS, E_DOC.
    """
    if kind not in PAUSES:
        raise Refusal("E_INPUT", field="暂停事由", problem="请从列表中选择")
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="暂停计时")
    if not document_no.strip():
        raise Refusal("E_DOC", missing="暂停依据文书号")
    with transaction.atomic():
        case = locked(actor, uid)
        if not has_power(actor.role, "clock.pause"):
            raise Refusal("E_AUTH", role=role_name(actor.role), act="暂停计时", why="")
        _running(case, "暂停计时")
        if case.pauses.filter(ends_on__isnull=True).exists():
            raise Refusal("E_STATE", act="暂停计时", state="已经暂停")
        if kind == OWN_REQUEST and own_request_days_left(case) <= 0:
            raise Refusal(
                "E_STATE", act="暂停计时", state=f"申请人原因暂停累计已满{OWN_REQUEST_LIMIT}个工作日"
            )
        pause = Pause.objects.create(
            case=case,
            kind=kind,
            starts_on=clock.today(),
            reason=reason.strip(),
            document_no=document_no.strip(),
            approved_by_id=actor.id,
            at=clock.now(),
        )
        clocks.rebuild(case)
        record(actor, "clock.pause", about=pause, case_no=case.case_no, kind=kind)
        return pause


def resume_clock(actor: Actor, uid: UUID | str, *, seen: Any = None, once: Any = None) -> Pause:
    """The reason is over: the clock runs on from tomorrow with its remaining days (WD-10)."""
    with transaction.atomic():
        case = locked(actor, uid)
        if not has_power(actor.role, "clock.pause"):
            raise Refusal("E_AUTH", role=role_name(actor.role), act="恢复计时", why="")
        pause = case.pauses.filter(ends_on__isnull=True).first()
        if pause is None:
            raise Refusal("E_STATE", act="恢复计时", state="没有暂停")
        pause.ends_on = clock.today()
        pause.save(update_fields=["ends_on"])
        clocks.rebuild(case)
        record(actor, "clock.resume", about=pause, case_no=case.case_no, kind=pause.kind)
        return pause


def own_request_days_left(case: Case) -> int:
    """Working days PAU-1 may still take."""
    return OWN_REQUEST_LIMIT - clocks.own_request_days(case, clock.today())


def extend_total(
    actor: Actor, uid: UUID | str, *, reason: str, explanation: str, seen: Any = None, once: Any = None
) -> Extension:
    """Forty-five working days for a hard case: P2021 and later, once, before the base limit has run out."""
    if reason not in EXTENSION_REASONS:
        raise Refusal("E_INPUT", field="延长事由", problem="请从列表中选择")
    if len(explanation.strip()) < 2:
        raise Refusal("E_REASONS", act="延长办理时限")
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, EXTENDERS, "延长办理时限")
        total = _running(case, "延长办理时限")
        if not regime_of(case.regime).says("special_extension"):
            raise Refusal("E_STATE", act="延长办理时限", state="按2019年办法办理，总时限不得延长")
        if Extension.objects.filter(case=case).exists():
            raise Refusal("E_REPEAT", case_no=case.case_no)
        if total.due_on and clock.today() > total.due_on:
            raise Refusal("E_LATE", what="延长办理时限", on=total.due_on.isoformat())
        extension = Extension.objects.create(
            case=case,
            reason=reason,
            explanation=explanation.strip(),
            approved_by_id=actor.id,
            on=clock.today(),
            at=clock.now(),
        )
        clocks.rebuild(case)
        record(actor, "clock.extend", about=extension, case_no=case.case_no, reason=reason)
        return extension


def may_be_longer(case: Case) -> bool:
    """Whether the law lets this case's total clock be made longer, which happens once."""
    return bool(regime_of(case.regime).says("special_extension")) and not hasattr(case, "extension")


def _running(case: Case, act: str) -> CaseClock:
    total = case.clocks.filter(clock=registry.get(case.aid_type).total_clock, ended_at__isnull=True).first()
    if total is None:
        raise Refusal("E_STATE", act=act, state=STATES[case.state].name)
    return total
