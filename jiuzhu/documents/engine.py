"""Rendering: blocks of a notice filled with data, set by Typst as PDF/A; same input, same bytes (DOC-02).

No Django here. Data travels as JSON beside the source, so nothing typed by anybody is ever run.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pypdf
import segno
import typst

from jiuzhu.core.clock import local
from jiuzhu.core.money import in_words, yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import aid_words, catalogue, fonts
from jiuzhu.documents.catalogue import NOTICES, Notice

ENVELOPE = frozenset(
    {
        *("organ_name", "doc_no", "issued_on", "signer_name", "has_seal", "is_sample", "public_url"),
        *aid_words.KEYS,
    }
)
_local = threading.local()


@dataclass(frozen=True)
class Rendered:
    """A finished paper."""

    pdf: bytes
    sha256: str
    template_version: str
    pages: int


def show(key: str, value: Any) -> str:
    """A value as papers write it, by the ending of its key."""
    if value is None:
        return "—"
    if isinstance(value, str) and (key.endswith("_on") or key.endswith("_at")) and value[:4].isdigit():
        value = datetime.fromisoformat(value) if key.endswith("_at") else date.fromisoformat(value[:10])
    if key.endswith("_fen"):
        return f"{yuan(int(value))}元"
    if key.endswith("_words"):
        return in_words(int(value))
    if key.endswith("_month") and isinstance(value, (date, str)):
        text = str(value)
        return f"{text[:4]}年{int(text[5:7])}月"
    if isinstance(value, datetime):
        value = local(value) if value.tzinfo else value
        return f"{value.year}年{value.month}月{value.day}日{value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value)) or "无"
    return str(value)


class _Fill(string.Formatter):
    """``{due_on}`` reads 2019年9月2日, ``{amount_fen}`` 570.00元, ``{amount_words}`` the same in words."""

    def get_value(self, key: Any, args: Any, kwargs: Mapping[str, Any]) -> str:
        name = str(key)
        if name.endswith("_words") and name not in kwargs:
            return in_words(int(kwargs.get(name.removesuffix("_words") + "_fen") or 0))
        return show(name, kwargs.get(name))


_fill = _Fill()


def _text(template: str, data: Mapping[str, Any]) -> str:
    return _fill.vformat(template, (), data)


_CONDITIONS = ("when", "unless", "pays")


def _applies(raw: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """``when`` leaves out where its key is empty, ``unless`` where it is not, ``pays`` where the aid is paid in another
    way (MONTHLY, ONCE, STATUS).
    """
    return not (
        (raw.get("when") and not data.get(raw["when"]))
        or (raw.get("unless") and data.get(raw["unless"]))
        or (raw.get("pays") and data.get("pays", "MONTHLY") not in raw["pays"])
    )


def _rows_of(table: list[Any], data: Mapping[str, Any]) -> list[list[str]]:
    """The cells of a table; a row may have conditions of its own, as a block has."""
    rows = [each if isinstance(each, Mapping) else {"row": each} for each in table]
    return [[_text(cell, data) for cell in each["row"]] for each in rows if _applies(each, data)]


def _block(
    raw: Mapping[str, Any], data: Mapping[str, Any], regime: str, notice: Notice
) -> dict[str, Any] | None:
    """One declared block with its words filled in; nothing where its conditions do not hold."""
    if not _applies(raw, data):
        return None
    (kind, what), *_ = [(key, value) for key, value in raw.items() if key not in _CONDITIONS]
    if kind in ("to", "para", "head"):
        return {"kind": kind, "text": _text(what, data)}
    if kind == "list":
        return {"kind": "list", "items": [_item(each) for each in data.get(what) or ["无"]]}
    if kind == "basis":
        cited = aid_words.basis(notice, str(data.get("aid_type", "")), regime)
        return {"kind": "para", "text": what + "、".join(cited) + "。"}
    if kind == "table":
        return {"kind": "table", "cells": _rows_of(what, data)}
    if kind == "rows":
        rows = [[show(key, row.get(key)) for key in what["keys"]] for row in data.get(what["of"]) or []]
        rows = rows or [["无"] + [""] * (len(what["keys"]) - 1)]
        return {
            "kind": "rows",
            "heads": [_text(head, data) for head in what["heads"]],
            "widths": what.get("widths", [1] * len(what["heads"])),
            "rows": rows,
        }
    if kind == "signs":
        return {"kind": "signs", "labels": [_text(label, data) for label in what]}
    if kind == "images":
        pictures = [
            {"bytes": list(base64.b64decode(each["base64"])), "alt": each["alt"]}
            for each in data.get(what) or []
        ]
        return {"kind": "images", "pictures": pictures} if pictures else None
    if kind == "qr":
        drawn = io.BytesIO()
        segno.make(str(data["public_url"]), micro=False).save(drawn, kind="svg", scale=4)
        return {"kind": "qr", "svg": drawn.getvalue().decode(), "text": what}
    raise LookupError(f"unknown block {kind} in {notice.slug}")


def _item(each: Any) -> str:
    if isinstance(each, Mapping):
        return "：".join(str(part) for part in each.values() if part)
    return str(each)


def title(notice: Notice, data: Mapping[str, Any], regime: str) -> str:
    """The title under a regime, with the aid's own words in it."""
    return _text(aid_words.title(notice, str(data.get("aid_type", "")), regime), data)


