"""案件查询 and the case page: facts, evidence, rule, papers, trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.cases import queries
from jiuzhu.cases.acts import service
from jiuzhu.core import clock
from jiuzhu.documents import acts as documents
from jiuzhu.intake import handed
from jiuzhu.office.work.page import case_url, head, staff_only
from jiuzhu.office.work.tables import case_table
from jiuzhu.people import queries as people
from jiuzhu.policy.income_kinds import title_of
from jiuzhu.ui.tables import Page
from jiuzhu.workflow.states import STAGES, STATES

REMEMBERED = "office.cases"
TABS = (
    ("facts", "家庭情况"),
    ("verification", "核对"),
    ("rule", "条件与测算"),
    ("papers", "文书"),
    ("trace", "轨迹与时限"),
)
_FILTERS = ("q", "state", "open")


class SearchForm(forms.Form):
    q = forms.CharField(label="姓名、案号或档案号", required=False, max_length=40)
    state = forms.ChoiceField(
        label="环节",
        required=False,
        choices=[("", "全部"), *((code, each.name) for code, each in STATES.items())],
    )
    open = forms.ChoiceField(label="范围", required=False, choices=[("", "全部"), ("1", "只看在办")])


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
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    after = request.GET.get("after", "")
    rows, more = queries.listing(
        request.asker,
        state=given.get("state", ""),
        q=given.get("q", "").strip(),
        open_only=bool(given.get("open")),
        after=int(after) if after.isdigit() else None,
        limit=20,
    )
    page = Page(rows=rows, size=20, next=str(more or ""))
    return render(
        request,
        "office/work/cases.html",
        {"page_title": "案件查询", "form": form, "table": case_table(page)},
    )


@staff_only
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = request.asker
    case = queries.case_for(actor, uid)
    tab = request.GET.get("tab", "facts")
    tab = tab if tab in dict(TABS) else "facts"
    context = head(actor, case) | {
        "page_title": f"{case.applicant.name}家庭",
        "tab": tab,
        "tabs": [{"title": title, "url": case_url(case, key), "current": key == tab} for key, title in TABS],
        "done": _stage_days(actor, case),
        "crumbs": [("案件查询", reverse("office:cases"))],
    }
    return render(request, "office/work/case.html", context | _TAB[tab](actor, case))


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
            ("上门次数", f"{case.visits_count} 次（群众到窗口不超过一次）"),
        ],
    }


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
    }


def _rule(actor: Any, case: Any) -> dict[str, Any]:
    names = {each["uid"]: each["name"] for each in queries.household_view(actor, case)["members"]}
    return {"outcome": queries.outcome_of(case), "names": names, "decisions": queries.decisions_of(case)}


def _papers(actor: Any, case: Any) -> dict[str, Any]:
    return {
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


def _trace(actor: Any, case: Any) -> dict[str, Any]:
    return {
        "steps": list(reversed(queries.timeline(actor, case))),
        "clocks": [
            {"row": row, "state": state, "running": row.ended_at is None}
            for row, state in queries.clocks_of(case)
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
    service.serve_paper(
        request.asker,
        uid,
        document.id,
        mode=request.POST.get("mode", ""),
        receiver=request.POST.get("receiver", "").strip()[:60],
        picture=handed.photo(request, "proof"),
        note=request.POST.get("note", "").strip()[:40],
    )
    messages.success(request, f"《{document.title}》已记录送达，{clock.today():%Y年%m月%d日}。")
    return redirect(case_url(case, "papers"))


@staff_only
@require_POST
def reveal(request: HttpRequest, uid: UUID, person: UUID, field: str) -> HttpResponse:
    """One masked value in full, after a purpose was given; recorded before it leaves."""
    case = queries.case_for(request.asker, uid)
    value = people.reveal(
        request.asker, str(person), field, purpose=request.POST.get("purpose", ""), case_no=case.case_no
    )
    return render(request, "ui/parts/revealed.html", {"value": value})
