"""From the first word to acceptance: intention, signatures, the one form, acceptance or the one correction (D1–D16)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.queries import kin_of_officials
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit.acts import record
from jiuzhu.cases import clocks, evidence, guards, homecomings, one_form, papers
from jiuzhu.cases.acts._act import Act, acting, finish, locked
from jiuzhu.cases.acts.verification import end_consent
from jiuzhu.cases.models import (
    Case,
    Correction,
    Draft,
    Entitlement,
    EntitlementMember,
    KinFiling,
    Material,
    Step,
)
from jiuzhu.cases.models.case import CaseCounter, CaseMember
from jiuzhu.cases.permissions import check_may_do, check_may_see
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock, id_numbers, names
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people import queries as people_queries
from jiuzhu.people.models import BankAccount, Household, Obligor, Person
from jiuzhu.policy.regimes import regime as regime_of
from jiuzhu.vault import files
from jiuzhu.vault.counters import next_number
from jiuzhu.vault.uploads import Picture
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.workflow.states import STATES

FAMILY_SIDE = ("APPLICANT", "VILLAGE_ASSIST", "TOWN_CLERK")
_BEFORE_APPLYING = ("INTENT", "AUTHORISED", "VERIFYING", "VERIFIED", "MAY_APPLY", "VER_NOT_FIT", "CORRECTION")
# after the family has signed its form, only the investigators put right what they found at home
_INVESTIGATED = ("ACCEPTED", "INVESTIGATING")
_TAKEN = ("one_open_case", "one_person_per_number", "one_household_at_a_time")

_PROMISES = [
    "所填写的家庭成员、收入、财产情况真实、完整，没有隐瞒。",
    "{changes_word}发生变化，三十日内主动报告；有人去世首先报告。",
    "配合核对、入户调查和复核。",
    "如有虚假，愿意退回救助款物并依法承担责任。",
]


def promises(aid: AidType) -> list[str]:
    """What is promised under the form (W10, CRD-01), of the family or of the one person aided."""
    return [each.format(**aid.paper_words) for each in _PROMISES]


def case_no(prefix: str, county: Organisation, day: str) -> str:
    key = f"{prefix}{county.code}{day}"
    return f"{key}{next_number(CaseCounter, key=key):05d}"


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
            _refuse_repeat(once)
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


def _refuse_repeat(once: UUID | str | None) -> None:
    """The form's own token was used: the first click made the case, this one makes nothing."""
    done = Step.objects.filter(move="D1", once=once).select_related("case").first() if once else None
    if done:
        raise Refusal("E_REPEAT", case_no=done.case.case_no)


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
    _register_obligors(household, members, obligors)
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
        visits_count=1 if channel == "WINDOW" else 0,
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


def offered_type(aid_type: str, regime: str) -> AidType:
    """The aid type, where it exists under the regime (2.0)."""
    for aid in registry.offered(regime):
        if aid.code == aid_type and aid.moves.named("D1"):
            return aid
    raise Refusal("E_INPUT", field="救助类别", problem="现行制度下没有这一类别，请重新选择")


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


def refuse_second(
    aid: AidType,
    household: Household,
    concerned: list[Person],
    alone: Person | None,
    today: date,
    renew_days: int,
) -> None:
    """AID-01: one open case of a group, and no second aid of the same kind; another kind is a conversion.

    A status that ends within ``renew_days`` may be asked for again before it ends (EDG-01).
    """
    same = Case.objects.filter(exclusive_group=aid.exclusive_group, open=True)
    if alone is None and same.filter(household=household, for_person__isnull=True).exists():
        raise Refusal("E_DUP", why="该家庭已有在办案件")
    if CaseMember.objects.filter(
        person__in=concerned, exclusive_group=aid.exclusive_group, open=True
    ).exists():
        raise Refusal("E_DUP", why="该家庭（成员）已有在办案件")
    running = EntitlementMember.objects.filter(
        Q(to_month__isnull=True) | Q(to_month__gte=today.replace(day=1)),
        person__in=concerned,
        group=aid.exclusive_group,
        entitlement__aid_type=aid.code,
        entitlement__state__in=Entitlement.RUNNING,
    ).exclude(entitlement__valid_to__lte=today + timedelta(days=renew_days))
    if running.exists():
        raise Refusal("E_DUP", why=f"有家庭成员已在享受{aid.short_name}，家庭情况有变化请办理变更")


