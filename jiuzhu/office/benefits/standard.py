"""提高标准: a published standard becomes a list of differences; another person confirms; it takes effect or is undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import standard as acts
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.benefits.page import bound, check, day_field, seen, tag, text_field
from jiuzhu.office.work.page import staff_only
from jiuzhu.ui.tables import Column, Page, Table, keyset_page

_COLOURS = {
    "COMPUTING": "blue",
    "COMPUTED": "yellow",
    "CONFIRMED": "orange",
    "APPLIED": "green",
    "UNDONE": "grey",
}


class OpenForm(forms.Form):
    aid_type = forms.ChoiceField(label="救助类别")
    area_type = forms.ChoiceField(label="城乡", choices=[("RURAL", "农村"), ("URBAN", "城市")])
    since = day_field("新标准施行日期（某月1日）")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["aid_type"].choices = [
            (each.code, each.name) for each in registry.all_types() if each.restate is not None
        ]


class UndoForm(forms.Form):
    reason = text_field("撤销理由", rows=2)


def _centre(actor: Any) -> None:
    if not has_power(actor.role, "standard.batch"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="批量调整标准", why="")


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Batches of the county; a new one for a standard the city has published."""
    actor = request.asker
    _centre(actor)
    form, refusal = bound(OpenForm, request, "open"), None
    if request.method == "POST":
        try:
            made = acts.open_batch(actor, **check(form))
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(reverse("office:batch", args=[made.id]))
    rows = queries.batches(actor)
    shown = Table(
        columns=[
            Column("since", "施行日期", kind="date", href=lambda row: reverse("office:batch", args=[row.id])),
            Column(_what, "类别"),
            Column("old_fen", "原标准（元）", kind="money"),
            Column("new_fen", "新标准（元）", kind="money"),
            Column("families", "户数", kind="number"),
            Column("month_fen", "每月增加（元）", kind="money"),
            Column(lambda row: tag(acts.STATES[row.state], _COLOURS[row.state]), "状态", kind="html"),
            Column("number", "批次号"),
        ],
        page=Page(rows=rows, size=0),
        cards=True,
        empty="还没有调标批次",
    )
    context = {
        "page_title": "提高标准",
        "crumbs": [("动态管理", "")],
        "form": form,
        "due": [
            {"row": each, "what": _what(each), "since": f"{each.since:%Y-%m-%d}"}
            for each in queries.standards_due(actor)
        ],
        "table": shown,
        "refusal": refusal,
    }
    return render(request, "office/benefits/batches.html", context, status=refusal.status if refusal else 200)


def _what(row: Any) -> str:
    return f"{name_of('area_type', row.area_type)}{registry.get(row.aid_type).short_name}"


@staff_only
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """Progress, sums, the list of differences, and what may be done now."""
    actor = request.asker
    _centre(actor)
    found = queries.batch(actor, number)
    undo, refusal = bound(UndoForm, request, "undo"), None
    if request.method == "POST":
        try:
            words = _do(request, actor, number, undo)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, words)
            return redirect(reverse("office:batch", args=[number]))
    manual = "manual" in request.GET
    lines = queries.batch_lines(found, manual=manual)
    shown = Table(
        columns=[
            Column("entitlement.case.applicant.name", "申请人"),
            Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）"),
            Column("members_count", "人口", kind="number"),
            Column("per_head_fen", "人均月收入", kind="money"),
            Column("old_fen", "原月金额", kind="money"),
            *(
                [Column("note", "转人工原因")]
                if manual
                else [
                    Column(lambda row: row.base_fen + row.topup_fen + row.care_fen, "新月金额", kind="money"),
                    Column("from_month", "从哪个月起", kind="month"),
                    Column("arrears_fen", "补发", kind="money"),
                ]
            ),
        ],
        page=keyset_page(request, lines, "entitlement_id", size=50),
        cards=True,
        empty="没有这样的家庭",
    )
    here = reverse("office:batch", args=[number])
    context = {
        "page_title": f"{_what(found)}标准 {found.old_fen // 100}元 → {found.new_fen // 100}元",
        "crumbs": [("提高标准", reverse("office:batches"))],
        "found": found,
        "state": tag(acts.STATES[found.state], _COLOURS[found.state]),
        "table": shown,
        "tabs": [
            {"title": "提高的家庭", "url": here, "count": found.families, "current": not manual},
            {"title": "转人工办理", "url": f"{here}?manual=1", "count": found.left_out, "current": manual},
        ],
        "places": queries.batch_places(found),
        "computing": found.state == "COMPUTING",
        "may_confirm": found.state == "COMPUTED" and found.computed_by_id != actor.id,
        "waits_for_another": found.state == "COMPUTED" and found.computed_by_id == actor.id,
        "may_apply": found.state == "CONFIRMED",
        "may_undo": found.state in ("COMPUTED", "CONFIRMED", "APPLIED"),
        "undo": undo,
        "refusal": refusal,
    }
    return render(request, "office/benefits/batch.html", context, status=refusal.status if refusal else 200)


def _do(request: HttpRequest, actor: Any, number: int, undo: forms.Form) -> str:
    do = request.POST.get("do")
    if do == "confirm":
        acts.confirm(actor, number, seen=seen(request))
        return "名单已确认。"
    if do == "apply":
        made = acts.apply(actor, number, seen=seen(request))
        return f"已生效：{made.families}户，花名册{made.paper_no}。"
    acts.undo(actor, number, reason=check(undo)["reason"], seen=seen(request))
    return "批次已撤销。"
