"""Matters of other departments: who is competent, how to reach them, how long an answer may take (ORG-15)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

from jiuzhu.core.refusal import Refusal


@dataclass(frozen=True)
class Matter:
    """One line of matters.yaml; ``answer_wd`` 0 means the parameter ``referral.answer_wd``."""

    code: str
    title: str
    plain: str
    department_pattern: str
    desk: str
    phone: str
    answer_wd: int
    article: str
    source: str

    def department(self, county_name: str) -> str:
        return self.department_pattern.format(county=county_name)


@functools.cache
def all_matters() -> dict[str, Matter]:
    """Every matter by code, in the order of the file."""
    path = Path(__file__).parent / "matters.yaml"
    return {
        code: Matter(
            code=code,
            title=entry["title"],
            plain=entry["plain"],
            department_pattern=entry["department"],
            desk=entry["desk"],
            phone=str(entry["phone"]),
            answer_wd=int(entry["answer_wd"] or 0),
            article=entry["article"],
            source=entry["source"],
        )
        for code, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def matter(code: str) -> Matter:
    """E_INPUT for a matter nobody knows."""
    found = all_matters().get(code)
    if found is None:
        raise Refusal("E_INPUT", field="事项", problem="请从列出的事项中选择")
    return found
