"""Moves of expense aid (3.5): the common rows, with verification beside the investigation instead of before the form.

Rows that differ: the family signs and applies in one sitting, departments are asked after acceptance, the result is
posted under every regime, the decision follows the sum (TA-20), and the case closes once the money has arrived.
"""

from __future__ import annotations

from dataclasses import replace

from jiuzhu.workflow.common_moves import (
    ACCEPTANCE,
    DECISION,
    ENDING,
    INTAKE,
    INVESTIGATION,
    PUBLICITY,
    VERIFY_FIRST,
)
from jiuzhu.workflow.table import ALL_REGIMES, Move, MoveTable, move, with_clock

TOTAL_CLOCK = "CLK-TAX"
_SEED = "P2019"


def _seed(rows: tuple[Move, ...]) -> tuple[Move, ...]:
    """The city's own flow under every regime: result posted after the decision, no opinion posted before it."""
    kept = [replace(row, regimes=ALL_REGIMES) for row in rows if _SEED in row.regimes]
    return with_clock(kept, "CLK-T20", TOTAL_CLOCK)


def _named(rows: tuple[Move, ...], *keys: str) -> tuple[Move, ...]:
    return tuple(row for row in _seed(rows) if row.key in keys)


def _guarded(rows: tuple[Move, ...], former: str, now: str) -> tuple[Move, ...]:
    return tuple(
        replace(row, guards=tuple(now if name == former else name for name in row.guards)) for row in rows
    )


APPLYING = (
    *_named(VERIFY_FIRST, "D1"),
    move(
        "D2",
        "sign_authorisation",
        "签署授权",
        "INTENT",
        "AUTHORISED",
        INTAKE,
        guards="all_adults_signed",
        papers="W02 W03",
    ),
    move(
        "D11",
        "submit_application",
        "提交申请",
        "AUTHORISED",
        "APPLIED",
        INTAKE,
        guards="commitments_signed spending_told",
        starts="CLK-AC",
        papers="W09 W10 W12",
    ),
    *_seed(ACCEPTANCE),
)

ASKING = (
    move(
        "D3",
        "start_verification",
        "开始核对",
        "ACCEPTED",
        "VERIFYING",
        "TOWN_VERIFIER",
        guards="authorisation_in_force verifier_is_bound",
        starts="CLK-VR",
        optional="W04",
    ),
    move(
        "D4",
        "issue_report",
        "出具核对报告",
        "VERIFYING INVESTIGATING",
        "VERIFYING INVESTIGATING",
        "TOWN_VERIFIER COUNTY_VERIFIER",
        guards="verifier_is_bound sources_answered_or_timed_out",
        stops="CLK-VR",
        papers="W05",
    ),
    move(
        "D17",
        "start_investigation",
        "开始入户调查",
        "ACCEPTED VERIFYING",
        "INVESTIGATING",
        "TOWN_CLERK",
        guards="asked_or_known",
        stops="CLK-INVS",
    ),
)

_LOOKED = _named(INVESTIGATION, "D18", "D19", "D20")
DECIDING = (
    *(replace(row, guards=(*row.guards, "report_or_known")) if row.key == "D18" else row for row in _LOOKED),
    *_guarded(_seed(DECISION), "report_in_force", "report_or_known"),
    *(replace(row, papers=("W23",)) if row.key == "D25" else row for row in _seed(PUBLICITY)),
    move(
        "TAX-P",
        "close_paid",
        "发放到账，办结",
        "GRANTED",
        "CLOSED",
        "SYSTEM",
        guards="all_paid",
    ),
)

_HERE = {state for row in (*APPLYING, *ASKING, *DECIDING) for state in (*row.sources, *row.targets)}


def _within(row: Move) -> Move:
    """The same row, without the states this aid does not have."""
    return replace(
        row,
        sources=tuple(state for state in row.sources if state in _HERE),
        targets=tuple(state for state in row.targets if state in {*_HERE, "TERMINATED"}),
    )


# a case that is being verified is past acceptance here, unlike where verification comes first
_END = tuple(
    replace(row, sources=(*row.sources, "VERIFYING"))
    if row.key == "D31" and "ACCEPTED" in row.sources
    else row
    for row in _named(ENDING, "D31", "D31w", "DTH", "REL-04", "ORG-06", "ORG-04", "VER-10")
)

MOVES = MoveTable(row for row in map(_within, (*APPLYING, *ASKING, *DECIDING, *_END)) if row.targets)
