"""待遇变更: what families and assistants report, a typed change, and its way to the decision and the notice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.roles import has_power
from jiuzhu.benefits import facts, queries, table
from jiuzhu.benefits.acts import changes as acts
from jiuzhu.benefits.acts import pausing
from jiuzhu.cases.acts.service import MODES
from jiuzhu.core.codes import choices
from jiuzhu.core.money import parse_yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import acts as intake
from jiuzhu.intake import handed
from jiuzhu.intake import queries as reports
from jiuzhu.office.benefits.ledger import change_table, present
from jiuzhu.office.benefits.page import (
    benefit_url,
    bound,
    check,
    day_field,
    seen,
    served_among_papers,
    sign_step,
    state_tag,
    step_for,
    tag,
    text_field,
    token,
)
from jiuzhu.office.work.page import staff_only
from jiuzhu.payments.queries import banks
from jiuzhu.policy import changes as law
from jiuzhu.policy.income_kinds import income_kinds
from jiuzhu.ui.formats import cn_date
from jiuzhu.ui.tables import Action, Column, Page, Table, keyset_page

# —— the list


_SCOPES = [("", "未办结"), ("unserved", "告知书待送达"), ("all", "全部")]


class SearchForm(forms.Form):
    scope = forms.ChoiceField(label="范围", required=False, choices=_SCOPES)
    state = forms.ChoiceField(label="环节", required=False, choices=[("", "全部"), *table.STATES.items()])


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Deaths and other reports first, then notices to serve, then open changes by deadline."""
    actor = request.asker
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    scope, state = given.get("scope"), given.get("state", "")
    everything, unserved = scope == "all", queries.unserved(actor)
    if scope == "unserved":
        rows = unserved.filter(state=state) if state else unserved
    else:
        rows = queries.changes(actor, open_only=not everything, state=state)
    page = keyset_page(request, rows, "-id" if everything else "due_on")
    told = list(reports.change_reports(actor, open_only=True)[:20]) if actor.role == "TOWN_CLERK" else []
    told.sort(key=lambda each: each.kind != "DEATH")
    context = {
        "page_title": "待遇变更",
        "crumbs": [("动态管理", "")],
        "form": form,
        "reports": _report_table(told) if told else None,
        "unserved": unserved.count() if actor.role == "TOWN_CLERK" and scope != "unserved" else 0,
        "table": change_table(list(page.rows), page=page, named=True),
    }
    return render(request, "office/benefits/changes.html", context)


def _report_table(rows: list[Any]) -> Table:
    names = dict(rows[0].KINDS)
    return Table(
        columns=[
            Column(
                lambda row: tag(names[row.kind], "red" if row.kind == "DEATH" else "blue"),
                "事项",
                kind="html",
            ),
            Column("person", "是谁"),
            Column("happened_on", "发生日期", kind="date"),
            Column("text", "情况说明", width="l"),
            Column("reporter_name", "报告人"),
            Column("at", "报告时间", kind="datetime"),
        ],
        page=Page(rows=rows, size=0),
        actions=lambda row: [Action("办理", reverse("office:change-report", args=[row.id]))],
        numbered=False,
        cards=True,
    )


# which changes a report may become
_LEADS_TO = {
    "DEATH": (law.DEL,),
    "MEMBER": (law.ADD,),
    "INCOME": (law.INC,),
    "PROPERTY": (law.INC,),
    "ILLNESS": (law.CERT, law.INC),
}


class AnswerForm(forms.Form):
    answer = text_field("办理情况")


