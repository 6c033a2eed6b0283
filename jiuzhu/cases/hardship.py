"""What one-off aid is for, as the case knows it, and when the same cause was last helped (TA-02, TA-04)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.cases.models import Case, Decision, Delivery, Emergency
from jiuzhu.core import clock
from jiuzhu.people.models import Household, Person
from jiuzhu.policy.evidence import Hardship


def hardship_of(case: Case, on: date, *, good_reason: str = "") -> Hardship | None:
    """The hardship for the law's question; nothing for aid that is not for one."""
    if registry.get(case.aid_type).pays != ONCE:
        return None
    told = Emergency.objects.filter(case=case).first()
    if told is None:
        cause = case.causes[0] if case.causes else ""
        return Hardship(cause, helped_on=last_help(case, cause, on), good_reason=good_reason)
    return Hardship(
        told.cause,
        severity=told.severity,
        persons=told.persons or 0,
        helped_on=last_help(case, told.cause, on),
        good_reason=told.good_reason,
        meeting_no=told.meeting_no,
        meeting_fen=told.meeting_fen,
    )


def last_help(case: Case, cause: str, on: date) -> date | None:
    """The last day another case of the same people was helped for this cause, anywhere in the city."""
    with fence(PLATFORM):
        own = Person.objects.filter(household_id=case.household_id).exclude(id_no_index="")
        numbers = list(own.values_list("id_no_index", flat=True))
        elsewhere = Person.objects.filter(id_no_index__in=numbers).values_list("household_id", flat=True)
        return last_help_of(Q(pk__in={case.household_id, *elsewhere}), cause, on, but=case.pk)


def last_help_of(who: Q, cause: str, on: date, *, but: int | None = None) -> date | None:
    """As :func:`last_help` for households found by ``who`` (a person not yet registered has only a number)."""
    if not cause:
        return None
    with fence(PLATFORM):
        households = Household.objects.filter(who)
        cases = Case.objects.filter(
            household__in=households,
            aid_type__in=[aid.code for aid in registry.all_types() if aid.pays == ONCE],
        ).exclude(pk=but)
        given = Delivery.objects.filter(
            case__in=cases, case__emergency__cause=cause, delivered_at__date__lte=on
        ).exclude(amount_fen=0)
        days = [clock.local(at).date() for at in given.values_list("delivered_at", flat=True)]
        days += Decision.objects.filter(
            case__in=cases.filter(causes__contains=[cause]), kind=Decision.APPROVE, decided_on__lte=on
        ).values_list("decided_on", flat=True)
        return max(days, default=None)
