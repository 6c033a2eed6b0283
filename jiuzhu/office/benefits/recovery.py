"""追回多发: what is to come back, how, and what came back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import recovery as acts
from jiuzhu.core.money import parse_yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.benefits.page import benefit_url, bound, check, day_field, tag, text_field
from jiuzhu.office.work.page import staff_only
from jiuzhu.ui.tables import Column, Table, keyset_page


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Open matters, the oldest first."""
    rows = queries.overpays(request.asker, open_only="all" not in request.GET)
    shown = Table(
        columns=[
            Column(
                "entitlement.case.applicant.name",
                "申请人",
                href=lambda row: reverse("office:recovery", args=[row.id]),
            ),
            Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）"),
            Column("cause", "原因"),
            Column("amount_fen", "应退回（元）", kind="money"),
            Column(acts.returned_fen, "已退回（元）", kind="money"),
            Column(lambda row: acts.PLANS.get(row.plan, "尚未确定"), "退回方式"),
            Column("found_on", "认定日期", kind="date"),
            Column(
                lambda row: tag("已办结", "green") if row.closed_on else tag("追回中", "orange"),
                "状态",
                kind="html",
            ),
        ],
        page=keyset_page(request, rows, "found_on"),
        cards=True,
        empty="没有追回事项",
    )
    context = {"page_title": "追回多发", "crumbs": [("动态管理", "")], "table": shown}
    return render(request, "office/benefits/list.html", context)


class PlanForm(forms.Form):
    way = forms.ChoiceField(label="退回方式", choices=list(acts.PLANS.items()), widget=forms.RadioSelect)
    instalments = forms.IntegerField(label="分几期", min_value=1, max_value=60, initial=1)


class RepayForm(forms.Form):
    yuan = forms.CharField(label="缴回金额（元）", max_length=20)
    paid_on = day_field("缴款日期")
    voucher_no = forms.CharField(label="缴款凭证号", max_length=60)


@staff_only
def matter(request: HttpRequest, number: int) -> HttpResponse:
    """One matter: notice, plan, instalments, money brought back."""
    actor = request.asker
    found = queries.overpay(actor, number)
    plan, repay = bound(PlanForm, request, "plan"), bound(RepayForm, request, "repay")
    refusal = None
    if request.method == "POST":
        try:
            _do(request, actor, number, plan, repay)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已登记。")
            return redirect(reverse("office:recovery", args=[number]))
    context = {
        "page_title": f"追回　{found.entitlement.case.applicant.name}",
        "crumbs": [("追回多发", reverse("office:recoveries"))],
        "found": found,
        "place": queries.place_words(found.entitlement),
        "benefit_url": benefit_url(found.entitlement),
        "months": "、".join(f"{month:%Y年%m月}" for month in found.months),
        "way": acts.PLANS.get(found.plan, "尚未确定"),
        "left_fen": acts.left_fen(found),
        "returned_fen": acts.returned_fen(found),
        "repayments": list(found.repayments.order_by("paid_on")),
        "parts": queries.instalments(found),
        "may_plan": actor.role in ("TOWN_LEAD", "COUNTY_APPROVER") and not found.plan,
        "may_repay": actor.role == "TOWN_CLERK" and found.plan and found.closed_on is None,
        "plan": plan,
        "repay": repay,
        "refusal": refusal,
    }
    return render(
        request, "office/benefits/recovery.html", context, status=refusal.status if refusal else 200
    )


def _do(request: HttpRequest, actor: Any, number: int, plan: forms.Form, repay: forms.Form) -> None:
    if request.POST.get("do") == "plan":
        acts.plan(actor, number, consent=handed.photo(request, "consent"), **check(plan))
    else:
        given = check(repay)
        acts.repay(
            actor,
            number,
            amount_fen=parse_yuan(given["yuan"], field="缴回金额"),
            paid_on=given["paid_on"],
            voucher_no=given["voucher_no"],
        )


class ClaimForm(forms.Form):
    yuan = forms.CharField(label="多发金额（元）", max_length=20)
    since = day_field("从哪个月（选当月任一天）")
    until = day_field("到哪个月")
    cause = text_field("原因", rows=2)


@staff_only
def claim(request: HttpRequest, number: int) -> HttpResponse:
    """Money found to be overpaid otherwise than by a late death."""
    actor = request.asker
    found = queries.benefit(actor, number)
    form, refusal = bound(ClaimForm, request, "claim"), None
    if request.method == "POST":
        try:
            given = check(form)
            made = acts.claim(
                actor,
                number,
                amount_fen=parse_yuan(given["yuan"], field="多发金额"),
                months=queries.months_between(given["since"], given["until"]),
                cause=given["cause"],
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已认定，请确定退回方式。")
            return redirect(reverse("office:recovery", args=[made.id]))
    context = {
        "page_title": "认定多发",
        "crumbs": [
            ("在保台账", reverse("office:benefits")),
            (found.case.applicant.name, benefit_url(found)),
        ],
        "form": form,
        "do": "claim",
        "button": "认定多发",
        "back": benefit_url(found),
        "refusal": refusal,
    }
    return render(request, "office/benefits/form.html", context, status=refusal.status if refusal else 200)
