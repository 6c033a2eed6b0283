"""发放批次: the list with its chart, one run with its steps, lines, files, and what may be done now."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import queries as funds
from jiuzhu.intake import handed
from jiuzhu.office.money.page import money_only, state_tag, tag, tags
from jiuzhu.payments import queries, table
from jiuzhu.payments.acts import building, checking, reissuing, returning, sending
from jiuzhu.ui.formats import cn_month, fen
from jiuzhu.ui.tables import Action, Column, Page, Table, keyset_page, with_query

_MOVES: dict[str, Callable[..., Any]] = {
    "check_town": checking.check_town,
    "check_county": checking.check_county,
    "confirm": checking.confirm,
    "send_back": checking.send_back,
    "send": sending.write_bank_file,
    "reconcile": returning.reconcile,
    "publish": returning.publish,
    "reissue": reissuing.reissue,
}
_ASK = {
    "check_town": "确认本乡镇（街道）的发放笔都已核对无误？",
    "check_county": "通过后名单冻结，不能再暂缓。确认通过？",
    "confirm": "确认笔数和金额无误？",
    "send": "将生成银行文件和花名册并送银行，不能撤回。确认？",
    "reconcile": "确认送盘与回盘一致？",
    "publish": "公示后群众可以查到姓名、人口和金额。确认公示？",
    "reissue": "把可以重发的退回笔编成新的批次？",
}
_SHOW = (("todo", "需处理"), ("", "全部"), ("failed", "被退回"), ("held", "暂缓"), ("paid", "已到账"))


class SearchForm(forms.Form):
    month = forms.CharField(label="发放月份", required=False, widget=forms.DateInput(attrs={"type": "month"}))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *table.STATES.items()])


class BuildForm(forms.Form):
    """Which list to make; the county is the asker's own."""

    month = forms.CharField(label="发放月份", widget=forms.DateInput(attrs={"type": "month"}))
    aid_type = forms.ChoiceField(label="救助类别")
    area_type = forms.ChoiceField(label="城乡", choices=list(choices("area_type").items()), initial="RURAL")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["aid_type"].choices = [
            (each.code, each.name) for each in registry.all_types() if each.has_money
        ]

    def clean_month(self) -> Any:
        found = _month(self.cleaned_data["month"])
        if found is None:
            raise forms.ValidationError("请按 2019-11 的样子填写")
        return found


