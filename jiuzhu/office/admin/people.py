"""权限表, 机构, 人员: derived from the table of moves, the dated tree and the posts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts import staffing
from jiuzhu.accounts.organisations import village_name
from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.aid_types import registry
from jiuzhu.cases.acts import authority
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import refused, staff_only

_MOST = 60
POWERS = {
    "case.read": "查看本辖区案件",
    "person.reveal": "查看完整号码（填用途、留痕）",
    "verification.read": "查看核对明细",
    "documents.serve": "送达文书",
    "payroll.build": "生成发放批次",
    "payroll.confirm": "财政确认",
    "parameters.publish": "发布标准",
    "delegation.record": "登记审批权下放",
    "audit.read": "查看审计记录",
    "accounts.manage": "管理账号",
}


@staff_only
def permissions(request: HttpRequest) -> HttpResponse:
    """Roles × moves of the flow in force, and roles × powers: the same rows that the acts ask."""
    roles = list(ROLES.values())
    moves: dict[str, dict[str, Any]] = {}
    for aid in registry.all_types():
        for move in aid.moves:
            if "P2019" in move.regimes:
                row = moves.setdefault(
                    f"{move.key} {move.title}", {"title": move.title, "key": move.key, "roles": set()}
                )
                row["roles"] |= move.roles
    return render(
        request,
        "office/admin/permissions.html",
        {
            "page_title": "权限表",
            "roles": roles,
            "moves": [
                {
                    **row,
                    "cells": [role.code in row["roles"] for role in roles],
                    "automatic": not row["roles"] & {role.code for role in roles},
                }
                for row in moves.values()
            ],
            "powers": [
                {"title": title, "cells": [has_power(role.code, power) for role in roles]}
                for power, title in POWERS.items()
            ],
        },
    )


@staff_only
def organisations(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("on", "")
    try:
        day = date.fromisoformat(asked) if asked else clock.today()
    except ValueError:
        day = clock.today()
    return render(
        request,
        "office/admin/organisations.html",
        {
            "page_title": "机构",
            "tree": accounts.tree(day),
            "day": day,
            "sealed": accounts.sealed_organs(day),
            "may_manage": has_power(request.asker.role, "accounts.manage"),
            "organs": accounts.organs(),
            "today": clock.today(),
        },
    )


@staff_only
@require_POST
def seal(request: HttpRequest) -> HttpResponse:
    made = staffing.register_seal(
        request.asker,
        _number(request.POST.get("organ", "")),
        registered_on=_day(request, "registered_on", "启用日期"),
    )
    messages.success(request, f"{made.organ.organ_name}的印章已登记。")
    return redirect("office:organisations")


@staff_only
def staff(request: HttpRequest) -> HttpResponse:
    if request.asker.role not in ("SYSADMIN", "CITY_OFFICER", "COUNTY_SUPERVISOR"):
        raise Refusal("E_AUTH", role=request.asker.organ, act="查看人员", why="")
    wanted = request.GET.get("q", "").strip()[:40]
    rows = accounts.staff_of(clock.today(), wanted=wanted, assistants=bool(wanted), most=_MOST)
    return render(
        request,
        "office/admin/staff.html",
        {
            "page_title": "人员与保密协议",
            "rows": rows[:_MOST],
            "more": len(rows) > _MOST,
            "most": _MOST,
            "q": wanted,
            "may_manage": has_power(request.asker.role, "accounts.manage"),
            "longest": clock.today() + timedelta(days=1094),
        },
    )


@staff_only
@require_POST
def agreement(request: HttpRequest, staff_id: int) -> HttpResponse:
    try:
        until = date.fromisoformat(request.POST.get("valid_to", ""))
    except ValueError:
        raise Refusal("E_INPUT", field="有效期", problem="请选择日期") from None
    authority.sign_agreement(request.asker, staff_id, valid_to=until)
    messages.success(request, "保密协议已登记，文书已制发。")
    return redirect("office:staff")


class PostForm(forms.Form):
    """A role at an organ; whether the two go together, the act says."""

    organ = forms.TypedChoiceField(label="单位", coerce=int)
    role = forms.ChoiceField(
        label="岗位", choices=[("", "请选择"), *((role.code, role.name) for role in ROLES.values())]
    )
    villages = forms.CharField(
        label="村（居）代码", required=False, max_length=400, help_text="只有协理员要填；几个村用空格隔开"
    )
    employment = forms.ChoiceField(label="用工性质", choices=list(staffing.EMPLOYMENT.items()))
    full_time = forms.BooleanField(label="专职", required=False, initial=True)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        organs = [(each.id, each.organ_name) for each in accounts.organs()]
        self.fields["organ"].choices = [("", "请选择"), *organs]

    def given(self) -> dict[str, Any]:
        return {
            "organ_id": self.cleaned_data["organ"],
            "role": self.cleaned_data["role"],
            "villages": tuple(self.cleaned_data["villages"].split()),
            "employment": self.cleaned_data["employment"],
            "full_time": self.cleaned_data["full_time"],
        }


class AccountForm(PostForm):
    username = forms.CharField(label="工号", max_length=40)
    name = forms.CharField(label="姓名", max_length=60)
    field_order = ("username", "name")


@staff_only
def open_account(request: HttpRequest) -> HttpResponse:
    """工号, 姓名, first post; the first password is shown on the page that follows and never again."""
    _may_manage(request)
    form = AccountForm(request.POST or None)
    context = {
        "page_title": "开设账号",
        "form": form,
        "back": reverse("office:staff"),
        "crumbs": [("人员与保密协议", reverse("office:staff"))],
        "note": "一人一号，不得共用。核对岗位还须签订保密协议后才能查询。",
        "submit": "开设账号",
    }
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "office/admin/form.html", context, status=422 if request.method == "POST" else 200
        )
    try:
        opened, password = staffing.open_account(
            request.asker,
            username=form.cleaned_data["username"],
            name=form.cleaned_data["name"],
            **form.given(),
        )
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    return render(request, "office/admin/person.html", _person(opened, password=password))


@staff_only
def person(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One account: posts held, another post, leaving, a new password, the end."""
    _may_manage(request)
    found = accounts.staff_by_id(staff_id)
    if found is None:
        raise Refusal("E_NOT_FOUND", what="在用账号")
    if request.method != "POST":
        return render(request, "office/admin/person.html", _person(found))
    form = PostForm(request.POST if request.POST.get("do") == "give" else None)
    try:
        return _done(request, found.id, form)
    except Refusal as refusal:
        return refused(request, "office/admin/person.html", _person(found, form=form), refusal)


