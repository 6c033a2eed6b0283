"""What each move asks for, and the act it calls. A move that is one form is one entry of ``SCREENS``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases import guards, one_visit, queries
from jiuzhu.cases.acts import (
    acceptance,
    afterwards,
    decision,
    events,
    investigation,
    objection,
    review,
    verification,
    withdrawal,
)
from jiuzhu.cases.acts.emergency import handing_over, registering, reporting, supplementing
from jiuzhu.core import clock
from jiuzhu.core.codes import choices
from jiuzhu.core.money import parse_yuan
from jiuzhu.core.refusal import Refusal

Run = Callable[..., Any]


class ActForm(forms.Form):
    """``case`` and ``actor`` let a form fill in what is already known."""

    phrases: dict[str, tuple[str, ...]] = {}

    def __init__(self, *args: Any, case: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor
        self.prepare()

    def prepare(self) -> None:
        """Set choices and initial values from the case."""


def _words(label: str, *, required: bool = True, rows: int = 3, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


def _ticks(label: str, options: Any, *, required: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(options), required=required, widget=forms.CheckboxSelectMultiple
    )


class PlainForm(ActForm):
    """Nothing to fill in."""


class RouteForm(ActForm):
    route = forms.ChoiceField(
        label="核对方式",
        choices=[("OWN", "本级直接查询"), ("COUNTY", "委托县级核对机构")],
        widget=forms.RadioSelect,
        initial="OWN",
    )


class NotFitForm(ActForm):
    confirmed = forms.BooleanField(label="已逐项核实超标项，情况属实")
    explanation = _words("补充说明（写入告知书）", required=False)


class ReasonForm(ActForm):
    reason = _words("理由")


class WithdrawForm(ReasonForm):
    phrases = {"reason": ("家庭情况好转，自愿放弃。", "已通过其他途径得到帮助。")}


class AcceptForm(ActForm):
    file_kin = forms.BooleanField(label="已核实近亲属关系，一并备案（须县级入户核查）", required=False)

    def prepare(self) -> None:
        filings = queries.kin_to_file(self.case)
        if not filings:
            del self.fields["file_kin"]
        else:
            self.fields["file_kin"].help_text = "；".join(filings)
            self.fields["file_kin"].initial = True


class CorrectionForm(ActForm):
    items = _ticks("需要补齐的材料（只能通知一次，请一次列全）", guards.PROVIDED_MATERIALS.items())
    explanation = _words("说明", required=False)

    def prepare(self) -> None:
        self.fields["items"].initial = guards.missing_materials(self.case)


class ReceivedForm(AcceptForm):
    received = _ticks("已收到", (), required=False)
    place = forms.ChoiceField(
        label="怎样交来", required=False, choices=[("", "网上提交"), *one_visit.PLACES.items()]
    )

    def prepare(self) -> None:
        super().prepare()
        items = queries.correction_items(self.case)
        self.fields["received"].choices = [(each["code"], each["name"]) for each in items]
        self.fields["received"].initial = [each["code"] for each in items if each["given"]]
        self.fields["place"].initial = "" if all(each["given"] for each in items) else one_visit.WINDOW


class CodedForm(ActForm):
    codes = _ticks("理由代码", choices("reason").items())
    reason = _words("理由（写入告知书，请写明去哪里办更合适）")


class ForwardForm(ActForm):
    supports = forms.TypedChoiceField(
        label="审核意见",
        choices=[("1", "同意上报审批"), ("0", "建议不予批准")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    opinion = _words("意见")
    phrases = {
        "opinion": (
            "经入户调查和审核，情况属实，建议按测算金额批准。",
            "经审核，家庭收入不低于标准，建议不予批准。",
        )
    }

    def prepare(self) -> None:
        outcome = queries.outcome_of(self.case)
        if outcome:
            fits = outcome.conclusion == "QUALIFIED"
            self.fields["supports"].initial = "1" if fits else "0"
            self.fields["opinion"].initial = self.phrases["opinion"][0 if fits else 1]


class ApproveForm(ActForm):
    explanation = _words("说明（可不填）", required=False, rows=2)
    override_reason = _words("与测算结论不一致的理由", required=False, rows=2)

    def prepare(self) -> None:
        outcome = queries.outcome_of(self.case)
        if outcome and outcome.conclusion == "QUALIFIED":
            del self.fields["override_reason"]


class RefuseForm(CodedForm):
    def prepare(self) -> None:
        outcome = queries.outcome_of(self.case)
        codes = list(choices("reason"))
        if outcome:  # the law's own reasons first, each with the sentence the letter will carry
            codes.sort(key=lambda code: code not in outcome.reasons)
        self.fields["codes"].label = "理由（勾选的句子写入告知书）"
        self.fields["codes"].choices = list(zip(codes, decision.reason_words(codes, outcome), strict=True))
        if outcome:
            self.fields["codes"].initial = list(outcome.reasons)
            self.fields["reason"].initial = "；".join(each.sentence.rstrip("。") for each in outcome.not_met)


class CountyVisitForm(ActForm):
    officers = forms.CharField(label="核查人员（两人以上，用顿号分开）", max_length=120)
    result = _words("核查情况")
    supports = forms.TypedChoiceField(
        label="结论",
        choices=[("1", "情况属实"), ("0", "情况不实")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )

    def clean_officers(self) -> list[str]:
        text = self.cleaned_data["officers"]
        for mark in ("，", ",", "；", ";", " ", "　"):
            text = text.replace(mark, "、")
        return [part for part in text.split("、") if part]


class ObjectionForm(ActForm):
    content = _words("异议内容（写明具体事实）")
    anonymous = forms.BooleanField(label="匿名", required=False)
    objector = forms.CharField(
        label="异议人", required=False, max_length=60, help_text="姓名保密，只有经办人可见"
    )
    contact = forms.CharField(label="联系电话", required=False, max_length=40)


class DeathForm(ActForm):
    person_uid = forms.ChoiceField(label="去世的家庭成员")
    died_on = forms.DateField(label="去世日期", widget=forms.DateInput(attrs={"type": "date"}))
    proof = forms.CharField(label="依据", max_length=200)
    applicant_uid = forms.ChoiceField(
        label="改由谁作为申请人", required=False, help_text="申请人去世时选择；家中没有其他成年人的，案件终止"
    )
    phrases = {"proof": ("死亡医学证明。", "火化证明。", "户籍注销证明。", "村（居）民委员会证明。")}

    def prepare(self) -> None:
        members = queries.household_view(self.actor, self.case)["members"]
        named = [(each["uid"], f"{each['name']}（{each['relation']}）") for each in members]
        self.fields["person_uid"].choices = [("", "请选择"), *named]
        adults = {each["uid"] for each in members if each["adult"] and each["relation_code"] != "0"}
        self.fields["applicant_uid"].choices = [("", "—"), *(row for row in named if row[0] in adults)]
        if not adults:
            del self.fields["applicant_uid"]

    def clean_applicant_uid(self) -> str | None:
        return self.cleaned_data["applicant_uid"] or None


class KinForm(ActForm):
    official = forms.CharField(label="工作人员姓名", max_length=60, required=False)
    post = forms.CharField(label="职务", max_length=80, required=False)
    relation = forms.CharField(label="与家庭成员的关系", max_length=30, required=False)

    def prepare(self) -> None:
        found = queries.kin_found(self.case)
        if found:
            self.fields[
                "official"
            ].help_text = f"名册比对已发现：{'；'.join(found)}。不必再填，直接备案即可。"


class EndForm(ReasonForm):
    codes = forms.MultipleChoiceField(
        label="终止原因",
        choices=[(code, choices("reason")[code]) for code in guards.END_CODES],
        widget=forms.CheckboxSelectMultiple,
        initial=["RC-NOCOOP"],
    )
    field_order = ("codes", "reason")
    phrases = {"reason": ("三次上门均拒绝调查，又不说明理由。",)}


class MeetingForm(ActForm):
    planned_at = forms.DateTimeField(
        label="开会时间",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="地点", max_length=80, initial="村（居）委会会议室")

    def prepare(self) -> None:
        self.fields["planned_at"].initial = clock.instant(clock.today() + timedelta(days=1), 15).replace(
            tzinfo=None
        )


class OralForm(ActForm):
    amount = forms.CharField(label="同意发放到（累计，元）", max_length=12)
    approver_name = forms.CharField(label="同意人", max_length=60)
    approver_post = forms.CharField(label="职务", max_length=60)
    said_at = forms.DateTimeField(
        label="同意时间",
        required=False,
        help_text="不填就是现在",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "amount" in given:
            given["amount_fen"] = _fen(given["amount"])
        return given


def _fen(text: str) -> int:
    try:
        return parse_yuan(text)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from refusal


class SupplementForm(ActForm):
    severity = forms.ChoiceField(
        label="困难程度",
        choices=list(choices("severity").items()),
        widget=forms.RadioSelect,
        initial="MEDIUM",
    )
    persons = forms.IntegerField(label="受困人数", min_value=1, max_value=99, initial=1)
    opinion = _words("意见", rows=2)
    phrases = {"opinion": ("先行救助不足以解决困难，建议按测算金额追加。",)}

    def prepare(self) -> None:
        self.fields["opinion"].initial = self.phrases["opinion"][0]


class SupplementDecisionForm(ApproveForm):
    meeting_no = forms.CharField(
        label="会议纪要文号",
        max_length=80,
        required=False,
        help_text="特别严重、超过六个月标准的才填（一事一议）",
    )
    meeting_on = forms.DateField(
        label="会议日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    meeting = forms.CharField(label="议定总金额（元）", max_length=12, required=False)

    def prepare(self) -> None:
        super().prepare()
        if self.case.state != "COUNTY_REVIEW":
            for name in ("meeting_no", "meeting_on", "meeting"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["meeting_fen"] = _fen(given["meeting"]) if given.get("meeting") else 0
        return given


class AfterCheckForm(ActForm):
    fit = forms.TypedChoiceField(
        label="核对结论",
        choices=[("yes", "没有发现明显不符合的情形"), ("no", "明显不符合")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = _words("情况说明（明显不符合的必填）", required=False)
    false_statement = forms.BooleanField(label="本人隐瞒或者虚报", required=False)


class FindingForm(forms.Form):
    """How a finding was cleared up (VER-11)."""

    outcome = forms.ChoiceField(
        choices=[("CONFIRMED", "属实"), ("EXPLAINED", "已说明，有证据"), ("EXEMPTED", "按规定豁免")]
    )
    reason = forms.CharField(max_length=400)


# What is seen at home: name, label, words to click instead of typing.
LIVING: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("housing", "住房和陈设", ("自有平房三间，陈设简单。", "租住，陈设简单。", "住房破旧，需修缮。")),
    ("income_note", "收入情况", ("与申报一致。", "以种地和零工为主。", "没有收入来源。")),
    ("expense_note", "支出情况", ("以口粮、医药为主。", "子女上学支出较大。", "长期服药，医药费较高。")),
    ("health_note", "健康和劳动能力", ("与申报一致。", "患病卧床，不能劳动。", "行动不便，由家人照料。")),
)


@dataclass(frozen=True)
class ActScreen:
    """``run(actor, uid, cleaned, seen=, once=, request=)`` calls the act; ``note`` is said above the form."""

    form: type[ActForm]
    run: Run
    note: str = ""
    tone: str = "primary"


def _calls(act: Run, *names: str) -> Run:
    """Hand the named fields to ``act``; a field the form left out is not handed over."""

    def run(
        actor: Actor, uid: UUID, given: dict[str, Any], *, seen: int | None, once: str, request: HttpRequest
    ) -> Any:
        return act(actor, uid, seen=seen, once=once, **{name: given[name] for name in names if name in given})

    return run


_OBJECTION = ("content", "anonymous", "objector", "contact")
SCREENS: dict[str, ActScreen] = {
    "D3": ActScreen(
        RouteForm,
        _calls(verification.start_verification, "route"),
        "向各部门查询后台进行，可以先办别的案件；部门没有应答不会当作没有财产。",
    ),
    "D4": ActScreen(PlainForm, _calls(verification.issue_report), "来源都已反馈或到期后才能出具。"),
    "D5": ActScreen(PlainForm, _calls(verification.notify_may_apply)),
    "D6": ActScreen(
        NotFitForm, _calls(verification.notify_not_fit, "confirmed", "explanation"), tone="danger"
    ),
    "D7": ActScreen(ReasonForm, _calls(verification.object_to_report, "reason"), "代申请人提出。"),
    "D12": ActScreen(AcceptForm, _calls(acceptance.accept, "file_kin"), "受理之日起20个工作日内办结。"),
    "D13": ActScreen(CorrectionForm, _calls(acceptance.ask_for_correction, "items", "explanation")),
    "D14": ActScreen(ReceivedForm, _calls(acceptance.accept, "file_kin", "received", "place")),
    "D16": ActScreen(CodedForm, _calls(acceptance.not_accept, "codes", "reason"), tone="danger"),
    "D17": ActScreen(PlainForm, _calls(investigation.start_investigation)),
    "D19": ActScreen(ForwardForm, _calls(review.forward, "opinion", "supports")),
    "D20": ActScreen(ReasonForm, _calls(review.return_to_investigation, "reason")),
    "D21": ActScreen(ReasonForm, _calls(decision.require_county_visit, "reason")),
    "D22": ActScreen(CountyVisitForm, _calls(decision.record_county_visit, "officers", "result", "supports")),
    "D23": ActScreen(ApproveForm, _calls(decision.approve, "explanation", "override_reason")),
    "D24": ActScreen(RefuseForm, _calls(decision.refuse, "codes", "reason"), tone="danger"),
    "D26": ActScreen(ObjectionForm, _calls(objection.receive_objection, *_OBJECTION)),
    "D27": ActScreen(MeetingForm, _calls(objection.call_appraisal, "planned_at", "place")),
    "D27r": ActScreen(
        ReasonForm, _calls(objection.reinvestigate, "reason"), "不召开评议会，由乡镇重新调查后再提意见。"
    ),
    "D31": ActScreen(EndForm, _calls(decision.terminate, "codes", "reason"), tone="danger"),
    "DTH": ActScreen(
        DeathForm,
        _calls(events.record_death, "person_uid", "died_on", "proof", "applicant_uid"),
        "按在世成员重新计算；已经审核过的案件退回入户调查，正在公示的撤下公示。",
    ),
    "VER-CV": ActScreen(
        PlainForm, _calls(verification.carry_report), "原案件的核对报告仍在有效期内，不再重复查询。"
    ),
    "REL-04": ActScreen(
        KinForm,
        _calls(events.file_kin, "official", "post", "relation"),
        "备案后须经县级入户核查才能批准；本人在本案中回避。",
    ),
    "D31w": ActScreen(WithdrawForm, _calls(withdrawal.withdraw, "reason"), "由申请人提出。", tone="danger"),
    "E2o": ActScreen(
        OralForm,
        _calls(handing_over.record_oral_approval, "amount_fen", "approver_name", "approver_post", "said_at"),
        "先行救助超过乡镇额度时，先电话请示县级并记录；发放后仍须县级补办审批。",
    ),
    "E2c": ActScreen(
        PlainForm,
        _calls(handing_over.countersign),
        "您与经办人一起发放了先行救助，请核对发放记录后签认；以您本人登录为准，不能代签。",
    ),
    "E6v": ActScreen(PlainForm, _calls(afterwards.start), "只查询受助人本人；补做核对不影响已经发放的救助。"),
    "E6r": ActScreen(
        AfterCheckForm,
        _calls(afterwards.conclude, "fit", "words", "false_statement"),
        "明显不符合的只作登记，不追回；本人隐瞒或者虚报的另按失信处理。",
    ),
    "E3b": ActScreen(ReasonForm, _calls(registering.return_registration, "reason")),
    "E3c": ActScreen(
        PlainForm, _calls(registering.seal_registration), "盖章后办结，登记表不能再改；经办人不能盖章。"
    ),
    "E4": ActScreen(
        SupplementForm, _calls(supplementing.ask_for_supplement, "severity", "persons", "opinion")
    ),
    "E4a": ActScreen(
        SupplementDecisionForm,
        _calls(
            supplementing.approve_supplement,
            "explanation",
            "override_reason",
            "meeting_no",
            "meeting_on",
            "meeting_fen",
        ),
        "同意的是全案总额，已发放的计算在内。",
    ),
    "E4r": ActScreen(RefuseForm, _calls(supplementing.refuse_supplement, "codes", "reason"), tone="danger"),
    "E5": ActScreen(CodedForm, _calls(reporting.reject, "codes", "reason"), tone="danger"),
    "D11r": ActScreen(PlainForm, _calls(verification.verify_again), "核对报告已过期，按原授权重新核对。"),
}


def title_of(case: Any, key: str) -> str:
    """The words of a move, for a refusal; the key itself when there is no such move."""
    rows = registry.get(case.aid_type).moves.named(key)
    return rows[0].title if rows else "该操作"
