"""What the bank could not pay: another account from the family, and the failed lines once more."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import permissions, queries, statements, table
from jiuzhu.payments.acts._run import Once, check_once, first_step, locked, new_run, run_sql
from jiuzhu.payments.acts.marking import line_of
from jiuzhu.payments.models import PayLine, PayRun
from jiuzhu.people import acts as people


def reissue(actor: Actor, run_id: int, *, lines: list[int] | None = None, once: Once = None) -> PayRun:
    """Pay failed lines again as linked lines of a run R1, R2 …; ``lines`` names held ones to be released as well.

    Codes 01 02 03 07 wait until the town has given another account; 09 is never repeated. A line is re-issued
    once (unique key). The new run takes the same way as any other. Raises E_REISSUE when nothing qualifies.
    """
    permissions.check_power(actor, table.MOVES["build"])
    try:
        with transaction.atomic():
            former = locked(actor, run_id)
            check_once(once, former)
            if former.state not in ("RETURNED", "RECONCILED", "PUBLISHED"):
                raise Refusal("E_STATE", act="重新发放", state=table.STATES[former.state])
            kin = PayRun.objects.filter(
                county=former.county, aid_type=former.aid_type, area_type=former.area_type, month=former.month
            )
            run = new_run(
                actor, former.county, former.aid_type, former.area_type, former.month, f"R{kin.count()}"
            )
            with fence(PLATFORM), transaction.atomic():
                added = run_sql(
                    statements.REISSUE,
                    run=run.id,
                    former=former.id,
                    today=clock.today(),
                    never=list(table.NEVER_AGAIN),
                    other_account=list(table.OTHER_ACCOUNT),
                    released=list(lines or []),
                )
            if not added:
                raise Refusal("E_REISSUE", why=queries.why_no_reissue(former))
            return first_step(actor, run, once, note=f"重新发放{former.kind}批次")
    except IntegrityError as clash:
        raise Refusal("E_PAYDUP", month=f"{former.month:%Y年%m月}", what="重新发放批次") from clash


def correct_account(
    actor: Actor,
    line_id: int,
    *,
    bank_code: str,
    bank_name: str,
    number: str,
    holder_id: int | None = None,
) -> None:
    """The town gives a family another account after a return; the failed line itself stays as it was.

    ``holder_id`` is a member of the household; the payee by default.
    """
    if not has_power(actor.role, "payroll.check_town"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="更正账户", why="")
    if not bank_name.strip():
        raise Refusal("E_INPUT", field="开户行", problem="请填写")
    with transaction.atomic():
        line = line_of(actor, line_id)
        result = getattr(line, "result", None)
        if result is None or result.code == "00":
            raise Refusal("E_STATE", act="更正账户", state="没有被银行退回")
        household = line.account.household
        holder = household.persons.filter(pk=holder_id or line.payee_id).first()
        if holder is None:
            raise Refusal("E_NOT_FOUND", what="家庭成员")
        former = line.account
        kept = household.accounts.filter(purpose=former.purpose, for_person=former.for_person)
        current = kept.filter(valid_to__isnull=True).first()
        today = clock.today()
        if current and current.valid_from >= today and PayLine.objects.filter(account=current).exists():
            raise Refusal("E_ACCOUNT_TODAY")
        theirs = former.purpose not in ("", former.OWN)  # the carer's or the institution's stays in that name
        people.set_account(
            household,
            holder=None if theirs else holder,
            holder_name=former.holder_name,
            bank_code=bank_code,
            bank_name=bank_name.strip(),
            number=number,
            on=today,
            purpose=former.purpose,
            for_person=former.for_person,
        )
        record(actor, "payroll.account", about=line.run, line=line.line_no, person_uid=holder.uid)
