"""What registers say happened in a family since it was last established (SUP-20): a reason to look, never a decision.

A family's own books say what was known on the day it was last looked at as a whole (``Evidence.as_of``: its grant or
review; a reported change does not move it); a register that names a later day, or something the books do not hold, is
told. What the review of the whole family compares (amounts, limits) is not repeated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from jiuzhu.core.money import yuan
from jiuzhu.core.observation import Observation
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.findings import PENSIONS, held_words, wage_is_plausible

MARRIAGE, DWELLING, WAGE, PAID, DEPOSIT = "MARRIAGE", "DWELLING", "WAGE", "PENSION_PAID", "DEPOSIT"
PRISON = "PRISON"


@dataclass(frozen=True)
class Event:
    """``person`` is a member ref, "" for the family; ``key`` names the fact among those of its kind.

    ``finding`` and ``value`` are how a report names the same thing: what was explained there is not told again.
    """

    kind: str
    person: str
    source: str
    key: str
    sentence: str
    finding: str = ""
    value: str = ""


def happened(family: Evidence, observations: Iterable[Observation], refs: Mapping[str, str]) -> list[Event]:
    """Events of members; ``refs`` maps ID numbers to member refs. What two members' rows say twice has one ``key``."""
    known = [
        (seen, refs[seen.subject]) for seen in observations if seen.subject in refs and seen.kind in _TOLD
    ]
    told = [_TOLD[seen.kind](family, seen, ref) for seen, ref in known]
    return [event for event in told if event]


_REGISTERED = {"MARRIED": "结婚", "DIVORCED": "离婚"}
_PAIR = ("0", "1")


def _marriage(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """A marriage or divorce registered after the family was established; not a spouse who has joined it."""
    state, since = seen.attributes["state"], seen.attributes["since"]
    if state not in _REGISTERED or since <= family.as_of:
        return None
    if state == "MARRIED" and ref in _couple(family):
        return None
    said = f"婚姻登记：{since}登记{_REGISTERED[state]}，请核实家庭人口"
    return Event(MARRIAGE, ref, seen.source, f"{state}:{since}", said)


def _couple(family: Evidence) -> set[str]:
    """The applicant and the spouse, when the books hold both."""
    pair = {each.relation: each.ref for each in family.members if each.relation in _PAIR}
    return set(pair.values()) if len(pair) == len(_PAIR) else set()


def _building(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """A dwelling or other building registered after the family was established."""
    what = seen.attributes
    if what["registered_on"] <= family.as_of:
        return None
    area = f"{what['area_m2_tenths'] // 10}.{what['area_m2_tenths'] % 10}㎡"
    given = "，拆迁安置" if what.get("demolition_replacement") else ""
    said = f"不动产登记：{what['registered_on']}登记{what['use']}一处（{area}{given}）"
    return Event(DWELLING, ref, seen.source, str(what["certificate_no"]), said)


def _wage(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """An employer contributes for somebody whose known wage does not explain it (more than 1.2 times, S06)."""
    base = seen.attributes.get("base_fen")
    wages = [each for each in family.incomes if each.member == ref and each.category == "W"]
    if not base or wage_is_plausible(base, wages):
        return None
    known = (
        f"已知工资每月{yuan(sum(each.year_fen for each in wages) // 12)}元" if wages else "家庭情况中没有工资"
    )
    employer, value = seen.attributes["employer"], f"{yuan(base)}元"
    said = f"社会保险：由{employer}缴费，基数{value}，{known}"
    return Event(WAGE, ref, seen.source, f"{ref}:{employer}", said, "H-WAGE", value)


def _pension(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """A pension is paid to somebody the family had no pension of."""
    if any(each.member == ref and each.kind in PENSIONS and each.year_fen for each in family.incomes):
        return None
    said = f"社会保险：已领取养老待遇，每月{yuan(seen.attributes['amount_fen'])}元"
    return Event(PAID, ref, seen.source, ref, said)


def _deposit(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """Banks say only "over" or "not over"; over now and not over before is the jump. Told once a year."""
    if not seen.attributes["over_limit"] or family.over_limit:
        return None
    before = "此前未超过" if family.over_limit is not None else "此前没有反馈"
    said = f"银行反馈：家庭存款超过限额，{before}"
    return Event(DEPOSIT, "", seen.source, f"{seen.as_of:%Y}", said, "F-CASH", "超过限额")


def _held(family: Evidence, seen: Observation, ref: str) -> Event | None:
    """Somebody who counts is in prison or in compulsory isolation. He counts until a person has looked into it."""
    if not any(each.ref == ref and each.counted for each in family.members):
        return None
    value = held_words(seen)
    key = f"{ref}:{seen.attributes['since']}"
    return Event(PRISON, ref, seen.source, key, f"司法行政登记：{value}", "F-PRISON", value)


_TOLD: dict[str, Callable[[Evidence, Observation, str], Event | None]] = {
    "marriage": _marriage,
    "dwelling": _building,
    "nonresidential": _building,
    "contribution": _wage,
    "pension": _pension,
    "deposit_flag": _deposit,
    "custody": _held,
}
