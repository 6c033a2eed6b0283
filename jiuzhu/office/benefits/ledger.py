"""在保台账 and the page of one benefit: who, how much month by month, what changed, what was paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import organisations
from jiuzhu.accounts import queries as accounts
from jiuzhu.aid_types import registry
from jiuzhu.benefits import queries, table
from jiuzhu.benefits.acts import changes as acts
from jiuzhu.benefits.acts import consents, ending
from jiuzhu.cases.acts import authorisation
from jiuzhu.cases.permissions import FAMILY_SIDE
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.benefits.page import (
    TONES,
    benefit_url,
    bound,
    check,
    day_field,
    served_among_papers,
    state_tag,
    tag,
    token,
)
from jiuzhu.office.benefits.recovery import overpay_table
from jiuzhu.office.work.page import staff_only
from jiuzhu.payments import queries as money
from jiuzhu.policy import changes as law
from jiuzhu.ui.formats import cn_month
from jiuzhu.ui.tables import Column, Page, Table, keyset_page


class SearchForm(forms.Form):
    name = forms.CharField(label="申请人姓名", required=False, max_length=40)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((code, words) for code, (words, _) in queries.STATE_WORDS.items())],
    )
    review = forms.ChoiceField(
        label="复核",
        required=False,
        choices=[("", "全部"), ("soon", "30天内到期"), ("due", "已到期"), ("late", "超期15天以上")],
    )
    pending = forms.ChoiceField(
        label="待办",
        required=False,
        choices=[("", "全部"), *((key, words) for key, (words, _) in queries.PENDING.items())],
    )
    town = forms.TypedChoiceField(label="镇街", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, actor: Any) -> None:
        super().__init__(data)
        if len(actor.towns) == 1:
            del self.fields["town"]
        else:
            county = accounts.county_level_of(actor, clock.today())
            towns = organisations.towns_of(county, clock.today())
            self.fields["town"].choices = [("", "全部"), *((each.id, each.name) for each in towns)]


def review_tag(entitlement: Any) -> Any:
    due = entitlement.next_review_on
    if due is None or entitlement.state not in queries.RUNNING:
        return ""
    return tag(due.isoformat(), TONES[law.review_colour(due, clock.today())])


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody in benefit in the asker's area."""
    form = SearchForm(request.GET, actor=request.asker)
    given = form.cleaned_data if form.is_valid() else {}
    rows = queries.benefits(request.asker, **{key: value for key, value in given.items() if value})
    page = keyset_page(request, rows, "id")
    shown = Table(
        columns=[
            Column("case.applicant.name", "申请人", href=benefit_url),
            Column(queries.place_words, "镇街、村（居）"),
            Column(queries.aid_words, "类别"),
            Column(state_tag, "状态", kind="html"),
            Column("persons", "人口", kind="number"),
            Column("month_fen", "本月金额（元）", kind="money"),
            Column("first_month", "起发月份", kind="month"),
            Column(lambda row: f"{row.review_class}类", "复核类别"),
            Column(review_tag, "下次复核", kind="html"),
            Column("number", "待遇编号"),
        ],
        page=page,
        cards=True,
        empty="没有符合条件的在保家庭",
    )
    context = {"page_title": "在保台账", "crumbs": [("动态管理", "")], "form": form, "table": shown}
    return render(request, "office/benefits/list.html", context)