@staff_only
def from_report(request: HttpRequest, number: int) -> HttpResponse:
    """A report becomes a change of the benefit it speaks of, prefilled; or it is answered where none is concerned."""
    actor = request.asker
    report_row = reports.change_reports(actor).filter(pk=number).first()
    if report_row is None:
        raise Refusal("E_NOT_FOUND", what="变化报告")
    kinds = _LEADS_TO.get(report_row.kind, ())
    found = queries.benefits_named(
        actor, person=report_row.person, village=report_row.village_code, household=report_row.household_id
    )
    form, refusal = bound(AnswerForm, request, "answer"), None
    if request.method == "POST":
        try:
            intake.answer_change(actor, number, answer=check(form)["answer"])
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已答复。")
            return redirect(reverse("office:changes"))
    targets = [
        {
            "name": f"{each.case.applicant.name}　{queries.aid_words(each)}　{queries.place_words(each)}　{step.words}",
            "url": step.url,
            "form": step.form,
        }
        for each in found
        for kind in kinds or (law.INC,)
        if (step := step_for(each, kind, report=number))
    ]
    if len(targets) == 1 and kinds and request.method == "GET" and targets[0]["form"]:
        return redirect(targets[0]["url"])
    context = {
        "page_title": "办理变化报告",
        "crumbs": [("待遇变更", reverse("office:changes"))],
        "row": report_row,
        "what": dict(report_row.KINDS)[report_row.kind],
        "targets": targets,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "office/benefits/report.html", context, status=refusal.status if refusal else 200)


# —— a new change


_NO_MORE = "NONE"


class ReportForm(forms.Form):
    """The fields of one kind; ``given`` turns them into what the act takes."""

    def __init__(self, data: Any, *, kind: str, entitlement: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.kind, self.in_threes = kind, kind == law.INC
        members = present(entitlement)
        if len(members) == 1:  # nobody else can be meant
            self.initial = dict.fromkeys(("person", "who1", "asset_who"), members[0][0]) | self.initial
        someone = [("", "请选择"), *members]
        add = self.fields.__setitem__
        if kind == law.DEL:
            add("person", forms.ChoiceField(label="谁", choices=someone))
            add("why", forms.ChoiceField(label="原因", choices=list(law.WHY_GONE.items())))
            add(
                "payee",
                forms.ChoiceField(label="新的领款人（减少的是领款人时）", choices=someone, required=False),
            )
            add("away_until", day_field("预计返回日期（服刑、戒毒、服役的）", required=False))
        if kind == law.ADD:
            for name, label, required in (("name", "姓名", True), ("id_no", "公民身份号码", True)):
                add(name, forms.CharField(label=label, max_length=60, required=required))
            add("relation", forms.ChoiceField(label="与申请人关系", choices=list(facts.relations().items())))
            add("labour", _codes("labour", "劳动能力"))
            add("employment", _codes("employment", "就业"))
            add("health", _codes("health", "健康"))
            add("signed", forms.BooleanField(label="成年人已在核对授权书上签字", required=False))
        if kind == law.INC:
            kinds = [("", "没有变化"), *((key, each.title) for key, each in income_kinds().items())]
            for row in (1, 2):
                add(
                    f"who{row}",
                    forms.ChoiceField(label=f"收入变化{row}：谁", choices=someone, required=False),
                )
                add(f"kind{row}", forms.ChoiceField(label="收入种类", choices=kinds, required=False))
                add(
                    f"month{row}",
                    forms.CharField(label="现在每月（元，没有了填0）", max_length=20, required=False),
                )
            add("new_work", forms.BooleanField(label="因新就业而增加（可核定渐退）", required=False))
            add("asset_who", forms.ChoiceField(label="财产变化：谁", choices=someone, required=False))
            things = [("", "没有变化"), *facts.ASSETS.items()]
            add("asset_kind", forms.ChoiceField(label="财产种类", choices=things, required=False))
            add("asset_yuan", forms.CharField(label="现值（元）", max_length=20, required=False))
        if kind == law.CLS:
            add("review_class", forms.ChoiceField(label="复核类别", choices=[(c, f"{c}类") for c in "ABC"]))
        if kind == law.ACC:
            add("holder", forms.ChoiceField(label="户名（领款人）", choices=someone))
            add("bank_code", forms.ChoiceField(label="银行", choices=list(banks().items())))
            add("bank_name", forms.CharField(label="开户行全称", max_length=60))
            add("number", forms.CharField(label="银行账号", max_length=40))
        if kind == law.CERT:
            add("person", forms.ChoiceField(label="谁的残疾证", choices=someone))
            said = [("", "请选择"), *choices("disability_category").items(), (_NO_MORE, "不再持证")]
            add("disability_category", forms.ChoiceField(label="残疾类别", choices=said))
            grades = [("", "请选择"), *choices("disability_grade").items()]
            add("disability_grade", forms.ChoiceField(label="残疾等级", choices=grades, required=False))
            add("disability_until", day_field("有效期至", required=False))
        if kind == law.JOB:
            add("person", forms.ChoiceField(label="拒绝就业的成员", choices=someone))
        if kind in (law.SUS, law.END):
            reasons = law.WHY_SUSPENDED if kind == law.SUS else law.WHY_STOPPED
            add("why", forms.ChoiceField(label="原因", choices=list(reasons.items())))
        if kind == law.REIN:
            add("decision_no", forms.CharField(label="复议决定或纠正文书文号", max_length=80))
        add("happened_on", day_field("发生日期", required=kind == law.DEL))
        if law.KINDS[kind].reported:
            add("reporter_name", forms.CharField(label="报告人", max_length=60, required=False))

    def given(self) -> dict[str, Any]:
        values = check(self)
        if self.kind == law.ADD:
            entry = {
                key: values[key] for key in ("name", "id_no", "relation", "labour", "employment", "health")
            }
            return {"entry": entry, "signed": values["signed"]}
        if self.kind == law.INC:
            return _moneys(values)
        if values.get("disability_category") == _NO_MORE:
            return {"person": values["person"]}
        return {key: value for key, value in values.items() if key not in ("happened_on", "reporter_name")}


def _codes(scheme: str, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "不清楚"), *choices(scheme).items()], required=False)


