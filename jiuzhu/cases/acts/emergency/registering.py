"""E3, E7: object, cause and amount on paper within five working days, and the unit's seal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Seal
from jiuzhu.cases import authority, papers
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.emergency._measure import check_measure, measure
from jiuzhu.cases.acts.emergency.handing_over import delivered, second_signed
from jiuzhu.cases.acts.emergency.reporting import Once
from jiuzhu.cases.models import Case, Delivery, Registration
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.people import acts as people
from jiuzhu.policy.outcome import Outcome
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture


def complete_registration(
    actor: Actor,
    uid: UUID | str,
    *,
    severity: str,
    persons: int,
    cause: str,
    reason: str,
    picture: Picture | None,
    id_no: str = "",
    unknown_identity: str = "",
    override_reason: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E3: object, cause and amount are put on paper and the handler signs; the township's head seals next."""
    check_measure(severity, persons)
    with acting(
        actor,
        uid,
        "E3",
        seen=seen,
        once=once,
        severity=severity,
        persons=persons,
        cause=cause,
        reason=reason,
        picture=picture,
        id_no=id_no,
        override_reason=override_reason,
        unknown_identity=unknown_identity,
    ) as act:
        case = act.case
        if id_no.strip():
            people.identify(actor, case.applicant, id_no)
        outcome = measure(act).outcome
        words = "；".join(
            part.strip() for part in (reason, unknown_identity, override_reason) if part.strip()
        )
        total = authority.delivered_fen(case)
        Registration.objects.update_or_create(
            case=case,
            defaults={
                "recipient_name": case.applicant.name,
                "cause": cause,
                "reason": words[:400],
                "amount_fen": total,
                "handler_id": actor.id,
                "handler_signature": files.keep(picture.content, picture.mime),
                "signed_at": act.at,
            },
        )
        act.note(cause=cause, amount_fen=total, assessed_fen=outcome["amount_fen"])
    return act.case


def return_registration(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: Once = None
) -> Case:
    """The head finds a gap: back to the clerk."""
    with acting(actor, uid, "E3b", seen=seen, once=once, reason=reason) as act:
        pass
    return act.case


def seal_registration(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> Case:
    """E3, E7: the unit's seal; the case is closed and the five working days are kept or not."""
    today = clock.today()
    case = Case.objects.filter(uid=uid).select_related("town").first()
    seal = (
        Seal.objects.filter(organ=case.town, registered_on__lte=today).exclude(ended_on__lte=today).first()
        if case
        else None
    )
    with acting(actor, uid, "E3c", seen=seen, once=once, seal=seal) as act:
        told = act.case.registration
        told.organ, told.seal, told.sealed_by_id, told.sealed_at = act.case.town, seal, actor.id, act.at
        told.save(update_fields=["organ", "seal", "sealed_by", "sealed_at"])
        act.change(decided_on=act.today)
        act.paper("W34", **_registered(act, told))
    return act.case


def _registered(act: Act, told: Registration) -> dict[str, Any]:
    case = act.case
    outcome = Outcome.from_dict(case.assessments.order_by("-id").first().outcome)
    return {
        "reported_at": case.emergency.reported_at.isoformat(),
        "place": case.emergency.place or "未说明",
        "id_no": case.applicant.id_no or "不详",
        "cause": name_of("ta_cause", told.cause),
        "reason": told.reason,
        "severity": name_of("severity", case.emergency.severity),
        "persons": case.emergency.persons,
        "amount_fen": told.amount_fen,
        "handler": told.handler.name,
        "signed_at": told.signed_at.isoformat(),
        "stages": [
            {
                "stage": each.stage,
                "kind": Delivery.KINDS[each.kind],
                "amount_fen": each.amount_fen,
                "what": each.what or "—",
                "delivered_at": each.delivered_at.isoformat(),
                "handlers": f"{each.handler.name}、{each.second_handler.name}{second_signed(each)}",
            }
            for each in delivered(case)
        ],
        "lines": papers.lines(outcome),
        "signatures": papers.pictures([(told.handler_signature, told.handler.name)]),
        "is_sample": outcome.is_sample,
    }
