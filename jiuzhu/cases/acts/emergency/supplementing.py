"""E4: more than first aid, by decision of the town or the county, in an extreme case after a county meeting (TA-10, TA-20)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases import authority
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.decision import reason_words, write_decision
from jiuzhu.cases.acts.emergency._measure import assess, check_measure, measure
from jiuzhu.cases.acts.emergency.reporting import Once
from jiuzhu.cases.acts.review import assessment_words
from jiuzhu.cases.models import Case, Decision, Opinion
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.outcome import Outcome


def ask_for_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    severity: str,
    persons: int,
    opinion: str,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E4: more than first aid is needed; the whole sum decides who decides (TA-20)."""
    check_measure(severity, persons)
    with acting(
        actor, uid, "E4", seen=seen, once=once, opinion=opinion, severity=severity, persons=persons
    ) as act:
        case = act.case
        assessment = measure(act)
        Opinion.objects.create(
            case=case,
            assessment=assessment,
            supports=True,
            text=opinion,
            amount_fen=assessment.amount_fen,
            by_id=actor.id,
            given_at=act.at,
        )
        act.paper("W19", opinion=opinion, **assessment_words(Outcome.from_dict(assessment.outcome)))
        where = authority.authority_of(case, act.today)
        act.to("TOWN_APPROVAL" if where == "TOWN" else "COUNTY_REVIEW")
        if where == "COUNTY":
            act.start("CLK-CO")
        act.note(authority=where, amount_fen=assessment.amount_fen)
    return act.case


def approve_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    explanation: str = "",
    override_reason: str = "",
    meeting_no: str = "",
    meeting_on: date | None = None,
    meeting_fen: int = 0,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """The whole sum is decided; the town hands over what is left. An extreme case goes beyond the table only with the
    record of a county meeting (一事一议, TA-10).
    """
    with acting(actor, uid, "E4a", seen=seen, once=once, override_reason=override_reason) as act:
        case = act.case
        if meeting_no.strip() or meeting_fen:
            _settle(act, meeting_no.strip(), meeting_on, meeting_fen)
        assessment = case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        write_decision(
            act,
            Decision.APPROVE,
            assessment=assessment,
            amount_fen=outcome.amount_fen,
            base_fen=outcome.base_fen,
            pays=registry.get(case.aid_type).pays,
            members_count=outcome.counted,
            override_reason=override_reason,
            explanation=explanation,
        )
        act.paper(
            "W21",
            decision="同意追加救助",
            decided_on=act.today,
            reasons=[override_reason] if override_reason else ["符合规定条件"],
            explanation=explanation or "先行救助金额计入总额，其余由乡镇（街道）发放。",
            **assessment_words(outcome),
        )
    return act.case


def _settle(act: Act, number: str, on: date | None, fen: int) -> None:
    """What the county meeting settled, put before the law once more and kept as another assessment."""
    if act.case.state != "COUNTY_REVIEW":
        raise Refusal("E_STATE", act="一事一议", state="须由县级审批")
    if not number or on is None or on > act.today or fen <= 0:
        raise Refusal("E_INPUT", field="会议纪要", problem="请填写会议纪要文号、日期和议定金额")
    told = act.case.emergency
    if told.severity != "EXTREME":
        raise Refusal("E_INPUT", field="会议纪要", problem="只有特别严重的情形才能一事一议")
    told.meeting_no, told.meeting_on, told.meeting_fen = number[:80], on, fen
    told.save(update_fields=["meeting_no", "meeting_on", "meeting_fen"])
    assess(act)


def refuse_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    codes: list[str],
    reason: str,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """No more than first aid; the letter says why. What was given stays given (E6)."""
    if not codes or any(code not in choices("reason") for code in codes):
        raise Refusal("E_REASONS", act="不同意追加")
    with acting(actor, uid, "E4r", seen=seen, once=once, reason=reason, codes=codes) as act:
        assessment = act.case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        write_decision(act, Decision.REFUSE, assessment=assessment, reasons=list(codes), explanation=reason)
        told, words = reason_words(codes, outcome), assessment_words(outcome)
        act.paper(
            "W21",
            decision="不同意追加救助",
            decided_on=act.today,
            reasons=told,
            explanation=reason,
            **(words | {"amount_fen": 0}),
        )
        act.paper("W22", reasons=told, explanation=reason, lines=words["lines"], is_sample=words["is_sample"])
    return act.case
