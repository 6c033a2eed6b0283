"""Reads on what was handed in; the fence keeps them to the asker's area."""

from __future__ import annotations

from django.db.models import QuerySet

from jiuzhu.accounts.actor import Actor
from jiuzhu.intake.models import Assistance, ChangeReport
from jiuzhu.people.models import Household


def change_reports(actor: Actor, *, open_only: bool = False) -> QuerySet[ChangeReport]:
    """Change reports of the asker's area, unanswered first, then the newest."""
    found = ChangeReport.objects.filter(town_id__in=actor.towns)
    if actor.villages:
        found = found.filter(village_code__in=actor.villages)
    if open_only:
        found = found.filter(answered_at__isnull=True)
    return found.order_by("answered_at", "-at") if open_only else found.order_by("-at")


def assistance_of(case_uid: object) -> Assistance | None:
    return Assistance.objects.filter(case_uid=case_uid).order_by("-id").first()


def place_of(household_id: int | None) -> Household | None:
    """The household a citizen belongs to, as far as the fence shows it."""
    return Household.objects.filter(pk=household_id).first() if household_id else None
