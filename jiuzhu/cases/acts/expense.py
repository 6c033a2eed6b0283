"""The end of one-off aid: the money has arrived, the case is closed (3.5)."""

from __future__ import annotations

from uuid import UUID

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.models import Case, Entitlement


def close_paid(uid: UUID | str, *, paid_fen: int) -> Case | None:
    """After the bank's return; a case closed before (a line re-issued twice) stays as it is."""
    with fence(PLATFORM):
        if Case.objects.filter(uid=uid, state="CLOSED").exists():
            return None
        with acting(PLATFORM, uid, "TAX-P", reason="银行回盘到账", paid_fen=paid_fen) as act:
            act.note(paid_fen=paid_fen)
            Entitlement.objects.filter(case=act.case).update(state=Entitlement.CLOSED, stopped_at=act.at)
        return act.case
