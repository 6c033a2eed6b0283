"""登记救助意愿 at the window: the town is known, one page for the family."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.cases.acts import intention
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.family import FamilyForms
from jiuzhu.office.work.page import refused, staff_only


@staff_only
def place(request: HttpRequest) -> HttpResponse:
    """A clerk works in one town: straight to its form."""
    actor = request.asker
    if actor.role != "TOWN_CLERK":
        raise Refusal("E_AUTH", role=actor.organ, act="登记救助意愿", why="由乡镇（街道）经办人员登记")
    return redirect("office:new", town_id=actor.organ_id)


@staff_only
def register(request: HttpRequest, town_id: int) -> HttpResponse:
    town = places.town(town_id)
    if town is None or town_id not in request.asker.towns:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    given = request.POST if request.method == "POST" else None
    family = FamilyForms(given, villages=places.village_choices(town), aids=places.aids(town))
    context = {
        "page_title": "登记救助意愿",
        "town": town,
        "family": family,
        "once": handed.token(request),
        "back": reverse("office:today"),
    }
    if given is None or family.adding:
        return render(request, "office/work/intention.html", context)
    try:
        family.check()
        case = intention.register_intention(
            request.asker, town_id=town.id, channel="WINDOW", once=context["once"], **family.values()
        )
    except Refusal as refusal:
        return refused(request, "office/work/intention.html", context, refusal)
    messages.success(request, f"已登记，案号 {case.case_no}。请家庭中每位成年人签署核对授权。")
    return redirect("office:signers", uid=case.uid)
