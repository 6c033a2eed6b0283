"""A member who was away for a time comes home while a case of the family is open (AS-57): he counts from the day after
the date that was given, signs the consent like every adult (AS-02), and departments are asked about him too (VER-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.core.id_numbers import age_on
from jiuzhu.people.models import Person
from jiuzhu.people.queries import homes_of_returned, returned
from jiuzhu.verification import queries as verification


@dataclass(frozen=True)
class Homecoming:
    """Who is due home since when, and what is still owed to the case."""

    person: Person
    due_on: date
    to_sign: bool
    to_ask: bool


def homecomings(case: Case, on: date) -> list[Homecoming]:
    """Members who came home since the case was opened and have not signed or were not asked about; else nothing.

    In one person's own aid it may be the person himself; whoever else came home has to be looked at as well, for the
    family's own limits (DB-06) or his duty of support (TK-02). Without consent nobody is asked about.
    """
    if not case.open or case.authorisation is None:
        return []
    opened = clock.local(case.opened_at).date()
    signed = set(case.authorisation.signatures.values_list("person_id", flat=True))
    asked = verification.asked_about(case.id)
    found = [
        Homecoming(
            person=each.person,
            due_on=each.exclude_until,
            to_sign=age_on(each.person.born_on, on) >= 18 and each.person_id not in signed,
            to_ask=each.person_id not in asked,
        )
        for each in returned(case.household, on)
        if each.exclude_until and each.exclude_until >= opened
    ]
    return [each for each in found if each.to_sign or each.to_ask]


def due_home(cases: QuerySet[Case], on: date, *, limit: int = 100) -> list[tuple[Case, Homecoming]]:
    """Of these cases, whoever came home and is still owed something, the longest home first."""
    rows = cases.filter(open=True, authorisation__isnull=False, household_id__in=homes_of_returned(on))
    found = [(case, each) for case in rows.order_by("id") for each in homecomings(case, on)]
    return sorted(found, key=lambda each: (each[1].due_on, each[0].id))[:limit]


def unsigned(case: Case, on: date) -> set[int]:
    """Nobody is asked about them before they have signed."""
    return {each.person.id for each in homecomings(case, on) if each.to_sign}


def to_ask(case: Case, on: date) -> list[Person]:
    """Home, under the consent, and no department was asked about them yet."""
    return [each.person for each in homecomings(case, on) if each.to_ask and not each.to_sign]
