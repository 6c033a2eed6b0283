"""A supported person: self-care rated, where he lives, who cares for him, the end of it, the funeral (TK-07..TK-12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.aid_types import registry
from jiuzhu.benefits import support_queries
from jiuzhu.benefits.acts import support as acts
from jiuzhu.benefits.acts import support_stop as stops
from jiuzhu.cases import queries
from jiuzhu.cases.acts import objection, obligors
from jiuzhu.cases.acts import support as rating_acts
from jiuzhu.cases.acts.service import MODES
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.intake.one_form import Yuan
from jiuzhu.office.work.page import case_url, head, refused, staff_only
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

_RATING, _SUPPORT = "office/work/rating.html", "office/work/support.html"
_SIGNERS = (("first", "评估人"), ("second", "另一名评估人"), ("witness", "见证人"))


class RatingForm(forms.Form):
    """W30: six items, each able or not; the level is computed."""

    organisation = forms.CharField(label="评估机构（可不填）", max_length=80, required=False)
    assessor = forms.CharField(label="评估人", max_length=60)
    second_assessor = forms.CharField(label="另一名评估人", max_length=60)
    witness = forms.CharField(label="见证人（村干部、邻居等）", max_length=60)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for key, title in items.items():
            self.fields[f"item_{key}"] = forms.ChoiceField(
                label=title, choices=[("1", "能"), ("0", "不能")], widget=forms.RadioSelect
            )

    @property
    def item_fields(self) -> list[forms.BoundField]:
        return [self[f"item_{key}"] for key in self.items]

    @property
    def able(self) -> dict[str, bool]:
        return {key: self.cleaned_data[f"item_{key}"] == "1" for key in self.items}


@staff_only
def rating(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Rate self-care at the person's home, on a phone or at the desk; three people sign."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    kind = registry.get(case.aid_type).support
    if kind is None:
        raise Refusal("E_STATE", act="自理能力评估", state="该救助类别不评估自理能力")
    form = RatingForm(request.POST or None, items=kind.items, initial={"assessor": actor.name})
    context = head(actor, case) | {
        "page_title": "自理能力评估",
        "form": form,
        "signers": _SIGNERS,
        "levels": list(kind.levels.values()),
        "support": support_queries.view(case),
        "once": handed.token(request),
        "seen": case.version,
        "back": case_url(case),
    }
    if request.method != "POST":
        return render(request, _RATING, context)
    if not form.is_valid():
        return render(request, _RATING, context, status=422)
    try:
        given = form.cleaned_data
        rate = acts.rate_again if case.state == "GRANTED" else rating_acts.rate_self_care
        rate(
            actor,
            uid,
            items=form.able,
            **{key: given[key] for key in ("assessor", "second_assessor", "witness", "organisation")},
            signatures=[_signed(request, name) for name, _ in _SIGNERS],
            seen=handed.version(request),
            once=context["once"],
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, case_url(case))
        return refused(request, _RATING, context, refusal)
    latest = (support_queries.view(case) or {"ratings": []})["ratings"][0]
    messages.success(request, f"已评定为{latest['level']}，有效期至{latest['valid_to']:%Y年%m月%d日}。")
    return redirect(reverse("office:support", args=[uid]) if case.state == "GRANTED" else case_url(case))


def _signed(request: HttpRequest, name: str) -> Picture | None:
    """A named pad or its paper; nothing when neither was used (the act then says which is missing)."""
    try:
        return handed.signature(request, f"sign_{name}", f"paper_{name}")[0]
    except Refusal as refusal:
        if refusal.code == "E_SEAL":
            return None
        raise


# —— obligors


class AbilityForm(forms.Form):
    """What was found out of a supporter; left open is "not known" (TK-02)."""

    age = forms.IntegerField(label="年龄（有身份证号码的不用填）", min_value=1, max_value=119, required=False)
    standing = forms.ChoiceField(label="正在享受", required=False)
    disability_category = forms.ChoiceField(
        label="残疾类别", required=False, choices=[("", "没有"), *choices("disability_category").items()]
    )
    disability_grade = forms.ChoiceField(
        label="残疾等级", required=False, choices=[("", "没有"), *choices("disability_grade").items()]
    )
    situation = forms.ChoiceField(
        label="特殊情形",
        required=False,
        choices=[
            ("", "没有"),
            ("INCAPABLE", "无民事行为能力"),
            ("MISSING", "被宣告失踪"),
            ("PRISON", "在监狱服刑"),
        ],
    )
    own_year_fen = Yuan(label="上年本人收入", required=False)
    property_fits = forms.TypedChoiceField(
        label="财产是否符合规定",
        required=False,
        choices=[("", "没有查清"), ("1", "符合"), ("0", "不符合")],
        coerce=lambda value: value == "1",
        empty_value=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        aids = [(aid.code, aid.short_name) for aid in registry.all_types() if aid.has_money]
        self.fields["standing"].choices = [("", "没有"), *aids]


@staff_only
def obligor(request: HttpRequest, uid: UUID, obligor: int) -> HttpResponse:
    """What the clerk found out about one supporter's ability."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    one = next((each for each in queries.obligors_of(case) if each["id"] == obligor), None)
    if one is None:
        raise Refusal("E_NOT_FOUND", what="义务人")
    facts = dict(one["facts"])
    if facts.get("own_year_fen") is not None:
        facts["own_year_fen"] = f"{facts['own_year_fen'] / 100:.2f}"
    if facts.get("property_fits") is not None:
        facts["property_fits"] = "1" if facts["property_fits"] else "0"
    form = AbilityForm(request.POST or None, initial=facts)
    context = head(actor, case) | {
        "page_title": f"义务人{one['name']}的能力",
        "form": form,
        "one": one,
        "back": case_url(case),
    }
    template = "office/work/obligor.html"
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return render(request, template, context, status=422)
    try:
        obligors.describe_obligor(actor, uid, obligor_id=obligor, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, template, context, refusal)
    messages.success(request, f"{one['name']}的情况已登记，测算时使用。")
    return redirect(case_url(case))


