"""The one form (W09): five short pages, saved page by page, prefilled from what is known; no page asks twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from jiuzhu.aid_types.base import AidType
from jiuzhu.core import id_numbers, money
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.household.spending import KINDS as SPENDING_KINDS
from jiuzhu.policy.income_kinds import CATEGORIES, income_kinds

STEPS = (
    ("family", "家庭情况"),
    ("income", "收入"),
    ("assets", "财产"),
    ("account", "领钱账户"),
    ("kin", "亲属"),
    ("confirm", "确认提交"),
)
ASSET_KINDS = {
    "cash": "存款、现金、理财",
    "vehicle": "汽车等机动车",
    "small_vehicle": "三轮车、摩托车等小型车辆",
    "dwelling": "住房",
    "nonresidential": "商铺、厂房等",
    "company": "开公司、入股",
    "machine": "大型农机、机械",
}
MOST_ROWS = 20


def steps_of(aid: AidType) -> tuple[tuple[str, str], ...]:
    """The pages this aid asks for: no account where no money is paid; what must be spent beside what comes in."""
    named = {"income": "收支"} if aid.asks_spending else {}
    return tuple((key, named.get(key, title)) for key, title in STEPS if key != "account" or aid.has_money)


def after(step: str, aid: AidType) -> str:
    """The next page of the form; the last one stays."""
    keys = [key for key, _ in steps_of(aid)]
    return keys[min(keys.index(step) + 1, len(keys) - 1)]


class Yuan(forms.CharField):
    """Yuan with at most two decimals ↔ fen."""

    unit = "元"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=16, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse_yuan(text, field=str(self.label))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.params["problem"]) from None


class FamilyForm(forms.Form):
    hardship = forms.CharField(
        label="家庭困难情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(
        self, *args: Any, members: list[tuple[str, str]], allowances: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.allowances = allowances
        reasons = [("", "能正常劳动，或不适用"), *choices("exempt_labour").items()]
        self.members = members
        for uid, name in members:
            self.fields[f"exempt_{uid}"] = forms.ChoiceField(
                label=f"{name}：不能外出劳动的原因", choices=reasons, required=False
            )
            if allowances:
                self.fields[f"other_{uid}"] = forms.ChoiceField(
                    label=f"{name}：正在领取的儿童基本生活费（已选择领取的不再纳入本项救助）",
                    choices=[("", "没有"), *choices("child_allowance").items()],
                    required=False,
                )

    @property
    def exempt_fields(self) -> list[forms.BoundField]:
        found = [self[f"exempt_{uid}"] for uid, _ in self.members]
        return found + ([self[f"other_{uid}"] for uid, _ in self.members] if self.allowances else [])


class _Row(forms.Form):
    blank = "请选择"

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs |= {"empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        for name in ("person", "supports", "holder"):
            if name in self.fields:
                self.fields[name].choices = [("", self.blank), *members]


class IncomeForm(_Row):
    person = forms.ChoiceField(label="谁的收入")
    kind = forms.ChoiceField(
        label="哪种收入",
        choices=[("", "请选择")] + [(key, kind.title) for key, kind in income_kinds().items()],
    )
    month = Yuan(label="平均每月")

    def row(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        return {
            "person": self.cleaned_data["person"],
            "category": income_kinds()[kind].category,
            "kind": kind,
            "month_fen": self.cleaned_data["month"],
        }

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return {"person": row["person"], "kind": row["kind"], "month": _yuan_text(row["month_fen"])}


class AssetForm(_Row):
    person = forms.ChoiceField(label="谁的")
    kind = forms.ChoiceField(label="什么财产", choices=[("", "请选择"), *ASSET_KINDS.items()])
    label = forms.CharField(label="说明", max_length=60, required=False, help_text="如车牌号、房屋地址")
    value = Yuan(label="大约值多少", required=False)

    def row(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "person": given["person"],
            "kind": given["kind"],
            "label": given["label"],
            "value_fen": given["value"] or 0,
        }

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        value = _yuan_text(row["value_fen"]) if row.get("value_fen") else ""
        return {"person": row["person"], "kind": row["kind"], "label": row.get("label", ""), "value": value}


class SpendingForm(_Row):
    """What was paid oneself, after all refunds: medical bills, school at the public price (FRIG art.5, TA-12)."""

    blank = "全家"

    person = forms.ChoiceField(label="为谁花的", required=False)
    kind = forms.ChoiceField(label="哪种支出", choices=[("", "请选择"), *SPENDING_KINDS.items()])
    year = Yuan(label="12个月里自己付的", help_text="报销以后自己出的钱；教育按公办学校收费")

    def row(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"person": given["person"], "kind": given["kind"], "self_paid_fen": given["year"]}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "person": row.get("person", ""),
            "kind": row["kind"],
            "year": _yuan_text(row["self_paid_fen"]),
        }


class KinForm(_Row):
    person = forms.ChoiceField(label="家里哪一位")
    official = forms.CharField(label="工作人员姓名", max_length=60)
    post = forms.CharField(label="在哪里任什么职务", max_length=80)
    relation = forms.CharField(label="是什么亲属关系", max_length=30)

    def row(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return dict(row)


class SupporterForm(_Row):
    supports = forms.ChoiceField(label="赡养（抚养）家里哪一位")
    name = forms.CharField(label="姓名", max_length=60)
    relation = forms.ChoiceField(
        label="是他（她）的",
        choices=[("", "请选择")] + [(c, n) for c, n in choices("relation").items() if c != "0"],
    )
    id_no = forms.CharField(label="公民身份号码（知道就填）", max_length=24, required=False)
    size = forms.IntegerField(label="他（她）家几口人", min_value=1, max_value=20)
    income = Yuan(label="他（她）家每人每月收入")

    def clean_id_no(self) -> str:
        given = self.cleaned_data["id_no"]
        if not given:
            return ""
        try:
            return id_numbers.parse(given).number
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    def row(self) -> dict[str, Any]:
        given = self.cleaned_data
        facts = {"household_size": given["size"], "per_capita_fen": given["income"]}
        return {key: given[key] for key in ("supports", "name", "relation", "id_no")} | {"facts": facts}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        facts = row.get("facts", {})
        return {key: row.get(key, "") for key in ("supports", "name", "relation", "id_no")} | {
            "size": facts.get("household_size", ""),
            "income": _yuan_text(facts.get("per_capita_fen", 0)),
        }


class AccountForm(forms.Form):
    holder = forms.ChoiceField(label="户名（家里哪一位的账户）")
    bank_code = forms.ChoiceField(label="银行", choices=[("", "请选择"), *choices("bank").items()])
    bank_name = forms.CharField(label="开户网点（可不填）", max_length=60, required=False)
    number = forms.CharField(
        label="银行卡号或存折账号",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = members

    def clean_number(self) -> str:
        digits = "".join(self.cleaned_data["number"].split())
        if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
            raise forms.ValidationError("应为8到32位数字")
        return digits


def _yuan_text(fen: int) -> str:
    return money.yuan(int(fen)).replace(",", "")


@dataclass
class Rows:
    """Rows of one kind on a page, with one empty row more when asked for."""

    key: str
    title: str
    form: type[_Row]
    forms: list[_Row]

    @property
    def note(self) -> str:
        """The aid that asks for spending rests on it (TA-12, RIG-01)."""
        return "按实际花费逐项填，至少一项" if self.form is SpendingForm else "没有就空着"

    @property
    def filled(self) -> list[_Row]:
        return [form for form in self.forms if form.has_changed()]


_ROWS: dict[str, tuple[tuple[str, str, type[_Row]], ...]] = {
    "income": (("incomes", "收入", IncomeForm),),
    "assets": (("assets", "财产", AssetForm),),
    "kin": (
        ("kin", "在民政、村（居）工作的近亲属", KinForm),
        ("obligors", "不在一起住的子女、父母等", SupporterForm),
    ),
}


SPENDINGS = ("spendings", "家里必须花的钱", SpendingForm)


class Page:
    """One page of the form: its forms drawn from the draft or from what was typed, and the draft it makes."""

    def __init__(
        self,
        step: str,
        body: dict[str, Any],
        members: list[tuple[str, str]],
        data: Any = None,
        *,
        aid: AidType,
    ) -> None:
        self.step, self.body, self.data = step, body, data
        adding = (data.get("action", "") if data is not None else "").removeprefix("add-")
        asked = _ROWS.get(step, ())
        if step == "income" and aid.asks_spending:
            asked = (SPENDINGS, *asked)
        self.rows = [self._rows(key, title, form, members, key == adding) for key, title, form in asked]
        self.family = self.account = None
        if step == "family":
            initial = {"hardship": body.get("hardship", "")}
            initial |= {f"exempt_{uid}": code for uid, code in body.get("exemptions", {}).items()}
            initial |= {f"other_{uid}": code for uid, code in body.get("other_aid", {}).items()}
            self.family = FamilyForm(
                data, members=members, initial=initial, allowances=aid.support is not None
            )
        if step == "account":
            self.account = AccountForm(data, members=members, initial=body.get("account") or {})

    def _rows(
        self, key: str, title: str, form: type[_Row], members: list[tuple[str, str]], adding: bool
    ) -> Rows:
        if self.data is None:
            saved = [
                form(None, prefix=f"{key}{n}", members=members, initial=form.initial_of(row))
                for n, row in enumerate(self.body.get(key) or ())
            ]
            return Rows(key, title, form, saved or [form(None, prefix=f"{key}0", members=members)])
        given = self.data.get(f"{key}-count", "1")
        count = min(int(given) if given.isdigit() else 1, MOST_ROWS) + adding
        return Rows(
            key, title, form, [form(self.data, prefix=f"{key}{n}", members=members) for n in range(count)]
        )

    @property
    def adding(self) -> bool:
        return self.data is not None and str(self.data.get("action", "")).startswith("add-")

    def merged(self) -> dict[str, Any]:
        """The draft with this page put in. Raises E_INPUT naming the first field of a wrong shape."""
        body = dict(self.body)
        for rows in self.rows:
            _check(rows.filled)
            body[rows.key] = [form.row() for form in rows.filled]
        if self.family:
            _check([self.family])
            given = self.family.cleaned_data
            body["hardship"] = given["hardship"]
            for part, prefix in (("exemptions", "exempt_"), ("other_aid", "other_")):
                body[part] = {
                    name.removeprefix(prefix): code
                    for name, code in given.items()
                    if name.startswith(prefix) and code
                }
        if self.account:
            _check([self.account])
            body["account"] = dict(self.account.cleaned_data)
        return body


def _check(forms_: list[Any]) -> None:
    for form in forms_:
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise Refusal("E_INPUT", field=form.fields[name].label, problem="、".join(errors).rstrip("。"))


def summary(body: dict[str, Any], members: list[tuple[str, str]]) -> dict[str, Any]:
    """What was filled in, in words, to be read once more before it is sent; the account number stays masked."""
    names = dict(members)
    account = body.get("account") or {}
    return {
        "hardship": body.get("hardship", ""),
        "incomes": [
            {"name": names.get(row["person"], ""), "kind": _kind_words(row), "month_fen": row["month_fen"]}
            for row in body.get("incomes", ())
        ],
        "shared": [
            {"name": names.get(row["person"], ""), "kind": row["kind"], "month_fen": row["month_fen"]}
            for row in body.get("shared", ())
        ],
        "assets": [
            {
                "name": names.get(row["person"], ""),
                "kind": ASSET_KINDS.get(row["kind"], row["kind"]),
                "label": row.get("label", ""),
                "value_fen": row.get("value_fen", 0),
            }
            for row in body.get("assets", ())
        ],
        "spendings": [
            {
                "name": names.get(row.get("person", ""), "全家"),
                "kind": SPENDING_KINDS.get(row["kind"], row["kind"]),
                "self_paid_fen": row["self_paid_fen"],
            }
            for row in body.get("spendings", ())
        ],
        "account": {
            "holder": names.get(account.get("holder", ""), ""),
            "bank": choices("bank").get(account.get("bank_code", ""), ""),
            "number": id_numbers.mask_account(account["number"]),
        }
        if account.get("number")
        else None,
        "kin": body.get("kin", ()),
        "obligors": [row | {"supports": names.get(row["supports"], "")} for row in body.get("obligors", ())],
    }


def _kind_words(row: dict[str, Any]) -> str:
    kind = income_kinds().get(row["kind"])
    return f"{CATEGORIES.get(row['category'], '')}·{kind.title if kind else row['kind']}"
