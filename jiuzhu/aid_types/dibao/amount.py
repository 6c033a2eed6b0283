"""The sums of dibao, each written once for a household and for whole columns (integer fen).

Rates are passed as numerator and denominator so that columns stay integers; comparisons multiply, never divide.
"""

from __future__ import annotations

from typing import Any

from jiuzhu.core.columns import at_least
from jiuzhu.core.money import ceil_yuan, div_half_up
from jiuzhu.policy.household.sums import Rate


def gap(standard_fen: Any, per_capita_fen: Any) -> Any:
    """What is missing to the standard per head; nothing when income reaches it."""
    return at_least(standard_fen - per_capita_fen, 0)


def base(standard_fen: Any, per_capita_fen: Any, counted: Any, factor: Rate = (1, 1)) -> Any:
    """AMT-01: ``ceil_yuan((L − i) × N)``, nothing when income reaches the standard.

    ``factor`` is that of a one-person case with a grade-3 disability (AMT-05).
    """
    return ceil_yuan(div_half_up(gap(standard_fen, per_capita_fen) * counted * factor[0], factor[1]))
