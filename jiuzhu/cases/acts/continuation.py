"""What a grant begins and what later happens to it: amount, members, end (AMT-06, AID-01, 5.1).

``set_amount``, ``leave`` and ``stop`` only write; why and by whom is the business of the act that calls them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.audit.acts import record
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import Act
from jiuzhu.cases.acts.review import assessment_words
from jiuzhu.cases.evidence import parameter_set
from jiuzhu.cases.models import Decision, Entitlement, EntitlementAmount, EntitlementMember
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Person
from jiuzhu.people.queries import account_on
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.months import first_month
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.workflow import clocks as law


def _next_review(act: Act, months: int) -> date:
    """CLK-REV: by the family's class, counted from the grant (5.2)."""
    return law.due(
        "CLK-REV",
        started_at=act.at,
        regime=act.case.regime,
        parameters={"review.cycle": months},
        calendar=parameters.calendar(),
    ).due_on


def create_entitlement(act: Act, decision: Decision) -> Entitlement:
    """The month after the grant is the first. Another kind of living aid of the same people ends the month before
    (AS-33); the same kind, or an overlap, is impossible (E_DUP). One-off aid is due in the month of the grant alone,
    a status holds from the day it is recognised.
    """
    case, aid = act.case, registry.get(act.case.aid_type)
    account = account_on(case.household, act.today, case.for_person) if aid.has_money else None
    evidence = Evidence.from_dict(decision.assessment.evidence.body)
    counted = {member.ref for member in evidence.counted}
    values = parameter_set(case, act.today)
    entitlement = Entitlement.objects.create(
        number=f"DY{case.case_no}",
        case=case,
        decision=decision,
        household=case.household,
        aid_type=case.aid_type,
        area_type=case.area_type,
        town=case.town,
        county=case.county,
        village_code=case.village_code,
        payee=account.holder if account and account.holder else case.for_person or case.applicant,
        created_at=act.at,
        **(_paid if aid.has_money else _recognised)(act, aid, decision, evidence, values),
    )
    month = entitlement.first_month
    if aid.has_money:
        EntitlementAmount.objects.create(
            entitlement=entitlement,
            from_month=month,
            to_month=entitlement.last_month,
            members_count=decision.members_count,
            base_fen=decision.base_fen,
            topup_fen=decision.topup_fen,
            care_fen=decision.care_fen,
            decision=decision,
        )
    persons = [each for each in Person.objects.filter(household=case.household) if str(each.uid) in counted]
    _end_former(entitlement, persons, case.exclusive_group, again=not aid.has_money)
    if case.for_person is None:
        for group in aid.replaces:
            _end_former(entitlement, persons, group)
    try:
        with transaction.atomic():
            for person in persons:
                EntitlementMember.objects.create(
                    entitlement=entitlement,
                    person=person,
                    group=case.exclusive_group,
                    from_month=month,
                    to_month=entitlement.last_month,
                )
    except IntegrityError as clash:
        if "E_DEATH" in str(clash):
            raise Refusal("E_DEATH") from clash
        raise Refusal("E_DUP", why=f"有家庭成员已在享受{aid.short_name}或者同类救助") from clash
    return entitlement


def _paid(
    act: Act, aid: AidType, decision: Decision, evidence: Evidence, values: ParameterSet
) -> dict[str, Any]:
    """AMT-06: paid from the month after the grant, looked at again by class (5.2); one-off aid at once and once."""
    reviewed = aid.review_class(evidence)
    if aid.pays == ONCE:
        month = act.today.replace(day=1)
        return {"first_month": month, "last_month": month, "review_class": reviewed}
    return {
        "first_month": first_month(granted_on=act.today, approved_on=decision.decided_on, parameters=values),
        "review_class": reviewed,
        "next_review_on": _next_review(act, int(values[f"review.cycle.{reviewed}"])),
    }


def _recognised(
    act: Act, aid: AidType, decision: Decision, evidence: Evidence, values: ParameterSet
) -> dict[str, Any]:
    """EDG-01, RIG-01: from the day of recognition to the day before it is so many months old."""
    months = aid.valid_months(values) if aid.valid_months else 12
    valid_to = add_months(act.today, months) - timedelta(days=1)
    return {
        "first_month": act.today.replace(day=1),
        "last_month": valid_to.replace(day=1),
        "valid_to": valid_to,
        "review_class": aid.review_class(evidence),
        "next_review_on": valid_to,
    }


def _end_former(new: Entitlement, persons: list[Person], group: str, *, again: bool = False) -> None:
    """AS-33, DQ-04: who takes up another kind of living aid leaves the former with the month before.

    ``again``: a status recognised anew replaces the former one of the same kind.
    """
    last = add_months(new.first_month, -1)
    rows = EntitlementMember.objects.filter(person__in=persons, group=group).exclude(entitlement=new)
    if not again:
        rows = rows.exclude(entitlement__aid_type=new.aid_type)
    rows = rows.filter(Q(to_month__isnull=True) | Q(to_month__gte=new.first_month))
    for former in Entitlement.objects.filter(pk__in=rows.values("entitlement_id")):
        leave(former, persons, last_month=last, reason=f"ST-TO-{new.aid_type}"[:16])


