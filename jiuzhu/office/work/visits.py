"""Away from the desk: the visit at home, the sheet on the board, the appraisal meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts import queries as accounts
from jiuzhu.cases import queries
from jiuzhu.cases.acts import investigation, objection
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.shares import share_words
from jiuzhu.intake import handed
from jiuzhu.office.work import forms as work_forms
from jiuzhu.office.work.page import case_url, head, refused, staff_only
from jiuzhu.parameters import queries as parameters
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

_VISIT, _POSTING, _APPRAISAL = (f"office/work/{name}.html" for name in ("visit", "posting", "appraisal"))
LIVING = work_forms.LIVING


class VisitForm(forms.Form):
    """W16: what was seen and said at home."""

    visited_at = forms.DateTimeField(
        label="入户时间",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    present = forms.ChoiceField(label="在场的家庭成员")
    conclusion = forms.CharField(label="调查结论", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    phrases = ("生活困难，申报情况属实。", "部分情况与申报不一致，详见说明。")

    def __init__(self, *args: Any, adults: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = adults
        for name, label, _ in LIVING:
            self.fields[name] = forms.CharField(
                label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.fields["neighbours"] = forms.CharField(
            label="邻里走访（一行一人，可不填）",
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="每行制作一份走访笔录",
        )
        self.order_fields(
            ["visited_at", "present", *(name for name, _, _ in LIVING), "neighbours", "conclusion"]
        )

    @property
    def living(self) -> list[tuple[forms.BoundField, tuple[str, ...]]]:
        """Each field of what was seen, with its words to click."""
        return [(self[name], words) for name, _, words in LIVING]


def _visit_context(request: HttpRequest, case: Any, data: Any = None) -> dict[str, Any]:
    actor = request.asker
    seen = queries.investigation_of(case)
    family = queries.household_view(actor, case)["members"]
    adults = [(each["uid"], each["name"]) for each in family if each["adult"]]
    initial: dict[str, Any] = {"visited_at": clock.now().replace(second=0, microsecond=0, tzinfo=None)}
    if seen and seen["round"].visited_at:
        round_ = seen["round"]
        initial = {
            "visited_at": clock.local(round_.visited_at).replace(tzinfo=None),
            "present": str(seen["present"].uid) if seen["present"] else "",
            "conclusion": round_.conclusion,
            "neighbours": "\n".join(each.get("content", "") for each in round_.neighbours),
            **round_.living,
        }
    named = {each.staff_id for each in seen["investigators"]} if seen else set()
    return head(actor, case) | {
        "page_title": "入户调查",
        "visit": seen,
        "form": VisitForm(data, adults=adults, initial=initial),
        "finding_form": work_forms.FindingForm(),
        "colleagues": [
            each
            for each in accounts.colleagues(case.town_id, clock.today(), investigation.INVESTIGATORS)
            if each.id not in named
        ],
        "my_turn": actor.id,
        "seen": case.version,
        "once": handed.token(request),
        "back": case_url(case),
        "photos": [
            {
                "url": reverse("office:picture", args=[case.uid, "photo", each.id]),
                "taken_at": each.taken_at,
                "place": each.place,
            }
            for each in (seen["photos"] if seen else ())
        ],
    }


@staff_only
def visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything of the visit on one page; each block is saved by itself."""
    case = queries.case_for(request.asker, uid)
    return render(request, _VISIT, _visit_context(request, case))


@staff_only
@require_POST
def part(request: HttpRequest, uid: UUID, part: str) -> HttpResponse:
    """Save one block of the visit, or submit it all (D18)."""
    case = queries.case_for(request.asker, uid)
    context = _visit_context(request, case, request.POST if part == "record" else None)
    if part == "record" and not context["form"].is_valid():
        return render(request, _VISIT, context, status=422)
    try:
        words = _PARTS[part](request, uid, context) if part in _PARTS else None
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _VISIT, context, refusal)
    if words is None:
        raise Refusal("E_NOT_FOUND", what="页面")
    messages.success(request, words)
    return redirect(case_url(case) if part == "submit" else reverse("office:visit", args=[uid]))


