"""比对预警: what registers and our own books say of families in benefit; asked monthly, looked into one by one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import crosscheck
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.benefits.page import benefit_url, bound, check, tag, text_field
from jiuzhu.office.work.page import staff_only
from jiuzhu.policy import changes as law
from jiuzhu.ui.tables import Column, Table, keyset_page

# which change a confirmed alert usually leads to
_NEXT = {
    "DEATH": law.DEL,
    "ACCOUNT": law.SUS,
    "REGISTER": law.INC,
    "PENSION": law.INC,
    "ADULT": law.INC,
    "RETURNED": law.ADD,
}


def _due(row: Any) -> Any:
    if row.result:
        return crosscheck.RESULTS[row.result]
    return tag(row.due_on.isoformat(), "red" if row.due_on < clock.today() else "orange")


def _table(request: HttpRequest) -> Table:
    rows = queries.alerts(request.asker, open_only="all" not in request.GET)
    return Table(
        columns=[
            Column(
                lambda row: tag(crosscheck.TITLES[row.kind], "red" if row.level == "E" else "yellow"),
                "预警",
                kind="html",
            ),
            Column(
                "entitlement.case.applicant.name",
                "申请人",
                href=lambda row: reverse("office:alert", args=[row.id]),
            ),
            Column("text", "情况", width="l"),
            Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）"),
            Column(lambda row: queries.aid_words(row.entitlement), "类别"),
            Column("found_on", "发现日期", kind="date"),
            Column(_due, "查清期限", kind="html"),
        ],
        page=keyset_page(request, rows, "due_on"),
        cards=True,
        empty="没有待查清的预警",
    )


def _listing(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    verifier = request.asker.role == "TOWN_VERIFIER"
    context = {
        "page_title": "比对预警",
        "crumbs": [("动态管理", "")],
        "table": _table(request),
        "may_ask": verifier,
        "unasked": len(crosscheck.families(request.asker)) if verifier else 0,
        "refusal": refusal,
    }
    return render(request, "office/benefits/alerts.html", context, status=refusal.status if refusal else 200)


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Open alerts by date; a verifier puts the month's questions here."""
    return _listing(request)


@require_POST
@staff_only
def ask(request: HttpRequest) -> HttpResponse:
    """DYN-04: the month's questions about every family of the town."""
    try:
        asked, left = crosscheck.ask(request.asker)
    except Refusal as refusal:
        return _listing(request, refusal)
    messages.success(request, f"已就{asked}户向部门发出比对，结果次日生成预警。")
    for words in left[:10]:
        messages.warning(request, words)
    return redirect("office:alerts")


class AnswerForm(forms.Form):
    result = forms.ChoiceField(
        label="查清结果", choices=list(crosscheck.RESULTS.items()), widget=forms.RadioSelect
    )
    text = text_field("查清情况")


@staff_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One alert: what is said, where it comes from, what was found out; the change it usually leads to."""
    found = queries.alert(request.asker, number)
    form, refusal = bound(AnswerForm, request, "answer"), None
    if request.method == "POST":
        try:
            crosscheck.answer(request.asker, number, **check(form))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已登记查清结果。")
            return redirect("office:alert", number)
    kind = _NEXT.get(found.kind)
    offered = kind in {each.code for each in queries.kinds_for(found.entitlement)} if kind else False
    context = {
        "page_title": crosscheck.TITLES[found.kind],
        "crumbs": [("比对预警", reverse("office:alerts"))],
        "found": found,
        "place": queries.place_words(found.entitlement),
        "aid": queries.aid_words(found.entitlement),
        "benefit_url": benefit_url(found.entitlement),
        "result": crosscheck.RESULTS.get(found.result, ""),
        "form": form if request.asker.role == "TOWN_CLERK" and not found.result else None,
        "next_title": law.KINDS[kind].title if kind and offered else "",
        "next_url": reverse("office:change-new", args=[found.entitlement_id, kind]) if kind else "",
        "refusal": refusal,
    }
    return render(request, "office/benefits/alert.html", context, status=refusal.status if refusal else 200)
