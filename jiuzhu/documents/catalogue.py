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

    ``variants`` gives another title or legal basis for an aid type (W22-TK, W22-TA).
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
    basis: Mapping[str, tuple[str, ...]]
    blocks: tuple[Mapping[str, Any], ...]
    whitelist: tuple[str, ...]
    variants: Mapping[str, Mapping[str, Any]]

    @property
    def numbered(self) -> bool:
        return bool(self.kind_word)

    def title(self, regime: str, aid_type: str = "") -> str:
        """Title under a regime; an aid type's own variant goes first (text, or one for each regime)."""
        own = self.variants.get(aid_type, {}).get("title")
        titles = own if isinstance(own, dict) else {"all": own} if own else self.titles
        return str(titles.get(regime) or titles["all"])

    def basis_under(self, regime: str, aid_type: str = "") -> tuple[str, ...]:
        own = self.variants.get(aid_type, {}).get("basis", self.basis)
        return tuple(own.get(regime) or own.get("all", ()))


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
        basis={key: tuple(value) for key, value in raw.get("basis", {}).items()},
        blocks=tuple(raw["blocks"]),
        whitelist=tuple(raw.get("whitelist", ())),
        variants=raw.get("variants", {}),
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
    regime: str,
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
