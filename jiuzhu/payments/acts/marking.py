"""One line of an open list: held back, or let pass an error with a reason (PAY-04)."""

from __future__ import annotations

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import permissions, statements, table
from jiuzhu.payments.acts._run import locked
from jiuzhu.payments.models import LineMark, PayLine


def hold_line(actor: Actor, line_id: int, *, reason: str) -> LineMark:
    """Keep one line out of the bank file while the list is still open. The money stays due; ``reissue`` pays it.

    Town clerk on own lines before the town's check is complete, county centre before the county's.
    """
    if not (has_power(actor.role, "payroll.check_town") or has_power(actor.role, "payroll.check_county")):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="暂缓发放", why="")
    return _mark(actor, line_id, LineMark.HELD, "", reason, "暂缓发放", table.OPEN_LIST)


def waive_prompt(actor: Actor, line_id: int, *, prompt: str, reason: str) -> LineMark:
    """PAY-04: the county supervisor lets a line pass an error-level prompt, with a reason."""
    if not has_power(actor.role, "payroll.waive"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="放行问题", why="")
    if prompt in statements.NEVER_WAIVED:
        raise Refusal("E_INPUT", field="问题", problem="收款人已去世，只能扣下本笔、变更收款人后再发")
    if prompt not in statements.PROMPT_WORDS:
        raise Refusal("E_NOT_FOUND", what="问题")
    return _mark(actor, line_id, LineMark.WAIVED, prompt, reason, "放行问题", table.UNSENT)


def _mark(
    actor: Actor, line_id: int, kind: str, prompt: str, reason: str, act: str, states: tuple[str, ...]
) -> LineMark:
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act=act)
    with transaction.atomic():
        line = line_of(actor, line_id)
        run = locked(actor, line.run_id)
        if run.state not in states:
            raise Refusal("E_STATE", act=act, state=table.STATES[run.state])
        mark, new = LineMark.objects.get_or_create(
            line=line,
            kind=kind,
            prompt=prompt,
            defaults={
                "reason": reason.strip()[:200],
                "by_id": actor.id if actor.is_staff else None,
                "by_name": actor.name,
                "role": actor.role,
                "at": clock.now(),
            },
        )
        if new:
            run.version += 1
            run.save(update_fields=["version"])
            record(actor, f"payroll.{kind.lower()}", about=run, line=line.line_no, prompt=prompt)
        return mark


def line_of(actor: Actor, line_id: int) -> PayLine:
    line = PayLine.objects.select_related("run", "run__county", "town").filter(pk=line_id).first()
    if line is None:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    permissions.check_may_see(actor, line.run)
    if actor.is_staff and line.town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    return line