def _moneys(values: dict[str, Any]) -> dict[str, Any]:
    incomes = [
        {
            "member": values[f"who{row}"],
            "kind": values[f"kind{row}"],
            "month_fen": parse_yuan(values[f"month{row}"] or "0", field="每月收入"),
        }
        for row in (1, 2)
        if values[f"kind{row}"]
    ]
    assets = (
        [
            {
                "member": values["asset_who"],
                "kind": values["asset_kind"],
                "value_fen": parse_yuan(values["asset_yuan"] or "0", field="财产现值"),
            }
        ]
        if values["asset_kind"]
        else []
    )
    return {"incomes": incomes, "assets": assets, "new_work": values["new_work"]}


@staff_only
def report(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """The form of one kind, prefilled from a report where there is one."""
    actor = request.asker
    found = queries.benefit(actor, number)
    if kind not in {each.code for each in queries.kinds_for(found)}:
        raise Refusal("E_BENEFIT_STATE", state=queries.STATE_WORDS[found.state][0], act="登记变更")
    told = request.GET.get("report") or request.POST.get("report") or ""
    row = reports.change_reports(actor).filter(pk=told).first() if told.isdigit() else None
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        entitlement=found,
        initial=_prefill(found, kind, row) if row else _asked_for(request, found, kind),
    )
    refusal = None
    if request.method == "POST":
        try:
            given = form.given()
            change_row = acts.report(
                actor,
                number,
                kind,
                given,
                happened_on=form.cleaned_data.get("happened_on"),
                reporter_name=form.cleaned_data.get("reporter_name", ""),
                report_id=row.id if row else None,
                proof=handed.photo(request, "proof"),
                once=token(request),
            )
            if row and row.answered_at is None:
                intake.answer_change(actor, row.id, answer=f"已登记变更{change_row.number}，正在核实")
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "变更已登记，请核实并测算。")
            return redirect(reverse("office:change", args=[change_row.uid]))
    context = {
        "page_title": law.KINDS[kind].title,
        "crumbs": [
            ("在保台账", reverse("office:benefits")),
            (found.case.applicant.name, benefit_url(found)),
        ],
        "found": found,
        "form": form,
        "row": row,
        "reported": law.KINDS[kind].reported,
        "back": benefit_url(found),
        "once": token(request),
        "refusal": refusal,
    }
    return render(
        request, "office/benefits/change_new.html", context, status=refusal.status if refusal else 200
    )