# —— the support page


class AgreementForm(forms.Form):
    carer_name = forms.CharField(label="照料人姓名", max_length=60)
    carer_relation = forms.CharField(label="与本人关系", max_length=30)
    carer_id_no = forms.CharField(label="照料人身份号码", max_length=18)
    duties = forms.CharField(
        label="照料内容",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        initial="一日三餐，洗衣打扫，协助洗澡，患病陪同就医。",
    )
    ends_on = forms.DateField(label="协议期满", widget=forms.DateInput(attrs={"type": "date"}))
    bank_code = forms.ChoiceField(label="照料人的银行", choices=[("", "请选择"), *choices("bank").items()])
    bank_name = forms.CharField(label="开户行", max_length=60)
    number = forms.CharField(
        label="账号", max_length=32, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class FuneralForm(forms.Form):
    arranger_name = forms.CharField(label="丧事经办人", max_length=60)
    arranger_relation = forms.CharField(label="与死者关系", max_length=30)
    arranger_id_no = forms.CharField(label="身份号码", max_length=18)
    bank_code = forms.ChoiceField(label="银行", choices=[("", "请选择"), *choices("bank").items()])
    bank_name = forms.CharField(label="开户行", max_length=60)
    number = forms.CharField(
        label="账号", max_length=32, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


def _context(request: HttpRequest, case: Any, part: str = "") -> dict[str, Any]:
    actor = request.asker
    data = request.POST if request.method == "POST" else None
    stop = support_queries.open_stop(case)
    return head(actor, case) | {
        "page_title": "供养",
        "support": support_queries.view(case),
        "homes": support_queries.institutions(case.county_id),
        "banks": list(choices("bank").items()),
        "agreement_form": AgreementForm(data if part == "agreement" else None),
        "funeral_form": FuneralForm(data if part == "funeral" else None),
        "stop_moves": {move.key: move for move in support_queries.moves(actor, case)},
        "stop_seen": stop.version if stop else "",
        "modes": list(MODES.items()),
        "clerk": actor.role == "TOWN_CLERK",
        "decider": actor.role in ("TOWN_LEAD", "COUNTY_APPROVER"),
        "keeper": actor.role in acts.KEEPERS_OF_HOMES,
        "typed": data or {},
        "part": part,
        "once": handed.token(request),
        "back": case_url(case),
    }


@staff_only
def support(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything about one person's support on one page; each block is saved by itself."""
    case = queries.case_for(request.asker, uid)
    context = _context(request, case)
    if context["support"] is None:
        raise Refusal("E_STATE", act="供养", state="该救助类别没有供养")
    return render(request, _SUPPORT, context)


@staff_only
def wish(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The signature under a voluntary exit."""
    case = queries.case_for(request.asker, uid, purpose="查看图片")
    stored = support_queries.wish(case, number)
    response = HttpResponse(files.read(stored), content_type=stored.mime)
    response["Cache-Control"] = "private, max-age=600"
    return response


@staff_only
@require_POST
def part(request: HttpRequest, uid: UUID, part: str) -> HttpResponse:
    """Save one block; a refusal shows the page again with what was typed."""
    case = queries.case_for(request.asker, uid)
    context = _context(request, case, part)
    act = _PARTS.get(part)
    if act is None or context["support"] is None:
        raise Refusal("E_NOT_FOUND", what="页面")
    try:
        words = act(request, uid, context)
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("office:support", args=[uid]))
        return refused(request, _SUPPORT, context, refusal)
    messages.success(request, words)
    return redirect(reverse("office:support", args=[uid]))


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refusal("E_INPUT", field=str(form.fields[name].label), problem="、".join(errors).rstrip("。"))
    return dict(form.cleaned_data)


def _home(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    data = request.POST
    beds = data.get("beds", "")
    made = acts.register_institution(
        request.asker,
        name=data.get("name", ""),
        bank_code=data.get("bank_code", ""),
        bank_name=data.get("bank_name", ""),
        number=data.get("number", ""),
        beds=int(beds) if beds.isdigit() else 0,
    )
    return f"已登记{made.name}。"


def _agreement(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    acts.sign_agreement(
        request.asker,
        uid,
        **_valid(context["agreement_form"]),
        person_signature=_signed(request, "person"),
        carer_signature=_signed(request, "carer"),
    )
    return "照料服务协议已签订，照料护理费将发给照料人。"


def _choose(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    data = request.POST
    home = data.get("institution", "")
    span = acts.choose_support(
        request.asker,
        uid,
        mode=data.get("mode", ""),
        institution_id=int(home) if home.isdigit() else None,
        chosen_by=data.get("chosen_by", "") or "本人",
        signature=_signed(request, "choice"),
    )
    return f"供养方式已登记，{span.from_month:%Y年%m月}起执行。"


def _report(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    made = acts.report_self_care(request.asker, uid, text=request.POST.get("text", ""))
    return f"已登记，请在{made.due_on:%Y年%m月%d日}前重新评估。"


def _day(text: str) -> Any:
    return forms.DateField(required=False).clean(text) if text else None


def _propose(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    data = request.POST
    try:
        happened_on = _day(data.get("happened_on", ""))
    except forms.ValidationError:
        raise Refusal("E_INPUT", field="发生日期", problem="请按年-月-日填写") from None
    stops.propose(
        request.asker,
        uid,
        reason=data.get("reason", ""),
        facts=data.get("facts", ""),
        happened_on=happened_on,
        wish=_signed(request, "wish"),
        once=context["once"],
    )
    return "已提出终止供养，等待核准并公示。"


def _moved(act: Callable[..., Any], words: str, *names: str) -> Callable[..., str]:
    """A move of the stop with the named fields of the form."""

    def run(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
        given = {name: request.POST.get(name, "") for name in names}
        act(request.asker, uid, seen=handed.version(request), once=context["once"], **given)
        return words

    return run


def _photo(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    picture = handed.photo(request, "photo")
    if picture is None:
        raise Refusal("E_INPUT", field="照片", problem="请先拍照或选择照片")
    moment = request.POST.get("moment", "START")
    objection.photograph_posting(request.asker, uid, picture=picture, moment=moment)
    return "公示照片已上传。"


def _serve(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    stop = stops.serve(
        request.asker,
        uid,
        mode=request.POST.get("mode", ""),
        receiver=request.POST.get("receiver", "")[:60],
        picture=handed.photo(request, "proof"),
        seen=handed.version(request),
        once=context["once"],
    )
    return f"告知书已送达，发放到{stop.last_month:%Y年%m月}为止。"


def _funeral(request: HttpRequest, uid: UUID, context: dict[str, Any]) -> str:
    aid = stops.pay_funeral(
        request.asker, uid, **_valid(context["funeral_form"]), proof=handed.photo(request, "proof")
    )
    return f"丧葬费{aid.amount_fen // 100}元已登记，列入下月发放名单。"


_PARTS: dict[str, Callable[..., str]] = {
    "home": _home,
    "agreement": _agreement,
    "choose": _choose,
    "report": _report,
    "propose": _propose,
    "post": _moved(stops.post, "已核准，请张贴公示并拍照。"),
    "photo": _photo,
    "object": _moved(
        stops.object_to_stop, "异议已登记，15个工作日内调查处理。", "content", "objector", "contact"
    ),
    "repost": _moved(stops.repost, "已重新公示。", "findings"),
    "drop": _moved(stops.drop, "不终止，继续供养。", "reason"),
    "decide": _moved(stops.decide, "已决定终止，请送达告知书；送达后才停发。"),
    "serve": _serve,
    "checked": _moved(
        lambda actor, uid, **given: stops.note_other_aid(actor, uid, result=given["result"]),
        "核查结果已登记。",
        "result",
    ),
    "funeral": _funeral,
}
