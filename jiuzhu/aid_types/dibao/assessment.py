"""Assessing a dibao household (DB-01..DB-04, AMT-01..05): conditions, lines of the sum, a proposal."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.dibao import amount, trace
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence, Member
from jiuzhu.policy.household import edge, facts, income, lines, sums
from jiuzhu.policy.outcome import (
    EDGE,
    NEED_REVIEW,
    NOT_QUALIFIED,
    QUALIFIED,
    SINGLE_POSSIBLE,
    ConditionResult,
    Outcome,
)
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of

CONDITIONS = Path(__file__).parent / "conditions.yaml"


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose an outcome for one household under one regime. Amounts are fen a month; never raises for missing data.

    ``amount_fen`` is what income and members give; the conclusion says whether the family may have it.
    """
    used = parameters.tracked()
    results = conditions.evaluate_all(CONDITIONS, evidence, used, regime, edge.FACTS)
    standard, per_head = used["dibao.standard"], income.per_capita_fen(evidence, used, regime)
    base = base_fen(evidence, used, per_head)
    topups = {member.ref: found for member in evidence.counted if (found := topup_of(member, evidence, used))}
    topup = sum(fen for _, fen in topups.values()) if base else 0
    tiers = (
        {member.ref: tier_of(member) for member in evidence.counted} if used["dibao.method"] == "TIER" else {}
    )
    conclusion = conclude(results, evidence, used, regime)
    told = [
        *lines.income_lines(evidence, used, regime),
        *trace.amount_lines(
            evidence, used, regime, per_head_fen=per_head, base_fen=base, topups=topups, tiers=tiers
        ),
    ]
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=conclusion,
        counted=len(evidence.counted),
        per_capita_fen=per_head or 0,
        gap_fen=0 if standard is None or per_head is None else int(amount.gap(standard, per_head)),
        base_fen=base,
        topup_fen=topup,
        amount_fen=base + topup,
        conditions=results,
        lines=tuple(told),
        parameters=used.stored_read,
        is_sample=used.read_sample,
    )


def conclude(
    results: tuple[ConditionResult, ...], evidence: Evidence, parameters: ParameterSet, regime: str
) -> str:
    """DB-03..05: any "no" fails, any "cannot tell" needs a person; edge families only where the regime knows them.

    What only the edge limits allow on the property side is left to an officer (DB-04, last line).
    """
    failed = {result.key for result in results if result.met is False}
    unknown = any(result.met is None for result in results)
    if not failed:
        return NEED_REVIEW if unknown else QUALIFIED
    if not regime_of(regime).edge_family or evidence.single_person:
        return NOT_QUALIFIED
    within = [edge.within(key, evidence, parameters, regime) for key in failed]
    if any(each is False for each in within):
        return NOT_QUALIFIED
    if unknown or None in within or "income" not in failed:
        return NEED_REVIEW
    alone = any(edge.single_ground(member, evidence.as_of, regime) for member in evidence.counted)
    return SINGLE_POSSIBLE if alone and len(evidence.counted) > 1 else EDGE


def tier_of(member: Member) -> int:
    """AMT-02: 0 = A (no labour capacity, serious illness or disability), 1 = B (part), 2 = C."""
    if member.labour in ("NONE", "ELDER", "MINOR") or member.severely_disabled or member.serious_illness:
        return 0
    return 1 if member.labour == "PART" else 2


def base_fen(evidence: Evidence, parameters: ParameterSet, per_head_fen: int | None) -> int:
    """AMT-01, AMT-02, AMT-05: fen a month before top-ups; nothing while income is unknown or not below the standard."""
    standard = parameters["dibao.standard"]
    if standard is None or per_head_fen is None or per_head_fen >= standard:
        return 0
    if parameters["dibao.method"] == "TIER":
        rates = parameters["dibao.tier_rates"]
        shares = [income.rate(rates[tier_of(member)]) for member in evidence.counted]
        return sum(int(sums.share_of_standard(standard, *share)) for share in shares)
    return int(
        amount.base(standard, per_head_fen, len(evidence.counted), _single_factor(evidence, parameters))
    )


def _single_factor(evidence: Evidence, parameters: ParameterSet) -> sums.Rate:
    """AMT-05: the factor of a one-person case with a grade-3 intellectual or mental disability."""
    if evidence.single_person and any(member.disability_grade == "3" for member in evidence.counted):
        return income.rate(parameters["single_person.grade3_factor"])
    return 1, 1


def topup_of(member: Member, evidence: Evidence, parameters: ParameterSet) -> tuple[str, int] | None:
    """AMT-03: the one group that gives a member most, and its fen a month; ``None`` for no group."""
    age, standard = member.age(evidence.as_of), parameters["dibao.standard"]
    groups = [
        code
        for code, belongs in (
            ("T1", member.severely_disabled),
            ("T2", bool(member.serious_illness)),
            ("T3", age >= parameters["topup.old_age"]),
            ("T4", age < facts.ADULT_AGE),
        )
        if belongs
    ]
    if not groups or standard is None:
        return None
    best = max(groups, key=lambda code: parameters[f"topup.{code}"])
    return best, int(sums.share_of_standard(standard, *income.rate(parameters[f"topup.{best}"])))
