"""From rows to evidence: what the family declared, what departments said, what was seen at home — frozen for a day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.aid_types import registry
from jiuzhu.cases.hardship import hardship_of
from jiuzhu.cases.models import Assessment, Case, Draft, Entitlement, EntitlementMember, Evidence
from jiuzhu.core import clock, id_numbers, sealing
from jiuzhu.core.id_numbers import age_on
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import queries as people
from jiuzhu.people.models import Membership, Obligor, Person, Signature
from jiuzhu.policy import evidence, findings
from jiuzhu.policy.household import edge
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet, from_stored
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import FindingAnswer


def draft_body(case: Case) -> dict[str, Any]:
    """The form as far as it is filled."""
    draft = Draft.objects.filter(case=case).first()
    return json.loads(draft.body) if draft and draft.body else {}


def _member(
    each: Membership,
    case: Case,
    on: date,
    body: dict[str, Any],
    signed: set[int],
    alone: bool,
    elsewhere: dict[int, str],
) -> evidence.Member:
    person = each.person
    placed = people.placement(each, on, case.regime)
    adult = age_on(person.born_on, on) >= 18
    return evidence.Member(
        ref=str(person.uid),
        relation=each.relation,
        sex=person.sex,
        born_on=person.born_on,
        marital=each.marital,
        health=each.health,
        disability_category=each.disability_category,
        disability_grade=each.disability_grade,
        serious_illness=each.serious_illness,
        labour=each.labour,
        employment=each.employment,
        student=each.employment == "8",
        education=each.education,
        exclude="" if placed.counted else placed.rule,
        exemption=body.get("exemptions", {}).get(str(person.uid), ""),
        other_aid=body.get("other_aid", {}).get(str(person.uid), "") or elsewhere.get(person.id, ""),
        local_hukou=True,
        authorised=not adult or person.id in signed,
        own_register=alone,
    )


def declared(case: Case, on: date) -> evidence.Evidence:
    """What the family says, of the household or of the one person to be aided alone."""
    return _concerned(case, _family(case, on), on)


def _concerned(case: Case, family: evidence.Evidence, on: date) -> evidence.Evidence:
    """DB-06: one person's case looks at the person; whether the family keeps its limits is judged before that."""
    if case.for_person is None:
        return family
    return edge.alone(family, str(case.for_person.uid), parameter_set(case, on), case.regime)


def _family(case: Case, on: date) -> evidence.Evidence:
    """The household as the family says it is: members, incomes, assets and supporters of the form."""
    body = draft_body(case)
    signed = set(
        Signature.objects.filter(authorisation=case.authorisation).values_list("person_id", flat=True)
    )
    listed = list(people.members_of(case.household, on))
    elsewhere = aided_elsewhere(case, [each.person for each in listed], on)
    return evidence.Evidence(
        as_of=on,
        aid_type=case.aid_type,
        area_type=case.area_type,
        members=tuple(_member(each, case, on, body, signed, len(listed) == 1, elsewhere) for each in listed),
        incomes=tuple(
            evidence.Income(each["person"], each["category"], each["kind"], 12 * int(each["month_fen"]))
            for each in body.get("incomes", ())
        ),
        assets=tuple(
            evidence.Asset(
                each.get("person", ""), each["kind"], each.get("label", ""), int(each.get("value_fen", 0))
            )
            for each in body.get("assets", ())
        ),
        supporters=tuple(
            evidence.Supporter(supports=str(each.supports.uid), relation=each.relation, **_known_of(each, on))
            for each in case.household.obligors.select_related("supports")
        ),
        rigid_expense_fen=_rigid_expense(body),
        standing=standing_of(case, on),
        spendings=tuple(
            evidence.Spending(each.get("person", ""), each["kind"], int(each["self_paid_fen"]))
            for each in body.get("spendings", ())
        ),
        hardship=hardship_of(case, on, good_reason=str(body.get("good_reason", ""))),
    )


def aided_elsewhere(case: Case, persons: list[Person], on: date) -> dict[int, str]:
    """AID-01: whoever has aid of the same group with another household of the city, found by his number.

    Aid of the own household is no duplicate: it ends with the grant, the month before (AS-33).
    """
    indexes = {each.id_no_index: each.id for each in persons if each.id_no_index}
    if not indexes:
        return {}
    with fence(PLATFORM):
        month = on.replace(day=1)
        rows = EntitlementMember.objects.filter(
            Q(to_month__isnull=True) | Q(to_month__gte=month),
            person__id_no_index__in=list(indexes),
            group=registry.get(case.aid_type).exclusive_group,
            entitlement__state__in=Entitlement.RUNNING,
        ).exclude(entitlement__household=case.household)
        found = rows.values_list("person__id_no_index", "entitlement__aid_type").order_by("id")
        return {indexes[index]: code for index, code in found}


def _rigid_expense(body: dict[str, Any]) -> int:
    """INC-21: what illness and disability cost; read from the spending rows where there are any."""
    rows = [
        int(each["self_paid_fen"])
        for each in body.get("spendings", ())
        if each["kind"] in edge.RIGID_EXPENSES
    ]
    return sum(rows) or int(body.get("rigid_expense_fen", 0))


