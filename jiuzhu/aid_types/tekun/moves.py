"""Moves of tekun: the skeleton of household aid with its own differences (3.4).

Nobody is approved before his self-care was rated (W30, TK-08). From P2021 on an objection to the posted opinion is looked into within fifteen working days
(民发〔2021〕43号第十五条), with or without an appraisal; township and county have fifteen working days each inside the
total clock (第十三条、第十六条).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jiuzhu.workflow.common_moves import HOUSEHOLD_AID, LATER, P2019
from jiuzhu.workflow.table import ALL_REGIMES, Move, MoveTable, move

# later regimes: fifteen working days for an objection, for the township and for the county (第十三、十五、十六条)
_LATER_CLOCKS = {"CLK-OBJ": "CLK-OBJ15", "CLK-CO": "CLK-CO15"}
TOWN_CLOCK = "CLK-TK15"
_TOTAL, _FORWARD = "CLK-T20", "D19"


def _own(row: Move) -> Iterator[Move]:
    if row.key == "D23":
        row = replace(row, guards=(*row.guards, "self_care_rated"))
    if _TOTAL in row.starts:  # acceptance pins the regime, which decides whether the township's clock runs
        row = replace(row, may_start=(*row.may_start, TOWN_CLOCK))
    if row.regimes.isdisjoint(P2019):
        yield _later(row)
    elif row.regimes == ALL_REGIMES and _later(row) != row:
        yield replace(row, regimes=frozenset(P2019))
        yield replace(_later(row), regimes=frozenset(LATER))
    else:
        yield row


def _later(row: Move) -> Move:
    """The row under the later rules: its clocks have their own days, the township's time ends with its opinion."""
    stops = _renamed(row.stops)
    if row.key == _FORWARD:
        stops += (TOWN_CLOCK,)
    return replace(row, starts=_renamed(row.starts), stops=stops, may_start=_renamed(row.may_start))


def _renamed(clocks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_LATER_CLOCKS.get(each, each) for each in clocks)


_RATED_IN = "ACCEPTED INVESTIGATING TOWN_REVIEW PRELIM_PUBLICITY COUNTY_REVIEW COUNTY_VISIT TOWN_APPROVAL OBJECTION APPRAISAL"

RATING = move(
    "TK-08",
    "rate_self_care",
    "自理能力评估",
    _RATED_IN,
    _RATED_IN,
    "TOWN_CLERK COUNTY_SUPERVISOR",
    guards="rated_by_two_and_a_witness",
    papers="W30",
)

MOVES = MoveTable([*(own for row in HOUSEHOLD_AID for own in _own(row)), RATING])
