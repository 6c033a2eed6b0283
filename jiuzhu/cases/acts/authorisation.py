"""The consent: every adult signs, the last signature brings it into force (D2, AS-02); of a family in benefit it is
signed by whoever joined or came of age, and anew by all before it ends (VER-21).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases import consents, one_visit, papers
from jiuzhu.cases.acts._act import acting, locked
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import FAMILY_SIDE, check_may_do
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Authorisation, Obligor, Person
from jiuzhu.vault.uploads import Picture
from jiuzhu.workflow.states import STATES


def sign(
    actor: Actor,
    uid: UUID | str,
    *,
    person_uid: UUID | str | None = None,
    obligor_id: int | None = None,
    picture: Picture,
    mode: str = "SCREEN",
    on_behalf_of: str = "",
    place: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """One adult (or supporter, TK-05) signs; with the last signature the consent is in force (D2, AS-02).

    ``place`` says where (``one_visit.PLACES``) when it was before staff.
    """
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "签署授权")
        consent = consents.to_sign(case)
        if consent is None or not may_sign_now(case, person_uid=person_uid, obligor_id=obligor_id):
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
            consent,
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
            about=consent,
            case_no=case.case_no,
            person_uid=person.uid if person else None,
            mode=mode,
        )
        if case.open:
            one_visit.note(actor, case, "签署核对授权", place=place)
        if case.state != "INTENT":
            if consent.renews_id and not consents.unsigned(case, clock.today()):
                _renewed(actor, case, consent)
            return case
        with_obligors = registry.get(case.aid_type).obligors_sign
        if not people.missing_signers(
            case.authorisation, clock.today(), regime=case.regime, obligors=with_obligors
        ):
            return all_signed(actor, case)
        return case


_RENEW = "重新签署授权"
_SIGN_LATER = ("AUTHORISED", "MAY_APPLY", "APPLIED", "CORRECTION", "ACCEPTED", "INVESTIGATING")


def may_sign_later(case: Case) -> bool:
    """TK-05: whoever is first named in the form or during the investigation is asked to sign as well."""
    return registry.get(case.aid_type).obligors_sign and case.state in _SIGN_LATER


def may_sign_now(case: Case, *, person_uid: UUID | str | None = None, obligor_id: int | None = None) -> bool:
    """Before the consent is in force everybody; afterwards a supporter named late, a member who was not asked then."""
    if case.state == "INTENT":
        return True
    if obligor_id is not None:
        return may_sign_later(case)
    return person_uid is not None and consents.may_sign(case, str(person_uid), clock.today())


def all_signed(actor: Actor, case: Case) -> Case:
    people.bring_into_force(case.authorisation, clock.today(), _months(case))
    return enter_authorised(actor, case)


def _months(case: Case) -> int:
    values = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)
    return int(values["auth_max_months"])


def renew(actor: Actor, uid: UUID | str) -> Authorisation:
    """VER-21: every adult of a family in benefit signs anew, for the registers of today; the former holds meanwhile.

    Raises E_AUTH, E_SOD, E_STATE (not in benefit), E_REPEAT (being signed already).
    """
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, _RENEW)
        if case.authorisation is None or not consents.in_benefit(case):
            raise Refusal("E_STATE", act=_RENEW, state=STATES[case.state].name)
        if waiting := consents.renewal_of(case):
            raise Refusal("E_REPEAT", case_no=waiting.number)
        fresh = people.renew_authorisation(case.authorisation, sources=registry.get(case.aid_type).sources)
        record(actor, "authorisation.renew", about=fresh, case_no=case.case_no, number=fresh.number)
    return fresh


def _renewed(actor: Actor, case: Case, fresh: Authorisation) -> None:
    """The last has signed: whatever rests on the former rests on this one now."""
    former = case.authorisation
    people.bring_into_force(fresh, clock.today(), _months(case))
    if former.state == Authorisation.IN_FORCE:  # one that was taken back stays taken back
        people.end_authorisation(former, clock.now())
    Case.objects.filter(authorisation=former).update(authorisation=fresh)
    case.authorisation = fresh
    for code, words in _consent_papers(fresh):
        papers.issue(actor, case, code, clock.today(), **words)


def enter_authorised(actor: Actor, case: Case) -> Case:
    """D2 with a consent that is in force."""
    with acting(actor, case.uid, "D2") as act:
        for code, words in _consent_papers(act.case.authorisation):
            act.paper(code, **words)
    return act.case


def _consent_papers(consent: Authorisation) -> Iterator[tuple[str, dict[str, Any]]]:
    """W02 with every signature, and W03, what is done with what is asked."""
    sources = [name_of("source", code) for code in consent.sources]
    signatures = consent.signatures.select_related("image").order_by("id")
    yield (
        "W02",
        {
            "purpose": consent.purpose,
            "sources": sources,
            "signed_on": consent.signed_on,
            "valid_to_on": consent.valid_to,
            "signatures": signature_pictures(signatures),
        },
    )
    yield "W03", {"sources": sources}


def signature_pictures(signatures: Any) -> list[dict[str, str]]:
    return papers.pictures(
        [(each.image, f"{each.signer_name}{'（代签）' if each.on_behalf_of else ''}") for each in signatures]
    )
