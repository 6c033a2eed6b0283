"""Facts of a family whose necessary spending outgrew it (TA-01, TA-12). ``None`` = not known."""

from __future__ import annotations

from jiuzhu.aid_types.ta_expense import amount
from jiuzhu.policy import hardship
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import edge, income, spending
from jiuzhu.policy.parameters import ParameterSet


def told_spending_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TA-12: E, necessary spending the family paid itself in twelve months; not known while none is told."""
    return spending.spending_fen(evidence, parameters, regime) if evidence.spendings else None


def own_share_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TA-12: 60 % × Y, what the family bears itself, fen."""
    year = spending.year_income_fen(evidence, parameters, regime)
    return None if year is None else int(amount.own_share(year, income.rate(parameters["ta.income_share"])))


def income_known(evidence: Evidence, parameters: ParameterSet) -> bool:
    """TA-13: the family is on an aid that has looked at its income already: only the spending is checked."""
    return any(code in parameters["ta.income_known_by"] for code in evidence.standing)


FACTS = (
    edge.FACTS
    | spending.FACTS
    | hardship.FACTS
    | {"told_spending_fen": told_spending_fen, "own_share_fen": own_share_fen}
)
