"""What happens to a family while its case runs: somebody dies, a relative in office comes to light (HH-14, REL-03..04)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases import clocks, evidence, guards
from jiuzhu.cases.acts._act import Act, acting, locked
from jiuzhu.cases.acts.acceptance import file_kin_paper
from jiuzhu.cases.acts.authorisation import all_signed
from jiuzhu.cases.acts.investigation import assess_anew, open_round
from jiuzhu.cases.acts.objection import close_objections
from jiuzhu.cases.acts.verification import end_consent
from jiuzhu.cases.models import Case, CaseMember, KinFiling
from jiuzhu.cases.permissions import check_may_do
from jiuzhu.core import clock
from jiuzhu.core.id_numbers import age_on
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people.models import Person
from jiuzhu.people.queries import present_members
from jiuzhu.publicity import acts as publicity
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.workflow.states import STATES

_DECLARED = ("APPLIED", "CORRECTION", "ACCEPTED")
_REVIEWED = (
    "PRELIM_PUBLICITY",
    "COUNTY_REVIEW",
    "COUNTY_VISIT",
    "TOWN_APPROVAL",
    "RESULT_PUBLICITY",
    "OBJECTION",
    "APPRAISAL",
)


def record_death(
    actor: Actor,
    uid: UUID | str,
    *,
    person_uid: UUID | str,
    died_on: date,
    proof: str,
    applicant_uid: UUID | str | None = None,
    relations: dict[str, str] | None = None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """A member has died: the family is what it is without him, and whatever was concluded before is concluded anew.

    Where the applicant died another adult speaks for the family (``applicant_uid``, or the only one there is);
    where nobody is left to aid or to speak, the case ends with W29 (RC-DEATH).
    """
    with transaction.atomic():
        with acting(actor, uid, "DTH", seen=seen, once=once, reason=proof.strip()) as act:
            case = act.case
            person = Person.objects.filter(uid=person_uid, household=case.household).first()
            if person is None:
                raise Refusal("E_SCOPE", what="不是该家庭成员")
            if len(proof.strip()) < 2:
                raise Refusal("E_INPUT", field="依据", problem="请写明死亡证明、火化证明或村（居）证明")
            people.record_death(person, died_on, act.today)
            CaseMember.objects.filter(case=case, person=person).update(open=False)
            act.note(person=str(person.uid), died_on=died_on.isoformat())
            _explain(act, person)
            if _ends(act, person):
                _terminate(act, person)
            else:
                if person.id == case.applicant_id:
                    _other_applicant(act, applicant_uid, relations)
                _go_on(act)
        if act.move.targets[0] == "INVESTIGATING" and act.case.open:
            clocks.restart(act.case, "CLK-DEATH", clock.instant(died_on, 23, 59, 59))
        if act.case.state == "INTENT" and not people.missing_signers(
            act.case.authorisation, act.today, regime=act.case.regime
        ):
            return all_signed(actor, act.case)
    return act.case


def _adults(case: Case, on: date) -> list[Person]:
    rows = present_members(case.household, on, case.regime)
    return [each.person for each in rows if age_on(each.person.born_on, on) >= 18]


def _ends(act: Act, person: Person) -> bool:
    """The one to be aided is dead, or nobody of age is left to speak for the others."""
    case = act.case
    return case.for_person_id == person.id or not _adults(case, act.today)


def _terminate(act: Act, person: Person) -> None:
    verification_acts.stop_runs(act.case.id)
    end_consent(act.case, act.at)
    act.to("TERMINATED")
    act.note(codes=["RC-DEATH"])
    left = present_members(act.case.household, act.today, act.case.regime)
    more = (
        "家中尚有未成年人，由监护人另行提出申请，乡镇（街道）应主动协助。"
        if left and act.case.for_person_id is None
        else ""
    )
    act.paper("W29", explanation=f"{person.name}去世。{more}")


def _other_applicant(act: Act, applicant_uid: UUID | str | None, relations: dict[str, str] | None) -> None:
    adults = _adults(act.case, act.today)
    chosen = next((each for each in adults if str(each.uid) == str(applicant_uid)), None)
    if chosen is None and applicant_uid is None and len(adults) == 1:
        chosen = adults[0]
    if chosen is None:
        raise Refusal("E_INPUT", field="新的申请人", problem="申请人去世，请选择一位成年家庭成员继续办理")
    now = people.change_applicant(act.case.household, chosen, relations=relations)
    act.change(applicant=chosen)
    act.note(applicant=str(chosen.uid), relations=now)


def _explain(act: Act, person: Person) -> None:
    """The register of deaths said so too: that finding is answered by the fact itself."""
    report = verification.latest_report(act.case.id)
    for finding in verification.open_blocking(report):
        if finding.code in ("F-DEATH", "F-CANCEL") and finding.person_id == person.id:
            verification_acts.answer_finding(
                act.actor, finding, outcome="EXPLAINED", reason="已登记去世，不再计入家庭成员"
            )


def _go_on(act: Act) -> None:
    """Frozen anew with whoever is left; reviewed before → back to the investigators, the posting taken down."""
    case = act.case
    if case.state in _REVIEWED:
        assess_anew(act)
        act.to("INVESTIGATING")
        act.start("CLK-DEATH")
        look_again(act)
        return
    act.to(case.state)
    if case.state in _DECLARED:
        known = evidence.declared(case, act.today)
        act.note(evidence=evidence.freeze(case, known, kind="DECLARED", by=act.actor.name).seq)
    elif case.state == "TOWN_REVIEW":
        assess_anew(act)


def look_again(act: Act) -> None:
    """Nothing hangs any more, objections are answered by the new investigation, another round begins."""
    close_objections(act)
    publicity.take_down(act.case.id, act.today)
    open_round(act.case, act.actor)


_AWAY = "登记还没有回家"


def keep_away(
    actor: Actor,
    uid: UUID | str,
    *,
    person_uid: UUID | str,
    until: date,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """A member due home is still away, until another day: he does not count, nobody waits for his signature (AS-57).

    What was frozen with him is frozen anew; once others have reviewed it, they send it back first (E_STATE). Sent twice
    it finds nobody due home (E_NOT_FOUND), whatever ``once`` says.
    """
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, ("TOWN_CLERK",), _AWAY)
        if seen is not None and int(seen) != case.version:
            raise Refusal("E_STALE", case_no=case.case_no)
        if not case.open or (case.state in ("TOWN_REVIEW", *_REVIEWED) and _counted(case, str(person_uid))):
            raise Refusal("E_STATE", act=_AWAY, state=STATES[case.state].name)
        kept = people.keep_away(case.household, person_uid, until=until)
        record(
            actor,
            "member.keep_away",
            about=case,
            case_no=case.case_no,
            person_uid=kept.person.uid,
            until=until.isoformat(),
        )
        if case.state in _DECLARED:
            evidence.freeze(case, evidence.declared(case, clock.today()), kind="DECLARED", by=actor.name)
        if case.state == "INTENT" and not people.missing_signers(
            case.authorisation,
            clock.today(),
            regime=case.regime,
            obligors=registry.get(case.aid_type).obligors_sign,
        ):
            return all_signed(actor, case)
        return case


def _counted(case: Case, ref: str) -> bool:
    """Whether the evidence last frozen counts him."""
    frozen = case.evidence.order_by("-seq").first()
    members = frozen.body["members"] if frozen else []
    return any(each["ref"] == ref and not each.get("exclude") for each in members)


def file_kin(
    actor: Actor,
    uid: UUID | str,
    *,
    official: str = "",
    post: str = "",
    relation: str = "",
    member_uid: UUID | str | None = None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """REL-04: found after acceptance, by the register or by somebody: W11, and the county visits before any approval.

    After the decision the approval no longer stands on its own: the case is looked into and decided once more.
    """
    with acting(actor, uid, "REL-04", seen=seen, once=once, official=official) as act:
        case = act.case
        persons: dict[Any, Person] = {each.id_no_index: each for each in case.household.persons.all()}
        for kin in guards.undeclared_kin(case):
            member = persons.get(kin.id_no_index, case.applicant)
            KinFiling.objects.create(
                case=case,
                official_name=kin.official_name,
                official_post=kin.official_post,
                relation=kin.relation,
                member_name=member.name,
                declared=False,
                staff_id=kin.staff_id,
            )
        if official.strip():
            named = case.household.persons.filter(uid=member_uid).first() if member_uid else None
            KinFiling.objects.create(
                case=case,
                official_name=official.strip()[:60],
                official_post=post.strip()[:80],
                relation=relation.strip()[:30],
                member_name=(named or case.applicant).name,
                declared=False,
            )
        file_kin_paper(act)
        if act.move.targets == ("INVESTIGATING",):
            look_again(act)
        else:
            act.to(case.state)
    return act.case