def standing_of(case: Case, on: date) -> tuple[str, ...]:
    """The aid of other kinds the family as a whole (or the one person of the case) holds in the month of ``on``."""
    month = on.replace(day=1)
    held = Entitlement.objects.filter(
        Q(last_month__isnull=True) | Q(last_month__gte=month),
        Q(case__for_person__isnull=True) | Q(case__for_person=case.for_person),
        household=case.household,
        state__in=Entitlement.RUNNING,
        first_month__lte=month,
    ).exclude(aid_type=case.aid_type)
    return tuple(sorted(set(held.values_list("aid_type", flat=True))))


def _known_of(obligor: Obligor, on: date) -> dict[str, Any]:
    """What was found out of a supporter; his age from his number, the aid he is on from the platform itself (TK-02)."""
    facts = dict(obligor.facts)
    if obligor.id_no and "age" not in facts:
        facts["age"] = age_on(id_numbers.parse(obligor.id_no).born_on, on)
    if obligor.id_no_index and not facts.get("standing"):
        with fence(PLATFORM):
            month = on.replace(day=1)
            rows = EntitlementMember.objects.filter(
                Q(to_month__isnull=True) | Q(to_month__gte=month),
                person__id_no_index=obligor.id_no_index,
                from_month__lte=month,
            )
            facts["standing"] = rows.values_list("entitlement__aid_type", flat=True).first() or ""
    return facts


def verified(case: Case, on: date) -> evidence.Evidence:
    """The declared family with what departments said put in, and documented exemptions and explanations applied."""
    said = _family(case, on)
    run = verification.latest_run(case.id)
    if run is None:
        return _concerned(case, said, on)
    observations, refs = verification.observations_of(run)
    answered = replace(said, answered=verification.spoke(run), self_care=_self_care(case))
    known = findings.with_observations(
        answered, observations, refs, regime=case.regime, explained=verification.accepted(case.id)
    )
    return _concerned(case, _exempted(known, case), on)


def _self_care(case: Case) -> evidence.SelfCare | None:
    """What the latest rating says (TK-07)."""
    rating = case.ratings.select_related("person").order_by("-seq").first()
    return evidence.SelfCare(member=str(rating.person.uid), **rating.items) if rating else None


_EXEMPT_KINDS = {
    "F-CAR": "vehicle",
    "F-HOUSE": "dwelling",
    "F-NONRES": "nonresidential",
    "F-CORP": "company",
    "F-MACH": "machine",
    "F-CASH": "cash",
}


def _exempted(known: evidence.Evidence, case: Case) -> evidence.Evidence:
    """PR-21: a finding exempted with a reason leaves its assets out, the reason staying beside them."""
    reasons = {
        _EXEMPT_KINDS[answer.finding.code]: answer.reason
        for answer in FindingAnswer.objects.filter(
            finding__report__case_id=case.id, outcome="EXEMPTED", finding__code__in=_EXEMPT_KINDS
        ).select_related("finding")
    }
    assets = tuple(replace(asset, exempt=reasons.get(asset.kind, asset.exempt)) for asset in known.assets)
    return replace(known, assets=assets, over_limit=False if "cash" in reasons else known.over_limit)


def parameter_set(case: Case, on: date) -> ParameterSet:
    return parameters.parameter_set(case.county, on=on, area_type=case.area_type, regime=case.regime)


def assess(case: Case, known: evidence.Evidence, on: date) -> Outcome:
    """The law's answer for this evidence today."""
    return registry.get(case.aid_type).assess(known, parameter_set(case, on), case.regime)


def recomputed(assessment: Assessment) -> Outcome:
    """The law's answer today for what was kept: same evidence, regime and values, whatever is published since."""
    known = evidence.Evidence.from_dict(assessment.evidence.body)
    was = Outcome.from_dict(assessment.outcome)
    values = from_stored(
        assessment.parameters, regime=was.regime, area_type=known.area_type, is_sample=was.is_sample
    )
    return registry.get(was.aid_type).assess(known, values, was.regime)


def freeze(case: Case, known: evidence.Evidence, *, kind: str, by: str) -> Evidence:
    """Keep the evidence as it is now; it is never changed afterwards."""
    body = known.to_dict()
    return Evidence.objects.create(
        case=case,
        seq=case.evidence.count() + 1,
        kind=kind,
        as_of=known.as_of,
        body=body,
        digest=sealing.sm3(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()),
        at=clock.now(),
        by_name=by,
    )


def keep_assessment(case: Case, frozen: Evidence, outcome: Outcome) -> Assessment:
    """Keep what the machine proposed with the parameters it used."""
    plain = json.loads(json.dumps(outcome.to_dict(), default=str))
    return Assessment.objects.create(
        case=case,
        evidence=frozen,
        regime=case.regime,
        parameters=list(plain["parameters"]),
        outcome=plain,
        conclusion=outcome.conclusion,
        amount_fen=outcome.amount_fen if outcome.base_fen else 0,
        made_at=clock.now(),
        digest=sealing.sm3(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()),
    )
