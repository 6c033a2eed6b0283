"""The sums of tekun, each written once for a person and for whole columns (integer fen).

Rates are passed as numerator and denominator so that columns stay integers.
"""

from __future__ import annotations

from typing import Any

from jiuzhu.core.columns import at_least
from jiuzhu.core.money import ceil_yuan, div_half_up
from jiuzhu.policy.household.sums import Rate


def floor(standard_fen: Any, ratio: Rate) -> Any:
    """TK-09: the basic living standard is at least so much of the dibao standard of the same kind of area."""
    return ceil_yuan(div_half_up(standard_fen * ratio[0], ratio[1]))


def basic(published_fen: Any, standard_fen: Any, ratio: Rate) -> Any:
    """TK-09: the published basic living standard, never below its floor."""
    return at_least(published_fen, floor(standard_fen, ratio))


def care(minimum_wage_fen: Any, share: Rate) -> Any:
    """TK-09: so much of the minimum wage, up to the yuan."""
    return ceil_yuan(div_half_up(minimum_wage_fen * share[0], share[1]))


def funeral(basic_fen: Any, months: Any) -> Any:
    """TK-11: so many months of the basic living standard, once."""
    return basic_fen * months


def cash_limit(standard_fen: Any, months: Any) -> Any:
    """TK-03: so many months of the dibao standard for the one person."""
    return standard_fen * months
