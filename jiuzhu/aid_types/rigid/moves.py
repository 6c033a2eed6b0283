"""Moves of rigid expenditure: the common skeleton under its own total limit of 30 working days (FRIG art.8)."""

from __future__ import annotations

from jiuzhu.workflow.common_moves import HOUSEHOLD_AID
from jiuzhu.workflow.table import MoveTable, with_clock

TOTAL_CLOCK = "CLK-RIG"
MOVES = MoveTable(with_clock(HOUSEHOLD_AID, "CLK-T20", TOTAL_CLOCK))
