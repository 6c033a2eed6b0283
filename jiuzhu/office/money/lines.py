"""One line: hold it, let a prompt pass, give the family another account; and all returned lines of the county."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiuzhu.accounts.roles import has_power
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.money.page import money_only, tag, tags
from jiuzhu.payments import queries, table
from jiuzhu.payments.acts import marking, reissuing
from jiuzhu.ui.tables import Action, Column, Page, Table


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=200, min_length=2, widget=forms.Textarea(attrs={"rows": 2})
    )


class AccountForm(forms.Form):
    """The account the family is paid into from today on."""

    holder_id = forms.ChoiceField(label="户名（家庭成员）")
    bank_code = forms.ChoiceField(label="银行")
    bank_name = forms.CharField(label="开户行全称", max_length=60)
    number = forms.CharField(label="银行账号", max_length=40, help_text="与银行卡或存折核对")

    def __init__(self, *arguments: Any, members: list[tuple[int, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["holder_id"].choices = members
        self.fields["bank_code"].choices = list(queries.banks().items())


@money_only
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Look at one line and deal with it."""
    actor = request.asker
    if not queries.sees_people(actor):
        raise Refusal("E_AUTH", role="县级财政", act="查看发放对象", why="财政只查看资金数据。")
    found, run = queries.line_for(actor, line_id)
    do = request.POST.get("do", "")
    members = queries.household_members(actor, line_id)
    hold = ReasonForm(request.POST if do == "hold" else None, prefix="hold", auto_id="hold_%s")
    waive = ReasonForm(request.POST if do == "waive" else None, prefix="waive", auto_id="waive_%s")
    account = AccountForm(
        request.POST if do == "account" else None,
        members=members,
        initial={"holder_id": found.payee_id, "bank_code": found.bank_code, "bank_name": found.bank_name},
    )
    refusal = None
    if request.method == "POST":
        try:
            words = _do(actor, found.id, do, request, hold, waive, account)
        except Refusal as refused:
            refusal = refused
        else:
            if words:
                messages.success(request, words)
                return redirect(reverse("office:money-run", args=[run.id]))
    noticed = (
        [each for each in queries.prompts(actor, run) if each[0] == found.id]
        if run.state in table.UNSENT
        else []
    )
    (view,) = queries.line_views(actor, run, [found], noticed)
    may = _may(actor, run, view)
    context = {
        "page_title": f"第{view.line_no}笔　{view.payee}",
        "crumbs": [
            ("资金发放", ""),
            (queries.title_of(run), reverse("office:money-run", args=[run.id])),
        ],
        "run": run,
        "view": view,
        "state": tag(*view.state),
        "notes": tags(view.notes),
        "errors": [
            {"code": code, "words": queries.prompt_words(code)} for _, code, level in noticed if level == "E"
        ],
        "hold": hold,
        "waive": waive,
        "account": account,
        "may": may,
        "back": reverse("office:money-run", args=[run.id]),
        "refusal": refusal,
    }
    return render(request, "office/money/line.html", context, status=refusal.status if refusal else 200)


def _may(actor: Any, run: Any, view: queries.LineView) -> dict[str, bool]:
    checks = has_power(actor.role, "payroll.check_town") or has_power(actor.role, "payroll.check_county")
    failed = bool(view.code) and view.code != "00" and not view.reissued_as
    return {
        "hold": checks and run.state in table.OPEN_LIST and not view.held,
        "waive": has_power(actor.role, "payroll.waive") and run.state in table.UNSENT,
        "account": has_power(actor.role, "payroll.check_town") and failed,
    }


def _do(
    actor: Any,
    line_id: int,
    do: str,
    request: HttpRequest,
    hold: ReasonForm,
    waive: ReasonForm,
    account: AccountForm,
) -> str:
    """Make what was asked for; the words said afterwards, or nothing when a field is wrong."""
    if do == "hold" and hold.is_valid():
        marking.hold_line(actor, line_id, reason=hold.cleaned_data["reason"])
        return "已暂缓，不列入银行文件。"
    if do == "waive" and waive.is_valid():
        marking.waive_prompt(
            actor, line_id, prompt=request.POST.get("prompt", ""), reason=waive.cleaned_data["reason"]
        )
        return "已放行。"
    if do == "account" and account.is_valid():
        given = account.cleaned_data
        reissuing.correct_account(actor, line_id, **(given | {"holder_id": int(given["holder_id"])}))
        return "账户已更正，县社会救助中心可以重新发放。"
    return ""


@require_GET
@money_only
def returns(request: HttpRequest) -> HttpResponse:
    """Every returned line not yet paid again, run by run."""
    actor = request.asker
    groups = [
        {
            "run": run,
            "title": queries.title_of(run),
            "url": reverse("office:money-run", args=[run.id]),
            "table": _table(actor, run, lines),
            "ready": sum(queries.ready_again(line) for line in lines),
            "reissue": {
                "url": reverse("office:money-move", args=[run.id, "reissue"]),
                "once": str(uuid.uuid4()),
            }
            if queries.may_reissue(actor, run)
            else None,
        }
        for run, lines in queries.all_returned(actor)
    ]
    context = {
        "page_title": "银行退回",
        "crumbs": [("资金发放", "")],
        "groups": groups,
        "count": sum(len(group["table"].page.rows) for group in groups),
        "ready": sum(group["ready"] for group in groups),
    }
    return render(request, "office/money/returns.html", context)


def _table(actor: Any, run: Any, lines: list[Any]) -> Table:
    ready = {line.id: queries.ready_again(line) for line in lines}
    never = {line.id: line.result.code in table.NEVER_AGAIN for line in lines}
    views = queries.line_views(actor, run, lines, [])
    people = queries.sees_people(actor)

    def next_step(view: queries.LineView) -> Any:
        if ready[view.id]:
            return tag("可以重发", "green")
        return tag("人工核实", "red") if never[view.id] else tag("待更正账户", "orange")

    return Table(
        columns=[
            Column("line_no", "笔号", kind="number"),
            Column("payee", "收款人"),
            *([Column("place", "乡镇、村（居）")] if people else []),
            Column("account", "账号"),
            Column("total_fen", "金额（元）", kind="money"),
            Column("answer", "银行答复"),
            Column(next_step, "下一步", kind="html"),
        ],
        page=Page(rows=views, size=100),
        actions=(lambda view: [Action("更正账户", reverse("office:money-line", args=[view.id]))])
        if has_power(actor.role, "payroll.check_town")
        else None,
        numbered=False,
    )
