"""The catalogue of unified documents: one folder each, ``notice.yaml`` declares what the paper is and says (DOC-05..07)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

NOTICES = Path(__file__).parent / "notices"


@dataclass(frozen=True)
class Notice:
    """One kind of paper. ``organ``: town, county, decider (whoever decides) or any.

    ``law`` names topics on which each aid type has its own articles, ``basis`` gives what holds for every aid.
    """

    code: str
    slug: str
    titles: Mapping[str, str]
    kind_word: str
    organ: str
    form: bool
    seal: bool
    served: bool
    required: tuple[str, ...]
    labels: Mapping[str, str]
    law: tuple[str, ...]
    basis: Mapping[str, tuple[str, ...]]
    blocks: tuple[Mapping[str, Any], ...]
    whitelist: tuple[str, ...]

    @property
    def numbered(self) -> bool:
        return bool(self.kind_word)

    @property
    def cites(self) -> bool:
        return any("basis" in block for block in self.blocks)


def _read(folder: Path) -> Notice:
    raw = yaml.safe_load((folder / "notice.yaml").read_text(encoding="utf-8"))
    title = raw["title"]
    return Notice(
        code=raw["code"],
        slug=folder.name,
        titles=title if isinstance(title, dict) else {"all": title},
        kind_word=raw.get("kind_word", ""),
        organ=raw.get("organ", "any"),
        form=raw.get("form", False),
        seal=raw.get("seal", True),
        served=raw.get("served", False),
        required=tuple(raw.get("required", ())),
        labels=raw.get("labels", {}),
        law=tuple(raw.get("law", ())),
        basis={key: tuple(value) for key, value in raw.get("basis", {}).items()},
        blocks=tuple(raw["blocks"]),
        whitelist=tuple(raw.get("whitelist", ())),
    )


@functools.cache
def all_notices() -> dict[str, Notice]:
    """Every notice by code."""
    found = [_read(path.parent) for path in sorted(NOTICES.glob("*/notice.yaml"))]
    return {each.code: each for each in found}


def notice(code: str) -> Notice:
    return all_notices()[code]


def check_before_issue(
    kind: Notice,
    data: Mapping[str, Any],
    *,
    basis: tuple[str, ...],
    organ_kind: str,
    event_on: date | None,
    issued_on: date,
) -> list[str]:
    """DOC-06: what keeps the paper from being legal, normal and standard; empty when nothing does."""
    failures = [
        f"{kind.labels.get(key, LABELS.get(key, key))}未填"
        for key in kind.required
        if data.get(key) in (None, "", [], ())
    ]
    if kind.cites and not basis:
        failures.append("没有写明法律依据")
    if kind.seal and not data.get("has_seal"):
        failures.append("签发机关没有登记印章")
    if kind.organ == "town" and organ_kind != "TOWN":
        failures.append("应由乡镇（街道）签发")
    if kind.organ == "county" and organ_kind not in ("COUNTY", "ZONE"):
        failures.append("应由县级机关签发")
    if event_on and issued_on < event_on:
        failures.append("成文日期早于事项日期")
    return failures


LABELS = {
    "applicant_name": "申请人",
    "case_no": "案号",
    "amount_fen": "金额",
    "reasons": "理由",
    "members": "家庭成员",
    "accepted_on": "受理日期",
    "due_on": "办结期限",
    "items": "材料清单",
    "account_no": "银行账号",
    "explanation": "说明",
    "first_month": "起发月份",
    "remedies": "救济途径",
    "lines": "测算过程",
    "village_name": "村（居）",
    "hotline": "监督电话",
}
