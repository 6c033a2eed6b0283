"""比对预警: what registers and our own books say of families in benefit; asked monthly, looked into one by one.

村镇预警: what stands out about villages and townships, for the county's supervisor.
"""

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
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import alerts as acts
from jiuzhu.benefits.acts import crosscheck
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.benefits.page import Step, benefit_url, bound, check, sign_step, step_for, tag, text_field
from jiuzhu.office.work.page import case_url, staff_only
from jiuzhu.policy import changes as law
from jiuzhu.policy import watching
from jiuzhu.ui.tables import Column, Page, Table, keyset_page

RESULTS, PLACE_RESULTS = queries.ALERT_RESULTS, queries.PLACE_RESULTS
# which change a confirmed alert usually leads to
_NEXT = {
    "DEATH": law.DEL,
    "ACCOUNT": law.SUS,
    "VEHICLE": law.INC,
    "COMPANY": law.INC,
    "PENSION": law.INC,
    "ADULT": law.INC,
    "DISABILITY": law.CERT,
    "RETURNED": law.ADD,
    watching.DWELLING: law.INC,
    watching.WAGE: law.INC,
    watching.PAID: law.INC,
    watching.DEPOSIT: law.INC,
    watching.PRISON: law.DEL,
}
_WHY = {"DEATH": law.DEATH, watching.PRISON: "PRISON"}
_SCOPES = [("", "待查清"), ("all", "全部")]


class SearchForm(forms.Form):
    kind = forms.ChoiceField(label="预警", required=False, choices=[("", "全部"), *acts.TITLES.items()])
    level = forms.ChoiceField(
        label="程度", required=False, choices=[("", "全部"), ("E", "须立即查清"), ("W", "提示")]
    )
    scope = forms.ChoiceField(label="范围", required=False, choices=_SCOPES)


def _due(row: Any) -> Any:
    if row.result:
        return row.RESULTS[row.result]
    return tag(row.due_on.isoformat(), "red" if row.due_on < clock.today() else "orange")


def _asked(form: forms.Form) -> dict[str, Any]:
    given = form.cleaned_data if form.is_valid() else {}
    chosen = {key: value for key, value in given.items() if value and key != "scope"}
    return chosen | {"open_only": given.get("scope") != "all"}


