"""Assessing a family whose necessary spending outgrew it (TA-01, TA-12, TA-13): conditions, lines, a proposal."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types.ta_expense import amount, facts, trace
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import income
from jiuzhu.policy.outcome import NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, Outcome
from jiuzhu.policy.parameters import ParameterSet

CONDITIONS = Path(__file__).parent / "conditions.yaml"
# what an aid the family already holds has looked at (TA-13)
MEANS = frozenset(
    [
        "income",
        "cash",
        "cash_flag",
        "cars",
        "car_price",
        "dwellings",
        "nonresidential",
        "companies",
        "machines",
        "new_house",
        "transfer",
    ]
)


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose what one family gets, fen in all; never raises for missing data."""
    used = parameters.tracked()
    known = facts.income_known(evidence, used)
    results = tuple(
        conditions.evaluate(condition, evidence, used, regime, facts.FACTS)
        for condition in conditions.load(CONDITIONS)
        if regime in condition.regimes and not (known and condition.key in MEANS)
    )
    sum_fen = amount_fen(evidence, used, regime) or 0
    unmet, unknown = any(each.met is False for each in results), any(each.met is None for each in results)
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=NOT_QUALIFIED if unmet else NEED_REVIEW if unknown else QUALIFIED,
        counted=len(evidence.counted),
        per_capita_fen=income.per_capita_fen(evidence, used, regime) or 0,
        gap_fen=0,
        base_fen=sum_fen,
        topup_fen=0,
        amount_fen=sum_fen,
        conditions=results,
        lines=tuple(trace.lines(evidence, used, regime, sum_fen=sum_fen)),
        parameters=used.stored_read,
        is_sample=used.read_sample,
    )


def amount_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TA-12: the bands on what goes beyond the family's own share, capped; ``None`` while something is not known."""
    spending = facts.told_spending_fen(evidence, parameters, regime)
    share = facts.own_share_fen(evidence, parameters, regime)
    standard = parameters["dibao.standard"]
    if spending is None or share is None or standard is None:
        return None
    return int(amount.capped(formula_fen(spending, share, parameters), standard, parameters["ta.cap_months"]))


def formula_fen(spending_fen: int, own_share_fen: int, parameters: ParameterSet) -> int:
    """TA-12 before the cap."""
    rates = [income.rate(rate) for rate in parameters["ta.band_rates"]]
    beyond = amount.beyond(spending_fen, own_share_fen)
    return int(amount.by_bands(beyond, parameters["ta.band_limits"], rates))
