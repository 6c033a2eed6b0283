"""Guards answer for the case's own state: each named in a row of the table of moves, each refusing with a code.

A guard gets the act being made: ``act.case``, ``act.given`` (what was handed in), ``act.today``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from jiuzhu.accounts.models import Kin
from jiuzhu.accounts.queries import agreement_in_force, kin_of_officials
from jiuzhu.aid_types import registry
from jiuzhu.cases import in_hand
from jiuzhu.cases.authority import authority_of
from jiuzhu.cases.models import (
    Case,
    Correction,
    CountyVisit,
    Decision,
    Investigation,
    Investigator,
    KinFiling,
    Objection,
)
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.shares import share_words
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Authorisation
from jiuzhu.people.queries import account_on, present_members
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Report, Run
from jiuzhu.workflow.states import STATES

if TYPE_CHECKING:
    from jiuzhu.cases.acts._act import Act

Guard = Callable[["Act"], None]
GUARDS: dict[str, Guard] = {}

SHARED_MATERIALS = {
    "id_card": "身份证明",
    "household_register": "户口簿",
    "marriage": "婚姻证明",
    "disability_certificate": "残疾证",
    "vehicle": "车辆证明",
    "real_estate": "房产证明",
    "social_insurance": "社保证明",
    "business": "工商登记证明",
    "deposit": "存款证明",
}
PROVIDED_MATERIALS = {
    "bank_account": "银行账户信息",
    "photo": "申请人近照",
    "medical_bills": "自付医疗费票据",
    "court_document": "裁判文书或赡养协议",
    "wage_proof": "收入证明",
    "commitment": "诚信承诺书签字",
}


def guard(function: Guard) -> Guard:
    GUARDS[function.__name__] = function
    return function


def _setting(act: Act, key: str) -> int:
    return int(parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)[key])


@guard
def no_open_case(act: Act) -> None:
    """D1: checked when the case is opened; the unique index holds it."""


@guard
def all_adults_signed(act: Act) -> None:
    """D2, AS-02: names whoever has not signed."""
    missing = people.missing_signers(
        act.case.authorisation,
        act.today,
        regime=act.case.regime,
        obligors=registry.get(act.case.aid_type).obligors_sign,
    )
    if missing:
        raise Refusal("E_NOT_SIGNED", names="、".join(missing))


@guard
def later_obligors_asked(act: Act) -> None:
    """TK-05: supporters named after the consent have signed it too, or it is written down why not."""
    if not registry.get(act.case.aid_type).obligors_sign:
        return
    missing = people.unsigned_obligors(act.case.authorisation)
    if missing:
        raise Refusal("E_NOT_SIGNED", names="、".join(missing))


@guard
def authorisation_in_force(act: Act) -> None:
    """VER-01, VER-31, AS-01."""
    consent = act.case.authorisation
    if consent is None or consent.state != Authorisation.IN_FORCE or consent.valid_to < act.today:
        raise Refusal("E_NOAUTH", why="授权书未签署齐全或已失效。")


@guard
def verifier_is_bound(act: Act) -> None:
    """VER-31, AS-03: a confidentiality agreement in force on the day."""
    if agreement_in_force(act.actor.id, act.today) is None:
        raise Refusal("E_CONF", who=act.actor.name, on=act.today.isoformat())


@guard
def sources_answered_or_timed_out(act: Act) -> None:
    """VER-10: every mandatory source answered, or its seven working days are over (then PARTIAL)."""
    waiting = verification.waiting_sources(
        verification.latest_run(act.case.id), act.today, _setting(act, "verify.source_timeout_wd")
    )
    if waiting:
        raise Refusal("E_VERIFICATION", why=f"尚未反馈且未到期的来源：{'、'.join(waiting)}")


@guard
def no_blocking_finding(act: Act) -> None:
    """D5: nothing over a limit, apart from findings answered as explained or exempted."""
    blocking = verification.open_blocking(verification.latest_report(act.case.id))
    if blocking:
        raise Refusal(
            "E_STATE",
            act="告知可正式申请",
            state="有未解决的超标项：" + "；".join(f.body["sentence"] for f in blocking),
        )


@guard
def blocking_finding_confirmed(act: Act) -> None:
    """D6, VER-11: at least one BLOCK finding, confirmed by the officer who signs the reasons."""
    if not verification.open_blocking(verification.latest_report(act.case.id)):
        raise Refusal("E_REASONS", act="告知核对不符合")
    if not act.given.get("confirmed"):
        raise Refusal("E_INPUT", field="确认", problem="请逐项核实超标项后勾选确认")


@guard
def objection_window_open(act: Act) -> None:
    """D7, AS-08: ten working days after W07 was received; the eleventh is late."""
    due = _running_due(act, "CLK-OBJW")
    if due and act.today > due and in_hand.received_on(act.case, "W07"):
        raise Refusal("E_LATE", what="核对结果异议", on=due.isoformat())
    if not act.reason.strip():
        raise Refusal("E_REASONS", act="提出异议")


def _running_due(act: Act, clock_id: str) -> date | None:
    row = act.case.clocks.filter(clock=clock_id).order_by("-id").first()
    return row.due_on if row else None


@guard
def window_over(act: Act) -> None:
    """D10, D15: only after the last day of the window."""
    if not in_hand.ran_out(act.case, act.today):
        raise Refusal("E_STATE", act=act.move.title, state=STATES[act.case.state].name + "，期限未满")


@guard
def apply_window_over(act: Act) -> None:
    """The family may apply for 30 days after W06."""
    if act.today <= in_hand.apply_until(act.case):
        raise Refusal("E_STATE", act=act.move.title, state="申请期限未满")


@guard
def report_in_force(act: Act) -> None:
    """VER-20, AS-58."""
    report = verification.latest_report(act.case.id)
    if report is None or report.valid_to < act.today:
        raise Refusal("E_REPORT_EXPIRED", on=report.valid_to.isoformat() if report else "—")


@guard
def origin_report_in_force(act: Act) -> None:
    """VER-20: the report of the case this one continues may still carry it, for the same people."""
    report = verification.latest_report(act.case.origin_id or 0)
    if report is None:
        raise Refusal("E_VERIFICATION", why="没有可以沿用的核对报告")
    if report.valid_to < act.today:
        raise Refusal("E_REPORT_EXPIRED", on=report.valid_to.isoformat())
    asked = set(report.run.subjects.values_list("person_id", flat=True))
    now = {each.person_id for each in present_members(act.case.household, act.today, act.case.regime)}
    if not now <= asked:
        raise Refusal("E_VERIFICATION", why="家庭成员有变化，应重新核对")


@guard
def report_expired(act: Act) -> None:
    report = verification.latest_report(act.case.id)
    if report and report.valid_to >= act.today:
        raise Refusal("E_STATE", act=act.move.title, state=f"核对报告有效期至{report.valid_to}")


@guard
def commitments_signed(act: Act) -> None:
    """W10 comes with every application (CRD-01)."""
    if not act.given.get("commitment"):
        raise Refusal("E_SEAL", missing="诚信承诺书")


def missing_materials(case) -> list[str]:
    """What an application lacks: an account to pay into, and whatever the correction asked for."""
    missing = []
    if (
        registry.get(case.aid_type).has_money
        and account_on(case.household, clock.today(), case.for_person) is None
    ):
        missing.append("bank_account")
    return missing


@guard
def nothing_missing(act: Act) -> None:
    """D12: complete."""
    missing = [PROVIDED_MATERIALS[item] for item in missing_materials(act.case)]
    if missing:
        raise Refusal("E_DOC", missing="、".join(missing))


@guard
def kin_filed(act: Act) -> None:
    """REL-03, AS-48: a match with the register, declared or not, must be filed before acceptance."""
    unfiled = KinFiling.objects.filter(case=act.case, filed_at__isnull=True)
    if unfiled.exists() and not act.given.get("file_kin"):
        raise Refusal(
            "E_KIN", who="、".join(f"{each.official_name}（{each.official_post}）" for each in unfiled)
        )


def undeclared_kin(case: Case) -> list[Kin]:
    """Entries of the officials' register that match the family or its supporters and are not filed in this case yet."""
    indexes = [
        *case.household.persons.values_list("id_no_index", flat=True),
        *case.household.obligors.values_list("id_no_index", flat=True),
    ]
    filed = set(KinFiling.objects.filter(case=case).values_list("official_name", flat=True))
    found = kin_of_officials([index for index in indexes if index])
    return [kin for kin in found if kin.official_name not in filed]


