"""Who belongs to the household (HH-01..HH-15): shared-living members, and those who do not count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jiuzhu.core.calendar import add_months
from jiuzhu.core.id_numbers import age_on
from jiuzhu.policy.evidence import Person, Placement
from jiuzhu.policy.regimes import regime as regime_of

# away by their situation, not by their relation: nobody asks them to sign, no department is asked about them
# what a family may say of a member who is away (2.1); whether he is left out is said by the rules below
SITUATIONS = {
    "PRISON": "在监狱服刑",
    "DRUG_ISOLATION": "强制隔离戒毒",
    "CONSCRIPT": "服义务兵役",
    "MISSING": "宣告失踪",
}
AWAY = ("HH-10", "HH-11", "HH-12", "HH-14", "HH-15")
_CHILD = ("2", "3")
_PARENT = "5"


def place(person: Person, *, on: date, regime: str) -> Placement:
    """Whether one person counts on a day under a regime, and the rule that says so."""
    return _excluded(person, on, regime) or _included(person, on, regime)


def compose(people: Iterable[Person], *, on: date, regime: str) -> tuple[Placement, ...]:
    """Every declared person with whether he counts and why; the order of ``people`` is kept."""
    return tuple(place(person, on=on, regime=regime) for person in people)


def _no(person: Person, rule: str, sentence: str) -> Placement:
    return Placement(person.ref, False, rule, sentence)


def _excluded(person: Person, on: date, regime: str) -> Placement | None:
    if (
        person.situation == "RELIGIOUS"
        and person.situation_since
        and add_months(person.situation_since, 36) <= on
    ):
        return _no(person, "HH-10", "脱离家庭、在宗教场所居住三年以上的宗教教职人员")
    if person.situation == "PRISON":
        return _no(person, "HH-11", "在监狱服刑的人员")
    if (
        person.situation in ("DRUG_ISOLATION", "MISSING")
        and regime_of(regime).leaves_out_isolated_and_missing
    ):
        return _no(person, "HH-12", "强制隔离戒毒或者宣告失踪的人员")
    if person.situation == "DEAD":
        return _no(person, "HH-14", "已死亡或者注销户口的人员")
    if person.situation == "CONSCRIPT":
        return _no(person, "HH-15", "服义务兵役期间的人员")
    return None


def _included(person: Person, on: date, regime: str) -> Placement:
    age = age_on(person.born_on, on)
    if person.relation == "0":
        return Placement(person.ref, True, "HH-01", "申请人")
    if person.relation == "1":
        return Placement(person.ref, True, "HH-01", "配偶")
    if person.relation in _CHILD and age < 18:
        return Placement(person.ref, True, "HH-02", "未成年子女")
    if person.relation in _CHILD and (person.student or not person.can_live_alone):
        return Placement(person.ref, True, "HH-03", "不能独立生活（含在校接受本科及以下学历教育）的成年子女")
    if person.relation == _PARENT and regime_of(regime).parents_by_right and person.lives_together:
        return Placement(person.ref, True, "HH-05", "共同生活的父母")
    if person.has_support_duty and person.lives_together:
        return Placement(person.ref, True, "HH-04", "有法定赡养、抚养、扶养义务并长期共同居住的人员")
    return _no(person, "HH-22", "不共同生活；有赡养、抚养义务的按赡养人登记")
