"""Pages every part shares: old page, size and contrast switch, style page."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.ui import samples
from jiuzhu.ui.context import CONTRAST_COOKIE, MODE_COOKIE

YEAR_SECONDS = 365 * 24 * 3600


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token did not match: an old page, or cookies are off."""
    return render(
        request,
        "ui/message.html",
        {
            "title": "页面已过期",
            "sentence": "页面打开太久或浏览器未允许保存登录信息，请返回刷新后重新提交。",
            "code": "E_STALE",
        },
        status=403,
    )


@require_POST
def choose_display(request: HttpRequest) -> HttpResponse:
    """Remember elder mode and contrast for a year and go back to the page; works without scripts."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    response = redirect(wanted if safe else "/")
    for name, cookie, on in (("mode", MODE_COOKIE, "elder"), ("contrast", CONTRAST_COOKIE, "high")):
        if name in request.POST:
            _remember(request, response, cookie, on if request.POST[name] == on else "")
    return response


def _remember(request: HttpRequest, response: HttpResponse, cookie: str, value: str) -> None:
    if value:
        response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(cookie, samesite="Lax")


@require_GET
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component with a live example and its usage; in demo and development only."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return render(request, f"ui/style_{_frame(request)}.html", samples.context())


def _frame(request: HttpRequest) -> str:
    asked = request.GET.get("frame", "")
    return asked if asked in ("portal", "village") else "office"
