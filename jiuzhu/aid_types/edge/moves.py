"""Moves of the edge family: the common skeleton of household aid (EDG-01)."""

from __future__ import annotations

from jiuzhu.workflow.common_moves import HOUSEHOLD_AID
from jiuzhu.workflow.table import MoveTable

MOVES = MoveTable(HOUSEHOLD_AID)
