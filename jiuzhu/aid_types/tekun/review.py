"""How often a tekun person is reviewed (5.2): always class A."""

from __future__ import annotations

from jiuzhu.policy.evidence import Evidence


def review_class(evidence: Evidence) -> str:
    """All tekun are class A: once in twelve months."""
    return "A"
