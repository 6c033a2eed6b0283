"""Kinds of income (2.2) and those the law leaves out (INC-10): one table for the form, the sum and the trace."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

CATEGORIES = {"W": "工资性收入", "B": "经营净收入", "P": "财产净收入", "T": "转移净收入", "O": "其他收入"}


@dataclass(frozen=True)
class IncomeKind:
    """``not_counted`` says whose rules leave this kind out of family income (INC-10); "" when it counts."""

    key: str
    category: str
    title: str
    not_counted: str = ""


@functools.cache
def income_kinds() -> dict[str, IncomeKind]:
    """Every kind by key, in the order of the form."""
    raw = yaml.safe_load((Path(__file__).parent / "income_kinds.yaml").read_text(encoding="utf-8"))
    return {key: IncomeKind(key, **entry) for key, entry in raw.items()}


def title_of(kind: str) -> str:
    """The words of a kind; a kind written in free words is its own title."""
    known = income_kinds().get(kind)
    return known.title if known else kind


def left_out_by(kind: str) -> str:
    """Whose rules leave this kind out of income, or ""."""
    known = income_kinds().get(kind)
    return known.not_counted if known else ""