def _register_obligors(household: Household, members: list[Any], obligors: list[dict[str, Any]]) -> None:
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


def sign(
    actor: Actor,
    uid: UUID | str,
    *,
    person_uid: UUID | str | None = None,
    obligor_id: int | None = None,
    picture: Picture,
    mode: str = "SCREEN",
    on_behalf_of: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """One adult (or supporter, TK-05) signs; with the last signature the consent is in force (D2, AS-02)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "签署授权")
        if case.authorisation is None or not may_sign_now(case, person_uid=person_uid, obligor_id=obligor_id):
            raise Refusal("E_STATE", act="签署授权", state=STATES[case.state].name)
        person = (
            Person.objects.filter(uid=person_uid, household=case.household).first() if person_uid else None
        )
        obligor = (
            Obligor.objects.filter(pk=obligor_id, household=case.household).first() if obligor_id else None
        )
        if person is None and obligor is None:
            raise Refusal("E_SCOPE", what="签字人不是该家庭成员")
        people.sign(
            actor,
            case.authorisation,
            person=person,
            obligor=obligor,
            image=picture.content,
            mime=picture.mime,
            mode=mode,
            on_behalf_of=on_behalf_of,
            witness_id=actor.id if actor.is_staff else None,
        )
        record(
            actor,
            "authorisation.sign",
            about=case.authorisation,
            case_no=case.case_no,
            person_uid=person.uid if person else None,
            mode=mode,
        )
        if case.state != "INTENT":
            return case
        with_obligors = registry.get(case.aid_type).obligors_sign
        if not people.missing_signers(
            case.authorisation, clock.today(), regime=case.regime, obligors=with_obligors
        ):
            return all_signed(actor, case)
        return case


_SIGN_LATER = ("AUTHORISED", "MAY_APPLY", "APPLIED", "CORRECTION", "ACCEPTED", "INVESTIGATING")


def may_sign_later(case: Case) -> bool:
    """TK-05: whoever is first named in the form or during the investigation is asked to sign as well."""
    return registry.get(case.aid_type).obligors_sign and case.state in _SIGN_LATER


def may_sign_now(case: Case, *, person_uid: UUID | str | None = None, obligor_id: int | None = None) -> bool:
    """Before the consent is in force everybody; afterwards a supporter named late, a member who came home (AS-57)."""
    if case.state == "INTENT":
        return True
    if obligor_id is not None:
        return may_sign_later(case)
    return person_uid is not None and homecomings.may_sign(case, str(person_uid), clock.today())


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


_OBLIGOR_STATES = ("INTENT", "ACCEPTED", "INVESTIGATING")
_SITUATIONS = ("", "INCAPABLE", "MISSING", "PRISON")


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


def all_signed(actor: Actor, case: Case) -> Case:
    months = int(
        parameters.plain_values(case.county, on=clock.today(), regime=case.regime)["auth_max_months"]
    )
    people.bring_into_force(case.authorisation, clock.today(), months)
    return enter_authorised(actor, case)


def enter_authorised(actor: Actor, case: Case) -> Case:
    """D2 with a consent that is in force."""
    with acting(actor, case.uid, "D2") as act:
        consent = act.case.authorisation
        sources = [name_of("source", code) for code in consent.sources]
        signatures = consent.signatures.select_related("image").order_by("id")
        act.paper(
            "W02",
            purpose=consent.purpose,
            sources=sources,
            signed_on=consent.signed_on,
            valid_to_on=consent.valid_to,
            signatures=signature_pictures(signatures),
        )
        act.paper("W03", sources=sources)
    return act.case


def signature_pictures(signatures: Any) -> list[dict[str, str]]:
    return papers.pictures(
        [(each.image, f"{each.signer_name}{'（代签）' if each.on_behalf_of else ''}") for each in signatures]
    )


def prefilled(actor: Actor, uid: UUID | str) -> dict[str, Any]:
    """The one form as far as it is already known: what was saved, and what departments said (S: 一次性填写)."""
    case = Case.objects.select_related("household", "authorisation", "county").filter(uid=uid).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    check_may_see(actor, case)
    body = evidence.draft_body(case)
    body.setdefault("hardship", case.hardship)
    body["shared"] = _shared_facts(case)
    return body


def _shared_facts(case: Case) -> list[dict[str, Any]]:
    """Pensions and wages departments already told us: shown, not asked (WF-04)."""
    run = verification.latest_run(case.id)
    if run is None:
        return []
    observations, refs = verification.observations_of(run)
    words = {
        "pension": ("T", "养老金", "amount_fen"),
        "contribution": ("W", "工资（社保缴费基数）", "base_fen"),
    }
    return [
        {
            "person": refs[seen.subject],
            "category": words[seen.kind][0],
            "kind": words[seen.kind][1],
            "month_fen": seen.attributes[words[seen.kind][2]],
        }
        for seen in observations
        if seen.kind in words
    ]


def save_draft(
    actor: Actor, uid: UUID | str, body: dict[str, Any], *, seen: int | None = None, once: Any = None
) -> Draft:
    """Save the form as it stands; every step of it can be left and taken up again."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "填写申请表")
        allowed = _BEFORE_APPLYING + (_INVESTIGATED if actor.role == "TOWN_CLERK" else ())
        if case.state not in allowed:
            raise Refusal("E_STATE", act="保存申请表", state=STATES[case.state].name)
        one_form.check(body, _member_uids(case))
        draft = Draft.objects.select_for_update().filter(case=case).first() or Draft(case=case)
        draft.body = json.dumps(
            {key: value for key, value in body.items() if key != "shared"}, ensure_ascii=False
        )
        draft.saved_at = clock.now()
        draft.save()
        return draft


def _member_uids(case: Case) -> set[str]:
    return {str(uid) for uid in Person.objects.filter(household=case.household).values_list("uid", flat=True)}


def submit_application(
    actor: Actor,
    uid: UUID | str,
    *,
    commitment: bool,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D11, or D9 when the family insists after a report that did not fit."""
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "D9" if state == "VER_NOT_FIT" else "D11"
    with acting(actor, uid, key, seen=seen, once=once, commitment=commitment) as act:
        case = act.case
        body = evidence.draft_body(case)
        _take_account(case, body)
        _take_obligors(case, body)
        _take_kin(case, body)
        act.change(applied_on=act.today, hardship=str(body.get("hardship") or case.hardship)[:1000])
        frozen = evidence.freeze(case, evidence.declared(case, act.today), kind="DECLARED", by=actor.name)
        act.note(evidence=frozen.seq)
        _application_papers(act, body)
    return act.case


def _take_account(case: Case, body: dict[str, Any]) -> None:
    account = body.get("account") or {}
    if not account.get("number"):
        return
    holder = Person.objects.filter(
        uid=account.get("holder") or case.applicant.uid, household=case.household
    ).first()
    if holder is None:
        raise Refusal("E_INPUT", field="户名", problem="账户应属于共同生活的家庭成员")
    bank = str(account.get("bank_code", ""))
    people.set_account(
        case.household,
        holder=holder,
        bank_code=bank,
        bank_name=str(account.get("bank_name") or name_of("bank", bank)),
        number=str(account["number"]),
        on=clock.today(),
        purpose=BankAccount.OWN if case.for_person else "",
        for_person=case.for_person,
    )
    Material.objects.create(case=case, kind="bank_account", source="PROVIDED", received_at=clock.now())


def _take_obligors(case: Case, body: dict[str, Any]) -> None:
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


def _take_kin(case: Case, body: dict[str, Any]) -> None:
    """REL-03: what the family declares, and what the register of officials' relatives says by itself."""
    persons = {str(person.uid): person for person in Person.objects.filter(household=case.household)}
    for each in body.get("kin", ()):
        member = persons.get(str(each.get("person")), case.applicant)
        KinFiling.objects.create(
            case=case,
            official_name=str(each.get("official", ""))[:60],
            official_post=str(each.get("post", ""))[:80],
            relation=str(each.get("relation", ""))[:30],
            member_name=member.name,
            declared=True,
        )
    indexes = {person.id_no_index: person for person in persons.values()}
    for kin in kin_of_officials(list(indexes)):
        if not KinFiling.objects.filter(case=case, official_name=kin.official_name).exists():
            KinFiling.objects.create(
                case=case,
                official_name=kin.official_name,
                official_post=kin.official_post,
                relation=kin.relation,
                member_name=indexes[kin.id_no_index].name,
                declared=False,
                staff_id=kin.staff_id,
            )


def _application_papers(act: Act, body: dict[str, Any]) -> None:
    case = act.case
    names = {str(person.uid): person.name for person in Person.objects.filter(household=case.household)}
    categories = {"W": "工资性收入", "B": "经营净收入", "P": "财产净收入", "T": "转移净收入", "O": "其他收入"}
    incomes = [
        {
            "name": names.get(each["person"], ""),
            "category": categories[each["category"]],
            "kind": each["kind"],
            "month_fen": each["month_fen"],
            "source": source,
        }
        for rows, source in ((body.get("incomes", ()), "申报"), (_shared_facts(case), "部门共享"))
        for each in rows
    ]
    obligors = [
        {"name": each.name, "relation": name_of("relation", each.relation), "note": "已登记"}
        for each in case.household.obligors.all()
    ]
    act.paper(
        "W09",
        address=case.household.address or "见档案",
        phone=case.applicant.phone or "无",
        incomes=incomes,
        obligors=obligors,
        **papers.account_words(case, act.today),
    )
    kin = [
        f"{each.member_name}与{each.official_name}（{each.official_post}）为{each.relation}关系"
        for each in case.kin_filings.filter(declared=True)
    ]
    act.paper(
        "W10",
        promises=promises(registry.get(case.aid_type)),
        kin_statement="；".join(kin) or "家庭成员中没有社会救助经办人员和村（居）委会成员的近亲属。",
    )
    act.paper("W12", materials=materials_table(case))


def materials_table(case: Case) -> list[dict[str, str]]:
    """Shared items (never asked for) and what the family gave."""
    shared = [
        {"name": words, "source": "共享", "note": "部门信息共享取得"}
        for words in guards.SHARED_MATERIALS.values()
    ]
    given = [
        {
            "name": guards.PROVIDED_MATERIALS.get(each.kind, each.kind),
            "source": "提供",
            "note": f"{clock.local(each.received_at):%Y-%m-%d}收到",
        }
        for each in case.materials.order_by("id")
    ]
    return shared + given


def add_material(
    actor: Actor, uid: UUID | str, *, kind: str, picture: Picture, seen: int | None = None, once: Any = None
) -> Material:
    """A material handed in once, with its picture."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "提交材料")
        if not case.open:
            raise Refusal("E_STATE", act="提交材料", state=STATES[case.state].name)
        if kind not in guards.PROVIDED_MATERIALS:
            raise Refusal("E_INPUT", field="材料", problem="请从清单中选择")
        material, _ = Material.objects.get_or_create(  # a second click brings the same picture again
            case=case,
            kind=kind,
            source="PROVIDED",
            file=files.keep(picture.content, picture.mime),
            defaults={"received_at": clock.now()},
        )
        return material


def supply(
    actor: Actor, uid: UUID | str, *, account: dict[str, Any], seen: int | None = None, once: Any = None
) -> None:
    """The bank account handed in later (part of what a correction asked for)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "补交银行账户")
        if case.state not in ("APPLIED", "CORRECTION"):
            raise Refusal("E_STATE", act="补交银行账户", state=STATES[case.state].name)
        _take_account(case, {"account": account})


def accept(
    actor: Actor,
    uid: UUID | str,
    *,
    file_kin: bool = False,
    received: tuple[str, ...] | list[str] = (),
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D12 or D14: accepted; the twenty working days start (day 0 = today), the regime is pinned."""
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "D14" if state == "CORRECTION" else "D12"
    with acting(actor, uid, key, seen=seen, once=once, file_kin=file_kin, received=list(received)) as act:
        case = act.case
        if key == "D14":
            Correction.objects.filter(case=case).update(completed_at=act.at)
        act.change(accepted_on=act.today, regime=regime_today(act.case.county, act.today))
        file_kin_paper(act)
        _start_stages(act)
        act.paper(
            "W13",
            accepted_on=act.today,
            due_on=clocks.foreseen(case, registry.get(case.aid_type).total_clock, act.at).due_on,
        )
    return act.case


def _start_stages(act: Act) -> None:
    """From 2021's rules on the stages have limits of their own: the visit's begin, the township's whole time (3.11)."""
    if regime_of(act.case.regime).says("stages_have_own_limits"):
        act.start("CLK-INVS")
        if town := registry.get(act.case.aid_type).town_clock:
            act.start(town)


def file_kin_paper(act: Act) -> None:
    """W11 and 100 % county visit for near relatives (REL-04)."""
    filings = list(act.case.kin_filings.filter(filed_at__isnull=True))
    if not filings:
        return
    act.paper(
        "W11",
        kin=[
            {
                "member": each.member_name,
                "official": each.official_name,
                "post": each.official_post,
                "relation": each.relation,
                "declared": "是" if each.declared else "否（系统比对）",
            }
            for each in filings
        ],
    )
    act.case.kin_filings.filter(filed_at__isnull=True).update(filed_at=act.at, filed_by=act.actor.name)
    act.change(near_relative=True, county_visit_required=True)


def ask_for_correction(
    actor: Actor,
    uid: UUID | str,
    *,
    items: list[str],
    explanation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D13: one notice with everything that is missing; a second one is impossible."""
    with acting(actor, uid, "D13", seen=seen, once=once, items=list(items)) as act:
        days = int(
            parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)["correction_days"]
        )
        due = parameters.calendar().roll_forward(act.today + timedelta(days=days)).on
        Correction.objects.create(
            case=act.case, items=list(items), explanation=explanation, asked_on=act.today, due_on=due
        )
        act.note(items=list(items))
        act.paper(
            "W14",
            items=[guards.PROVIDED_MATERIALS[item] for item in items],
            correct_until_on=due,
            explanation=explanation or "补齐后即予受理。",
        )
    return act.case


def not_accept(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    codes: list[str],
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D16: not here, not this kind of aid; where to go instead is part of the reason."""
    with acting(actor, uid, "D16", seen=seen, once=once, reason=reason, codes=list(codes)) as act:
        act.note(codes=list(codes))
        act.paper("W15", reasons=papers.reasons(codes) or [reason], explanation=reason)
        end_consent(act.case, act.at)
    return act.case


def withdraw(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """The family takes its word back at any time; running queries stop at once (VER-23)."""
    with acting(actor, uid, "D31w", seen=seen, once=once, reason=reason) as act:
        verification_acts.stop_runs(act.case.id)
        end_consent(act.case, act.at)
        act.paper("W29", explanation=f"申请人撤回：{reason}")
    return act.case


def lapse(uid: UUID | str, key: str) -> Case:
    """D10, D15, D11x: a window is over, the platform itself ends the case; CLK-AC: silence accepts it."""
    if key == "CLK-AC":
        return _deem_accepted(uid)
    if key not in ("D10", "D15", "D11x"):
        raise LookupError(f"{key} is no lapse")
    with fence(PLATFORM), acting(PLATFORM, uid, key, reason="期限届满") as act:
        if key == "D15":
            act.paper(
                "W15", reasons=["逾期未补正"], explanation="在告知的期限内没有补齐材料，可重新提出申请。"
            )
        end_consent(act.case, act.at)
    return act.case


def _deem_accepted(uid: UUID | str) -> Case:
    """行政许可法第三十二条（参照）: nobody answered in five working days, so the day it came is the day of acceptance."""
    with fence(PLATFORM), transaction.atomic():
        with acting(PLATFORM, uid, "CLK-AC", reason="逾期未受理也未一次性告知，自收到之日起视为受理") as act:
            case = act.case
            act.change(accepted_on=case.applied_on, regime=regime_today(case.county, case.applied_on))
            file_kin_paper(act)
            _start_stages(act)
            received = clock.instant(case.applied_on)
            total = registry.get(case.aid_type).total_clock
            due_on = clocks.foreseen(case, total, received).due_on
            act.paper("W13", accepted_on=case.applied_on, due_on=due_on)
        for name in (total, "CLK-INV", "CLK-INVS", registry.get(case.aid_type).town_clock):
            clocks.restart(case, name, received)
    return act.case


def verify_again(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """AS-58: the report has expired before the application; back to verification under the same consent."""
    with acting(actor, uid, "D11r", seen=seen, once=once) as act:
        pass
    return act.case
