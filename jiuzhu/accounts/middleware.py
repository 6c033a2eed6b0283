"""No work with a password somebody else knows, none without the second factor: both are put right first."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

_FREE = ("/accounts/", "/static/", "/demo/")


class OwnPasswordMiddleware:
    """Whoever signed in with a password made by the administrator changes it before anything else (VER-31)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = reverse("account_change_password")
        free = (page, reverse("account_logout"), reverse("ui:display"))
        user = request.user
        if user.is_authenticated and user.password_given and not request.path.startswith(("/static/", *free)):
            return redirect(page)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Invented accounts of a demo city are exempt, and only where ``settings.DEMO`` is true."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and not request.path.startswith(_FREE)
            and not (settings.DEMO and user.is_demo)
            and not is_mfa_enabled(user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)
