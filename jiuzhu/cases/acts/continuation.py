"""What a grant begins: the entitlement, its amount from the first month, its members (AMT-06, AID-01)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from jiuzhu.aid_types import registry
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import Act
from jiuzhu.cases.acts.review import assessment_words
from jiuzhu.cases.evidence import parameter_set
from jiuzhu.cases.models import Decision, Entitlement, EntitlementAmount, EntitlementMember
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
    """The month after the grant is the first; a person already entitled elsewhere makes it impossible (E_DUP)."""
    case = act.case
    account = account_on(case.household, act.today)
    evidence = Evidence.from_dict(decision.assessment.evidence.body)
    counted = {member.ref for member in evidence.counted}
    values = parameter_set(case, act.today)
    month = first_month(granted_on=act.today, approved_on=decision.decided_on, parameters=values)
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
        payee=account.holder if account and account.holder else case.applicant,
        first_month=month,
        review_class=reviewed,
        next_review_on=_next_review(act, int(values[f"review.cycle.{reviewed}"])),
        created_at=act.at,
    )
    EntitlementAmount.objects.create(
        entitlement=entitlement,
        from_month=month,
        members_count=decision.members_count,
        base_fen=decision.base_fen,
        topup_fen=decision.topup_fen,
        care_fen=decision.care_fen,
        decision=decision,
    )
    try:
        with transaction.atomic():
            for person in Person.objects.filter(household=case.household):
                if str(person.uid) in counted:
                    EntitlementMember.objects.create(
                        entitlement=entitlement, person=person, group=case.exclusive_group, from_month=month
                    )
    except IntegrityError as clash:
        raise Refusal("E_DUP", why="有家庭成员已在享受低保或特困供养") from clash
    return entitlement


def grant(act: Act) -> None:
    """GRANTED: the entitlement, the notice and the certificate (W23, W24)."""
    case = act.case
    decision = case.decisions.filter(kind=Decision.APPROVE).order_by("-round").first()
    entitlement = create_entitlement(act, decision)
    words = assessment_words(Outcome.from_dict(decision.assessment.outcome))
    first_month = entitlement.first_month.isoformat()
    act.paper("W23", first_month=first_month, **papers.account_words(case, act.today), **words)
    act.paper(
        "W24",
        first_month=first_month,
        **{key: words[key] for key in ("amount_fen", "members_count", "is_sample")},
    )
    act.note(entitlement=entitlement.number, first_month=first_month, amount_fen=decision.amount_fen)
