"""困难线索: who was noticed, who must be visited until when, where it ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts.organisations import village_name
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.door import OfficeLeadForm
from jiuzhu.office.onedoor.page import (
    TONES,
    MoveForm,
    flag,
    form_of,
    make_move,
    page_asked,
    place_tag,
    remembered,
    text,
    trace,
)
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.onedoor import leads as acts
from jiuzhu.onedoor import queries
from jiuzhu.ui.tables import Column, Page, Table
from jiuzhu.vault import files

_FILTERS = ("q", "state", "source", "scope", "size")
SCOPES = (("open", "未办结"), ("mine", "我经办的"), ("overdue", "已超期"), ("all", "全部"))
_REPORTERS = ("TOWN_CLERK", "TOWN_LEAD")


class SearchForm(forms.Form):
    scope = forms.ChoiceField(label="范围", required=False, choices=SCOPES)
    state = forms.ChoiceField(
        label="环节",
        required=False,
        choices=[("", "全部"), *((code, each.name) for code, each in queries.LEAD_STATES.items())],
    )
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "全部"), *queries.SOURCES.items()])
    q = forms.CharField(label="姓名、线索或工单号", required=False, max_length=40)


def url_of(row: Any) -> str:
    return reverse("office:lead", args=[row.item.uid])


def table_of(page: Page) -> Table:
    return Table(
        columns=[
            Column("item.name", "姓名", href=url_of),
            Column(
                lambda row: f"{row.item.town.name} {village_name(row.item.village_code)}", "镇街、村（居）"
            ),
            Column(lambda row: place_tag(row.place), "环节", kind="html"),
            Column("clock", "时限", kind="due"),
            Column(lambda row: row.clock.name if row.clock else "", "到期事项"),
            Column("item.handler.name", "经办人"),
            Column("item.reported_at", "收到", kind="date"),
            Column("item.number", "编号"),
        ],
        page=page,
        row_tone=lambda row: TONES.get(row.colour, "") if row.clock else "",
        empty="没有符合条件的线索",
        cards=True,
    )


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Open ones first, the nearest deadline on top; where leads end as a chart."""
    kept = remembered(request, "office.leads", _FILTERS, "office:leads")
    if kept:
        return redirect(kept)
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    after, limit = page_asked(request)
    scope = given.get("scope") or "open"
    rows, more = queries.leads(
        request.asker,
        state=given.get("state", ""),
        source=given.get("source", ""),
        q=given.get("q", "").strip(),
        mine=scope == "mine",
        overdue=scope == "overdue",
        open_only=scope in ("open", "mine") and not given.get("state"),
        after=after,
        limit=limit,
    )
    counts = queries.counts(request.asker)
    ended = [code for code in queries.LEAD_STATES if code not in ("OPEN", "VISITED")]
    here = reverse("office:leads")
    return render(
        request,
        "office/onedoor/leads.html",
        {
            "page_title": "困难线索",
            "form": form,
            "table": table_of(Page(rows=rows, size=limit, next=str(more or ""))),
            "tiles": [
                ("待上门", counts["leads"]["OPEN"], f"{here}?scope=all&state=OPEN", ""),
                ("已上门待处理", counts["leads"]["VISITED"], f"{here}?scope=all&state=VISITED", ""),
                ("已超期", counts["leads_overdue"], f"{here}?scope=overdue", "red"),
                ("热线工单待答复", counts["orders_open"], f"{here}?scope=all&source=HOTLINE", "orange"),
            ],
            "ends": [queries.LEAD_STATES[code].name for code in ended],
            "series": [("线索", [counts["leads"][code] for code in ended])],
            "any_ended": any(counts["leads"][code] for code in ended),
            "may_report": request.asker.role in _REPORTERS,
        },
    )


