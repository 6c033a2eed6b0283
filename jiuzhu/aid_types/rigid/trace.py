"""The share of rigid expenditure in words with its numbers (RIG-01)."""

from __future__ import annotations

from jiuzhu.core.money import yuan
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import spending
from jiuzhu.policy.household.lines import times
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

_KINDS = "刚性支出困难家庭认定办法第五条"
_RATIO = "刚性支出困难家庭认定办法第四条"


def spending_lines(evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Line]:
    """One line a spending (monthly, as every line), then the year's spending against the income's share."""
    counted = {member.ref for member in evidence.counted}
    told = [
        Line(
            f"刚性支出（{spending.KINDS.get(each.kind, each.kind)}）",
            f"12个月自付{yuan(each.self_paid_fen)}元",
            each.self_paid_fen,
            "RIG-01",
            _KINDS,
            each.member,
        )
        for each in evidence.spendings
        if not each.member or each.member in counted
    ]
    year = spending.year_income_fen(evidence, parameters, regime)
    line = spending.spending_line_fen(evidence, parameters, regime)
    if year is None or line is None:
        return told
    spent = spending.spending_fen(evidence, parameters, regime)
    words = f"12个月刚性支出{yuan(spent)}元，家庭收入{yuan(year)}元的{times(parameters['rigid.spend_ratio'])}为{yuan(line)}元"
    return [*told, Line("刚性支出与家庭收入", words, spent - line, "RIG-01", _RATIO)]
