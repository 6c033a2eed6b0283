"""Assessing a family in difficulty from rigid expenditure (RIG-01): income, property, share of spending; no amount."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.rigid import facts, trace
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import income, lines
from jiuzhu.policy.outcome import EDGE, NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, ConditionResult, Outcome
from jiuzhu.policy.parameters import ParameterSet

CONDITIONS = Path(__file__).parent / "conditions.yaml"


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose whether the family is recognised. Never raises for missing data."""
    used = parameters.tracked()
    results = conditions.evaluate_all(CONDITIONS, evidence, used, regime, facts.FACTS)
    per_head, standard = income.per_capita_fen(evidence, used, regime), used["dibao.standard"]
    below = per_head is None or standard is None or per_head < standard
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=conclude(results, below_standard=below),
        counted=len(evidence.counted),
        per_capita_fen=per_head or 0,
        gap_fen=0,
        base_fen=0,
        topup_fen=0,
        amount_fen=0,
        conditions=results,
        lines=(
            *lines.income_lines(evidence, used, regime),
            *trace.spending_lines(evidence, used, regime),
        ),
        parameters=used.stored_read,
        is_sample=used.read_sample,
    )


def conclude(results: tuple[ConditionResult, ...], *, below_standard: bool) -> str:
    """Whoever is below the edge line is no case of rigid expenditure: an edge family, or dibao, which an officer sees.

    How much was spent does not matter then.
    """
    failed = {each.key for each in results if each.met is False}
    unknown = any(each.met is None for each in results)
    if "edge_line" in failed and not failed - {"edge_line", "spending"}:
        return NEED_REVIEW if unknown or below_standard else EDGE
    if failed:
        return NOT_QUALIFIED
    return NEED_REVIEW if unknown else QUALIFIED