@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """A lead that reached the town: grid worker, hotline, neighbour, own round."""
    town = places.town(request.asker.organ_id)
    if request.asker.role not in _REPORTERS or town is None:
        raise Refusal("E_AUTH", role=request.asker.organ, act="登记困难线索", why="")
    form = OfficeLeadForm(
        request.POST or None,
        villages=places.village_choices(town),
        sources=("GRID", "HOTLINE", "PUBLIC", "STAFF"),
    )
    context = {
        "page_title": "登记困难线索",
        "town": town,
        "form": form,
        "once": handed.token(request),
        "back": reverse("office:leads"),
        "crumbs": [("困难线索", reverse("office:leads"))],
    }
    if request.method != "POST":
        return render(request, "office/onedoor/lead_new.html", context)
    try:
        form.check()
        done = acts.report(
            request.asker,
            town_id=town.id,
            photo=handed.photo(request, "photo"),
            once=context["once"],
            **form.values(),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:leads"))
        return refused(request, "office/onedoor/lead_new.html", context, refusal)
    if done.version > 1 or done.reports.count() > 1:
        messages.info(request, f"这个人已有线索{done.number}在跟进，新情况已并入。")
    else:
        messages.success(request, f"已登记，编号{done.number}。")
    return redirect("office:lead", uid=done.uid)


@staff_only
def lead(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _page(request, uid)


def _page(
    request: HttpRequest,
    uid: UUID,
    *,
    refusal: Refusal | None = None,
    tried: str = "",
    given: Any = None,
    **more: Any,
) -> HttpResponse:
    found = queries.lead_for(request.asker, uid)
    view = queries.lead_view(request.asker, found)
    keys = {each.key for each in view["moves"]}
    helping = keys & {"L4", "L9"} and request.asker.role == "TOWN_CLERK"
    return render(
        request,
        "office/onedoor/lead.html",
        view
        | {
            "page_title": found.name,
            "place_tag": place_tag(view["place"]),
            "moves": _forms(view, tried, given),
            "door_url": f"{reverse('office:door-new')}?lead={found.uid}" if helping else "",
            "trace": trace(view["steps"], queries.LEAD_STATES),
            "once": handed.token(request),
            "refusal": refusal,
            "crumbs": [("困难线索", reverse("office:leads"))],
        }
        | more,
        status=refusal.status if refusal else 200,
    )


def _fields(key: str, view: dict[str, Any]) -> type[forms.Form]:
    if key == "L2":
        return form_of(
            staff_id=forms.TypedChoiceField(
                label="交给谁", coerce=int, choices=[(each.id, each.name) for each in view["clerks"]]
            )
        )
    if key == "L3":
        return form_of(
            visited_on=forms.DateField(
                label="哪天去的",
                initial=clock.today,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            ),
            found=forms.ChoiceField(
                label="见到本人了吗",
                choices=[("yes", "见到了"), ("no", "没有见到")],
                widget=forms.RadioSelect,
                initial="yes",
            ),
            companion=forms.CharField(label="同行人", max_length=60, required=False),
            id_no=forms.CharField(label="公民身份号码（问到就填）", max_length=24, required=False),
            text=text("家里什么情况", rows=3),
            incapable=flag("本人不能自己表达或决定"),
        )
    if key == "L4":
        return form_of(case_no=forms.CharField(label="已登记案件的案号", max_length=30))
    if key == "L5":
        reason = text("已有什么救助", limit=300)
        reason.initial = "；".join(each.words for each in view["known"])
        return form_of(reason=reason)
    if key == "L6":
        return form_of(
            mode=forms.ChoiceField(
                label="怎样记录",
                choices=[("SIGNED", "本人签字"), ("WITNESSED", "本人不签字，见证人签字")],
                widget=forms.RadioSelect,
                initial="SIGNED",
            ),
            witness=forms.CharField(label="见证人", max_length=60, required=False),
            words=text("本人怎么说"),
            leaflet_given=flag("已当面讲清政策并留下明白纸"),
        )
    return form_of(reason=text("说明", limit=300))


_NOTES = {
    "L3": "照片可以不拍。",
    "L4": "已在别处登记（如急难救助）的，填案号；还没有登记的，用右上角“帮助申请”。",
    "L6": "本人无行为能力的不能谢绝，应帮助申请。",
    "L7": "先登记过上门、没有见到本人，才能这样办结。",
}


def _forms(view: dict[str, Any], tried: str, given: Any) -> list[MoveForm]:
    found = []
    for each in view["moves"]:
        if each.key == "L9" or (each.key == "L5" and not view["known"]):
            continue
        fields = _fields(each.key, view)
        initial = {"incapable": view["lead"].incapable} if each.key == "L3" else {}
        found.append(
            MoveForm(
                key=each.key,
                title=each.title,
                form=fields(given if each.key == tried else None, auto_id=f"{each.key}_%s", initial=initial),
                url=reverse("office:lead-move", args=[view["lead"].uid, each.key]),
                open=each.key == tried or (not tried and each.key == "L3" and view["lead"].state == "OPEN"),
                note=_NOTES.get(each.key, ""),
                signature=each.key == "L6",
                photo="现场照片" if each.key == "L3" else "",
            )
        )
    return found


def _run(request: HttpRequest, uid: UUID, key: str, given: dict[str, Any], **versions: Any) -> None:
    actor = request.asker
    if key == "L2":
        acts.assign(actor, uid, staff_id=given["staff_id"], **versions)
    elif key == "L3":
        found = given.pop("found") == "yes"
        acts.visit(actor, uid, found=found, photo=handed.photo(request, "photo"), **given, **versions)
    elif key == "L4":
        acts.help_with_case_no(actor, uid, case_no=given["case_no"], **versions)
    elif key == "L5":
        acts.already_helped(actor, uid, **given, **versions)
    elif key == "L6":
        picture, _ = handed.signature(request)
        acts.decline(actor, uid, picture=picture, **given, **versions)
    elif key == "L7":
        acts.not_found(actor, uid, **given, **versions)
    elif key == "L8":
        acts.not_needed(actor, uid, **given, **versions)
    else:
        raise Refusal("E_NOT_FOUND", what="办理动作")


@staff_only
@require_POST
def move(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    return make_move(
        request,
        here=reverse("office:lead", args=[uid]),
        form=lambda: _fields(key, queries.lead_view(request.asker, queries.lead_for(request.asker, uid))),
        run=lambda given, **versions: _run(request, uid, key, given, **versions),
        again=lambda refusal: _page(request, uid, refusal=refusal, tried=key, given=request.POST),
    )


@staff_only
@require_POST
def answer_order(request: HttpRequest, uid: UUID, report: int) -> HttpResponse:
    """The hotline order is answered once; its text is already there."""
    try:
        acts.answer_order(request.asker, report, answer=request.POST.get("answer", ""))
    except Refusal as refusal:
        return _page(request, uid, refusal=refusal)
    messages.success(request, "热线工单已答复，答复内容已存档。")
    return redirect("office:lead", uid=uid)


@staff_only
@require_POST
def informant(request: HttpRequest, uid: UUID, report: int) -> HttpResponse:
    """Who told us, shown once to the handler; looking is recorded."""
    try:
        told = acts.informant_of(request.asker, report)
    except Refusal as refusal:
        return _page(request, uid, refusal=refusal)
    response = _page(request, uid, told=told, told_report=report)
    response["Cache-Control"] = "no-store"
    return response


@staff_only
def picture(request: HttpRequest, uid: UUID, kind: str, number: int) -> HttpResponse:
    found = queries.lead_for(request.asker, uid)
    stored = queries.picture_of_lead(request.asker, found, kind, number)
    response = HttpResponse(files.read(stored), content_type=stored.mime)
    response["Cache-Control"] = "private, max-age=600"
    return response