def leave(entitlement: Entitlement, persons: Iterable[Person], *, last_month: date, reason: str) -> bool:
    """These people are in the entitlement up to ``last_month``; it stops when nobody is left. Returns whether it did.

    What is due to those who stay is another act's business (a change of the family, 5.3).
    """
    for row in entitlement.members.filter(person__in=list(persons)):
        if row.from_month > last_month:
            row.delete()
        elif row.to_month is None or row.to_month > last_month:
            row.to_month = last_month
            row.save(update_fields=["to_month"])
    if entitlement.members.filter(Q(to_month__isnull=True) | Q(to_month__gt=last_month)).exists():
        return False
    stop(entitlement, last_month=last_month, reason=reason)
    return True


def stop(entitlement: Entitlement, *, last_month: date, reason: str) -> None:
    """Nothing is due after ``last_month`` (DYN-14); an entitlement that never began is void."""
    entitlement.state = Entitlement.STOPPED if last_month >= entitlement.first_month else Entitlement.VOID
    entitlement.last_month = last_month if last_month >= entitlement.first_month else None
    entitlement.stop_reason, entitlement.stopped_at = reason, clock.now()
    entitlement.save(update_fields=["state", "last_month", "stop_reason", "stopped_at"])
    amounts = entitlement.amounts.filter(superseded_at__isnull=True)
    amounts.filter(from_month__gt=last_month).update(superseded_at=clock.now())
    amounts.filter(from_month__lte=last_month).filter(
        Q(to_month__isnull=True) | Q(to_month__gt=last_month)
    ).update(to_month=last_month)
    members = entitlement.members
    members.filter(from_month__gt=last_month).delete()
    members.filter(Q(to_month__isnull=True) | Q(to_month__gt=last_month)).update(to_month=last_month)


def lapse_statuses(on: date) -> int:
    """EDG-01, RIG-01: statuses whose last day is over and that were not recognised again. Returns how many ended."""
    ended = 0
    with transaction.atomic(), fence(PLATFORM):
        rows = Entitlement.objects.select_for_update(of=("self",), skip_locked=True)
        for entitlement in rows.filter(valid_to__lt=on, state__in=Entitlement.RUNNING).select_related("case"):
            stop(entitlement, last_month=entitlement.valid_to.replace(day=1), reason="ST-EXPIRED")
            record(
                PLATFORM,
                "entitlement.lapse",
                about=entitlement,
                case_no=entitlement.case.case_no,
                valid_to=entitlement.valid_to.isoformat(),
            )
            ended += 1
    return ended


def join(entitlement: Entitlement, person: Person, *, from_month: date) -> None:
    """A person more in the entitlement; the database refuses one who is in another of the group (AID-01)."""
    EntitlementMember.objects.create(
        entitlement=entitlement, person=person, group=entitlement.case.exclusive_group, from_month=from_month
    )


def reinstate(entitlement: Entitlement, persons: Iterable[Person], *, from_month: date) -> None:
    """STOPPED → ACTIVE by a decision that undoes the stop (5.1); the amount is set by the act that calls."""
    entitlement.state, entitlement.last_month = Entitlement.ACTIVE, None
    entitlement.stop_reason, entitlement.stopped_at = "", None
    entitlement.save(update_fields=["state", "last_month", "stop_reason", "stopped_at"])
    for person in persons:
        join(entitlement, person, from_month=from_month)


def set_payee(entitlement: Entitlement, person: Person) -> None:
    """Who receives the money from the next list on."""
    entitlement.payee = person
    entitlement.save(update_fields=["payee"])


def set_amount(
    entitlement: Entitlement,
    *,
    from_month: date,
    members_count: int,
    base_fen: int,
    topup_fen: int = 0,
    care_fen: int = 0,
    ground: str,
) -> EntitlementAmount:
    """Another amount from a month on. Spans before it end the month before, spans from it on are superseded."""
    rows = entitlement.amounts.select_for_update().filter(superseded_at__isnull=True)
    rows.filter(from_month__gte=from_month).update(superseded_at=clock.now())
    rows.filter(from_month__lt=from_month).filter(
        Q(to_month__isnull=True) | Q(to_month__gte=from_month)
    ).update(to_month=add_months(from_month, -1))
    return EntitlementAmount.objects.create(
        entitlement=entitlement,
        from_month=from_month,
        members_count=members_count,
        base_fen=base_fen,
        topup_fen=topup_fen,
        care_fen=care_fen,
        ground=ground,
    )


def grant(act: Act) -> None:
    """GRANTED: the entitlement, the notice and, where the aid has one, the certificate (W23, W24)."""
    case = act.case
    decision = case.decisions.filter(kind=Decision.APPROVE).order_by("-round").first()
    entitlement = create_entitlement(act, decision)
    words = assessment_words(Outcome.from_dict(decision.assessment.outcome))
    first_month = entitlement.first_month.isoformat()
    span = {"valid_from_on": act.today, "valid_to_on": entitlement.valid_to}
    act.paper("W23", first_month=first_month, **span, **papers.account_words(case, act.today), **words)
    if registry.get(case.aid_type).certificate:
        act.paper(
            "W24",
            first_month=first_month,
            **{key: words[key] for key in ("amount_fen", "members_count", "is_sample")},
        )
    act.note(entitlement=entitlement.number, first_month=first_month, amount_fen=decision.amount_fen)