def _asked_for(request: HttpRequest, found: Any, kind: str) -> dict[str, Any]:
    """What the link knows that led here: the reason, or the member an alert speaks of."""
    values = {name: request.GET[name] for name in ("why", "person") if request.GET.get(name)}
    return _held(found, values) if kind == law.CERT else values


def _held(found: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The class on the books: a renewal usually changes the day only."""
    members = present(found)
    ref = values.get("person") or (members[0][0] if len(members) == 1 else "")
    if ref not in dict(members):
        return values
    held = facts.certificate_of(facts.person_of(found, ref))
    return values | {"disability_category": held["category"], "disability_grade": held["grade"]}


def _prefill(found: Any, kind: str, row: Any) -> dict[str, Any]:
    """What the report says already."""
    values: dict[str, Any] = {"happened_on": row.happened_on, "reporter_name": row.reporter_name}
    if kind == law.DEL:
        who = next((ref for ref, name in present(found) if name == row.person), "")
        others = [ref for ref, _ in present(found) if ref != who]
        values |= {"person": who, "why": law.DEATH if row.kind == "DEATH" else "LEFT"}
        values["payee"] = others[0] if who and others else ""
    if kind == law.CERT:
        values["person"] = next((ref for ref, name in present(found) if name == row.person), "")
        return _held(found, values)
    return values


# —— one change


_SELDOM = ("send_back", "drop")


class ExamineForm(forms.Form):
    text = text_field("核实情况", help_text="怎样核实的，结果如何；系统据此重新测算并列出前后差异")
    admonition = text_field(
        "批评教育情况", required=False, rows=2, help_text="变化后超过三个月才报告，必须填写"
    )

    def __init__(self, *arguments: Any, told_late: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not told_late:
            del self.fields["admonition"]


class DecideForm(forms.Form):
    result = forms.ChoiceField(label="决定", widget=forms.RadioSelect)
    explanation = text_field("说明（写入告知书）", required=False)

    def __init__(self, *arguments: Any, options: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["result"].choices = options
        self.fields["result"].initial = options[0][0] if options else ""


class ReasonForm(forms.Form):
    reason = text_field("理由", rows=2)


class ServeForm(forms.Form):
    mode = forms.ChoiceField(label="送达方式", choices=list(MODES.items()))
    receiver = forms.CharField(label="签收人", max_length=60, required=False, help_text="不填即申请人本人")
    note = forms.CharField(label="邮寄单号或代收说明", max_length=60, required=False)


@staff_only
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Facts, difference, papers and the moves this person may make."""
    actor = request.asker
    found = queries.change(actor, uid)
    kept = queries.examination(found)
    options = [(code, law.RESULTS[code]) for code in (kept.options if kept else [])]
    shown = {
        "examine": bound(ExamineForm, request, "examine", told_late=bool(found.facts.get("told_late"))),
        "decide": bound(DecideForm, request, "decide", options=options),
        "send_back": bound(ReasonForm, request, "send_back"),
        "serve": bound(ServeForm, request, "serve"),
        "drop": bound(ReasonForm, request, "drop"),
    }
    refusal = None
    if request.method == "POST" and request.POST.get("do") in shown:
        try:
            words = _do(request, actor, uid, request.POST["do"], shown)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, words)
            return redirect(reverse("office:change", args=[uid]))
    entitlement = found.entitlement
    context = {
        "page_title": law.KINDS[found.kind].title,
        "crumbs": [
            ("待遇变更", reverse("office:changes")),
            (entitlement.case.applicant.name, benefit_url(entitlement)),
        ],
        "found": found,
        "applicant": entitlement.case.applicant.name,
        "may_pause": has_power(actor.role, "clock.pause")
        and found.state in (table.REPORTED, table.EXAMINED)
        and pausing.clock_of(found) == "CLK-CHG",
        "paused": _paused_words(standing) if (standing := _standing(found)) else "",
        "place": queries.place_words(entitlement),
        "aid": queries.aid_words(entitlement),
        "benefit_state": state_tag(entitlement),
        "benefit_url": benefit_url(entitlement),
        "state": tag(table.STATES[found.state], table.COLOURS[found.state]),
        "told": queries.told(found),
        "kept": kept,
        "result": law.RESULTS[kept.result] if kept else "",
        "rows": queries.differences(found),
        "outcome": queries.outcome_after(found),
        "names": facts.names_of(entitlement),
        "decision": queries.decision_of(found),
        "effect": queries.effect_of(found),
        "notice": queries.notice_of(found),
        "serve_url": served_among_papers(entitlement)
        if actor.role == "TOWN_CLERK" and not found.open and queries.word_to_serve(found)
        else "",
        "to_sign": sign_step(entitlement, found.person)
        if found.kind == law.ADD and actor.role == "TOWN_CLERK"
        else None,
        "steps": queries.steps(found),
        "moves": [
            {
                "key": move.key,
                "title": move.title,
                "form": shown[move.key],
                "danger": move.key == "drop",
                "folded": (move.key in _SELDOM or (move.key == "examine" and kept is not None))
                and request.POST.get("do") != move.key,
            }
            for move in sorted(queries.allowed(actor, found), key=lambda move: move.key in _SELDOM)
            if move.key in shown
        ],
        "once": token(request),
        "refusal": refusal,
    }
    return render(request, "office/benefits/change.html", context, status=refusal.status if refusal else 200)


