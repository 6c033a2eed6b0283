"""急难 on one page: what happened to whom; for a clerk beside the person, what was handed over. Few fields, big ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.cases.emergencies import KINDS
from jiuzhu.core.money import parse_yuan, yuan
from jiuzhu.core.refusal import Refusal

_MINUTE = "%Y-%m-%dT%H:%M"


class Checked(forms.Form):
    """A form whose first fault is a refusal, as everywhere."""

    def check(self) -> None:
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            field = self.fields.get(name)
            label = field.label if field else "表单"
            raise Refusal("E_INPUT", field=label, problem="、".join(errors).rstrip("。"))


def _moment(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE),
    )


CARRIED = {
    "name": "p0-name",
    "id_no": "p0-id_no",
    "phone": "p0-phone",
    "village": "home-village",
    "place": "home-address",
    "summary": "need",
}


def carried(request: HttpRequest) -> dict[str, str] | None:
    """What was typed at the one door before "this cannot wait" was pressed; None for any other request."""
    if request.POST.get("action") != "carry":
        return None
    return {name: value for name, field in CARRIED.items() if (value := request.POST.get(field, "").strip())}


class ReportForm(Checked):
    """E1, W32. Name and cause will do; a number or a guess of the age says who it is."""

    cause = forms.ChoiceField(label="发生了什么", widget=forms.RadioSelect)
    name = forms.CharField(label="谁遇到困难（姓名）", max_length=60)
    id_no = forms.CharField(
        label="公民身份号码", max_length=18, required=False, help_text="不知道可以不填，填大约年龄"
    )
    age = forms.IntegerField(label="大约年龄", min_value=0, max_value=120, required=False)
    village = forms.ChoiceField(label="在哪个村（居）")
    phone = forms.CharField(label="电话", max_length=20, required=False)
    place = forms.CharField(label="具体地点", max_length=120, required=False)
    summary = forms.CharField(
        label="情况", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reporter_name = forms.CharField(label="谁报告的", max_length=60, required=False)
    reported_at = _moment("什么时候知道的", "不填就是现在")

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = list(reporting.urgent_aid().hardship_causes.items())
        self.fields["village"].choices = villages
        self.fields["age"].widget.attrs["inputmode"] = "numeric"

    def report(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "village_code": given["village"],
            **{
                name: given[name]
                for name in (
                    "name",
                    "cause",
                    "id_no",
                    "age",
                    "phone",
                    "place",
                    "summary",
                    "reporter_name",
                    "reported_at",
                )
            },
        }


class AidForm(Checked):
    """E2, W33. What is given, how much, by whom together; the signature is beside the form."""

    kind = forms.ChoiceField(label="给什么", choices=KINDS, widget=forms.RadioSelect, initial="CASH")
    amount = forms.CharField(
        label="金额（元）", max_length=12, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    second = forms.TypedChoiceField(label="第二经办人", coerce=int)
    what = forms.CharField(label="实物名称或转介去向", max_length=200, required=False)
    receiver_name = forms.CharField(
        label="代收人", max_length=60, required=False, help_text="不是本人签收时填写"
    )
    delivered_at = _moment("什么时候给的", "不填就是现在")
    good_reason = forms.CharField(
        label="再次救助的理由", max_length=200, required=False, help_text="十二个月内同一事由救助过才填"
    )

    def __init__(self, *args: Any, colleagues: list[Any], suggested_fen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = [(each.id, each.name) for each in colleagues]
        self.fields["amount"].initial = yuan(suggested_fen).replace(",", "").removesuffix(".00")

    def clean_amount(self) -> int:
        try:
            return parse_yuan(self.cleaned_data["amount"], field="金额")
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def delivery(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "amount_fen": given["amount"],
            "second_id": given["second"],
            **{
                name: given[name] for name in ("kind", "what", "receiver_name", "delivered_at", "good_reason")
            },
        }
