"""Policy regimes (0.3): which body of rules a case is decided by. A case pins one on acceptance."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Difference:
    """One point on which regimes differ, with the article that says so."""

    value: Any
    article: str


@dataclass(frozen=True)
class Regime:
    """One body of rules and the days on which new cases pin it.

    ``single_person`` names the ground of a one-person case (DB-05); ``differences`` are points of procedure
    (publicity, extension), read by name: ``regime("P2021").says("special_extension")``.
    """

    id: str
    name: str
    starts_on: date
    ends_on: date | None
    decision_word: str
    texts: tuple[str, ...]
    edge_family: bool
    central_pension_counted: bool
    rigid_deduction: bool
    parents_by_right: bool
    leaves_out_isolated_and_missing: bool
    single_person: str
    differences: Mapping[str, Difference]

    def says(self, point: str) -> Any:
        """What this regime says on a point of the differences table; a developer error for an unknown point."""
        return self.differences[point].value

    def article(self, point: str) -> str:
        return self.differences[point].article


def _regime(key: str, entry: dict[str, Any]) -> Regime:
    plain = {
        name: value for name, value in entry.items() if name not in ("from", "to", "texts", "differences")
    }
    return Regime(
        id=key,
        starts_on=entry["from"],
        ends_on=entry["to"],
        texts=tuple(entry["texts"]),
        differences={point: Difference(**each) for point, each in entry["differences"].items()},
        **plain,
    )


@functools.cache
def all_regimes() -> dict[str, Regime]:
    """Every regime by id, oldest first."""
    path = Path(__file__).parent / "regimes.yaml"
    raw: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: _regime(key, entry) for key, entry in raw.items()}


def regime(regime_id: str) -> Regime:
    return all_regimes()[regime_id]


def regime_on(day: date, policy: str) -> str:
    """Which regime a case accepted on ``day`` pins: ``SEED`` always P2019, ``BY_DATE`` the one in force.

    Days before the first regime get the first.
    """
    if policy == "SEED":
        return "P2019"
    in_force = [entry for entry in all_regimes().values() if entry.starts_on <= day]
    return in_force[-1].id if in_force else "P2019"
