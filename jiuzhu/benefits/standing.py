"""How a benefit stands: the family as last established, what the law said of it, what is paid in a month."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q

from jiuzhu.aid_types import registry
from jiuzhu.benefits.models import ChangeDecision
from jiuzhu.cases.models import Entitlement, EntitlementAmount
from jiuzhu.core import sealing
from jiuzhu.policy.changes import LESS, STOP
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet


@dataclass(frozen=True)
class Standing:
    """``outcome`` is empty where nothing was computed (amounts entered otherwise)."""

    evidence: Evidence
    outcome: Outcome | None
    digest: str


def digest_of(body: dict[str, Any]) -> str:
    return sealing.sm3(json.dumps(body, ensure_ascii=False, sort_keys=True, default=str).encode())


def standing(entitlement: Entitlement) -> Standing:
    """The last established family: of the last change in effect that looked at it, else of the grant."""
    last = (
        ChangeDecision.objects.filter(change__entitlement=entitlement, change__effect__isnull=False)
        .exclude(examination__outcome_after={})
        .exclude(result=STOP)
        .select_related("examination")
        .order_by("-id")
        .first()
    )
    if last:
        body, outcome = last.examination.after, last.examination.outcome_after
    else:
        body = entitlement.decision.assessment.evidence.body
        outcome = entitlement.decision.assessment.outcome
    return Standing(
        Evidence.from_dict(body), Outcome.from_dict(outcome) if outcome else None, digest_of(body)
    )


def pending_less(entitlement: Entitlement) -> bool:
    """Whether less was decided but is not yet in effect."""
    return ChangeDecision.objects.filter(
        change__entitlement=entitlement, change__open=True, result__in=LESS
    ).exists()


def amount_on(entitlement: Entitlement, month: date) -> EntitlementAmount | None:
    """The span in force in a month; the first span for a month before it."""
    rows = entitlement.amounts.filter(superseded_at__isnull=True)
    return (
        rows.filter(Q(to_month__isnull=True) | Q(to_month__gte=month), from_month__lte=month).first()
        or rows.order_by("from_month" if month < entitlement.first_month else "-from_month").first()
    )


def total(amount: EntitlementAmount | None) -> int:
    return amount.base_fen + amount.topup_fen + amount.care_fen if amount else 0


def assess(aid_type: str, evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """The law asked again of a family in benefit; who is supported already may stay longer than he could enter (TK-06)."""
    aid = registry.get(aid_type)
    if aid.support:
        evidence = replace(evidence, standing=tuple({*evidence.standing, aid_type}))
    return aid.assess(evidence, parameters, regime)


def plain(outcome: Outcome | None) -> dict[str, Any]:
    """An outcome as kept: plain JSON values."""
    return json.loads(json.dumps(outcome.to_dict(), default=str)) if outcome else {}