def _standing(found: Any) -> Any:
    """The pause that lasts, if the change's clock stands still."""
    return found.pauses.filter(ends_on__isnull=True).first()


def _paused_words(standing: Any) -> str:
    why = pausing.PAUSES[standing.kind]
    return f"{cn_date(standing.starts_on)}起，{why}（{standing.document_no}）：{standing.reason}"


class PauseForm(forms.Form):
    kind = forms.ChoiceField(label="暂停事由", choices=[("", "请选择"), *pausing.PAUSES.items()])
    reason = text_field("理由", rows=2)
    document_no = forms.CharField(label="依据文书号", max_length=80)


@staff_only
def pause(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The head stops the twenty days, or lets them run on (CLK-CHG)."""
    actor, found = request.asker, queries.change(request.asker, uid)
    standing, entitlement = _standing(found), found.entitlement
    form, refusal = bound(PauseForm, request, "pause"), None
    back = reverse("office:change", args=[uid])
    if request.method == "POST":
        try:
            if standing:
                pausing.resume(actor, uid, seen=seen(request))
            else:
                pausing.pause(actor, uid, seen=seen(request), **check(form))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "已恢复计时。" if standing else "已暂停计时。")
            return redirect(back)
    context = {
        "page_title": "恢复计时" if standing else "暂停计时",
        "crumbs": [("待遇变更", reverse("office:changes")), (law.KINDS[found.kind].title, back)],
        "found": found,
        "applicant": entitlement.case.applicant.name,
        "place": queries.place_words(entitlement),
        "aid": queries.aid_words(entitlement),
        "kind": law.KINDS[found.kind].title,
        "paused": _paused_words(standing) if standing else "",
        "form": None if standing else form,
        "back": back,
        "refusal": refusal,
    }
    return render(request, "office/benefits/pause.html", context, status=refusal.status if refusal else 200)


def _do(request: HttpRequest, actor: Any, uid: UUID, do: str, shown: dict[str, Any]) -> str:
    given = check(shown[do])
    named: dict[str, Any] = {"seen": seen(request), "once": token(request)}
    if do == "examine":
        acts.examine(actor, uid, **given, **named)
        return "已测算，差异见下。"
    if do == "decide":
        made = acts.decide(actor, uid, **given, **named)
        return "告知书已签发，送达后生效。" if made.state == table.DECIDED else "决定已作出并生效。"
    if do == "send_back":
        acts.send_back(actor, uid, **given, **named)
        return "已退回核实。"
    if do == "serve":
        acts.serve(actor, uid, picture=handed.photo(request, "proof"), **given, **named)
        return "已送达，变更生效。"
    acts.drop(actor, uid, **given, **named)
    return "变更已终结。"
