"""At the window: signing the consent, the one form. The same screens as on the phone, in our frame."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.intake import screens
from jiuzhu.office.work.page import staff_only

FRAME = screens.Frame(
    template="ui/frame_office.html",
    case_url=lambda uid: reverse("office:case", args=[uid]),
    signers_url=lambda uid: reverse("office:signers", args=[uid]),
    sign_url=lambda uid, person: reverse("office:sign", args=[uid, person]),
    form_url=lambda uid, step: reverse("office:form", args=[uid, step]),
    obligors_url=lambda uid: reverse("office:obligors", args=[uid]),
    obligor_sign_url=lambda uid, obligor: reverse("office:obligor-sign", args=[uid, obligor]),
    asks_place=True,
)


@staff_only
def signers(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.signers(request, FRAME, uid)


@staff_only
def sign(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    return screens.sign(request, FRAME, uid, person)


@staff_only
@require_POST
def obligors(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.obligors(request, FRAME, uid)


@staff_only
def sign_obligor(request: HttpRequest, uid: UUID, obligor: int) -> HttpResponse:
    return screens.sign_obligor(request, FRAME, uid, obligor)


@staff_only
def one_form(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    return screens.one_form_page(request, FRAME, uid, step)
