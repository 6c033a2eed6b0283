"""Guards of temporary aid: what must be there before money is handed over, registered, decided or closed (3.5, 3.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.cases import authority, evidence
from jiuzhu.cases.guards import Guard, report_in_force
from jiuzhu.cases.models import Decision, Delivery, OralApproval, Registration
from jiuzhu.core import clock
from jiuzhu.core.codes import choices
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.hardship import repeated
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Run

if TYPE_CHECKING:
    from jiuzhu.cases.acts._act import Act


GUARDS: dict[str, Guard] = {}


def guard(function: Guard) -> Guard:
    GUARDS[function.__name__] = function
    return function


# —— handing over


@guard
def two_handlers(act: Act) -> None:
    """E2: the clerk and a second person of the same town."""
    second = act.given.get("second")
    if second is None:
        raise Refusal("E_INPUT", field="第二经办人", problem="请选择本乡镇（街道）另一名工作人员")
    if second.id == act.actor.id:
        raise Refusal("E_SOD", who=act.actor.name, why="是第一经办人，第二经办人须是另一人")


@guard
def receipt_signed(act: Act) -> None:
    """E2, W33: whoever takes the aid signs or gives a fingerprint, and it is said what he took."""
    if act.given.get("picture") is None:
        raise Refusal("E_SEAL", missing="受助人签字或指印")
    kind, what = act.given["kind"], str(act.given.get("what", "")).strip()
    if kind not in Delivery.KINDS:
        raise Refusal("E_INPUT", field="救助方式", problem="请从列表中选择")
    if kind in (Delivery.GOODS, Delivery.REFERRAL) and not what:
        raise Refusal("E_INPUT", field="实物或转介去向", problem="请填写给了什么、转介到哪里")
    amount = act.given["amount_fen"]
    if kind == Delivery.REFERRAL and amount:
        raise Refusal("E_INPUT", field="金额", problem="转介服务不发放款物，金额应为零")
    if kind != Delivery.REFERRAL and amount <= 0:
        raise Refusal("E_INPUT", field="金额", problem="应大于零")


@guard
def within_first_aid_limit(act: Act) -> None:
    """TA-11, AS-35: all stages together, unless the county has agreed to more or the case was decided (AS-36)."""
    limit = first_aid_limit_fen(act.case, act)
    total = authority.delivered_fen(act.case) + act.given["amount_fen"]
    if total > limit:
        raise Refusal("E_LIMIT", amount=yuan(total), limit=yuan(limit))


def first_aid_limit_fen(case, act: Act | None = None) -> int:
    """What may have been handed over in all by now."""
    today = act.today if act else clock.today()
    said = OralApproval.objects.filter(case=case).order_by("-id").first()
    return max(
        authority.limit_fen(case, "ta.first_aid_limit", today),
        authority.approved_fen(case),
        said.amount_fen if said else 0,
    )


@guard
def repeat_explained(act: Act) -> None:
    """TA-04, AS-38: the same cause within twelve months needs a good reason, written down."""
    values = evidence.parameter_set(act.case, act.today)
    known = evidence.declared(act.case, act.today)
    if repeated(known, values, act.case.regime) and not act.given.get("good_reason", "").strip():
        on = known.hardship.helped_on.isoformat() if known.hardship and known.hardship.helped_on else "—"
        raise Refusal("E_TA_REPEAT", on=on, months=int(values["ta.repeat_months"]))


@guard
def oral_approval_told(act: Act) -> None:
    """E2: who of the county agreed, to how much in all."""
    if act.given["amount_fen"] <= authority.delivered_fen(act.case):
        raise Refusal("E_INPUT", field="同意累计金额", problem="应大于已发放的金额")
    if not act.given["approver_name"].strip() or not act.given["approver_post"].strip():
        raise Refusal("E_INPUT", field="同意人", problem="请填写县级同意人的姓名和职务")
    if act.given["said_at"] > act.at or act.given["said_at"] < act.case.emergency.reported_at - timedelta(
        minutes=1
    ):
        raise Refusal("E_INPUT", field="同意时间", problem="应在接报之后、现在之前")


@guard
def second_handler_signs(act: Act) -> None:
    """E2: whoever stood beside the first handler signs for himself, once a stage."""
    named = Delivery.objects.filter(case=act.case, second_handler_id=act.actor.id)
    if not named.exists():
        raise Refusal("E_SOD", who=act.actor.name, why="不是本案先行救助的第二经办人")
    if not named.filter(countersign__isnull=True).exists():
        raise Refusal("E_STATE", act=act.move.title, state="您已签认")


# —— what is asked afterwards (E6)


@guard
def helped_person_known(act: Act) -> None:
    """Nobody can be asked about a person without a number; who has consented once is not asked to again."""
    if not act.case.applicant.id_no:
        raise Refusal("E_DOC", missing="受助人的公民身份号码")
    if act.case.authorisation_id:
        raise Refusal("E_STATE", act=act.move.title, state="已签署授权")


@guard
def helped_person_signs(act: Act) -> None:
    """VER-21: the consent is the person's own, signed."""
    if act.given.get("picture") is None:
        raise Refusal("E_SEAL", missing="受助人在授权书上的签字")


