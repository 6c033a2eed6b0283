"""Help at once, papers afterwards (3.6, E1–E8): report, first aid from the reserve fund, registration, more by decision.

Times are those of the event, to the minute, not of typing: the twenty-four hours run from the report to the handing
over, the five working days from there (CLK-TA24, CLK-TA5).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Seal, Staff
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.queries import colleagues
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases import authority, evidence, papers
from jiuzhu.cases.acts._act import Act, acting, finish
from jiuzhu.cases.acts.decision import reason_words, write_decision
from jiuzhu.cases.acts.opening import case_no, refuse_repeat
from jiuzhu.cases.acts.posting import post
from jiuzhu.cases.acts.review import assessment_words
from jiuzhu.cases.models import (
    Assessment,
    Case,
    Countersign,
    Decision,
    Delivery,
    Emergency,
    Opinion,
    OralApproval,
    Registration,
)
from jiuzhu.cases.models.case import CaseMember
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import acts as funds
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Household, Person
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

Once = UUID | str | None
# who may sign for himself later, because he sees cases; whoever pays the lists may help, signing on the spot
SIGNERS = ("TOWN_CLERK", "TOWN_VERIFIER", "TOWN_LEAD")
HANDLERS = (*SIGNERS, "TOWN_PAYROLL")
FROM_FUND = (Delivery.CASH, Delivery.TRANSFER, Delivery.GOODS)
_LONGEST_BACK = timedelta(days=7)


def _moment(told: datetime | None) -> datetime | None:
    """A moment as somebody told it; without a zone it is Shanghai's (WD-01)."""
    if told is None:
        return None
    return clock.local(told) if told.tzinfo else told.replace(tzinfo=clock.SHANGHAI)


def urgent_aid() -> AidType:
    """The aid that is given first and registered afterwards."""
    return next(aid for aid in registry.all_types() if aid.urgent)


# —— E1


def report_emergency(
    actor: Actor,
    *,
    town_id: int,
    village_code: str,
    name: str,
    cause: str,
    id_no: str = "",
    age: int | None = None,
    sex: str = "",
    phone: str = "",
    place: str = "",
    summary: str = "",
    area_type: str = "",
    reported_at: datetime | None = None,
    reporter_name: str = "",
    reporter_phone: str = "",
    channel: str = "WINDOW",
    once: Once = None,
) -> Case:
    """E1: the twenty-four hours begin. No registered residence is asked for; a number may follow at registration.

    ``age`` is an estimate for whoever has no number at hand. Raises E_INPUT, E_ID, E_DUP, E_AUTH, E_REPEAT.
    """
    aid = urgent_aid()
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    _may_report(actor, town, village_code, aid)
    if cause not in aid.hardship_causes:
        raise Refusal("E_INPUT", field="事由", problem="请从列表中选择")
    moment = _reported(reported_at)
    try:
        with transaction.atomic(), fence(PLATFORM):
            refuse_repeat("E1", once)
            household, person = people.register_recipient(
                actor,
                town=town,
                village_code=village_code,
                area_type=area_type or _area(village_code),
                name=name,
                id_no=id_no,
                age=age,
                sex=sex,
                phone=phone,
                address=place,
            )
            case = _open(actor, aid, town, village_code, household, person, channel, cause, summary)
            told = Emergency(
                case=case,
                reported_at=moment,
                reporter_name=(reporter_name or name).strip()[:60],
                place=place.strip()[:120],
                cause=cause,
                summary=summary.strip()[:400],
            )
            told.reporter_phone = reporter_phone
            told.save(force_insert=True)
            _first_step(actor, aid, told, once)
            return case
    except IntegrityError as clash:
        if "one_open_case" in str(clash) or "one_person_per_number" in str(clash):
            raise Refusal("E_DUP", why="该对象已有在办的急难救助") from clash
        raise


def _reported(told: datetime | None) -> datetime:
    """The moment of the report: not later than now, not longer ago than a week."""
    now = clock.now()
    moment = _moment(told) or now
    if moment > now or moment < now - _LONGEST_BACK:
        raise Refusal("E_INPUT", field="接报时间", problem="应在最近七天之内、现在之前")
    return moment


