"""Taking sheets down: a posting hangs only while its result stands (PUBL-05)."""

from __future__ import annotations

from datetime import date

from jiuzhu.publicity.models import Posting


def take_down(case_id: int, on: date) -> int:
    """Every sheet of the case still hanging comes down today; returns how many did."""
    return Posting.objects.filter(case_id=case_id, removed_on__isnull=True).update(removed_on=on)
