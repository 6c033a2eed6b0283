"""Policy regimes (0.3): which body of rules a case is decided by. A case pins one on acceptance."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Regime:
    """One body of rules and the days on which new cases pin it."""

    id: str
    name: str
    starts_on: date
    ends_on: date | None
    decision_word: str
    texts: tuple[str, ...]
    edge_family: bool
    central_pension_counted: bool
    rigid_deduction: bool


@functools.cache
def all_regimes() -> dict[str, Regime]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "regimes.yaml").read_text(encoding="utf-8"))
    return {
        key: Regime(
            id=key,
            name=entry["name"],
            starts_on=entry["from"],
            ends_on=entry["to"],
            decision_word=entry["decision_word"],
            texts=tuple(entry["texts"]),
            edge_family=entry["edge_family"],
            central_pension_counted=entry["central_pension_counted"],
            rigid_deduction=entry["rigid_deduction"],
        )
        for key, entry in raw.items()
    }


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
