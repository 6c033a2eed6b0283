"""First page, faults of the site, speaking up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import acts as intake
from jiuzhu.intake import handed, queries
from jiuzhu.intake.changes import ChangeForm
from jiuzhu.intake.models import ChangeReport
from jiuzhu.intake.places import counties
from jiuzhu.portal.asking import citizen_only


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {})


def find_fault(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/find_fault.html", {"page_title": "网站找错", "back_url": "/"})


def speak(request: HttpRequest) -> HttpResponse:
    """我要反映: objection to a posting, change in one's family, whom to call."""
    return render(
        request, "portal/speak.html", {"page_title": "我要反映", "back_url": "/", "counties": counties()}
    )


@citizen_only
def report_change(request: HttpRequest) -> HttpResponse:
    """The family itself reports a change; the town clerk answers."""
    actor = request.asker
    home_ = queries.place_of(actor.household_id)
    if home_ is None:
        messages.info(request, "您还没有登记过家庭，请先“我要申请”，或者直接打电话给乡镇（街道）。")
        return redirect("portal:speak")
    form = ChangeForm(request.POST or None, villages=[(home_.village_code, "本村（居）")])
    context = {
        "frame": "ui/frame_portal.html",
        "page_title": "家庭情况有变化",
        "back_url": "/speak/",
        "form": form,
        "once": handed.token(request),
        "kinds": ChangeReport.KINDS,
    }
    if request.method != "POST":
        return render(request, "intake/change.html", context)
    try:
        form.check()
        intake.report_change(
            actor,
            town_id=home_.town_id,
            household_id=home_.id,
            photo=handed.photo(request, "photo"),
            once=context["once"],
            **form.values(),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, "/speak/")
        return handed.refused(request, "intake/change.html", context, refusal)
    messages.success(request, "已经告诉乡镇（街道），工作人员会跟您联系。")
    return redirect("portal:speak")
