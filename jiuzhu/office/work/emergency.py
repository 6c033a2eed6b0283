"""急难救助: one page that reports and hands over within a minute, the next stages, the registration (3.6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.aid_types import registry
from jiuzhu.cases import emergencies, queries
from jiuzhu.cases.acts import afterwards
from jiuzhu.cases.acts.emergency import announcing, handing_over, registering, reporting
from jiuzhu.core import clock
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, places
from jiuzhu.intake.emergency import AidForm, Checked, ReportForm, carried
from jiuzhu.office.work.page import case_url, head, refused, staff_only
from jiuzhu.onedoor import queries as onedoor
from jiuzhu.ui.tables import Column, Page, Table
from jiuzhu.vault import uploads
from jiuzhu.vault.uploads import Picture

_PAGE, _AID, _REGISTER, _CONSENT = (
    f"office/work/{name}.html" for name in ("emergency", "aid", "registration", "aid_consent")
)
SECOND, VILLAGE = "emergency.second", "emergency.village"


def _clerk_only(actor: Any) -> None:
    if actor.role != "TOWN_CLERK":
        raise Refusal("E_AUTH", role=actor.organ, act="急难救助", why="由乡镇（街道）经办人员登记和发放")


def _aid_form(request: HttpRequest, town: Any, data: Any, left_fen: int | None = None) -> AidForm:
    proposed = emergencies.suggested_fen(town)
    return AidForm(
        data,
        colleagues=emergencies.second_handlers(request.asker),
        suggested_fen=proposed if left_fen is None else min(proposed, left_fen) or proposed,
        initial={"second": request.session.get(SECOND)} if request.session.get(SECOND) else None,
    )


@staff_only
def first_aid(request: HttpRequest) -> HttpResponse:
    """Everything on one page: what happened, to whom, what is given, signed on the screen. Or only the report."""
    _clerk_only(request.asker)
    town = places.town(request.asker.organ_id)
    typed = carried(request)
    data = request.POST if request.method == "POST" and typed is None else None
    if typed and request.POST.get("household"):
        typed |= onedoor.who_came(request.asker, handed.uid(request.POST["household"], "家庭"))
    villages = places.village_choices(town)
    kept = request.session.get(VILLAGE, villages[0][0])
    context: dict[str, Any] = {
        "page_title": "急难救助",
        "report": ReportForm(data, villages=villages, initial={"village": kept} | (typed or {})),
        "aid": _aid_form(request, town, data),
        "once": handed.token(request),
        "back": reverse("office:today"),
    }
    if data is None:
        return render(request, _PAGE, context)
    try:
        case = _save(request, town, context)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:today"))
        return refused(request, _PAGE, context, refusal)
    return redirect(case_url(case))


def _save(request: HttpRequest, town: Any, context: dict[str, Any]) -> Any:
    actor, report = request.asker, context["report"]
    report.check()
    told = report.report() | {"town_id": town.id, "channel": "WINDOW"}
    request.session[VILLAGE] = told["village_code"]
    if request.POST.get("action") == "report":
        case = reporting.report_emergency(actor, once=context["once"], **told)
        messages.success(request, f"已登记，编号{case.case_no}。请在24小时内送达救助。")
        return case
    context["aid"].check()
    given = context["aid"].delivery() | _signed(request)
    request.session[SECOND] = given["second_id"]
    case = handing_over.first_aid_at_once(actor, report=told, delivery=given, once=context["once"])
    messages.success(
        request, f"已发放{yuan(given['amount_fen'])}元，签收单已生成。请在5个工作日内补登记、盖章。"
    )
    return case


def _signed(request: HttpRequest) -> dict[str, Any]:
    """What was signed on the screen, or a photo of a fingerprint or of the paper; the photo of the place is extra."""
    picture, mode = handed.signature(request)
    return {
        "picture": picture,
        "signature_mode": "FINGERPRINT" if mode == "PAPER" else mode,
        "photo": handed.photo(request, "photo"),
        "second_picture": _second_signed(request),
    }


def _second_signed(request: HttpRequest) -> Picture | None:
    """The second handler may sign on the spot; else he signs for himself when he is next signed in."""
    drawn = request.POST.get("second_signature", "")
    return uploads.drawn(drawn) if drawn else None


@staff_only
def aid(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand over for a case that was reported, or one stage more."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    _clerk_only(actor)
    seen = emergencies.emergency_of(case)
    if seen is None or not any(each.key in ("E2", "E2s") for each in queries.available_moves(actor, case)):
        raise Refusal("E_STATE", act="先行救助", state="当前环节")
    data = request.POST if request.method == "POST" else None
    context = head(actor, case) | {
        "page_title": "再次发放" if seen["deliveries"] else "先行救助",
        "emergency": seen,
        "aid": _aid_form(request, case.town, data, seen["left_fen"]),
        "once": handed.token(request),
        "seen": case.version,
        "back": case_url(case),
    }
    if data is None:
        return render(request, _AID, context)
    try:
        context["aid"].check()
        given = context["aid"].delivery() | _signed(request)
        request.session[SECOND] = given["second_id"]
        handing_over.deliver(actor, uid, seen=handed.version(request), once=context["once"], **given)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _AID, context, refusal)
    messages.success(request, f"已发放{yuan(given['amount_fen'])}元，签收单已生成。")
    return redirect(case_url(case))


@staff_only
def consent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """E6c: once help was given, the person agrees that departments are asked about him."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    seen = emergencies.emergency_of(case)
    if seen is None or not any(each.key == "E6c" for each in queries.available_moves(actor, case)):
        raise Refusal("E_STATE", act="签署核对授权", state="当前环节")
    context = head(actor, case) | {
        "page_title": "签署核对授权（补做）",
        "emergency": seen,
        "sources": [name_of("source", code) for code in registry.get(case.aid_type).sources_afterwards],
        "once": handed.token(request),
        "seen": case.version,
        "back": case_url(case),
    }
    if request.method != "POST":
        return render(request, _CONSENT, context)
    try:
        picture, mode = handed.signature(request)
        afterwards.consent(
            actor, uid, picture=picture, mode=mode, seen=handed.version(request), once=context["once"]
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _CONSENT, context, refusal)
    messages.success(request, "授权已签署，核对人员可以补做核对。")
    return redirect(case_url(case))


