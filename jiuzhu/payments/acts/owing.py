"""One-off sums beside the month: owed by the act that decided them, taken by the next list, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.payments.models import Due, DueEnd


@dataclass(frozen=True)
class Owed:
    """One sum to be owed; see :class:`Due`."""

    entitlement_id: int
    kind: str
    amount_fen: int
    from_month: date
    cause: str
    reason: str
    for_month: date | None = None
    consent_id: int | None = None
    account_id: int | None = None


def owe(actor: Actor, sums: Iterable[Owed]) -> int:
    """Put sums on the next lists; called by acts that decided them. A cause owed before is not owed again.

    Returns how many are new.
    """
    at, rows = clock.now(), list(sums)
    with transaction.atomic():
        before = Due.objects.count()
        Due.objects.bulk_create(
            (Due(**vars(each), at=at, by_name=actor.name) for each in rows),
            ignore_conflicts=True,
            batch_size=5000,
        )
        added = Due.objects.count() - before
        record(actor, "payroll.owe", count=added, total_fen=sum(each.amount_fen for each in rows))
    return added


def withdraw_dues(actor: Actor, causes: str, *, reason: str) -> int:
    """End dues whose cause starts with ``causes`` and that no list has taken; how many."""
    waiting = Due.objects.filter(cause__startswith=causes, end__isnull=True)
    ended = DueEnd.objects.bulk_create(
        [DueEnd(due=due, reason=reason, by_name=actor.name, at=clock.now()) for due in waiting],
        batch_size=5000,
    )
    record(actor, "payroll.withdraw", count=len(ended), causes=causes)
    return len(ended)