@guard
def not_asked_yet(act: Act) -> None:
    """One check afterwards is enough (E6: it may follow)."""
    if verification.latest_run(act.case.id) is not None:
        raise Refusal("E_STATE", act=act.move.title, state="已经发起")


@guard
def asked_afterwards(act: Act) -> None:
    run = verification.latest_run(act.case.id)
    if run is None or run.state != Run.RUNNING:
        raise Refusal("E_VERIFICATION", why="没有进行中的补做核对")


@guard
def unfitness_described(act: Act) -> None:
    """E6: clear unfitness is written down, and whether the person had lied; a lie alone leads further (CRD)."""
    fit, words = act.given.get("fit"), str(act.given.get("words", "")).strip()
    if fit is None:
        raise Refusal("E_INPUT", field="核对结论", problem="请选择")
    if not fit and len(words) < 5:
        raise Refusal("E_INPUT", field="情况说明", problem="明显不符合的，请写明查到了什么")
    if fit and act.given.get("false_statement"):
        raise Refusal("E_INPUT", field="隐瞒或者虚报", problem="只有不符合的才填")


# —— the registration


def measured(act: Act) -> Outcome:
    """The law's answer with severity, persons and cause as they were just told."""
    known = evidence.declared(act.case, act.today)
    told = {name: act.given[name] for name in ("severity", "persons", "cause") if act.given.get(name)}
    hardship = replace(known.hardship, **told) if known.hardship else None
    return evidence.assess(act.case, replace(known, hardship=hardship), act.today)


@guard
def registration_told(act: Act) -> None:
    """E3: object, cause, amount; the handler signs (S)."""
    case, given = act.case, act.given
    missing = []
    if not (case.applicant.id_no or given.get("id_no") or given.get("unknown_identity", "").strip()):
        missing.append("救助对象身份（公民身份号码，或者查不到的说明）")
    if given.get("cause") not in choices("ta_cause"):
        missing.append("救助事由")
    if len(act.reason.strip()) < 2:
        missing.append("事由说明")
    if not Delivery.objects.filter(case=case).exists():
        missing.append("救助金额（没有先行救助记录）")
    if missing:
        raise Refusal("E_DOC", missing="、".join(missing))
    if given.get("picture") is None:
        raise Refusal("E_SEAL", missing="经办人签字")


@guard
def aid_within_assessment(act: Act) -> None:
    """TA-10: what was handed over is what severity and persons give, or it is said why not."""
    outcome = measured(act)
    given = authority.delivered_fen(act.case)
    if given > outcome.amount_fen and len(act.given.get("override_reason", "").strip()) < 5:
        words = f"按困难程度测算{yuan(outcome.amount_fen)}元，已发放{yuan(given)}元"
        raise Refusal("E_ASSESSMENT", conclusion=words)


