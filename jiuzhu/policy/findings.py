"""What observations mean for a household: over a limit (BLOCK), unlike what was said (DIFF), or a hint (VER-11).

Also turns observations into incomes and assets of the evidence, so that the same facts judge the verified family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jiuzhu.core.calendar import add_months
from jiuzhu.core.money import yuan
from jiuzhu.core.observation import Observation
from jiuzhu.policy.evidence import Asset, Evidence, Income
from jiuzhu.policy.outcome import Outcome

BLOCK, DIFF, HINT = "BLOCK", "DIFF", "HINT"
_VEHICLES = ("CAR", "TRUCK")
# which finding a failed condition is
_CODES = {
    "cash": "F-CASH",
    "cars": "F-CAR",
    "dwellings": "F-HOUSE",
    "nonresidential": "F-NONRES",
    "companies": "F-CORP",
    "machines": "F-MACH",
    "new_house": "F-NEWHOUSE",
    "other_aid": "F-DUP",
    "income": "F-INC",
}


@dataclass(frozen=True)
class Finding:
    """One finding. ``value`` and ``limit`` are words; ``person`` is a member ref or "" for the family."""

    code: str
    level: str
    person: str
    source: str
    value: str
    limit: str
    article: str
    sentence: str
    reason_code: str = ""


def with_observations(
    evidence: Evidence, observations: Iterable[Observation], refs: Mapping[str, str]
) -> Evidence:
    """The evidence with what departments know put in. ``refs`` maps ID numbers to member refs."""
    incomes = [item for item in evidence.incomes if not item.verified]
    assets = [asset for asset in evidence.assets if not asset.verified]
    over_limit = evidence.over_limit
    for seen in observations:
        ref = refs.get(seen.subject, "")
        assets += _assets(seen, ref, evidence.as_of)
        incomes = _incomes(incomes, seen, ref)
        if seen.kind == "deposit_flag":
            over_limit = bool(over_limit) or bool(seen.attributes["over_limit"])
    return replace(evidence, incomes=tuple(incomes), assets=tuple(assets), over_limit=over_limit)


def _assets(seen: Observation, ref: str, as_of: date) -> list[Asset]:
    what = seen.attributes
    if seen.kind == "vehicle" and what["kind"] in _VEHICLES and what.get("state") != "SCRAPPED":
        return [Asset(ref, "vehicle", f"{what['plate']}", verified=True)]
    if seen.kind == "dwelling":
        home = Asset(
            ref, "dwelling", what.get("address", ""), area_m2_tenths=what["area_m2_tenths"], verified=True
        )
        bought = what.get("registered_on")
        if bought and add_months(bought, 24) > as_of and not what.get("demolition_replacement"):
            return [home, replace(home, kind="new_house")]
        return [home]
    if seen.kind == "nonresidential":
        return [
            Asset(
                ref,
                "nonresidential",
                what.get("use", ""),
                area_m2_tenths=what["area_m2_tenths"],
                verified=True,
            )
        ]
    if (
        seen.kind == "company"
        and what["state"] == "ACTIVE"
        and what["capital_fen"] > 0
        and not what.get("dormant")
    ):
        exempt = "农民专业合作社成员" if what.get("co_operative") else ""
        return [
            Asset(ref, "company", what["name"], value_fen=what["capital_fen"], verified=True, exempt=exempt)
        ]
    if seen.kind == "deposit_balance":
        return [Asset(ref, "cash", "银行存款", value_fen=what["balance_fen"], verified=True)]
    return []


def _incomes(incomes: list[Income], seen: Observation, ref: str) -> list[Income]:
    """Pensions and wage bases said by the insurance office replace what the family said of the same kind."""
    what = seen.attributes
    if seen.kind == "pension":
        kind = "basic_pension" if what["kind"] == "RESIDENT" else "pension"
        kept = [
            item for item in incomes if not (item.member == ref and item.kind in ("basic_pension", "pension"))
        ]
        return [*kept, Income(ref, "T", kind, 12 * what["amount_fen"], verified=True)]
    if seen.kind == "contribution" and what.get("base_fen"):
        kept = [item for item in incomes if not (item.member == ref and item.category == "W")]
        declared = sum(item.year_fen for item in incomes if item.member == ref and item.category == "W")
        return [*kept, Income(ref, "W", "wage", max(declared, 12 * what["base_fen"]), verified=True)]
    return incomes


def find(
    declared: Evidence, outcome: Outcome, observations: Iterable[Observation], refs: Mapping[str, str]
) -> list[Finding]:
    """Findings from an assessment of the verified evidence and from comparing observations with the declaration."""
    findings = [
        Finding(
            code=_CODES[result.key],
            level=BLOCK,
            person="",
            source="、".join(_SOURCES.get(result.key, ())),
            value=_words(result.value, result.unit),
            limit=_words(result.limit, result.unit),
            article=result.article,
            sentence=result.sentence,
            reason_code=result.reason_code,
        )
        for result in outcome.not_met
        if result.key in _CODES and (result.key != "income" or _verified_income_alone_exceeds(outcome))
    ]
    known = {member.ref: member for member in declared.members}
    for seen in observations:
        ref = refs.get(seen.subject, "")
        findings += _differences(declared, known.get(ref), seen, ref)
    return findings


_SOURCES = {
    "cash": ("CK",),
    "cars": ("CL",),
    "dwellings": ("BDC",),
    "nonresidential": ("BDC",),
    "new_house": ("BDC",),
    "companies": ("GS",),
    "income": ("SB",),
}


def _verified_income_alone_exceeds(outcome: Outcome) -> bool:
    """Income is judged before the application only when what departments say reaches the standard by itself."""
    imputed = any(line.rule == "LAB-02" for line in outcome.lines)
    return not imputed


def _words(value: Any, unit: str) -> str:
    return f"{yuan(value)}元" if unit == "fen" and value is not None else str(value)


def _diff(
    code: str, level: str, ref: str, seen: Observation, value: str, limit: str, sentence: str
) -> Finding:
    return Finding(code, level, ref, seen.source, value, limit, "规则VER-11", sentence)


def _differences(declared: Evidence, member: Any, seen: Observation, ref: str) -> list[Finding]:
    what = seen.attributes
    if seen.kind == "death":
        return [
            _diff(
                "F-DEATH",
                BLOCK,
                ref,
                seen,
                str(what["died_on"]),
                "",
                f"殡葬登记显示已于{what['died_on']}死亡",
            )
        ]
    if seen.kind == "register" and what.get("state") == "CANCELLED":
        return [_diff("F-CANCEL", DIFF, ref, seen, "已注销", "在册", "户籍登记显示该成员户口已注销")]
    if (
        seen.kind == "marriage"
        and member
        and member.marital
        and _married(member.marital) != (what["state"] == "MARRIED")
    ):
        said, registered = (
            _marital_word(member.marital),
            {"MARRIED": "已婚", "DIVORCED": "离婚"}.get(what["state"], "未婚"),
        )
        return [
            _diff("F-MARRIAGE", DIFF, ref, seen, registered, said, f"申报为{said}，婚姻登记为{registered}")
        ]
    if seen.kind == "contribution" and what.get("base_fen"):
        said_fen = sum(i.year_fen for i in declared.incomes if i.member == ref and i.category == "W") // 12
        if 5 * what["base_fen"] > 6 * said_fen:
            value, limit = f"{yuan(what['base_fen'])}元", f"{yuan(said_fen)}元"
            return [
                _diff(
                    "H-WAGE",
                    DIFF,
                    ref,
                    seen,
                    value,
                    limit,
                    f"社会保险缴费基数{value}，高于申报工资{limit}的1.2倍",
                )
            ]
    if seen.kind == "pension":
        said_fen = sum(i.year_fen for i in declared.incomes if i.member == ref and i.category == "T") // 12
        if said_fen and said_fen != what["amount_fen"]:
            value, limit = f"{yuan(what['amount_fen'])}元", f"{yuan(said_fen)}元"
            return [_diff("F-INC", DIFF, ref, seen, value, limit, f"养老金发放{value}，申报{limit}")]
    return []


def _married(code: str) -> bool:
    return code.startswith("2")


def _marital_word(code: str) -> str:
    return {"1": "未婚", "2": "已婚", "3": "丧偶", "4": "离婚"}.get(code[:1], "未说明")
