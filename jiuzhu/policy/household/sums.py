"""Sums of any household, each written once for a household and for whole columns (integer fen).

Rates are passed as numerator and denominator so that columns stay integers; comparisons multiply, never divide.
"""

from __future__ import annotations

from typing import Any

from jiuzhu.core.columns import at_least, at_most, choose
from jiuzhu.core.money import ceil_yuan, div_half_up

Rate = tuple[int, int]


def per_capita(year_income_fen: Any, counted: Any) -> Any:
    """INC-02: monthly income per head = income of twelve months / 12 / N, half up to the fen."""
    return div_half_up(year_income_fen, 12 * counted)


def work_cost(wage_year_fen: Any, standard_fen: Any, rate: Rate, cap: Rate) -> Any:
    """INC-20 over twelve months: the lesser of a share of the wage and a share of the standard; none without a wage."""
    wage = at_least(wage_year_fen, 0)
    return at_most(div_half_up(wage * rate[0], rate[1]), div_half_up(12 * standard_fen * cap[0], cap[1]))


def imputed(minimum_wage_fen: Any, coefficient: Rate) -> Any:
    """LAB-02 over twelve months: minimum wage × coefficient."""
    return div_half_up(12 * minimum_wage_fen * coefficient[0], coefficient[1])


def labour_income(earned_fen: Any, cost_fen: Any, imputed_fen: Any, applies: Any) -> Any:
    """LAB-02: earnings less work costs, or the imputed income where that applies and is more.

    Comparing after costs keeps one more yuan of wage from ever lowering a family's income.
    """
    net = earned_fen - cost_fen
    return choose(applies, at_least(net, imputed_fen), net)


def pension_counted(received_fen: Any, central_fen: Any) -> Any:
    """INC-11: what is left of a basic pension without its centrally set part."""
    return at_least(received_fen - central_fen, 0)


def after_rigid(year_income_fen: Any, expense_fen: Any) -> Any:
    """INC-21: income less rigid expenses, never below nothing."""
    return at_least(at_least(year_income_fen, 0) - expense_fen, 0)


def cash_limit(standard_fen: Any, months: Any, counted: Any) -> Any:
    """PR-01: so many months of the standard for every counted member."""
    return months * standard_fen * counted


def dwellings(owned: Any, area_m2_tenths: Any, area_line_m2: Any, counted: Any) -> Any:
    """PR-03: a second dwelling does not count while known floor area per head is below the line."""
    cramped = (
        (owned == 2) & (area_m2_tenths > 0) & (area_m2_tenths < 10 * area_line_m2 * at_least(counted, 1))
    )
    return choose(cramped, 1, owned)


def small_vehicles_over(owned: Any, adults: Any) -> Any:
    """PR-02: two- and three-wheelers beyond one for every adult."""
    return at_least(owned - adults, 0)


def maintenance(per_capita_fen: Any, standard_fen: Any, size: Any, supported: Any, k: Rate, r: Rate) -> Any:
    """MNT-02: ``max(0, (I − k × L) × n × r) / m`` a month, half up to the fen."""
    above = at_least(per_capita_fen * k[1] - k[0] * standard_fen, 0)
    return div_half_up(above * size * r[0], k[1] * r[1] * supported)


def child_support(monthly_income_fen: Any, children: Any, one: Rate, cap: Rate) -> Any:
    """MNT-04: for one child; several children share what the cap leaves."""
    single = div_half_up(monthly_income_fen * one[0], one[1])
    shared = div_half_up(monthly_income_fen * cap[0], cap[1] * at_least(children, 1))
    return choose(children <= 1, single, at_most(single, shared))


def share_of_standard(standard_fen: Any, numerator: Any, denominator: Any) -> Any:
    """AMT-02, AMT-03: so much of the standard, up to the yuan."""
    return ceil_yuan(div_half_up(standard_fen * numerator, denominator))
