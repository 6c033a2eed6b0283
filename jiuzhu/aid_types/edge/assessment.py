"""Assessing an edge family (DB-04, EDG-01): conditions and the income line by line; no amount."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.edge import facts
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import income, lines
from jiuzhu.policy.outcome import NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, ConditionResult, Outcome
from jiuzhu.policy.parameters import ParameterSet

CONDITIONS = Path(__file__).parent / "conditions.yaml"


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose whether the family is recognised. Never raises for missing data."""
    used = parameters.tracked()
    results = conditions.evaluate_all(CONDITIONS, evidence, used, regime, facts.FACTS)
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=conclude(results),
        counted=len(evidence.counted),
        per_capita_fen=income.per_capita_fen(evidence, used, regime) or 0,
        gap_fen=0,
        base_fen=0,
        topup_fen=0,
        amount_fen=0,
        conditions=results,
        lines=tuple(lines.income_lines(evidence, used, regime)),
        parameters=used.stored_read,
        is_sample=used.read_sample,
    )


def conclude(results: tuple[ConditionResult, ...]) -> str:
    """A family below the standard itself is first looked at for dibao: an officer decides (DB-04, last line)."""
    failed = {each.key for each in results if each.met is False}
    if failed - {"standard"}:
        return NOT_QUALIFIED
    return NEED_REVIEW if failed or any(each.met is None for each in results) else QUALIFIED
