"""Conditions in YAML compare one fact with one limit; evaluating them never refuses for missing data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jiuzhu.core.money import yuan
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import ConditionResult
from jiuzhu.policy.parameters import ParameterSet

Fact = Callable[[Evidence, ParameterSet, str], Any]

_TESTS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "lt": ("低于", lambda value, limit: value < limit),
    "le": ("不超过", lambda value, limit: value <= limit),
    "ge": ("不少于", lambda value, limit: value >= limit),
    "gt": ("高于", lambda value, limit: value > limit),
    "eq": ("等于", lambda value, limit: value == limit),
}


@dataclass(frozen=True)
class Condition:
    """One row of a conditions.yaml. ``limit`` is a fact's name, a parameter key or a constant.

    ``tells`` names further values the sentence may show: placeholder → (fact or parameter key, unit).
    ``only`` names a part of the evidence without which the condition does not arise (``single``: one person alone).
    ``article`` is the law that people are told, ``rule`` the id in our own rule book.
    """

    key: str
    title: str
    fact: str
    test: str
    limit: Any
    unit: str
    reason: str
    sentence: str
    unknown: str
    article: Mapping[str, str]
    sources: tuple[str, ...]
    tells: Mapping[str, tuple[str, str]]
    regimes: tuple[str, ...]
    only: str = ""
    rule: str = ""

    def arises(self, evidence: Evidence, regime: str) -> bool:
        return regime in self.regimes and (not self.only or bool(getattr(evidence, self.only)))


@functools.cache
def load(path: Path) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            key=entry["key"],
            title=entry["title"],
            fact=entry["fact"],
            test=entry["test"],
            limit=entry["limit"],
            unit=entry["unit"],
            reason=entry["reason"],
            sentence=entry["sentence"],
            unknown=entry.get("unknown", "暂时不能判断"),
            article=entry["article"],
            sources=tuple(entry.get("sources", ())),
            tells={name: (each[0], each[1]) for name, each in entry.get("tells", {}).items()},
            regimes=tuple(entry.get("regimes", ("P2019", "P2021", "P2025"))),
            only=entry.get("only", ""),
            rule=entry.get("rule", ""),
        )
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    )


def show(value: Any, unit: str) -> str:
    """A value as people read it."""
    if value is None:
        return "不详"
    if unit == "fen":
        return f"{yuan(value)}元"
    if unit == "bank_flag":
        return "超过限额" if value else "未超过限额"
    if unit == "flag":
        return "是" if value else "否"
    return f"{value}{ {'cars': '辆', 'sets': '套', 'companies': '家', 'machines': '台', 'people': '人', 'years': '岁', 'items': '项'}.get(unit, '') }"


def evaluate(
    condition: Condition, evidence: Evidence, parameters: ParameterSet, regime: str, facts: Mapping[str, Fact]
) -> ConditionResult:
    """Compare; a silent source turns "met" into "cannot tell" — no answer is never no property (VER, PR)."""
    value = facts[condition.fact](evidence, parameters, regime)
    limit = _limit(condition.limit, evidence, parameters, regime, facts)
    word, test = _TESTS[condition.test]
    met = None if value is None or limit is None else test(value, limit)
    silent = tuple(source for source in condition.sources if source not in evidence.answered)
    if met and silent:
        met = None
    shown, bound = show(value, condition.unit), show(limit, condition.unit)
    told = {
        name: show(_limit(source, evidence, parameters, regime, facts), unit)
        for name, (source, unit) in condition.tells.items()
    }
    sentence = condition.sentence if met is False else condition.unknown if met is None else ""
    return ConditionResult(
        key=condition.key,
        title=condition.title,
        met=met,
        value=value,
        limit=limit,
        unit=condition.unit,
        comparison=word,
        article=condition.article.get(regime) or condition.article["all"],
        reason_code=condition.reason,
        sentence=sentence.format(value=shown, limit=bound, **told),
        silent=silent,
    )


def evaluate_all(
    path: Path, evidence: Evidence, parameters: ParameterSet, regime: str, facts: Mapping[str, Fact]
) -> tuple[ConditionResult, ...]:
    """Every condition of a file that arises for this evidence under this regime."""
    return tuple(
        evaluate(condition, evidence, parameters, regime, facts)
        for condition in load(path)
        if condition.arises(evidence, regime)
    )


def _limit(
    limit: Any, evidence: Evidence, parameters: ParameterSet, regime: str, facts: Mapping[str, Fact]
) -> Any:
    if isinstance(limit, str) and limit in facts:
        return facts[limit](evidence, parameters, regime)
    return parameters[limit] if isinstance(limit, str) else limit
