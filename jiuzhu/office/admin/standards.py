"""保障标准和参数, 工作日历: what is in force, what waits for a second person, and from which paper."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable
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
from jiuzhu.accounts.roles import has_power
from jiuzhu.core import clock, money
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import refused, staff_only
from jiuzhu.parameters import acts
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.conditions import show
from jiuzhu.policy.parameters import Declaration, declarations

TAGS = {"S": "本市文件", "F": "上级文件", "K": "通行做法", "A": "待本地核定"}
_AREAS = {"": "", "URBAN": "城市", "RURAL": "农村"}


@staff_only
def home(request: HttpRequest) -> HttpResponse:
    """Where roles without cases begin."""
    return redirect("office:standards" if request.asker.role != "SYSADMIN" else "office:staff")


def _shown(declaration: Declaration, value: Any) -> str:
    if value is None:
        return "未公布"
    if declaration.choices:
        return declaration.choices.get(str(value), str(value))
    if isinstance(value, list | tuple):
        return "、".join(str(each) for each in value)
    return show(value, declaration.unit)


@staff_only
def standards(request: HttpRequest) -> HttpResponse:
    """Every declared value with what is in force today, its bounds, its paper; drafts on top."""
    county = accounts.county_level_of(request.asker, clock.today())
    found = {
        area: parameters.parameter_set(county, on=clock.today(), area_type=area, regime="P2019")
        for area in _AREAS
    }
    wanted = request.GET.get("q", "").strip()
    rows = []
    for key, declaration in declarations().items():
        if wanted and wanted not in declaration.title and wanted not in key:
            continue
        for area in ("URBAN", "RURAL") if declaration.per_area else ("",):
            value = found[area].why(key)
            rows.append(
                {
                    "key": key,
                    "title": declaration.title,
                    "area": _AREAS[area],
                    "value": _shown(declaration, value.value),
                    "source": value.source,
                    "since": value.effective_from,
                    "sample": value.is_sample,
                    "article": declaration.article,
                    "tag": TAGS.get(declaration.tag, declaration.tag),
                }
            )
    drafts = [
        {
            "row": each,
            "title": declarations()[each.key].title,
            "value": _shown(declarations()[each.key], each.value),
            "area": _AREAS[each.area_type],
            "own": each.entered_by_id == request.asker.id,
        }
        for each in parameters.published_rows(drafts_only=True)
    ]
    return render(
        request,
        "office/admin/standards.html",
        {
            "page_title": "保障标准和参数",
            "rows": rows,
            "drafts": drafts,
            "q": wanted,
            "county": county,
            "may_enter": has_power(request.asker.role, "parameters.enter"),
            "may_publish": has_power(request.asker.role, "parameters.publish"),
        },
    )


class ValueForm(forms.Form):
    """One value for one place from one day on."""

    key = forms.ChoiceField(label="参数")
    scope = forms.ChoiceField(label="适用地区")
    area_type = forms.ChoiceField(
        label="城乡", choices=[("", "不分城乡"), ("URBAN", "城市"), ("RURAL", "农村")], required=False
    )
    value = forms.CharField(
        label="数值", max_length=60, help_text="金额写元；比例写小数或分数；是非写 是、否"
    )
    effective_from = forms.DateField(
        label="执行日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    doc_no = forms.CharField(label="文件号", max_length=80)

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [
            (key, each.title)
            for key, each in declarations().items()
            if each.unit in ("fen", "rate", "days", "months", "count", "flag", "choice", "percent")
        ]
        self.fields["scope"].choices = scopes


def _typed(declaration: Declaration, text: str) -> Any:
    """What was typed, as the declaration's unit wants it."""
    text = text.strip()
    if declaration.unit == "fen":
        return money.parse_yuan(text, field=declaration.title)
    if declaration.unit == "flag":
        if text not in ("是", "否"):
            raise Refusal("E_INPUT", field=declaration.title, problem="请填“是”或“否”")
        return text == "是"
    if declaration.unit in ("days", "months", "count"):
        if not text.isdigit():
            raise Refusal("E_INPUT", field=declaration.title, problem="应为整数")
        return int(text)
    return text


