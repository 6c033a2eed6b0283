"""The one door and active discovery on the assistant's phone: find or register, tick, tell the town."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import acts as intake
from jiuzhu.intake import door_screen, handed, places
from jiuzhu.intake.door import LeadForm
from jiuzhu.intake.models import Assistance
from jiuzhu.onedoor import leads, queries
from jiuzhu.village.screens import assistant_only


def _town(request: HttpRequest) -> Any:
    town = places.town(request.asker.organ_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return town


def _uid(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("E_NOT_FOUND", what=what) from None


@assistant_only
def door(request: HttpRequest) -> HttpResponse:
    """First who, then one page: need, matters, on whose word."""
    actor, town = request.asker, _town(request)
    chosen, lead_uid = request.GET.get("household", ""), request.GET.get("lead", "")
    if not (chosen or lead_uid or "new" in request.GET):
        return _find(request)
    lead = queries.lead_for(actor, _uid(lead_uid, "困难线索")) if lead_uid else None
    if lead and lead.household_id and not chosen:
        chosen = str(lead.household.uid)
    view = queries.family_view(actor, _uid(chosen, "家庭")) if chosen else None
    ground = request.POST.get("ground", Assistance.PRESENT)
    proof: list[Any] = []

    def check(rows: list[dict[str, Any]]) -> None:
        if ground not in dict(Assistance.GROUNDS):
            raise Refusal("E_INPUT", field="委托方式", problem="请选择申请人怎样委托")
        if lead and lead.incapable and ground != Assistance.GUARDIAN:
            raise Refusal("E_INPUT", field="委托方式", problem="本人无行为能力的，应由监护人委托")
        picture = handed.photo(request, "proof")
        if ground == Assistance.WRITTEN and picture is None:
            raise Refusal("E_INPUT", field="委托书照片", problem="书面委托须拍照留存")
        proof.append(picture)

    def after(reception: Any) -> None:
        for case in door_screen.opened_cases(reception):
            intake.note_assistance(
                actor, case, ground=ground, principal=reception.person.name, proof=proof[0]
            )

    applicant = {"name": lead.name, "id_no": lead.id_no, "phone": lead.phone} if lead else {}
    return door_screen.door_page(
        request,
        door_screen.Door(
            template="village/door.html",
            frame="ui/frame_village.html",
            back_url=reverse("village:leads") if lead else reverse("village:home"),
            town=town,
            channel="AGENT",
            urgent_url=reverse("village:emergency"),
            done=_done,
            villages=places.village_choices(town, actor.villages),
            view=view,
            applicant=applicant,
            lead=lead,
            context={"grounds": Assistance.GROUNDS, "ground": ground},
            check=check,
            after=after,
        ),
    )


def _done(reception: Any) -> str:
    """Signatures first, where a case was opened."""
    cases = door_screen.opened_cases(reception)
    return reverse("village:signers", args=[cases[0].uid]) if cases else reverse("village:home")


def _find(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:40]
    context: dict[str, Any] = {
        "page_title": "一门受理",
        "back_url": reverse("village:home"),
        "q": q,
        "hits": [],
    }
    if q:
        try:
            context["hits"] = queries.find_families(request.asker, q)
        except Refusal as refusal:
            return handed.refused(request, "village/find.html", context, refusal)
    return render(request, "village/find.html", context)


@assistant_only
def lead_list(request: HttpRequest) -> HttpResponse:
    """Leads of the own villages and what became of them."""
    rows, _ = queries.leads(request.asker, limit=50)
    return render(
        request,
        "village/leads.html",
        {"page_title": "困难的人", "back_url": reverse("village:home"), "rows": rows},
    )


@assistant_only
def lead_new(request: HttpRequest) -> HttpResponse:
    """Photo, name, what is seen; the rest is the town's work."""
    actor, town = request.asker, _town(request)
    form = LeadForm(request.POST or None, villages=places.village_choices(town, actor.villages))
    context = {
        "page_title": "报告有困难的人",
        "back_url": reverse("village:leads"),
        "form": form,
        "once": handed.token(request),
    }
    if request.method != "POST":
        return render(request, "village/lead_new.html", context)
    try:
        form.check()
        lead = leads.report(
            actor,
            town_id=town.id,
            source="VILLAGE",
            photo=handed.photo(request, "photo"),
            once=context["once"],
            **form.values(),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("village:leads"))
        return handed.refused(request, "village/lead_new.html", context, refusal)
    messages.success(request, f"已告诉乡镇（街道），编号{lead.number}，工作人员会上门看。")
    return redirect("village:leads")