@guard
def kin_all_filed(act: Act) -> None:
    """REL-03, REL-04: a relative in office who comes to light late is filed before anybody goes on."""
    named = [f"{each.official_name}（{each.official_post}）" for each in undeclared_kin(act.case)]
    unfiled = KinFiling.objects.filter(case=act.case, filed_at__isnull=True)
    named += [f"{each.official_name}（{each.official_post}）" for each in unfiled]
    if named:
        raise Refusal("E_KIN", who="、".join(dict.fromkeys(named)))


@guard
def kin_known(act: Act) -> None:
    """There is somebody to file: found in the register, declared before, or named now."""
    named = str(act.given.get("official", "")).strip()
    unfiled = KinFiling.objects.filter(case=act.case, filed_at__isnull=True).exists()
    if not named and not unfiled and not undeclared_kin(act.case):
        raise Refusal("E_INPUT", field="近亲属", problem="名册中没有匹配的人员，请填写姓名、职务和关系")


@guard
def acceptance_overdue(act: Act) -> None:
    """Five working days over without a word: the application counts as accepted on the day it came (CLK-AC)."""
    due = _running_due(act, "CLK-AC")
    if due is None or act.today <= due:
        raise Refusal("E_STATE", act=act.move.title, state=f"{STATES[act.case.state].name}，期限未满")


