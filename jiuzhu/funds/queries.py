"""Reads on reserve funds, always on behalf of someone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.roles import has_power
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import permissions
from jiuzhu.funds.models import Entry, TopUp

PAGE = 50


def balance_of(town: Organisation) -> int:
    """Fen in the town's fund now; nothing where none was opened."""
    last = Entry.objects.filter(town=town).order_by("-seq").first()
    return last.balance_fen if last else 0


def balance_at(town: Organisation, before: date) -> int:
    """Fen in the book at the end of the day before."""
    last = Entry.objects.filter(town=town, on__lt=before).order_by("-seq").first()
    return last.balance_fen if last else 0


@dataclass(frozen=True)
class Fund:
    """One town's fund as a list shows it."""

    town: Organisation
    balance_fen: int
    paid_fen: int
    closed_to: date | None


def funds(actor: Actor, on: date) -> list[Fund]:
    """Every town's fund in the asker's area, with what was paid in the month of ``on``."""
    permissions.check_power(actor, "fund.read", "查看备用金")
    towns = Organisation.objects.filter(pk__in=actor.towns, kind=Organisation.TOWN).order_by("code")
    return [_fund(town, on) for town in towns]


def _fund(town: Organisation, on: date) -> Fund:
    entries = Entry.objects.filter(town=town)
    paid = entries.filter(kind__in=(Entry.PAYMENT, Entry.RETURN), on__gte=on.replace(day=1))
    closed = entries.filter(kind=Entry.CLOSING).order_by("-month").first()
    return Fund(
        town,
        balance_of(town),
        -(paid.aggregate(sum=Sum("amount_fen"))["sum"] or 0),
        closed.month if closed else None,
    )


def ledger(
    actor: Actor, town_id: int, *, after: int | None = None, limit: int = PAGE
) -> tuple[list[Entry], int | None]:
    """The newest rows first; ``(rows, next)`` where ``next`` is passed as ``after``."""
    permissions.check_power(actor, "fund.read", "查看备用金")
    town = permissions.town_for(actor, town_id)
    rows = Entry.objects.filter(town=town)
    if after:
        rows = rows.filter(seq__lt=after)
    found = list(rows.order_by("-seq")[: limit + 1])
    return found[:limit], found[limit - 1].seq if len(found) > limit else None


def entry_for(actor: Actor, entry_id: int) -> Entry:
    """One row of a ledger in the asker's area."""
    permissions.check_power(actor, "fund.read", "查看备用金")
    entry = Entry.objects.filter(pk=entry_id, town_id__in=actor.towns).select_related("town").first()
    if entry is None:
        raise Refusal("E_NOT_FOUND", what="备用金记录")
    return entry


def waiting_top_ups(actor: Actor) -> list[TopUp]:
    """Entered and not yet confirmed, in the asker's area."""
    rows = TopUp.objects.filter(town_id__in=actor.towns, confirmed_at__isnull=True, cancelled_at__isnull=True)
    return list(rows.select_related("town", "proposed_by").order_by("id"))


def months(actor: Actor, town_id: int, on: date, *, back: int = 12) -> list[dict[str, Any]]:
    """For the chart: money in, money out and the balance at the end of each of the last months."""
    permissions.check_power(actor, "fund.read", "查看备用金")
    town = permissions.town_for(actor, town_id)
    first = add_months(on.replace(day=1), 1 - back)
    return [_month(town, add_months(first, step)) for step in range(back)]


def _month(town: Organisation, month: date) -> dict[str, Any]:
    entries = Entry.objects.filter(town=town, on__lt=add_months(month, 1))
    within = entries.filter(on__gte=month)
    money_in = within.filter(kind__in=(Entry.OPENING, Entry.TOP_UP)).aggregate(sum=Sum("amount_fen"))["sum"]
    out = within.filter(kind__in=(Entry.PAYMENT, Entry.RETURN)).aggregate(sum=Sum("amount_fen"))["sum"]
    return {
        "month": month,
        "in_fen": money_in or 0,
        "out_fen": -(out or 0),
        "balance_fen": balance_at(town, add_months(month, 1)),
    }


def to_close(town: Organisation, on: date) -> date | None:
    """The next month to close: the first without a closing that is over by ``on``; ``None`` when all is closed."""
    entries = Entry.objects.filter(town=town)
    closed = entries.filter(kind=Entry.CLOSING).order_by("-month").first()
    first = entries.order_by("seq").first()
    if first is None:
        return None
    month = add_months(closed.month, 1) if closed else first.on.replace(day=1)
    return month if add_months(month, 1) <= on else None


def waiting_closings(actor: Actor, on: date) -> list[tuple[Organisation, date]]:
    """Towns whose fund the asker closes and the first month that is over without a closing (TA-21)."""
    if not has_power(actor.role, "fund.close"):
        return []
    towns = Organisation.objects.filter(pk__in=actor.towns, kind=Organisation.TOWN).order_by("code")
    return [(town, month) for town in towns if (month := to_close(town, on))]


def left_to_return(entry: Entry) -> int:
    """Fen of a payment that have not come back."""
    back = Entry.objects.filter(Q(returns=entry)).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return -entry.amount_fen - back
