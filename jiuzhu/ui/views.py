"""Pages every part shares: what happened when a form came from an old page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token did not match: an old page, or cookies are off."""
    return render(
        request,
        "ui/message.html",
        {"title": "页面已过期", "sentence": "页面打开太久或浏览器未允许保存登录信息，请返回刷新后重新提交。", "code": "E_STALE"},
        status=403,
    )
