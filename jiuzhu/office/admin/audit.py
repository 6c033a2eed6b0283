"""审计记录: who did or looked at what, for what purpose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit import queries
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import staff_only
from jiuzhu.ui.tables import Column, Page, Table

ACTIONS = {
    "case.read": "查看案件",
    "person.reveal": "查看完整号码",
    "verification.read": "查看核对结果",
    "document.read": "打开文书",
    "document.serve": "送达文书",
    "citizen.enter": "群众登录",
}


class SearchForm(forms.Form):
    who = forms.CharField(label="操作人", required=False, max_length=40)
    case_no = forms.CharField(label="案号", required=False, max_length=30)
    action = forms.ChoiceField(label="动作", required=False, choices=[("", "全部"), *ACTIONS.items()])


@staff_only
def search(request: HttpRequest) -> HttpResponse:
    actor = request.asker
    if not has_power(actor.role, "audit.read"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="查看审计记录", why="")
    form = SearchForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    after = request.GET.get("after", "")
    size = 50
    found = list(
        queries.search(
            None if actor.organ_kind == "CITY" else accounts.chains_of(actor),
            who=given.get("who", "").strip(),
            case_no=given.get("case_no", "").strip(),
            action=given.get("action", ""),
            after=int(after) if after.isdigit() else None,
            limit=size + 1,
        )
    )
    page = Page(rows=found[:size], size=size, next=str(found[size - 1].id) if len(found) > size else "")
    table = Table(
        columns=[
            Column("at", "时间", kind="datetime"),
            Column("actor_name", "操作人"),
            Column(lambda row: role_name(row.role), "岗位"),
            Column("organ", "单位"),
            Column(lambda row: ACTIONS.get(row.action, row.action), "动作"),
            Column("case_no", "案号"),
            Column("purpose", "用途"),
        ],
        page=page,
        caption="审计记录（只增不改，前后相连）",
    )
    return render(
        request, "office/admin/audit.html", {"page_title": "审计记录", "form": form, "table": table}
    )