def payload(notice: Notice, data: Mapping[str, Any], regime: str) -> dict[str, Any]:
    """What the template is given. A sheet with a whitelist refuses every other key (PUBL-03, E_PRIV)."""
    if notice.whitelist:
        foreign = sorted(set(data) - set(notice.whitelist) - ENVELOPE)
        if foreign:
            raise Refusal("E_PRIV", field="、".join(foreign))
    blocks = [_block(raw, data, regime, notice) for raw in notice.blocks]
    return {
        "code": notice.code,
        "title": title(notice, data, regime),
        "organ_name": str(data.get("organ_name", "")),
        "doc_no": str(data.get("doc_no", "")),
        "issued_on": show("issued_on", data.get("issued_on")),
        "day": _day(data.get("issued_on")),
        "form": notice.form,
        "sign": notice.seal,
        "seal": notice.seal and bool(data.get("has_seal")),
        "sample": bool(data.get("is_sample")),
        "blocks": [block for block in blocks if block],
    }


def _day(value: Any) -> list[int]:
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value or date(2019, 1, 1)
    return [day.year, day.month, day.day]


def template_version(notice: Notice, aid_type: str) -> str:
    """Short hash of everything the look and words come from."""
    digest = hashlib.sha256(aid_words.source(aid_type).encode())
    for path in (NOTICES / "_lib" / "official.typ", NOTICES / notice.slug / "notice.yaml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _compiler() -> typst.Compiler:
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(
            str(NOTICES / "_lib" / "official.typ"),
            root=str(NOTICES),
            font_paths=fonts.folders(),
            ignore_system_fonts=True,
        )
    return _local.compiler


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_words(each) for key, each in value.items() if key != "svg")
    if isinstance(value, list):
        return "".join(_words(each) for each in value)
    return value if isinstance(value, str) else ""


def render(slug_or_code: str, data: Mapping[str, Any], *, regime: str) -> Rendered:
    """Set one paper. Raises E_PRIV for a foreign key on a whitelisted sheet, E_DOC for a character no font has."""
    notice = next(each for each in catalogue.all_notices().values() if slug_or_code in (each.slug, each.code))
    filled = payload(notice, data, regime)
    lacking = fonts.missing(_words(filled))
    if lacking:
        raise Refusal(
            "E_DOC", missing="字库缺字：" + "、".join(f"{char}（U+{ord(char):04X}）" for char in lacking)
        )
    inputs = {"data": json.dumps(filled, ensure_ascii=False)}
    pdf = _compiler().compile(sys_inputs=inputs, format="pdf", pdf_standards="a-2b", timestamp=0)
    return Rendered(
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        template_version=template_version(notice, str(data.get("aid_type", ""))),
        pages=len(pypdf.PdfReader(io.BytesIO(pdf)).pages),
    )
