"""What else the law offers a family that does not get what it asked for: the same evidence, every other type's law.

A proposal like every outcome: an officer tells the family, the family decides (DB-04, DB-05).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import edge
from jiuzhu.policy.outcome import QUALIFIED, Outcome
from jiuzhu.policy.parameters import ParameterSet


@dataclass(frozen=True)
class Offer:
    """An aid the same evidence fits; ``person`` is the ref of the one who would apply alone, "" for the family."""

    aid: AidType
    outcome: Outcome
    person: str = ""


def others(evidence: Evidence, outcome: Outcome, parameters: ParameterSet, regime: str) -> tuple[Offer, ...]:
    """Types the family fits though this one does not; of its members those who may apply for this one alone.

    One-off aid needs a hardship nobody asked about here, one person's aid his own answers: neither is offered.
    """
    if outcome.conclusion == QUALIFIED:
        return ()
    asked = registry.get(evidence.aid_type)
    offers = [] if evidence.single_person else [*_alone(asked, evidence, parameters, regime)]
    for aid in registry.offered(regime):
        if aid is asked or aid.per_person or aid.pays == ONCE or evidence.single_person:
            continue
        found = aid.assess(replace(evidence, aid_type=aid.code), parameters, regime)
        if found.conclusion == QUALIFIED:
            offers.append(Offer(aid, found))
    return tuple(offers)


def _alone(asked: AidType, evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Offer]:
    """DB-05: members of the family with a ground of their own, assessed alone."""
    if not asked.may_be_single or len(evidence.counted) < 2:
        return []
    found = []
    for member in evidence.members:
        if edge.single_ground(member, evidence.as_of, regime):
            own = asked.assess(edge.alone(evidence, member.ref, parameters, regime), parameters, regime)
            if own.conclusion == QUALIFIED:
                found.append(Offer(asked, own, member.ref))
    return found
