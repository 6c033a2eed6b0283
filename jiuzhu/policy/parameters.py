"""Limits are parameters: declared here with unit and article, valued by dated published rows (sections 12, 16)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from jiuzhu.core.refusal import Refusal

_HERE = Path(__file__).parent


RATIOS, LISTS = ("rate", "percent"), ("list", "counts", "codes")
SOURCE_DEFAULT = "系统缺省值"


@dataclass(frozen=True)
class Declaration:
    """What a parameter is: title, unit, default, bounds, article, and who may vary it.

    ``tag`` says how sure we are: S the city's own text, F a text read, K common practice, A an assumption
    that the locality has to confirm. ``overridable``: a county's value goes before the city's.
    """

    key: str
    title: str
    unit: str
    default: Any
    by_regime: Mapping[str, Any]
    per_area: bool
    article: str
    tag: str
    overridable: bool
    bounds: tuple[Fraction, Fraction] | None
    choices: Mapping[str, str]


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
    level: str = ""
    effective_from: date | None = None


def _bounds(pair: list[Any] | None) -> tuple[Fraction, Fraction] | None:
    return (Fraction(str(pair[0])), Fraction(str(pair[1]))) if pair else None


_FILES = [_HERE / "parameters.yaml"]


def declare(path: Path) -> None:
    """An aid type's own parameters, declared beside its law; shown, published and bounded like all others."""
    if path not in _FILES:
        _FILES.append(path)
        declarations.cache_clear()


@functools.cache
def declarations() -> dict[str, Declaration]:
    raw: dict[str, dict[str, Any]] = {}
    for path in _FILES:
        raw |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        key: Declaration(
            key=key,
            title=entry["title"],
            unit=entry["unit"],
            default=entry.get("default"),
            by_regime=entry.get("by_regime", {}),
            per_area=entry.get("per_area", False),
            article=entry["article"],
            tag=entry["tag"],
            overridable=entry.get("overridable", False),
            bounds=_bounds(entry.get("bounds")),
            choices=entry.get("choices", {}),
        )
        for key, entry in raw.items()
    }


