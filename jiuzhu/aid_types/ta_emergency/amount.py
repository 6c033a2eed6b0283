"""The sum of emergency aid, written once for a household and for whole columns (integer fen)."""

from __future__ import annotations

from typing import Any

from jiuzhu.core.columns import at_least


def by_severity(standard_fen: Any, persons: Any, months: Any) -> Any:
    """TA-10: monthly standard × persons hit × months of the severity table."""
    return standard_fen * persons * months


def settled(table_fen: Any, meeting_fen: Any) -> Any:
    """TA-10: what a county meeting settled for an extreme case, never less than the table gives."""
    return at_least(meeting_fen, table_fen)
