"""Facts of a tekun person that conditions name (TK-01..TK-06). ``None`` = not known.

The person is the only one who counts; his obligors live apart and are in ``evidence.supporters``.
"""

from __future__ import annotations

from collections.abc import Iterable

from jiuzhu.aid_types.tekun import amount
from jiuzhu.core.codes import name_of
from jiuzhu.core.money import div_half_up
from jiuzhu.policy.evidence import Evidence, Income, Member, Supporter
from jiuzhu.policy.household import facts as household
from jiuzhu.policy.household.income import gross_of, left_out
from jiuzhu.policy.household.sums import pension_counted
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of

ELDER_AGE, MINOR_AGE, STAY_AGE, OLD_OBLIGOR_AGE = 60, 16, 18, 70
LIMB, INTELLECTUAL, MENTAL, SIGHT, MULTIPLE = "4", "5", "6", "1", "7"
_SCHOOLS = ("40", "60", "70", "80")
_INSURANCE = ("unemployment",)
_LIVING_ALLOWANCE = "DIBAO"


def subject(evidence: Evidence) -> Member | None:
    """The person concerned; ``None`` unless exactly one counts."""
    counted = evidence.counted
    return counted[0] if len(counted) == 1 else None


# —— no labour capacity (TK-01, first test)


def grades_without_labour(regime: str) -> dict[str, tuple[str, ...]]:
    """Category → grades without labour capacity: 民发〔2021〕43号第五条; before, fewer (规则0.3, AS-32)."""
    later = bool(regime_of(regime).says("wider_disability_grades"))
    wide, narrow = ("1", "2", "3"), ("1", "2")
    if later:
        return {INTELLECTUAL: wide, MENTAL: wide, LIMB: narrow, SIGHT: ("1",)}
    return {INTELLECTUAL: narrow, MENTAL: narrow, LIMB: ("1",)}


def _disabled(member: Member, regime: str) -> bool | None:
    """A grade without a category, or several disabilities in one certificate, has to be looked at by a person."""
    category, grade = member.disability_category, member.disability_grade
    if not category and not grade:
        return False
    if not category or not grade or category == MULTIPLE:
        return None
    return grade in grades_without_labour(regime).get(category, ())


def _stays_as_minor(member: Member, evidence: Evidence) -> bool:
    """TK-06: who is supported already stays to eighteen, and on while in school (民发〔2021〕43号第二十四条)."""
    if evidence.aid_type not in evidence.standing:
        return False
    return member.age(evidence.as_of) < STAY_AGE or (member.student and member.education in _SCHOOLS)


