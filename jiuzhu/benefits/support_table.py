"""The way to the end of a person's support as data: from, to, who (3.4). Buttons and the interface derive from here."""

from __future__ import annotations

from dataclasses import dataclass

PROPOSED, POSTED, OBJECTED = "PROPOSED", "POSTED", "OBJECTED"
DECIDED, STOPPED, DROPPED = "DECIDED", "STOPPED", "DROPPED"
STATES = {
    PROPOSED: "拟终止，待公示",
    POSTED: "终止公示中",
    OBJECTED: "异议调查中",
    DECIDED: "已决定，待送达",
    STOPPED: "已终止",
    DROPPED: "不终止",
}
COLOURS = {
    PROPOSED: "blue",
    POSTED: "green",
    OBJECTED: "orange",
    DECIDED: "yellow",
    STOPPED: "grey",
    DROPPED: "grey",
}


@dataclass(frozen=True)
class StopMove:
    """``roles`` of the township decide only where the county has delegated (ORG-04)."""

    key: str
    title: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset[str]


def _move(key: str, title: str, sources: str, target: str, roles: str) -> StopMove:
    return StopMove(key, title, tuple(sources.split()), target, frozenset(roles.split()))


MOVES = {
    move.key: move
    for move in (
        _move("propose", "提出终止供养", "", PROPOSED, "TOWN_CLERK"),
        _move("post", "核准并公示", PROPOSED, POSTED, "TOWN_LEAD COUNTY_APPROVER"),
        _move("object", "登记终止异议", POSTED, OBJECTED, "PUBLIC TOWN_CLERK TOWN_LEAD COUNTY_SUPERVISOR"),
        _move("repost", "调查属实，重新公示", OBJECTED, POSTED, "TOWN_LEAD COUNTY_APPROVER"),
        _move("drop", "不终止，继续供养", "PROPOSED POSTED OBJECTED", DROPPED, "TOWN_LEAD COUNTY_APPROVER"),
        _move("decide", "决定终止", POSTED, DECIDED, "TOWN_LEAD COUNTY_APPROVER"),
        _move("serve", "送达终止告知书", DECIDED, STOPPED, "TOWN_CLERK"),
    )
}
