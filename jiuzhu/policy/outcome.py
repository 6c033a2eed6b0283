"""What an assessment says: every condition with value, limit and article; every line of the sum; a proposal.

The machine proposes, a named officer decides (DB-03). Missing data is "cannot tell", never a refusal.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

QUALIFIED, NOT_QUALIFIED = "QUALIFIED", "NOT_QUALIFIED"
EDGE, SINGLE_POSSIBLE, NEED_REVIEW = "EDGE", "SINGLE_POSSIBLE", "NEED_REVIEW"

CONCLUSIONS = {
    QUALIFIED: "符合条件",
    NOT_QUALIFIED: "不符合条件",
    EDGE: "低保边缘家庭",
    SINGLE_POSSIBLE: "可按单人户申请",
    NEED_REVIEW: "尚不能判断，需人工核实",
}


@dataclass(frozen=True)
class ConditionResult:
    """``met`` is None when it cannot be told. ``value`` and ``limit`` are plain numbers in ``unit``."""

    key: str
    title: str
    met: bool | None
    value: Any
    limit: Any
    unit: str
    comparison: str
    article: str
    reason_code: str
    sentence: str
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of the sum: what, how in words, result in fen, rule and article; whose, when it is one member's."""

    label: str
    formula: str
    value_fen: int
    rule: str
    article: str
    member: str = ""


@dataclass(frozen=True)
class Outcome:
    """The whole answer. Amounts are fen a month, or the whole sum of a one-off aid; nothing for a status."""

    aid_type: str
    regime: str
    conclusion: str
    counted: int
    per_capita_fen: int
    gap_fen: int
    base_fen: int
    topup_fen: int
    amount_fen: int
    conditions: tuple[ConditionResult, ...]
    lines: tuple[Line, ...]
    parameters: tuple[dict[str, Any], ...] = ()
    is_sample: bool = False
    care_fen: int = 0

    @property
    def not_met(self) -> tuple[ConditionResult, ...]:
        return tuple(each for each in self.conditions if each.met is False)

    @property
    def cannot_tell(self) -> tuple[ConditionResult, ...]:
        return tuple(each for each in self.conditions if each.met is None)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reason codes of every condition not met (DB-07)."""
        return tuple(dict.fromkeys(each.reason_code for each in self.not_met))

    @property
    def words(self) -> str:
        return CONCLUSIONS[self.conclusion]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> Outcome:
        values = {each.name: raw[each.name] for each in fields(Outcome) if each.name in raw}
        values["conditions"] = tuple(
            ConditionResult(**(each | {"silent": tuple(each["silent"])})) for each in raw["conditions"]
        )
        values["lines"] = tuple(Line(**each) for each in raw["lines"])
        values["parameters"] = tuple(raw["parameters"])
        return Outcome(**values)
