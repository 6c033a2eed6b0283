"""「能不能申请、大概多少」: a few questions, the law's own answer, the next step. Nothing is kept without consent.

Asked without names or numbers, answered on the same page; only who agrees takes the answers along to the intention.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import self_check
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import choices
from jiuzhu.intake import places
from jiuzhu.intake.one_form import Yuan
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy import composition, evidence

KEPT = "self_check"
FIRST_ROWS, MOST_ROWS = 1, 10
_UNSURE = ("", "不清楚")
_YES_NO = [_UNSURE, ("yes", "有"), ("no", "没有")]
_VERDICTS = {
    self_check.LIKELY: ("可能符合", "green"),
    self_check.UNSURE: ("说不准", "orange"),
    self_check.UNLIKELY: ("可能不符合", "grey"),
}


class PersonForm(forms.Form):
    """One of the family, without a name."""

    relation = forms.ChoiceField(
        label="是您的",
        choices=[("", "请选择")] + [(c, n) for c, n in choices("relation").items() if c != "0"],
    )
    age = forms.IntegerField(
        label="年龄", min_value=0, max_value=120, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    able = forms.ChoiceField(
        label="能不能干活",
        choices=[_UNSURE, ("FULL", "能"), ("PART", "只能干轻活"), ("NONE", "不能"), ("STUDENT", "在上学")],
        required=False,
    )
    disability = forms.ChoiceField(
        label="残疾证",
        choices=[
            ("", "没有"),
            ("4-2", "一级、二级"),
            ("5-3", "三级（智力、精神）"),
            ("4-4", "其他等级"),
        ],
        required=False,
    )
    ill = forms.ChoiceField(label="大病", choices=[("", "没有"), ("yes", "有")], required=False)
    wage = Yuan(label="每月挣多少", required=False)
    pension = Yuan(label="每月养老金", required=False)

    def member(self, ref: str, on: date, regime: str, local: bool | None) -> evidence.Member:
        given = self.cleaned_data
        age, relation = int(given["age"]), given.get("relation", "0")
        able = given["able"] or ("MINOR" if age < 16 else "ELDER" if age >= 60 else "FULL")
        category, _, grade = given["disability"].partition("-")
        born_on = add_months(on, -12 * age)
        placed = composition.place(
            evidence.Person(
                ref,
                relation,
                born_on,
                student=able == "STUDENT",
                can_live_alone=able != "NONE",
                has_support_duty=relation in ("4", "5", "6", "7"),
            ),
            on=on,
            regime=regime,
        )
        return evidence.Member(
            ref=ref,
            relation=relation,
            sex="0",
            born_on=born_on,
            disability_category=category,
            disability_grade=grade,
            serious_illness="重病" if given["ill"] else "",
            labour=able,
            student=able == "STUDENT",
            exclude="" if placed.counted else placed.rule,
            local_hukou=local,
        )


class MyselfForm(PersonForm):
    """The asker, the first row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["relation"]


class HomeForm(forms.Form):
    """Where, what the family owns, what it had to pay, what struck it."""

    county = forms.ChoiceField(label="哪个县（市、区）")
    area_type = forms.ChoiceField(
        label="户口性质",
        choices=[("RURAL", "农村"), ("URBAN", "城市")],
        widget=forms.RadioSelect,
        initial="RURAL",
    )
    hukou = forms.ChoiceField(label="有没有人户口在本地", choices=_YES_NO, required=False)
    duty = forms.ChoiceField(label="有没有不在一起住的子女、父母、配偶", choices=_YES_NO, required=False)
    given = Yuan(label="他们每月给多少", required=False, help_text="没有就空着")
    business = Yuan(label="种地、养殖、做生意一年净挣", required=False, help_text="没有就空着")
    other = Yuan(label="房租等其他收入每月", required=False, help_text="没有就空着")
    cash = Yuan(label="存款、理财一共", required=False, help_text="不清楚就空着")
    cars = forms.ChoiceField(
        label="汽车", choices=[_UNSURE, ("0", "没有"), ("1", "一辆"), ("2", "两辆以上")], required=False
    )
    car_price = Yuan(label="汽车买的时候多少钱", required=False)
    homes = forms.ChoiceField(
        label="住房",
        choices=[_UNSURE, ("0", "没有"), ("1", "一套"), ("2", "两套"), ("3", "三套以上")],
        required=False,
    )
    area = forms.IntegerField(
        label="住房一共多少平方米",
        min_value=1,
        max_value=5000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    shop = forms.ChoiceField(label="商铺、厂房", choices=_YES_NO, required=False)
    company = forms.ChoiceField(label="开公司、入股", choices=_YES_NO, required=False)
    medical = Yuan(label="一年看病自己付", required=False, help_text="报销以后的，没有就空着")
    school = Yuan(label="一年上学自己付", required=False, help_text="按公办学校收费")
    living = Yuan(label="一年其他必须花的大钱", required=False)
    sudden = forms.ChoiceField(label="最近有没有遇到急事", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "请选择")] + [
            (str(each.id), each.name) for each in places.counties()
        ]
        causes = [(code, name) for code, name in choices("ta_cause").items() if code < "20"]
        self.fields["sudden"].choices = [("", "没有"), *causes]


