"""One screen for every move that is one form: what will happen, the form, the button. Refusals stay on the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.cases import papers, queries
from jiuzhu.cases.acts import verification
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.work import forms
from jiuzhu.office.work.cases import page_of
from jiuzhu.office.work.page import case_url, head, next_step, refused, staff_only
from jiuzhu.workflow import clocks
from jiuzhu.workflow.states import STATES

_TEMPLATE = "office/work/act.html"
_RULE_SHOWN = ("D19", "D23", "D24", "D31", "E4a", "E4r", "E3c")


@staff_only
def act(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    """Make one move. GET shows the form, POST makes the move and returns to the case."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    screen = forms.SCREENS.get(key)
    move = next((each for each in queries.available_moves(actor, case) if each.key == key), None)
    if screen is None or move is None:
        raise Refusal("E_STATE", act=forms.title_of(case, key), state=STATES[case.state].name)
    form = screen.form(request.POST or None, case=case, actor=actor)
    context = head(actor, case) | {
        "page_title": move.title,
        "move": move,
        "screen": screen,
        "form": form,
        "once": handed.token(request),
        "seen": case.version,
        "consequences": _consequences(case, move),
        "back": case_url(case),
    }
    context["letter"] = queries.letter_preview(case, key)
    if key in _RULE_SHOWN:
        members = queries.household_view(actor, case)["members"]
        outcome = queries.outcome_of(case)
        context |= {
            "outcome": outcome,
            "tally": _tally(outcome),
            "names": {each["uid"]: each["name"] for each in members},
            "opinions": queries.opinions_of(case),
            "offers": queries.offers_of(case),
        }
    if request.method != "POST":
        return render(request, _TEMPLATE, context)
    if not form.is_valid():
        return render(request, _TEMPLATE, context, status=422)
    try:
        screen.run(
            actor, uid, form.cleaned_data, seen=handed.version(request), once=context["once"], request=request
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _TEMPLATE, context, refusal)
    after = queries.case_for(actor, uid)
    messages.success(request, _done(move, after))
    return redirect(case_url(case))


def _done(move: Any, case: Any) -> str:
    """What happened and what comes next, by whom and until when."""
    words = f"{move.title}已办理，现为“{STATES[case.state].name}”。"
    following = next_step(case)
    due = [state for row, state in queries.clocks_of(case) if row.ended_at is None]
    if following:
        until = min((state.due_on for state in due), default=None)
        words += f"下一步：{following}{f'，{until:%-m月%-d日}前' if until else ''}。"
    return words


def _tally(outcome: Any) -> dict[str, Any]:
    """How many conditions are met; the list is unfolded where something is not."""
    if outcome is None:
        return {}
    bad, unknown = len(outcome.not_met), len(outcome.cannot_tell)
    return {
        "met": len(outcome.conditions) - bad - unknown,
        "not_met": bad,
        "unknown": unknown,
        "open": bool(bad or unknown),
    }


def _consequences(case: Any, move: Any) -> list[str]:
    """In words: papers that will be issued, clocks that start, where the case goes."""
    told = [f"进入“{'”或“'.join(STATES[target].name for target in move.targets)}”"]
    if case.state in move.targets and len(move.targets) > 2:  # goes on where it stands, whatever the state
        ends = [STATES[target].name for target in move.targets if STATES[target].terminal]
        told = ["环节不变" + "".join(f"，或者“{name}”" for name in ends)]
    titles = [papers.title(code, case) for code in move.papers]
    if titles:
        told.append(f"制发{'、'.join(f'《{title}》' for title in titles)}")
    names = [clocks.deadlines()[each].name for each in move.starts]
    if names:
        told.append(f"开始计时：{'、'.join(names)}")
    return told


@staff_only
def answer(request: HttpRequest, uid: UUID, finding: int) -> HttpResponse:
    """Confirm, explain or exempt one finding (VER-11)."""
    case = queries.case_for(request.asker, uid)
    form = forms.FindingForm(request.POST or None)
    if request.method != "POST":
        return redirect(case_url(case, "verification"))
    refusal = None
    try:
        if not form.is_valid():
            raise Refusal("E_INPUT", field="处理结果", problem="请选择处理结果并写明理由")
        verification.answer_finding(request.asker, uid, finding_id=finding, **form.cleaned_data)
    except Refusal as caught:
        refusal = caught
    if refusal is not None:
        typed = {
            "id": finding,
            "outcome": form.data.get("outcome", ""),
            "reason": form.data.get("reason", ""),
        }
        return page_of(request, case, "verification", refusal=refusal, typed=typed)
    messages.success(request, "处理结果已记录。")
    visiting = case.state == "INVESTIGATING"
    return redirect(reverse("office:visit", args=[uid]) if visiting else case_url(case, "verification"))


@staff_only
def recheck(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask the departments again after an objection, then conclude (D8)."""
    return _ask_again(
        request,
        uid,
        begin=verification.start_recheck,
        conclude=verification.conclude_recheck,
        words={
            "page_title": "核对复查",
            "asked": "先重新向有异议的来源查询，来源反馈后出具复查结果并告知申请人。",
            "result": "出具复查结果",
        },
    )


@staff_only
def followup(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask again whoever was silent, or everybody when the report has expired (VER-10, VER-20)."""
    return _ask_again(
        request,
        uid,
        begin=verification.start_followup,
        conclude=verification.conclude_followup,
        words={
            "page_title": "补充核对",
            "asked": "向上次未反馈的来源重新查询；新回家的成员、报告过期的，查询全部来源。有新的发现，案件退回入户调查。",
            "result": "出具补充核对报告",
        },
    )


def _ask_again(
    request: HttpRequest, uid: UUID, *, begin: Any, conclude: Any, words: dict[str, str]
) -> HttpResponse:
    actor = request.asker
    case = queries.case_for(actor, uid)
    context = (
        head(actor, case)
        | words
        | {
            "progress": queries.verification_progress(case),
            "report": queries.report_of(actor, case),
            "asked_again": queries.asked_again(case),
            "seen": case.version,
            "once": handed.token(request),
            "back": case_url(case),
        }
    )
    if request.method != "POST":
        return render(request, "office/work/recheck.html", context)
    asking = request.POST.get("do") == "ask"
    try:
        (begin if asking else conclude)(actor, uid, seen=handed.version(request), once=context["once"])
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, "office/work/recheck.html", context, refusal)
    messages.success(request, "已重新向部门查询。" if asking else f"已{words['result']}。")
    return redirect(request.path if asking else case_url(case))
