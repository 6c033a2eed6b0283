"""The one door on a phone: drawn in the family's frame or in the village assistant's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.door import DoorForm
from jiuzhu.intake.family import FamilyForms
from jiuzhu.onedoor import queries, receptions


@dataclass
class Door:
    """Whose page it is. ``view`` is the known family, else ``villages`` and ``applicant`` draw an empty form.

    ``check`` may refuse before anything is written; ``after`` does what only this page owes (whose word it was).
    """

    template: str
    frame: str
    back_url: str
    town: Any
    channel: str
    done: Callable[[Any], str]
    villages: list[tuple[str, str]] = field(default_factory=list)
    urgent_url: str = ""
    view: dict[str, Any] | None = None
    applicant: dict[str, str] = field(default_factory=dict)
    lead: Any = None
    context: dict[str, Any] = field(default_factory=dict)
    check: Callable[[list[dict[str, Any]]], None] | None = None
    after: Callable[[Any], None] | None = None


def door_page(request: HttpRequest, door: Door) -> HttpResponse:
    """Shown with what is known; sent once, however often the button is pressed."""
    given = request.POST if request.method == "POST" else None
    family = None if door.view else _family(door, given)
    adding = bool(family and family.adding)
    said = door.lead.reports.order_by("id").first() if door.lead else None
    form = DoorForm(
        None if adding else given,
        town=door.town,
        initial={"need": said.text} if said else {},
        members=door_members(door.view, family),
    )
    if adding:
        form.initial = {name: given.getlist(name) for name in ("own", "other", "causes")}
        form.initial["need"] = given.get("need", "")
    context = {
        "frame": door.frame,
        "page_title": "一门受理",
        "back_url": door.back_url,
        "town": door.town,
        "view": door.view,
        "forms": family,
        "door": form,
        "lead": door.lead,
        "urgent": queries.urgent_matters(door.town) if door.urgent_url else [],
        "urgent_url": door.urgent_url,
        "once": handed.token(request),
    } | door.context
    if given is None or adding:
        return render(request, door.template, context)
    try:
        form.check()
        values = form.values()
        values["for_person"] = whose(form, door.view, family)
        if family:
            family.check()
            told = family.values()
            values |= {name: told[name] for name in ("village_code", "area_type", "address")}
            values["people_rows"] = told["people"]
        if door.check:
            door.check(values.get("people_rows", []))
        reception = receptions.receive(
            request.asker,
            town_id=door.town.id,
            channel=door.channel,
            household_uid=door.view["household"].uid if door.view else None,
            lead_uid=door.lead.uid if door.lead else None,
            once=context["once"],
            **values,
        )
        if door.after:
            door.after(reception)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, door.back_url)
        return handed.refused(request, door.template, context, refusal)
    messages.success(request, f"已受理，编号{reception.number}。")
    return redirect(door.done(reception))


def door_members(view: dict[str, Any] | None, family: FamilyForms | None) -> list[str]:
    """The members a person's own aid may be for, in words, the applicant first."""
    if view:
        return [each["name"] for each in view["members"]]
    return [
        "申请人本人",
        *(f"第 {number} 位家人" for number in range(1, (family.count if family else 0) + 1)),
    ]


def whose(form: DoorForm, view: dict[str, Any] | None, family: FamilyForms | None) -> str:
    """The ID number behind the choice; empty when nothing was chosen."""
    chosen = form.cleaned_data.get("alone", "")
    if not chosen:
        return ""
    if view:
        return receptions.number_of(view["household"], int(chosen))
    rows = {str(each.prefix): each for each in family.everyone} if family else {}
    row = rows.get(f"p{chosen}")
    if row is None or not row.is_valid():
        raise Refusal("E_INPUT", field="为谁申请", problem="请先填写这位家人")
    return str(row.cleaned_data["id_no"])


def _family(door: Door, given: Any) -> FamilyForms:
    return FamilyForms(given, villages=door.villages, aids=places.aids(door.town), applicant=door.applicant)


def opened_cases(reception: Any) -> list[Any]:
    """Cases the reception opened, behind the asker's fence."""
    return [each["case"] for each in queries.matters_of(reception) if each["own"] and each["case"]]
