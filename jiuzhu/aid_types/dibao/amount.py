"""The sums of dibao, each written once for a household and for whole columns (integer fen).

Rates are passed as numerator and denominator so that columns stay integers.
"""

from __future__ import annotations

from typing import Any

from jiuzhu.core.columns import at_least, at_most, choose


def half_up(numerator: Any, denominator: Any) -> Any:
    return (2 * numerator + denominator) // (2 * denominator)


def up_to_yuan(fen: Any) -> Any:
    return -(-fen // 100) * 100


def per_capita(year_income_fen: Any, counted: Any) -> Any:
    """INC-02: monthly income per head = income of twelve months / 12 / N, half up to the fen."""
    return half_up(year_income_fen, 12 * counted)


def gap(standard_fen: Any, per_capita_fen: Any) -> Any:
    """What is missing to the standard per head; nothing when income reaches it."""
    return at_least(standard_fen - per_capita_fen, 0)


def base(standard_fen: Any, per_capita_fen: Any, counted: Any) -> Any:
    """AMT-01: ``ceil_yuan((L − i) × N)``, nothing when income reaches the standard."""
    return up_to_yuan(gap(standard_fen, per_capita_fen) * counted)


def share_of_standard(standard_fen: Any, numerator: Any, denominator: Any) -> Any:
    """AMT-03: a top-up of so much of the standard, up to the yuan."""
    return up_to_yuan(half_up(standard_fen * numerator, denominator))


def work_cost(wage_year_fen: Any, standard_fen: Any, rate: tuple[int, int], cap: tuple[int, int]) -> Any:
    """INC-20 over twelve months: the lesser of a share of the wage and a share of the standard."""
    return at_most(half_up(wage_year_fen * rate[0], rate[1]), half_up(12 * standard_fen * cap[0], cap[1]))


def maintenance(
    per_capita_fen: Any, standard_fen: Any, size: Any, supported: Any, k: tuple[int, int], r: tuple[int, int]
) -> Any:
    """MNT-02: ``max(0, (I − k × L) × n × r) / m`` a month, half up to the fen."""
    above = at_least(per_capita_fen * k[1] - k[0] * standard_fen, 0)
    return half_up(above * size * r[0], k[1] * r[1] * supported)


def child_support(monthly_income_fen: Any, children: Any, one: tuple[int, int], cap: tuple[int, int]) -> Any:
    """MNT-04: for one child; several children share what the cap leaves."""
    single = half_up(monthly_income_fen * one[0], one[1])
    shared = half_up(monthly_income_fen * cap[0], cap[1] * at_least(children, 1))
    return choose(children <= 1, single, at_most(single, shared))
