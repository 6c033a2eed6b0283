"""备用金: every town's balance, its ledger and chart; top-ups by two people of the county, the month's closing (TA-21)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core import clock
from jiuzhu.core.money import parse_yuan, yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import acts, queries
from jiuzhu.intake import handed
from jiuzhu.office.work.page import staff_only
from jiuzhu.ui.tables import Action, Column, Page, Table

_LIST, _ONE = "office/money/funds.html", "office/money/fund.html"


def fund_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Staff whose role reads the funds (E_AUTH otherwise)."""

    @staff_only
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not has_power(request.asker.role, "fund.read"):
            raise Refusal("E_AUTH", role=role_name(request.asker.role), act="查看备用金", why="")
        return view(request, *arguments, **named)

    return guarded


class TopUpForm(forms.Form):
    town = forms.TypedChoiceField(label="拨给", coerce=int)
    amount = forms.CharField(label="金额（元）", max_length=14)
    document_no = forms.CharField(label="拨款文号", max_length=80)

    def __init__(self, *args: Any, towns: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = towns


class CloseForm(forms.Form):
    counted = forms.CharField(label="月末清点的现金和存款（元）", max_length=14)
    note = forms.CharField(label="说明（可不填）", max_length=80, required=False)


class ReturnForm(forms.Form):
    amount = forms.CharField(label="退回金额（元）", max_length=14)
    reason = forms.CharField(label="原因", max_length=200)


def _checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))
    return form.cleaned_data


@fund_only
def listing(request: HttpRequest) -> HttpResponse:
    """Balances of the area; the county proposes money and confirms what a colleague proposed."""
    return _list_page(request)


def _list_page(request: HttpRequest, refusal: Refusal | None = None, data: Any = None) -> HttpResponse:
    actor = request.asker
    rows = queries.funds(actor, clock.today())
    if len(rows) == 1 and not has_power(actor.role, "fund.top_up") and refusal is None:
        return redirect("office:fund", town_id=rows[0].town.id)
    may = has_power(actor.role, "fund.top_up")
    filled = [row for row in rows if row.balance_fen or row.paid_fen]
    context = {
        "page_title": "备用金",
        "names": [row.town.name for row in filled],
        "series": [
            ("余额", [row.balance_fen / 100 for row in filled]),
            ("本月支付", [row.paid_fen / 100 for row in filled]),
        ],
        "table": Table(
            columns=[
                Column("town.name", "乡镇（街道）", href=_address),
                Column("balance_fen", "余额（元）", kind="money"),
                Column("paid_fen", "本月支付（元）", kind="money"),
                Column("closed_to", "已月结到", kind="month"),
            ],
            page=Page(rows=rows, size=0),
            empty="本辖区还没有备用金",
            cards=True,
        ),
        "waiting": _waiting(actor) if may else None,
        "form": TopUpForm(data, towns=[(each.town.id, each.town.name) for each in rows]) if may else None,
        "once": handed.token(request),
        "refusal": refusal,
    }
    return render(request, _LIST, context, status=refusal.status if refusal else 200)


def _address(row: Any) -> str:
    return reverse("office:fund", args=[row.town.id])


def _waiting(actor: Any) -> Table:
    rows = queries.waiting_top_ups(actor)

    def actions(row: Any) -> list[Action]:
        own = row.proposed_by_id == actor.id
        first = [] if own else [Action("确认", reverse("office:fund-confirm", args=[row.id]), post=True)]
        return [*first, Action("撤销", reverse("office:fund-cancel", args=[row.id]), post=True, danger=True)]

    return Table(
        columns=[
            Column("town.name", "乡镇（街道）"),
            Column("amount_fen", "金额（元）", kind="money"),
            Column("document_no", "拨款文号"),
            Column("proposed_by.name", "登记人"),
            Column("proposed_at", "登记时间", kind="datetime"),
        ],
        page=Page(rows=rows, size=0),
        actions=actions,
        empty="没有待确认的拨款",
        cards=True,
    )


