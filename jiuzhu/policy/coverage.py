"""Who has spoken and who is silent: no answer is never "no property" (VER-10, field practice of nine answer states)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SPEAKING = frozenset({"HIT", "NONE", "OVER_LIMIT", "WITHIN_LIMIT"})
WORDS = {
    "HIT": "已反馈，有记录",
    "NONE": "已反馈，无记录",
    "OVER_LIMIT": "已反馈，超过限额",
    "WITHIN_LIMIT": "已反馈，未超限额",
    "MISMATCH": "姓名与证件号码不符",
    "NOT_COVERED": "数据未覆盖",
    "REFUSED": "对方拒绝提供",
    "ERROR": "对方返回错误",
    "PENDING": "尚未反馈",
}


@dataclass(frozen=True)
class Coverage:
    """``answered``: sources that spoke of everybody asked about. ``silent``: source → person → state otherwise."""

    answered: tuple[str, ...]
    silent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.silent

    def sentences(self, names: Mapping[str, str]) -> list[str]:
        """For the report: one sentence a silent source; ``names`` maps codes to what people call them."""
        return [
            f"{names.get(source, source)}：{'、'.join(sorted({WORDS.get(state, state) for state in people.values()}))}，"
            "不能据此认定没有财产或收入"
            for source, people in self.silent.items()
        ]


def coverage(
    answers: Mapping[str, Mapping[str, str]], people: Iterable[str], sources: Iterable[str]
) -> Coverage:
    """``answers`` maps source → person → state (one of nine); a person nobody answered about counts as PENDING.

    One silent person makes the whole source silent: a condition that rests on it cannot be told.
    """
    asked, answered, silent = tuple(people), [], {}
    for source in sources:
        states = {ref: answers.get(source, {}).get(ref, "PENDING") for ref in asked}
        missing = {ref: state for ref, state in states.items() if state not in SPEAKING}
        if missing:
            silent[source] = missing
        else:
            answered.append(source)
    return Coverage(tuple(answered), silent)
