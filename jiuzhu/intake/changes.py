"""The form of a change report: what happened, to whom, when."""

from __future__ import annotations

from typing import Any

from django import forms

from jiuzhu.core.refusal import Refusal
from jiuzhu.intake.models import ChangeReport


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(label="发生了什么", choices=ChangeReport.KINDS, widget=forms.RadioSelect)
    village = forms.ChoiceField(label="村（居）")
    person = forms.CharField(label="是谁（姓名）", max_length=60, required=False)
    happened_on = forms.DateField(
        label="哪一天", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(
        label="情况说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = villages
        if len(villages) == 1:
            self.fields["village"].initial = villages[0][0]

    def check(self) -> None:
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise Refusal("E_INPUT", field=self.fields[name].label, problem="、".join(errors).rstrip("。"))

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "village_code": given["village"],
            "person": given["person"],
            "happened_on": given["happened_on"],
            "text": given["text"],
        }
