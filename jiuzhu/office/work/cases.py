"""案件查询 and the case page: facts, evidence, rule, papers, trace."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import organisations
from jiuzhu.accounts import queries as accounts
from jiuzhu.cases import emergencies, homecomings, one_visit, queries
from jiuzhu.cases.acts import authorisation, events, service
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.intake import handed, places
from jiuzhu.office.work import timekeeping
from jiuzhu.office.work.forms import LIVING
from jiuzhu.office.work.page import case_url, head, staff_only
from jiuzhu.office.work.tables import case_table
from jiuzhu.onedoor import queries as onedoor
from jiuzhu.people import queries as people
from jiuzhu.policy.income_kinds import title_of
from jiuzhu.ui.tables import Page
from jiuzhu.workflow.clocks import deadlines
from jiuzhu.workflow.states import STAGES, STATES

REMEMBERED = "office.cases"
TABS = (
    ("facts", "家庭情况"),
    ("verification", "核对与调查"),
    ("rule", "条件与测算"),
    ("papers", "文书"),
    ("trace", "轨迹与时限"),
)
_FILTERS = ("q", "state", "scope", "town", "village", "size")


class SearchForm(forms.Form):
    q = forms.CharField(label="姓名、案号或档案号", required=False, max_length=40)
    state = forms.ChoiceField(
        label="环节",
        required=False,
        choices=[("", "全部"), *((code, each.name) for code, each in STATES.items())],
    )
    scope = forms.ChoiceField(
        label="范围", required=False, choices=[("", "全部"), ("open", "只看在办"), ("unserved", "文书待送达")]
    )
    town = forms.TypedChoiceField(label="镇街", required=False, coerce=int, empty_value="")
    village = forms.ChoiceField(label="村（居）", required=False)

    def __init__(self, data: Any, *, actor: Any) -> None:
        super().__init__(data)
        if len(actor.towns) == 1:
            del self.fields["town"]
            villages = places.village_choices(places.town(actor.towns[0]), actor.villages)
            self.fields["village"].choices = [("", "全部"), *(each for each in villages if each[0])]
        else:
            del self.fields["village"]
            county = accounts.county_level_of(actor, clock.today())
            towns = organisations.towns_of(county, clock.today())
            self.fields["town"].choices = [("", "全部"), *((each.id, each.name) for each in towns)]


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Filters are kept in the session: coming back finds the same list."""
    if not any(name in request.GET for name in _FILTERS) and "after" not in request.GET:
        kept = request.session.get(REMEMBERED, "")
        if kept and "reset" not in request.GET:
            return redirect(f"{reverse('office:cases')}?{kept}")
    request.session[REMEMBERED] = "&".join(
        part for part in request.GET.urlencode().split("&") if part.split("=")[0] in _FILTERS
    )
    form = SearchForm(request.GET, actor=request.asker)
    given = form.cleaned_data if form.is_valid() else {}
    after, size = request.GET.get("after", ""), request.GET.get("size", "")
    limit = int(size) if size in ("10", "20", "50", "100") else 20
    rows, more = queries.listing(
        request.asker,
        state=given.get("state", ""),
        town=given.get("town", ""),
        village=given.get("village", ""),
        q=given.get("q", "").strip(),
        open_only=given.get("scope") == "open",
        unserved=given.get("scope") == "unserved",
        after=int(after) if after.isdigit() else None,
        limit=limit,
    )
    page = Page(rows=rows, size=limit, next=str(more or ""))
    return render(
        request,
        "office/work/cases.html",
        {"page_title": "案件查询", "form": form, "table": case_table(page)},
    )


@staff_only
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    tab = request.GET.get("tab", "facts")
    return page_of(request, queries.case_for(request.asker, uid), tab if tab in dict(TABS) else "facts")


def page_of(request: HttpRequest, case: Any, tab: str, **more: Any) -> HttpResponse:
    """The case's page at a tab; with a ``refusal`` what was typed is still there."""
    actor, refusal = request.asker, more.get("refusal")
    context = head(actor, case) | {
        "page_title": f"{case.applicant.name}家庭",
        "tab": tab,
        "tabs": [{"title": title, "url": case_url(case, key), "current": key == tab} for key, title in TABS],
        "done": _stage_days(actor, case),
        "crumbs": [("案件查询", reverse("office:cases"))],
        "homecomings": _homecomings(actor, case),
        "refer_url": reverse("office:refer-case", args=[case.uid])
        if case.state == "NOT_ACCEPTED" and actor.role == "TOWN_CLERK"
        else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "office/work/case.html", context | _TAB[tab](actor, case) | more, status=status)


