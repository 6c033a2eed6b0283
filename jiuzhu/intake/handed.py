"""What every form here carries: its own token, the version of the page, pictures; and how a refusal is shown."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from jiuzhu.core.refusal import Refusal
from jiuzhu.vault import uploads
from jiuzhu.vault.uploads import Picture


def token(request: HttpRequest) -> str:
    """The form's own token: kept while the same form is corrected, fresh for a new one. E_INPUT for a forged one."""
    given = request.POST.get("once", "")
    if not given:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise Refusal("E_INPUT", field="表单标识", problem="页面已损坏，请刷新") from None


def uid(text: str, what: str) -> uuid.UUID:
    """The identifier a form carries; E_NOT_FOUND for a spoilt one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refusal("E_NOT_FOUND", what=what) from None


def version(request: HttpRequest) -> int | None:
    """The version of the case the page was drawn from; a page without one is a stale page."""
    given = request.POST.get("seen", "")
    if given and not given.isdigit():
        raise Refusal("E_INPUT", field="页面版本", problem="页面已损坏，请刷新")
    return int(given) if given else None


def photo(request: HttpRequest, name: str) -> Picture | None:
    """An uploaded picture, checked by content; nothing when none was chosen. Raises E_UPLOAD_SIZE, E_UPLOAD_TYPE."""
    upload = request.FILES.get(name)
    return uploads.picture(upload.read(), upload.name or "图片") if upload else None


def signature(
    request: HttpRequest, name: str = "signature", paper_name: str = "paper"
) -> tuple[Picture, str]:
    """What was signed and how: drawn on the screen, or a photo of the signed paper. E_SEAL when neither is there."""
    paper = photo(request, paper_name)
    if paper:
        return paper, "PAPER"
    return uploads.drawn(request.POST.get(name, "")), "SCREEN"


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The same page with a banner, everything typed still there; nothing was changed."""
    return render(request, template, context | {"refusal": refusal}, status=refusal.status)


def repeated(request: HttpRequest, refusal: Refusal, url: str) -> HttpResponseRedirect:
    """A form sent twice: what the first one did stands, the second shows it."""
    messages.info(request, refusal.sentence)
    return redirect(url)
