"""Staff accounts are opened by the administrator, never by sign-up; secrets of second factors lie sealed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jiuzhu.core import sealing

_PLACE = "mfa_authenticator.data"


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **named: Any) -> bool:
        """The password once more before a second factor is changed, not before the first one is enrolled."""
        return is_mfa_enabled(self.request.user)

    def set_password(self, user: Any, password: str) -> None:
        """Chosen by its owner: nobody else knows it any more."""
        user.password_given = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def pre_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse | None:
        if settings.DEMO or not user.is_demo:
            return super().pre_login(request, user, **named)
        return self.respond_user_inactive(request, user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Whoever reads the database cannot compute anybody's codes."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(text.encode(), _PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(base64.b64decode(encrypted_text), _PLACE).decode()
