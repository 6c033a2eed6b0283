"""Income of a household (INC, LAB, MNT): receipts, labour, support, then the sum per head. ``None`` = not known.

Gathers what the evidence says; every sum is in ``sums``, where it works on columns too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from jiuzhu.core.money import div_half_up
from jiuzhu.policy.evidence import Evidence, Income, Member, Supporter
from jiuzhu.policy.household import sums
from jiuzhu.policy.income_kinds import left_out_by
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of

AGREED, PAID, FORMULA, UNABLE = "AGREED", "PAID", "FORMULA", "UNABLE"
_EARNINGS = ("W", "B")


def rate(value: Fraction) -> sums.Rate:
    return value.numerator, value.denominator


def left_out(item: Income) -> str:
    """INC-10: why a receipt is not income, "" when it is."""
    return item.not_counted or left_out_by(item.kind)


def gross_of(item: Income, parameters: ParameterSet) -> int:
    """Receipts in the window; farm income without books comes from the table (INC-30)."""
    if not item.farm_item:
        return item.year_fen
    unit_fen: int = parameters[f"farm.{item.farm_item}"]
    return div_half_up(unit_fen * item.quantity_tenths, 10)


def net_of(item: Income, parameters: ParameterSet) -> int:
    """What counts of one receipt in the window, less costs, taxes and own contributions (2.2)."""
    return 0 if left_out(item) else gross_of(item, parameters) - item.cost_fen


def incomes_of(ref: str, evidence: Evidence) -> list[Income]:
    return [item for item in evidence.incomes if item.member == ref]


def central_pension_of(member: Member, evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """INC-11: the centrally set part of a member's basic pension, left out from P2021; once a member, fen a year."""
    if regime_of(regime).central_pension_counted:
        return 0
    received = sum(
        net_of(item, parameters) for item in incomes_of(member.ref, evidence) if item.kind == "basic_pension"
    )
    left: int = sums.pension_counted(received, 12 * parameters["central_pension"])
    return received - left if received > 0 else 0


@dataclass(frozen=True)
class Labour:
    """Earnings of one member in the window: what is known, its work cost, what is imputed (``None``: nothing)."""

    earned_fen: int
    cost_fen: int
    imputed_fen: int | None

    @property
    def counted_fen(self) -> int:
        applies = self.imputed_fen is not None
        return int(sums.labour_income(self.earned_fen, self.cost_fen, self.imputed_fen or 0, applies))

    @property
    def is_imputed(self) -> bool:
        return self.imputed_fen is not None and self.imputed_fen > self.earned_fen - self.cost_fen


def may_impute(member: Member, evidence: Evidence, parameters: ParameterSet) -> bool:
    """LAB-01, LAB-03, LAB-04: of working age, able, no exemption, nothing set aside, no earnings a department knows."""
    of_age = parameters["labour.age_from"] <= member.age(evidence.as_of) <= parameters["labour.age_to"]
    if not of_age or member.labour not in ("FULL", "PART"):
        return False
    if member.student or member.exemption or member.imputed_override:
        return False
    return not any(item.verified for item in incomes_of(member.ref, evidence) if item.category in _EARNINGS)


def labour_of(member: Member, evidence: Evidence, parameters: ParameterSet) -> Labour | None:
    """INC-20 and LAB-01..04 for one member; ``None`` while the standard or the minimum wage is not published."""
    own = incomes_of(member.ref, evidence)
    wage = sum(net_of(item, parameters) for item in own if item.category == "W")
    earned = sum(net_of(item, parameters) for item in own if item.category in _EARNINGS)
    cost, imputed = 0, None
    if wage > 0:
        standard = parameters["dibao.standard"]
        if standard is None:
            return None
        share, cap = rate(parameters["work_cost.rate"]), rate(parameters["work_cost.cap_of_L"])
        cost = int(sums.work_cost(wage, standard, share, cap))
    if may_impute(member, evidence, parameters):
        minimum_wage = parameters["minimum_wage"]
        if minimum_wage is None:
            return None
        imputed = int(sums.imputed(minimum_wage, rate(parameters[f"labour.coef.{member.labour}"])))
    return Labour(earned, cost, imputed)


