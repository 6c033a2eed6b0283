"""Taking sheets down: a posting hangs only while its result stands (PUBL-05)."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from jiuzhu.publicity.models import Posting


def public_url(token: str) -> str:
    """Where a sheet is read by everybody; its code is on the paper."""
    return f"{settings.PUBLIC_URL}/public/postings/{token}/"


def take_down(case_id: int, on: date) -> int:
    """Every sheet with a window still hanging comes down today; returns how many did. Announcements stay (PUBL-05)."""
    hanging = Posting.objects.filter(case_id=case_id, removed_on__isnull=True)
    return hanging.exclude(kind=Posting.ANNOUNCEMENT).update(removed_on=on)
