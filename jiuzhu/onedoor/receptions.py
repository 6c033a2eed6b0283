"""The one door (ORG-11): the family is found or registered once, its need told once, every matter goes its way.

Our own matters become intentions (``cases``), matters of other departments become referrals. What could not be
opened stays on the reception's page with the reason and one button.
"""

from __future__ import annotations

import uuid as uuids
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit.acts import record
from jiuzhu.cases.acts import intention
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor import leads, referrals
from jiuzhu.onedoor._act import regime_today, take_number
from jiuzhu.onedoor.matters import offered_matter
from jiuzhu.onedoor.models import AskedMatter, Lead, Reception
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Household, Membership, Person
from jiuzhu.people.queries import members_of
from jiuzhu.workflow import clocks as law

ROLES = ("TOWN_CLERK", "VILLAGE_ASSIST", "APPLICANT")


def own_types(town: Organisation) -> tuple[AidType, ...]:
    """Aid types of the platform that exist under the regime in force and begin with an intention (2.0)."""
    regime = regime_today(town, clock.today())
    return tuple(aid for aid in registry.offered(regime) if aid.moves.named("D1"))


def _may_receive(actor: Actor, town: Organisation, village_code: str) -> None:
    if actor.role not in ROLES:
        raise Refusal("E_AUTH", role=role_name(actor.role), act="一门受理", why="")
    if village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择该乡镇（街道）的村（居）")
    if actor.is_staff and (
        town.id not in actor.towns or (actor.villages and village_code not in actor.villages)
    ):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="一门受理", why="不在本辖区。")


def known_family(actor: Actor, household_uid: UUID | str) -> Household:
    """The household as the asker may see it; E_NOT_FOUND outside his area."""
    found = Household.objects.select_related("town").filter(uid=household_uid).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="家庭")
    if actor.is_citizen and found.id != actor.household_id:
        raise Refusal("E_NOT_FOUND", what="家庭")
    return found


def family_rows(household: Household) -> list[dict[str, Any]]:
    """The family as ``register_intention`` takes it, from what is on record: nothing is typed again."""
    return [
        {"name": each.person.name, "id_no": each.person.id_no, "relation": each.relation}
        for each in members_of(household, clock.today())
        if each.person.died_on is None
    ]


def number_of(household: Household, position: int) -> str:
    """The ID number of a member by his place in the family's list."""
    rows = list(members_of(household, clock.today()))
    if not 0 <= position < len(rows):
        raise Refusal("E_INPUT", field="为谁申请", problem="应是该家庭的成员")
    return rows[position].person.id_no


def receive(
    actor: Actor,
    *,
    town_id: int,
    need: str,
    own: list[str],
    other: list[str],
    channel: str,
    consent: bool = False,
    household_uid: UUID | str | None = None,
    village_code: str = "",
    area_type: str = "",
    people_rows: list[dict[str, Any]] | None = None,
    address: str = "",
    causes: list[str] | None = None,
    lead_uid: UUID | str | None = None,
    for_person: str = "",
    once: UUID | str | None = None,
) -> Reception:
    """One family, one need, several matters. ``for_person`` (ID number) is whom a person's own aid is for; without
    it the person of the lead, else the applicant. Raises E_MATTERS, E_TRANSFER_CONSENT, E_INPUT, E_DUP, E_REPEAT."""
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    household = known_family(actor, household_uid) if household_uid else None
    if household and household.town_id != town.id:
        raise Refusal("E_NOT_FOUND", what="家庭")
    village_code = household.village_code if household else village_code
    area_type = household.area_type if household else area_type
    _may_receive(actor, town, village_code)
    if area_type not in ("URBAN", "RURAL"):
        raise Refusal("E_INPUT", field="城乡类别", problem="请选择城市或农村")
    own, other = list(dict.fromkeys(own)), list(dict.fromkeys(other))
    _check_matters(town, own, other, need, consent)
    lead = _lead(actor, lead_uid)
    try:
        with transaction.atomic(), fence(PLATFORM):
            if once and Reception.objects.filter(once=once).exists():
                raise Refusal("E_REPEAT", case_no="一门受理")
            if household is None:
                household = people.register_household(
                    actor,
                    town=town,
                    village_code=village_code,
                    area_type=area_type,
                    people=people_rows or [],
                    address=address,
                )
            reception = _write(
                actor, town, household, area_type, channel, need, causes or [], lead, consent, once
            )
            concerned = _in_need(household, for_person, lead, reception.person)
            _ask_own(reception, own, concerned)
            _ask_other(actor, reception, other, need, lead)
    except IntegrityError as clash:
        if "once" in str(clash):
            raise Refusal("E_REPEAT", case_no="一门受理") from clash
        raise
    _go_on(actor, reception, lead)
    return reception


