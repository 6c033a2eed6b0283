"""What a family pays itself, against what it earns (RIG-01, TA-12): facts for rigid expenditure. ``None`` = not known."""

from __future__ import annotations

from jiuzhu.core.money import div_half_up
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import income
from jiuzhu.policy.parameters import ParameterSet

KINDS = {
    "MEDICAL": "医疗",
    "EDUCATION": "教育",
    "REHAB": "残疾康复",
    "LIVING": "基本生活",
    "OTHER": "其他必需",
}


def spending_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """What counted members paid themselves in twelve months, fen (FRIG art.5)."""
    counted = {member.ref for member in evidence.counted}
    return sum(each.self_paid_fen for each in evidence.spendings if not each.member or each.member in counted)


def year_income_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """Income of twelve months before any deduction of expenses: the same spending never counts twice, fen."""
    year = income.year_income_before_rigid(evidence, parameters, regime)
    return None if year is None else max(year, 0)


def per_capita_year_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """Income of twelve months per counted head, fen."""
    year, counted = year_income_fen(evidence, parameters, regime), len(evidence.counted)
    return None if year is None or not counted else div_half_up(year, counted)


def spending_line_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """FRIG art.4: the share of income (60 %) spending has to exceed; whole fen below it, so "more" stays exact."""
    year = year_income_fen(evidence, parameters, regime)
    if year is None:
        return None
    share = income.rate(parameters["rigid.spend_ratio"])
    return year * share[0] // share[1]


FACTS = {
    function.__name__: function
    for function in (spending_fen, year_income_fen, per_capita_year_fen, spending_line_fen)
}