END_CODES = ("RC-NOCOOP", "RC-FALSE", "RC-MEMBER", "RC-DEATH", "RC-WITHDRAW")


@guard
def end_code(act: Act) -> None:
    """D31: an end has one of the grounds the law names, besides its words (DB-07)."""
    codes = act.given.get("codes") or ()
    if not codes or any(code not in END_CODES for code in codes):
        raise Refusal("E_REASONS", act=act.move.title)


@guard
def no_correction_yet(act: Act) -> None:
    """D13, AS-10: exactly one; the one-to-one key holds it in the database."""
    earlier = Correction.objects.filter(case=act.case).first()
    if earlier:
        raise Refusal("E_ONCE", on=earlier.asked_on.isoformat())


@guard
def nothing_shared_asked(act: Act) -> None:
    """WF-04, AS-11."""
    for item in act.given.get("items", ()):
        if item in SHARED_MATERIALS:
            raise Refusal("E_SHARED", item=SHARED_MATERIALS[item])
        if item not in PROVIDED_MATERIALS:
            raise Refusal("E_INPUT", field="补正材料", problem="请从清单中选择")
    if not act.given.get("items"):
        raise Refusal("E_REASONS", act="一次性告知补正")


@guard
def correction_complete(act: Act) -> None:
    """D14: every listed item is in."""
    asked = set(act.case.correction.items)
    have = set(act.case.materials.values_list("kind", flat=True)) | set(act.given.get("received", ()))
    lacking = [PROVIDED_MATERIALS[item] for item in asked - have if item != "bank_account"]
    if lacking:
        raise Refusal("E_DOC", missing="、".join(lacking))


@guard
def reasons_given(act: Act) -> None:
    """DB-07: a refusal, return or end says why, in plain words."""
    if len(act.reason.strip()) < 2:
        raise Refusal("E_REASONS", act=act.move.title)


def latest_investigation(case) -> Investigation | None:
    return case.investigations.order_by("-round").first()


