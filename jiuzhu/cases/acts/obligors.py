"""Supporters who live apart: named, asked to sign or excused, and what they are able to (TK-02, TK-05)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.acts.authorisation import all_signed, may_sign_later
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import FAMILY_SIDE, check_may_do
from jiuzhu.core import clock, id_numbers, names
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people.models import Household, Obligor, Person
from jiuzhu.workflow.states import STATES

_OBLIGOR_STATES = ("INTENT", "ACCEPTED", "INVESTIGATING")

_SITUATIONS = ("", "INCAPABLE", "MISSING", "PRISON")


def register_obligors(household: Household, members: list[Any], obligors: list[dict[str, Any]]) -> None:
    """Supporters named with the first word, because they sign the consent too (TK-05); named once."""
    by_number = {each.person.id_no: each.person for each in members}
    for each in obligors:
        supports = by_number.get(id_numbers.parse(str(each.get("supports", ""))).number)
        if supports is None or not str(each.get("name", "")).strip():
            raise Refusal("E_INPUT", field="赡养（抚养、扶养）人", problem="请填写姓名和由谁赡养的家庭成员")
        if household.obligors.filter(supports=supports, name=names.normalise(str(each["name"]))).exists():
            continue
        people.add_obligor(
            household,
            supports=supports,
            name=str(each["name"]),
            relation=str(each.get("relation", "")),
            id_no=str(each.get("id_no", "")),
            facts=dict(each.get("facts", {})),
        )


def add_obligor(
    actor: Actor,
    uid: UUID | str,
    *,
    name: str,
    relation: str,
    supports: UUID | str | None = None,
    id_no: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Obligor:
    """A supporter who lives apart, named before the consent is complete, because he signs it too (TK-05)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "登记义务人")
        if case.state != "INTENT" or not registry.get(case.aid_type).obligors_sign:
            raise Refusal("E_STATE", act="登记义务人", state=STATES[case.state].name)
        person = case.for_person or case.applicant
        if supports:
            person = Person.objects.filter(uid=supports, household=case.household).first()
        if person is None or len(name.strip()) < 2 or relation not in choices("relation") or relation == "0":
            raise Refusal("E_INPUT", field="义务人", problem="请填写姓名和与本人的关系")
        if case.household.obligors.filter(supports=person, name=names.normalise(name)).exists():
            raise Refusal("E_REPEAT", case_no=f"{name.strip()}已登记")
        obligor = people.add_obligor(
            case.household, supports=person, name=name, relation=relation, id_no=id_no, facts={}
        )
        record(actor, "obligor.add", about=obligor, case_no=case.case_no)
        return obligor


def take_obligors(case: Case, body: dict[str, Any]) -> None:
    """What the form says of each supporter. Who is no longer named goes, unless he signed or was excused (TK-05)."""
    if not body.get("obligors"):
        return
    bound = Q(signature__isnull=True, excuses__isnull=True)
    free = Obligor.objects.filter(bound, household=case.household).values_list("pk", flat=True)
    Obligor.objects.filter(pk__in=list(free)).delete()
    for each in body["obligors"]:
        supports = Person.objects.filter(uid=each["supports"], household=case.household).first()
        if supports is None:
            raise Refusal("E_INPUT", field="赡养人", problem="被赡养人应是家庭成员")
        known = Obligor.objects.filter(supports=supports, name=names.normalise(each["name"])).first()
        if known:
            known.facts, known.relation = known.facts | each.get("facts", {}), each["relation"]
            known.save(update_fields=["facts", "relation"])
            continue
        people.add_obligor(
            case.household,
            supports=supports,
            name=each["name"],
            relation=each["relation"],
            id_no=each.get("id_no", ""),
            facts=each.get("facts", {}),
        )


def excuse_obligor(
    actor: Actor,
    uid: UUID | str,
    *,
    obligor_id: int,
    kind: str,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """A supporter refuses to sign or cannot be found: the clerk writes down why, and the consent goes on (TK-05)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, ("TOWN_CLERK",), "登记义务人未签字")
        if not registry.get(case.aid_type).obligors_sign or not (
            case.state == "INTENT" or may_sign_later(case)
        ):
            raise Refusal("E_STATE", act="登记义务人未签字", state=STATES[case.state].name)
        obligor = Obligor.objects.filter(pk=obligor_id, household=case.household).first()
        if obligor is None:
            raise Refusal("E_NOT_FOUND", what="义务人")
        people.excuse_obligor(actor, case.authorisation, obligor, kind=kind, reason=reason)
        record(actor, "authorisation.excuse", about=case.authorisation, case_no=case.case_no, kind=kind)
        if case.state == "INTENT" and not people.missing_signers(
            case.authorisation, clock.today(), regime=case.regime, obligors=True
        ):
            return all_signed(actor, case)
        return case


def describe_obligor(
    actor: Actor,
    uid: UUID | str,
    *,
    obligor_id: int,
    age: int | None = None,
    standing: str = "",
    disability_category: str = "",
    disability_grade: str = "",
    situation: str = "",
    own_year_fen: int | None = None,
    property_fits: bool | None = None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Obligor:
    """What the clerk found out about a supporter's ability (TK-02); what is not known stays "not known"."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, ("TOWN_CLERK",), "登记义务人能力")
        if case.state not in _OBLIGOR_STATES:
            raise Refusal("E_STATE", act="登记义务人能力", state=STATES[case.state].name)
        obligor = Obligor.objects.filter(pk=obligor_id, household=case.household).first()
        if obligor is None:
            raise Refusal("E_NOT_FOUND", what="义务人")
        known = {aid.code for aid in registry.all_types()} | {""}
        if standing not in known or situation not in _SITUATIONS or (age is not None and not 0 < age < 120):
            raise Refusal("E_INPUT", field="义务人能力", problem="请从选项中选择，年龄填整数")
        if own_year_fen is not None and own_year_fen < 0:
            raise Refusal("E_INPUT", field="上年收入", problem="不能为负数")
        found: dict[str, Any] = {
            "age": age,
            "standing": standing,
            "disability_category": disability_category,
            "disability_grade": disability_grade,
            "situation": situation,
            "own_year_fen": own_year_fen,
            "property_fits": property_fits,
        }
        cleared = {key: value for key, value in obligor.facts.items() if key not in found}
        obligor.facts = cleared | {key: value for key, value in found.items() if value not in (None, "")}
        obligor.save(update_fields=["facts"])
        record(actor, "obligor.describe", about=obligor, case_no=case.case_no)
        return obligor
