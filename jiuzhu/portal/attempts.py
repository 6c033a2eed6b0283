"""Limits on proving who one is: five wrong tries, then half an hour of waiting."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from jiuzhu.core import clock, sealing
from jiuzhu.core.refusal import Refusal
from jiuzhu.portal.models import Attempt

LIMIT, REST = 5, timedelta(minutes=30)


def _key(what: str, value: str) -> str:
    return sealing.index(value, f"portal.attempt.{what}")


def check(what: str, value: str, *, limit: int = LIMIT) -> None:
    """Raises E_LOCKED while ``value`` has failed too often."""
    row = Attempt.objects.filter(pk=_key(what, value)).first()
    if row and row.failures >= limit and clock.now() - row.last_at < REST:
        raise Refusal("E_LOCKED", times=limit, minutes=int(REST.total_seconds() // 60))


@transaction.atomic
def failed(what: str, value: str) -> None:
    """Count one failure; a rested key starts anew."""
    now = clock.now()
    Attempt.objects.get_or_create(pk=_key(what, value), defaults={"last_at": now})
    row = Attempt.objects.select_for_update().get(pk=_key(what, value))
    row.failures = 1 if now - row.last_at >= REST else row.failures + 1
    row.last_at = now
    row.save(update_fields=["failures", "last_at"])


def passed(what: str, value: str) -> None:
    Attempt.objects.filter(pk=_key(what, value)).delete()
