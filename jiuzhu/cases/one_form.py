"""The shape of the one form's body: who, what, how much. A wrong shape is refused before anything is stored."""

from __future__ import annotations

from typing import Any

from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.household.spending import KINDS as SPENDING_KINDS

INCOME_CATEGORIES = ("W", "B", "P", "T", "O")
_MOST_FEN = 10**12
_ROWS = ("incomes", "assets", "obligors", "kin", "spendings")


def check(body: dict[str, Any], members: set[str]) -> None:
    """Raises E_INPUT naming the part of the form that cannot be read. ``members`` are the family's uids."""
    for part in _ROWS:
        if not all(isinstance(row, dict) for row in _list(body, part)):
            _refuse(part, "格式不正确")
    for row in body.get("incomes") or ():
        _member("incomes", row.get("person"), members)
        if row.get("category") not in INCOME_CATEGORIES or not str(row.get("kind") or "").strip():
            _refuse("incomes", "请选择收入类别")
        _money("incomes", row.get("month_fen"))
    for row in body.get("assets") or ():
        if row.get("person"):
            _member("assets", row["person"], members)
        if not str(row.get("kind") or "").strip():
            _refuse("assets", "请选择财产种类")
        _money("assets", row.get("value_fen", 0))
    for row in body.get("spendings") or ():
        if row.get("person"):
            _member("spendings", row["person"], members)
        if row.get("kind") not in SPENDING_KINDS:
            _refuse("spendings", "请选择支出种类")
        _money("spendings", row.get("self_paid_fen"))
    for row in body.get("obligors") or ():
        _member("obligors", row.get("supports"), members)
        if not str(row.get("name") or "").strip() or not str(row.get("relation") or ""):
            _refuse("obligors", "请填写姓名和关系")
    for uid in body.get("exemptions") or {}:
        _member("exemptions", uid, members)
    for uid, code in (body.get("other_aid") or {}).items():
        _member("other_aid", uid, members)
        if code not in choices("child_allowance"):
            _refuse("other_aid", "请从列表中选择")


_WORDS = {
    "incomes": "家庭收入",
    "assets": "家庭财产",
    "spendings": "家庭支出",
    "obligors": "赡养（抚养、扶养）人",
    "kin": "近亲属情况",
    "exemptions": "不计算劳动收入的情形",
    "other_aid": "正在领取的儿童基本生活费",
}


def _list(body: dict[str, Any], part: str) -> list[Any]:
    rows = body.get(part) or []
    if not isinstance(rows, (list, tuple)):
        _refuse(part, "格式不正确")
    return list(rows)


def _member(part: str, uid: Any, members: set[str]) -> None:
    if str(uid) not in members:
        _refuse(part, "请选择家庭成员")


def _money(part: str, fen: Any) -> None:
    if isinstance(fen, bool) or not isinstance(fen, int) or not 0 <= fen <= _MOST_FEN:
        _refuse(part, "金额应为不小于零的数")


def _refuse(part: str, problem: str) -> None:
    raise Refusal("E_INPUT", field=_WORDS[part], problem=problem)