def _ask_own(reception: Reception, codes: list[str], concerned: Person) -> None:
    """Matters of ours: ticked now, opened at once afterwards."""
    for code in codes:
        AskedMatter.objects.create(
            reception=reception,
            kind=AskedMatter.OWN,
            code=code,
            person=concerned if registry.get(code).per_person else None,
        )


def _ask_other(actor: Actor, reception: Reception, codes: list[str], need: str, lead: Lead | None) -> None:
    """Matters of other departments: a slip each (ORG-15)."""
    for code in codes:
        slip = referrals.write(
            actor,
            household=reception.household,
            person=reception.person,
            town=reception.town,
            village_code=reception.household.village_code,
            code=code,
            need=need,
            reception=reception,
            lead=lead,
        )
        AskedMatter.objects.create(reception=reception, kind=AskedMatter.OTHER, code=code, referral=slip)


def _check_matters(town: Organisation, own: list[str], other: list[str], need: str, consent: bool) -> None:
    if not own and not other:
        raise Refusal("E_MATTERS")
    offered = {aid.code for aid in own_types(town)}
    if not set(own) <= offered:
        raise Refusal("E_INPUT", field="事项", problem="请从列出的事项中选择")
    county = county_of(town, clock.today())
    departments = [offered_matter(county, clock.today(), code).department(county.name) for code in other]
    if other and not consent:
        raise Refusal("E_TRANSFER_CONSENT", departments="、".join(departments))
    if len(need.strip()) < 4:
        raise Refusal("E_INPUT", field="需要什么帮助", problem="请用几句话写清困难和需要")


def _lead(actor: Actor, uid: UUID | str | None) -> Lead | None:
    if not uid:
        return None
    lead = Lead.objects.filter(uid=uid).first() if actor.is_staff else None
    if lead is None:
        raise Refusal("E_NOT_FOUND", what="困难线索")
    if not lead.open:
        raise Refusal("E_STATE", act="帮助申请", state="线索已办结")
    return lead


def _write(
    actor: Actor,
    town: Organisation,
    household: Household,
    area_type: str,
    channel: str,
    need: str,
    causes: list[str],
    lead: Lead | None,
    consent: bool,
    once: UUID | str | None,
) -> Reception:
    now = clock.now()
    person = _applicant(actor, household)
    if lead and lead.incapable:
        Membership.objects.filter(person=person, left_on__isnull=True).update(lacks_capacity=True)
    reception = Reception(
        number=take_number("YM", county_of(town, now.date()).code, now.date()),
        town=town,
        village_code=household.village_code,
        area_type=area_type,
        household=household,
        person=person,
        channel="DISCOVERY" if lead else channel,
        causes=causes,
        lead=lead,
        staff_id=actor.id if actor.is_staff else None,
        by_name=actor.name,
        consent=consent,
        once=once or None,
        at=now,
    )
    reception.need = need.strip()[:1000]
    reception.save(force_insert=True)
    record(
        actor,
        "reception.receive",
        about=reception,
        case_no=reception.number,
        person_uid=person.uid,
        channel=reception.channel,
    )
    return reception


def _in_need(household: Household, number: str, lead: Lead | None, applicant: Person) -> Person:
    """Whom a person's own aid is for: as told, else whoever was found in hardship, else the applicant."""
    rows = [each.person for each in members_of(household, clock.today()) if each.person.died_on is None]
    if number:
        found = next((each for each in rows if each.id_no == number.strip().upper()), None)
        if found is None:
            raise Refusal("E_INPUT", field="为谁申请", problem="应是该家庭的成员")
        return found
    noticed = lead.person_id if lead else None
    return next((each for each in rows if each.id == noticed), applicant)


def _applicant(actor: Actor, household: Household) -> Person:
    rows = list(members_of(household, clock.today()))
    if actor.person_id:
        for each in rows:
            if each.person_id == actor.person_id:
                return each.person
    return next((each.person for each in rows if each.relation == "0"), rows[0].person)