# —— maintenance


@dataclass(frozen=True)
class Support:
    """What one supporter's household owes, fen a month, and by which step of MNT-01."""

    fen: int
    basis: str


def _formula(supporter: Supporter, parameters: ParameterSet) -> int | None:
    if supporter.child_count:
        one, cap = rate(parameters["maint.child_share_one"]), rate(parameters["maint.child_share_cap"])
        return int(sums.child_support(supporter.monthly_income_fen, supporter.child_count, one, cap))
    standard = supporter.local_standard_fen or parameters["dibao.standard"]
    if standard is None:
        return None
    k, r = rate(parameters["maint.k"]), rate(parameters["maint.r"])
    supported = max(1, supporter.supported_count)
    return int(
        sums.maintenance(supporter.per_capita_fen, standard, supporter.household_size, supported, k, r)
    )


def support(supporter: Supporter, parameters: ParameterSet, *, single_person: bool = False) -> Support | None:
    """MNT-01..05: agreement, then what is paid if more, then the formula; ``None`` while it cannot be computed.

    In a one-person case support by siblings and by parents of sixty or more is waived (MNT-05).
    """
    if supporter.agreed_fen is not None:
        basis = AGREED if supporter.agreed_fen >= supporter.paid_fen else PAID
        return Support(max(supporter.agreed_fen, supporter.paid_fen), basis)
    formula = 0 if supporter.unable else _formula(supporter, parameters)
    if formula is None:
        return None
    waived = single_person and (
        supporter.relation.startswith("7") or (supporter.relation.startswith("5") and supporter.age >= 60)
    )
    if waived:
        kept = rate(1 - parameters["maint.single_waiver"])
        formula = div_half_up(formula * kept[0], kept[1])
    if supporter.paid_fen > formula:
        return Support(supporter.paid_fen, PAID)
    return Support(formula, UNABLE if supporter.unable else FORMULA)


def support_of(supporter: Supporter, parameters: ParameterSet) -> int | None:
    """MNT-01: fen a month of one supporter for an ordinary household."""
    found = support(supporter, parameters)
    return None if found is None else found.fen


# —— the family's income


def year_income_before_rigid(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """All counted members' income and the support they receive in twelve months, fen."""
    total = sum(net_of(item, parameters) for item in evidence.incomes if not item.member)
    for member in evidence.counted:
        labour = labour_of(member, evidence, parameters)
        if labour is None:
            return None
        other = [item for item in incomes_of(member.ref, evidence) if item.category not in _EARNINGS]
        total += labour.counted_fen + sum(net_of(item, parameters) for item in other)
        total -= central_pension_of(member, evidence, parameters, regime)
    counted = {member.ref for member in evidence.counted}
    for each in evidence.supporters:
        if each.supports in counted:
            owed = support(each, parameters, single_person=evidence.single_person)
            if owed is None:
                return None
            total += 12 * owed.fen
    return total


def year_income(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """INC-02, INC-21: income of all counted members in twelve months, fen, never below nothing; ``None`` if unknown."""
    total = year_income_before_rigid(evidence, parameters, regime)
    if total is None:
        return None
    expense = evidence.rigid_expense_fen if parameters["rigid_deduction"] else 0
    return int(sums.after_rigid(total, expense))


def per_capita_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """Monthly income per counted head (INC-02)."""
    year, counted = year_income(evidence, parameters, regime), len(evidence.counted)
    return None if year is None or not counted else int(sums.per_capita(year, counted))


def edge_line_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """DB-04: 1.5 × standard, fen."""
    standard = parameters["dibao.standard"]
    if standard is None:
        return None
    ratio = rate(parameters["edge.ratio"])
    return div_half_up(standard * ratio[0], ratio[1])