class Questions:
    """All questions of the page, and the evidence they make."""

    def __init__(self, data: Any) -> None:
        given = data.get("people", "") if data is not None else ""
        count = min(max(int(given), 1), MOST_ROWS) if given.isdigit() else FIRST_ROWS
        self.adding = data is not None and data.get("action") == "add"
        self.count = min(count + self.adding, MOST_ROWS)
        self.home = HomeForm(data, prefix="home")
        self.myself = MyselfForm(data, prefix="p0")
        self.others = [
            PersonForm(data, prefix=f"p{number}", empty_permitted=True, use_required_attribute=False)
            for number in range(1, self.count + 1)
        ]

    @property
    def family(self) -> list[PersonForm]:
        return [self.myself, *(form for form in self.others if form.has_changed())]

    def valid(self) -> bool:
        return all([form.is_valid() for form in (self.home, *self.family)])

    def problems(self) -> list[str]:
        return [
            f"{form.fields[name].label}：{'、'.join(errors)}"
            for form in (self.home, *self.family)
            for name, errors in form.errors.items()
        ]

    def said(self, on: date, regime: str) -> evidence.Evidence:
        """What was answered, as evidence; the departments whose matter was answered count as heard."""
        home = self.home.cleaned_data
        local = {"yes": True, "no": False}.get(home["hukou"])
        members = tuple(form.member(f"p{n}", on, regime, local) for n, form in enumerate(self.family))
        spendings = {"MEDICAL": home["medical"], "EDUCATION": home["school"], "OTHER": home["living"]}
        return evidence.Evidence(
            as_of=on,
            aid_type="",
            area_type=home["area_type"],
            members=members,
            incomes=tuple(self._incomes(home)),
            assets=tuple(_assets(home)),
            supporters=_supporters(home),
            rigid_expense_fen=home["medical"] or 0,
            answered=tuple(_heard(home)),
            spendings=tuple(evidence.Spending("", kind, fen) for kind, fen in spendings.items() if fen),
        )

    def _incomes(self, home: dict[str, Any]) -> Any:
        pension = "basic_pension" if home["area_type"] == "RURAL" else "pension"
        for number, form in enumerate(self.family):
            ref, given = f"p{number}", form.cleaned_data
            if given["wage"]:
                yield evidence.Income(ref, "W", "wage", 12 * given["wage"])
            if given["pension"]:
                yield evidence.Income(ref, "T", pension, 12 * given["pension"])
        if home["business"]:
            yield evidence.Income("p0", "B", "farm", home["business"])
        if home["other"]:
            yield evidence.Income("p0", "O", "other", 12 * home["other"])

    def causes(self) -> tuple[str, ...]:
        """TA-02: what struck the family, what it had to pay."""
        home = self.home.cleaned_data
        spent = {"21": home["medical"], "22": home["school"], "24": home["living"]}
        told = [home["sudden"]] if home["sudden"] else []
        return (*told, *(code for code, fen in spent.items() if fen))


def _assets(home: dict[str, Any]) -> Any:
    if home["cash"]:
        yield evidence.Asset("p0", "cash", value_fen=home["cash"])
    for number in range(int(home["cars"] or 0)):
        yield evidence.Asset("p0", "vehicle", f"第{number + 1}辆", value_fen=home["car_price"] or 0)
    count = int(home["homes"] or 0)
    for number in range(count):
        area = 10 * (home["area"] or 0) // count
        yield evidence.Asset("p0", "dwelling", f"第{number + 1}套", area_m2_tenths=area)
    if home["shop"] == "yes":
        yield evidence.Asset("p0", "nonresidential", "商铺、厂房")
    if home["company"] == "yes":
        yield evidence.Asset("p0", "company", "公司")


def _supporters(home: dict[str, Any]) -> tuple[evidence.Supporter, ...]:
    if home["duty"] == "no":
        return ()
    given = home["given"]
    return (evidence.Supporter("p0", "2", paid_fen=given or 0),)