@guard
def registration_complete(act: Act) -> None:
    """E7: recipient, cause, amount, both handlers' signatures and the unit's seal; the database asks again."""
    told = Registration.objects.filter(case=act.case).first()
    if told is None or not told.recipient_name or not told.cause or not told.reason:
        raise Refusal("E_DOC", missing="急难型临时救助登记表")
    if told.amount_fen != authority.delivered_fen(act.case):
        raise Refusal("E_DOC", missing="救助金额与签收单一致")
    unsigned = Delivery.objects.filter(case=act.case, countersign__isnull=True).first()
    if unsigned is not None:
        raise Refusal("E_SEAL", missing=f"第二经办人{unsigned.second_handler.name}的签认")
    if act.given.get("seal") is None:
        raise Refusal("E_SEAL", missing="单位公章")


@guard
def sealer_stood_apart(act: Act) -> None:
    """ORG-03: whoever handed the money over does not close the books on it."""
    handed = Delivery.objects.filter(case=act.case)
    if (
        handed.filter(handler_id=act.actor.id).exists()
        or handed.filter(second_handler_id=act.actor.id).exists()
    ):
        raise Refusal("E_SOD", who=act.actor.name, why="是本案经办人，不得盖章办结")


@guard
def authority_covers_total(act: Act) -> None:
    """TA-20, DQ-43: the total of all stages is within the town's own authority, or was decided by the county."""
    total = authority.delivered_fen(act.case)
    limit = authority.limit_fen(act.case, "ta.town_limit", act.today)
    entrusted = decide_authority(act.case.town, act.case.aid_type, act.today) == "TOWN"
    if total > max(authority.approved_fen(act.case), limit if entrusted else 0):
        raise Refusal("E_LIMIT", amount=yuan(total), limit=yuan(limit if entrusted else 0))


@guard
def hardship_measured(act: Act) -> None:
    """E4: severity and persons are told, and the law gives more than was handed over."""
    outcome = measured(act)
    if outcome.amount_fen <= authority.delivered_fen(act.case):
        raise Refusal(
            "E_STATE", act=act.move.title, state=f"测算金额{yuan(outcome.amount_fen)}元，没有超过已发放金额"
        )


@guard
def not_announced_yet(act: Act) -> None:
    """E8: once, with the month's list."""
    if Posting.objects.filter(case_id=act.case.id, kind=Posting.ANNOUNCEMENT).exists():
        raise Refusal("E_STATE", act=act.move.title, state="已经公布")


# —— expense


@guard
def spending_told(act: Act) -> None:
    """TA-12: without spending there is nothing to ask for."""
    if not evidence.draft_body(act.case).get("spendings"):
        raise Refusal("E_DOC", missing="12个月自付必要支出")


def means_known(case) -> bool:
    """TA-13: the family is on an aid that has looked at income and property already."""
    values = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)
    return any(code in values["ta.income_known_by"] for code in evidence.standing_of(case, clock.today()))


@guard
def asked_or_known(act: Act) -> None:
    """3.5: departments are being asked beside the visit; nobody is asked again where means are known (TA-13)."""
    if verification.latest_run(act.case.id) is None and not means_known(act.case):
        raise Refusal("E_VERIFICATION", why="还没有开始核对，核对与调查可以同时进行")


@guard
def report_or_known(act: Act) -> None:
    """A report in force, unless the family's means are known already (TA-13)."""
    if not means_known(act.case):
        report_in_force(act)


@guard
def all_paid(act: Act) -> None:
    """3.5: the bank has confirmed the whole sum of the decision."""
    decision = act.case.decisions.filter(kind=Decision.APPROVE).order_by("-round").first()
    if decision is None or act.given.get("paid_fen") != decision.amount_fen:
        raise Refusal("E_STATE", act=act.move.title, state="款项尚未全部到账")
