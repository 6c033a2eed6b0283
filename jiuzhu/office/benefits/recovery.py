"""追回多发: what is to come back, how, and what came back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import recovery as acts
from jiuzhu.core.money import parse_yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.benefits.page import benefit_url, bound, check, day_field, tag, text_field
from jiuzhu.office.work.page import staff_only
from jiuzhu.payments import queries as money
from jiuzhu.ui.formats import cn_month, fen
from jiuzhu.ui.tables import Column, Page, Table, keyset_page


def overpay_table(rows: list[Any], *, page: Page | None = None, named: bool = False) -> Table | None:
    """Matters with what came back of each; ``None`` without any on a page about something else."""
    if not rows and page is None:
        return None
    return Table(
        columns=[
            *([Column("entitlement.case.applicant.name", "申请人", href=_url)] if named else []),
            *([Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）")] if named else []),
            Column("cause", "原因", href=None if named else _url),
            Column("amount_fen", "应退回（元）", kind="money"),
            Column(acts.returned_fen, "已退回（元）", kind="money"),
            Column(lambda row: acts.PLANS.get(row.plan, ""), "退回方式"),
            Column("found_on", "认定日期", kind="date"),
            Column(_state, "状态", kind="html"),
        ],
        page=page or Page(rows=rows, size=0),
        numbered=named,
        cards=True,
        empty="没有追回事项",
    )


def _url(row: Any) -> str:
    return reverse("office:recovery", args=[row.id])


def _state(row: Any) -> SafeString:
    if row.closed_on:
        return tag("已办结", "green")
    return tag("追回中", "blue") if row.plan else tag("待定退回方式", "orange")


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Open matters, the oldest first."""
    rows = queries.overpays(request.asker, open_only="all" not in request.GET)
    page = keyset_page(request, rows, "found_on")
    context = {
        "page_title": "追回多发",
        "crumbs": [("动态管理", "")],
        "table": overpay_table(list(page.rows), page=page, named=True),
    }
    return render(request, "office/benefits/list.html", context)


class PlanForm(forms.Form):
    way = forms.ChoiceField(label="退回方式", choices=list(acts.PLANS.items()), widget=forms.RadioSelect)
    instalments = forms.IntegerField(
        label="分几期", min_value=1, max_value=60, initial=1, help_text="一期一个月；一次退清的填1"
    )

    def __init__(self, *arguments: Any, offset: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not offset:
            self.fields["way"].choices = [(acts.CASH, acts.PLANS[acts.CASH])]
            self.fields["way"].initial = acts.CASH


class RepayForm(forms.Form):
    yuan = forms.CharField(label="缴回金额（元）", max_length=20)
    paid_on = day_field("缴款日期")
    voucher_no = forms.CharField(label="缴款凭证号", max_length=60)


@staff_only
def matter(request: HttpRequest, number: int) -> HttpResponse:
    """One matter: notice, plan, instalments, money brought back."""
    actor = request.asker
    found = queries.overpay(actor, number)
    offset = acts.may_offset(found.entitlement)
    plan, repay = bound(PlanForm, request, "plan", offset=offset), bound(RepayForm, request, "repay")
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
        "months": _months_words(found.months),
        "way": acts.PLANS.get(found.plan, "尚未确定"),
        "state": _state(found),
        "notice": found.notice,
        "offset": offset,
        "most_fen": acts.most_fen(found.entitlement) if offset and not found.plan else 0,
        "left_fen": acts.left_fen(found),
        "returned_fen": acts.returned_fen(found),
        "repayments": _repayments(found),
        "parts": _parts(found),
        "may_plan": actor.role in ("TOWN_LEAD", "COUNTY_APPROVER") and not found.plan,
        "may_repay": actor.role == "TOWN_CLERK" and found.plan and found.closed_on is None,
        "seldom_repaid": found.plan == acts.OFFSET and refusal is None,
        "plan": plan,
        "repay": repay,
        "refusal": refusal,
    }
    return render(
        request, "office/benefits/recovery.html", context, status=refusal.status if refusal else 200
    )


def _months_words(months: list[date]) -> str:
    """2022年3月至5月 for months in a row, else each of them."""
    first, last = min(months), max(months)
    if len(months) > 1 and queries.months_between(first, last) == sorted(months):
        return (
            f"{cn_month(first)}至{last.month}月"
            if first.year == last.year
            else f"{cn_month(first)}至{cn_month(last)}"
        )
    return "、".join(cn_month(each) for each in months)


def _parts(found: Any) -> Table | None:
    rows = [each | {"number": f"第{number}期"} for number, each in enumerate(queries.instalments(found), 1)]
    if not rows:
        return None
    month = [Column(lambda row: row["month"], "名单月份", kind="month")] if found.plan == acts.OFFSET else []
    return Table(
        columns=[
            Column(lambda row: row["number"], "期次"),
            *month,
            Column(lambda row: row["fen"], "金额（元）", kind="money"),
            Column(lambda row: row["state"], "情况"),
        ],
        page=Page(rows=rows, size=0),
        numbered=False,
        slim=True,
    )


def _repayments(found: Any) -> Table | None:
    rows = list(found.repayments.order_by("paid_on", "id"))
    if not rows:
        return None
    return Table(
        columns=[
            Column("paid_on", "缴款日期", kind="date"),
            Column("amount_fen", "金额（元）", kind="money"),
            Column("voucher_no", "缴款凭证号"),
            Column("by_name", "登记人"),
        ],
        page=Page(rows=rows, size=0),
        numbered=False,
        cards=True,
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
    since = forms.ChoiceField(label="从哪个月")
    until = forms.ChoiceField(label="到哪个月")
    cause = text_field("原因", rows=2)

    def __init__(self, *arguments: Any, months: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("since", "until"):
            self.fields[name].choices = [("", "请选择"), *months]


@staff_only
def claim(request: HttpRequest, number: int) -> HttpResponse:
    """Money found to be overpaid otherwise than by a late death."""
    actor = request.asker
    found = queries.benefit(actor, number)
    listed = money.listed_months(found.id, found.first_month)
    months = [
        (each.month.isoformat(), f"{cn_month(each.month)}，发放{fen(each.fen)}元")
        for each in reversed(listed)
    ]
    form, refusal = bound(ClaimForm, request, "claim", months=months), None
    if request.method == "POST":
        try:
            given = check(form)
            made = acts.claim(
                actor,
                number,
                amount_fen=parse_yuan(given["yuan"], field="多发金额"),
                months=queries.months_between(*map(date.fromisoformat, (given["since"], given["until"]))),
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
        "form": form if months else None,
        "nothing": "还没有列入过发放名单，没有可以认定的月份。",
        "do": "claim",
        "button": "认定多发",
        "back": benefit_url(found),
        "refusal": refusal,
    }
    return render(request, "office/benefits/form.html", context, status=refusal.status if refusal else 200)
