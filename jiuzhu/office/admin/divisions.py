"""区划变动: a township merged into another, a county renamed; what moves is counted before it moves (ORG-01, AS-60)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.cases.acts import divisions
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.ui.formats import cn_date

_TEMPLATE = "office/admin/divisions.html"


class MergeForm(forms.Form):
    town_id = forms.TypedChoiceField(label="撤销的乡镇（街道）", coerce=int)
    into_id = forms.TypedChoiceField(label="并入", coerce=int)
    effective_on = forms.DateField(
        label="生效日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="以后的日期到当天凌晨自动并入；不填为今天，立即并入",
    )
    doc_no = forms.CharField(
        label="批准文件号", max_length=60, required=False, help_text="先看数量可以不填，确认撤并必须填"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = [
            (each["organ"].name, [(town.id, town.name) for town in each["towns"]])
            for each in accounts.tree(clock.today())
        ]
        for name in ("town_id", "into_id"):
            self.fields[name].choices = [("", "请选择"), *towns]


class RenumberForm(forms.Form):
    organ_id = forms.TypedChoiceField(label="县（市、区）", coerce=int)
    code = forms.CharField(label="新代码", max_length=6)
    name = forms.CharField(label="新名称", max_length=60)
    organ_name = forms.CharField(label="机关全称", max_length=80)
    short_name = forms.CharField(label="文号简称", max_length=20)
    doc_no = forms.CharField(label="批准文件号", max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = accounts.tree(clock.today())
        self.fields["organ_id"].choices = [("", "请选择"), *((r["organ"].id, r["organ"].name) for r in rows)]


@staff_only
def change(request: HttpRequest) -> HttpResponse:
    """One page: merge with its numbers first, or rename."""
    if not has_power(request.asker.role, "divisions.change"):
        raise Refusal("E_AUTH", role=role_name(request.asker.role), act="登记区划变动", why="")
    do = request.POST.get("do", "")
    merge = MergeForm(request.POST if do in ("preview", "merge") else None)
    rename = RenumberForm(request.POST if do == "rename" else None)
    context: dict[str, Any] = {
        "page_title": "区划变动",
        "crumbs": [("机构", reverse("office:organisations"))],
        "merge": merge,
        "rename": rename,
        "once": handed.token(request),
        "mergers": divisions.mergers(request.asker),
    }
    if request.method != "POST":
        return render(request, _TEMPLATE, context)
    try:
        form = rename if do == "rename" else merge
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))
        given = form.cleaned_data
        if do != "rename":
            context["seen"] = divisions.preview_merge(
                request.asker, town_id=given["town_id"], into_id=given["into_id"]
            )
        if do == "preview":
            return render(request, _TEMPLATE, context)
        if do == "merge":
            if request.POST.get("shown") != f"{given['town_id']}-{given['into_id']}":
                raise Refusal(
                    "E_INPUT", field="撤并", problem="下面是现在所选乡镇（街道）的数量，请看过再确认"
                )
            words = _merged(divisions.merge_town(request.asker, **given, once=context["once"]))
        else:
            organ = divisions.renumber(request.asker, **given)
            words = f"已更名为{organ.name}（{organ.code}），已发文号不变。"
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:divisions"))
        return refused(request, _TEMPLATE, context, refusal)
    messages.success(request, words)
    return redirect("office:divisions" if do == "merge" else "office:organisations")


def _merged(done: dict[str, Any]) -> str:
    into, day = done["into"].name, cn_date(done["merger"].effective_on)
    if done["moved"] is None:
        return f"{done['town'].name}将自{day}起并入{into}，到当天自动办理；之前可以撤销。"
    return (
        f"{done['town'].name}已并入{into}，{done['families']}户、在办案件{done['open_cases']}件一并转过去。"
    )


@staff_only
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    done = divisions.withdraw_merger(request.asker, uid)
    messages.success(request, f"{done.town.name}的撤并登记已撤销。")
    return redirect("office:divisions")
