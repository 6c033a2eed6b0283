"""发现急难: the assistant tells the town on one page; the twenty-four hours begin (E1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.emergency import ReportForm, carried
from jiuzhu.onedoor import queries as onedoor
from jiuzhu.village.screens import assistant_only


@assistant_only
def report(request: HttpRequest) -> HttpResponse:
    actor = request.asker
    town = places.town(actor.organ_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    villages = places.village_choices(town, actor.villages)
    typed = carried(request)
    if typed and request.POST.get("household"):
        typed |= onedoor.who_came(actor, handed.uid(request.POST["household"], "家庭"))
    asked = request.method != "POST" or typed is not None
    form = ReportForm(
        None if asked else request.POST,
        villages=villages,
        initial={"village": villages[0][0]} | (typed or {}),
    )
    context = {
        "frame": "ui/frame_village.html",
        "page_title": "发现急难",
        "back_url": reverse("village:home"),
        "form": form,
        "once": handed.token(request),
    }
    if asked:
        return render(request, "intake/emergency.html", context)
    try:
        form.check()
        told = form.report() | {"reporter_name": actor.name}
        case = reporting.report_emergency(
            actor, town_id=town.id, channel="DISCOVERY", once=context["once"], **told
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("village:home"))
        return handed.refused(request, "intake/emergency.html", context, refusal)
    messages.success(request, f"已报告，编号{case.case_no}。乡镇（街道）24小时内救助。")
    return redirect("village:home")
