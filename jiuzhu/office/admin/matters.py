"""一门受理事项表: which department is competent for what, since when; one officer enters, another publishes (ORG-15)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.onedoor import queries, register

_FORM = "office/admin/matter.html"
_OFFERED = (("yes", "受理"), ("no", "从执行日期起不再受理"))


def _department(entry: Any) -> str:
    return entry.department("本县（市、区）" if entry.scope.kind == Organisation.CITY else entry.scope.name)


def _line(entry: Any) -> dict[str, Any]:
    """One line as the tables show it."""
    return {
        "row": entry,
        "department": _department(entry),
        "days": f"{entry.answer_wd} 个工作日" if entry.answer_wd else "按参数",
    }


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


@staff_only
def matters(request: HttpRequest) -> HttpResponse:
    """What holds on a day; drafts and what is to come above it."""
    asker, day = request.asker, _day(request)
    county = accounts.county_level_of(asker, clock.today())
    whole = county.kind == Organisation.CITY
    return render(
        request,
        "office/admin/matters.html",
        {
            "page_title": "一门受理事项表",
            "day": day,
            "area": county.name,
            "rows": [_line(each) for each in queries.matters_on(None if whole else county, day)],
            "drafts": [
                _line(each) | {"own": each.entered_by_id == asker.id} for each in queries.matter_drafts()
            ],
            "coming": [_line(each) for each in queries.matters_to_come(clock.today())],
            "may_enter": has_power(asker.role, "parameters.enter"),
            "may_publish": has_power(asker.role, "parameters.publish"),
        },
    )


class MatterForm(forms.Form):
    """One line from one day on."""

    scope_id = forms.TypedChoiceField(label="适用地区", coerce=int)
    title = forms.CharField(label="事项名称", max_length=20)
    plain = forms.CharField(label="给群众看的说明", max_length=80, help_text="用平常话写什么情况找这个部门")
    organ = forms.CharField(label="主管部门", max_length=30, help_text="不写县（市、区）名，例如：医疗保障局")
    of_county = forms.BooleanField(label="部门名称前自动加县（市、区）名", required=False, initial=True)
    phone = forms.CharField(
        label="热线", max_length=30, initial="12345", widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    answer_wd = forms.IntegerField(
        label="答复时限（工作日）",
        required=False,
        min_value=1,
        max_value=register.LONGEST_ANSWER,
        help_text="不填按参数“部门答复时限”",
    )
    desk = forms.CharField(
        label="收件箱",
        max_length=30,
        required=False,
        help_text="对方收件系统的编号；没有系统的不填，送纸质转办单",
    )
    article = forms.CharField(label="依据", max_length=80)
    offered = forms.ChoiceField(label="是否受理", choices=_OFFERED, initial="yes")
    effective_from = forms.DateField(
        label="执行日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    doc_no = forms.CharField(label="文件号", max_length=80)

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organs = [each for each in accounts.organs() if each.kind != Organisation.TOWN]
        first = sorted(organs, key=lambda each: (each.kind != Organisation.CITY, each.code))
        self.fields["scope_id"].choices = [(each.id, each.name) for each in first]
        self.fields["scope_id"].initial = first[0].id
        if new:
            del self.fields["offered"]

    def values(self) -> dict[str, Any]:
        """What ``register.enter_matter`` takes; E_INPUT in the words of the form."""
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise Refusal("E_INPUT", field=self.fields[name].label, problem="、".join(errors).rstrip("。"))
        given = dict(self.cleaned_data)
        return given | {"offered": given.get("offered", "yes") == "yes"}


_KEPT = ("scope_id", "title", "plain", "organ", "of_county", "phone", "answer_wd", "desk", "article")


@staff_only
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new matter, or the next line of a known one; its former lines below."""
    history = queries.matter_history(code) if code else []
    may = has_power(request.asker.role, "parameters.enter")
    if not may and not code:
        raise Refusal("E_AUTH", role=role_name(request.asker.role), act="录入事项表", why="")
    today = clock.today()
    latest = next((each for each in history if each.effective_from <= today), history[0] if history else None)
    initial: dict[str, Any] = {"effective_from": today + timedelta(days=1)}
    if latest:
        initial |= {name: getattr(latest, name) for name in _KEPT}
        initial["offered"] = "yes" if latest.offered else "no"
    form = MatterForm(request.POST or None, new=not code, initial=initial)
    context: dict[str, Any] = {
        "page_title": latest.title if latest else "新增事项",
        "crumbs": [("一门受理事项表", reverse("office:matters"))],
        "form": form if may else None,
        "history": [_line(each) for each in history],
        "back": reverse("office:matters"),
    }
    if request.method != "POST":
        return render(request, _FORM, context | {"once": handed.token(request)})
    try:
        context["once"] = handed.token(request)
        register.enter_matter(request.asker, code=code, once=context["once"], **form.values())
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, context["back"])
        return refused(request, _FORM, context, refusal)
    messages.success(request, "已保存草稿，请另一人复核发布。")
    return redirect("office:matters")


@staff_only
@require_POST
def decide(request: HttpRequest, entry_id: int) -> HttpResponse:
    if request.POST.get("do") == "publish":
        done = register.publish_matter(request.asker, entry_id)
        messages.success(request, f"“{done.title}”已发布；已开的转办单仍按原来的办。")
    else:
        register.withdraw_matter(request.asker, entry_id)
        messages.success(request, "草稿已作废。")
    return redirect("office:matters")