def _month(text: str) -> date | None:
    """``2019-11`` → its first day; anything else → None."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


@money_only
def listing(request: HttpRequest, *, form: BuildForm | None = None, refusal: Any = None) -> HttpResponse:
    """Runs of the county, and the months as a chart."""
    actor = request.asker
    search = SearchForm(request.GET or None)
    given = search.cleaned_data if search.is_bound and search.is_valid() else {}
    found = queries.runs(actor, month=_month(given.get("month", "")), state=given.get("state", ""))
    page = keyset_page(request, found.order_by(), "-month")
    months = queries.by_month(actor)
    next_month = add_months(clock.today().replace(day=1), 1)
    context = {
        "page_title": "发放批次",
        "crumbs": [("资金发放", "")],
        "search": search,
        "table": _runs_table(page),
        "may_build": has_power(actor.role, "payroll.build"),
        "form": form or BuildForm(initial={"month": f"{next_month:%Y-%m}"}),
        "unfold": form is not None,
        "once": handed.token(request),
        "categories": [cn_month(each.month) for each in months],
        "series": [
            ("应发", [each.due_fen / 100 for each in months]),
            ("到账", [each.paid_fen / 100 for each in months]),
        ],
        "now": months[-1] if months else None,
        "tiles": _tiles(actor),
        "to_list": [
            {
                "month": f"{each.month:%Y-%m}",
                "aid_type": each.aid_type,
                "area_type": each.area_type,
                "title": queries.title_of(each),
            }
            for each in queries.lists_due(actor)
        ],
        "to_move": [
            {
                "title": queries.title_of(each),
                "url": _run_url(each.id),
                "moves": "、".join(move.title for move in moves),
                "lines": each.lines_count,
                "fen": each.total_fen,
            }
            for each, moves in queries.to_move(actor)
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form and form.errors else 200
    return render(request, "office/money/runs.html", context, status=status)


def _tiles(actor: Any) -> list[tuple[str, str, str, str]]:
    """Returned lines to deal with, months of reserve funds to close; nothing where nothing waits."""
    returned = queries.returned_count(actor)
    tiles = [("银行退回待处理", f"{returned}", "笔", reverse("office:money-returns"))] if returned else []
    return tiles + [
        ("备用金待月结", cn_month(month), "", reverse("office:fund", args=[town.id]))
        for town, month in funds.waiting_closings(actor, clock.today())
    ]


def _runs_table(page: Page) -> Table:
    return Table(
        columns=[
            Column(queries.title_of, "批次", href=lambda run: _run_url(run.id), width="l"),
            Column(lambda run: state_tag(run.state), "状态", kind="html"),
            Column("lines_count", "笔数", kind="number"),
            Column("total_fen", "金额（元）", kind="money"),
            Column("county.name", "县（市、区）"),
            Column("created_at", "编制时间", kind="datetime"),
        ],
        page=page,
        empty="还没有发放批次",
        numbered=False,
    )


def _run_url(run_id: int) -> str:
    return reverse("office:money-run", args=[run_id])


@require_POST
@money_only
def build(request: HttpRequest) -> HttpResponse:
    """Make a month's list."""
    form = BuildForm(request.POST)
    if not form.is_valid():
        return listing(request, form=form)
    given = form.cleaned_data
    try:
        run = building.build_run(
            request.asker,
            request.asker.organ_id,
            given["aid_type"],
            given["area_type"],
            given["month"],
            once=handed.token(request),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:runs"))
        return listing(request, form=form, refusal=refusal)
    messages.success(request, f"已编制：{run.lines_count}笔，{fen(run.total_fen)}元。")
    return redirect(_run_url(run.id))


@require_GET
@money_only
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run."""
    found = queries.run_for(request.asker, run_id)
    if not request.GET:
        queries.opened_record(request.asker, found)
    return _page(request, found)


def _page(request: HttpRequest, found: Any, refusal: Refusal | None = None) -> HttpResponse:
    actor = request.asker
    noticed = queries.prompts(actor, found) if found.state in table.UNSENT else []
    todo = _todo(actor, found, noticed)
    show = request.GET.get("show", "todo" if todo else "")
    steps = queries.steps_of(found)
    town = request.GET.get("town", "")
    context = {
        "page_title": queries.title_of(found),
        "crumbs": [
            ("资金发放", ""),
            ("发放批次", reverse("office:runs")),
        ],
        "run": found,
        "state": state_tag(found.state),
        "sums": queries.sums_of(found),
        "stages": _stages(found, steps),
        "trace": [
            {
                "at": step.at,
                "title": table.MOVES[step.move].title + (f"（{step.town.name}）" if step.town else ""),
                "by_name": step.by_name,
                "role": step.role,
                "note": step.note,
            }
            for step in steps
        ],
        "moves": [_form_of(found, move) for move in queries.allowed(actor, found) if move.key in _MOVES],
        "may_return": any(move.key == "read_return" for move in queries.allowed(actor, found)),
        "may_reissue": queries.may_reissue(actor, found) and queries.returned_lines(actor, found),
        "waiting": queries.towns_waiting(found) if found.state == "DRAFT" else [],
        "tabs": _tabs(request, show, len(todo)),
        "table": _lines_table(request, actor, found, noticed, show, todo, town),
        "left_out": queries.left_out(actor, found) if found.state in table.UNSENT else [],
        "towns": _towns_table(found) if queries.sees_people(actor) else None,
        "files": queries.files_of(actor, found),
        "may_read_files": has_power(actor.role, "payroll.bank") or has_power(actor.role, "audit.read"),
        "lists": queries.pay_lists(actor, found),
        "money_only": not queries.sees_people(actor),
        "refusal": refusal,
        "simulated": settings.DEMO,
    }
    return render(request, "office/money/run.html", context, status=refusal.status if refusal else 200)


def _todo(actor: Any, found: Any, noticed: list[tuple[int, str, str]]) -> list[int]:
    """Lines that want somebody: prompted before sending, returned afterwards. Finance looks at errors and returns."""
    if found.state in table.UNSENT:
        levels = ("E", "W") if queries.sees_people(actor) else ("E",)
        return sorted({line for line, _, level in noticed if level in levels})
    return [line.id for line in queries.returned_lines(actor, found)]


def _stages(found: Any, steps: list[Any]) -> list[dict[str, Any]]:
    """The stepper: each stage with the day and the name of who reached it."""
    order = list(table.STAGES)
    here = order.index(found.state)
    reached = {step.state: step for step in steps if order.index(step.state) <= here}
    last = {step.move: step for step in steps}
    made_by = {"DRAFT": "build", "TOWN_CHECKED": "check_town"}
    marks = []
    for index, state in enumerate(order):
        step = reached.get(state)
        if state in made_by:  # a town's check may leave the state, a return may repeat it
            step = last.get(made_by[state], step)
        done = index <= here
        marks.append(
            {
                "title": table.STAGES[state],
                "state": "done" if done else "now" if index == here + 1 else "todo",
                "at": step.at if step and done else None,
                "by": step.by_name if step and done else "",
            }
        )
    return marks


def _form_of(found: Any, move: table.RunMove) -> dict[str, Any]:
    """A button with what its form carries."""
    return {
        "key": move.key,
        "title": move.title,
        "url": reverse("office:money-move", args=[found.id, move.key]),
        "ask": _ASK.get(move.key, ""),
        "seen": found.version,
        "once": str(uuid.uuid4()),
    }


def _tabs(request: HttpRequest, show: str, todo: int) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "url": with_query(request.GET, show=key or "all", after="", before=""),
            "count": todo if key == "todo" else None,
            "current": show == (key or "all") or (show == "" and key == ""),
        }
        for key, title in _SHOW
        if key != "todo" or todo
    ]


def _lines_table(
    request: HttpRequest,
    actor: Any,
    found: Any,
    noticed: list[tuple[int, str, str]],
    show: str,
    todo: list[int],
    town: str,
) -> Table:
    rows = queries.run_lines(
        actor,
        found,
        show="" if show in ("all", "todo") else show,
        town=int(town) if town.isdigit() else None,
        only=todo if show == "todo" else None,
    )
    page = keyset_page(request, rows, "line_no")
    views = queries.line_views(actor, found, list(page.rows), noticed)
    money = [
        Column(
            lambda view: format_html('<span class="gov-nowrap">{}</span>', view.account), "账号", kind="html"
        ),
        Column("bank", "开户行"),
        Column("total_fen", "金额（元）", kind="money"),
        Column(lambda view: tag(*view.state), "状态", kind="html"),
        Column(_words, "说明", kind="html", width="l"),
    ]
    aid = registry.get(found.aid_type)
    people = [
        Column("place", "乡镇、村（居）"),
        Column("members_count", "人口", kind="number"),
        Column("base_fen", aid.paper_words["base_word"], kind="money"),
        Column("care_fen" if aid.support else "topup_fen", aid.paper_words["extra_word"], kind="money"),
        Column("extra_fen", "补发（抵扣）", kind="money"),
    ]
    first = [Column("line_no", "笔号", kind="number"), Column("payee", "收款人")]
    return Table(
        columns=[*first, *(people if queries.sees_people(actor) else []), *money],
        page=replace(page, rows=views),
        caption="",
        actions=(lambda view: [Action("办理", reverse("office:money-line", args=[view.id]))])
        if queries.sees_people(actor)
        else None,
        row_tone=lambda view: (
            "red" if any(colour == "red" for _, colour in view.notes) or view.state[1] == "red" else ""
        ),
        empty="没有这样的发放笔",
        cards=True,
        numbered=False,
    )


def _words(view: queries.LineView) -> Any:
    """What is to be said of a line: bank's answer, prompts, why it is held."""
    notes = list(view.notes)
    if view.kind:
        notes.append((f"{view.kind}{cn_month(view.pay_month)}", "yellow"))
    if view.code and view.code != "00":
        notes.insert(0, (view.answer, "red"))
    if view.held_reason:
        notes.insert(0, (view.held_reason, "grey"))
    if view.reissued_as:
        notes.append((f"已编入{view.reissued_as}", "yellow"))
    return tags(notes)


def _towns_table(found: Any) -> Table:
    rows = queries.by_town(found)
    checked = {step.town_id: step for step in queries.steps_of(found) if step.move == "check_town"}
    return Table(
        columns=[
            Column("town__name", "乡镇（街道）", href=lambda row: f"?show=all&town={row['town_id']}"),
            Column("lines", "笔数", kind="number"),
            Column("total", "金额（元）", kind="money"),
            Column("paid", "到账（元）", kind="money"),
            Column("failed", "退回笔数", kind="number"),
            Column(
                lambda row: checked[row["town_id"]].by_name if row["town_id"] in checked else "未核对",
                "核对人",
            ),
        ],
        page=Page(rows=rows, size=200),
        totals={
            "笔数": sum(row["lines"] for row in rows),
            "金额（元）": sum(row["total"] for row in rows),
        },
        numbered=False,
    )


@require_POST
@money_only
def move(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """Make one move of a run. A refusal stays on the page."""
    actor = request.asker
    found = queries.run_for(actor, run_id)
    if key not in _MOVES:
        raise Refusal("E_NOT_FOUND", what="办理事项")
    given: dict[str, Any] = {"once": handed.token(request)}
    if key != "reissue":
        given["seen"] = handed.version(request)
    if key == "send_back":
        given["reason"] = request.POST.get("reason", "")
    try:
        made = _MOVES[key](actor, run_id, **given)
    except Refusal as refusal:
        return _refused(request, run_id, refusal)
    if key == "reissue":
        messages.success(request, f"已编制重发批次：{made.lines_count}笔，{fen(made.total_fen)}元。")
        return redirect(_run_url(made.id))
    after = queries.run_for(actor, run_id)
    messages.success(request, f"{table.MOVES[key].title}：已办理。现在：{table.STATES[after.state]}。")
    return redirect(_run_url(found.id))


def _refused(request: HttpRequest, run_id: int, refusal: Refusal) -> HttpResponse | HttpResponseRedirect:
    if refusal.code == "E_REPEAT":
        return handed.repeated(request, refusal, _run_url(run_id))
    return _page(request, queries.run_for(request.asker, run_id), refusal)


@require_POST
@money_only
def upload(request: HttpRequest, run_id: int) -> HttpResponse:
    """The bank's return: fetched from its front end, or a file from the counter."""
    actor = request.asker
    queries.run_for(actor, run_id)
    try:
        if request.POST.get("fetch"):
            after = returning.fetch_return(run_id, actor=actor)
            if after is None:
                messages.info(request, "银行还在处理，请稍后再取。")
                return redirect(_run_url(run_id))
        else:
            file = request.FILES.get("file")
            if file is None:
                raise Refusal("E_INPUT", field="回盘文件", problem="请选择文件")
            returning.read_return_file(
                actor, run_id, file.read(), name=(file.name or "")[:80], once=handed.token(request)
            )
    except Refusal as refusal:
        return _refused(request, run_id, refusal)
    sums = queries.sums_of(queries.run_for(actor, run_id))
    messages.success(request, f"回盘已读取：到账{sums.paid_count}笔，退回{sums.failed_count}笔。")
    return redirect(_run_url(run_id))


@require_GET
@money_only
def bank_file(request: HttpRequest, run_id: int, file_id: int) -> HttpResponse:
    """Download a bank file as it is kept; recorded."""
    name, content = sending.read_kept_file(request.asker, run_id, file_id)
    return HttpResponse(
        content,
        content_type="text/plain; charset=gb18030",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@money_only
def pay_list(request: HttpRequest, run_id: int, paper_id: int) -> HttpResponse:
    """Open a pay list (W41) as PDF; recorded."""
    found = queries.run_for(request.asker, run_id)
    _, content = queries.pay_list_file(request.asker, found, paper_id)
    return HttpResponse(content, content_type="application/pdf")
