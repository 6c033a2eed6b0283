"""STOPPED → CLOSED (5.1): the account is settled, the dossier is bound, nothing of the benefit is open any more."""

from __future__ import annotations

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.audit.acts import record
from jiuzhu.benefits.acts._act import Once, locked_entitlement
from jiuzhu.benefits.models import Change, Overpay
from jiuzhu.benefits.permissions import check_role
from jiuzhu.cases.acts import archive
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries as money

ROLES = ("TOWN_CLERK", "CENTER_STAFF")


def what_is_open(entitlement: Entitlement) -> list[str]:
    """What stands between a stopped benefit and its end, in words."""
    found = []
    if entitlement.last_month and entitlement.last_month >= clock.today().replace(day=1):
        found.append(f"最后月份{entitlement.last_month:%Y年%m月}还没有过完")
    if Change.objects.filter(entitlement=entitlement, open=True).exists():
        found.append("有未办结的变更")
    if Overpay.objects.filter(entitlement=entitlement, closed_on__isnull=True).exists():
        found.append("有未追回的多发")
    if money.waiting_dues(entitlement.id):
        found.append("有尚未列入名单的补发或抵扣")
    if money.unpaid_lines(entitlement.id):
        found.append("有没有到账的发放")
    return found


def close(actor: Actor, entitlement_id: int, *, once: Once = None) -> Entitlement:
    """Final settlement and archive; a dossier that lacks a paper is named (ARC-03). Raises E_AUTH, E_BENEFIT_STATE, E_DOC."""
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, ROLES, "结清归档", entitlement)
        if entitlement.state != Entitlement.STOPPED:
            raise Refusal("E_BENEFIT_STATE", state="不是已停发", act="结清归档")
        waiting = what_is_open(entitlement)
        if waiting:
            raise Refusal("E_BENEFIT_STATE", state="、".join(waiting), act="结清归档")
        try:
            archive.close_dossier(actor, entitlement.case.uid)
        except Refusal as refusal:
            if refusal.code != "E_REPEAT":  # bound before, and nothing was added since
                raise
        entitlement.state = Entitlement.CLOSED
        entitlement.save(update_fields=["state"])
        record(actor, "benefit.close", about=entitlement, case_no=entitlement.case.case_no)
    return entitlement