def _table(request: HttpRequest, form: forms.Form) -> Table:
    rows = queries.alerts(request.asker, **_asked(form))
    return Table(
        columns=[
            Column(
                lambda row: tag(acts.TITLES[row.kind], "red" if row.level == "E" else "yellow"),
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
    form = SearchForm(request.GET)
    context = {
        "page_title": "比对预警",
        "crumbs": [("动态管理", "")],
        "form": form,
        "table": _table(request, form),
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
    result = forms.ChoiceField(label="查清结果", choices=list(RESULTS.items()), widget=forms.RadioSelect)
    text = text_field("查清情况")


@staff_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One alert: what is said, where it comes from, what was found out; the change it usually leads to."""
    found = queries.alert(request.asker, number)
    form, refusal = bound(AnswerForm, request, "answer"), None
    if request.method == "POST":
        try:
            acts.answer(request.asker, number, **check(form))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已登记查清结果。")
            return redirect("office:alert", number)
    context = {
        "page_title": acts.TITLES[found.kind],
        "crumbs": [("比对预警", reverse("office:alerts"))],
        "found": found,
        "place": queries.place_words(found.entitlement),
        "aid": queries.aid_words(found.entitlement),
        "benefit_url": benefit_url(found.entitlement),
        "limits": queries.limit_words(found.limits),
        "result": RESULTS.get(found.result, ""),
        "form": form if request.asker.role == "TOWN_CLERK" and not found.result else None,
        "next": _next(found),
        "refusal": refusal,
    }
    return render(request, "office/benefits/alert.html", context, status=refusal.status if refusal else 200)


def _next(found: Any) -> Step | None:
    """What usually follows: a change, the member and the reason already chosen."""
    if found.kind == "ADULT" and (step := sign_step(found.entitlement, found.person)):
        return step
    person = found.person.uid if found.person else ""
    kind = _NEXT.get(found.kind, "")
    return step_for(found.entitlement, kind, person=person, why=_WHY.get(found.kind, ""))


# —— places


class PlaceSearchForm(forms.Form):
    kind = forms.ChoiceField(label="预警", required=False, choices=[("", "全部"), *acts.PLACES.items()])
    town = forms.TypedChoiceField(label="镇街", required=False, coerce=int, empty_value=None)
    scope = forms.ChoiceField(label="范围", required=False, choices=_SCOPES)

    def __init__(self, data: Any, *, actor: Any) -> None:
        super().__init__(data)
        county = accounts.county_level_of(actor, clock.today())
        towns = organisations.towns_of(county, clock.today())
        self.fields["town"].choices = [("", "全部"), *((each.id, each.name) for each in towns)]


class PlaceAnswerForm(AnswerForm):
    result = forms.ChoiceField(
        label="查清结果", choices=list(PLACE_RESULTS.items()), widget=forms.RadioSelect
    )


def _grants(rows: list[Any]) -> Table | None:
    if not rows:
        return None
    return Table(
        columns=[
            Column(lambda row: row.case.applicant.name, "申请人", href=lambda row: case_url(row.case)),
            Column(lambda row: registry.get(row.case.aid_type).short_name, "类别", width="s"),
            Column("amount_fen", "金额（元）", kind="money"),
            Column("decided_on", "批准日期", kind="date"),
            Column(lambda row: row.decider.name, "批准人"),
            Column(lambda row: "已备案近亲属" if row.of_kin else "", "近亲属"),
        ],
        page=Page(rows=rows, size=0),
        cards=True,
    )


def _watcher(request: HttpRequest) -> None:
    if not queries.sees_places(request.asker):
        raise Refusal("E_AUTH", role=role_name(request.asker.role), act="查看村镇预警", why="")


@staff_only
def places(request: HttpRequest) -> HttpResponse:
    """Villages and townships that stand out, the nearest date first."""
    _watcher(request)
    form = PlaceSearchForm(request.GET, actor=request.asker)
    rows = queries.place_alerts(request.asker, **_asked(form))
    table = Table(
        columns=[
            Column(
                lambda row: acts.PLACES[row.kind],
                "预警",
                href=lambda row: reverse("office:place-alert", args=[row.id]),
            ),
            Column(queries.place_of, "镇街、村（居）"),
            Column("text", "情况", width="l"),
            Column("found_on", "发现日期", kind="date"),
            Column(_due, "查清期限", kind="html"),
        ],
        page=keyset_page(request, rows, "due_on"),
        cards=True,
        empty="没有待查清的预警",
    )
    context = {"page_title": "村镇预警", "crumbs": [("动态管理", "")], "form": form, "table": table}
    return render(request, "office/benefits/list.html", context)


@staff_only
def place(request: HttpRequest, number: int) -> HttpResponse:
    """One place: what stands out, the limits it was held against, what was found out."""
    _watcher(request)
    found = queries.place_alert(request.asker, number)
    form, refusal = bound(PlaceAnswerForm, request, "answer"), None
    if request.method == "POST":
        try:
            acts.answer_place(request.asker, number, **check(form))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已登记查清结果。")
            return redirect("office:place-alert", number)
    context = {
        "page_title": acts.PLACES[found.kind],
        "crumbs": [("村镇预警", reverse("office:place-alerts"))],
        "found": found,
        "place": queries.place_of(found),
        "limits": queries.limit_words(found.limits),
        "due": _due(found),
        "grants": _grants(queries.grants_behind(found)),
        "families_url": f"{reverse('office:benefits')}?town={found.town_id}",
        "result": PLACE_RESULTS.get(found.result, ""),
        "form": form if request.asker.role == "COUNTY_SUPERVISOR" and not found.result else None,
        "refusal": refusal,
    }
    return render(
        request, "office/benefits/place_alert.html", context, status=refusal.status if refusal else 200
    )
