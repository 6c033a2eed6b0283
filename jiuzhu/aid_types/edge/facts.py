"""What only the edge family asks: whether the family as a whole is on a living allowance already."""

from __future__ import annotations

from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import edge
from jiuzhu.policy.parameters import ParameterSet

LIVING_AID = ("DIBAO", "TEKUN")


def family_living_aid(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """AID-01: living allowances the family holds as a whole; one member's own dibao (DB-05) is none of them."""
    return sum(each in LIVING_AID for each in evidence.standing)


FACTS = edge.FACTS | {"family_living_aid": family_living_aid}