def _homecomings(actor: Any, case: Any) -> list[dict[str, Any]]:
    """Who is due home and what the case still owes him (AS-57); the township looks after it."""
    if not actor.role.startswith("TOWN"):
        return []
    return [
        {
            "uid": each.person.uid,
            "name": each.person.name,
            "due_on": each.due_on,
            "to_sign": each.to_sign,
            "to_ask": each.to_ask,
            "clerk": actor.role == "TOWN_CLERK",
            "ask": each.to_ask and not each.to_sign and actor.role == "TOWN_VERIFIER",
            "alone": case.for_person.name if case.for_person else "",
            "himself": case.for_person_id == each.person.id,
        }
        for each in homecomings.homecomings(case, clock.today())
    ]


@staff_only
@require_POST
def keep_away(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    """He was due home and is not: until another day."""
    case = queries.case_for(request.asker, uid)
    try:
        try:
            until = date.fromisoformat(request.POST.get("until", ""))
        except ValueError:
            raise Refusal("E_INPUT", field="预计返回日期", problem="请填写日期") from None
        events.keep_away(request.asker, uid, person_uid=person, until=until)
    except Refusal as refusal:
        return page_of(request, case, "facts", refusal=refusal)
    messages.success(request, "已登记，到期再提示。")
    return redirect(case_url(case))


def _stage_days(actor: Any, case: Any) -> dict[str, Any]:
    """The day on which each stage was first left."""
    days: dict[str, Any] = {}
    for step in queries.timeline(actor, case):
        if step.from_state and STATES[step.from_state].stage < STATES[step.to_state].stage:
            days.setdefault(STAGES[STATES[step.from_state].stage], step.on)
    return days


def _facts(actor: Any, case: Any) -> dict[str, Any]:
    view = queries.household_view(actor, case)
    evidence = queries.evidence_of(case)
    names = {each["uid"]: each["name"] for each in view["members"]}
    return {
        "family": view,
        "emergency": emergencies.emergency_of(case),
        "obligors": queries.obligors_of(case),
        "sign_later": authorisation.may_sign_later(case),
        "evidence": evidence,
        "incomes": [
            {
                "name": names.get(each.member, ""),
                "kind": title_of(each.kind),
                "year_fen": each.year_fen,
                "verified": each.verified,
            }
            for each in (evidence.incomes if evidence else ())
        ],
        "assets": [
            {
                "name": names.get(each.member, ""),
                "label": each.label or each.kind,
                "value_fen": each.value_fen,
                "verified": each.verified,
            }
            for each in (evidence.assets if evidence else ())
        ],
        "items": [
            ("案号", case.case_no),
            ("档案号", case.household.dossier_no),
            ("住址", view["address"] or "—"),
            ("困难情况", case.hardship or "—"),
            ("渠道", dict(CHANNELS).get(case.channel, case.channel)),
            ("来源", onedoor.origin_of_case(actor, case) or "—"),
            ("到窗口", _visits(case)),
        ],
    }


def _visits(case: Any) -> str:
    """How often the family came, day by day (WF-05)."""
    came = one_visit.of(case)
    days = "；".join(f"{each.on:%m月%d日}{'、'.join(each.errands)}" for each in came)
    over = "，超过最多跑一次的目标" if len(came) > one_visit.TARGET else ""
    return f"{len(came)} 次（{days}）{over}" if came else "0 次"


CHANNELS = (
    ("WINDOW", "窗口"),
    ("ONLINE", "网上"),
    ("AGENT", "村居代办"),
    ("DISCOVERY", "主动发现"),
    ("API", "接口"),
)


def _verification(actor: Any, case: Any) -> dict[str, Any]:
    return {
        "progress": queries.verification_progress(case),
        "report": queries.report_of(actor, case),
        "findings_open": case.state in ("VERIFIED", "INVESTIGATING", "RECHECK")
        and actor.role in ("TOWN_CLERK", "TOWN_LEAD", "TOWN_VERIFIER", "COUNTY_VERIFIER"),
        "visits": [
            each
            | {
                "living": [
                    (label, each["round"].living[name])
                    for name, label, _ in LIVING
                    if each["round"].living.get(name)
                ],
                "photos": [
                    {
                        "url": reverse("office:picture", args=[case.uid, "photo", photo.id]),
                        "taken_at": photo.taken_at,
                    }
                    for photo in each["photos"]
                ],
            }
            for each in queries.visits_of(case)
        ],
        "opinions": queries.opinions_of(case),
    }


def _rule(actor: Any, case: Any) -> dict[str, Any]:
    names = {each["uid"]: each["name"] for each in queries.household_view(actor, case)["members"]}
    return {
        "outcome": queries.outcome_of(case),
        "names": names,
        "decisions": queries.decisions_of(case),
        "offers": queries.offers_of(case),
    }


def _papers(actor: Any, case: Any) -> dict[str, Any]:
    waiting = service.waiting_papers(actor, case) if actor.role == "TOWN_CLERK" else []
    return {
        "all": {
            "title": "、".join(f"《{each.title}》" for each in waiting),
            "serve_url": reverse("office:serve-all", args=[case.uid]),
            "count": len(waiting),
        },
        "papers": [
            {
                "title": each.title,
                "number": each.doc_no,
                "issued_on": each.issued_on,
                "url": reverse("office:paper", args=[case.uid, each.uid]),
                "digest": each.sha256,
                "served": "、".join(
                    f"{service.MODES.get(one.mode, one.mode)} {one.served_on}" for one in each.services.all()
                ),
                "serve_url": reverse("office:serve", args=[case.uid, each.uid])
                if each.needs_service and each.state == "ISSUED" and actor.role == "TOWN_CLERK"
                else "",
            }
            for each in queries.papers_of(actor, case)
        ],
        "modes": list(service.MODES.items()),
    }


def _step_words(step: Any, titles: dict[str, str]) -> dict[str, Any]:
    """A step as the timeline shows it: a paper without a number is called by its title."""
    names = ("at", "title", "from_state", "to_state", "actor_name", "role", "organ", "reason")
    shown = [titles.get(each, each) for each in step.papers]
    return {name: getattr(step, name) for name in names} | {"papers": shown}


def _trace(actor: Any, case: Any) -> dict[str, Any]:
    still = queries.stands_still(case)
    titles = {each.code: each.title for each in queries.papers_of(actor, case)}
    return {
        "steps": [_step_words(each, titles) for each in reversed(queries.timeline(actor, case))],
        "clocks": [
            {
                "row": row,
                "state": state,
                "running": row.ended_at is None,
                "paused": still and deadlines()[state.clock].pausable,
            }
            for row, state in queries.clocks_of(case)
        ],
        "clock_acts": [
            (words, reverse("office:clock", args=[case.uid, what]))
            for what, words in timekeeping.offered(actor, case)
        ],
    }


_TAB = {
    "facts": _facts,
    "verification": _verification,
    "rule": _rule,
    "papers": _papers,
    "trace": _trace,
}


@staff_only
def paper(request: HttpRequest, uid: UUID, paper: UUID) -> HttpResponse:
    """The stored PDF; opening it is recorded."""
    case = queries.case_for(request.asker, uid)
    document = queries.paper_for(request.asker, case, paper)
    response = HttpResponse(documents.read_file(request.asker, document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{document.code}-{document.issued_on}.pdf"'
    return response


@staff_only
@require_POST
def serve(request: HttpRequest, uid: UUID, paper: UUID) -> HttpResponse:
    """How a paper was handed over; in person needs the receiver's signature as a photo."""
    case = queries.case_for(request.asker, uid)
    document = queries.paper_for(request.asker, case, paper)
    try:
        service.serve_paper(request.asker, uid, document.id, **_how(request))
    except Refusal as refusal:
        return page_of(request, case, "papers", refusal=refusal, typed=request.path)
    messages.success(request, f"《{document.title}》已记录送达，{clock.today():%Y年%m月%d日}。")
    return redirect(case_url(case, "papers"))


@staff_only
@require_POST
def serve_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """All papers that wait, with one signature."""
    case = queries.case_for(request.asker, uid)
    try:
        served = service.serve_all(request.asker, uid, **_how(request))
    except Refusal as refusal:
        return page_of(request, case, "papers", refusal=refusal, typed=request.path)
    messages.success(request, f"{len(served)}份文书已记录送达，{clock.today():%Y年%m月%d日}。")
    return redirect(case_url(case, "papers"))


def _how(request: HttpRequest) -> dict[str, Any]:
    return {
        "mode": request.POST.get("mode", ""),
        "receiver": request.POST.get("receiver", "").strip()[:60],
        "picture": handed.photo(request, "proof"),
        "note": request.POST.get("note", "").strip()[:40],
    }


@staff_only
@require_POST
def reveal(request: HttpRequest, uid: UUID, person: UUID, field: str) -> HttpResponse:
    """One masked value in full, after a purpose was given; recorded before it leaves."""
    case = queries.case_for(request.asker, uid)
    value = people.reveal(
        request.asker, str(person), field, purpose=request.POST.get("purpose", ""), case_no=case.case_no
    )
    return render(request, "ui/parts/revealed.html", {"value": value})
