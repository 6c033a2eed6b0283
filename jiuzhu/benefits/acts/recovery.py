"""Money that was not due comes back (DYN-22, W39): in cash, or kept from later lists with the family's signature."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Sum

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.benefits import papers, standing
from jiuzhu.benefits.acts._act import locked_entitlement, values
from jiuzhu.benefits.models import Overpay, Repayment
from jiuzhu.benefits.permissions import DECIDERS, check_authority, check_role
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries as money
from jiuzhu.payments.acts import owing
from jiuzhu.payments.models import Due
from jiuzhu.policy import changes as law
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

CASH, OFFSET, PLANS = Overpay.CASH, Overpay.OFFSET, Overpay.PLANS


def _locked(actor: Actor, overpay_id: int) -> tuple[Overpay, Entitlement]:
    of = Overpay.objects.filter(pk=overpay_id).values_list("entitlement_id", flat=True).first()
    if of is None:
        raise Refusal("E_NOT_FOUND", what="追回事项")
    entitlement = locked_entitlement(actor, of)
    return Overpay.objects.select_for_update().get(pk=overpay_id), entitlement


def claim(actor: Actor, entitlement_id: int, *, amount_fen: int, months: list[date], cause: str) -> Overpay:
    """Money found to be overpaid otherwise than by a late death: with its months and cause, by a decider."""
    if amount_fen <= 0 or not months or len(cause.strip()) < 2:
        raise Refusal("E_INPUT", field="多发", problem="请填写金额、月份和原因")
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, DECIDERS, "认定多发", entitlement)
        check_authority(actor, entitlement, "认定多发")
        first = min(months).replace(day=1)
        paid = {each.month: each.fen for each in money.listed_months(entitlement.id, first)}
        wanted = sorted({each.replace(day=1) for each in months})
        if amount_fen > sum(paid.get(each, 0) for each in wanted):
            raise Refusal("E_OVERPAY", why="金额超过这些月份实际发放的金额")
        overpay = Overpay.objects.create(
            entitlement=entitlement,
            number=f"ZH{entitlement.number}-{entitlement.overpays.count() + 1}",
            amount_fen=amount_fen,
            months=wanted,
            cause=cause.strip()[:200],
            found_on=clock.today(),
        )
        record(actor, "benefit.claim", about=overpay, case_no=entitlement.case.case_no, fen=amount_fen)
    return overpay


def plan(
    actor: Actor,
    overpay_id: int,
    *,
    way: str,
    instalments: int = 1,
    consent: Picture | None = None,
) -> Overpay:
    """W39 and how it comes back. OFFSET needs the family's signature; each part at most 30 % of the month's sum.

    Raises E_AUTH, E_SEAL, E_OVERPAY, E_BENEFIT_STATE.
    """
    if way not in PLANS or not 1 <= instalments <= 60:
        raise Refusal("E_INPUT", field="退回方式", problem="请选择方式，期数1到60")
    with transaction.atomic():
        overpay, entitlement = _locked(actor, overpay_id)
        check_role(actor, DECIDERS, "确定追回方式", entitlement)
        check_authority(actor, entitlement, "确定追回方式")
        if overpay.plan or overpay.closed_on:
            raise Refusal("E_OVERPAY", why="已经确定过退回方式")
        parts = law.instalments(overpay.amount_fen, instalments)
        if way == OFFSET:
            _offset(actor, overpay, entitlement, parts, consent)
        you = registry.get(entitlement.aid_type).paper_words["you_word"]
        words = (
            f"经{you}书面同意，从以后每月的救助金中抵扣：{papers.instalment_words(parts)}。"
            if way == OFFSET
            else f"请分期缴回：{papers.instalment_words(parts)}。缴款凭证请交乡镇（街道）登记。"
        )
        overpay.notice = papers.recovery(
            actor,
            overpay,
            organ=Organisation.objects.get(pk=actor.organ_id),
            regime=regime_today(entitlement.county, clock.today()),
            way=words,
        )
        overpay.plan, overpay.instalments = way, len(parts)
        overpay.save()
        record(actor, "benefit.recovery", about=overpay, case_no=entitlement.case.case_no, plan=way)
    return overpay


def _offset(
    actor: Actor, overpay: Overpay, entitlement: Entitlement, parts: list[int], consent: Picture | None
) -> None:
    if consent is None:
        raise Refusal("E_SEAL", missing="家庭同意抵扣的签字")
    if not may_offset(entitlement):
        raise Refusal("E_OVERPAY", why="待遇没有在发，无从抵扣，请选择家庭缴回")
    most = most_fen(entitlement)
    if max(parts) > most:
        raise Refusal("E_OVERPAY", why=f"每期不得超过月救助金的三成（{most / 100:.2f}元），请增加期数")
    upcoming = _upcoming(entitlement)
    overpay.consent = files.keep(consent.content, consent.mime)
    owing.owe(
        actor,
        [
            owing.Owed(
                entitlement.id,
                Due.DEDUCTION,
                part,
                add_months(upcoming, number),
                f"recovery:{overpay.id}:{number + 1}",
                f"抵扣多发第{number + 1}期",
                consent_id=overpay.consent_id,
            )
            for number, part in enumerate(parts)
        ],
    )


def may_offset(entitlement: Entitlement) -> bool:
    """Only what is being paid can be kept."""
    return entitlement.state in (Entitlement.ACTIVE, Entitlement.GRADUAL)


def most_fen(entitlement: Entitlement) -> int:
    """The most that one part may keep: three tenths of the next list's sum (DYN-22)."""
    today = clock.today()
    share = values(entitlement, regime_today(entitlement.county, today), today)["recovery.offset_max"]
    month_fen = standing.total(standing.amount_on(entitlement, _upcoming(entitlement)))
    return int(month_fen * share.numerator // share.denominator)


def _upcoming(entitlement: Entitlement) -> date:
    return money.next_list_month(
        entitlement.county_id, entitlement.aid_type, entitlement.area_type, clock.today()
    )


def repay(actor: Actor, overpay_id: int, *, amount_fen: int, paid_on: date, voucher_no: str) -> Repayment:
    """The family brought money back; its voucher counts once."""
    if amount_fen <= 0 or paid_on > clock.today() or not voucher_no.strip():
        raise Refusal("E_INPUT", field="缴款", problem="请填写金额、日期和凭证号")
    with transaction.atomic():
        overpay, entitlement = _locked(actor, overpay_id)
        check_role(actor, ("TOWN_CLERK",), "登记缴款", entitlement)
        left = left_fen(overpay)
        if amount_fen > left:
            raise Refusal("E_OVERPAY", why=f"还应退回{left / 100:.2f}元，登记金额过大")
        try:
            with transaction.atomic():
                repayment = Repayment.objects.create(
                    overpay=overpay,
                    amount_fen=amount_fen,
                    paid_on=paid_on,
                    voucher_no=voucher_no.strip()[:60],
                    by_name=actor.name,
                    at=clock.now(),
                )
        except IntegrityError as clash:
            raise Refusal("E_OVERPAY", why="该缴款凭证已登记") from clash
        record(actor, "benefit.repay", about=overpay, case_no=entitlement.case.case_no, fen=amount_fen)
        if amount_fen == left:
            close(actor, overpay)
    return repayment


def returned_fen(overpay: Overpay) -> int:
    """Brought back, and kept by lists."""
    cash = overpay.repayments.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    kept = money.dues_of(overpay.entitlement_id, f"recovery:{overpay.id}:").filter(end__line__isnull=False)
    return cash + (kept.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def left_fen(overpay: Overpay) -> int:
    return overpay.amount_fen - returned_fen(overpay)


def close(actor: Actor, overpay: Overpay) -> None:
    """Everything is back; instalments that no list has taken fall away."""
    owing.withdraw_dues(actor, f"recovery:{overpay.id}:", reason="已全部退回")
    overpay.closed_on = clock.today()
    overpay.save(update_fields=["closed_on"])


def settle(actor: Actor) -> int:
    """Close what lists have kept in full; how many."""
    done = 0
    for overpay in Overpay.objects.filter(plan=OFFSET, closed_on__isnull=True):
        if left_fen(overpay) <= 0:
            close(actor, overpay)
            done += 1
    return done
