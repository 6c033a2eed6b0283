"""From rows to evidence: what the family declared, what departments said, what was seen at home — frozen for a day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from jiuzhu.aid_types import registry
from jiuzhu.cases.hardship import hardship_of
from jiuzhu.cases.models import Assessment, Case, Draft, EntitlementMember, Evidence
from jiuzhu.core import clock, sealing
from jiuzhu.core.id_numbers import age_on
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Membership, Signature
from jiuzhu.people.queries import members_of, placement
from jiuzhu.policy import evidence, findings
from jiuzhu.policy.household import edge
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import FindingAnswer


def draft_body(case: Case) -> dict[str, Any]:
    """The form as far as it is filled."""
    draft = Draft.objects.filter(case=case).first()
    return json.loads(draft.body) if draft and draft.body else {}


def _member(
    each: Membership, case: Case, on: date, body: dict[str, Any], signed: set[int]
) -> evidence.Member:
    person = each.person
    student = each.employment == "8"
    placed = placement(each, on, case.regime)
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
        student=student,
        education=each.education,
        exclude="" if placed.counted else placed.rule,
        exemption=body.get("exemptions", {}).get(str(person.uid), ""),
        local_hukou=True,
        authorised=not adult or person.id in signed,
    )


def standing_of(case: Case, on: date) -> tuple[str, ...]:
    """The aid members of the family hold in the month of ``on``, another kind than the case's own."""
    month = on.replace(day=1)
    held = EntitlementMember.objects.filter(
        Q(to_month__isnull=True) | Q(to_month__gte=month),
        from_month__lte=month,
        person__household_id=case.household_id,
    ).exclude(entitlement__aid_type=case.aid_type)
    return tuple(sorted(set(held.values_list("entitlement__aid_type", flat=True))))


def declared(case: Case, on: date) -> evidence.Evidence:
    """The household as the family says it is: members, incomes, assets and supporters of the form."""
    body = draft_body(case)
    signed = set(
        Signature.objects.filter(authorisation=case.authorisation).values_list("person_id", flat=True)
    )
    family = evidence.Evidence(
        as_of=on,
        aid_type=case.aid_type,
        area_type=case.area_type,
        members=tuple(_member(each, case, on, body, signed) for each in members_of(case.household, on)),
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
            evidence.Supporter(supports=str(each.supports.uid), relation=each.relation, **each.facts)
            for each in case.household.obligors.select_related("supports")
        ),
        rigid_expense_fen=int(body.get("rigid_expense_fen", 0)),
        standing=standing_of(case, on),
        spendings=tuple(
            evidence.Spending(each.get("person", ""), each["kind"], int(each["self_paid_fen"]))
            for each in body.get("spendings", ())
        ),
        hardship=hardship_of(case, on, good_reason=str(body.get("good_reason", ""))),
    )
    return edge.alone(family, str(case.for_person.uid)) if case.for_person else family


def verified(case: Case, on: date) -> evidence.Evidence:
    """The declared family with what departments said put in, and documented exemptions and explanations applied."""
    said = declared(case, on)
    run = verification.latest_run(case.id)
    if run is None:
        return said
    observations, refs = verification.observations_of(run)
    answered = replace(said, answered=verification.spoke(run), self_care=_self_care(case))
    known = findings.with_observations(answered, observations, refs, explained=_explained(case))
    return _exempted(known, case)


def _self_care(case: Case) -> evidence.SelfCare | None:
    """What the latest rating says (TK-07)."""
    rating = case.ratings.select_related("person").order_by("-seq").first()
    return evidence.SelfCare(member=str(rating.person.uid), **rating.items) if rating else None


def _explained(case: Case) -> set[tuple[str, str]]:
    """(finding code, member) whose explanation an officer accepted: the declared value stands (VER-11)."""
    accepted = FindingAnswer.objects.filter(
        finding__report__case_id=case.id, outcome="EXPLAINED", finding__person__isnull=False
    )
    return {(code, str(uid)) for code, uid in accepted.values_list("finding__code", "finding__person__uid")}


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
