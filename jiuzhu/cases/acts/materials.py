"""What the family hands in with its form: papers once, with their picture, and the account to be paid into."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.cases import guards, one_visit
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.models import Case, Material
from jiuzhu.cases.permissions import FAMILY_SIDE, check_may_do
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.workflow.states import STATES


def add_material(
    actor: Actor,
    uid: UUID | str,
    *,
    kind: str,
    picture: Picture,
    place: str = "",
    seen: int | None = None,
    once: Any = None,
) -> Material:
    """A material handed in once, with its picture."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "提交材料")
        if not case.open:
            raise Refusal("E_STATE", act="提交材料", state=STATES[case.state].name)
        if kind not in guards.PROVIDED_MATERIALS:
            raise Refusal("E_INPUT", field="材料", problem="请从清单中选择")
        material, _ = Material.objects.get_or_create(  # a second click brings the same picture again
            case=case,
            kind=kind,
            source="PROVIDED",
            file=files.keep(picture.content, picture.mime),
            defaults={"received_at": clock.now()},
        )
        one_visit.note(actor, case, "提交材料", place=place)
        return material


def supply(
    actor: Actor, uid: UUID | str, *, account: dict[str, Any], seen: int | None = None, once: Any = None
) -> None:
    """The bank account handed in later (part of what a correction asked for)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "补交银行账户")
        if case.state not in ("APPLIED", "CORRECTION"):
            raise Refusal("E_STATE", act="补交银行账户", state=STATES[case.state].name)
        take_account(case, {"account": account})


def take_account(case: Case, body: dict[str, Any]) -> None:
    """The account the form names becomes the household's, and counts as handed in (D11, D14)."""
    account = body.get("account") or {}
    if not account.get("number"):
        return
    holder = Person.objects.filter(
        uid=account.get("holder") or case.applicant.uid, household=case.household
    ).first()
    if holder is None:
        raise Refusal("E_INPUT", field="户名", problem="账户应属于共同生活的家庭成员")
    bank = str(account.get("bank_code", ""))
    people.set_account(
        case.household,
        holder=holder,
        bank_code=bank,
        bank_name=str(account.get("bank_name") or name_of("bank", bank)),
        number=str(account["number"]),
        on=clock.today(),
        purpose=BankAccount.OWN if case.for_person else "",
        for_person=case.for_person,
    )
    Material.objects.create(case=case, kind="bank_account", source="PROVIDED", received_at=clock.now())


def materials_table(case: Case) -> list[dict[str, str]]:
    """Shared items (never asked for) and what the family gave."""
    shared = [
        {"name": words, "source": "共享", "note": "部门信息共享取得"}
        for words in guards.SHARED_MATERIALS.values()
    ]
    given = [
        {
            "name": guards.PROVIDED_MATERIALS.get(each.kind, each.kind),
            "source": "提供",
            "note": f"{clock.local(each.received_at):%Y-%m-%d}收到",
        }
        for each in case.materials.order_by("id")
    ]
    return shared + given
