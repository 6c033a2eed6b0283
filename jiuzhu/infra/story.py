"""One family's story in plain words, day by day: what was said, decided, served, changed and paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, fence
from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments.models import PayLine
from jiuzhu.people.models import Household
from jiuzhu.policy.outcome import Outcome
from jiuzhu.workflow.states import STATES


@dataclass(frozen=True)
class Told:
    """One line of the story. ``order`` keeps what belongs together on a day."""

    on: date
    order: int
    words: str


def household_of(number: str) -> Household:
    """The family behind a dossier number, a case number or a number of an entitlement."""
    with fence(PLATFORM):
        found = (
            Household.objects.filter(dossier_no=number).first()
            or Household.objects.filter(cases__case_no=number).first()
            or Household.objects.filter(entitlements__number=number).first()
        )
    if found is None:
        raise Refusal("E_NOT_FOUND", what="家庭（档案号、案号或待遇编号）")
    return found


def tell(household: Household) -> list[Told]:
    """The whole story, oldest first; names of the family are left out."""
    with fence(PLATFORM):
        told = [
            *_steps(household),
            *_assessments(household),
            *_amounts(household),
            *_money(household),
        ]
    return sorted(told, key=lambda each: (each.on, each.order))


def _steps(household: Household) -> Iterator[Told]:
    for case in Case.objects.filter(household=household).order_by("id"):
        name = registry.get(case.aid_type).short_name
        for step in case.steps.order_by("seq"):
            papers = f"；文书：{'、'.join(step.papers)}" if step.papers else ""
            why = f"（{step.reason}）" if step.reason else ""
            who = "申请人" if step.actor_kind == CITIZEN else f"{step.organ}{step.actor_name}"
            words = f"{name} {case.case_no}：{step.title}{why} → {STATES[step.to_state].name}，{who}{papers}"
            yield Told(step.on, 10, words)


def _assessments(household: Household) -> Iterator[Told]:
    for case in Case.objects.filter(household=household):
        for kept in case.assessments.order_by("id"):
            outcome = Outcome.from_dict(kept.outcome)
            amount = f"，测算金额{yuan(kept.amount_fen)}元" if kept.amount_fen else ""
            why = "；".join(each.sentence for each in outcome.not_met)
            words = f"{case.case_no}：测算为“{outcome.words}”{amount}{f'：{why}' if why else ''}"
            yield Told(clock.local(kept.made_at).date(), 5, words)


def _amounts(household: Household) -> Iterator[Told]:
    for entitlement in Entitlement.objects.filter(household=household).order_by("id"):
        name = registry.get(entitlement.aid_type).short_name
        for span in entitlement.amounts.filter(superseded_at__isnull=True).order_by("from_month"):
            total = span.base_fen + span.topup_fen + span.care_fen
            until = f"至{span.to_month:%Y年%m月}" if span.to_month else "起"
            words = f"{name} {entitlement.number}：{span.from_month:%Y年%m月}{until}每月{yuan(total)}元，{span.members_count}人"
            yield Told(span.from_month, 20, words)
        if entitlement.stopped_at:
            words = f"{name} {entitlement.number}：停发（{entitlement.stop_reason}）"
            yield Told(clock.local(entitlement.stopped_at).date(), 21, words)


def _money(household: Household) -> Iterator[Told]:
    lines = PayLine.objects.filter(entitlement__household=household).select_related("run", "result")
    for line in lines.order_by("run__created_at", "line_no"):
        result = getattr(line, "result", None)
        said = "到账" if result and result.code == "00" else f"银行退回{result.code}" if result else "未反馈"
        at = clock.local(result.returned_at if result else line.run.created_at).date()
        again = "重新发放" if line.reissue_of_id else "发放"
        yield Told(
            at, 30, f"{again}{line.pay_month:%Y年%m月}{yuan(line.total_fen)}元（{line.pay_kind}）：{said}"
        )
