"""Writing the reserve fund (TA-21). Every act locks the town's ledger, so two clerks at once never overdraw it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import permissions, queries
from jiuzhu.funds.models import Entry, TopUp

Once = UUID | str | None
LARGEST_FEN = 10_000_000_00


def _lock(town: Organisation) -> None:
    """One writer a town at a time, until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fund'), %s)", [town.id])


def _add(actor: Actor, town: Organisation, kind: str, amount_fen: int, **more: Any) -> Entry:
    """The next row of a locked ledger."""
    last = Entry.objects.filter(town=town).order_by("-seq").first()
    entry = Entry.objects.create(
        town=town,
        seq=last.seq + 1 if last else 1,
        kind=kind,
        amount_fen=amount_fen,
        balance_fen=(last.balance_fen if last else 0) + amount_fen,
        by_id=actor.id if actor.is_staff else None,
        by_name=actor.name,
        role=actor.role,
        on=clock.today(),
        at=clock.now(),
        **more,
    )
    record(
        actor,
        f"fund.{kind.lower()}",
        about=entry,
        case_no=entry.case_no,
        town=town.code,
        amount_fen=amount_fen,
        balance_fen=entry.balance_fen,
    )
    return entry


# —— money in: two people of the county


def propose_top_up(
    actor: Actor, town_id: int, *, amount_fen: int, document_no: str, once: Once = None
) -> TopUp:
    """Enter money given to a town's fund; it counts once another person has confirmed it."""
    permissions.check_power(actor, "fund.top_up", "登记备用金拨款")
    town = permissions.town_for(actor, town_id)
    if not 0 < amount_fen <= LARGEST_FEN:
        raise Refusal("E_INPUT", field="拨款金额", problem="应大于零")
    if not document_no.strip():
        raise Refusal("E_INPUT", field="拨款文号", problem="请填写")
    with transaction.atomic():
        if once and TopUp.objects.filter(once=once).exists():
            raise Refusal("E_REPEAT", case_no=f"{town.name}备用金拨款")
        top_up = TopUp.objects.create(
            town=town,
            amount_fen=amount_fen,
            document_no=document_no.strip()[:80],
            proposed_by_id=actor.id,
            proposed_at=clock.now(),
            once=once or None,
        )
        record(actor, "fund.propose", about=top_up, town=town.code, amount_fen=amount_fen)
        return top_up


def _waiting(actor: Actor, top_up_id: int, act: str) -> TopUp:
    permissions.check_power(actor, "fund.top_up", act)
    top_up = (
        TopUp.objects.select_for_update(of=("self",))
        .select_related("town", "proposed_by")
        .filter(pk=top_up_id, town_id__in=actor.towns)
        .first()
    )
    if top_up is None:
        raise Refusal("E_NOT_FOUND", what="拨款")
    if top_up.confirmed_at or top_up.cancelled_at:
        raise Refusal("E_FUND_DONE", state="确认" if top_up.confirmed_at else "撤销")
    return top_up


def confirm_top_up(actor: Actor, top_up_id: int) -> Entry:
    """The second person confirms; the money is in the fund. The first money of a town opens its ledger."""
    with transaction.atomic():
        top_up = _waiting(actor, top_up_id, "确认备用金拨款")
        if top_up.proposed_by_id == actor.id:
            raise Refusal("E_FUND_SELF", who=actor.name)
        _lock(top_up.town)
        top_up.confirmed_by_id, top_up.confirmed_at = actor.id, clock.now()
        top_up.save(update_fields=["confirmed_by", "confirmed_at"])
        opened = Entry.objects.filter(town=top_up.town).exists()
        return _add(
            actor,
            top_up.town,
            Entry.TOP_UP if opened else Entry.OPENING,
            top_up.amount_fen,
            top_up=top_up,
            note=top_up.document_no,
        )


def cancel_top_up(actor: Actor, top_up_id: int) -> TopUp:
    """A wrong entry is taken back before it is confirmed."""
    with transaction.atomic():
        top_up = _waiting(actor, top_up_id, "撤销备用金拨款")
        top_up.cancelled_at = clock.now()
        top_up.save(update_fields=["cancelled_at"])
        record(actor, "fund.cancel", about=top_up, town=top_up.town.code)
        return top_up


# —— money out and back


def pay(actor: Actor, town: Organisation, *, amount_fen: int, case_no: str, ref: UUID) -> Entry:
    """Pay one aid from the town's fund, within the caller's transaction.

    ``ref`` is the aid's own uid: a second payment of it is impossible. Raises E_FUND_SHORT, E_FUND_PAID.
    """
    _lock(town)
    balance = queries.balance_of(town)
    if amount_fen > balance:
        raise Refusal("E_FUND_SHORT", balance=yuan(balance), amount=yuan(amount_fen))
    try:
        with transaction.atomic():
            return _add(actor, town, Entry.PAYMENT, -amount_fen, case_no=case_no, ref=ref)
    except IntegrityError as clash:
        raise Refusal("E_FUND_PAID") from clash


def take_back(actor: Actor, entry_id: int, *, amount_fen: int, reason: str) -> Entry:
    """Money of a payment comes back into the fund (paid too much, given back)."""
    permissions.check_power(actor, "fund.close", "登记退回")
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="登记退回")
    with transaction.atomic():
        entry = Entry.objects.filter(pk=entry_id, town_id__in=actor.towns, kind=Entry.PAYMENT).first()
        if entry is None:
            raise Refusal("E_NOT_FOUND", what="备用金支付")
        _lock(entry.town)
        left = queries.left_to_return(entry)
        if not 0 < amount_fen <= left:
            raise Refusal("E_FUND_RETURN", amount=yuan(max(0, amount_fen)), left=yuan(left))
        return _add(
            actor,
            entry.town,
            Entry.RETURN,
            amount_fen,
            case_no=entry.case_no,
            returns=entry,
            note=reason.strip()[:200],
        )


# —— the month's end


def close_month(actor: Actor, town_id: int, *, month: date, counted_fen: int, note: str = "") -> Entry:
    """Reconcile: what is in the till equals the book. Afterwards the month takes no more rows (TA-21)."""
    permissions.check_power(actor, "fund.close", "备用金月结")
    town = permissions.town_for(actor, town_id)
    month = month.replace(day=1)
    with transaction.atomic():
        _lock(town)
        wanted = queries.to_close(town, clock.today())
        if wanted is None or month != wanted:
            state = f"应先结{wanted:%Y年%m月}" if wanted else "没有可以月结的月份"
            raise Refusal("E_STATE", act="备用金月结", state=state)
        balance = queries.balance_at(town, add_months(month, 1))
        if counted_fen != balance:
            raise Refusal(
                "E_FUND_COUNT",
                counted=yuan(counted_fen),
                balance=yuan(balance),
                difference=yuan(abs(counted_fen - balance)),
            )
        return _add(
            actor,
            town,
            Entry.CLOSING,
            0,
            month=month,
            counted_fen=counted_fen,
            note=f"{month:%Y年%m月}末余额{yuan(balance)}元，清点相符。{note.strip()}"[:200],
        )
