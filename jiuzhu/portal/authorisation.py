"""Signing the consent: on this phone, or by a link or QR code on the member's own phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.accounts.actor import CITIZEN, Actor, fence
from jiuzhu.cases import queries
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed, screens
from jiuzhu.people.queries import members_of
from jiuzhu.portal import attempts
from jiuzhu.portal.asking import citizen_only

SALT, LINK_DAYS = "portal.sign", 7
FRAME = screens.Frame(
    template="ui/frame_portal.html",
    case_url=lambda uid: reverse("portal:case", args=[uid]),
    signers_url=lambda uid: reverse("portal:signers", args=[uid]),
    sign_url=lambda uid, person: reverse("portal:sign", args=[uid, person]),
    form_url=lambda uid, step: reverse("portal:form", args=[uid, step]),
    link_url=lambda uid, person: reverse("portal:sign_link", args=[uid, person]),
    obligors_url=lambda uid: reverse("portal:obligors", args=[uid]),
    obligor_sign_url=lambda uid, obligor: reverse("portal:obligor_sign", args=[uid, obligor]),
)


@citizen_only
def signers(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.signers(request, FRAME, uid)


@citizen_only
def sign(request: HttpRequest, uid: UUID, person_uid: UUID) -> HttpResponse:
    return screens.sign(request, FRAME, uid, person_uid)


@citizen_only
@require_POST
def obligors(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.obligors(request, FRAME, uid)


@citizen_only
def sign_obligor(request: HttpRequest, uid: UUID, obligor: int) -> HttpResponse:
    return screens.sign_obligor(request, FRAME, uid, obligor)


@citizen_only
def sign_link(request: HttpRequest, uid: UUID, person_uid: UUID) -> HttpResponse:
    """A link and a QR code for one member; it expires and opens nothing but this signature."""
    case = queries.case_for(request.asker, uid)
    person = _member(case, person_uid)
    if person is None:
        raise Refusal("E_NOT_FOUND", what="家庭成员")
    url = request.build_absolute_uri(reverse("portal:sign_by_link", args=[make_token(case, person)]))
    return render(
        request,
        "portal/sign_link.html",
        {
            "page_title": f"请{person.name}签字",
            "back_url": FRAME.signers_url(uid),
            "name": person.name,
            "url": url,
            "qr": segno.make(url, error="m").svg_data_uri(scale=5, border=2),
            "days": LINK_DAYS,
        },
    )


def make_token(case: Any, person: Any) -> str:
    return signing.dumps(
        {"c": str(case.uid), "p": str(person.uid), "h": case.household_id}, salt=SALT, compress=True
    )


def _member(case: Any, person_uid: Any) -> Any:
    members = members_of(case.household, clock.today())
    return next((each.person for each in members if str(each.person.uid) == str(person_uid)), None)


def sign_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A member elsewhere: last six of the ID number first, then the same page as at home."""
    try:
        given = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 24 * 3600)
    except signing.BadSignature:
        raise Refusal("E_LINK") from None
    opener = Actor(
        kind=CITIZEN,
        id=None,
        name="签字人",
        role="APPLICANT",
        household_id=given["h"],
        client=request.META.get("REMOTE_ADDR", ""),
    )
    with fence(opener):
        case = queries.case_for(opener, given["c"], purpose="签署授权")
        person = _member(case, given["p"])
        if person is None:
            raise Refusal("E_LINK")
        if request.session.get("signs_for") != given["p"]:
            return _prove(request, token, case, person)
        signer = Actor(
            kind=CITIZEN,
            id=None,
            name=person.name,
            role="APPLICANT",
            person_id=person.id,
            household_id=given["h"],
            client=opener.client,
        )
        return screens.sign_page(
            request,
            signer,
            case,
            person_uid=str(person.uid),
            name=person.name,
            frame="ui/frame_portal.html",
            back_url="",
            done_url=reverse("portal:signed_by_link"),
        )


def _prove(request: HttpRequest, token: str, case: Any, person: Any) -> HttpResponse:
    context = {"page_title": "请先确认是本人", "aid": screens.consent_words(case)["aid"], "person": person}
    if request.method != "POST" or "last6" not in request.POST:
        return render(request, "portal/prove.html", context)
    try:
        attempts.check("sign", str(person.uid))
        if id_numbers.normalise(request.POST["last6"]) != person.id_no[-6:]:
            attempts.failed("sign", str(person.uid))
            raise Refusal("E_SIGN_IN")
    except Refusal as refusal:
        return handed.refused(request, "portal/prove.html", context, refusal)
    attempts.passed("sign", str(person.uid))
    request.session["signs_for"] = str(person.uid)
    return redirect(request.path)


def signed_by_link(request: HttpRequest) -> HttpResponse:
    """Thanks; whoever signed by a link sees nothing more of the case."""
    request.session.pop("signs_for", None)
    return render(request, "portal/signed.html", {"page_title": "签字完成"})
