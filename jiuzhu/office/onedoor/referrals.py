"""转办事项: what waits for which department until when; every move beside the answer it follows from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.cases import queries as cases
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.onedoor.page import (
    TONES,
    MoveForm,
    form_of,
    make_move,
    page_asked,
    place_tag,
    remembered,
    text,
    trace,
)
from jiuzhu.office.work.page import case_url, refused, staff_only
from jiuzhu.onedoor import queries
from jiuzhu.onedoor import referrals as acts
from jiuzhu.ui.tables import Column, Page, Table

_FILTERS = ("q", "state", "matter", "scope", "size")
SCOPES = (("open", "未办结"), ("overdue", "已超期"), ("all", "全部"))


class SearchForm(forms.Form):
    scope = forms.ChoiceField(label="范围", required=False, choices=SCOPES)
    state = forms.ChoiceField(
        label="环节",
        required=False,
        choices=[("", "全部"), *((code, each.name) for code, each in queries.REFERRAL_STATES.items())],
    )
    matter = forms.ChoiceField(label="事项", required=False)
    q = forms.CharField(label="姓名或转办单号", required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].choices = [
            ("", "全部"),
            *queries.matter_names(),
        ]


def url_of(row: Any) -> str:
    return reverse("office:referral", args=[row.item.uid])


def table_of(page: Page) -> Table:
    return Table(
        columns=[
            Column("item.person.name", "申请人", href=url_of),
            Column("title", "事项"),
            Column("item.department", "主管部门"),
            Column(lambda row: place_tag(row.place), "环节", kind="html"),
            Column("clock", "答复时限", kind="due"),
            Column("item.opened_at", "转办日期", kind="date"),
            Column("item.number", "转办单号"),
        ],
        page=page,
        row_tone=lambda row: TONES.get(row.colour, "") if row.clock else "",
        empty="没有符合条件的转办事项",
        cards=True,
    )


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """Open ones first, the nearest deadline on top; filters are kept for the next time."""
    kept = remembered(request, "office.referrals", _FILTERS, "office:referrals")
    if kept:
        return redirect(kept)
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    after, limit = page_asked(request)
    scope = given.get("scope") or "open"
    rows, more = queries.referrals(
        request.asker,
        state=given.get("state", ""),
        matter_code=given.get("matter", ""),
        q=given.get("q", "").strip(),
        overdue=scope == "overdue",
        open_only=scope == "open" and not given.get("state"),
        after=after,
        limit=limit,
    )
    counts = queries.counts(request.asker)
    here = reverse("office:referrals")
    return render(
        request,
        "office/onedoor/referrals.html",
        {
            "page_title": "转办事项",
            "form": form,
            "table": table_of(Page(rows=rows, size=limit, next=str(more or ""))),
            "tiles": [
                ("未办结", counts["referrals_open"], f"{here}?scope=open", ""),
                ("已超期", counts["referrals_overdue"], f"{here}?scope=overdue", "red"),
                (
                    "待告知家庭",
                    counts["referrals"]["ANSWERED"],
                    f"{here}?scope=all&state=ANSWERED",
                    "orange",
                ),
                ("部门退回", counts["referrals"]["RETURNED"], f"{here}?scope=all&state=RETURNED", "orange"),
            ],
        },
    )


@staff_only
def referral(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _page(request, uid)


def _page(
    request: HttpRequest, uid: UUID, *, refusal: Refusal | None = None, tried: str = "", given: Any = None
) -> HttpResponse:
    found = queries.referral_for(request.asker, uid)
    view = queries.referral_view(request.asker, found)
    moves = _forms(view, tried, given)
    return render(
        request,
        "office/onedoor/referral.html",
        view
        | {
            "page_title": f"{found.person.name}：{view['about'].title}",
            "place_tag": place_tag(view["place"]),
            "moves": moves,
            "trace": trace(view["steps"], queries.REFERRAL_STATES),
            "once": handed.token(request),
            "refusal": refusal,
            "crumbs": [("转办事项", reverse("office:referrals"))],
        },
        status=refusal.status if refusal else 200,
    )


def _fields(key: str, view: dict[str, Any]) -> type[forms.Form]:
    """The form of a move; the department's own words are the first words to the family."""
    last = view["answers"][-1] if view["answers"] else None
    if key == "R2h":
        return form_of(how=forms.CharField(label="怎样送达、谁签收", max_length=60))
    if key == "R3h":
        return form_of(
            kind=forms.ChoiceField(
                label="部门怎样答复",
                choices=[("TAKEN", "已接收办理"), ("DONE", "已办结"), ("RETURNED", "退回")],
            ),
            helped=forms.ChoiceField(
                label="已办结的，是否帮扶",
                required=False,
                choices=[("", "还没有办结"), ("yes", "已帮扶"), ("no", "不符合条件")],
            ),
            officer=forms.CharField(label="对方经办人", max_length=60, required=False),
            text=text("部门答复内容"),
        )
    if key == "R5":
        found = view["referral"]
        others = [each for each in queries.other_matters(found.town) if each.code != found.matter]
        return form_of(
            code=forms.ChoiceField(
                label="改转哪个事项的主管部门", choices=[(each.code, each.title) for each in others]
            )
        )
    if key == "R6":
        results = [("EXPLAINED", "已向群众解释，另有办法")]
        if view["place"].name == queries.REFERRAL_STATES["ANSWERED"].name:
            results = [("HELPED", "部门已帮扶"), ("NOT_FIT", "部门认定不符合条件"), *results]
        told = text("怎样告知家庭（家庭在手机上能看到）")
        told.initial = f"部门答复：{last.text}" if last else ""
        result = forms.ChoiceField(label="结果", choices=results)
        result.initial = "NOT_FIT" if last and last.helped is False else None
        return form_of(result=result, told=told)
    if key == "R7":
        return form_of(reason=text("为什么不需要了"))
    return form_of()


