"""The few questions of an intention: where, who, what hardship. Shapes only; the law judges the case (D1)."""

from __future__ import annotations

from typing import Any

from django import forms

from jiuzhu.aid_types.base import AidType
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy import composition

MOST_PEOPLE = 15
FIRST_ROWS = 3


def _select(
    scheme: str, label: str, *, blank: str = "请选择", required: bool = False, leave_out: tuple[str, ...] = ()
) -> forms.ChoiceField:
    options = [("", blank)] + [
        (code, name) for code, name in choices(scheme).items() if code not in leave_out
    ]
    return forms.ChoiceField(label=label, choices=options, required=required)


_FIRST = ("name", "id_no", "relation", "phone")


class PersonForm(forms.Form):
    """One person: name, number, relation; the rest may stay open and is looked at later."""

    name = forms.CharField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    id_no = forms.CharField(
        label="公民身份号码",
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    relation = _select("relation", "与申请人关系", required=True, leave_out=("0",))
    phone = forms.CharField(
        label="手机号", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    marital = _select("marital", "婚姻", blank="不清楚", leave_out=("20", "90"))
    health = _select("health", "健康", blank="不清楚")
    labour = _select("labour", "劳动能力", blank="不清楚")
    employment = _select("employment", "现在做什么", blank="不清楚")
    disability_category = _select("disability_category", "残疾类别", blank="没有残疾证")
    disability_grade = _select("disability_grade", "残疾等级", blank="没有残疾证")
    disability_until = forms.DateField(
        label="残疾证有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="到期后系统提示换证",
    )
    serious_illness = forms.CharField(
        label="重病病种", max_length=20, required=False, help_text="医院确诊的重病，没有就空着"
    )

    exclude_code = forms.ChoiceField(
        label="现在不在家", choices=[("", "在家"), *composition.SITUATIONS.items()], required=False
    )
    exclude_until = forms.DateField(
        label="到哪天回来（刑期、服役期满）",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="到期后系统提示重新计算家庭人口",
    )

    refusal: Refusal | None = None

    @property
    def more(self) -> list[forms.BoundField]:
        """What need not be known with the first word."""
        return [field for field in self if field.name not in _FIRST]

    @property
    def more_said(self) -> bool:
        """Whether any of it was said, or said wrongly: then it stands open."""
        return any(field.value() or field.errors for field in self.more)

    def clean_id_no(self) -> str:
        try:
            return id_numbers.parse(self.cleaned_data["id_no"], on=clock.today()).number
        except Refusal as refusal:
            self.refusal = refusal
            raise forms.ValidationError(refusal.sentence) from None

    def row(self) -> dict[str, Any]:
        """What ``register_intention`` takes: a day of return belongs to somebody who is away (AS-57), an end of a
        certificate to somebody who has one.
        """
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        for day, of in (("exclude_until", "exclude_code"), ("disability_until", "disability_grade")):
            until = said.pop(day, None)
            if until and said.get(of):
                said[day] = until.isoformat()
        return said


class ApplicantForm(PersonForm):
    """The applicant himself, always the first row (relation 0)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("relation", "exclude_code", "exclude_until"):
            del self.fields[name]

    def row(self) -> dict[str, Any]:
        return super().row() | {"relation": "0"}


class WishForm(forms.Form):
    """Which aid, and whether for the family or for one of it (DB-05, a person's own aid)."""

    aid_type = forms.ChoiceField(label="申请哪种救助", required=False)
    alone = forms.ChoiceField(
        label="为谁申请", required=False, help_text="单人户、特困供养等为一个人申请，其他为全家"
    )

    def __init__(self, *args: Any, aids: list[AidType], rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aids = {aid.code: aid for aid in aids}
        self.fields["aid_type"].choices = [(aid.code, aid.name) for aid in aids]
        self.fields["alone"].choices = [
            ("", "全家（为一个人的救助：申请人本人）"),
            ("p0", "只为申请人本人"),
            *((f"p{number}", f"只为第 {number} 位家人") for number in range(1, rows + 1)),
        ]

    def values(self, people: dict[str, str]) -> dict[str, Any]:
        """``people`` maps rows to ID numbers of those filled in."""
        alone = self.cleaned_data["alone"]
        if alone and alone not in people:
            raise Refusal("E_INPUT", field="为谁申请", problem="请先填写这位家人")
        aid_type = self.cleaned_data["aid_type"] or next(iter(self.aids))
        return {"aid_type": aid_type, "for_person": people.get(alone, "")}


class HomeForm(forms.Form):
    """Where the family lives and what is hard."""

    village = forms.ChoiceField(label="村（居）")
    area_type = forms.ChoiceField(
        label="户口性质",
        choices=[("RURAL", "农村"), ("URBAN", "城市")],
        widget=forms.RadioSelect,
        initial="RURAL",
    )
    address = forms.CharField(
        label="家庭住址", max_length=120, required=False, help_text="写到门牌号或村民小组"
    )
    causes = forms.MultipleChoiceField(
        label="困难原因（可多选）",
        choices=list(choices("cause").items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hardship = forms.CharField(
        label="说说您家的困难",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="用自己的话写，几句就行",
    )

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = (
            [("", "请选择村（居）"), *villages] if len(villages) > 1 else villages
        )


class FamilyForms:
    """All forms of the page together; ``action=add`` gives one more empty row without a script."""

    def __init__(
        self,
        data: Any,
        *,
        villages: list[tuple[str, str]],
        aids: list[AidType],
        applicant: dict[str, str] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        said = initial or {}
        rows = said.get("people", [])
        count = max(_count(data), len(rows) - 1) if data is None else _count(data)
        if data is not None and data.get("action") == "add":
            count = min(count + 1, MOST_PEOPLE)
        self.count = count
        bound = data is not None
        self.adding = bound and data.get("action") == "add"
        self.wish = WishForm(data, prefix="wish", aids=aids, rows=count, initial=said)
        self.home = HomeForm(data, prefix="home", villages=villages, initial=said)
        self.applicant = ApplicantForm(
            data, prefix="p0", initial=(rows[0] if rows else {}) | (applicant or {})
        )
        self.others = [
            PersonForm(
                data,
                prefix=f"p{number}",
                initial=rows[number] if number < len(rows) else {},
                empty_permitted=True,
                use_required_attribute=False,
            )
            for number in range(1, count + 1)
        ]
        if self.adding:
            for form in (self.wish, self.home, self.applicant, *self.others):
                form.is_bound, form.initial = False, _typed(form, data)

    @property
    def everyone(self) -> list[PersonForm]:
        return [self.applicant, *[form for form in self.others if form.has_changed()]]

    def check(self) -> None:
        """E_ID for a wrong number, E_INPUT for anything else of a wrong shape; typed values stay."""
        forms_ = [self.wish, self.home, *self.everyone]
        bad = [form for form in forms_ if not form.is_valid()]
        for form in bad:
            if isinstance(form, PersonForm) and form.refusal:
                raise form.refusal
        for form in bad:
            name, errors = next(iter(form.errors.items()))
            raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))

    def values(self) -> dict[str, Any]:
        """What ``register_intention`` takes besides town and channel."""
        home = self.home.cleaned_data
        people = {str(form.prefix): form.cleaned_data["id_no"] for form in self.everyone}
        return self.wish.values(people) | {
            "village_code": home["village"],
            "area_type": home["area_type"],
            "address": home["address"],
            "hardship": home["hardship"],
            "causes": home["causes"],
            "people": [form.row() for form in self.everyone],
        }


def _count(data: Any) -> int:
    given = (data.get("people") or "") if data is not None else ""
    return min(max(int(given), 1), MOST_PEOPLE) if given.isdigit() else FIRST_ROWS


def _typed(form: forms.Form, data: Any) -> dict[str, Any]:
    """What was typed so far, shown again without complaints."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
