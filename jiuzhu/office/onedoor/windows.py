"""服务窗口和工作站: what the public is shown; the county keeps it (ORG-10, ORG-11, ORG-13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts import queries as accounts
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import places
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.onedoor import queries
from jiuzhu.onedoor import windows as acts


class PointForm(forms.Form):
    address = forms.CharField(label="地址", max_length=120)
    phone = forms.CharField(label="电话", max_length=40)
    opening_hours = forms.CharField(
        label="服务时间", max_length=80, help_text="例如：工作日 8:30—12:00，13:30—17:30"
    )


def _county(request: HttpRequest) -> Any:
    county = accounts.county_level_of(request.asker, clock.today())
    if county.kind == "CITY":
        county = next(iter(places.counties()))
    return county


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """The county's centre and windows; a chosen town's stations, those missing included."""
    county = _county(request)
    wanted = request.GET.get("county", "")
    if request.asker.organ_kind == "CITY":
        county = next((each for each in places.counties() if each.code == wanted), county)
    towns = places.towns(county.id)
    if request.asker.organ_kind == "TOWN":
        towns = [each for each in towns if each.id == request.asker.organ_id]
    town = next((each for each in towns if each.code == request.GET.get("town")), None)
    if town is None and towns:
        town = towns[0]
    stations = queries.stations(town) if town else []
    return render(
        request,
        "office/onedoor/windows.html",
        {
            "page_title": "服务窗口和工作站",
            "county": county,
            "counties": places.counties() if request.asker.organ_kind == "CITY" else [],
            "windows": queries.windows(county),
            "towns": towns,
            "town": town,
            "stations": stations,
            "missing": sum(each.missing for each in stations),
            "helpless": sum(not each.assistants for each in stations),
            "may_keep": acts.may_keep(request.asker),
        },
    )


@staff_only
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """One window (organ's code) or one station (village's code)."""
    county = _county(request)
    points = {each.code: (each, "") for each in queries.windows(county)}
    for town in places.towns(county.id):
        if code.startswith(town.code):
            points |= {each.code: (each, town.code) for each in queries.stations(town)}
    if code not in points:
        raise Refusal("E_NOT_FOUND", what="服务窗口")
    point, town_code = points[code]
    form = PointForm(
        request.POST or None,
        initial={"address": point.address, "phone": point.phone, "opening_hours": point.opening_hours},
    )
    back = reverse("office:windows") + (f"?town={town_code}" if town_code else "")
    context = {"page_title": point.name, "form": form, "back": back, "submit": "保存", "note": ""}
    if request.method != "POST":
        if not acts.may_keep(request.asker):
            raise Refusal("E_AUTH", role=request.asker.organ, act="维护服务窗口", why="由县级救助中心维护")
        return render(request, "office/admin/form.html", context)
    try:
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))
        keep = acts.keep_station if town_code else acts.keep_window
        keep(request.asker, code, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    messages.success(request, "已保存，网上同时更新。")
    return redirect(back)