@guard
def two_investigators(act: Act) -> None:
    """D18, AS-19, DQ-19."""
    round_ = latest_investigation(act.case)
    signed = round_.investigators.filter(signed_at__isnull=False).count() if round_ else 0
    if signed < 2:
        raise Refusal("E_INVESTIGATION", why=f"调查人员签字{signed}人，应不少于2人")


@guard
def record_signed(act: Act) -> None:
    """D18: signed by a present adult member."""
    round_ = latest_investigation(act.case)
    if round_ is None or round_.present_member is None or round_.present_signature is None:
        raise Refusal("E_INVESTIGATION", why="缺少在场成年家庭成员签字")
    if not round_.conclusion.strip():
        raise Refusal("E_INVESTIGATION", why="没有填写调查结论")


@guard
def visit_photos(act: Act) -> None:
    """D18: at least one home visit with photos."""
    round_ = latest_investigation(act.case)
    if round_ is None or round_.visited_at is None or not round_.photos.exists():
        raise Refusal("E_INVESTIGATION", why="缺少入户时间或现场照片")


@guard
def differences_answered(act: Act) -> None:
    """VER-11: every DIFF of the report is answered in the investigation."""
    unanswered = verification.unanswered_differences(verification.latest_report(act.case.id))
    if unanswered:
        raise Refusal(
            "E_INVESTIGATION", why="核对差异尚未说明：" + "；".join(f.body["sentence"] for f in unanswered)
        )


@guard
def opinion_given(act: Act) -> None:
    if len(act.given.get("opinion", "").strip()) < 2:
        raise Refusal("E_REASONS", act="提出审核意见")


@guard
def assessed(act: Act) -> None:
    if not act.case.assessments.exists():
        raise Refusal("E_DOC", missing="测算结果")


@guard
def two_county_officers(act: Act) -> None:
    """D22: W20 names two officers and a result."""
    if len([name for name in act.given.get("officers", ()) if name.strip()]) < 2:
        raise Refusal("E_INVESTIGATION", why="县级核查须两名工作人员")
    if not act.given.get("result", "").strip():
        raise Refusal("E_INVESTIGATION", why="没有填写核查结果")


@guard
def separation_of_duties(act: Act) -> None:
    """ORG-03, AS-18: neither investigator nor verifier of the case decides it."""
    if Investigator.objects.filter(case=act.case, staff_id=act.actor.id).exists():
        raise Refusal("E_SOD", who=act.actor.name, why="是本案调查人员，不得审批")
    verified = Run.objects.filter(case_id=act.case.id, verifier_id=act.actor.id).exists()
    if verified or Report.objects.filter(case_id=act.case.id, issuer_id=act.actor.id).exists():
        raise Refusal("E_SOD", who=act.actor.name, why="是本案核对人员，不得审批")


@guard
def authority_matches(act: Act) -> None:
    """ORG-04: authority is tested at the moment of decision, AS-15..AS-17, AS-59."""
    authority = authority_of(act.case, act.today)
    wanted = "TOWN" if act.case.state == "TOWN_APPROVAL" else "COUNTY"
    organ = act.case.town_id if wanted == "TOWN" else act.case.county_id
    if authority != wanted:
        raise Refusal("E_AUTH", role=act.actor.organ, act=act.move.title, why="审批权当日不在本级。")
    if act.actor.organ_id != organ:
        raise Refusal("E_AUTH", role=act.actor.organ, act=act.move.title, why="不是本案的审批机关。")


@guard
def rated_by_two_and_a_witness(act: Act) -> None:
    check_rating(act.case, act.given)


def check_rating(case: Case, given: Mapping[str, Any]) -> None:
    """TK-08: six items clicked, two assessors and a witness sign; none of them belongs to the family."""
    support = registry.get(case.aid_type).support
    items = given.get("items") or {}
    if support is None or set(items) != set(support.items):
        raise Refusal("E_INPUT", field="自理能力", problem="请逐项选择能或不能")
    names = {str(given.get(role, "")).strip() for role in ("assessor", "second_assessor", "witness")}
    if "" in names or len(names) != 3:
        raise Refusal("E_INPUT", field="评估人员", problem="请填写两名评估人和一名见证人，不能是同一人")
    related = _household_names(case) & names
    if related:
        raise Refusal("E_SOD", who="、".join(sorted(related)), why="是被评估人的家庭成员或义务人，应当回避")
    signatures = given.get("signatures") or []
    if len(signatures) != 3 or not all(signatures):
        raise Refusal("E_SEAL", missing="两名评估人和见证人签字")


