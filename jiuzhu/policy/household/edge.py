"""Beyond the dibao limits: the edge family (DB-04) and one person of it alone (DB-05, DB-06)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from jiuzhu.policy.evidence import Evidence, Member, Single
from jiuzhu.policy.household import facts, income, sums
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of

REGISTERED_ALONE = "REGISTERED_ALONE"
RIGID_EXPENSES = ("MEDICAL", "REHAB")


def _income(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """``L ≤ i < 1.5 × L`` (strictly)."""
    per_head = income.per_capita_fen(evidence, parameters, regime)
    line = income.edge_line_fen(evidence, parameters, regime)
    return None if per_head is None or line is None else per_head < line


def cash_limit_edge_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-01, edge column: 36 × monthly standard for every counted member, fen."""
    standard = parameters["dibao.standard"]
    if standard is None:
        return None
    return int(sums.cash_limit(standard, parameters["prop.cash_months_edge"], len(evidence.counted)))


def _cash(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    limit = cash_limit_edge_fen(evidence, parameters, regime)
    return None if limit is None else facts.known_cash_fen(evidence) <= limit


def _cash_flag(evidence: Evidence, parameters: ParameterSet, regime: str) -> None:
    """The banks answer for the dibao limit only: whether the edge limit is kept is not known."""


def dearest_car_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-02, edge column: what the dearest car cost, fen; ``None`` while a price is not known."""
    prices = [car.value_fen for car in facts.owned(evidence, "vehicle")]
    return None if not all(prices) else max(prices, default=0)


def car_price_limit_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-02, edge column: so many years of the standard of all members, fen."""
    standard = parameters["dibao.standard"]
    if standard is None:
        return None
    return int(parameters["prop.car_price_years_edge"] * 12 * standard * len(evidence.counted))


def _cars(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    if facts.cars(evidence, parameters, regime) > parameters["prop.cars_edge"]:
        return False
    dearest = dearest_car_fen(evidence, parameters, regime)
    limit = car_price_limit_fen(evidence, parameters, regime)
    return None if dearest is None or limit is None else dearest <= limit


def dwellings_edge(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-03, edge column: dwellings that count, a second one not while floor area per head is below 40 m²."""
    return facts.dwellings_under(evidence, parameters["prop.housing_area_pc_edge"])


def _dwellings(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    count = dwellings_edge(evidence, parameters, regime)
    return None if count is None else count <= parameters["prop.dwellings"]


def company_capital_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-05, edge column: capital of all companies together, fen."""
    return sum(company.value_fen for company in facts.owned(evidence, "company"))


def _companies(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    return bool(company_capital_fen(evidence, parameters, regime) <= parameters["prop.company_capital_edge"])


def _machines(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    """PR-07, edge column."""
    return bool(facts.machines(evidence, parameters, regime) <= parameters["prop.machines_edge"])


_Test = Callable[[Evidence, ParameterSet, str], bool | None]
_WITHIN: Mapping[str, _Test] = {
    "income": _income,
    "cash": _cash,
    "cash_flag": _cash_flag,
    "cars": _cars,
    "dwellings": _dwellings,
    "companies": _companies,
    "machines": _machines,
}


def within(key: str, evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """Whether a condition failed for dibao still holds for an edge family; conditions without edge limit do not."""
    test = _WITHIN.get(key)
    return False if test is None else test(evidence, parameters, regime)


_ASKED = ("SB", "CK", "CL", "BDC", "GS")


def family_within(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """DB-06: the whole family keeps the edge limits of income and property; ``None`` while that is not known."""
    over = facts.banks_say_over(evidence, parameters, regime)
    limit = facts.transfer_limit_fen(evidence, parameters, regime)
    told: list[bool | None] = [
        *(test(evidence, parameters, regime) for key, test in _WITHIN.items() if key != "cash_flag"),
        None if over is not False else True,
        facts.nonresidential(evidence, parameters, regime) <= parameters["prop.nonresidential"],
        facts.recent_purchases(evidence, parameters, regime) == 0,
        None if limit is None else facts.transferred_fen(evidence, parameters, regime) <= limit,
    ]
    if any(each is False for each in told):
        return False
    heard = set(_ASKED) <= set(evidence.answered)
    return True if heard and None not in told else None


RELIGIOUS = "HH-10"
_APART = (RELIGIOUS, "HH-22")  # no member of the family's household, but a household of one himself


def single_ground(member: Member, on: date, regime: str) -> str:
    """DB-05: the ground on which a member may apply alone, "" for none. The family's side is assessed separately."""
    if member.exclude == RELIGIOUS:
        return "在宗教场所居住三年以上的宗教教职人员"
    if regime_of(regime).single_person == REGISTERED_ALONE:
        adult = member.age(on) >= facts.ADULT_AGE
        alone = member.severely_disabled and member.labour == "NONE" and member.own_register
        return "成年重度残疾、丧失劳动能力且单独立户" if adult and alone else ""
    if member.severely_disabled:
        return "低保边缘家庭中的重度残疾人或者三级智力、精神残疾人"
    return "低保边缘家庭中的重病患者" if member.serious_illness else ""


def _family_fits(
    evidence: Evidence, member: Member, parameters: ParameterSet | None, regime: str
) -> bool | None:
    """Only the edge family's member asks about the family (DB-06, cases 1 and 2)."""
    if member.exclude == RELIGIOUS or regime_of(regime).single_person == REGISTERED_ALONE:
        return True
    return None if parameters is None else family_within(evidence, parameters, regime)


def alone(
    evidence: Evidence, ref: str, parameters: ParameterSet | None = None, regime: str = "P2021"
) -> Evidence:
    """DB-06: the evidence of one member assessed alone: N = 1, own income, property, spending and supporters.

    The family's side is judged here, while the family is still to be seen, and kept in ``single``.
    """
    own = next(member for member in evidence.members if member.ref == ref)
    single = Single(
        ref, single_ground(own, evidence.as_of, regime), _family_fits(evidence, own, parameters, regime)
    )
    members = tuple(
        replace(member, exclude="" if member.exclude in _APART else member.exclude)
        if member.ref == ref
        else replace(member, exclude=member.exclude or "DB-06")
        for member in evidence.members
    )
    spendings = tuple(each for each in evidence.spendings if each.member == ref)
    return replace(
        evidence,
        members=members,
        incomes=tuple(item for item in evidence.incomes if item.member == ref),
        assets=tuple(asset for asset in evidence.assets if asset.member == ref),
        supporters=tuple(each for each in evidence.supporters if each.supports == ref),
        spendings=spendings,
        rigid_expense_fen=sum(each.self_paid_fen for each in spendings if each.kind in RIGID_EXPENSES),
        single_person=True,
        single=single,
    )


# —— facts conditions name


def has_single_ground(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    """DB-05: the person stands on one of the grounds."""
    return bool(evidence.single and evidence.single.ground)


def family_fits(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """DB-06: the family keeps the edge limits."""
    return evidence.single.family_fits if evidence.single else None


FACTS = facts.FACTS | {
    function.__name__: function
    for function in (
        cash_limit_edge_fen,
        dearest_car_fen,
        car_price_limit_fen,
        dwellings_edge,
        company_capital_fen,
        has_single_ground,
        family_fits,
    )
}
