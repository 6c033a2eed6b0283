"""How often a family in benefit is reviewed (5.2): class A, B or C from its members."""

from __future__ import annotations

from jiuzhu.aid_types.dibao.assessment import tier_of
from jiuzhu.policy.evidence import Evidence


def review_class(evidence: Evidence) -> str:
    """A: nobody can work and the situation hardly changes; C: someone is able to work; B: in between."""
    tiers = {tier_of(member) for member in evidence.counted}
    if 2 in tiers:
        return "C"
    return "A" if tiers <= {0} else "B"