@fund_only
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    towns = [(each.town.id, each.town.name) for each in queries.funds(request.asker, clock.today())]
    try:
        given = _checked(TopUpForm(request.POST, towns=towns))
        acts.propose_top_up(
            request.asker,
            given["town"],
            amount_fen=parse_yuan(given["amount"], field="金额"),
            document_no=given["document_no"],
            once=handed.token(request),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:funds"))
        return _list_page(request, refusal, request.POST)
    messages.success(request, "拨款已登记，请另一名县级工作人员确认。")
    return redirect("office:funds")


@fund_only
@require_POST
def confirm(request: HttpRequest, top_up_id: int) -> HttpResponse:
    try:
        entry = acts.confirm_top_up(request.asker, top_up_id)
    except Refusal as refusal:
        return _list_page(request, refusal)
    messages.success(request, f"已确认，{entry.town.name}余额{yuan(entry.balance_fen)}元。")
    return redirect("office:funds")


@fund_only
@require_POST
def cancel(request: HttpRequest, top_up_id: int) -> HttpResponse:
    try:
        acts.cancel_top_up(request.asker, top_up_id)
    except Refusal as refusal:
        return _list_page(request, refusal)
    messages.success(request, "已撤销。")
    return redirect("office:funds")


@fund_only
def fund(request: HttpRequest, town_id: int) -> HttpResponse:
    """One town's ledger, the newest first, with the chart of the last twelve months."""
    return _one_page(request, town_id)


def _one_page(
    request: HttpRequest, town_id: int, refusal: Refusal | None = None, data: Any = None
) -> HttpResponse:
    actor, today = request.asker, clock.today()
    after = request.GET.get("after", "")
    rows, more = queries.ledger(actor, town_id, after=int(after) if after.isdigit() else None, limit=30)
    months = queries.months(actor, town_id, today)
    seen = next(each for each in queries.funds(actor, today) if each.town.id == town_id)
    may = has_power(actor.role, "fund.close")
    closing = queries.to_close(seen.town, today) if may else None
    context = {
        "page_title": f"{seen.town.name}备用金",
        "crumbs": [("备用金", reverse("office:funds"))],
        "fund": seen,
        "table": Table(
            columns=[
                Column("on", "日期", kind="date"),
                Column(lambda row: row.KINDS[row.kind], "摘要"),
                Column("case_no", "案号"),
                Column("note", "说明"),
                Column("amount_fen", "金额（元）", kind="money"),
                Column("balance_fen", "余额（元）", kind="money"),
                Column("by_name", "经手人"),
            ],
            page=Page(rows=rows, size=30, next=str(more or "")),
            actions=_returns if may else None,
            empty="还没有记账",
            numbered=False,
            cards=True,
        ),
        "months": [f"{each['month']:%Y-%m}" for each in months],
        "series": [
            ("拨入", [each["in_fen"] / 100 for each in months]),
            ("支付", [each["out_fen"] / 100 for each in months]),
            ("月末余额", [each["balance_fen"] / 100 for each in months]),
        ],
        "closing": closing,
        "form": CloseForm(data) if closing else None,
        "refusal": refusal,
    }
    return render(request, _ONE, context, status=refusal.status if refusal else 200)


def _returns(row: Any) -> list[Action]:
    if row.kind != row.PAYMENT or not queries.left_to_return(row):
        return []
    return [Action("登记退回", reverse("office:fund-return", args=[row.id]))]


@fund_only
@require_POST
def close(request: HttpRequest, town_id: int) -> HttpResponse:
    seen = next(
        (each for each in queries.funds(request.asker, clock.today()) if each.town.id == town_id), None
    )
    if seen is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    month = queries.to_close(seen.town, clock.today())
    try:
        given = _checked(CloseForm(request.POST))
        acts.close_month(
            request.asker,
            town_id,
            month=month or clock.today(),
            counted_fen=parse_yuan(given["counted"], field="清点金额"),
            note=given["note"],
        )
    except Refusal as refusal:
        return _one_page(request, town_id, refusal, request.POST)
    messages.success(request, f"{month:%Y年%-m月}已月结。")
    return redirect("office:fund", town_id=town_id)


@fund_only
def give_back(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Money of a payment comes back: how much, and why."""
    entry = queries.entry_for(request.asker, entry_id)
    form = ReturnForm(request.POST or None, initial={"amount": yuan(queries.left_to_return(entry))})
    context = {
        "page_title": "登记退回",
        "crumbs": [(f"{entry.town.name}备用金", reverse("office:fund", args=[entry.town_id]))],
        "entry": entry,
        "left_fen": queries.left_to_return(entry),
        "form": form,
        "back": reverse("office:fund", args=[entry.town_id]),
    }
    if request.method != "POST":
        return render(request, "office/money/fund_return.html", context)
    try:
        given = _checked(form)
        amount = parse_yuan(given["amount"], field="退回金额")
        acts.take_back(request.asker, entry_id, amount_fen=amount, reason=given["reason"])
    except Refusal as refusal:
        return handed.refused(request, "office/money/fund_return.html", context, refusal)
    messages.success(request, "退回已记账。")
    return redirect("office:fund", town_id=entry.town_id)
