"""Signing in: no mail, so no link for a forgotten password; the administrator sets a new one."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm


class StaffLoginForm(LoginForm):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["login"].label = "工号"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = "忘记密码请找系统管理员重设"
        self.fields["password"].widget.attrs.pop("placeholder", None)
