"""权限表, 机构, 人员: derived from the table of moves, the dated tree and the posts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.aid_types import registry
from jiuzhu.cases.acts import authority
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import staff_only

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
                {**row, "cells": [role.code in row["roles"] for role in roles]} for row in moves.values()
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
        {"page_title": "机构", "tree": accounts.tree(day), "day": day},
    )


@staff_only
def staff(request: HttpRequest) -> HttpResponse:
    if request.asker.role not in ("SYSADMIN", "CITY_OFFICER", "COUNTY_SUPERVISOR"):
        raise Refusal("E_AUTH", role=request.asker.organ, act="查看人员", why="")
    rows = accounts.staff_of(clock.today())
    return render(
        request,
        "office/admin/staff.html",
        {
            "page_title": "人员与保密协议",
            "rows": [each for each in rows if each["post"].role != "VILLAGE_ASSIST"],
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
