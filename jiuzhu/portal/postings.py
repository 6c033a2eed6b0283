"""公示查询: what hangs on the village boards, and the form for whoever knows better (PUBL-01..06, D26)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.aid_types import registry
from jiuzhu.benefits.acts import support_stop
from jiuzhu.cases.acts import objection
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.portal import attempts
from jiuzhu.publicity import queries as publicity

_A_DAY = 10


def postings(request: HttpRequest) -> HttpResponse:
    """By county, town, village; each choice a plain form, so that it works without a script."""
    county, town_id, village = (request.GET.get(name, "") for name in ("county", "town", "village"))
    after = request.GET.get("after", "")
    towns, town = places.towns(county), places.town(town_id)
    town = town if town and town in towns else None
    chosen = [town] if town else towns if county else None
    sheets, more = publicity.sheets(
        clock.today(),
        towns=chosen,
        village_code=village if town else "",
        after=int(after) if after.isdigit() else None,
    )
    for_link = f"county={county}&town={town_id if town else ''}&village={village if town else ''}"
    return render(
        request,
        "portal/postings.html",
        {
            "page_title": "公示查询",
            "back_url": "/",
            "counties": places.counties(),
            "towns": towns,
            "villages": places.village_choices(town) if town else [],
            "county": county,
            "town": town,
            "village": village,
            "sheets": [(each, registry.get(each.aid_type).name) for each in sheets],
            "more": f"?{for_link}&after={more}" if more else "",
        },
    )


def posting(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet, and an objection, named or not, always with facts."""
    sheet = publicity.sheet(token, clock.today())
    if sheet is None:
        raise Refusal("E_NOT_FOUND", what="公示")
    typed = {name: request.POST.get(name, "") for name in ("content", "objector", "contact")}
    context = {
        "page_title": "拟终止救助公示" if sheet.kind == publicity.STOPPING else "拟批准公示",
        "back_url": "/public/postings/",
        "sheet": sheet,
        "aid": registry.get(sheet.aid_type).name,
        "typed": typed,
        "once": handed.token(request),
        "public_url": f"{settings.PUBLIC_URL}/public/postings/{token}/",
    }
    if request.method != "POST":
        return render(request, "portal/posting.html", context)
    address = request.META.get("REMOTE_ADDR", "")
    try:
        attempts.check("objection", address, limit=_A_DAY)
        if len(typed["content"].strip()) < 8:
            raise Refusal("E_INPUT", field="异议内容", problem="请写清具体事实，不少于8个字")
        ending = sheet.kind == publicity.STOPPING
        (support_stop.object_publicly if ending else objection.object_publicly)(
            token,
            content=typed["content"].strip()[:2000],
            objector=typed["objector"].strip()[:40],
            contact=typed["contact"].strip()[:40],
        )
        attempts.failed("objection", address)
    except Refusal as refusal:
        if refusal.code == "E_STATE":
            refusal = Refusal("E_STATE", act="提出异议", state="公示期已过或异议正在处理")
        return handed.refused(request, "portal/posting.html", context, refusal)
    messages.success(request, "异议已收到。乡镇（街道）会核实处理，您的姓名和联系方式密封保存，不会公开。")
    return redirect("portal:postings")
