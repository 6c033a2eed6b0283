"""一门受理 for the family itself, referrals on its phone, and who serves where; telling of somebody in hardship."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.actor import CITIZEN, Actor
from jiuzhu.core import id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import door_screen, handed, places, queries
from jiuzhu.intake.door import LeadForm
from jiuzhu.onedoor import leads, referrals
from jiuzhu.onedoor import queries as onedoor
from jiuzhu.portal import asking, attempts
from jiuzhu.portal.asking import citizen_only

_A_DAY = 5


@citizen_only
def door(request: HttpRequest) -> HttpResponse:
    """A known family is not asked where it lives; a new one says county and town first."""
    actor = request.asker
    home = queries.place_of(actor.household_id)
    town = home.town if home else places.town(request.GET.get("town", ""))
    if town is None:
        county = request.GET.get("county", "")
        towns = places.towns(county)
        return render(
            request,
            "portal/where.html",
            {
                "page_title": "您家在哪里",
                "back_url": reverse("portal:door") if towns else "/",
                "county": county,
                "counties": places.counties(),
                "towns": towns,
                "pick": "?town=",
            },
        )
    number = asking.number_of(request)

    def check(rows: list[dict[str, Any]]) -> None:
        if rows and id_numbers.normalise(rows[0]["id_no"]) != number:
            raise Refusal("E_OTHER_PERSON", name=actor.name)

    def after(reception: Any) -> None:
        if actor.household_id is None:
            asking.now_in_household(request)

    return door_screen.door_page(
        request,
        door_screen.Door(
            template="intake/door.html",
            frame="ui/frame_portal.html",
            back_url=reverse("portal:mine"),
            town=town,
            channel="ONLINE",
            urgent_url=reverse("portal:emergency_report", args=[town.id]),
            done=lambda reception: reverse("portal:matters"),
            villages=places.village_choices(town),
            view=onedoor.family_view(actor, home.uid) if home else None,
            applicant={"name": actor.name, "id_no": number},
            check=check,
            after=after,
        ),
    )


@citizen_only
def matters(request: HttpRequest) -> HttpResponse:
    """What was passed on for the family, until when an answer is due, and what the department said."""
    actor = request.asker
    return render(
        request,
        "portal/matters.html",
        {
            "page_title": "转办的事项",
            "back_url": reverse("portal:mine"),
            "referrals": onedoor.referrals_for_family(actor),
            "waiting": onedoor.receptions_for_family(actor),
            "cases_url": reverse("portal:mine"),
        },
    )


@citizen_only
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The stored slip of one's own referral."""
    found = onedoor.referral_for(request.asker, uid)
    response = HttpResponse(referrals.read_slip(request.asker, found), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="W50.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def windows(request: HttpRequest) -> HttpResponse:
    """Public: where to go, whom to call, when it is open; by county, then town (ORG-11, ORG-13)."""
    counties = places.counties()
    county = next((each for each in counties if str(each.id) == request.GET.get("county")), None)
    towns = places.towns(county.id) if county else []
    town = next((each for each in towns if str(each.id) == request.GET.get("town")), None)
    return render(
        request,
        "portal/windows.html",
        {
            "page_title": "到哪里办",
            "back_url": "/",
            "counties": counties,
            "county": county,
            "towns": towns,
            "town": town,
            "windows": onedoor.windows(county) if county and not town else [],
            "stations": onedoor.stations(town) if town else [],
            "own": next((each for each in onedoor.windows(county) if each.code == town.code), None)
            if county and town
            else None,
        },
    )


def tell(request: HttpRequest) -> HttpResponse:
    """Anybody may tell of somebody in hardship; a name is not asked for, and sealed where it is given."""
    county = request.GET.get("county", "")
    town = places.town(request.GET.get("town", ""))
    if town is None:
        towns = places.towns(county)
        return render(
            request,
            "portal/where.html",
            {
                "page_title": "有困难的人住在哪里",
                "back_url": reverse("portal:tell") if towns else "/speak/",
                "county": county,
                "counties": places.counties(),
                "towns": towns,
                "pick": "?town=",
            },
        )
    form = LeadForm(request.POST or None, villages=places.village_choices(town))
    typed = {name: request.POST.get(name, "") for name in ("informant", "informant_phone")}
    context = {
        "page_title": "有人需要帮助",
        "back_url": "/speak/",
        "town": town,
        "form": form,
        "typed": typed,
        "once": handed.token(request),
    }
    if request.method != "POST":
        return render(request, "portal/tell.html", context)
    address = request.META.get("REMOTE_ADDR", "")
    actor = Actor(kind=CITIZEN, id=None, name="群众", role="PUBLIC", client=address)
    try:
        attempts.check("tell", address, limit=_A_DAY)
        form.check()
        lead = leads.report(
            actor,
            town_id=town.id,
            source="PUBLIC",
            photo=handed.photo(request, "photo"),
            informant=typed["informant"],
            informant_phone=typed["informant_phone"],
            once=context["once"],
            **form.values(),
        )
        attempts.failed("tell", address)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, "/speak/")
        return handed.refused(request, "portal/tell.html", context, refusal)
    messages.success(request, "已收到，工作人员会尽快上门。您的姓名和电话密封保存，不会公开。")
    return redirect(f"{reverse('portal:told')}?number={lead.number}")


def told(request: HttpRequest) -> HttpResponse:
    """How far a word about somebody in hardship is, by its number; a stranger who guesses numbers is stopped."""
    number = request.GET.get("number", "").strip()[:30]
    context = {"page_title": "查反映的事", "back_url": "/speak/", "number": number, "found": None}
    if not number:
        return render(request, "portal/told.html", context)
    address = request.META.get("REMOTE_ADDR", "")
    try:
        attempts.check("told", address, limit=_A_DAY)
        context["found"] = onedoor.receipt_of(number)
    except Refusal as refusal:
        if refusal.code == "E_NOT_FOUND":
            attempts.failed("told", address)
        return handed.refused(request, "portal/told.html", context, refusal)
    return render(request, "portal/told.html", context)