def _first_step(actor: Actor, aid: AidType, told: Emergency, once: Once) -> None:
    """E1 itself: the slip W32 says until when help has to be there; clocks count from the event."""
    case, moment = told.case, told.reported_at
    act = Act(actor=actor, case=case, move=aid.moves.named("E1")[0], at=clock.now(), happened_at=moment)
    if _counted_from(case, act.today) == "REPORTED":
        act.start("CLK-TA5")
    act.note(reported_at=moment.isoformat(), cause=told.cause)
    act.paper(
        "W32",
        reported_at=moment.isoformat(),
        reporter=told.reporter_name,
        place=told.place or "未说明",
        cause=name_of("ta_cause", told.cause),
        summary=told.summary or "待查明",
        due_at=(moment + timedelta(hours=_hours(case, act.today))).isoformat(),
    )
    finish(act, once=once)


def _area(village_code: str) -> str:
    """Urban where the last digits of the village say a residents' committee (NBS: 001–199), else rural."""
    return "URBAN" if village_code[-3:].isdigit() and int(village_code[-3:]) < 200 else "RURAL"


def _may_report(actor: Actor, town: Organisation, village_code: str, aid: AidType) -> None:
    if village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择事发地的村（居）")
    if actor.is_citizen or actor.kind == "SYSTEM":
        return
    if actor.role not in aid.moves.named("E1")[0].roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记急难", why="")
    if town.id not in actor.towns or (actor.villages and village_code not in actor.villages):
        raise Refusal("E_AUTH", role=actor.organ, act="登记急难", why="不在本辖区。")


def _open(
    actor: Actor,
    aid: AidType,
    town: Organisation,
    village_code: str,
    household: Household,
    person: Person,
    channel: str,
    cause: str,
    summary: str,
) -> Case:
    today = clock.today()
    county = county_of(town, today)
    if CaseMember.objects.filter(person=person, exclusive_group=aid.exclusive_group, open=True).exists():
        raise Refusal("E_DUP", why=f"{person.name}已有在办的急难救助")
    case = Case.objects.create(
        case_no=case_no(aid.case_prefix, county, f"{today:%Y%m%d}"),
        aid_type=aid.code,
        exclusive_group=aid.exclusive_group,
        regime=regime_today(county, today),
        state="",
        household=household,
        applicant=person,
        town=town,
        county=county,
        village_code=village_code,
        area_type=household.area_type,
        channel=channel,
        hardship=summary.strip()[:1000],
        causes=[cause],
        opened_at=clock.now(),
        accepted_on=today,
    )
    CaseMember.objects.create(case=case, person=person, exclusive_group=aid.exclusive_group)
    return case


def _counted_from(case: Case, on: date) -> str:
    """CLK-TA5 runs from the handing over, or from the report where the city says so (``ta5_start_event``)."""
    return str(parameters.plain_values(case.county, on=on, regime=case.regime)["ta5_start_event"])


def _hours(case: Case, on: date) -> int:
    return int(parameters.plain_values(case.county, on=on, regime=case.regime)["limit.ta_emergency_hours"])


# —— E2


