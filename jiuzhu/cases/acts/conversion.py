"""From one kind of aid to another without being entered again and without losing evidence (AS-33, DB-04, TK-12).

The family agrees in writing; a new case opens out of the former one: the same household and supporters, the form as
it was filled, its materials, the consent where it still holds (VER-21), the report and the visit while they are in
force. Former living aid ends when the new one is granted, the month before its first (DQ-04; ``continuation``).
"""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit.acts import record
from jiuzhu.cases.acts import authorisation, opening
from jiuzhu.cases.acts._act import Act, acting, finish, locked
from jiuzhu.cases.models import Case, Draft, Material
from jiuzhu.cases.models.case import CaseMember
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Authorisation, Person
from jiuzhu.people.queries import members_of
from jiuzhu.workflow.states import STATES

# what was withdrawn or never accepted has nothing to continue
_ENDED = ("GRANTED", "REFUSED")


def convert(
    actor: Actor,
    uid: UUID | str,
    *,
    aid_type: str,
    agreed: bool,
    person_uid: UUID | str | None = None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """Open a case of another kind out of this one; an open one ends with it, a decided one stays as it was decided.

    ``person_uid`` is whose aid it becomes where one person alone is aided. Raises E_AUTH, E_INPUT, E_STATE, E_DUP.
    """
    with transaction.atomic():
        origin = locked(actor, uid)
        if actor.role != "TOWN_CLERK":
            raise Refusal("E_AUTH", role=role_name(actor.role), act="改办其他救助", why="")
        check_recusal(actor, origin)
        if not agreed:
            raise Refusal("E_SEAL", missing="家庭同意改办的书面意见")
        today = clock.today()
        regime = regime_today(origin.county, today)
        aid = opening.offered_type(aid_type, regime)
        alone = _alone(aid, origin, person_uid)
        if aid.code == origin.aid_type and alone == origin.for_person:
            raise Refusal("E_INPUT", field="救助类别", problem="应与原来的不同")
        if origin.open:
            _end(actor, origin, aid, seen=seen, once=once)
        elif origin.state not in _ENDED:
            raise Refusal("E_STATE", act="改办其他救助", state=STATES[origin.state].name)
        try:
            with transaction.atomic(), fence(PLATFORM):
                case = _continue(actor, origin, aid, regime, alone)
        except IntegrityError as clash:
            if "one_open_case" not in str(clash):
                raise
            raise Refusal("E_DUP", why="该家庭（成员）已有在办案件") from clash
        record(
            actor,
            "case.convert",
            about=case,
            case_no=case.case_no,
            person_uid=case.applicant.uid,
            origin=origin.case_no,
        )
        if case.authorisation.state == Authorisation.IN_FORCE:
            return authorisation.enter_authorised(actor, case)
        return case


def _alone(aid: AidType, origin: Case, person_uid: UUID | str | None) -> Person | None:
    if person_uid is None:
        return (origin.for_person or origin.applicant) if aid.per_person else None
    found = Person.objects.filter(uid=person_uid, household=origin.household).first()
    if found is None or not (aid.per_person or aid.may_be_single):
        raise Refusal("E_INPUT", field="救助对象", problem="应是该家庭的成员，且该类别可以一人申请")
    return found


def _end(actor: Actor, origin: Case, aid: AidType, *, seen: int | None, once: UUID | str | None) -> None:
    """The consent is not ended: it goes on with the family."""
    with acting(actor, origin.uid, "CONV", seen=seen, once=once, reason=f"家庭同意改办{aid.name}") as act:
        act.paper("W29", explanation=f"经申请人同意，改办{aid.name}，已有的授权、核对和调查继续有效。")
        act.note(converted_to=aid.code)


def _continue(actor: Actor, origin: Case, aid: AidType, regime: str, alone: Person | None) -> Case:
    now = clock.now()
    today = now.date()
    household = origin.household
    members = [each.person for each in members_of(household, today)]
    concerned = [alone] if alone else members
    renew = int(parameters.plain_values(origin.county, on=today, regime=regime)["status.renew_days"])
    opening.refuse_second(aid, household, concerned, alone, today, renew)
    case = Case(
        case_no=opening.case_no(aid.case_prefix, origin.county, f"{today:%Y%m%d}"),
        aid_type=aid.code,
        exclusive_group=aid.exclusive_group,
        regime=regime,
        state="",
        household=household,
        applicant=origin.applicant,
        for_person=alone,
        origin=origin,
        town=household.town,
        county=origin.county,
        village_code=household.village_code,
        area_type=origin.area_type,
        channel=origin.channel,
        hardship=origin.hardship,
        causes=origin.causes,
        opened_at=now,
    )
    case.authorisation = _consent(origin, aid, case.case_no)
    case.save(force_insert=True)
    for person in concerned:
        CaseMember.objects.create(case=case, person=person, exclusive_group=aid.exclusive_group)
    _carry_form(origin, case)
    act = Act(actor=actor, case=case, move=aid.moves.named("D1")[0], at=now)
    act.note(origin=origin.case_no)
    act.paper("W01")
    finish(act)
    return case


def _consent(origin: Case, aid: AidType, case_no: str) -> Authorisation:
    """VER-21: signed anew only where it has ended, someone who must sign has not, or sources were not named."""
    consent, today = origin.authorisation, clock.today()
    holds = (
        consent is not None
        and consent.state == Authorisation.IN_FORCE
        and consent.valid_to >= today
        and set(aid.sources) <= set(consent.sources)
        and not people.missing_signers(consent, today, regime=origin.regime, obligors=aid.obligors_sign)
    )
    if consent is not None and holds:
        if aid.code not in consent.aid_types:
            consent.aid_types = [*consent.aid_types, aid.code]
            consent.save(update_fields=["aid_types"])
        return consent
    return people.open_authorisation(
        origin.household,
        number=f"SQ{case_no}",
        aid_types=[aid.code],
        sources=list(aid.sources),
        purpose=f"{aid.name}家庭经济状况核对",
    )


def _carry_form(origin: Case, case: Case) -> None:
    draft = Draft.objects.filter(case=origin).first()
    if draft is not None:
        copied = Draft(case=case, saved_at=clock.now())
        copied.body = draft.body
        copied.save(force_insert=True)
    for each in origin.materials.order_by("id"):
        Material.objects.create(
            case=case,
            kind=each.kind,
            source=each.source,
            file=each.file,
            note=f"沿用案件{origin.case_no}",
            received_at=each.received_at,
        )
