"""时限: the total clock made longer, stopped, or set running again by a named head (PAU-1..4, 45 working days)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import timekeeping
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.work.page import case_url, head, refused, staff_only
from jiuzhu.workflow.clocks import OWN_REQUEST_LIMIT

_TEMPLATE = "office/work/clock.html"
_REASONED = forms.Textarea(attrs={"rows": 3})


class ExtendForm(forms.Form):
    reason = forms.ChoiceField(label="延长事由", choices=[("", "请选择"), *timekeeping.EXTENSIONS.items()])
    explanation = forms.CharField(label="具体情况", max_length=400, widget=_REASONED)


class PauseForm(forms.Form):
    kind = forms.ChoiceField(
        label="暂停事由",
        choices=[
            ("", "请选择"),
            *(each for each in timekeeping.PAUSES.items() if each[0] != "PAU-3"),
        ],
    )
    reason = forms.CharField(label="具体情况", max_length=400, widget=_REASONED)
    document_no = forms.CharField(label="依据文书号", max_length=80)


class ResumeForm(forms.Form):
    """Nothing to fill in."""


_WHAT: dict[str, tuple[str, type[forms.Form], Callable[..., Any]]] = {
    "extend": ("延长办理时限到45个工作日", ExtendForm, timekeeping.extend_total),
    "pause": ("暂停计时", PauseForm, timekeeping.pause_clock),
    "resume": ("恢复计时", ResumeForm, timekeeping.resume_clock),
}
# what it does, said before; what it did, said after
_WORDS = {
    "extend": ("只能延长一次，从受理次日起算。", "办理时限已延长，到期日已重新计算。"),
    "pause": (
        f"今天照算，从明天起不计时，到期日逐日顺延；申请人自身原因累计最多{OWN_REQUEST_LIMIT}个工作日，满了自动续计。",
        "已暂停计时；事由消除的当天请恢复计时。",
    ),
    "resume": ("今天不计时，从明天起继续计时，剩余天数不变。", "已恢复计时，到期日已重新计算。"),
}


def offered(actor: Any, case: Any) -> list[tuple[str, str]]:
    """What this person may do to the total clock of this case now: (what, words)."""
    total = registry.get(case.aid_type).total_clock
    if not any(row.clock == total and row.ended_at is None for row, _ in queries.clocks_of(case)):
        return []
    able = []
    if has_power(actor.role, "clock.pause"):
        able.append("resume" if queries.pause_of(case) else "pause")
    if actor.role in timekeeping.EXTENDERS and timekeeping.may_be_longer(case):
        able.append("extend")
    return [(what, _WHAT[what][0]) for what in able]


@staff_only
def change(request: HttpRequest, uid: UUID, what: str) -> HttpResponse:
    """One form with its button; afterwards the tab with the new due date."""
    if what not in _WHAT:
        raise Refusal("E_NOT_FOUND", what="页面")
    title, form_class, run = _WHAT[what]
    case = queries.case_for(request.asker, uid)
    form = form_class(request.POST or None)
    context = head(request.asker, case) | {
        "page_title": title,
        "form": form,
        "once": handed.token(request),
        "seen": case.version,
        "back": case_url(case, "trace"),
        "before": _WORDS[what][0],
    }
    if request.method != "POST":
        return render(request, _TEMPLATE, context)
    if form.fields and not form.is_valid():
        return render(request, _TEMPLATE, context, status=422)
    try:
        given = form.cleaned_data if form.fields else {}
        run(request.asker, uid, seen=handed.version(request), once=context["once"], **given)
    except Refusal as refusal:
        return refused(request, _TEMPLATE, context, refusal)
    messages.success(request, _WORDS[what][1])
    return redirect(case_url(case, "trace"))