def _done(request: HttpRequest, staff_id: int, form: PostForm) -> HttpResponse:
    actor, wanted = request.asker, request.POST.get("do", "")
    if wanted == "renew":
        password = staffing.renew_access(actor, staff_id)
        return render(
            request, "office/admin/person.html", _person(accounts.staff_by_id(staff_id), password=password)
        )
    if wanted == "close":
        closed = staffing.close_account(actor, staff_id)
        messages.success(request, f"{closed.name}的账号已停用。")
        return redirect("office:staff")
    if wanted == "end":
        last_day = _day(request, "last_day", "最后在岗日")
        staffing.end_post(actor, _number(request.POST.get("post", "")), last_day=last_day)
        messages.success(request, "离岗已登记。")
    elif wanted == "train":
        staffing.record_training(
            actor,
            staff_id,
            held_on=_day(request, "held_on", "培训日期"),
            topic=request.POST.get("topic", ""),
            hours_tenths=_number(request.POST.get("hours", "")) * 10,
        )
        messages.success(request, "培训已登记。")
    elif wanted == "give":
        if not form.is_valid():
            return render(
                request,
                "office/admin/person.html",
                _person(accounts.staff_by_id(staff_id), form=form),
                status=422,
            )
        staffing.give_post(actor, staff_id, **form.given())
        messages.success(request, "岗位已分配。")
    return redirect("office:staff-person", staff_id=staff_id)


def _person(found: Any, *, form: PostForm | None = None, password: str = "") -> dict[str, Any]:
    today = clock.today()
    return {
        "page_title": f"{found.name}（{found.username}）",
        "crumbs": [("人员与保密协议", reverse("office:staff"))],
        "person": found,
        "posts": [
            {"post": each, "villages": [village_name(code) for code in each.village_codes]}
            for each in accounts.posts_of(found, today)
        ],
        "agreement": accounts.agreement_in_force(found.id, today),
        "form": form or PostForm(),
        "password": password,
        "today": today,
        "employment": staffing.EMPLOYMENT,
    }


def _may_manage(request: HttpRequest) -> None:
    if not has_power(request.asker.role, "accounts.manage"):
        raise Refusal("E_AUTH", role=request.asker.organ, act="管理账号", why="")


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _day(request: HttpRequest, name: str, title: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise Refusal("E_INPUT", field=title, problem="请选择日期") from None
