"""The part of the one door that window, village and phone share: need, matters, consent; and what became of it."""

from __future__ import annotations

from typing import Any

from django import forms

from jiuzhu.accounts.models import Organisation
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor import queries


class DoorForm(forms.Form):
    """Told once in plain words; one or several matters ticked."""

    need = forms.CharField(
        label="需要什么帮助",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="用平常话写，几句就行",
    )
    causes = forms.MultipleChoiceField(
        label="困难原因（可多选）",
        choices=list(choices("cause").items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own = forms.MultipleChoiceField(label="民政救助", required=False, widget=forms.CheckboxSelectMultiple)
    other = forms.MultipleChoiceField(
        label="其他部门的事项，由我们代为转办", required=False, widget=forms.CheckboxSelectMultiple
    )
    consent = forms.BooleanField(label="本人同意把姓名、号码、电话和诉求转交所选部门", required=False)

    alone = forms.ChoiceField(label="为谁申请", required=False)

    def __init__(
        self, *args: Any, town: Organisation, members: list[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own = queries.own_matters(town)
        self.fields["own"].choices = [(aid.code, aid.name) for aid in own]
        personal = [aid.name for aid in own if aid.per_person]
        if personal and members and len(members) > 1:
            self.fields["alone"].help_text = f"{'、'.join(personal)}为一个人申请，其他为全家"
            self.fields["alone"].choices = [
                ("", "有困难的本人（不选即申请人）"),
                *((str(number), name) for number, name in enumerate(members)),
            ]
        else:
            del self.fields["alone"]
        self.fields["other"].choices = [
            (each.code, f"{each.title}：{each.plain}") for each in queries.other_matters(town)
        ]

    def check(self) -> None:
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise Refusal("E_INPUT", field=self.fields[name].label, problem="、".join(errors).rstrip("。"))

    def values(self) -> dict[str, Any]:
        """What ``receive`` takes besides the family."""
        return {name: value for name, value in self.cleaned_data.items() if name != "alone"}


class LeadForm(forms.Form):
    """A word about somebody in hardship: a name and what is seen are enough."""

    name = forms.CharField(label="谁有困难（姓名）", max_length=60, help_text="不知道全名就写大家怎样称呼")
    village = forms.ChoiceField(label="村（居）")
    text = forms.CharField(label="看到了什么", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    address = forms.CharField(label="住在哪里", max_length=120, required=False)
    phone = forms.CharField(
        label="本人电话", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    incapable = forms.BooleanField(label="本人不能自己表达或决定（需要别人帮着申请）", required=False)

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = (
            [("", "请选择村（居）"), *villages] if len(villages) > 1 else villages
        )

    def check(self) -> None:
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise Refusal("E_INPUT", field=self.fields[name].label, problem="、".join(errors).rstrip("。"))

    def values(self) -> dict[str, Any]:
        """What ``leads.report`` takes besides town and source."""
        given = dict(self.cleaned_data)
        given["village_code"] = given.pop("village")
        return given


class OfficeLeadForm(LeadForm):
    """At the window more is known: from where the word came, the hotline's number, the ID number."""

    source = forms.ChoiceField(label="线索来源")
    order_no = forms.CharField(label="热线工单号", max_length=40, required=False)
    id_no = forms.CharField(label="公民身份号码（知道就填）", max_length=24, required=False)
    informant = forms.CharField(
        label="反映人姓名", max_length=60, required=False, help_text="密封保存，只有经办人能看"
    )
    informant_phone = forms.CharField(label="反映人电话", max_length=20, required=False)

    field_order = (
        *("source", "order_no", "name", "id_no", "village", "address", "phone", "text", "incapable"),
        *("informant", "informant_phone"),
    )

    def __init__(self, *args: Any, sources: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [
            (code, words) for code, words in queries.SOURCES.items() if code in sources
        ]
