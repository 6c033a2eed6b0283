"""The township's review: opinion with the calculation, or back to the investigators (D19, D20)."""

from __future__ import annotations

from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.investigation import open_round
from jiuzhu.cases.acts.posting import post
from jiuzhu.cases.authority import authority_of
from jiuzhu.cases.models import Case, Opinion
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting


def forward(
    actor: Actor,
    uid: UUID | str,
    *,
    opinion: str,
    supports: bool = True,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D19: P2019 straight to whoever decides; from P2021 on the opinion is posted first (3.3)."""
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
        act.note(amount_fen=assessment.amount_fen)
        values = parameters.plain_values(case.county, on=act.today, regime=case.regime)
        if "PRELIM_PUBLICITY" in act.move.targets and values["prelim_publicity"]:
            post_opinion(act)
        else:
            to_authority(act)
    return act.case


def to_authority(act: Act) -> None:
    """On to whoever has the authority today (ORG-04)."""
    authority = authority_of(act.case, act.today)
    act.to("TOWN_APPROVAL" if authority == "TOWN" else "COUNTY_REVIEW")
    if authority == "COUNTY":
        act.start("CLK-CO")
    act.note(authority=authority)


def post_opinion(act: Act) -> None:
    """The township's preliminary opinion hangs for seven days before anybody decides (民发〔2021〕57号第十九条)."""
    outcome = Outcome.from_dict(act.case.assessments.order_by("-id").first().outcome)
    act.to("PRELIM_PUBLICITY")
    act.start("CLK-PUB")
    post(act, members_count=outcome.counted, amount_fen=outcome.amount_fen, kind=Posting.PRELIMINARY)


def assessment_words(outcome: Outcome) -> dict:
    """The calculation as papers show it."""
    return {
        "members_count": outcome.counted,
        "per_capita_fen": outcome.per_capita_fen,
        "assessment": outcome.words,
        "amount_fen": outcome.amount_fen,
        "base_fen": outcome.base_fen,
        "topup_fen": outcome.topup_fen,
        "extra_fen": outcome.topup_fen + outcome.care_fen,
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
