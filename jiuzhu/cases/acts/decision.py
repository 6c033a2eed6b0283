"""Decisions by a named officer: approve, refuse, have the county visit first, end (D21–D24, D31)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.organisations import delegation_for
from jiuzhu.aid_types import registry
from jiuzhu.cases import guards, papers
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.continuation import grant
from jiuzhu.cases.acts.posting import post
from jiuzhu.cases.acts.review import assessment_words
from jiuzhu.cases.acts.verification import end_consent
from jiuzhu.cases.authority import authority_of, town_limit_fen
from jiuzhu.cases.models import Case, CountyVisit, Decision
from jiuzhu.core import clock
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import acts as verification_acts


def write_decision(act: Act, kind: str, *, authority: str = "", **more: Any) -> Decision:
    """Write the decision; the database itself refuses one without authority (see its trigger)."""
    case = act.case
    authority = authority or ("TOWN" if case.state == "TOWN_APPROVAL" else "COUNTY")
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                case=case,
                round=guards.next_round(case),
                kind=kind,
                authority=authority,
                organ_id=act.actor.organ_id,
                delegation=delegation_for(case.town, case.aid_type, act.today)
                if authority == "TOWN"
                else None,
                limit_fen=town_limit_fen(case, act.today) if authority == "TOWN" else None,
                decider_id=act.actor.id,
                role=act.actor.role,
                decided_on=act.today,
                decided_at=act.at,
                **more,
            )
    except IntegrityError as refused:
        code = "E_SOD" if "E_SOD" in str(refused) else "E_AUTH"
        raise Refusal(
            code, who=act.actor.name, why="，不得作出决定", role=act.actor.organ, act=act.move.title
        ) from refused
    act.change(decided_on=act.today)
    act.note(decision=decision.round, authority=authority)
    return decision


def approve(
    actor: Actor,
    uid: UUID | str,
    *,
    override_reason: str = "",
    explanation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D23: P2019 intends to approve and posts the result the same day; later regimes grant at once and announce it."""
    with acting(actor, uid, "D23", seen=seen, once=once, override_reason=override_reason) as act:
        case = act.case
        assessment = case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        decision = write_decision(
            act,
            Decision.APPROVE,
            assessment=assessment,
            amount_fen=outcome.amount_fen,
            base_fen=outcome.base_fen,
            topup_fen=outcome.topup_fen,
            care_fen=outcome.care_fen,
            pays=registry.get(case.aid_type).pays,
            members_count=outcome.counted,
            override_reason=override_reason,
            explanation=explanation,
        )
        at_once = "GRANTED" in act.move.targets
        act.paper(
            "W21",
            decision="确认同意" if at_once else "拟批准",
            decided_on=act.today,
            reasons=[override_reason] if override_reason else ["符合规定条件"],
            explanation=explanation
            or ("经审核，确认同意。" if at_once else "经审核，拟予批准，并在村（居）公示。"),
            **assessment_words(outcome),
        )
        if at_once:
            grant(act)
        kind = Posting.ANNOUNCEMENT if at_once else Posting.RESULT
        post(act, members_count=decision.members_count, amount_fen=decision.amount_fen, kind=kind)
    return act.case


def refuse(
    actor: Actor,
    uid: UUID | str,
    *,
    codes: list[str],
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D24: every reason with its code and in plain words; remedies in the notice (W21, W22)."""
    if not codes or any(code not in choices("reason") for code in codes):
        raise Refusal("E_REASONS", act="不予批准")
    with acting(actor, uid, "D24", seen=seen, once=once, reason=reason, codes=codes) as act:
        assessment = act.case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome) if assessment else None
        write_decision(act, Decision.REFUSE, assessment=assessment, reasons=list(codes), explanation=reason)
        words = assessment_words(outcome) if outcome else {"lines": []}
        told = reason_words(codes, outcome)
        act.paper(
            "W21",
            decision=papers.refused(act.case),
            decided_on=act.today,
            reasons=told,
            explanation=reason,
            **(words | {"amount_fen": 0}),
        )
        act.paper(
            "W22",
            reasons=told,
            explanation=reason,
            **{key: words[key] for key in ("lines", "is_sample") if key in words},
        )
        end_consent(act.case, act.at)
    return act.case


def reason_words(codes: list[str], outcome: Outcome | None) -> list[str]:
    """What W22 says for each code: the condition's own sentence where the law's answer has one, else the name."""
    sentences = {each.reason_code: each.sentence for each in outcome.not_met} if outcome else {}
    names = papers.reasons(codes)
    return [
        f"{name}：{sentences[code]}" if code in sentences else name
        for code, name in zip(codes, names, strict=True)
    ]


def require_county_visit(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D21."""
    with acting(actor, uid, "D21", seen=seen, once=once, reason=reason) as act:
        cause = "KIN" if act.case.near_relative else "DOUBT"
        CountyVisit.objects.create(case=act.case, cause=cause, asked_on=act.today, came_from=act.case.state)
        act.change(county_visit_required=True)
    return act.case


def record_county_visit(
    actor: Actor,
    uid: UUID | str,
    *,
    officers: list[str],
    result: str,
    supports: bool = True,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D22: back to where it came from, unless the authority has moved meanwhile."""
    with acting(actor, uid, "D22", seen=seen, once=once, officers=officers, result=result) as act:
        visit = CountyVisit.objects.filter(case=act.case, visited_on__isnull=True).order_by("-id").first()
        if visit is None:
            raise Refusal("E_STATE", act=act.move.title, state="没有待办的核查")
        visit.officers, visit.result, visit.supports = officers, result, supports
        visit.visited_on = act.today
        visit.save()
        causes = {"KIN": "近亲属备案", "DOUBT": "存疑或投诉举报"}
        act.paper("W20", officers=officers, result=result, visited_on=act.today, cause=causes[visit.cause])
        still_town = visit.came_from == "TOWN_APPROVAL" and authority_of(act.case, act.today) == "TOWN"
        act.to("TOWN_APPROVAL" if still_town else "COUNTY_REVIEW")
        if visit.came_from == "TOWN_APPROVAL" and not still_town:
            act.start("CLK-CO")
    return act.case


def follow_authority(uid: UUID | str) -> Case | None:
    """ORG-04, ORG-06: a case waiting for a decision goes to whoever has the authority today; the total clock runs on."""
    with fence(PLATFORM):
        case = Case.objects.select_related("town", "county").get(uid=uid)
        authority = authority_of(case, clock.today())
        key = {("TOWN_APPROVAL", "COUNTY"): "ORG-06", ("COUNTY_REVIEW", "TOWN"): "ORG-04"}.get(
            (case.state, authority)
        )
        if key is None:
            return None
        with acting(PLATFORM, uid, key, reason="审批权依授权变动") as act:
            act.note(authority=authority)
        return act.case


def terminate(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    codes: Sequence[str] = ("RC-NOCOOP",),
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D31: refuses to co-operate without reason, or another ground the law names; running queries stop (VER-23)."""
    with acting(actor, uid, "D31", seen=seen, once=once, reason=reason, codes=list(codes)) as act:
        act.note(codes=list(codes))
        verification_acts.stop_runs(act.case.id)
        end_consent(act.case, act.at)
        act.paper("W29", explanation=f"{'、'.join(papers.reasons(list(codes)))}。{reason}")
    return act.case