class RegistrationForm(Checked):
    """E3, W34: object, cause, how heavy; the amount is what was handed over."""

    severity = forms.ChoiceField(
        label="困难程度",
        choices=list(choices("severity").items()),
        widget=forms.RadioSelect,
        initial="MEDIUM",
    )
    persons = forms.IntegerField(label="受困人数", min_value=1, max_value=99, initial=1)
    cause = forms.ChoiceField(label="救助事由")
    reason = forms.CharField(label="事由说明", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    id_no = forms.CharField(label="公民身份号码", max_length=18, required=False)
    unknown_identity = forms.CharField(label="查不到号码的说明", max_length=100, required=False)
    override_reason = forms.CharField(
        label="发放金额多于测算的理由", max_length=200, required=False, help_text="没有超过就不填"
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = list(reporting.urgent_aid().hardship_causes.items())
        if known:
            del self.fields["id_no"], self.fields["unknown_identity"]


@staff_only
def registration(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The clerk puts it on paper and signs; the head seals next (E3)."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    _clerk_only(actor)
    seen = emergencies.emergency_of(case)
    if seen is None or not any(each.key == "E3" for each in queries.available_moves(actor, case)):
        raise Refusal("E_STATE", act="补登记", state="当前环节")
    told = seen["told"]
    form = RegistrationForm(
        request.POST if request.method == "POST" else None,
        known=bool(case.applicant.id_no),
        initial={"cause": told.cause, "reason": told.summary}
        | ({"severity": told.severity, "persons": told.persons} if told.severity else {}),
    )
    context = head(actor, case) | {
        "page_title": "补登记",
        "emergency": seen,
        "form": form,
        "once": handed.token(request),
        "seen": case.version,
        "back": case_url(case),
    }
    if request.method != "POST":
        return render(request, _REGISTER, context)
    try:
        form.check()
        picture, _ = handed.signature(request)
        registering.complete_registration(
            actor,
            uid,
            picture=picture,
            seen=handed.version(request),
            once=context["once"],
            **form.cleaned_data,
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _REGISTER, context, refusal)
    messages.success(request, "登记表已签字，请负责人盖章办结。")
    return redirect(case_url(case))


@staff_only
def announce(request: HttpRequest, uid: UUID | None = None) -> HttpResponse:
    """E8: the month's list on the village boards, with one button; only name, persons, sum and village."""
    _clerk_only(request.asker)
    month = clock.today().replace(day=1)
    rows = emergencies.to_announce(request.asker, request.asker.organ_id, month)
    if request.method == "POST":
        count = announcing.announce_month(request.asker, request.asker.organ_id, month)
        messages.success(request, f"已公布{count}件，公示单已生成。")
        return redirect("office:announce")
    context = {
        "page_title": "急难救助月度公布",
        "table": Table(
            columns=[
                Column("name", "姓名"),
                Column("persons", "人数", kind="number"),
                Column("amount_fen", "金额（元）", kind="money"),
                Column("village", "村（居）"),
                Column("closed_on", "办结日期", kind="date"),
            ],
            page=Page(rows=rows, size=0),
            empty="没有等待公布的急难救助",
            cards=True,
        ),
        "count": len(rows),
    }
    return render(request, "office/work/announce.html", context)
