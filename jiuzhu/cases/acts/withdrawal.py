"""A case that ends before a decision: the family takes its word back, or a window has passed (D31w, D10, D15, D11x)."""

from __future__ import annotations

from uuid import UUID

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.acts.acceptance import deem_accepted
from jiuzhu.cases.acts.verification import end_consent
from jiuzhu.cases.models import Case
from jiuzhu.verification import acts as verification_acts


def withdraw(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """The family takes its word back at any time; running queries stop at once (VER-23)."""
    with acting(actor, uid, "D31w", seen=seen, once=once, reason=reason) as act:
        verification_acts.stop_runs(act.case.id)
        end_consent(act.case, act.at)
        act.paper("W29", explanation=f"申请人撤回：{reason}")
    return act.case


def lapse(uid: UUID | str, key: str) -> Case:
    """D10, D15, D11x: a window is over, the platform itself ends the case; CLK-AC: silence accepts it."""
    if key == "CLK-AC":
        return deem_accepted(uid)
    if key not in ("D10", "D15", "D11x"):
        raise LookupError(f"{key} is no lapse")
    with fence(PLATFORM), acting(PLATFORM, uid, key, reason="期限届满") as act:
        if key == "D15":
            act.paper(
                "W15", reasons=["逾期未补正"], explanation="在告知的期限内没有补齐材料，可重新提出申请。"
            )
        end_consent(act.case, act.at)
    return act.case
