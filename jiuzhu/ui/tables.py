"""Office lists: columns, sorting by a link, paging by key. A table is described here and drawn by ``{% data_table %}``."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from jiuzhu.ui import formats

RIGHT = ("money", "number")
CENTRE = ("state", "due", "date", "datetime", "flag")
SIZES = (10, 20, 50, 100)
_FORMATS: dict[str, Callable[[Any], str]] = {
    "money": formats.fen,
    "date": formats.short_date,
    "datetime": formats.cn_datetime,
    "id": formats.mask_id,
    "month": formats.cn_month,
}


# kinds whose cell is drawn by a tag, and stays empty when there is nothing to draw
_DRAWN = ("state", "html")


@dataclass(frozen=True)
class Column:
    """``key`` is an attribute path (``household.head_name``) or a function of the row.

    kind   text money number date datetime month id state due flag
    href   a function of the row giving an address, or None
    group  neighbouring columns of one group share a head above them
    width  "" xs s m l
    """

    key: str | Callable[[Any], Any]
    title: str
    kind: str = "text"
    sort: str = ""
    href: Callable[[Any], str] | None = None
    group: str = ""
    width: str = ""

    @property
    def classes(self) -> str:
        side = "gov-right" if self.kind in RIGHT else "gov-centre" if self.kind in CENTRE else ""
        whole = "gov-date" if self.kind in ("date", "month") else ""
        return " ".join(filter(None, (side, whole, f"gov-w-{self.width}" if self.width else "")))

    def value(self, row: Any) -> Any:
        return self.key(row) if callable(self.key) else reach(row, self.key)


@dataclass(frozen=True)
class Action:
    """A text button of the last column. ``post`` sends a form and may ask first."""

    title: str
    url: str
    post: bool = False
    confirm: str = ""
    danger: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list: rows and the keys of its neighbours; ``size`` 0 when every row is there."""

    rows: Sequence[Any]
    size: int = 20
    next: str = ""
    previous: str = ""
    total: int | None = None


@dataclass
class Table:
    """What ``{% data_table %}`` draws. ``row_id`` names the value of the selection box."""

    columns: Sequence[Column]
    page: Page
    caption: str = ""
    sort: str = ""
    actions: Callable[[Any], Iterable[Action]] | None = None
    select: str = ""
    row_id: Callable[[Any], Any] = field(default=lambda row: reach(row, "id"))
    row_tone: Callable[[Any], str] | None = None
    totals: dict[str, Any] = field(default_factory=dict)
    empty: str = "没有符合条件的记录"
    numbered: bool = True
    cards: bool = False  # on a phone each row becomes a card: nothing is hidden behind the buttons
    slim: bool = False  # few short columns: a table on a phone too

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Heads of the upper row: (words, columns covered); empty when no column has a group."""
        if not any(column.group for column in self.columns):
            return []
        return [
            (group, len(list(columns))) for group, columns in groupby(self.columns, key=lambda c: c.group)
        ]

    def heads(self, query: QueryDict) -> list[dict[str, Any]]:
        return [{"column": column, **self._sorting(column, query)} for column in self.columns]

    def _sorting(self, column: Column, query: QueryDict) -> dict[str, str]:
        if not column.sort:
            return {"url": "", "direction": ""}
        ascending, descending = self.sort == column.sort, self.sort == f"-{column.sort}"
        url = with_query(query, sort=f"-{column.sort}" if ascending else column.sort, after="", before="")
        return {"url": url, "direction": "ascending" if ascending else "descending" if descending else "none"}

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "id": self.row_id(row) if self.select else "",
                "tone": self.row_tone(row) if self.row_tone else "",
                "cells": [self._cell(column, row) for column in self.columns],
                "actions": list(self.actions(row)) if self.actions else [],
            }
            for row in self.page.rows
        ]

    def _cell(self, column: Column, row: Any) -> dict[str, Any]:
        value = column.value(row)
        return {
            "column": column,
            "value": value,
            "text": text_of(value, column.kind),
            "href": column.href(row) if column.href else "",
            "blank": column.kind in _DRAWN and not str(value or "").strip(),
        }

    def sums(self) -> list[dict[str, Any]]:
        """The sum row, column by column; keys are column titles."""
        if not self.totals:
            return []
        return [
            {
                "column": column,
                "text": text_of(self.totals[column.title], column.kind)
                if column.title in self.totals
                else "",
            }
            for column in self.columns
        ]

    @property
    def has_actions(self) -> bool:
        """Templates would call ``actions`` itself."""
        return self.actions is not None

    @property
    def width(self) -> int:
        return len(self.columns) + bool(self.numbered) + bool(self.select) + bool(self.actions)


def reach(row: Any, path: str) -> Any:
    """``"household.head_name"`` through attributes and keys; a missing step reads as None."""
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
        if callable(row):
            row = row()
    return row


def text_of(value: Any, kind: str) -> str:
    if value is None or value == "":
        return formats.EMPTY
    if kind == "flag":
        return "是" if value else "否"
    if kind == "number":
        return f"{value:,}"
    return _FORMATS[kind](value) if kind in _FORMATS else str(value)


def with_query(query: QueryDict, **changes: Any) -> str:
    """``?…`` with some parameters changed; an empty value removes one."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value not in ("", None):
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


# —— paging by key: no OFFSET, so page 500 costs what page 1 costs


def _encode(value: Any, pk: Any) -> str:
    plain = value.isoformat() if isinstance(value, (date, datetime)) else value
    return base64.urlsafe_b64encode(json.dumps([plain, pk]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, Any] | None:
    """What a key says; a spoilt one (edited by hand) simply means the first page."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, TypeError):
        return None
    return (value, pk) if isinstance(pk, int) and isinstance(value, (str, int)) else None


def sorted_by(request: HttpRequest, allowed: Sequence[str], default: str) -> str:
    """``?sort=`` when it names an allowed field, else the default."""
    wanted = request.GET.get("sort", "")
    return wanted if wanted.removeprefix("-") in allowed else default


def keyset_page(request: HttpRequest, rows: QuerySet[Any], sort: str, *, size: int = 20) -> Page:
    """One page ordered by ``sort`` (``-`` for descending; the field must not be null), then by id.

    Reads ``after``, ``before`` and ``size`` from the address.
    """
    asked = request.GET.get("size", "")
    size = int(asked) if asked.isdecimal() and int(asked) in SIZES else size
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    backwards = bool(request.GET.get("before"))
    cursor = _decode(request.GET.get("before") or request.GET.get("after", ""))
    if falling != backwards:
        order, test = (f"-{name}", "-pk"), "lt"
    else:
        order, test = (name, "pk"), "gt"
    found = rows.order_by(*order)
    if cursor:
        value, pk = cursor
        found = found.filter(Q(**{f"{name}__{test}": value}) | Q(**{name: value, f"pk__{test}": pk}))
    window = list(found[: size + 1])
    more, window = len(window) > size, window[:size]
    if backwards:
        window.reverse()
    has_next = bool(window) and (more if not backwards else bool(cursor))
    has_previous = bool(window) and (more if backwards else bool(cursor))
    field_path = name.replace("__", ".")
    return Page(
        rows=window,
        size=size,
        next=_encode(reach(window[-1], field_path), window[-1].pk) if has_next else "",
        previous=_encode(reach(window[0], field_path), window[0].pk) if has_previous else "",
    )
