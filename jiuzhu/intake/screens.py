"""Screens that the family and the village assistant share: signing the consent and filling the one form.

A ``Frame`` says whose screen it is: which frame is drawn around it and where its links lead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases import consents, one_visit, queries
from jiuzhu.cases.acts import application, authorisation
from jiuzhu.cases.acts.obligors import add_obligor, excuse_obligor
from jiuzhu.core import clock
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, one_form
from jiuzhu.parameters import queries as parameters


@dataclass(frozen=True)
class Frame:
    """Addresses are functions of the case's uid (and of a person's uid or a step of the form)."""

    template: str
    case_url: Callable[[Any], str]
    signers_url: Callable[[Any], str]
    sign_url: Callable[[Any, Any], str]
    form_url: Callable[[Any, str], str]
    link_url: Callable[[Any, Any], str] | None = None
    obligors_url: Callable[[Any], str] | None = None
    obligor_sign_url: Callable[[Any, Any], str] | None = None
    asks_place: bool = False  # before staff: is the family at the window? (WF-05)


def consent_words(case: Any) -> dict[str, Any]:
    """Scope, purpose and term of the consent, as every signer reads them (VER-21, VER-22)."""
    consent = consents.to_sign(case)
    months = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)["auth_max_months"]
    return {
        "number": consent.number,
        "sources": [name_of("source", code) for code in consent.sources],
        "purpose": consent.purpose,
        "aid": registry.get(case.aid_type).name,
        "months": months,
        "valid_to": consent.valid_to,
    }


def signers(request: HttpRequest, frame: Frame, uid: UUID) -> HttpResponse:
    """Every adult of the family, signed or not, and how to get the missing ones."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    adults = [each for each in queries.household_view(actor, case)["members"] if each["adult"]]
    for each in adults:
        each["sign_url"] = frame.sign_url(case.uid, each["uid"])
        each["link_url"] = (
            frame.link_url(case.uid, each["uid"]) if frame.link_url and not each["signed"] else ""
        )
    return render(request, "intake/signers.html", _signers_context(actor, frame, case, adults))


