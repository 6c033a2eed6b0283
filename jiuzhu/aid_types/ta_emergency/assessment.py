"""Assessing a sudden hardship (TA-01, TA-10): cause, repeat, sum. Income and property are not asked for (E6)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.ta_emergency import facts, trace
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, Outcome
from jiuzhu.policy.parameters import ParameterSet

CONDITIONS = Path(__file__).parent / "conditions.yaml"


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose what one hardship gives, fen in all; never raises for missing data."""
    used = parameters.tracked()
    results = tuple(
        conditions.evaluate(condition, evidence, used, regime, facts.FACTS)
        for condition in conditions.load(CONDITIONS)
        if regime in condition.regimes
    )
    settled = facts.settled_fen(evidence, used, regime) or 0
    unmet, unknown = any(each.met is False for each in results), any(each.met is None for each in results)
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=NOT_QUALIFIED if unmet else NEED_REVIEW if unknown else QUALIFIED,
        counted=evidence.hardship.persons if evidence.hardship else len(evidence.counted),
        per_capita_fen=0,
        gap_fen=0,
        base_fen=settled,
        topup_fen=0,
        amount_fen=settled,
        conditions=results,
        lines=tuple(trace.lines(evidence, used, regime)),
        parameters=used.stored_read,
        is_sample=used.read_sample,
    )
