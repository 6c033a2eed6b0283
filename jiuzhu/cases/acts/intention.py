"""The family's first word, said by itself, at the village or at the window: a case with a consent to sign (D1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases import one_visit
from jiuzhu.cases.acts._act import Act, finish
from jiuzhu.cases.acts.obligors import register_obligors
from jiuzhu.cases.acts.opening import case_no, offered_type, refuse_repeat, refuse_second
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.models.case import CaseMember
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people import queries as people_queries
from jiuzhu.people.models import Household, Person

_TAKEN = ("one_open_case", "one_person_per_number", "one_household_at_a_time")


def register_intention(
    actor: Actor,
    *,
    town_id: int,
    village_code: str,
    area_type: str,
    people: list[dict[str, Any]],
    channel: str,
    hardship: str = "",
    causes: tuple[str, ...] | list[str] = (),
    address: str = "",
    aid_type: str = registry.ORDINARY,
    for_person: str = "",
    obligors: tuple[dict[str, Any], ...] | list[dict[str, Any]] = (),
    once: UUID | str | None = None,
    seen: int | None = None,
) -> Case:
    """D1: the family's first word becomes a case with a number, a paper and a consent to sign.

    ``for_person`` is the ID number of the one person to be aided alone (empty: the family, or the applicant where
    the aid is a person's). ``obligors``: supporters who live apart: supports (ID number), name, relation, id_no, facts.
    """
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    _may_register(actor, town, village_code)
    if area_type not in ("URBAN", "RURAL"):
        raise Refusal("E_INPUT", field="城乡类别", problem="请选择城市或农村")
    try:
        with transaction.atomic(), fence(PLATFORM):
            refuse_repeat("D1", once)
            return _open(
                actor,
                town,
                village_code,
                area_type,
                people,
                channel,
                hardship,
                list(causes),
                address,
                aid_type,
                once,
                for_person=for_person,
                obligors=list(obligors),
            )
    except IntegrityError as clash:
        if any(name in str(clash) for name in _TAKEN):
            raise Refusal("E_DUP", why="该家庭（成员）已有在办案件") from clash
        raise


def _may_register(actor: Actor, town: Organisation, village_code: str) -> None:
    """D1: a citizen for himself, an assistant for his village, a clerk for his town."""
    if village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择该乡镇（街道）的村（居）")
    if actor.is_citizen or actor.kind == "SYSTEM":
        return
    if actor.role not in ("VILLAGE_ASSIST", "TOWN_CLERK"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记意愿", why="")
    if town.id not in actor.towns or (actor.villages and village_code not in actor.villages):
        raise Refusal("E_AUTH", role=actor.organ, act="登记意愿", why="不在本辖区。")


def _open(
    actor: Actor,
    town: Organisation,
    village_code: str,
    area_type: str,
    family: list[dict[str, Any]],
    channel: str,
    hardship: str,
    causes: list[str],
    address: str,
    aid_type: str,
    once: UUID | str | None,
    *,
    for_person: str,
    obligors: list[dict[str, Any]],
) -> Case:
    now = clock.now()
    today = now.date()
    county = county_of(town, today)
    regime = regime_today(county, today)
    aid = offered_type(aid_type, regime)
    household = people.register_household(
        actor, town=town, village_code=village_code, area_type=area_type, people=family, address=address
    )
    village_code, area_type = _place(actor, household, village_code, area_type, address)
    members = list(people_queries.members_of(household, today))
    applicant = next(each.person for each in members if each.relation == "0")
    alone = _person_aided(aid, [each.person for each in members], applicant, for_person)
    concerned = [alone] if alone else [each.person for each in members]
    renew_days = int(parameters.plain_values(county, on=today, regime=regime)["status.renew_days"])
    refuse_second(aid, household, concerned, alone, today, renew_days)
    register_obligors(household, members, obligors)
    case = Case(
        case_no=case_no(aid.case_prefix, county, f"{today:%Y%m%d}"),
        aid_type=aid.code,
        exclusive_group=aid.exclusive_group,
        regime=regime,
        state="",
        household=household,
        applicant=applicant,
        for_person=alone,
        town=town,
        county=county,
        village_code=village_code,
        area_type=area_type,
        channel=channel,
        hardship=hardship.strip()[:1000],
        causes=causes,
        opened_at=now,
    )
    case.authorisation = people.open_authorisation(
        household,
        number=f"SQ{case.case_no}",
        aid_types=[aid.code],
        sources=list(aid.sources),
        purpose=f"{aid.name}家庭经济状况核对",
    )
    case.save(force_insert=True)
    for person in concerned:
        CaseMember.objects.create(case=case, person=person, exclusive_group=aid.exclusive_group)
    row = aid.moves.named("D1")[0]
    act = Act(actor=actor, case=case, move=row, at=now)
    act.paper("W01")
    finish(act, once=once)
    one_visit.note(actor, case, row.title, place=channel if channel == one_visit.WINDOW else "")
    return case


def _place(
    actor: Actor, household: Household, village_code: str, area_type: str, address: str
) -> tuple[str, str]:
    """One household, one dossier in one place (ARC-01): it moves along with the family while nothing else runs there."""
    if (household.village_code, household.area_type) == (village_code, area_type):
        return village_code, area_type
    busy = (
        Case.objects.filter(household=household, open=True).exists()
        or Entitlement.objects.filter(household=household, state__in=Entitlement.RUNNING).exists()
    )
    if not busy:
        household.village_code, household.area_type = village_code, area_type
        household.address = address or household.address
        household.save()
    elif actor.villages and household.village_code not in actor.villages:
        raise Refusal("E_DUP", why="该家庭在本乡镇（街道）其他村（居）有事项在办")
    return household.village_code, household.area_type


def _person_aided(aid: AidType, members: list[Person], applicant: Person, for_person: str) -> Person | None:
    """Whose aid it is when it is not the family's: the one named, else the applicant of a person's aid."""
    if not for_person:
        return applicant if aid.per_person else None
    if not (aid.per_person or aid.may_be_single):
        raise Refusal("E_INPUT", field="救助对象", problem=f"{aid.name}以家庭为单位申请")
    number = id_numbers.parse(for_person, on=clock.today()).number
    found = next((each for each in members if each.id_no == number), None)
    if found is None:
        raise Refusal("E_INPUT", field="救助对象", problem="应是该家庭的成员")
    return found
