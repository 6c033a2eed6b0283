"""我有急难: where it happened, what happened; help comes within a day, papers afterwards (E1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.core import id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.emergency import ReportForm, carried
from jiuzhu.portal import asking
from jiuzhu.portal.asking import citizen_only


@citizen_only
def where(request: HttpRequest) -> HttpResponse:
    """The place of the emergency, not of the registered residence (TA-01)."""
    county = request.GET.get("county", "")
    towns = places.towns(county)
    return render(
        request,
        "portal/where.html",
        {
            "page_title": "急难发生在哪里",
            "back_url": "/emergency/" if towns else "/",
            "county": county,
            "counties": places.counties(),
            "towns": [{"id": f"{each.id}/", "name": each.name} for each in towns],
            "pick": "/emergency/",
        },
    )


@citizen_only
def report(request: HttpRequest, town_id: int) -> HttpResponse:
    """One page, for oneself or for somebody else; sent once, however often the button is pressed."""
    town = places.town(town_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    typed = carried(request)
    asked = request.method != "POST" or typed is not None
    form = ReportForm(
        None if asked else request.POST,
        villages=places.village_choices(town),
        initial={"name": request.asker.name, "id_no": asking.number_of(request)} | (typed or {}),
    )
    context = {
        "frame": "ui/frame_portal.html",
        "page_title": "我有急难",
        "back_url": "/emergency/",
        "form": form,
        "once": handed.token(request),
    }
    if asked:
        return render(request, "intake/emergency.html", context)
    try:
        form.check()
        told = form.report() | {"reporter_name": request.asker.name, "reported_at": None}
        case = reporting.report_emergency(
            request.asker, town_id=town.id, channel="ONLINE", once=context["once"], **told
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, "/mine/")
        return handed.refused(request, "intake/emergency.html", context, refusal)
    own = id_numbers.normalise(told["id_no"]) == asking.number_of(request)
    if own and not request.asker.household_id:
        asking.now_in_household(request)
    messages.success(request, f"已登记，编号{case.case_no}。乡镇（街道）会在24小时内联系您。")
    return redirect("/mine/" if own else "/")
