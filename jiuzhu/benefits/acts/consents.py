"""A family in benefit takes its consent back (VER-23): questions stop at once, the review of the benefit is due."""

from __future__ import annotations

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.acts import record
from jiuzhu.benefits.acts._act import locked_entitlement
from jiuzhu.benefits.models import Review
from jiuzhu.benefits.permissions import check_role
from jiuzhu.cases import consents
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.permissions import FAMILY_SIDE
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people.models import Authorisation
from jiuzhu.verification import acts as verification
from jiuzhu.verification.models import Run

_ACT = "撤回核对授权"


def withdraw(actor: Actor, entitlement_id: int, *, reason: str) -> Entitlement:
    """The family, or the clerk or assistant for it. Nothing is stopped by it: the review says what follows (DQ-14).

    Raises E_AUTH, E_SOD, E_NOT_FOUND, E_REASONS, E_STATE (nothing in force to take back).
    """
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act=_ACT)
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, FAMILY_SIDE, _ACT, entitlement)
        case, today = entitlement.case, clock.today()
        if entitlement.state not in Entitlement.RUNNING or not consents.holds(case, today):
            raise Refusal("E_STATE", act=_ACT, state="授权没有生效或者已经失效")
        consent, at = case.authorisation, clock.now()
        with fence(PLATFORM):
            people.end_authorisation(consent, at, state=Authorisation.WITHDRAWN)
            for fresh in consent.renewals.filter(state=Authorisation.DRAFT):
                people.end_authorisation(fresh, at)
            for each in Case.objects.filter(authorisation=consent).values_list("id", flat=True):
                verification.stop_runs(each)
            resting = Entitlement.objects.filter(case__authorisation=consent, state__in=Entitlement.RUNNING)
            resting.filter(next_review_on__gt=today).update(next_review_on=today)
            stopped = Run.objects.filter(authorisation=consent, state=Run.STOPPED)
            begun = Review.objects.filter(entitlement__in=resting, state=Review.RUNNING)
            begun.filter(run_id__in=stopped.values("id")).update(state=Review.PLANNED, run_id=None)
        record(
            actor,
            "authorisation.withdraw",
            about=consent,
            case_no=case.case_no,
            number=consent.number,
            reason=reason.strip()[:200],
        )
    return entitlement