def _signers_context(
    actor: Actor, frame: Frame, case: Any, adults: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    with_obligors = registry.get(case.aid_type).obligors_sign
    obligors = queries.obligors_of(case) if with_obligors else []
    for each in obligors:
        each["sign_url"] = frame.obligor_sign_url(case.uid, each["id"]) if frame.obligor_sign_url else ""
    for each in adults:
        each["may_sign"] = not each["signed"] and authorisation.may_sign_now(case, person_uid=each["uid"])
    missing = [each["name"] for each in adults if not each["signed"]]
    missing += [each["name"] for each in obligors if not each["signed"] and not each["excuse"]]
    return {
        "frame": frame.template,
        "page_title": "签署核对授权",
        "back_url": frame.case_url(case.uid),
        "case": case,
        "adults": adults,
        "with_obligors": with_obligors,
        "obligors": obligors,
        "obligors_url": frame.obligors_url(case.uid) if frame.obligors_url else "",
        "may_excuse": actor.role == "TOWN_CLERK",
        "excuses": queries.EXCUSES.items(),
        "relations": [(code, name) for code, name in choices("relation").items() if code != "0"],
        "missing": missing,
        "consent": consent_words(case),
        "open": case.state == "INTENT",
        "waits_for": "复核" if not case.open else "开始核对",
        "obligors_open": case.state == "INTENT" or authorisation.may_sign_later(case),
        **more,
    }


def obligors(request: HttpRequest, frame: Frame, uid: UUID) -> HttpResponse:
    """Name one more supporter, or write down why one does not sign (TK-05); back to the list of signers."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    try:
        words = _obligor_act(request, actor, case)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, frame.signers_url(uid))
        adults = [each for each in queries.household_view(actor, case)["members"] if each["adult"]]
        for each in adults:
            each["sign_url"] = frame.sign_url(case.uid, each["uid"])
        context = _signers_context(actor, frame, case, adults, typed=request.POST)
        return handed.refused(request, "intake/signers.html", context, refusal)
    messages.success(request, words)
    return redirect(frame.signers_url(uid))


def _obligor_act(request: HttpRequest, actor: Actor, case: Any) -> str:
    data = request.POST
    if data.get("do") == "excuse":
        number = data.get("obligor", "")
        signed = excuse_obligor(
            actor,
            case.uid,
            obligor_id=int(number) if number.isdigit() else 0,
            kind=data.get("kind", ""),
            reason=data.get("reason", ""),
        )
        if signed.state != "INTENT" and case.state == "INTENT":
            return "已登记；授权书已生效，工作人员将开始核对。"
        return "未签字的情况已登记。"
    one = add_obligor(
        actor,
        case.uid,
        name=data.get("name", ""),
        relation=data.get("relation", ""),
        id_no=data.get("id_no", "").strip(),
    )
    return f"已登记义务人{one.name}，请他（她）也签授权。"


def sign_obligor(request: HttpRequest, frame: Frame, uid: UUID, obligor_id: int) -> HttpResponse:
    """A supporter who lives apart reads and signs."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    one = next((each for each in queries.obligors_of(case) if each["id"] == obligor_id), None)
    if one is None:
        raise Refusal("E_NOT_FOUND", what="义务人")
    return sign_page(
        request,
        actor,
        case,
        obligor_id=obligor_id,
        name=one["name"],
        frame=frame.template,
        back_url=frame.signers_url(case.uid),
        done_url=frame.signers_url(case.uid),
        asks_place=frame.asks_place,
    )


def sign(request: HttpRequest, frame: Frame, uid: UUID, person_uid: UUID) -> HttpResponse:
    """One adult reads and signs on this phone; a photo of the signed paper will do as well."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    person = next(
        (each for each in queries.household_view(actor, case)["members"] if each["uid"] == str(person_uid)),
        None,
    )
    if person is None:
        raise Refusal("E_NOT_FOUND", what="家庭成员")
    return sign_page(
        request,
        actor,
        case,
        person_uid=person["uid"],
        name=person["name"],
        frame=frame.template,
        back_url=frame.signers_url(case.uid),
        done_url=frame.signers_url(case.uid),
        asks_place=frame.asks_place,
    )


def sign_page(
    request: HttpRequest,
    actor: Actor,
    case: Any,
    *,
    name: str,
    frame: str,
    back_url: str,
    done_url: str,
    person_uid: str | None = None,
    obligor_id: int | None = None,
    asks_place: bool = False,
) -> HttpResponse:
    """The page with text, pad and button; a refusal comes back as a banner on the same page."""
    context = {
        "frame": frame,
        "page_title": "阅读并签字",
        "back_url": back_url,
        "case": case,
        "name": name,
        "consent": consent_words(case),
        "once": handed.token(request),
        "seen": case.version,
        "open": authorisation.may_sign_now(case, person_uid=person_uid, obligor_id=obligor_id),
        **_places(request, case, asks_place),
    }
    if request.method != "POST":
        return render(request, "intake/sign.html", context)
    try:
        if not request.POST.get("read"):
            raise Refusal("E_INPUT", field="已阅读", problem="请先阅读授权内容，再勾选“我已阅读并同意”")
        picture, mode = handed.signature(request)
        signed = authorisation.sign(
            actor,
            case.uid,
            person_uid=person_uid,
            obligor_id=obligor_id,
            picture=picture,
            mode=mode,
            on_behalf_of=request.POST.get("on_behalf_of", "")[:20],
            place=_place(request, case, asks_place),
            seen=handed.version(request),
            once=context["once"],
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, done_url)
        return handed.refused(request, "intake/sign.html", context, refusal)
    begun = signed.state != "INTENT" and case.state == "INTENT"
    words = "全部签好，授权书已生效，工作人员将开始核对。" if begun else f"{name}已签字。"
    messages.success(request, words)
    return redirect(done_url)


def _places(request: HttpRequest, case: Any, asks: bool) -> dict[str, Any]:
    """Where the family may be, beginning with the last answer; said when coming today is once too often (WF-05).

    Of a family in benefit no visits are counted.
    """
    if not asks or not case.open:
        return {}
    about, last = request.session.get("place", ("", ""))
    return {
        "places": one_visit.PLACES.items(),
        "place": request.POST.get("place") or (last if about == str(case.uid) else one_visit.WINDOW),
        "once_more": one_visit.another(case),
    }


def _place(request: HttpRequest, case: Any, asked: bool) -> str:
    """Where the clerk says the family is; the next signature of the case begins with it."""
    given = request.POST.get("place", "") if asked else ""
    if given:
        request.session["place"] = (str(case.uid), given)
    return given


def one_form_page(request: HttpRequest, frame: Frame, uid: UUID, step: str) -> HttpResponse:
    """One page of the one form: shown prefilled, saved, or (the last page) sent."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    aid = registry.get(case.aid_type)
    if step not in dict(one_form.steps_of(aid)):
        raise Refusal("E_NOT_FOUND", what="申请表页面")
    body = application.prefilled(actor, uid)
    view = queries.household_view(actor, case)
    members = [(each["uid"], each["name"]) for each in view["members"]]
    data = request.POST if request.method == "POST" else None
    page = one_form.Page(step, body, members, data, aid=aid)
    names = dict(members)
    context = {
        "frame": frame.template,
        "page_title": "申请表",
        "back_url": frame.case_url(case.uid),
        "case": case,
        "step": step,
        "steps": [
            {
                "key": key,
                "title": title,
                "url": frame.form_url(case.uid, key),
                "current": key == step,
                "number": number,
            }
            for number, (key, title) in enumerate(one_form.steps_of(aid), 1)
        ],
        "page": page,
        "members": view["members"],
        "shared": [row | {"name": names.get(row["person"], "")} for row in body.get("shared", ())],
        "once": handed.token(request),
        "seen": case.version,
        "insisting": case.state == "VER_NOT_FIT",
        "correcting": case.state == "CORRECTION",
        "promises": application.promises(aid),
        "aid": aid,
        **_places(request, case, frame.asks_place),
    }
    if step == "confirm":
        context["summary"] = one_form.summary(body, members)
    if data is None or page.adding:
        return render(request, "intake/one_form.html", context)
    try:
        if step == "confirm":
            application.submit_application(
                actor,
                uid,
                commitment=bool(data.get("commitment")),
                place=_place(request, case, frame.asks_place),
                seen=handed.version(request),
                once=context["once"],
            )
            messages.success(request, "申请已提交，工作人员会在规定时间内答复是否受理。")
            return redirect(frame.case_url(case.uid))
        application.save_draft(actor, uid, page.merged())
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, frame.case_url(case.uid))
        return handed.refused(request, "intake/one_form.html", context, refusal)
    messages.success(request, "已保存。")
    return redirect(frame.form_url(case.uid, one_form.after(step, aid)))
