"""一门受理 at the window: find the family once, tell the need once, tick what is wanted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.core import names
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.door import DoorForm
from jiuzhu.intake.door_screen import door_members, whose
from jiuzhu.intake.family import FamilyForms
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.onedoor import queries, receptions


def _own_town(request: HttpRequest) -> Any:
    town = places.town(request.asker.organ_id)
    if request.asker.role != "TOWN_CLERK" or town is None:
        raise Refusal("E_AUTH", role=request.asker.organ, act="一门受理", why="由乡镇（街道）经办人员受理")
    return town


@staff_only
def find(request: HttpRequest) -> HttpResponse:
    """One box: name or ID number. A known family is chosen by one click, an unknown one registered."""
    _own_town(request)
    q, lead = request.GET.get("q", "").strip()[:40], request.GET.get("lead", "")
    context: dict[str, Any] = {
        "page_title": "一门受理",
        "q": q,
        "lead": lead,
        "recent": queries.receptions_of(request.asker, limit=8),
        "hits": None,
    }
    if q:
        try:
            context["hits"] = queries.find_families(request.asker, q)
        except Refusal as refusal:
            return refused(request, "office/onedoor/find.html", context, refusal)
    return render(request, "office/onedoor/find.html", context)


@staff_only
def receive(request: HttpRequest) -> HttpResponse:
    """The one page: what is known is shown, only the need and the ticks are new."""
    town = _own_town(request)
    given = request.POST if request.method == "POST" else None
    chosen = (given or request.GET).get("household", "")
    lead_uid = (given or request.GET).get("lead", "")
    lead = queries.lead_for(request.asker, _uid(lead_uid)) if lead_uid else None
    if lead and not chosen and lead.household_id:
        chosen = str(lead.household.uid)
    view = queries.family_view(request.asker, _uid(chosen)) if chosen else None
    family = None if view else _family(request, town, given, lead)
    first_words = {"need": _words_of(lead)} if lead else {}
    form = DoorForm(
        None if family and family.adding else given,
        town=town,
        initial=first_words,
        members=door_members(view, family),
    )
    if family and family.adding:
        form.initial = {name: given.getlist(name) for name in ("own", "other", "causes")} | {
            "need": given.get("need", ""),
            "consent": bool(given.get("consent")),
        }
    context = {
        "page_title": "登记受理",
        "town": town,
        "view": view,
        "chosen": chosen,
        "lead": lead,
        "family": family,
        "form": form,
        "once": handed.token(request),
        "back": reverse("office:door"),
        "urgent": queries.urgent_matters(town),
        "crumbs": [("一门受理", reverse("office:door"))],
    }
    if given is None or (family and family.adding):
        return render(request, "office/onedoor/receive.html", context)
    try:
        form.check()
        values = form.values()
        values["for_person"] = whose(form, view, family)
        if family:
            family.check()
            told = family.values()
            values |= {
                "village_code": told["village_code"],
                "area_type": told["area_type"],
                "address": told["address"],
                "people_rows": told["people"],
            }
        done = receptions.receive(
            request.asker,
            town_id=town.id,
            channel="WINDOW",
            household_uid=chosen or None,
            lead_uid=lead.uid if lead else None,
            once=context["once"],
            **values,
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:door"))
        return refused(request, "office/onedoor/receive.html", context, refusal)
    messages.success(request, f"已受理，编号{done.number}。")
    return redirect("office:reception", uid=done.uid)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("E_NOT_FOUND", what="家庭") from None


def _family(request: HttpRequest, town: Any, given: Any, lead: Any) -> FamilyForms:
    known = {"name": lead.name, "id_no": lead.id_no, "phone": lead.phone} if lead else {}
    typed = request.GET.get("q", "").strip()
    if not known and typed:
        is_number = any(char.isdigit() for char in typed)
        known = {"id_no": typed} if is_number else {"name": names.normalise(typed)}
    return FamilyForms(given, villages=places.village_choices(town), aids=places.aids(town), applicant=known)


def _words_of(lead: Any) -> str:
    """What was seen becomes the first words of the need; the clerk puts it right with the family."""
    said = lead.reports.order_by("id").first()
    return said.text if said else ""


@staff_only
def reception(request: HttpRequest, uid: UUID) -> HttpResponse:
    return reception_page(request, uid)


def reception_page(request: HttpRequest, uid: UUID, refusal: Refusal | None = None) -> HttpResponse:
    """Every ticked matter and where it stands; what is not opened yet has its reason and its button."""
    found, may = queries.reception_for(request.asker, uid), request.asker.role == "TOWN_CLERK"
    return render(
        request,
        "office/onedoor/reception.html",
        {
            "page_title": f"{found.person.name}家庭",
            "reception": found,
            "matters": queries.matters_of(found),
            "refusal": refusal,
            "may": may,
            "crumbs": [("一门受理", reverse("office:door") if may else "")],
        },
        status=refusal.status if refusal else 200,
    )


@staff_only
@require_POST
def explain_matter(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """Told why, and what instead: ends the clock of what could not be opened."""
    try:
        receptions.explain(request.asker, uid, code, text=request.POST.get("text", ""))
    except Refusal as refusal:
        if refusal.code in ("E_REPEAT", "E_OPENED"):
            return handed.repeated(request, refusal, reverse("office:reception", args=[uid]))
        return reception_page(request, uid, refusal)
    messages.success(request, "已登记答复。")
    return redirect("office:reception", uid=uid)


@staff_only
@require_POST
def open_matter(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """One click, nothing typed: the intention of an own matter."""
    try:
        case = receptions.open_intention(request.asker, uid, code)
    except Refusal as refusal:
        if refusal.code in ("E_REPEAT", "E_OPENED"):
            return handed.repeated(request, refusal, reverse("office:reception", args=[uid]))
        return reception_page(request, uid, refusal)
    messages.success(request, f"已登记，案号{case.case_no}。请家庭中每位成年人签署核对授权。")
    return redirect("office:reception", uid=uid)
