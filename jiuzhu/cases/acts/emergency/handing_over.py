"""E2: first aid and its further stages, handed over and signed for before two of the town; the county's word by telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Staff
from jiuzhu.accounts.queries import colleagues
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import Act, acting
from jiuzhu.cases.acts.emergency.reporting import Once, counted_from, moment_told, report_emergency
from jiuzhu.cases.models import Case, Countersign, Delivery, OralApproval
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import acts as funds
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

# who may sign for himself later, because he sees cases; whoever pays the lists may help, signing on the spot
SIGNERS = ("TOWN_CLERK", "TOWN_VERIFIER", "TOWN_LEAD")
HANDLERS = (*SIGNERS, "TOWN_PAYROLL")
FROM_FUND = (Delivery.CASH, Delivery.TRANSFER, Delivery.GOODS)


def deliver(
    actor: Actor,
    uid: UUID | str,
    *,
    kind: str,
    amount_fen: int,
    second_id: int,
    picture: Picture | None,
    signature_mode: str = "SCREEN",
    what: str = "",
    receiver_name: str = "",
    delivered_at: datetime | None = None,
    photo: Picture | None = None,
    second_picture: Picture | None = None,
    good_reason: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E2: aid is in the person's hands, signed for before two of the town; money leaves the reserve fund with it.

    The first time from INTENT, further stages later. The second signs with ``second_picture`` on the spot, or
    himself later (:func:`countersign`). Raises E_LIMIT, E_SEAL, E_SOD, E_TA_REPEAT, E_FUND_SHORT.
    """
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "E2s" if state == "EMERGENCY_AID" else "E2"
    with acting(
        actor,
        uid,
        key,
        seen=seen,
        once=once,
        kind=kind,
        amount_fen=amount_fen,
        what=what,
        picture=picture,
        second=_second(actor, second_id),
        good_reason=good_reason,
    ) as act:
        case, told = act.case, act.case.emergency
        if good_reason.strip():
            told.good_reason = good_reason.strip()[:200]
            told.save(update_fields=["good_reason"])
        moment = moment_told(delivered_at) or act.at
        if not told.reported_at <= moment <= act.at:
            raise Refusal("E_INPUT", field="送达时间", problem="应在接报之后、现在之前")
        if second_picture is None and not _named(act.actor, second_id, SIGNERS):
            raise Refusal("E_SEAL", missing="第二经办人的当场签字（该岗位看不到案件，不能事后签认）")
        act.happened_at = moment
        delivery = Delivery.objects.create(
            case=case,
            stage=case.deliveries.count() + 1,
            kind=kind,
            amount_fen=amount_fen,
            what=what.strip()[:200],
            delivered_at=moment,
            handler_id=actor.id,
            second_handler_id=second_id,
            receiver_name=(receiver_name or case.applicant.name).strip()[:60],
            signature=files.keep(picture.content, picture.mime),
            signature_mode=signature_mode if signature_mode in Delivery.MODES else "SCREEN",
            photo=files.keep(photo.content, photo.mime) if photo else None,
            at=act.at,
        )
        if second_picture:
            _countersign(case, delivery, second_picture, act.at)
        if kind in FROM_FUND:
            funds.pay(actor, case.town, amount_fen=amount_fen, case_no=case.case_no, ref=delivery.uid)
        if key == "E2" and counted_from(case, act.today) == "DELIVERED":
            act.start("CLK-TA5")
        act.note(stage=delivery.stage, kind=kind, amount_fen=amount_fen, delivered_at=moment.isoformat())
        act.paper("W33", **_receipt(act, delivery))
    return act.case


def _second(actor: Actor, staff_id: int | None) -> Staff | None:
    """The second handler: somebody at work in the same town today."""
    return _named(actor, staff_id, HANDLERS)


def _named(actor: Actor, staff_id: int | None, roles: tuple[str, ...]) -> Staff | None:
    return next(
        (each for each in colleagues(actor.organ_id, clock.today(), roles) if each.id == staff_id), None
    )


def _receipt(act: Act, delivery: Delivery) -> dict[str, Any]:
    return {
        "stage": delivery.stage,
        "kind": Delivery.KINDS[delivery.kind],
        "amount_fen": delivery.amount_fen,
        "what": delivery.what or "—",
        "delivered_at": delivery.delivered_at.isoformat(),
        "receiver": delivery.receiver_name,
        "handlers": [act.actor.name, delivery.second_handler.name],
        "cause": name_of("ta_cause", act.case.emergency.cause),
        "signatures": papers.pictures([(delivery.signature, delivery.receiver_name)]),
        "second": papers.pictures(
            [
                (each.signature, delivery.second_handler.name)
                for each in Countersign.objects.filter(delivery=delivery)
            ]
        ),
        "photos": papers.pictures([(delivery.photo, "现场")] if delivery.photo else []),
    }


def _countersign(case: Case, delivery: Delivery, picture: Picture | None, at: datetime) -> None:
    Countersign.objects.create(
        case=case,
        delivery=delivery,
        by_id=delivery.second_handler_id,
        signature=files.keep(picture.content, picture.mime) if picture else None,
        signed_at=at,
    )


def countersign(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> Case:
    """E2: signed in himself, the second handler answers for every stage that names him and is not signed yet."""
    with acting(actor, uid, "E2c", seen=seen, once=once) as act:
        open_ones = Delivery.objects.filter(
            case=act.case, second_handler_id=actor.id, countersign__isnull=True
        )
        stages = []
        for delivery in open_ones.order_by("stage"):
            _countersign(act.case, delivery, None, act.at)
            stages.append(delivery.stage)
        act.to(act.case.state)
        act.note(stages=stages)
    return act.case


def first_aid_at_once(
    actor: Actor, *, report: dict[str, Any], delivery: dict[str, Any], once: Once = None
) -> Case:
    """E1 and E2 together, for a clerk who stands beside the person: one page, one transaction."""
    with transaction.atomic():
        case = report_emergency(actor, once=once, **report)
        return deliver(actor, case.uid, **delivery)


def record_oral_approval(
    actor: Actor,
    uid: UUID | str,
    *,
    amount_fen: int,
    approver_name: str,
    approver_post: str,
    said_at: datetime | None = None,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E2: the county agreed on the telephone to more than the town's limit; its written decision follows (E4)."""
    said = moment_told(said_at) or clock.now()
    with acting(
        actor,
        uid,
        "E2o",
        seen=seen,
        once=once,
        amount_fen=amount_fen,
        approver_name=approver_name,
        approver_post=approver_post,
        said_at=said,
    ) as act:
        OralApproval.objects.create(
            case=act.case,
            amount_fen=amount_fen,
            approver_name=approver_name.strip()[:60],
            approver_post=approver_post.strip()[:60],
            said_at=said,
            by_id=actor.id,
            at=act.at,
        )
        act.to(act.case.state)
        act.note(amount_fen=amount_fen)
    return act.case


def delivered(case: Case) -> Any:
    return case.deliveries.select_related("handler", "second_handler", "countersign").order_by("stage")


def second_signed(delivery: Delivery) -> str:
    """Nothing once the second handler has signed; else that he has not."""
    return "" if hasattr(delivery, "countersign") else "（未签认）"
