"""What only rigid expenditure asks: whether the family already is on dibao, tekun or an edge family (RIG-01)."""

from __future__ import annotations

from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import edge, spending
from jiuzhu.policy.parameters import ParameterSet

GOES_BEFORE = ("DIBAO", "TEKUN", "EDGE")


def family_status_held(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """FRIG art.4: what the family holds that goes before this status."""
    return sum(each in GOES_BEFORE for each in evidence.standing)


FACTS = edge.FACTS | spending.FACTS | {"family_status_held": family_status_held}
