"""The way of a change as data: from, to, who. Buttons, permissions and the interface derive from here."""

from __future__ import annotations

from dataclasses import dataclass

REPORTED, EXAMINED, DECIDED = "REPORTED", "EXAMINED", "DECIDED"
DONE, DROPPED = "DONE", "DROPPED"
STATES: dict[str, str] = {
    REPORTED: "待核实",
    EXAMINED: "待决定",
    DECIDED: "待送达",
    DONE: "已生效",
    DROPPED: "已终结",
}
COLOURS = {REPORTED: "blue", EXAMINED: "yellow", DECIDED: "orange", DONE: "green", DROPPED: "grey"}
OPEN = (REPORTED, EXAMINED, DECIDED)


@dataclass(frozen=True)
class ChangeMove:
    """``roles`` TOWN decides only where the county has delegated (ORG-04)."""

    key: str
    title: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset[str]


def _move(key: str, title: str, sources: str, target: str, roles: str) -> ChangeMove:
    return ChangeMove(key, title, tuple(sources.split()), target, frozenset(roles.split()))


MOVES: dict[str, ChangeMove] = {
    move.key: move
    for move in (
        _move("report", "登记变更", "", REPORTED, "TOWN_CLERK"),
        _move("examine", "核实并测算", "REPORTED EXAMINED", EXAMINED, "TOWN_CLERK"),
        _move("send_back", "退回核实", EXAMINED, REPORTED, "TOWN_LEAD COUNTY_APPROVER"),
        _move("decide", "作出决定", EXAMINED, DONE, "TOWN_LEAD COUNTY_APPROVER"),
        _move("serve", "送达告知书", DECIDED, DONE, "TOWN_CLERK"),
        _move("drop", "终结变更", "REPORTED EXAMINED", DROPPED, "TOWN_CLERK"),
    )
}