class ParameterSet(Mapping[str, Any]):
    """Values for one county, area type, regime and day. ``set["dibao.standard"]`` is the plain value.

    Money is int fen, rates are ``Fraction``. A declared parameter without any value reads as ``None``.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)
        self._read: dict[str, None] = {}

    def __getitem__(self, key: str) -> Any:
        value = self._values[key].value
        self._read[key] = None
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def why(self, key: str) -> Value:
        """The value with its source and article."""
        return self._values[key]

    def tracked(self) -> ParameterSet:
        """The same values, remembering which are read: an outcome lists exactly the parameters it used."""
        return ParameterSet(self._values)

    @property
    def read(self) -> tuple[Value, ...]:
        """What was read of this set so far, in the order of the declarations."""
        return tuple(value for key, value in self._values.items() if key in self._read)

    @property
    def stored_read(self) -> tuple[dict[str, Any], ...]:
        """What was read, as stored with an outcome; ratios as text, so that nothing is rounded."""
        return tuple(_stored(value) for value in self.read)

    @property
    def read_sample(self) -> bool:
        """Whether anything read comes from a sample profile."""
        return any(value.is_sample for value in self.read)

    @property
    def is_sample(self) -> bool:
        """Whether any value comes from a sample profile: screens and papers then say 示例标准."""
        return any(value.is_sample for value in self._values.values())


def _stored(value: Value) -> dict[str, Any]:
    held = value.value
    shown = [str(each) for each in held] if isinstance(held, tuple) else held
    return {
        "key": value.key,
        "title": value.title,
        "value": str(shown) if value.unit in RATIOS else shown,
        "unit": value.unit,
        "source": value.source,
        "article": value.article,
    }


def plain(declaration: Declaration, value: Any) -> Any:
    """A stored (JSON) value as the law computes with it: exact ratios, tuples, whole numbers. Never a float."""
    if value is None:
        return None
    if declaration.unit in RATIOS:
        return Fraction(str(value))
    if declaration.unit == "list":
        return tuple(Fraction(str(item)) for item in value)
    return tuple(value) if declaration.unit in LISTS else value


def check(key: str, value: Any, *, level: str = "city") -> Any:
    """The plain value an officer wants to publish for ``key``; E_INPUT when it is not of the kind, or out of bounds.

    ``level`` "county" is refused for a parameter only the city may set (section 16).
    """
    declaration = declarations().get(key)
    if declaration is None:
        raise Refusal("E_INPUT", field=key, problem="没有这个参数")
    if level == "county" and not declaration.overridable:
        raise Refusal("E_INPUT", field=declaration.title, problem="只能由市级公布，县级不能另定")
    try:
        found = _typed(declaration, value)
    except (ValueError, TypeError, ZeroDivisionError):
        raise Refusal("E_INPUT", field=declaration.title, problem=f"应为{_KINDS[declaration.unit]}") from None
    if declaration.choices and found not in declaration.choices:
        raise Refusal(
            "E_INPUT", field=declaration.title, problem=f"只能选：{'、'.join(declaration.choices.values())}"
        )
    if declaration.bounds and declaration.unit != "codes":
        low, high = declaration.bounds
        if not all(low <= each <= high for each in (found if isinstance(found, tuple) else (found,))):
            raise Refusal("E_INPUT", field=declaration.title, problem=f"应在{low}到{high}之间")
    return found


_KINDS = {
    "fen": "金额（分，整数）",
    "rate": "比例（分数，如 1/5）",
    "percent": "百分比",
    "list": "一组比例",
    "counts": "一组整数",
    "codes": "一组代码",
    "days": "天数（整数）",
    "months": "月数（整数）",
    "count": "整数",
    "flag": "是或否",
    "choice": "选项之一",
}


def _typed(declaration: Declaration, value: Any) -> Any:
    unit = declaration.unit
    if unit == "flag" and not isinstance(value, bool):
        raise TypeError(value)
    if unit in ("fen", "days", "months", "count") and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError(value)
    if unit in LISTS and (not isinstance(value, (list, tuple)) or not value):
        raise TypeError(value)
    return plain(declaration, value)


def resolve(rows: Iterable[Row], *, day: date, area_type: str, regime: str) -> ParameterSet:
    """Declared defaults overridden by the city's rows, those by the county's where it may; later rows win.

    Of two rows of one level and day, one made for the area type goes before one for both.
    """
    declared = declarations()
    chosen: dict[str, Row] = {}
    for row in sorted(
        rows, key=lambda each: (each.level == "county", each.effective_from, bool(each.area_type))
    ):
        known = declared.get(row.key)
        if known and row.covers(day, area_type) and (row.level != "county" or known.overridable):
            chosen[row.key] = row
    values = {key: _value(each, chosen.get(key), regime, area_type) for key, each in declared.items()}
    return ParameterSet(values)


def from_stored(
    rows: Iterable[Mapping[str, Any]], *, regime: str, area_type: str, is_sample: bool = False
) -> ParameterSet:
    """The values an outcome was made with, as :attr:`ParameterSet.stored_read` kept them: for computing it again.

    What it did not read has the regime's default; a parameter that exists no more is left out.
    """
    declared, stored = declarations(), {row["key"]: row for row in rows}
    values = {key: _value(each, None, regime, area_type) for key, each in declared.items()}
    for key in stored.keys() & declared.keys():
        value = plain(declared[key], stored[key]["value"])
        values[key] = replace(values[key], value=value, source=stored[key]["source"], is_sample=is_sample)
    return ParameterSet(values)


def _default(declaration: Declaration, regime: str, area_type: str) -> Any:
    """The default of a regime, by area type where the regime makes that difference (rural when not said)."""
    default = declaration.by_regime.get(regime, declaration.default)
    return default.get(area_type, default["RURAL"]) if isinstance(default, dict) else default


def _value(declaration: Declaration, row: Row | None, regime: str, area_type: str) -> Value:
    return Value(
        key=declaration.key,
        title=declaration.title,
        unit=declaration.unit,
        value=plain(declaration, row.value if row else _default(declaration, regime, area_type)),
        source=row.doc_no if row else SOURCE_DEFAULT,
        article=declaration.article,
        is_sample=bool(row and row.is_sample),
        level=row.level if row else "",
        effective_from=row.effective_from if row else None,
    )


def _profile() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((_HERE / "profiles" / "std_t.yaml").read_text(encoding="utf-8"))
    return raw


@functools.cache
def sample_label() -> str:
    """The words every screen and paper shows beside sample values (STD-02)."""
    return str(_profile()["label"])


@functools.cache
def sample_rows() -> tuple[Row, ...]:
    """Profile STD-T, for tests and demos, always marked as a sample (STD-02)."""
    raw = _profile()
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
