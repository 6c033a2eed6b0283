"""E8: what was given in an emergency is told on the village boards, month by month (PUBL-02)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.acts.posting import post
from jiuzhu.cases.models import Case
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.publicity.models import Posting


def announce_month(actor: Actor, town_id: int, month: date) -> int:
    """The month's aid on the village boards: name, persons, sum, never why (PUBL-02, PUBL-03). Returns how many."""
    if town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    with transaction.atomic():
        cases = unannounced(town_id, month)
        for case in cases:
            with acting(actor, case.uid, "E8") as act:
                told = act.case.registration
                persons = act.case.emergency.persons or 1
                post(act, members_count=persons, amount_fen=told.amount_fen, kind=Posting.ANNOUNCEMENT)
        return len(cases)


def unannounced(town_id: int, month: date) -> list[Case]:
    """Emergencies of a town closed in or before a month and not on a list yet; aid without money is not announced."""
    closed = Case.objects.filter(
        town_id=town_id,
        state="CLOSED",
        closed_on__lt=add_months(month.replace(day=1), 1),
        registration__amount_fen__gt=0,
    )
    announced = Posting.objects.filter(kind=Posting.ANNOUNCEMENT).values("case_id")
    return list(closed.exclude(pk__in=announced).select_related("applicant", "registration").order_by("id"))