@staff_only
def enter(request: HttpRequest) -> HttpResponse:
    organs = Organisation.objects.exclude(kind=Organisation.TOWN).order_by("code")
    form = ValueForm(
        request.POST or None,
        scopes=[(str(each.id), each.name) for each in organs],
        initial={"effective_from": clock.today() + timedelta(days=1)},
    )
    context = {
        "page_title": "录入标准",
        "form": form,
        "back": reverse("office:standards"),
        "crumbs": [("保障标准和参数", reverse("office:standards"))],
        "note": "录入后由另一人复核发布才生效。",
        "submit": "保存草稿",
    }
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "office/admin/form.html", context, status=422 if request.method == "POST" else 200
        )
    given = form.cleaned_data
    try:
        acts.enter_value(
            request.asker,
            key=given["key"],
            scope_id=int(given["scope"]),
            area_type=given["area_type"],
            value=_typed(declarations()[given["key"]], given["value"]),
            effective_from=given["effective_from"],
            doc_no=given["doc_no"],
        )
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    messages.success(request, "已保存草稿，请另一人复核发布。")
    return redirect("office:standards")


@staff_only
@require_POST
def decide(request: HttpRequest, value_id: int) -> HttpResponse:
    act: Callable[[Any, int], Any] = (
        acts.publish_value if request.POST.get("do") == "publish" else acts.withdraw_draft
    )
    act(request.asker, value_id)
    messages.success(request, "已发布。" if request.POST.get("do") == "publish" else "草稿已作废。")
    return redirect("office:standards")


class HolidayForm(forms.Form):
    """A notice typed in: days one a line, or from–to."""

    year = forms.IntegerField(label="年份", min_value=2019, max_value=2100)
    doc_no = forms.CharField(label="通知文号", max_length=120)
    off = forms.CharField(
        label="放假日期",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个日期，或 2027-02-05至2027-02-11",
    )
    makeup = forms.CharField(label="调休上班日期", required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _days(text: str, field: str) -> list[date]:
    days: list[date] = []
    for line in text.replace("，", "\n").replace("、", "\n").split("\n"):
        if not line.strip():
            continue
        ends = [part.strip() for part in line.split("至")]
        try:
            first, last = date.fromisoformat(ends[0]), date.fromisoformat(ends[-1])
        except ValueError:
            raise Refusal("E_INPUT", field=field, problem=f"“{line.strip()}”不是日期") from None
        days += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days


@staff_only
def calendar(request: HttpRequest) -> HttpResponse:
    """The year drawn: rest, working and make-up days; provisional years say so; the city loads a notice."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and 2019 <= int(asked) <= 2100 else clock.today().year
    may_load = has_power(request.asker.role, "holidays.load")
    form = HolidayForm(request.POST or None, initial={"year": clock.today().year + 1})
    context: dict[str, Any] = {
        "page_title": "工作日历",
        "year": year,
        "months": _months(year),
        "provisional": parameters.calendar().is_provisional(date(year, 7, 1)),
        "notices": parameters.notices(),
        "form": form if may_load else None,
    }
    if request.method != "POST":
        return render(request, "office/admin/calendar.html", context)
    if not form.is_valid():
        return render(request, "office/admin/calendar.html", context, status=422)
    given = form.cleaned_data
    try:
        acts.load_holidays(
            request.asker,
            year=given["year"],
            doc_no=given["doc_no"],
            off=_days(given["off"], "放假日期"),
            makeup=_days(given["makeup"], "调休上班日期"),
        )
    except Refusal as refusal:
        return refused(request, "office/admin/calendar.html", context, refusal)
    messages.success(request, f"{given['year']}年放假通知已载入，运行中的时限按新日历重新推算。")
    return redirect(f"{reverse('office:calendar')}?year={given['year']}")


def _months(year: int) -> list[dict[str, Any]]:
    known = parameters.calendar()
    today = clock.today()
    return [
        {
            "month": month,
            "weeks": [
                [
                    {
                        "day": day.day if day.month == month else "",
                        "kind": ""
                        if day.month != month
                        else ("rest" if not known.is_working_day(day) else "makeup")
                        if day.weekday() > 4 or not known.is_working_day(day)
                        else "work",
                        "today": day == today,
                    }
                    for day in week
                ]
                for week in Calendar().monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]
