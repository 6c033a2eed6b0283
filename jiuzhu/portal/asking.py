"""Which citizen asks, and what the session may remember of him."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.acts import record
from jiuzhu.core import names, sealing
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people import queries as people_queries
from jiuzhu.portal.identity import Proven
from jiuzhu.ui import asker

NUMBER_KEY = "citizen_number"


def enter(request: HttpRequest, proven: Proven) -> None:
    """Let a proven person in; the dossier's name must be his. Raises E_SIGN_IN.

    Whoever is in no dossier yet is a citizen without a household: he may only register an intention.
    """
    if request.user.is_authenticated:
        logout(request)
    known = people_queries.find_by_number(proven.number)
    if known and known.name_key != names.normalise(proven.name):
        raise Refusal("E_SIGN_IN")
    asker.enter_citizen(
        request,
        name=known.name if known else proven.name,
        person_id=known.id if known else None,
        household_id=known.household_id if known else None,
    )
    sealed = sealing.seal(proven.number.encode(), NUMBER_KEY)
    request.session[NUMBER_KEY] = base64.b64encode(sealed).decode()
    with fence(PLATFORM):
        if known:
            people.open_account(known)
        record(asker.asker_of(request), "citizen.enter", about=known, person_uid=known.uid if known else None)


def number_of(request: HttpRequest) -> str:
    """The ID number the person proved in this session, or ""."""
    sealed = request.session.get(NUMBER_KEY)
    return sealing.unseal(base64.b64decode(sealed), NUMBER_KEY).decode() if sealed else ""


def now_in_household(request: HttpRequest) -> Actor:
    """After a first intention the citizen belongs to a household; returns him with it."""
    known = people_queries.find_by_number(number_of(request))
    if known is None:
        raise Refusal("E_NOT_FOUND", what="家庭")
    remembered = request.session[NUMBER_KEY]
    asker.enter_citizen(request, name=known.name, person_id=known.id, household_id=known.household_id)
    request.session[NUMBER_KEY] = remembered
    with fence(PLATFORM):
        people.open_account(known)
    found = asker.asker_of(request)
    if found is None:
        raise Refusal("E_NOT_FOUND", what="家庭")
    return found


def citizen_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pages of one's own: whoever has not shown who he is goes to the sign-in page first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.asker is None or not request.asker.is_citizen:
            return redirect(f"/enter/?next={quote(request.get_full_path())}")
        return view(request, *args, **kwargs)

    return guarded
