"""The consent after it came into force (VER-21): who still has to sign it, and whether it is being signed anew.

Whoever was not asked when the others signed, because he was a minor, joined later or was away (AS-57), signs the same
consent. One that ended or comes to its end is signed anew by every adult at home; the former holds until the last has.
"""

from __future__ import annotations

from datetime import date, timedelta

from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.people import queries as people
from jiuzhu.people.models import Authorisation, Person

RENEW_DAYS = 30  # how long before its end a consent is asked for anew


def in_benefit(case: Case) -> bool:
    return Entitlement.objects.filter(case=case, state__in=Entitlement.RUNNING).exists()


def renewal_of(case: Case) -> Authorisation | None:
    """The consent that is to take the place of the case's own and waits for signatures."""
    if case.authorisation is None:
        return None
    return case.authorisation.renewals.filter(state=Authorisation.DRAFT).first()


def to_sign(case: Case) -> Authorisation | None:
    """The consent a signature given now belongs to."""
    return renewal_of(case) or case.authorisation


def holds(case: Case, on: date) -> bool:
    """Whether departments may be asked under the case's consent on a day."""
    consent = case.authorisation
    if consent is None or consent.state != Authorisation.IN_FORCE:
        return False
    return consent.valid_to is None or consent.valid_to >= on


def ends_soon(case: Case, on: date) -> bool:
    return not holds(case, on + timedelta(days=RENEW_DAYS))


def unsigned(case: Case, on: date) -> list[Person]:
    """Adults at home who have not signed."""
    consent = to_sign(case)
    regime = case.regime if case.open else regime_today(case.county, on)
    return people.unsigned(consent, on, regime) if consent else []


def may_sign(case: Case, person_uid: str, on: date) -> bool:
    """Whether he signs a consent the others have put in force already, or the one that takes its place."""
    usable = holds(case, on) or renewal_of(case) is not None
    if not usable or not (case.open or in_benefit(case)):
        return False
    return any(str(each.uid) == person_uid for each in unsigned(case, on))
