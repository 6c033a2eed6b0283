"""Signing in: name and number, then a one-time code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases import queries
from jiuzhu.core import id_numbers, sealing
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.portal import asking, attempts, identity
from jiuzhu.ui import asker
from jiuzhu.workflow.states import STATES

_SENT = "identity_sent"
_DEMO_FAMILIES = 8


def enter(request: HttpRequest) -> HttpResponse:
    """First page: who are you; the code goes out."""
    goal = _goal(request)
    context = {
        "page_title": "登录",
        "back_url": "/",
        "next": goal,
        "typed": {"name": request.POST.get("name", ""), "id_no": request.POST.get("id_no", "")},
        "simulated": identity.provider().simulated,
        "examples": _examples() if settings.DEMO else [],
    }
    if request.method != "POST":
        return render(request, "portal/enter.html", context)
    try:
        address, number = request.META.get("REMOTE_ADDR", ""), id_numbers.normalise(context["typed"]["id_no"])
        attempts.check("address", address, limit=30)
        mark = sealing.index(number, "portal.enter")
        attempts.check("number", mark)
        sent = identity.provider().send_code(context["typed"]["name"], context["typed"]["id_no"])
    except Refusal as refusal:
        return handed.refused(request, "portal/enter.html", context, refusal)
    request.session[_SENT] = {"reference": sent.reference, "shown": sent.shown, "mark": mark}
    return redirect(f"/enter/code/?next={goal}")


def code(request: HttpRequest) -> HttpResponse:
    """Second page: the code. Five wrong ones and the number rests for half an hour."""
    sent = request.session.get(_SENT)
    if not sent:
        return redirect("portal:enter")
    context = {
        "page_title": "输入验证码",
        "back_url": "/enter/",
        "next": _goal(request),
        "shown": sent["shown"],
        "simulated": identity.provider().simulated,
    }
    if request.method != "POST":
        return render(request, "portal/code.html", context)
    address = request.META.get("REMOTE_ADDR", "")
    try:
        attempts.check("address", address, limit=30)
        attempts.check("number", sent["mark"])
        asking.enter(request, identity.provider().prove(sent["reference"], request.POST.get("code", "")))
    except Refusal as refusal:
        if refusal.code == "E_SIGN_IN":
            attempts.failed("number", sent["mark"])
            attempts.failed("address", address)
        return handed.refused(request, "portal/code.html", context, refusal)
    attempts.passed("number", sent["mark"])
    request.session.pop(_SENT, None)
    return redirect(context["next"] or "/mine/")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    asker.leave_citizen(request)
    request.session.pop(asking.NUMBER_KEY, None)
    return redirect("/")


def _goal(request: HttpRequest) -> str:
    goal = request.POST.get("next") or request.GET.get("next") or ""
    return goal if url_has_allowed_host_and_scheme(goal, allowed_hosts=None) else ""


def _examples() -> list[dict[str, Any]]:
    """Demo only: invented families to look at, one for each state there is."""
    with fence(PLATFORM):
        found: dict[str, Any] = {}
        for case in queries.visible(PLATFORM).order_by("-id")[:200]:
            found.setdefault(case.state, case)
        return [
            {"name": case.applicant.name, "id_no": case.applicant.id_no, "state": STATES[case.state].name}
            for case in list(found.values())[:_DEMO_FAMILIES]
        ]