def _forms(view: dict[str, Any], tried: str, given: Any) -> list[MoveForm]:
    found = []
    for each in view["moves"]:
        if each.key == "R3":
            continue
        fields = _fields(each.key, view)
        found.append(
            MoveForm(
                key=each.key,
                title=each.title,
                form=fields(given if each.key == tried else None, auto_id=f"{each.key}_%s"),
                url=reverse("office:referral-move", args=[view["referral"].uid, each.key]),
                open=each.key == tried,
                danger=each.key == "R7",
                note=_NOTES.get(each.key, ""),
            )
        )
    if found and not tried:
        # what usually comes next lies open
        first = next((each for each in found if each.key in ("R6", "R5")), None)
        if first:
            first.open = True
    return found


_NOTES = {
    "R2h": "对方系统收不到时，送纸质转办单。",
    "R3h": "对方用电话、纸质答复时登记。",
    "R4": "催办会送到对方收件系统；每天一次，超期后系统每周自动催办。",
    "R5": "原转办单办结，另开一份，编号相互关联。",
    "R6": "写群众看得懂的话。",
}


def _run(actor: Any, uid: UUID, key: str, given: dict[str, Any], **versions: Any) -> None:
    if key == "R2h":
        acts.note_delivered(actor, uid, how=given["how"], **versions)
    elif key == "R3h":
        helped = {"yes": True, "no": False}.get(given.pop("helped", ""))
        acts.note_answer(actor, uid, helped=helped, **given, **versions)
    elif key == "R4":
        acts.remind(actor, uid, **versions)
    elif key == "R5":
        acts.pass_on(actor, uid, code=given["code"], **versions)
    elif key == "R6":
        acts.close(actor, uid, **given, **versions)
    elif key == "R7":
        acts.recall(actor, uid, reason=given["reason"], **versions)
    else:
        raise Refusal("E_NOT_FOUND", what="办理动作")


@staff_only
@require_POST
def move(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    return make_move(
        request,
        here=reverse("office:referral", args=[uid]),
        form=lambda: _fields(
            key, queries.referral_view(request.asker, queries.referral_for(request.asker, uid))
        ),
        run=lambda given, **versions: _run(request.asker, uid, key, given, **versions),
        again=lambda refusal: _page(request, uid, refusal=refusal, tried=key, given=request.POST),
    )


@staff_only
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The stored W50."""
    found = queries.referral_for(request.asker, uid)
    response = HttpResponse(acts.read_slip(request.asker, found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="W50-{found.opened_at:%Y-%m-%d}.pdf"'
    return response


class ReferForm(forms.Form):
    code = forms.ChoiceField(label="转给哪个事项的主管部门", widget=forms.RadioSelect)
    need = text("群众诉求")

    def __init__(self, *args: Any, town: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [
            (each.code, f"{each.title}：{each.plain}") for each in queries.other_matters(town)
        ]


@staff_only
def refer_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """After 不予受理: another department's matter is passed on, with what the family already told."""
    case = cases.case_for(request.asker, uid)
    form = ReferForm(request.POST or None, town=case.town, initial={"need": case.hardship})
    context = {
        "page_title": "转有关部门办理",
        "case": case,
        "form": form,
        "once": handed.token(request),
        "back": case_url(case),
        "slips": queries.referrals_of_case(request.asker, uid),
        "crumbs": [(case.applicant.name, case_url(case))],
    }
    if request.method != "POST":
        return render(request, "office/onedoor/refer_case.html", context)
    try:
        if not form.is_valid():
            raise Refusal("E_INPUT", field="转办事项", problem="请选择事项并写清诉求")
        if not request.POST.get("consent"):
            raise Refusal("E_TRANSFER_CONSENT", departments="有关部门")
        done = acts.refer_case(request.asker, uid, once=context["once"], **form.cleaned_data)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, "office/onedoor/refer_case.html", context, refusal)
    messages.success(request, f"已开转办单{done.number}。")
    return redirect("office:referral", uid=done.uid)
