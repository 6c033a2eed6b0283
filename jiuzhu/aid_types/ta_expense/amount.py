"""The sum of expense aid, written once for a household and for whole columns (integer fen; TA-12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jiuzhu.core.columns import at_least, at_most
from jiuzhu.core.money import ceil_yuan, div_half_up
from jiuzhu.policy.household.sums import Rate


def own_share(year_income_fen: Any, share: Rate) -> Any:
    """What the family bears itself: so much of its income of twelve months (fractions of a fen dropped)."""
    return at_least(year_income_fen, 0) * share[0] // share[1]


def beyond(spending_fen: Any, own_share_fen: Any) -> Any:
    """X = E − 60 % × Y, never below nothing."""
    return at_least(spending_fen - own_share_fen, 0)


def by_bands(beyond_fen: Any, limits: Sequence[int], rates: Sequence[Rate]) -> Any:
    """30 % of the first band, 40 % of the second, 50 % of the rest, up to the yuan."""
    total, floor = beyond_fen * 0, 0
    for ceiling, (numerator, denominator) in zip([*limits, None], rates, strict=True):
        part = at_least(beyond_fen - floor, 0)
        if ceiling is not None:
            part, floor = at_most(part, ceiling - floor), ceiling
        total = total + div_half_up(part * numerator, denominator)
    return ceil_yuan(total)


def capped(formula_fen: Any, standard_fen: Any, months: Any) -> Any:
    """No more than so many months of the standard for one case."""
    return at_most(formula_fen, months * standard_fen)