def _heard(home: dict[str, Any]) -> Any:
    yield "SB"
    if home["hukou"]:
        yield "HJ"
    if home["cash"] is not None:
        yield "CK"
    if home["cars"]:
        yield "CL"
    if home["homes"] and home["shop"]:
        yield "BDC"
    if home["company"]:
        yield "GS"


def _shown(answer: self_check.Answer, questions: Questions) -> dict[str, Any]:
    word, colour = _VERDICTS[answer.verdict]
    outcome = answer.outcome
    return {
        "aid": answer.aid,
        "word": word,
        "colour": colour,
        "whose": _whose(answer.person, questions),
        "low_fen": answer.low_fen,
        "high_fen": answer.high_fen,
        "outcome": outcome,
        "not_met": [each for each in outcome.not_met],
        "unknown": [each for each in outcome.cannot_tell],
        "likely": answer.verdict != self_check.UNLIKELY,
    }


def _whose(ref: str, questions: Questions) -> str:
    if not ref:
        return "全家"
    if ref == "p0":
        return "您本人"
    form = questions.family[int(ref.removeprefix("p"))]
    relation = choices("relation").get(form.cleaned_data["relation"], "家人")
    return f"您的{relation}（{form.cleaned_data['age']}岁）"


def page(request: HttpRequest) -> HttpResponse:
    """Questions, and after sending them the answers above the same questions. Neither session nor row is made."""
    data = request.POST if request.method == "POST" else None
    questions = Questions(data)
    context: dict[str, Any] = {
        "page_title": "能不能申请、大概多少",
        "back_url": "/",
        "questions": questions,
        "answers": [],
        "problems": [],
    }
    if data is None or questions.adding:
        if questions.adding:
            context["questions"] = _reopened(questions, data)
        return render(request, "portal/self_check.html", context)
    if not questions.valid():
        return render(
            request, "portal/self_check.html", context | {"problems": questions.problems()}, status=422
        )
    county = Organisation.objects.get(pk=questions.home.cleaned_data["county"])
    today = clock.today()
    regime = regime_today(county, today)
    said = questions.said(today, regime)
    values = parameters.parameter_set(county, on=today, area_type=said.area_type, regime=regime)
    found = self_check.check(said, values, regime, causes=questions.causes())
    context |= {
        "answers": [_shown(each, questions) for each in found],
        "county": county,
        "kept": [(key, value) for key, value in data.items() if key.startswith(("home-", "p")) and value],
        "is_sample": any(each.outcome.is_sample for each in found),
        "towns": places.towns(county.id),
        "imputed": any(line.rule == "LAB-02" for each in found for line in each.outcome.lines),
    }
    return render(request, "portal/self_check.html", context)


def _reopened(questions: Questions, data: Any) -> Questions:
    """One more empty row; what was typed stays, nothing is complained about."""
    fresh = Questions(None)
    fresh.count = questions.count
    fresh.others = [PersonForm(None, prefix=f"p{number}") for number in range(1, questions.count + 1)]
    for form in (fresh.home, fresh.myself, *fresh.others):
        form.initial = {
            name: each.widget.value_from_datadict(data, {}, form.add_prefix(name))
            for name, each in form.fields.items()
        }
    return fresh


def take_along(request: HttpRequest) -> HttpResponse:
    """With consent the answers wait in the session for the intention; without it only the way there is shown."""
    where = reverse("portal:where")
    if request.method == "POST" and request.POST.get("consent"):
        questions = Questions(request.POST)
        if questions.valid():
            request.session[KEPT] = _prefill(questions, request.POST.get("aid_type", ""))
            where += f"?county={questions.home.cleaned_data['county']}"
    return redirect(where)


def _prefill(questions: Questions, aid_type: str) -> dict[str, Any]:
    """What the intention asks too: which aid, town or country, who lives together, how able they are."""
    rows = []
    for form in questions.family:
        given = form.cleaned_data
        category, _, grade = given["disability"].partition("-")
        rows.append(
            {
                "relation": given.get("relation", "0"),
                "labour": given["able"],
                "disability_category": category,
                "disability_grade": grade,
                "health": "4" if given["ill"] else "",
            }
        )
    return {
        "aid_type": aid_type,
        "area_type": questions.home.cleaned_data["area_type"],
        "people": rows,
    }


def taken(request: HttpRequest) -> dict[str, Any]:
    """The answers somebody agreed to take along, for the form's first showing; {} when there are none."""
    return dict(request.session.get(KEPT) or {})


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)