def can_work(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """TK-01: not sixty, not under sixteen, no disability of the grades (民发〔2021〕43号第五条)."""
    member = subject(evidence)
    if member is None:
        return None
    age = member.age(evidence.as_of)
    if age >= ELDER_AGE or age < MINOR_AGE or _stays_as_minor(member, evidence):
        return False
    disabled = _disabled(member, regime)
    return None if disabled is None else not disabled


def age(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    member = subject(evidence)
    return None if member is None else member.age(evidence.as_of)


def disability(evidence: Evidence, parameters: ParameterSet, regime: str) -> str:
    """The certificate in words, for a refusal."""
    member = subject(evidence)
    if member is None or not member.disability_grade:
        return "无"
    category = name_of("disability_category", member.disability_category)
    return f"{category}{name_of('disability_grade', member.disability_grade)}"


# —— no source of living (TK-01, second test)


def receipts(evidence: Evidence) -> list[Income]:
    """What the person receives; what is written down for the household as a whole is his."""
    member = subject(evidence)
    return [] if member is None else [item for item in evidence.incomes if item.member in ("", member.ref)]


def not_income(item: Income) -> str:
    """Why a receipt does not count, "" when it does: 民发〔2021〕43号第六条."""
    return "医疗等社会保险待遇" if item.kind in _INSURANCE else left_out(item)


def central_pension_fen(evidence: Evidence, parameters: ParameterSet) -> int:
    """The centrally set part of the basic pension does not count, fen a year (第六条)."""
    received = sum(
        item.year_fen - item.cost_fen
        for item in receipts(evidence)
        if item.kind == "basic_pension" and not not_income(item)
    )
    return (
        received - int(pension_counted(received, 12 * parameters["central_pension"])) if received > 0 else 0
    )


def support_received_fen(evidence: Evidence) -> int:
    """What obligors are bound by judgment or agreement to pay, or pay in fact when that is more; fen a month."""
    return sum(max(each.agreed_fen or 0, each.paid_fen) for each in obligors(evidence))


def own_month_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TK-01: own income a month, half up to the fen, never below nothing (第六条)."""
    if subject(evidence) is None:
        return None
    year = sum(
        gross_of(item, parameters) - item.cost_fen for item in receipts(evidence) if not not_income(item)
    )
    year += 12 * support_received_fen(evidence) - central_pension_fen(evidence, parameters)
    return div_half_up(max(year, 0), 12)


def cash_limit_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TK-03: 24 × monthly dibao standard, fen."""
    standard = parameters["dibao.standard"]
    return None if standard is None else int(amount.cash_limit(standard, parameters["tekun.cash_months"]))


def cars(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """TK-03: motor vehicles; a disabled person's mobility vehicle is exempt already (PR-02)."""
    return household.cars(evidence, parameters, regime)


def dwellings(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """TK-03: homes owned, whatever their size."""
    return len(household.owned(evidence, "dwelling"))


# —— no obligor who is able (TK-01, third test; TK-02)


def obligors(evidence: Evidence) -> tuple[Supporter, ...]:
    member = subject(evidence)
    return (
        () if member is None else tuple(each for each in evidence.supporters if each.supports == member.ref)
    )


def _all(parts: Iterable[bool | None]) -> bool | None:
    """Any "no" is no; else any unknown is unknown."""
    values = list(parts)
    return False if False in values else None if None in values else True


def _aged(obligor: Supporter, least: int) -> bool | None:
    return obligor.age >= least if obligor.age else None


def _poor(obligor: Supporter, parameters: ParameterSet) -> bool | None:
    """Own income of last year below the local per-capita disposable income."""
    line = parameters["disposable_income_year"]
    return None if line is None or obligor.own_year_fen is None else bool(obligor.own_year_fen < line)


def _severely_disabled(obligor: Supporter) -> bool | None:
    category, grade = obligor.disability_category, obligor.disability_grade
    if grade in ("1", "2"):
        return True
    if grade != "3":
        return False
    return None if category in ("", MULTIPLE) else category in (INTELLECTUAL, MENTAL)


GROUNDS = {
    "SUPPORTED": "本人也是特困人员",
    "OLD_ON_AID": "六十周岁以上的最低生活保障对象",
    "OLD_AND_POOR": "七十周岁以上，收入低于当地上年人均可支配收入，财产符合规定",
    "DISABLED_AND_POOR": "重度残疾或三级智力、精神残疾，收入低于当地上年人均可支配收入，财产符合规定",
    "AWAY": "无民事行为能力、被宣告失踪或者在监狱服刑，财产符合规定",
    "PROVINCE": "省级民政部门规定的其他情形",
}


def grounds(obligor: Supporter, evidence: Evidence, parameters: ParameterSet) -> dict[str, bool | None]:
    """TK-02: every ground on which an obligor is without ability, met, not met or unknown (民发〔2021〕43号第八条)."""
    poor, fits = _poor(obligor, parameters), obligor.property_fits
    return {
        "SUPPORTED": obligor.standing == evidence.aid_type,
        "OLD_ON_AID": _all([obligor.standing == _LIVING_ALLOWANCE, _aged(obligor, ELDER_AGE)]),
        "OLD_AND_POOR": _all([_aged(obligor, OLD_OBLIGOR_AGE), poor, fits]),
        "DISABLED_AND_POOR": _all([_severely_disabled(obligor), poor, fits]),
        "AWAY": _all([obligor.situation in ("INCAPABLE", "MISSING", "PRISON"), fits]),
        "PROVINCE": bool(obligor.unable) and obligor.unable in (parameters["tekun.obligor_grounds"] or ()),
    }


def without_ability(obligor: Supporter, evidence: Evidence, parameters: ParameterSet) -> bool | None:
    """True on any ground; unknown while a ground cannot be told and none is met."""
    found = list(grounds(obligor, evidence, parameters).values())
    return True if True in found else None if None in found else False


def able_obligors(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TK-01: obligors who are able; not known while one of them cannot be judged and none is surely able."""
    if subject(evidence) is None:
        return None
    judged = [without_ability(each, evidence, parameters) for each in obligors(evidence)]
    able = judged.count(False)
    return None if not able and None in judged else able


# —— other aid


def child_allowances(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """TK-04, AID-01: a minor who has chosen the orphans' or uncared children's allowance (民发〔2021〕43号第九条)."""
    return sum(member.other_aid in household.CHILD_ALLOWANCES for member in evidence.counted)


FACTS = household.FACTS | {
    function.__name__: function
    for function in (
        can_work,
        age,
        disability,
        own_month_fen,
        cash_limit_fen,
        cars,
        dwellings,
        able_obligors,
        child_allowances,
    )
}