def _go_on(actor: Actor, reception: Reception, lead: Lead | None) -> None:
    """Open every own intention at once; what is refused stays on the page. The lead ends with what came of it."""
    if actor.is_citizen:  # whoever came for the first time now has a household of his own
        actor = replace(actor, household_id=reception.household_id, person_id=reception.person_id)
    with fence(actor):
        wanted = list(reception.matters.filter(kind=AskedMatter.OWN).order_by("id"))
        for asked in wanted:
            try:
                open_intention(actor, reception.uid, asked.code)
            except Refusal as refusal:
                AskedMatter.objects.filter(pk=asked.pk).update(
                    refused_because=refusal.sentence[:200], due_on=_answer_day(reception)
                )
        slip = reception.referrals.order_by("id").first()
        if lead and slip and not wanted:
            leads.refer(actor, lead.uid, slip)


def _answer_day(reception: Reception) -> date:
    """CLK-OWN: what could not be opened is put right, or the family is told why, within three working days."""
    county, at = county_of(reception.town, clock.today()), clock.now()
    regime = regime_today(reception.town, at.date())
    return law.due(
        "CLK-OWN",
        started_at=at,
        regime=regime,
        parameters=parameters.plain_values(county, on=at.date(), regime=regime),
        calendar=parameters.calendar(),
    ).due_on


def explain(actor: Actor, uid: UUID | str, code: str, *, text: str) -> AskedMatter:
    """The family is told why an own matter was not opened and what to do instead; that ends its clock."""
    if len(text.strip()) < 4:
        raise Refusal("E_REASONS", act="答复家庭")
    with transaction.atomic():
        reception = Reception.objects.filter(uid=uid).first()
        if reception is None or not may_see(actor, reception):
            raise Refusal("E_NOT_FOUND", what="受理登记")
        if actor.role != "TOWN_CLERK":
            raise Refusal("E_AUTH", role=role_name(actor.role), act="答复家庭", why="")
        asked = (
            reception.matters.select_for_update(of=("self",)).filter(kind=AskedMatter.OWN, code=code).first()
        )
        if asked is None:
            raise Refusal("E_NOT_FOUND", what="事项")
        if asked.case_id:
            raise Refusal("E_OPENED", matter=registry.get(code).short_name, case_no=asked.case.case_no)
        if asked.told:
            raise Refusal("E_REPEAT", case_no=reception.number)
        asked.told, asked.told_on, asked.told_by = text.strip()[:300], clock.today(), actor.name
        asked.save(update_fields=["told", "told_on", "told_by"])
        record(actor, "reception.explain", about=reception, case_no=reception.number, code=code)
    return asked


def open_intention(actor: Actor, uid: UUID | str, code: str) -> Case:
    """One click: the intention of an own matter, from what the reception already holds (D1). Raises as D1 does."""
    reception = Reception.objects.select_related("household", "town", "lead").filter(uid=uid).first()
    if reception is None or not may_see(actor, reception):
        raise Refusal("E_NOT_FOUND", what="受理登记")
    asked = reception.matters.filter(kind=AskedMatter.OWN, code=code).first()
    if asked is None:
        raise Refusal("E_NOT_FOUND", what="事项")
    if asked.case_id:
        raise Refusal("E_OPENED", matter=registry.get(code).short_name, case_no=asked.case.case_no)
    with fence(PLATFORM):
        rows = family_rows(reception.household)
    case = intention.register_intention(
        actor,
        town_id=reception.town_id,
        village_code=reception.village_code,
        area_type=reception.area_type,
        people=rows,
        channel=reception.channel,
        hardship=reception.need,
        causes=reception.causes,
        aid_type=code,
        for_person=asked.person.id_no if asked.person else "",
        once=uuids.uuid5(reception.uid, code),
    )
    with fence(PLATFORM):
        AskedMatter.objects.filter(pk=asked.pk).update(case=case, refused_because="", due_on=None)
        lead = Lead.objects.filter(pk=reception.lead_id).first()
    if lead and lead.open:
        leads.help_with_case(actor, lead.uid, case)
    return case


def may_see(actor: Actor, reception: Reception) -> bool:
    """The own household for a citizen, the own area for staff; the database's fence stands behind it."""
    if actor.kind == "SYSTEM":
        return True
    if actor.is_citizen:
        return reception.household_id == actor.household_id
    return reception.town_id in actor.towns and (
        not actor.villages or reception.village_code in actor.villages
    )
