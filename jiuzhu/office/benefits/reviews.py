"""定期复核: the work list by due date, and one review from the questions to the opinion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts import queries as accounts
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import reviews as acts
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.benefits.changes import _moneys
from jiuzhu.office.benefits.ledger import present
from jiuzhu.office.benefits.page import TONES, benefit_url, bound, check, day_field, tag, text_field, token
from jiuzhu.office.work.page import staff_only
from jiuzhu.policy import changes as law
from jiuzhu.policy.income_kinds import income_kinds
from jiuzhu.ui.tables import Column, Table, keyset_page

COLOURS = (("RED", "超期15天以上", "red"), ("ORANGE", "已到期", "orange"), ("YELLOW", "30天内到期", "yellow"))


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """The longest overdue first; from 60 days over suspension is proposed (DYN-01)."""
    actor, asked = request.asker, request.GET.get("colour", "")
    rows = queries.reviews(actor, colour=asked)
    page = keyset_page(request, rows, "due_on")
    today, here = clock.today(), reverse("office:reviews")
    shown = Table(
        columns=[
            Column(
                "entitlement.case.applicant.name",
                "申请人",
                href=lambda row: reverse("office:review", args=[row.id]),
            ),
            Column(lambda row: queries.place_words(row.entitlement), "镇街、村（居）"),
            Column(lambda row: queries.aid_words(row.entitlement), "类别"),
            Column(lambda row: f"{row.review_class}类", "复核类别"),
            Column(
                lambda row: tag(row.due_on.isoformat(), TONES[law.review_colour(row.due_on, today)]),
                "应复核日期",
                kind="html",
            ),
            Column(queries.review_words, "进展"),
            Column(
                lambda row: tag("建议暂停发放", "red") if law.suspension_proposed(row.due_on, today) else "",
                "提示",
                kind="html",
            ),
        ],
        page=page,
        cards=True,
        empty="没有需要复核的家庭",
    )
    context = {
        "page_title": "定期复核",
        "crumbs": [("动态管理", "")],
        "tiles": [
            {
                "label": words,
                "value": queries.reviews(actor, colour=code).count(),
                "tone": tone,
                "url": f"{here}?colour={code}",
            }
            for code, words, tone in COLOURS
        ],
        "table": shown,
    }
    return render(request, "office/benefits/reviews.html", context)


class VisitForm(forms.Form):
    officers = forms.MultipleChoiceField(
        label="入户人员（两人以上）",
        widget=forms.CheckboxSelectMultiple,
        help_text="入户的人不能再作决定，负责人一般不选",
    )
    visited_on = day_field("入户日期")
    text = text_field("入户情况")

    def __init__(self, *arguments: Any, officers: list[tuple[int, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["officers"].choices = officers


class ConcludeForm(forms.Form):
    text = text_field("复核意见")

    def __init__(self, *arguments: Any, members: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        someone = [("", "请选择"), *members]
        kinds = [("", "没有变化"), *((key, each.title) for key, each in income_kinds().items())]
        for row in (1, 2):
            self.fields[f"who{row}"] = forms.ChoiceField(
                label=f"收入变化{row}：谁", choices=someone, required=False
            )
            self.fields[f"kind{row}"] = forms.ChoiceField(label="收入种类", choices=kinds, required=False)
            self.fields[f"month{row}"] = forms.CharField(
                label="现在每月（元）", max_length=20, required=False
            )
        self.fields["new_work"] = forms.BooleanField(label="因新就业而增加（可核定渐退）", required=False)


@staff_only
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Questions, report, visit, opinion; what is open now is offered to whoever may do it."""
    actor = request.asker
    found = queries.review(actor, number)
    entitlement = found.entitlement
    officers = [(each.id, each.name) for each in accounts.colleagues(entitlement.town_id, clock.today())]
    visit = bound(VisitForm, request, "visit", officers=officers, initial={"visited_on": clock.today()})
    conclude = bound(ConcludeForm, request, "conclude", members=present(entitlement))
    refusal = None
    if request.method == "POST":
        try:
            target = _do(request, actor, number, visit, conclude)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(target or reverse("office:review", args=[number]))
    report = queries.review_report(found)
    clerk, verifier = actor.role == "TOWN_CLERK", actor.role == "TOWN_VERIFIER"
    open_now = found.state in ("PLANNED", "RUNNING")
    context = {
        "page_title": f"复核　{entitlement.case.applicant.name}",
        "crumbs": [("定期复核", reverse("office:reviews"))],
        "found": found,
        "entitlement": entitlement,
        "place": queries.place_words(entitlement),
        "aid": queries.aid_words(entitlement),
        "benefit_url": benefit_url(entitlement),
        "case_url": f"{reverse('office:case', args=[entitlement.case.uid])}?tab=verification",
        "due": tag(found.due_on.isoformat(), TONES[law.review_colour(found.due_on, clock.today())]),
        "progress": queries.review_words(found),
        "inquiries": queries.review_inquiries(found),
        "report": report,
        "findings": queries.review_findings(actor, found),
        "needs_visit": acts.needs_visit(found),
        "change": queries.change_of_review(found),
        "may_start": verifier and found.state == "PLANNED",
        "consent": queries.consent_of(entitlement) if found.state == "PLANNED" else None,
        "may_report": verifier and found.state == "RUNNING" and report is None,
        "may_visit": clerk and open_now,
        "may_conclude": clerk and report is not None and open_now and queries.change_of_review(found) is None,
        "visit": visit,
        "conclude": conclude,
        "once": token(request),
        "refusal": refusal,
    }
    return render(request, "office/benefits/review.html", context, status=refusal.status if refusal else 200)


def _do(request: HttpRequest, actor: Any, number: int, visit: forms.Form, conclude: forms.Form) -> str:
    """Where to go next; the same page when empty."""
    do = request.POST.get("do", "")
    if do == "start":
        acts.start(actor, number)
        messages.success(request, "已向各部门发出查询。")
    elif do == "report":
        acts.issue_report(actor, number)
        messages.success(request, "核对报告已出具。")
    elif do == "visit":
        given = check(visit)
        given["officers"] = [int(each) for each in given["officers"]]
        acts.visit(actor, number, picture=handed.photo(request, "photo"), **given)
        messages.success(request, "入户情况已登记。")
    elif do == "conclude":
        given = check(conclude)
        moneys = _moneys(given | {"asset_kind": ""})
        made = acts.conclude(actor, number, text=given["text"], given=moneys, once=token(request))
        messages.success(request, "复核意见已形成，请审批人决定。")
        return reverse("office:change", args=[made.uid])
    return ""
