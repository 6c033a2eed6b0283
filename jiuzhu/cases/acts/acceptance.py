"""Acceptance and what may stand in its place: the one correction, not accepting, silence (D12–D16, CLK-AC)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.aid_types import registry
from jiuzhu.cases import clocks, guards, one_visit, papers
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.verification import end_consent
from jiuzhu.cases.models import Case, Correction
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.regimes import regime as regime_of


def accept(
    actor: Actor,
    uid: UUID | str,
    *,
    file_kin: bool = False,
    received: tuple[str, ...] | list[str] = (),
    place: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D12 or D14: accepted; the twenty working days start (day 0 = today), the regime is pinned."""
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "D14" if state == "CORRECTION" else "D12"
    with acting(actor, uid, key, seen=seen, once=once, file_kin=file_kin, received=list(received)) as act:
        case = act.case
        if key == "D14":
            Correction.objects.filter(case=case).update(completed_at=act.at)
            one_visit.note(actor, case, "补正材料", place=place)
        act.change(accepted_on=act.today, regime=regime_today(act.case.county, act.today))
        file_kin_paper(act)
        _start_stages(act)
        act.paper(
            "W13",
            accepted_on=act.today,
            due_on=clocks.foreseen(case, registry.get(case.aid_type).total_clock, act.at).due_on,
        )
    return act.case


def deem_accepted(uid: UUID | str) -> Case:
    """行政许可法第三十二条（参照）: nobody answered in five working days, so the day it came is the day of acceptance."""
    with fence(PLATFORM), transaction.atomic():
        with acting(PLATFORM, uid, "CLK-AC", reason="逾期未受理也未一次性告知，自收到之日起视为受理") as act:
            case = act.case
            act.change(accepted_on=case.applied_on, regime=regime_today(case.county, case.applied_on))
            file_kin_paper(act)
            _start_stages(act)
            received = clock.instant(case.applied_on)
            total = registry.get(case.aid_type).total_clock
            due_on = clocks.foreseen(case, total, received).due_on
            act.paper("W13", accepted_on=case.applied_on, due_on=due_on)
        for name in (total, "CLK-INV", "CLK-INVS", registry.get(case.aid_type).town_clock):
            clocks.restart(case, name, received)
    return act.case


def _start_stages(act: Act) -> None:
    """From 2021's rules on the stages have limits of their own: the visit's begin, the township's whole time (3.11)."""
    if regime_of(act.case.regime).says("stages_have_own_limits"):
        act.start("CLK-INVS")
        if town := registry.get(act.case.aid_type).town_clock:
            act.start(town)


def file_kin_paper(act: Act) -> None:
    """W11 and 100 % county visit for near relatives (REL-04)."""
    filings = list(act.case.kin_filings.filter(filed_at__isnull=True))
    if not filings:
        return
    act.paper(
        "W11",
        kin=[
            {
                "member": each.member_name,
                "official": each.official_name,
                "post": each.official_post,
                "relation": each.relation,
                "declared": "是" if each.declared else "否（系统比对）",
            }
            for each in filings
        ],
    )
    act.case.kin_filings.filter(filed_at__isnull=True).update(filed_at=act.at, filed_by=act.actor.name)
    act.change(near_relative=True, county_visit_required=True)


def ask_for_correction(
    actor: Actor,
    uid: UUID | str,
    *,
    items: list[str],
    explanation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D13: one notice with everything that is missing; a second one is impossible."""
    with acting(actor, uid, "D13", seen=seen, once=once, items=list(items)) as act:
        days = int(
            parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)["correction_days"]
        )
        due = parameters.calendar().roll_forward(act.today + timedelta(days=days)).on
        Correction.objects.create(
            case=act.case, items=list(items), explanation=explanation, asked_on=act.today, due_on=due
        )
        act.note(items=list(items))
        act.paper(
            "W14",
            items=[guards.PROVIDED_MATERIALS[item] for item in items],
            correct_until_on=due,
            explanation=explanation or "补齐后即予受理。",
        )
    return act.case


def not_accept(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    codes: list[str],
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D16: not here, not this kind of aid; where to go instead is part of the reason."""
    with acting(actor, uid, "D16", seen=seen, once=once, reason=reason, codes=list(codes)) as act:
        act.note(codes=list(codes))
        act.paper("W15", reasons=papers.reasons(codes) or [reason], explanation=reason)
        end_consent(act.case, act.at)
    return act.case
