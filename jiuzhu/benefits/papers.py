"""Filling the papers of a benefit: W35, W36, W37, W39."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import delegation_for
from jiuzhu.benefits import facts as reported
from jiuzhu.benefits.models import Change, ChangeDecision, Overpay
from jiuzhu.cases import papers
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.money import yuan
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.people.models import Person
from jiuzhu.policy.changes import STOP
from jiuzhu.policy.outcome import Outcome


def issue(
    actor: Actor,
    entitlement: Entitlement,
    code: str,
    *,
    organ: Organisation,
    regime: str,
    authorised: bool = True,
    **more: Any,
) -> Document:
    """One paper about a benefit, from the case's facts and what the act adds."""
    case, today = entitlement.case, clock.today()
    delegation = (
        delegation_for(organ, entitlement.aid_type, today) if organ.kind == Organisation.TOWN else None
    )
    data = papers.common(case, today) | {
        "entitlement_no": entitlement.number,
        "authority_doc_no": delegation.authority_doc_no if delegation else "",
    }
    data |= more
    return documents.issue(
        actor,
        code,
        data,
        organ=organ,
        regime=regime,
        household=entitlement.household,
        case_id=case.id,
        addressee=data["applicant_name"],
        authorised=authorised,
    )


def recipient(entitlement: Entitlement, change: Change | None = None) -> str:
    """Whom a notice speaks to (DYN-12): the applicant; once he has died or is away, the payee after him, else another
    adult of the benefit; where nobody is left, his kin. ``change`` may be what takes him away.
    """
    facts = change.facts if change else {}
    gone, heir = set(facts.get("gone", ())), facts.get("payee")
    inside = [each.person for each in entitlement.members.select_related("person").order_by("id")]
    inside.sort(
        key=lambda person: (str(person.uid) != heir, person.id != entitlement.payee_id, person.born_on)
    )
    applicant = entitlement.case.applicant
    for person in (applicant, *inside):
        if str(person.uid) not in gone and person.died_on is None and _at_home(person):
            return person.name
    return f"{applicant.name}的亲属"


def _at_home(person: Person) -> bool:
    home = Q(exclude_code="") | Q(exclude_until__lt=clock.today())
    return person.memberships.filter(home, left_on__isnull=True).exists()


def report_form(actor: Actor, change: Change, what: str, told: list[str]) -> Document:
    """W35, by the family at the township."""
    entitlement = change.entitlement
    return issue(
        actor,
        entitlement,
        "W35",
        organ=entitlement.town,
        regime=change.regime,
        change_no=change.number,
        what=what,
        facts_told=told,
        happened_on=change.happened_on,
        reported_on=change.reported_on,
        reporter=change.reporter_name,
    )


def lines(outcome: Outcome | None) -> list[dict[str, Any]]:
    return papers.lines(outcome) if outcome else []


def reasons(outcome: Outcome | None) -> list[str]:
    return papers.reasons(outcome) if outcome and outcome.not_met else []


def _told(change: Change) -> list[str]:
    return reported.told(change.kind, change.facts, reported.names_of(change.entitlement))


def notice(actor: Actor, change: Change, decision: ChangeDecision, *, action: str, **more: Any) -> Document:
    """W36 for whatever changes to the family's disadvantage: facts, basis, amounts, month, remedies (DYN-12)."""
    found = decision.examination.outcome_after
    against = reasons(Outcome.from_dict(found)) if found and decision.result == STOP else []
    return issue(
        actor,
        change.entitlement,
        "W36",
        organ=decision.organ,
        regime=change.regime,
        applicant_name=recipient(change.entitlement, change),
        reasons=[*_told(change), *against],
        explanation=decision.explanation,
        action=action,
        old_fen=decision.old_fen,
        new_fen=decision.new_fen,
        effective_month=decision.effective_month,
        **({"members_count": decision.examination.members_count} | more),
    )


def fading(actor: Actor, change: Change, decision: ChangeDecision, **span: Any) -> Document:
    """W37: how long the last amount is still paid."""
    return issue(
        actor,
        change.entitlement,
        "W37",
        organ=decision.organ,
        regime=change.regime,
        applicant_name=recipient(change.entitlement, change),
        reasons=_told(change),
        amount_fen=decision.new_fen,
        **span,
    )


def recovery(actor: Actor, overpay: Overpay, *, organ: Organisation, regime: str, way: str) -> Document:
    """W39: what has to come back, and how."""
    return issue(
        actor,
        overpay.entitlement,
        "W39",
        organ=organ,
        regime=regime,
        applicant_name=recipient(overpay.entitlement),
        reasons=[overpay.cause],
        months="、".join(f"{month:%Y年%m月}" for month in overpay.months),
        amount_fen=overpay.amount_fen,
        way=way,
    )


def instalment_words(parts: list[int]) -> str:
    """每月100.00元，共5次，末次50.00元"""
    last = f"，末次{yuan(parts[-1])}元" if parts[-1] != parts[0] else ""
    return f"每月{yuan(parts[0])}元，共{len(parts)}次{last}"
