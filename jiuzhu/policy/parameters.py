"""Limits are parameters: declared here with unit and article, valued by dated published rows (sections 12, 16)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Declaration:
    """What a parameter is: title, unit, default, whether urban and rural differ, article."""

    key: str
    title: str
    unit: str
    default: Any
    by_regime: Mapping[str, Any]
    per_area: bool
    article: str


@dataclass(frozen=True)
class Row:
    """One published value: ``level`` city or county, days in force, document number."""

    key: str
    value: Any
    doc_no: str
    level: str = "city"
    area_type: str = ""
    effective_from: date = date.min
    effective_to: date | None = None
    is_sample: bool = False

    def covers(self, day: date, area_type: str) -> bool:
        in_time = self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
        return in_time and self.area_type in ("", area_type)


@dataclass(frozen=True)
class Value:
    """A value in force and where it comes from (a document number, or the product's default)."""

    key: str
    title: str
    unit: str
    value: Any
    source: str
    article: str
    is_sample: bool = False


@functools.cache
def declarations() -> dict[str, Declaration]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load((_HERE / "parameters.yaml").read_text(encoding="utf-8"))
    return {
        key: Declaration(
            key=key,
            title=entry["title"],
            unit=entry["unit"],
            default=entry.get("default"),
            by_regime=entry.get("by_regime", {}),
            per_area=entry.get("per_area", False),
            article=entry["article"],
        )
        for key, entry in raw.items()
    }


class ParameterSet(Mapping[str, Any]):
    """Values for one county, area type, regime and day. ``set["dibao.standard"]`` is the plain value.

    Money is int fen, rates are ``Fraction``. A declared parameter without any value reads as ``None``.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def why(self, key: str) -> Value:
        """The value with its source and article."""
        return self._values[key]

    @property
    def is_sample(self) -> bool:
        """Whether any value comes from a sample profile: screens and papers then say 示例标准."""
        return any(value.is_sample for value in self._values.values())


def _plain(declaration: Declaration, value: Any) -> Any:
    if value is None:
        return None
    if declaration.unit == "rate":
        return Fraction(str(value))
    if declaration.unit == "list":
        return tuple(Fraction(str(item)) for item in value)
    return value


def resolve(rows: Iterable[Row], *, day: date, area_type: str, regime: str) -> ParameterSet:
    """Declared defaults overridden by the city's rows, those by the county's; later rows of a level win."""
    chosen: dict[str, Row] = {}
    for row in sorted(rows, key=lambda each: (each.level == "county", each.effective_from)):
        if row.covers(day, area_type):
            chosen[row.key] = row
    return ParameterSet({key: _value(declaration, chosen.get(key), regime) for key, declaration in declarations().items()})


def _value(declaration: Declaration, row: Row | None, regime: str) -> Value:
    default = declaration.by_regime.get(regime, declaration.default)
    return Value(
        key=declaration.key,
        title=declaration.title,
        unit=declaration.unit,
        value=_plain(declaration, row.value if row else default),
        source=row.doc_no if row else "系统缺省值",
        article=declaration.article,
        is_sample=bool(row and row.is_sample),
    )


@functools.cache
def sample_rows() -> tuple[Row, ...]:
    """Profile STD-T, for tests and demos, always marked as a sample (STD-02)."""
    raw = yaml.safe_load((_HERE / "profiles" / "std_t.yaml").read_text(encoding="utf-8"))
    return tuple(
        Row(
            key=entry["key"],
            value=entry["value"],
            doc_no=raw["doc_no"],
            area_type=entry.get("area_type", ""),
            effective_from=entry["from"],
            effective_to=entry.get("to"),
            is_sample=True,
        )
        for entry in raw["rows"]
    )
