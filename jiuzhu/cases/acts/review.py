"""The township's review: opinion with the calculation, or back to the investigators (D19, D20)."""

from __future__ import annotations

from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.acts.investigation import open_round
from jiuzhu.cases.models import Case, Opinion
from jiuzhu.policy.outcome import Outcome


def forward(
    actor: Actor,
    uid: UUID | str,
    *,
    opinion: str,
    supports: bool = True,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D19: to whoever has the authority today (ORG-04)."""
    with acting(actor, uid, "D19", seen=seen, once=once, opinion=opinion) as act:
        case = act.case
        assessment = case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        Opinion.objects.create(
            case=case,
            assessment=assessment,
            supports=supports,
            text=opinion,
            amount_fen=assessment.amount_fen,
            by_id=actor.id,
            given_at=act.at,
        )
        act.paper("W19", opinion=opinion, **assessment_words(outcome))
        authority = decide_authority(case.town, case.aid_type, act.today)
        act.to("TOWN_APPROVAL" if authority == "TOWN" else "COUNTY_REVIEW")
        if authority == "COUNTY":
            act.start("CLK-CO")
        act.note(authority=authority, amount_fen=assessment.amount_fen)
    return act.case


def assessment_words(outcome: Outcome) -> dict:
    """The calculation as papers show it."""
    return {
        "members_count": outcome.counted,
        "per_capita_fen": outcome.per_capita_fen,
        "assessment": outcome.words,
        "amount_fen": outcome.amount_fen,
        "base_fen": outcome.base_fen,
        "topup_fen": outcome.topup_fen,
        "lines": papers.lines(outcome),
        "conditions": papers.conditions(outcome),
        "is_sample": outcome.is_sample,
    }


def return_to_investigation(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D20: a gap was found; another round begins, the first stays as it was."""
    with acting(actor, uid, "D20", seen=seen, once=once, reason=reason) as act:
        open_round(act.case, actor)
    return act.case
