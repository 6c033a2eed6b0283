"""Facts of a dibao household: small pure functions over evidence, each with its article. ``None`` = not known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from jiuzhu.aid_types.dibao import amount
from jiuzhu.policy.evidence import Evidence, Income, Member, Supporter
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of


def _rate(value: Fraction) -> tuple[int, int]:
    return value.numerator, value.denominator


def counted_members(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """HH-20: N."""
    return len(evidence.counted)


def income_counts(item: Income) -> bool:
    """INC-10: kinds the law leaves out carry their reason."""
    return not item.not_counted


def work_cost_of(member: Member, evidence: Evidence, parameters: ParameterSet) -> int:
    """INC-20 for one employed member, fen in the window."""
    wage = sum(
        item.year_fen - item.cost_fen
        for item in evidence.incomes
        if item.member == member.ref and item.category == "W" and income_counts(item)
    )
    rate, cap = _rate(parameters["work_cost.rate"]), _rate(parameters["work_cost.cap_of_L"])
    return int(amount.work_cost(wage, parameters["dibao.standard"], rate, cap)) if wage > 0 else 0


def net_of(item: Income, parameters: ParameterSet, regime: str) -> int:
    """What counts of one receipt in the window: less costs, less the central pension part from P2021 (INC-11)."""
    if not income_counts(item):
        return 0
    net = item.year_fen - item.cost_fen
    if item.kind == "basic_pension" and not regime_of(regime).central_pension_counted:
        net -= min(item.year_fen, 12 * parameters["central_pension"])
    return net


def imputed_of(member: Member, evidence: Evidence, parameters: ParameterSet) -> int | None:
    """LAB-01..04: fen in the window set in place of unproven earnings; ``None`` when nothing is imputed."""
    old_enough = parameters["labour.age_from"] <= member.age(evidence.as_of) <= parameters["labour.age_to"]
    if not old_enough or member.student or member.exemption or member.imputed_override:
        return None
    if member.labour not in ("FULL", "PART"):
        return None
    earned = [item for item in evidence.incomes if item.member == member.ref and item.category in "WB"]
    if any(item.verified for item in earned):
        return None
    coefficient: Fraction = parameters[f"labour.coef.{member.labour}"]
    imputed = int(12 * parameters["minimum_wage"] * coefficient)
    declared = sum(item.year_fen - item.cost_fen for item in earned if income_counts(item))
    return imputed if declared < imputed else None


def support_of(supporter: Supporter, parameters: ParameterSet) -> int:
    """MNT-01..04: fen a month one supporter's household owes one person: agreement, what is paid, then formula."""
    if supporter.unable:
        formula = 0
    elif supporter.child_count:
        one, cap = _rate(parameters["maint.child_share_one"]), _rate(parameters["maint.child_share_cap"])
        formula = int(amount.child_support(supporter.monthly_income_fen, supporter.child_count, one, cap))
    else:
        formula = int(
            amount.maintenance(
                supporter.per_capita_fen,
                supporter.local_standard_fen or parameters["dibao.standard"],
                supporter.household_size,
                max(1, supporter.supported_count),
                _rate(parameters["maint.k"]),
                _rate(parameters["maint.r"]),
            )
        )
    if supporter.agreed_fen is not None:
        return max(supporter.agreed_fen, supporter.paid_fen)
    return max(formula, supporter.paid_fen)


def year_income(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """INC-02: income of all counted members in twelve months, fen, never below nothing."""
    counted = {member.ref for member in evidence.counted}
    total = sum(net_of(item, parameters, regime) for item in evidence.incomes if not item.member or item.member in counted)
    for member in evidence.counted:
        imputed = imputed_of(member, evidence, parameters)
        if imputed is None:
            total -= work_cost_of(member, evidence, parameters)
        else:
            replaced = [i for i in evidence.incomes if i.member == member.ref and i.category in "WB"]
            total += imputed - sum(net_of(item, parameters, regime) for item in replaced)
    total += sum(12 * support_of(each, parameters) for each in evidence.supporters if each.supports in counted)
    if parameters["rigid_deduction"]:
        total -= min(evidence.rigid_expense_fen, max(total, 0))
    return max(total, 0)


def per_capita_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """Monthly income per counted head (INC-02)."""
    counted = len(evidence.counted)
    return int(amount.per_capita(year_income(evidence, parameters, regime), counted)) if counted else None


def edge_line_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """EDGE: 1.5 × standard, fen."""
    standard = parameters["dibao.standard"]
    return None if standard is None else int(standard * parameters["edge.ratio"])


def _exempted(evidence: Evidence, kind: str) -> list[Any]:
    counted = {member.ref for member in evidence.counted}
    return [
        asset
        for asset in evidence.assets
        if asset.kind == kind and not asset.exempt and (not asset.member or asset.member in counted)
    ]


def cash_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-01: deposits, securities, funds, insurance value, claims. Over the banks' flag: one fen above the limit."""
    known = sum(asset.value_fen for asset in _exempted(evidence, "cash"))
    if evidence.over_limit:
        limit = cash_limit_fen(evidence, parameters, regime)
        return max(known, limit + 1) if limit is not None else None
    return known


def cash_limit_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-01: 24 × monthly standard for every counted member, fen."""
    standard = parameters["dibao.standard"]
    return None if standard is None else parameters["prop.cash_months"] * standard * len(evidence.counted)


def cars(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-02: cars, vans, trucks; a disabled member's mobility vehicle and small two- and three-wheelers are left out."""
    return len(_exempted(evidence, "vehicle"))


def dwellings(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-03: dwellings that count; a second one does not while the family is short of floor area."""
    owned = _exempted(evidence, "dwelling")
    if len(owned) == 2:
        area = sum(asset.area_m2_tenths for asset in owned)
        if area and area < 10 * parameters["prop.housing_area_pc"] * max(1, len(evidence.counted)):
            return 1
    return len(owned)


def nonresidential(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-04: shops, offices, parking places; none counts while it is the only home."""
    rooms = len(_exempted(evidence, "nonresidential"))
    only_home = rooms == 1 and not _exempted(evidence, "dwelling") and _exempted(evidence, "nonresidential")[0].label == "唯一住所"
    return 0 if only_home else rooms


def companies(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-05: companies with capital in which a member invests or is legal representative."""
    return len(_exempted(evidence, "company"))


def machines(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-07: combines, excavators, large tractors."""
    return len(_exempted(evidence, "machine"))


def recent_purchases(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-08: dwellings bought within 24 months that do not replace a demolished one."""
    return len(_exempted(evidence, "new_house"))


def unsigned_adults(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """DB-01 (d): counted members without authorisation."""
    return sum(not member.authorised for member in evidence.counted)


def on_other_aid(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """DB-01 (e): counted members already on dibao or tekun."""
    return sum(bool(member.other_aid) for member in evidence.counted)


def outside_hukou(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """DB-01 (a): counted members registered elsewhere; not known as long as one is not known."""
    known = [member.local_hukou for member in evidence.counted]
    return None if None in known else sum(not local for local in known)


def refuses(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    """DB-01 (d): the family refuses authorisation or investigation."""
    return not evidence.co_operates


FACTS = {
    function.__name__: function
    for function in (
        counted_members,
        per_capita_fen,
        edge_line_fen,
        cash_fen,
        cash_limit_fen,
        cars,
        dwellings,
        nonresidential,
        companies,
        machines,
        recent_purchases,
        unsigned_adults,
        on_other_aid,
        outside_hukou,
        refuses,
    )
}