def _record(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    given = context["form"].cleaned_data
    investigation.record_visit(
        request.asker,
        uid,
        visited_at=given["visited_at"],
        living={name: given[name] for name, _, _ in LIVING},
        conclusion=given["conclusion"],
        present_uid=given["present"],
        neighbours=[{"content": line.strip()} for line in given["neighbours"].splitlines() if line.strip()],
    )
    return "调查情况已保存。"


def _investigator(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    chosen = request.POST.get("staff", "")
    if not chosen.isdigit():
        raise Refusal("E_INPUT", field="调查人员", problem="请选择一位同事")
    investigation.add_investigator(request.asker, uid, staff_id=int(chosen))
    return "已加入调查人员，请本人登录签字。"


def _signed(request: HttpRequest) -> Picture:
    return handed.signature(request)[0]


def _sign(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    investigation.sign_as_investigator(request.asker, uid, picture=_signed(request))
    return "您已签字。"


def _present(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    investigation.sign_as_present(request.asker, uid, picture=_signed(request))
    return "在场成员已签字。"


def _photo(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    picture = handed.photo(request, "photo")
    if picture is None:
        raise Refusal("E_INPUT", field="照片", problem="请先拍照或选择照片")
    investigation.add_photo(request.asker, uid, picture=picture)
    return "照片已上传。"


def _submit(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    investigation.submit_investigation(request.asker, uid, seen=handed.version(request), once=context["once"])
    return "入户调查表已提交，等待审核。"


_PARTS = {
    "record": _record,
    "investigator": _investigator,
    "sign": _sign,
    "present": _present,
    "photo": _photo,
    "submit": _submit,
}


@staff_only
def posting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The sheet, its photos, days left; the end grants (D25) or passes the opinion on (D19p)."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    context = head(actor, case) | {
        "page_title": "公示",
        "publicity": queries.publicity_of(case),
        "seen": case.version,
        "once": handed.token(request),
        "back": case_url(case),
        "missing": _before_the_end(case),
        "may_end": actor.role == "TOWN_CLERK" and case.state in objection.POSTED,
        "may_photograph": case.state in objection.POSTED,
        "preliminary": case.state == "PRELIM_PUBLICITY",
        "may_see_objector": objection.may_see_objector(actor, case),
    }
    if context["publicity"]:
        context["photos"] = [
            {
                "url": reverse("office:picture", args=[case.uid, "posting", each.id]),
                "moment": "期满" if each.moment == "END" else "开始",
                "taken_at": each.taken_at,
            }
            for each in context["publicity"]["photos"]
        ]
        context["moment"] = "END" if clock.today() >= context["publicity"]["posting"].ends_on else "START"
    if request.method != "POST":
        return render(request, _POSTING, context)
    try:
        words = _posting_act(request, uid, context)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _POSTING, context, refusal)
    messages.success(request, words)
    return redirect(case_url(case) if request.POST.get("do") == "end" else request.path)


@staff_only
@require_POST
def objector(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The sealed name of one objector, for whoever handles it and the supervisor (PUBL-06)."""
    value = objection.see_objector(request.asker, uid, number, purpose=request.POST.get("purpose", ""))
    return render(request, "ui/parts/revealed.html", {"value": value})


def _before_the_end(case: Any) -> list[str]:
    """What the end (D25, D19p) still waits for, said before the button is pressed."""
    publicity = queries.publicity_of(case)
    if publicity is None:
        return []
    taken = {each.moment for each in publicity["photos"]}
    waits = [
        f"缺{words}照片" for moment, words in (("START", "开始张贴"), ("END", "期满")) if moment not in taken
    ]
    if not publicity["over"]:
        then = "提交审批" if case.state == "PRELIM_PUBLICITY" else "批准"
        waits.insert(0, f"公示期到{publicity['posting'].ends_on:%-m月%-d日}止，次日起可以{then}")
    if any(each.answered_on is None for each in publicity["objections"]):
        waits.append("有异议尚未答复")
    return waits


def _posting_act(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    if request.POST.get("do") == "end" and context["preliminary"]:
        objection.end_preliminary_publicity(
            request.asker, uid, seen=handed.version(request), once=context["once"]
        )
        return "初审公示期满无异议，已提交审批。"
    if request.POST.get("do") == "end":
        objection.end_publicity(request.asker, uid, seen=handed.version(request), once=context["once"])
        return "公示期满无异议，已正式批准，待遇从下月起发放。"
    picture = handed.photo(request, "photo")
    if picture is None:
        raise Refusal("E_INPUT", field="照片", problem="请先拍照或选择照片")
    objection.photograph_posting(
        request.asker, uid, picture=picture, moment=request.POST.get("moment", "START")
    )
    return "公示照片已上传。"


@staff_only
def appraisal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who came and how they voted; the result follows from the votes (D28–D30)."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    values = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)
    least = int(values["appraisal_min"])
    rows = _participants(request.POST) if request.method == "POST" else []
    count = max(least + 3, len(rows) + (3 if request.POST.get("action") == "add" else 0))
    context = head(actor, case) | {
        "page_title": "登记民主评议结果",
        "publicity": queries.publicity_of(case),
        "rows": [*rows, *({"capacity": "", "vote": ""} for _ in range(count - len(rows)))],
        "capacities": list(objection.CAPACITIES.items()),
        "votes": list(objection.VOTES.items()),
        "least": least,
        "share": float(values["appraisal.reps_share"]),
        "share_words": share_words(values["appraisal.reps_share"]),
        "true_above": share_words(values["appraisal.true_above"]),
        "false_below": share_words(values["appraisal.false_below"]),
        "chair": request.POST.get("chair", actor.name),
        "minutes": {name: request.POST.get(name, usual) for name, usual in MINUTES.items()},
        "seen": case.version,
        "once": handed.token(request),
        "back": case_url(case),
    }
    if request.method != "POST" or request.POST.get("action") == "add":
        return render(request, _APPRAISAL, context)
    try:
        objection.conclude_appraisal(
            actor,
            uid,
            participants=rows,
            chair=context["chair"].strip(),
            minutes=context["minutes"],
            seen=handed.version(request),
            once=context["once"],
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _APPRAISAL, context, refusal)
    messages.success(request, "民主评议结果已登记。")
    return redirect(case_url(case))


MINUTES = {"policy": "已宣讲政策", "case": "已介绍情况", "debate": "已现场评议"}


def _participants(data: Any) -> list[dict[str, Any]]:
    """Rows with a name; the columns come as lists of equal length, the signed ones by row number."""
    names, capacities, votes = (data.getlist(name) for name in ("name", "capacity", "vote"))
    signed = set(data.getlist("signed"))
    rows = []
    for number, (name, capacity, vote) in enumerate(zip(names, capacities, votes, strict=False)):
        if not name.strip():
            continue
        rows.append(
            {"name": name.strip(), "capacity": capacity, "vote": vote, "signed": str(number) in signed}
        )
    return rows


@staff_only
def picture(request: HttpRequest, uid: UUID, kind: str, number: int) -> HttpResponse:
    """A picture of a case the asker may see."""
    case = queries.case_for(request.asker, uid, purpose="查看图片")
    stored = queries.picture_for(request.asker, case, kind, number)
    response = HttpResponse(files.read(stored), content_type=stored.mime)
    response["Cache-Control"] = "private, max-age=600"
    return response
