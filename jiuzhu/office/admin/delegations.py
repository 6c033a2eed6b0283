"""审批权限下放: who decides where, since when, by which paper; the checklist of every town."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts import acts as accounts_acts
from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.cases.acts import authority
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import refused, staff_only

WORDS, TONES = (
    accounts_acts.STATE_WORDS,
    {"ACTIVE": "green", "SUSPENDED": "orange", "REVOKED": "grey", "DRAFT": "blue"},
)


@staff_only
def delegations(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    rows = accounts.delegations(today)
    having = {each["delegation"].county_id for each in rows}
    return render(
        request,
        "office/admin/delegations.html",
        {
            "page_title": "审批权限下放",
            "rows": [_row(each) for each in rows],
            "others": [each["organ"] for each in accounts.tree(today) if each["organ"].id not in having],
            "may_record": has_power(request.asker.role, "delegation.record"),
        },
    )


def _row(each: dict[str, Any]) -> dict[str, Any]:
    return each | {
        "word": WORDS[each["state"]],
        "tone": TONES[each["state"]],
        "aid": "、".join(_aid_name(code) for code in each["delegation"].aid_types),
        "steps": [{"step": step, "word": WORDS[step.state]} for step in each["steps"]],
    }


def _aid_name(code: str) -> str:
    return {aid.code: aid.name for aid in registry.all_types()}.get(code, code)


class DelegationForm(forms.Form):
    county = forms.ChoiceField(label="县（市、区）")
    aid_types = forms.MultipleChoiceField(
        label="授权事项",
        choices=[(aid.code, aid.name) for aid in registry.all_types()],
        widget=forms.CheckboxSelectMultiple,
        initial=[registry.ORDINARY],
    )
    authority_doc_no = forms.CharField(label="县级人民政府授权文件号", max_length=60)
    issued_on = forms.DateField(
        label="文件日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_from = forms.DateField(
        label="生效日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label="有效期至（可不填）",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    towns = forms.MultipleChoiceField(
        label="乡镇（街道，不选为全部）", required=False, widget=forms.CheckboxSelectMultiple
    )
    duty_split = forms.CharField(label="县乡职责划分", widget=forms.Textarea(attrs={"rows": 3}))


@staff_only
def record(request: HttpRequest) -> HttpResponse:
    form = DelegationForm(
        request.POST or None,
        initial={
            "issued_on": clock.today(),
            "valid_from": clock.today(),
            "duty_split": "乡镇（街道）：受理、核对、调查、审核、审批、公示。县级：指导培训、抽查监督、资金发放、异议复核。",
        },
    )
    tree = accounts.tree(clock.today())
    form.fields["county"].choices = [(str(each["organ"].id), each["organ"].name) for each in tree]
    form.fields["towns"].choices = [
        (str(town.id), f"{each['organ'].name} {town.name}") for each in tree for town in each["towns"]
    ]
    context = {
        "page_title": "登记授权文件",
        "form": form,
        "back": reverse("office:delegations"),
        "crumbs": [("审批权限下放", reverse("office:delegations"))],
        "note": "先登记文件；准备清单齐全后再启用。",
        "submit": "登记",
    }
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "office/admin/form.html", context, status=422 if request.method == "POST" else 200
        )
    given = form.cleaned_data
    try:
        made = accounts_acts.record_delegation(
            request.asker,
            county_id=int(given["county"]),
            town_ids=[int(each) for each in given["towns"]],
            **{
                name: given[name]
                for name in (
                    "aid_types",
                    "authority_doc_no",
                    "issued_on",
                    "valid_from",
                    "valid_to",
                    "duty_split",
                )
            },
        )
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    messages.success(request, "已登记，请检查准备清单后启用。")
    return redirect("office:delegation", delegation_id=made.id)


@staff_only
def delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """One delegation: history, checklist by town, and the next step."""
    today = clock.today()
    row = next((each for each in accounts.delegations(today) if each["delegation"].id == delegation_id), None)
    if row is None:
        raise Refusal("E_NOT_FOUND", what="授权记录")
    rules = authority.settings_of(row["delegation"].county)
    context = {
        "page_title": f"{row['delegation'].county.name}审批权限下放",
        "row": _row(row),
        "crumbs": [("审批权限下放", reverse("office:delegations"))],
        "towns": [
            {
                "town": town,
                "checks": accounts_acts.readiness(town, today, least_staff=int(str(rules["least_staff"]))),
            }
            for town in accounts_acts.covered_towns(row["delegation"], today)
        ],
        "next": [(code, WORDS[code].removeprefix("已")) for code in accounts_acts.NEXT.get(row["state"], ())],
        "may_record": has_power(request.asker.role, "delegation.record"),
        "reason": request.POST.get("reason", ""),
        "today": today,
    }
    if request.method != "POST":
        return render(request, "office/admin/delegation.html", context)
    try:
        _, moved = authority.move_delegation(
            request.asker,
            delegation_id,
            request.POST.get("to", ""),
            effective_on=today,
            reason=context["reason"],
        )
    except Refusal as refusal:
        return refused(request, "office/admin/delegation.html", context, refusal)
    messages.success(request, f"已办理。{f'{moved}件待审批案件已随审批权转移。' if moved else ''}")
    return redirect("office:delegation", delegation_id=delegation_id)
