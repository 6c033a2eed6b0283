"""Lists of cases as people know them: who, where, what state, until when, what next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from jiuzhu.accounts.organisations import village_name
from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.core import clock
from jiuzhu.ui.tables import Action, Column, Page, Table

_TONES = {"RED": "red", "ORANGE": "orange"}
AFTER_HELP = ("E2c", "E6c", "E6v", "E6r")
QUIET = ("D31", "D31w", "D26", "VER-10", "DTH", "REL-04", "CONV", "E2o", "E2s", *AFTER_HELP)


def case_url(row: Any) -> str:
    return reverse("office:case", args=[row.case.uid])


def next_moves(row: Any) -> list[Action]:
    """The buttons of a row: papers to hand over, every move but ending the case, at most two."""
    titles: dict[str, Action] = {}
    if row.unserved:
        there = f"{case_url(row)}?tab=papers"
        titles[there] = Action("送达文书", there)
    for move in row.moves:
        if move.key == "D11r" and not queries.report_expired(row.case):
            continue
        if move.key not in QUIET:
            title, url = step_of(row.case.uid, move)
            titles.setdefault(url, Action(title, url))
    return list(titles.values())[:2]


def _due(row: Any) -> Any:
    return {"paused": True, "due_on": row.due_on} if row.stands_still else row.clock


def _day(on: date) -> str:
    return (f"{on.year}年" if on.year != clock.today().year else "") + f"{on.month}月{on.day}日"


def due_words(row: Any) -> str:
    """What falls due and on which day: 完成调查 10月9日."""
    words = f"{row.clock.name} {_day(row.due_on)}" if row.clock else ""
    return f"{words}，总时限已暂停" if row.paused and not row.stands_still else words


# Moves whose screen is more than one form; everything else is drawn by ``acting``.
OWN_SCREEN = {
    "D2": ("签署授权", "office:signers", ()),
    "D9": ("坚持申请", "office:form", ("family",)),
    "D11": ("填写申请表", "office:form", ("family",)),
    "D18": ("填写入户调查", "office:visit", ()),
    "D28": ("登记评议结果", "office:appraisal", ()),
    "D29": ("登记评议结果", "office:appraisal", ()),
    "D30": ("登记评议结果", "office:appraisal", ()),
    "D25": ("公示与正式批准", "office:posting", ()),
    "D19p": ("初审公示", "office:posting", ()),
    "E2": ("先行救助", "office:aid", ()),
    "E2s": ("再次发放", "office:aid", ()),
    "E6c": ("签署核对授权（补做）", "office:aid-consent", ()),
    "E3": ("补登记", "office:registration", ()),
    "E8": ("月度公布", "office:announce-of", ()),
    "D8": ("复查", "office:recheck", ()),
    "CONV": ("改办其他救助", "office:convert", ()),
    "VER-10": ("补充核对", "office:followup", ()),
    "TK-08": ("自理能力评估", "office:rating", ()),
}


def step_of(uid: Any, move: Any) -> tuple[str, str]:
    """Words and address of a move's screen."""
    if move.key in OWN_SCREEN:
        title, view, more = OWN_SCREEN[move.key]
        return title, reverse(view, args=[uid, *more])
    return move.title, reverse("office:act", args=[uid, move.key])


def case_table(page: Page, *, empty: str = "没有符合条件的案件", numbered: bool = True) -> Table:
    return Table(
        columns=[
            Column(lambda row: row.case.applicant.name, "申请人", href=case_url),
            Column(
                lambda row: f"{row.case.town.name} {village_name(row.case.village_code)}", "镇街、村（居）"
            ),
            Column(lambda row: registry.get(row.case.aid_type).short_name, "类别", width="s"),
            Column("case.state", "环节", kind="state"),
            Column(_due, "时限", kind="due"),
            Column(due_words, "到期事项"),
            Column("case.case_no", "案号"),
        ],
        page=page,
        actions=next_moves,
        row_tone=lambda row: _TONES.get(row.colour, ""),
        empty=empty,
        numbered=numbered,
        cards=True,
    )
