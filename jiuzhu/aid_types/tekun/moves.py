"""Moves of tekun: the skeleton of household aid with its own differences (3.4).

Nobody is approved before his self-care was rated (W30, TK-08). From P2021 on an objection to the posted opinion is looked into within fifteen working days
(民发〔2021〕43号第十五条), with or without an appraisal.
"""

from __future__ import annotations

from dataclasses import replace

from jiuzhu.workflow.common_moves import HOUSEHOLD_AID, P2019
from jiuzhu.workflow.table import Move, MoveTable, move

_OBJECTION, _OBJECTION_LATER = "CLK-OBJ", "CLK-OBJ15"


def _own(row: Move) -> Move:
    if row.key == "D23":
        row = replace(row, guards=(*row.guards, "self_care_rated"))
    if row.regimes.isdisjoint(P2019):
        row = replace(
            row,
            starts=_fifteen(row.starts),
            stops=_fifteen(row.stops),
            may_start=_fifteen(row.may_start),
        )
    return row


def _fifteen(clocks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_OBJECTION_LATER if each == _OBJECTION else each for each in clocks)


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

MOVES = MoveTable([*(_own(row) for row in HOUSEHOLD_AID), RATING])
