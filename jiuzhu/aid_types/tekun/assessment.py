"""Assessing one person for tekun (TK-01..TK-09): three tests, basic living and care, a proposal."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.tekun import amount, facts, self_care, trace
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household.income import rate
from jiuzhu.policy.outcome import NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, ConditionResult, Outcome
from jiuzhu.policy.parameters import ParameterSet

CONDITIONS = Path(__file__).parent / "conditions.yaml"


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose an outcome for one person under one regime. Amounts are fen a month; never raises for missing data.

    ``amount_fen`` is what the person gets once granted; the conclusion says whether he may have it.
    """
    used = parameters.tracked()
    results = tuple(
        conditions.evaluate(condition, evidence, used, regime, facts.FACTS)
        for condition in conditions.load(CONDITIONS)
        if regime in condition.regimes
    )
    basic, care = basic_fen(used), care_fen(evidence, used)
    lines = [
        *trace.income_lines(evidence, used, regime),
        *trace.obligor_lines(evidence, used, regime),
        *trace.amount_lines(evidence, used, regime, basic_fen=basic, care_fen=care),
    ]
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=conclude(results, known=basic > 0),
        counted=len(evidence.counted),
        per_capita_fen=facts.own_month_fen(evidence, used, regime) or 0,
        gap_fen=0,
        base_fen=basic,
        topup_fen=0,
        amount_fen=basic + care,
        conditions=results,
        lines=tuple(lines),
        parameters=used.stored_read,
        is_sample=used.read_sample,
        care_fen=care,
    )


def conclude(results: tuple[ConditionResult, ...], *, known: bool) -> str:
    """Any "no" fails; any "cannot tell", or no published standard, needs a person."""
    if any(result.met is False for result in results):
        return NOT_QUALIFIED
    unknown = any(result.met is None for result in results) or not known
    return NEED_REVIEW if unknown else QUALIFIED


def basic_fen(parameters: ParameterSet) -> int:
    """TK-09: fen a month; nothing while neither the tekun nor the dibao standard is published."""
    published, standard = parameters["tekun.basic"], parameters["dibao.standard"]
    if standard is None:
        return int(published or 0)
    return int(amount.basic(published or 0, standard, rate(parameters["tekun.basic_ratio"])))


def care_fen(evidence: Evidence, parameters: ParameterSet) -> int:
    """TK-09: fen a month by level: the published standard, else the share of the minimum wage."""
    if evidence.self_care is None:
        return 0
    level = self_care.level(evidence.self_care)
    published, wage = parameters[f"tekun.care.{level}"], parameters["minimum_wage"]
    if published is not None:
        return int(published)
    return 0 if wage is None else int(amount.care(wage, rate(parameters[f"tekun.care_share.{level}"])))


def funeral_fen(parameters: ParameterSet) -> int:
    """TK-11: the lump sum for a funeral, fen."""
    return int(amount.funeral(basic_fen(parameters), parameters["tekun.funeral_months"]))