@guard
def self_care_rated(act: Act) -> None:
    """3.4, DQ-39: the assessment the decision rests on knows the level, and the rating is still valid."""
    rating = act.case.ratings.order_by("-seq").first()
    assessment = act.case.assessments.order_by("-id").first()
    if rating is None or assessment is None or not assessment.evidence.body.get("self_care"):
        raise Refusal("E_DOC", missing="生活自理能力评估表")
    if rating.valid_to < act.today:
        raise Refusal("E_DOC", missing=f"有效的生活自理能力评估表（上次评估有效期至{rating.valid_to}）")


@guard
def visit_done_if_required(act: Act) -> None:
    """D21, REL-04, SUP-02."""
    done = CountyVisit.objects.filter(case=act.case, visited_on__isnull=False).exists()
    if act.case.county_visit_required and not done:
        raise Refusal("E_VISIT", why="近亲属备案、投诉举报或存疑案件")
    if act.case.near_relative and not done:
        raise Refusal("E_VISIT", why="近亲属备案案件须100%核查")


@guard
def qualified_or_overridden(act: Act) -> None:
    """D23: the outcome says QUALIFIED, or the officer documents why he decides otherwise."""
    assessment = act.case.assessments.order_by("-id").first()
    if assessment is None:
        raise Refusal("E_DOC", missing="测算结果")
    if assessment.conclusion != "QUALIFIED" and len(act.given.get("override_reason", "").strip()) < 5:
        raise Refusal("E_ASSESSMENT", conclusion=Outcome.from_dict(assessment.outcome).words)
    if assessment.amount_fen <= 0 and registry.get(act.case.aid_type).has_money:
        raise Refusal("E_ASSESSMENT", conclusion="测算金额为零")


def latest_posting(case) -> Posting | None:
    """The last sheet that has (or had) a window for objections."""
    rows = Posting.objects.filter(case_id=case.id).exclude(kind=Posting.ANNOUNCEMENT)
    return rows.order_by("-round").first()


@guard
def publicity_over(act: Act) -> None:
    """D25, AS-21..23: the window ends with the last day; granting is possible the day after."""
    posting = latest_posting(act.case)
    if posting is None or act.today <= posting.ends_on:
        raise Refusal("E_PUBL", why=f"公示至{posting.ends_on if posting else '—'}（含当日）")


@guard
def no_open_objection(act: Act) -> None:
    if Objection.objects.filter(case=act.case, result="").exists():
        raise Refusal("E_PUBL", why="有异议尚未处理完毕")


@guard
def posting_photographed(act: Act) -> None:
    """PUBL-01: a photo at the start and one at the end."""
    posting = latest_posting(act.case)
    moments = set(posting.photos.values_list("moment", flat=True)) if posting else set()
    if moments != {"START", "END"}:
        lacking = "、".join(
            word for moment, word in (("START", "张贴"), ("END", "期满")) if moment not in moments
        )
        raise Refusal("E_PUBL", why=f"缺少{lacking}时的公示照片")


@guard
def partial_report_completed(act: Act) -> None:
    """VER-10: a PARTIAL report needs the silent sources asked again before the grant."""
    report = verification.latest_report(act.case.id)
    if report and report.conclusion == "PARTIAL":
        silent = verification.silent_sources(report.run)
        if silent:
            raise Refusal("E_VERIFICATION", why=f"报告注明未反馈的来源须重新查询：{'、'.join(silent)}")