class OfferForm(forms.Form):
    person = forms.ChoiceField(label="介绍给谁")
    offered_on = day_field("介绍日期")
    what = forms.CharField(label="介绍的工作", max_length=200)
    refused = forms.ChoiceField(label="结果", choices=[("1", "拒绝"), ("", "接受")], required=False)
    reason = forms.CharField(label="拒绝理由", max_length=200, required=False)
    justified = forms.BooleanField(label="理由正当（不计入连续拒绝）", required=False)

    def __init__(self, *arguments: Any, members: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["person"].choices = members


def present(entitlement: Any) -> list[tuple[str, str]]:
    """Members still in the benefit, for a choice."""
    return [(each.ref, each.name) for each in queries.members(entitlement) if each.until is None]


@staff_only
def benefit(request: HttpRequest, number: int, refusal: Refusal | None = None) -> HttpResponse:
    """One benefit with everything that belongs to it."""
    actor = request.asker
    found = queries.benefit(actor, number)
    months = queries.course(found)
    clerk = actor.role == "TOWN_CLERK"
    changes = list(queries.changes(actor, entitlement=found.id))
    pause, papers = queries.suspension_of(found), _papers(found)
    context = {
        "page_title": f"{found.case.applicant.name}　{queries.aid_words(found)}",
        "crumbs": [("在保台账", reverse("office:benefits"))],
        "found": found,
        "state": state_tag(found),
        "place": queries.place_words(found),
        "review": review_tag(found),
        "case_url": reverse("office:case", args=[found.case.uid]),
        "paused": _paused_words(pause) if pause else "",
        "unpaid": bool(pause and pause.from_month <= clock.today()),
        "fading": queries.fading_of(found),
        "members": _members(found),
        "categories": [month for month, _ in months],
        "series": [("每月金额", [yuan for _, yuan in months])],
        "amounts": _amounts(found),
        "changes": change_table(changes),
        "payments": _payments(found),
        "dues": _dues(found),
        "consent": queries.consent_of(found),
        "signers_url": reverse("office:signers", args=[found.case.uid]),
        "may_renew": actor.role in FAMILY_SIDE,
        "overpays": overpay_table(list(queries.overpays(actor, open_only=False).filter(entitlement=found))),
        "papers": papers,
        "serve_url": _serve_url(found, changes) if clerk and any(each["open"] for each in papers) else "",
        "dead_holder": queries.account_of_the_dead(found) if clerk else "",
        "offers": queries.offers(found),
        "alerts": list(queries.alerts(actor, entitlement=found.id)),
        "failing": found.state in ("ACTIVE", "GRADUAL") and money.failed_in_a_row(found.id) and clerk,
        "may_close": found.state == "STOPPED" and actor.role in ending.ROLES,
        "open_matters": ending.what_is_open(found) if found.state == "STOPPED" else [],
        "kinds": [
            {"title": kind.title, "url": reverse("office:change-new", args=[found.id, kind.code])}
            for kind in sorted(
                queries.kinds_for(found) if clerk else [], key=lambda kind: kind.code != law.RES
            )
        ],
        "offer_form": bound(OfferForm, request, "offer", members=present(found)) if clerk else None,
        "may_end_fading": queries.may_end_fading(actor, found),
        "may_claim": actor.role in ("TOWN_LEAD", "COUNTY_APPROVER"),
        "once": token(request),
        "refusal": refusal,
    }
    return render(request, "office/benefits/benefit.html", context, status=refusal.status if refusal else 200)


def _paused_words(pause: Any) -> str:
    """Why nothing is paid, since when, and until when something has to happen (DYN-13)."""
    since, until = cn_month(pause.from_month), cn_month(pause.until_month)
    return f"{law.WHY_SUSPENDED[pause.reason]}，从{since}起暂停发放；最迟{until}恢复发放或者停发。"


def _serve_url(found: Any, changes: list[Any]) -> str:
    """Where a notice is handed over: on its change while that waits for it, else among the case's papers."""
    waiting = next((each for each in changes if each.state == table.DECIDED), None)
    if waiting:
        return reverse("office:change", args=[waiting.uid])
    return served_among_papers(found)


def _members(found: Any) -> Table:
    rows = queries.members(found)
    return Table(
        columns=[
            Column("name", "姓名"),
            Column("relation", "与申请人关系"),
            Column("born_on", "出生日期", kind="date"),
            Column("since", "计入月份", kind="month"),
            Column("until", "最后月份", kind="month"),
            Column("certificate", "残疾证"),
            Column(lambda row: "领款人" if row.payee else "", "领款"),
        ],
        page=Page(rows=rows, size=0),
        numbered=False,
        cards=True,
    )


def _amounts(found: Any) -> Table:
    rows, aid = queries.amounts(found), registry.get(found.aid_type)
    return Table(
        columns=[
            Column("from_month", "起", kind="month"),
            Column(lambda row: cn_month(row.to_month) if row.to_month else "至今", "止"),
            Column("members_count", "人口", kind="number"),
            Column("base_fen", f"{aid.paper_words['base_word']}（元）", kind="money"),
            Column(
                "care_fen" if aid.support else "topup_fen",
                f"{aid.paper_words['extra_word']}（元）",
                kind="money",
            ),
            Column(lambda row: row.ground or "批准决定", "依据"),
        ],
        page=Page(rows=rows, size=0),
        numbered=False,
    )


def change_table(rows: list[Any], *, page: Page | None = None, named: bool = False) -> Table:
    """Changes with their deadline."""
    return Table(
        columns=[
            *([Column("entitlement.case.applicant.name", "申请人")] if named else []),
            Column(
                lambda row: law.KINDS[row.kind].title,
                "变更事项",
                href=lambda row: reverse("office:change", args=[row.uid]),
            ),
            Column(lambda row: row.person.name if row.person else "", "涉及成员"),
            *([Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）")] if named else []),
            Column(lambda row: tag(table.STATES[row.state], table.COLOURS[row.state]), "环节", kind="html"),
            Column("reported_on", "报告日期", kind="date"),
            Column(_due, "办结期限", kind="html"),
            Column("number", "变更编号"),
        ],
        page=page or Page(rows=rows, size=0),
        empty="没有变更",
        cards=True,
    )


def _due(row: Any) -> Any:
    if not row.open:
        return f"{row.closed_on.isoformat()} 办结" if row.closed_on else ""
    left = (row.due_on - clock.today()).days
    return tag(row.due_on.isoformat(), "red" if left < 0 else "orange" if left <= 5 else "green")


def _payments(found: Any) -> Table:
    rows = queries.payments(found, 12)
    return Table(
        columns=[
            Column("pay_month", "月份", kind="month"),
            Column(queries.line_kind, "种类"),
            Column("total_fen", "金额（元）", kind="money"),
            Column(lambda row: row.arrears_fen - row.deduction_fen, "补发抵扣（元）", kind="money"),
            Column(queries.line_words, "结果"),
        ],
        page=Page(rows=rows, size=0),
        empty="还没有列入发放名单",
        numbered=False,
        slim=True,
    )


def _dues(found: Any) -> Table | None:
    rows = queries.dues(found)
    if not rows:
        return None
    return Table(
        columns=[
            Column("from_month", "月份", kind="month"),
            Column("reason", "事由"),
            Column("amount_fen", "金额（元）", kind="money"),
            Column(queries.due_words, "情况"),
        ],
        page=Page(rows=rows, size=0),
        numbered=False,
        slim=True,
    )


_PAPER = {"ISSUED": "待送达", "SERVED": "已送达", "VOID": "已作废"}


def _papers(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": each.title,
            "number": each.doc_no,
            "issued_on": each.issued_on,
            "digest": each.sha256,
            "state": _PAPER[each.state] if each.needs_service else "",
            "url": reverse("office:paper", args=[found.case.uid, each.uid]),
            "open": each.needs_service and each.state == "ISSUED",
        }
        for each in queries.papers(found)
    ]


@require_POST
@staff_only
def offer(request: HttpRequest, number: int) -> HttpResponse:
    """Note an introduction to work (LAB-05)."""
    found = queries.benefit(request.asker, number)
    try:
        given = check(OfferForm(request.POST, members=present(found)))
        acts.offer_work(request.asker, number, **(given | {"refused": bool(given["refused"])}))
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "已登记。")
    return redirect(benefit_url(found))


@require_POST
@staff_only
def faded(request: HttpRequest, number: int) -> HttpResponse:
    """Gradual exit is over: W36."""
    try:
        change = acts.end_fading(request.asker, number, once=token(request))
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "停发告知书已签发，送达后生效。")
    return redirect(reverse("office:change", args=[change.uid]))


@require_POST
@staff_only
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """The consent is signed anew: on to the signatures (VER-21)."""
    found = queries.benefit(request.asker, number)
    try:
        authorisation.renew(request.asker, found.case.uid)
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "请家里的成年人重新签字；签齐之前原授权仍然有效。")
    return redirect("office:signers", found.case.uid)


@require_POST
@staff_only
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """The family takes its consent back at the township (VER-23)."""
    found = queries.benefit(request.asker, number)
    try:
        consents.withdraw(request.asker, number, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "授权已撤回，查询已停止；请与家庭联系，重新签署或者办理退出、复核。")
    return redirect(benefit_url(found))


@require_POST
@staff_only
def close(request: HttpRequest, number: int) -> HttpResponse:
    """STOPPED → CLOSED: settled and bound (5.1)."""
    found = queries.benefit(request.asker, number)
    try:
        ending.close(request.asker, number, once=token(request))
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "已结清归档。")
    return redirect(benefit_url(found))
