"""Worked examples: a family in numbers with the expected answer, written by policy officers as YAML.

Sums are yuan (text or number), dates ISO. Anything not said is an ordinary family all departments have answered about.
Every file of an aid type's ``examples/`` may hold several families, separated by ``---``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jiuzhu.core.money import parse_yuan
from jiuzhu.policy.evidence import Asset, Evidence, Hardship, Income, Member, SelfCare, Spending, Supporter
from jiuzhu.policy.parameters import ParameterSet, Row, resolve, sample_rows


@dataclass(frozen=True)
class Example:
    """One family, the rules it is judged by, and what must come out (only what is said in ``expect``)."""

    title: str
    regime: str
    evidence: Evidence
    overrides: Mapping[str, Any]
    expect: Mapping[str, Any]

    @property
    def parameters(self) -> ParameterSet:
        """The sample profile on the example's day, with the example's own values on top."""
        on = self.evidence.as_of
        own = [Row(key, value, "示例", effective_from=on) for key, value in self.overrides.items()]
        rows = [*sample_rows(), *own]
        return resolve(rows, day=on, area_type=self.evidence.area_type, regime=self.regime)


def load(folder: Path, sources: Iterable[str]) -> list[Example]:
    """Every example of a folder; ``sources`` are those that have answered unless the example says otherwise."""
    answered = tuple(sources)
    return [
        _example(raw, answered)
        for path in sorted(folder.glob("*.yaml"))
        for raw in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def fen(yuan: Any) -> int:
    """A sum as written in an example, exactly: ``599.99`` → 59999."""
    return parse_yuan(str(yuan), negative=True)


def _money(raw: Mapping[str, Any]) -> dict[str, Any]:
    """``paid_yuan: 300`` becomes ``paid_fen: 30000``."""
    return {
        (f"{key.removesuffix('_yuan')}_fen" if key.endswith("_yuan") else key): (
            fen(value) if key.endswith("_yuan") else value
        )
        for key, value in raw.items()
    }


def _income(raw: Mapping[str, Any]) -> Income:
    plain = dict(raw)
    monthly = plain.pop("month_yuan", None)
    values = _money({"member": "", "kind": "other", "year_yuan": 0} | plain)
    return Income(**(values | ({"year_fen": 12 * fen(monthly)} if monthly is not None else {})))


def _self_care(raw: Mapping[str, Any]) -> SelfCare:
    """``unable: [walk, bathe]`` of ``member``; the other items he does alone."""
    unable = set(raw["unable"])
    items = ("eat", "dress", "bed", "toilet", "walk", "bathe")
    return SelfCare(member=raw["member"], **{item: item not in unable for item in items})


def _example(raw: Mapping[str, Any], sources: tuple[str, ...]) -> Example:
    silent = raw.get("silent", ())
    evidence = Evidence(
        as_of=raw["as_of"],
        aid_type=raw.get("aid_type", "DIBAO"),
        area_type=raw["area"],
        members=tuple(Member(**({"relation": "0", "sex": "1"} | each)) for each in raw["members"]),
        incomes=tuple(_income(each) for each in raw.get("incomes", ())),
        assets=tuple(Asset(**({"member": ""} | _money(each))) for each in raw.get("assets", ())),
        supporters=tuple(Supporter(**_money(each)) for each in raw.get("supporters", ())),
        rigid_expense_fen=fen(raw.get("rigid_expense_yuan", 0)),
        answered=tuple(source for source in sources if source not in silent),
        over_limit=raw.get("over_limit", False),
        co_operates=raw.get("co_operates", True),
        single_person=raw.get("single_person", False),
        standing=tuple(raw.get("standing", ())),
        spendings=tuple(Spending(**({"member": ""} | _money(each))) for each in raw.get("spendings", ())),
        self_care=_self_care(raw["self_care"]) if "self_care" in raw else None,
        hardship=Hardship(**_money(raw["hardship"])) if "hardship" in raw else None,
    )
    overrides = {key.replace("__", "."): value for key, value in raw.get("parameters", {}).items()}
    return Example(raw["title"], raw["regime"], evidence, overrides, raw["expect"])
