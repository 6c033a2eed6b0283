"""What a grant begins and what later happens to it: amount, members, end (AMT-06, AID-01, 5.1).

``set_amount``, ``leave`` and ``stop`` only write; why and by whom is the business of the act that calls them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
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
    (AS-33); the same kind, or an overlap, is impossible (E_DUP). One-off aid is due in the month of the grant alone.
    """
    case = act.case
    account = account_on(case.household, act.today, case.for_person)
    evidence = Evidence.from_dict(decision.assessment.evidence.body)
    counted = {member.ref for member in evidence.counted}
    values = parameter_set(case, act.today)
    month = first_month(granted_on=act.today, approved_on=decision.decided_on, parameters=values)
    once = registry.get(case.aid_type).pays == ONCE
    month, last = (act.today.replace(day=1),) * 2 if once else (month, None)
    reviewed = registry.get(case.aid_type).review_class(evidence)
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
        first_month=month,
        last_month=last,
        review_class=reviewed,
        next_review_on=None if once else _next_review(act, int(values[f"review.cycle.{reviewed}"])),
        created_at=act.at,
    )
    EntitlementAmount.objects.create(
        entitlement=entitlement,
        from_month=month,
        to_month=last,
        members_count=decision.members_count,
        base_fen=decision.base_fen,
        topup_fen=decision.topup_fen,
        care_fen=decision.care_fen,
        decision=decision,
    )
    persons = [each for each in Person.objects.filter(household=case.household) if str(each.uid) in counted]
    _end_former(entitlement, persons, case.exclusive_group)
    try:
        with transaction.atomic():
            for person in persons:
                EntitlementMember.objects.create(
                    entitlement=entitlement,
                    person=person,
                    group=case.exclusive_group,
                    from_month=month,
                    to_month=last,
                )
    except IntegrityError as clash:
        if "E_DEATH" in str(clash):
            raise Refusal("E_DEATH") from clash
        raise Refusal("E_DUP", why="有家庭成员已在享受低保或特困供养") from clash
    return entitlement


def _end_former(new: Entitlement, persons: list[Person], group: str) -> None:
    """AS-33, DQ-04: who takes up another kind of living aid leaves the former with the month before."""
    last = add_months(new.first_month, -1)
    rows = EntitlementMember.objects.filter(person__in=persons, group=group).exclude(
        entitlement__aid_type=new.aid_type
    )
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
    act.paper("W23", first_month=first_month, **papers.account_words(case, act.today), **words)
    if "W24" in (*act.move.papers, *act.move.optional_papers):
        act.paper(
            "W24",
            first_month=first_month,
            **{key: words[key] for key in ("amount_fen", "members_count", "is_sample")},
        )
    act.note(entitlement=entitlement.number, first_month=first_month, amount_fen=decision.amount_fen)
