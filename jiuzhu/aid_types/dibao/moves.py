"""Moves of dibao: the common skeleton of household aid."""

from __future__ import annotations

from jiuzhu.workflow.common_moves import HOUSEHOLD_AID
from jiuzhu.workflow.table import MoveTable

MOVES = MoveTable(HOUSEHOLD_AID)
