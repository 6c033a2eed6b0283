"""Every request runs behind the database fence of the person asking; refusals become pages."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuzhu.accounts.actor import drop_fence, fence
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import steady
from jiuzhu.ui.asker import asker_of

UNSTORABLE = (DataError, UnicodeEncodeError)


class AskerMiddleware:
    """Sets ``request.asker`` (Actor or None) and raises the row-level fence around the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with steady():
            request.asker = asker_of(request)
            if request.asker is None:
                return self.get_response(request)
            try:
                with fence(request.asker):
                    return self.get_response(request)
            finally:
                drop_fence()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal nobody caught: its sentence, its code and the next step; nothing was changed."""
        if isinstance(exception, UNSTORABLE):
            exception = unstorable()
        return refused(request, exception) if isinstance(exception, Refusal) else None


def unstorable() -> Refusal:
    """What is said when the database cannot hold what was sent: a null character, half a character, an endless number."""
    return Refusal("E_INPUT", field="提交的内容", problem="含有不能保存的字符或数字")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page (or, for htmx, the box) that says why not."""
    if getattr(request, "htmx", False):
        response = render(request, "ui/parts/refusal_box.html", {"refusal": refusal}, status=refusal.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#refusal", "innerHTML"
        return response
    context = {"refusal": refusal, "back": request.META.get("HTTP_REFERER", "")}
    return render(request, "ui/refused.html", context, status=refusal.status)