@guard
def within_publicity(act: Act) -> None:
    """D26: within the window, to its last minute."""
    posting = latest_posting(act.case)
    if posting is None or not posting.posted_on <= act.today <= posting.ends_on:
        raise Refusal("E_LATE", what="公示异议", on=posting.ends_on.isoformat() if posting else "—")


@guard
def facts_given(act: Act) -> None:
    """D26: named or anonymous, an objection says what is not true."""
    if len(act.given.get("content", "").strip()) < 5:
        raise Refusal("E_INPUT", field="异议内容", problem="请写明具体事实（不少于5个字）")


@guard
def meeting_is_valid(act: Act) -> None:
    """APP-01, APP-02, AS-26: nine at least, two thirds villager representatives, everybody signs, nobody related."""
    people_there = act.given.get("participants", [])
    if not str(act.given.get("chair", "")).strip():
        raise Refusal("E_QUORUM", why="没有填写主持人")
    values = parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)
    least, share = values["appraisal_min"], values["appraisal.reps_share"]
    names = [each["name"].strip() for each in people_there]
    if len(set(names)) != len(names) or not all(names):
        raise Refusal("E_QUORUM", why="参会人员姓名为空或重复")
    if len(people_there) < least:
        raise Refusal("E_QUORUM", why=f"参会{len(people_there)}人，应不少于{least}人")
    related = _household_names(act.case) & set(names)
    if related:
        raise Refusal("E_QUORUM", why=f"{'、'.join(sorted(related))}是申请家庭成员，应当回避")
    officials = set(act.case.kin_filings.values_list("official_name", flat=True)) & set(names)
    if officials:
        raise Refusal("E_QUORUM", why=f"{'、'.join(sorted(officials))}是申请家庭的近亲属，应当回避")
    representatives = sum(each["capacity"] == "REPRESENTATIVE" for each in people_there)
    if representatives < share * len(people_there):
        raise Refusal(
            "E_QUORUM", why=f"村（居）民代表{representatives}人，不足参会人数的{share_words(share)}"
        )
    if not all(each.get("signed", True) for each in people_there):
        raise Refusal("E_SEAL", missing="参会人员签字")


def _household_names(case) -> set[str]:
    """Members and supporters: they are heard, they do not vote (APP-02)."""
    household = case.household
    return set(household.persons.values_list("name", flat=True)) | set(
        household.obligors.values_list("name", flat=True)
    )


def vote_of(participants: list[dict[str, Any]], values: Mapping[str, Any]) -> str:
    """APP-04: TRUE above 60 %, NOT_TRUE below 40 %, DISPUTED between, of all participants."""
    agree = sum(each["vote"] == "TRUE" for each in participants)
    if agree > values["appraisal.true_above"] * len(participants):
        return "TRUE"
    return "NOT_TRUE" if agree < values["appraisal.false_below"] * len(participants) else "DISPUTED"


def _vote_must_be(act: Act, wanted: str) -> None:
    values = parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)
    found = vote_of(act.given.get("participants", []), values)
    if found != wanted:
        words = {"TRUE": "属实", "NOT_TRUE": "不属实", "DISPUTED": "争议较大"}
        raise Refusal("E_QUORUM", why=f"表决结果为“{words[found]}”，与所选结论不符")


@guard
def vote_true(act: Act) -> None:
    _vote_must_be(act, "TRUE")


@guard
def vote_untrue(act: Act) -> None:
    _vote_must_be(act, "NOT_TRUE")


@guard
def vote_disputed(act: Act) -> None:
    _vote_must_be(act, "DISPUTED")


@guard
def delegation_gone(act: Act) -> None:
    """ORG-06."""
    if authority_of(act.case, act.today) == "TOWN":
        raise Refusal("E_STATE", act=act.move.title, state="授权仍有效")


@guard
def delegation_there(act: Act) -> None:
    """ORG-04: authority is whoever has it on the day of the decision."""
    if authority_of(act.case, act.today) != "TOWN":
        raise Refusal("E_STATE", act=act.move.title, state="审批权仍在县级")


def next_round(case) -> int:
    return Decision.objects.filter(case=case).count() + 1
