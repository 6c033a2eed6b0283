"""转出转入: families that leave and families that come, with their days; taken over by the township they come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.organisations import village_name
from jiuzhu.cases import queries
from jiuzhu.cases.acts import transfer
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.office.benefits.page import tag
from jiuzhu.office.work.page import case_url, refused, staff_only
from jiuzhu.ui.formats import cn_date, cn_month
from jiuzhu.ui.tables import Column, Page, Table

_TONES = {"SENT": "orange", "ACCEPTED": "blue", "CHECKED": "green", "RETURNED": "grey"}


class SendForm(forms.Form):
    to_town_id = forms.TypedChoiceField(label="迁往", coerce=int)
    reason = forms.CharField(
        label="迁移情况",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="为什么迁、何时迁",
    )
    hukou_moved = forms.BooleanField(label="户籍已迁入", required=False)

    def __init__(self, *args: Any, leaving: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_town_id"].choices = [
            ("", "请选择乡镇（街道）"),
            *(
                (each["organ"].name, [(town.id, town.name) for town in each["towns"] if town.id != leaving])
                for each in accounts.tree(clock.today())
            ),
        ]


class TakeForm(forms.Form):
    village_code = forms.ChoiceField(label="住在哪个村（居）")
    address = forms.CharField(label="现住址", max_length=120, required=False, help_text="不填沿用原来的")


class WordsForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回后家庭仍由迁出地办理",
    )


class FindingForm(forms.Form):
    finding = forms.CharField(label="核实结果", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    rows = queries.transfers(request.asker)
    table = Table(
        columns=[
            Column(lambda each: each["row"].applicant_name, "申请人", href=_url),
            Column(lambda each: "转入" if each["coming"] else "转出", "方向", width="s"),
            Column(lambda each: f"{each['row'].from_county.name}{each['row'].from_town.name}", "迁出"),
            Column(lambda each: f"{each['row'].to_county.name}{each['row'].to_town.name}", "迁入"),
            Column(lambda each: each["row"].sent_at, "发出日期", kind="date"),
            Column(
                lambda each: tag(transfer.WORDS[each["row"].state], _TONES[each["row"].state]),
                "状态",
                kind="html",
            ),
            Column(lambda each: f"{cn_date(each['due_on'])}前核实" if each["due_on"] else "", "期限"),
        ],
        page=Page(rows=rows, size=0),
        row_tone=lambda each: "red" if each["late"] else "",
        empty="没有转出转入",
        cards=True,
    )
    return render(request, "office/work/transfers.html", {"page_title": "转出转入", "table": table})


def _url(each: dict[str, Any]) -> str:
    return reverse("office:transfer", args=[each["row"].uid])


@staff_only
def send(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask another township to take the family over."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    form = SendForm(request.POST or None, leaving=case.household.town_id)
    context = {
        "page_title": f"{case.applicant.name}家庭转出",
        "form": form,
        "back": case_url(case),
        "crumbs": [("案件查询", reverse("office:cases")), (case.applicant.name, case_url(case))],
        "note": "对方接收后，档案、在办案件和待遇一并转过去，不重新申请；跨县的，本月仍由本县发放。",
        "submit": "发出转移单",
    }
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "office/admin/form.html", context, status=422 if request.method == "POST" else 200
        )
    try:
        made = transfer.request_transfer(actor, uid, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    messages.success(request, f"已发给{made.to_town.name}，等待接收。")
    return redirect("office:transfer", uid=made.uid)


@staff_only
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One transfer: what moves, how far it is, and for the township it comes to the next step."""
    actor = request.asker
    row = queries.transfer_for(actor, uid)
    mine = actor.role == "TOWN_CLERK" and row.to_town_id in actor.towns
    data = request.POST if request.method == "POST" else None
    do = request.POST.get("do", "")
    take = TakeForm(data if do == "take" else None)
    take.fields["village_code"].choices = [("", "请选择"), *places.village_choices(row.to_town)]
    send_back = WordsForm(data if do == "return" else None)
    check = FindingForm(data if do == "check" else None)
    context = {
        "page_title": f"{row.applicant_name}家庭{transfer.KINDS[row.kind]}",
        "crumbs": [("转出转入", reverse("office:transfers"))],
        "row": row,
        "word": transfer.WORDS[row.state],
        "tone": _TONES[row.state],
        "items": _items(row),
        "after_taking": _after_taking(row),
        "refused_do": do,
        "take": take if mine and row.state == row.SENT else None,
        "send_back": send_back if mine and row.state == row.SENT else None,
        "check": check if mine and row.state == row.ACCEPTED else None,
        "once": handed.token(request),
    }
    if request.method != "POST":
        return render(request, "office/work/transfer.html", context)
    try:
        done = _do(actor, uid, do, take, send_back, check)
    except Refusal as refusal:
        return refused(request, "office/work/transfer.html", context, refusal)
    messages.success(request, done)
    return redirect("office:transfer", uid=uid)


def _do(actor: Any, uid: UUID, do: str, take: Any, send_back: Any, check: Any) -> str:
    form = {"take": take, "return": send_back, "check": check}.get(do)
    if form is None:
        raise Refusal("E_NOT_FOUND", what="操作")
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))
    if do == "take":
        row = transfer.accept_transfer(actor, uid, **form.cleaned_data)
        return f"已接收，请于{cn_date(row.check_due_on)}前重新核实。"
    if do == "return":
        transfer.return_transfer(actor, uid, **form.cleaned_data)
        return "已退回。"
    transfer.conclude_check(actor, uid, **form.cleaned_data)
    return "核实结果已登记；情况有变化的，请办理变更。"


def _after_taking(row: Any) -> list[str]:
    """What the township that says yes takes upon itself."""
    today = clock.today()
    found = ["档案、在办案件和待遇转到本乡镇（街道），时限继续计算，不重新申请"]
    if row.kind == row.BETWEEN:
        found.append(f"{today.month}月的待遇仍由{row.from_county.name}发放，次月起由{row.to_county.name}发放")
    return [*found, "按期重新核实家庭情况；有变化的办理变更"]


def _items(row: Any) -> list[tuple[str, str]]:
    found = [
        ("迁出", f"{row.from_county.name}{row.from_town.name} {village_name(row.from_village)}"),
        ("迁入", f"{row.to_county.name}{row.to_town.name} {village_name(row.to_village)}"),
        ("人口", f"{row.members_count}人"),
        ("在办案件和待遇", row.what or "—"),
        ("迁移情况", row.reason),
        ("户籍", "已迁入" if row.hukou_moved else "未迁"),
        ("发出", f"{cn_date(row.sent_at)} {row.sent_by}"),
    ]
    if row.answered_at:
        found.append(("答复", f"{cn_date(row.answered_at)} {row.answered_by} {row.answer}"))
    if row.paid_until and row.kind == row.BETWEEN:
        found.append(("迁出地发至", f"{cn_month(row.paid_until)}，次月起由迁入地发放"))
    if row.check_due_on:
        found.append(("核实期限", cn_date(row.check_due_on)))
    if row.checked_on:
        found.append(("核实结果", f"{row.finding}（{cn_date(row.checked_on)} {row.checked_by}）"))
    return found
