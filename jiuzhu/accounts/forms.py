"""Signing in: no mail, so no link for a forgotten password; the administrator sets a new one."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms


class StaffLoginForm(LoginForm):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["login"].label = "工号"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = "忘记密码请找系统管理员重设"
        self.fields["password"].widget.attrs.pop("placeholder", None)


class OwnPasswordForm(ChangePasswordForm):
    """A new password is not the old one; otherwise the administrator's would stay in use."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, label in (
            ("oldpassword", "现在的密码"),
            ("password1", "新密码"),
            ("password2", "再输一遍"),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = "至少10位，不要用姓名、工号和常见密码"

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("新密码不能与现在的密码相同")
        return str(password)