def deliver(
    actor: Actor,
    uid: UUID | str,
    *,
    kind: str,
    amount_fen: int,
    second_id: int,
    picture: Picture | None,
    signature_mode: str = "SCREEN",
    what: str = "",
    receiver_name: str = "",
    delivered_at: datetime | None = None,
    photo: Picture | None = None,
    second_picture: Picture | None = None,
    good_reason: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E2: aid is in the person's hands, signed for before two of the town; money leaves the reserve fund with it.

    The first time from INTENT, further stages later. The second signs with ``second_picture`` on the spot, or
    himself later (:func:`countersign`). Raises E_LIMIT, E_SEAL, E_SOD, E_TA_REPEAT, E_FUND_SHORT.
    """
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "E2s" if state == "EMERGENCY_AID" else "E2"
    with acting(
        actor,
        uid,
        key,
        seen=seen,
        once=once,
        kind=kind,
        amount_fen=amount_fen,
        what=what,
        picture=picture,
        second=_second(actor, second_id),
        good_reason=good_reason,
    ) as act:
        case, told = act.case, act.case.emergency
        if good_reason.strip():
            told.good_reason = good_reason.strip()[:200]
            told.save(update_fields=["good_reason"])
        moment = _moment(delivered_at) or act.at
        if not told.reported_at <= moment <= act.at:
            raise Refusal("E_INPUT", field="送达时间", problem="应在接报之后、现在之前")
        if second_picture is None and not _named(act.actor, second_id, SIGNERS):
            raise Refusal("E_SEAL", missing="第二经办人的当场签字（该岗位看不到案件，不能事后签认）")
        act.happened_at = moment
        delivery = Delivery.objects.create(
            case=case,
            stage=case.deliveries.count() + 1,
            kind=kind,
            amount_fen=amount_fen,
            what=what.strip()[:200],
            delivered_at=moment,
            handler_id=actor.id,
            second_handler_id=second_id,
            receiver_name=(receiver_name or case.applicant.name).strip()[:60],
            signature=files.keep(picture.content, picture.mime),
            signature_mode=signature_mode if signature_mode in Delivery.MODES else "SCREEN",
            photo=files.keep(photo.content, photo.mime) if photo else None,
            at=act.at,
        )
        if second_picture:
            _countersign(case, delivery, second_picture, act.at)
        if kind in FROM_FUND:
            funds.pay(actor, case.town, amount_fen=amount_fen, case_no=case.case_no, ref=delivery.uid)
        if key == "E2" and _counted_from(case, act.today) == "DELIVERED":
            act.start("CLK-TA5")
        act.note(stage=delivery.stage, kind=kind, amount_fen=amount_fen, delivered_at=moment.isoformat())
        act.paper("W33", **_receipt(act, delivery))
    return act.case


def _second(actor: Actor, staff_id: int | None) -> Staff | None:
    """The second handler: somebody at work in the same town today."""
    return _named(actor, staff_id, HANDLERS)


def _named(actor: Actor, staff_id: int | None, roles: tuple[str, ...]) -> Staff | None:
    return next(
        (each for each in colleagues(actor.organ_id, clock.today(), roles) if each.id == staff_id), None
    )


def _receipt(act: Act, delivery: Delivery) -> dict[str, Any]:
    return {
        "stage": delivery.stage,
        "kind": Delivery.KINDS[delivery.kind],
        "amount_fen": delivery.amount_fen,
        "what": delivery.what or "—",
        "delivered_at": delivery.delivered_at.isoformat(),
        "receiver": delivery.receiver_name,
        "handlers": [act.actor.name, delivery.second_handler.name],
        "cause": name_of("ta_cause", act.case.emergency.cause),
        "signatures": papers.pictures([(delivery.signature, delivery.receiver_name)]),
        "second": papers.pictures(
            [
                (each.signature, delivery.second_handler.name)
                for each in Countersign.objects.filter(delivery=delivery)
            ]
        ),
        "photos": papers.pictures([(delivery.photo, "现场")] if delivery.photo else []),
    }


def _countersign(case: Case, delivery: Delivery, picture: Picture | None, at: datetime) -> None:
    Countersign.objects.create(
        case=case,
        delivery=delivery,
        by_id=delivery.second_handler_id,
        signature=files.keep(picture.content, picture.mime) if picture else None,
        signed_at=at,
    )


def countersign(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> Case:
    """E2: signed in himself, the second handler answers for every stage that names him and is not signed yet."""
    with acting(actor, uid, "E2c", seen=seen, once=once) as act:
        open_ones = Delivery.objects.filter(
            case=act.case, second_handler_id=actor.id, countersign__isnull=True
        )
        stages = []
        for delivery in open_ones.order_by("stage"):
            _countersign(act.case, delivery, None, act.at)
            stages.append(delivery.stage)
        act.to(act.case.state)
        act.note(stages=stages)
    return act.case


def first_aid_at_once(
    actor: Actor, *, report: dict[str, Any], delivery: dict[str, Any], once: Once = None
) -> Case:
    """E1 and E2 together, for a clerk who stands beside the person: one page, one transaction."""
    with transaction.atomic():
        case = report_emergency(actor, once=once, **report)
        return deliver(actor, case.uid, **delivery)


def record_oral_approval(
    actor: Actor,
    uid: UUID | str,
    *,
    amount_fen: int,
    approver_name: str,
    approver_post: str,
    said_at: datetime | None = None,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E2: the county agreed on the telephone to more than the town's limit; its written decision follows (E4)."""
    said = _moment(said_at) or clock.now()
    with acting(
        actor,
        uid,
        "E2o",
        seen=seen,
        once=once,
        amount_fen=amount_fen,
        approver_name=approver_name,
        approver_post=approver_post,
        said_at=said,
    ) as act:
        OralApproval.objects.create(
            case=act.case,
            amount_fen=amount_fen,
            approver_name=approver_name.strip()[:60],
            approver_post=approver_post.strip()[:60],
            said_at=said,
            by_id=actor.id,
            at=act.at,
        )
        act.to(act.case.state)
        act.note(amount_fen=amount_fen)
    return act.case


# —— E5


def reject(
    actor: Actor,
    uid: UUID | str,
    *,
    codes: list[str],
    reason: str,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E5: the facts are not true. A decision with its letter and remedies, as any refusal (W22)."""
    if not codes or any(code not in choices("reason") for code in codes):
        raise Refusal("E_REASONS", act="不予救助")
    with acting(actor, uid, "E5", seen=seen, once=once, reason=reason, codes=codes) as act:
        write_decision(
            act, Decision.REFUSE, authority="TOWN", assessment=None, reasons=list(codes), explanation=reason
        )
        act.paper("W22", reasons=reason_words(codes, None), explanation=reason)
    return act.case


# —— E3


def complete_registration(
    actor: Actor,
    uid: UUID | str,
    *,
    severity: str,
    persons: int,
    cause: str,
    reason: str,
    picture: Picture | None,
    id_no: str = "",
    unknown_identity: str = "",
    override_reason: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E3: object, cause and amount are put on paper and the handler signs; the township's head seals next."""
    _check_measure(severity, persons)
    with acting(
        actor,
        uid,
        "E3",
        seen=seen,
        once=once,
        severity=severity,
        persons=persons,
        cause=cause,
        reason=reason,
        picture=picture,
        id_no=id_no,
        override_reason=override_reason,
        unknown_identity=unknown_identity,
    ) as act:
        case = act.case
        if id_no.strip():
            people.identify(actor, case.applicant, id_no)
        outcome = _measure(act).outcome
        words = "；".join(
            part.strip() for part in (reason, unknown_identity, override_reason) if part.strip()
        )
        total = authority.delivered_fen(case)
        Registration.objects.update_or_create(
            case=case,
            defaults={
                "recipient_name": case.applicant.name,
                "cause": cause,
                "reason": words[:400],
                "amount_fen": total,
                "handler_id": actor.id,
                "handler_signature": files.keep(picture.content, picture.mime),
                "signed_at": act.at,
            },
        )
        act.note(cause=cause, amount_fen=total, assessed_fen=outcome["amount_fen"])
    return act.case


def _check_measure(severity: str, persons: int) -> None:
    if severity not in choices("severity"):
        raise Refusal("E_INPUT", field="困难程度", problem="请从列表中选择")
    if not 1 <= persons <= 99:
        raise Refusal("E_INPUT", field="受困人数", problem="应为1到99")


def _measure(act: Act) -> Assessment:
    """How heavy the hardship is and how many it hits, kept with the law's answer to it (TA-10)."""
    told = act.case.emergency
    told.severity, told.persons = act.given["severity"], act.given["persons"]
    told.cause = act.given.get("cause") or told.cause
    told.save(update_fields=["severity", "persons", "cause"])
    act.change(causes=[told.cause])
    return _assess(act)


def _assess(act: Act) -> Assessment:
    known = evidence.declared(act.case, act.today)
    frozen = evidence.freeze(act.case, known, kind="DECLARED", by=act.actor.name)
    return evidence.keep_assessment(act.case, frozen, evidence.assess(act.case, known, act.today))


def return_registration(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: Once = None
) -> Case:
    """The head finds a gap: back to the clerk."""
    with acting(actor, uid, "E3b", seen=seen, once=once, reason=reason) as act:
        pass
    return act.case


def seal_registration(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> Case:
    """E3, E7: the unit's seal; the case is closed and the five working days are kept or not."""
    today = clock.today()
    case = Case.objects.filter(uid=uid).select_related("town").first()
    seal = (
        Seal.objects.filter(organ=case.town, registered_on__lte=today).exclude(ended_on__lte=today).first()
        if case
        else None
    )
    with acting(actor, uid, "E3c", seen=seen, once=once, seal=seal) as act:
        told = act.case.registration
        told.organ, told.seal, told.sealed_by_id, told.sealed_at = act.case.town, seal, actor.id, act.at
        told.save(update_fields=["organ", "seal", "sealed_by", "sealed_at"])
        act.change(decided_on=act.today)
        act.paper("W34", **_registered(act, told))
    return act.case


def _registered(act: Act, told: Registration) -> dict[str, Any]:
    case = act.case
    outcome = Outcome.from_dict(case.assessments.order_by("-id").first().outcome)
    return {
        "reported_at": case.emergency.reported_at.isoformat(),
        "place": case.emergency.place or "未说明",
        "id_no": case.applicant.id_no or "不详",
        "cause": name_of("ta_cause", told.cause),
        "reason": told.reason,
        "severity": name_of("severity", case.emergency.severity),
        "persons": case.emergency.persons,
        "amount_fen": told.amount_fen,
        "handler": told.handler.name,
        "signed_at": told.signed_at.isoformat(),
        "stages": [
            {
                "stage": each.stage,
                "kind": Delivery.KINDS[each.kind],
                "amount_fen": each.amount_fen,
                "what": each.what or "—",
                "delivered_at": each.delivered_at.isoformat(),
                "handlers": f"{each.handler.name}、{each.second_handler.name}{second_signed(each)}",
            }
            for each in delivered(case)
        ],
        "lines": papers.lines(outcome),
        "signatures": papers.pictures([(told.handler_signature, told.handler.name)]),
        "is_sample": outcome.is_sample,
    }


def delivered(case: Case) -> Any:
    return case.deliveries.select_related("handler", "second_handler", "countersign").order_by("stage")


def second_signed(delivery: Delivery) -> str:
    """Nothing once the second handler has signed; else that he has not."""
    return "" if hasattr(delivery, "countersign") else "（未签认）"


# —— E8


def announce_month(actor: Actor, town_id: int, month: date) -> int:
    """The month's aid on the village boards: name, persons, sum, never why (PUBL-02, PUBL-03). Returns how many."""
    if town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    with transaction.atomic():
        cases = unannounced(town_id, month)
        for case in cases:
            with acting(actor, case.uid, "E8") as act:
                told = act.case.registration
                persons = act.case.emergency.persons or 1
                post(act, members_count=persons, amount_fen=told.amount_fen, kind=Posting.ANNOUNCEMENT)
        return len(cases)


def unannounced(town_id: int, month: date) -> list[Case]:
    """Emergencies of a town closed in or before a month and not on a list yet; aid without money is not announced."""
    closed = Case.objects.filter(
        town_id=town_id,
        state="CLOSED",
        closed_on__lt=add_months(month.replace(day=1), 1),
        registration__amount_fen__gt=0,
    )
    announced = Posting.objects.filter(kind=Posting.ANNOUNCEMENT).values("case_id")
    return list(closed.exclude(pk__in=announced).select_related("applicant", "registration").order_by("id"))


# —— E4


def ask_for_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    severity: str,
    persons: int,
    opinion: str,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E4: more than first aid is needed; the whole sum decides who decides (TA-20)."""
    _check_measure(severity, persons)
    with acting(
        actor, uid, "E4", seen=seen, once=once, opinion=opinion, severity=severity, persons=persons
    ) as act:
        case = act.case
        assessment = _measure(act)
        Opinion.objects.create(
            case=case,
            assessment=assessment,
            supports=True,
            text=opinion,
            amount_fen=assessment.amount_fen,
            by_id=actor.id,
            given_at=act.at,
        )
        act.paper("W19", opinion=opinion, **assessment_words(Outcome.from_dict(assessment.outcome)))
        where = authority.authority_of(case, act.today)
        act.to("TOWN_APPROVAL" if where == "TOWN" else "COUNTY_REVIEW")
        if where == "COUNTY":
            act.start("CLK-CO")
        act.note(authority=where, amount_fen=assessment.amount_fen)
    return act.case


def approve_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    explanation: str = "",
    override_reason: str = "",
    meeting_no: str = "",
    meeting_on: date | None = None,
    meeting_fen: int = 0,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """The whole sum is decided; the town hands over what is left. An extreme case goes beyond the table only with the
    record of a county meeting (一事一议, TA-10).
    """
    with acting(actor, uid, "E4a", seen=seen, once=once, override_reason=override_reason) as act:
        case = act.case
        if meeting_no.strip() or meeting_fen:
            _settle(act, meeting_no.strip(), meeting_on, meeting_fen)
        assessment = case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        write_decision(
            act,
            Decision.APPROVE,
            assessment=assessment,
            amount_fen=outcome.amount_fen,
            base_fen=outcome.base_fen,
            pays=registry.get(case.aid_type).pays,
            members_count=outcome.counted,
            override_reason=override_reason,
            explanation=explanation,
        )
        act.paper(
            "W21",
            decision="同意追加救助",
            decided_on=act.today,
            reasons=[override_reason] if override_reason else ["符合规定条件"],
            explanation=explanation or "先行救助金额计入总额，其余由乡镇（街道）发放。",
            **assessment_words(outcome),
        )
    return act.case


def _settle(act: Act, number: str, on: date | None, fen: int) -> None:
    """What the county meeting settled, put before the law once more and kept as another assessment."""
    if act.case.state != "COUNTY_REVIEW":
        raise Refusal("E_STATE", act="一事一议", state="须由县级审批")
    if not number or on is None or on > act.today or fen <= 0:
        raise Refusal("E_INPUT", field="会议纪要", problem="请填写会议纪要文号、日期和议定金额")
    told = act.case.emergency
    if told.severity != "EXTREME":
        raise Refusal("E_INPUT", field="会议纪要", problem="只有特别严重的情形才能一事一议")
    told.meeting_no, told.meeting_on, told.meeting_fen = number[:80], on, fen
    told.save(update_fields=["meeting_no", "meeting_on", "meeting_fen"])
    _assess(act)


def refuse_supplement(
    actor: Actor,
    uid: UUID | str,
    *,
    codes: list[str],
    reason: str,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """No more than first aid; the letter says why. What was given stays given (E6)."""
    if not codes or any(code not in choices("reason") for code in codes):
        raise Refusal("E_REASONS", act="不同意追加")
    with acting(actor, uid, "E4r", seen=seen, once=once, reason=reason, codes=codes) as act:
        assessment = act.case.assessments.order_by("-id").first()
        outcome = Outcome.from_dict(assessment.outcome)
        write_decision(act, Decision.REFUSE, assessment=assessment, reasons=list(codes), explanation=reason)
        told, words = reason_words(codes, outcome), assessment_words(outcome)
        act.paper(
            "W21",
            decision="不同意追加救助",
            decided_on=act.today,
            reasons=told,
            explanation=reason,
            **(words | {"amount_fen": 0}),
        )
        act.paper("W22", reasons=told, explanation=reason, lines=words["lines"], is_sample=words["is_sample"])
    return act.case
