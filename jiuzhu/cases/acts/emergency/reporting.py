"""E1 and E5: an emergency is reported and the twenty-four hours begin, or its facts turn out not to be true."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases.acts._act import Act, acting, finish
from jiuzhu.cases.acts.decision import reason_words, write_decision
from jiuzhu.cases.acts.opening import case_no, refuse_repeat
from jiuzhu.cases.models import Case, Decision, Emergency
from jiuzhu.cases.models.case import CaseMember
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Household, Person

Once = UUID | str | None
_LONGEST_BACK = timedelta(days=7)


def urgent_aid() -> AidType:
    """The aid that is given first and registered afterwards."""
    return next(aid for aid in registry.all_types() if aid.urgent)


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


def _may_report(actor: Actor, town: Organisation, village_code: str, aid: AidType) -> None:
    if village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择事发地的村（居）")
    if actor.is_citizen or actor.kind == "SYSTEM":
        return
    if actor.role not in aid.moves.named("E1")[0].roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记急难", why="")
    if town.id not in actor.towns or (actor.villages and village_code not in actor.villages):
        raise Refusal("E_AUTH", role=actor.organ, act="登记急难", why="不在本辖区。")


def _reported(told: datetime | None) -> datetime:
    """The moment of the report: not later than now, not longer ago than a week."""
    now = clock.now()
    moment = moment_told(told) or now
    if moment > now or moment < now - _LONGEST_BACK:
        raise Refusal("E_INPUT", field="接报时间", problem="应在最近七天之内、现在之前")
    return moment


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


def _area(village_code: str) -> str:
    """Urban where the last digits of the village say a residents' committee (NBS: 001–199), else rural."""
    return "URBAN" if village_code[-3:].isdigit() and int(village_code[-3:]) < 200 else "RURAL"


def _first_step(actor: Actor, aid: AidType, told: Emergency, once: Once) -> None:
    """E1 itself: the slip W32 says until when help has to be there; clocks count from the event."""
    case, moment = told.case, told.reported_at
    act = Act(actor=actor, case=case, move=aid.moves.named("E1")[0], at=clock.now(), happened_at=moment)
    if counted_from(case, act.today) == "REPORTED":
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


def moment_told(told: datetime | None) -> datetime | None:
    """A moment as somebody told it; without a zone it is Shanghai's (WD-01)."""
    if told is None:
        return None
    return clock.local(told) if told.tzinfo else told.replace(tzinfo=clock.SHANGHAI)


def counted_from(case: Case, on: date) -> str:
    """CLK-TA5 runs from the handing over, or from the report where the city says so (``ta5_start_event``)."""
    return str(parameters.plain_values(case.county, on=on, regime=case.regime)["ta5_start_event"])


def _hours(case: Case, on: date) -> int:
    return int(parameters.plain_values(case.county, on=on, regime=case.regime)["limit.ta_emergency_hours"])


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
