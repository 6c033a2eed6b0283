"""我要申请: where, who, what hardship — a few questions, then the family knows what comes next (D1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.cases import queries
from jiuzhu.cases.acts import intention
from jiuzhu.core import id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.family import FamilyForms
from jiuzhu.portal import asking, self_check
from jiuzhu.portal.asking import citizen_only


@citizen_only
def where(request: HttpRequest) -> HttpResponse:
    """First county, then town: two short pages instead of one long list."""
    open_cases = _open_cases(request)
    if open_cases:
        messages.info(request, "您家已有正在办理的申请，不需要重复申请。")
        return redirect("portal:case", uid=open_cases[0].case.uid)
    county, town = request.GET.get("county", ""), request.GET.get("town", "")
    if places.town(town):
        return redirect("portal:family", town_id=town)
    towns = places.towns(county)
    return render(
        request,
        "portal/where.html",
        {
            "page_title": "您家在哪里",
            "back_url": "/apply/" if towns else "/",
            "county": county,
            "counties": places.counties(),
            "towns": towns,
        },
    )


@citizen_only
def family(request: HttpRequest, town_id: int) -> HttpResponse:
    """Village, people, hardship; sent once, however often the button is pressed."""
    town = places.town(town_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    data = request.POST if request.method == "POST" else None
    number = asking.number_of(request)
    along = self_check.taken(request) if data is None else {}
    forms = FamilyForms(
        data,
        initial=along,
        villages=places.village_choices(town),
        aids=places.aids(town),
        applicant={"name": request.asker.name, "id_no": number},
    )
    context: dict[str, Any] = {
        "frame": "ui/frame_portal.html",
        "page_title": "登记救助意愿",
        "back_url": "/apply/",
        "town": town,
        "forms": forms,
        "once": handed.token(request),
    }
    if data is None or forms.adding:
        return render(request, "intake/family.html", context)
    try:
        forms.check()
        values = forms.values()
        if id_numbers.normalise(values["people"][0]["id_no"]) != number:
            raise Refusal("E_OTHER_PERSON", name=request.asker.name)
        case = intention.register_intention(
            request.asker, town_id=town.id, channel="ONLINE", once=context["once"], **values
        )
    except Refusal as refusal:
        if refusal.code in ("E_REPEAT", "E_DUP") and _sent_before(request, context["once"]):
            return handed.repeated(request, Refusal("E_REPEAT", case_no="意愿登记"), "/mine/")
        return handed.refused(request, "intake/family.html", context, refusal)
    asking.now_in_household(request)
    self_check.forget(request)
    request.session["intention_once"] = context["once"]
    messages.success(request, f"已登记，编号{case.case_no}。")
    return redirect("portal:registered", uid=case.uid)


def _sent_before(request: HttpRequest, once: str) -> bool:
    return request.session.get("intention_once") == once


def _open_cases(request: HttpRequest) -> list[Any]:
    if not request.asker.household_id:
        return []
    rows, _ = queries.listing(request.asker, open_only=True)
    return rows


@citizen_only
def registered(request: HttpRequest, uid: Any) -> HttpResponse:
    """What happens next, in four lines, with the first thing to do as the button."""
    case = queries.case_for(request.asker, uid)
    return render(
        request,
        "portal/registered.html",
        {"page_title": "已登记您的救助意愿", "back_url": "/mine/", "case": case},
    )
