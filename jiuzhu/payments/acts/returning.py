"""The bank's answer, line by line; then the books of the run are closed and its list is published (PAY-05)."""

from __future__ import annotations

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.cases.acts import expense
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import permissions, queries, table
from jiuzhu.payments.acts._run import Once, locked, open_run
from jiuzhu.payments.acts.sending import bank_front, deliver
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.payments.bank_files import RURAL_BANK, ReturnFile
from jiuzhu.payments.models import BankFile, LineResult, PayLine, PayRun
from jiuzhu.vault import files


def fetch_return(run_id: int, front: BankFront | None = None, *, actor: Actor = PLATFORM) -> PayRun | None:
    """Ask the bank for the return and read it; None while the bank is still working.

    The batch is handed in again first, in case the first time was lost. Raises E_AUTH, E_STATE, E_BANK, E_RETURN_*.
    """
    run = PayRun.objects.select_related("county").filter(pk=run_id).first()
    if run is None:
        raise Refusal("E_NOT_FOUND", what="发放批次")
    permissions.check_may_move(actor, run, "read_return")
    front = front or bank_front()
    deliver(run_id, front)
    content = front.returned(run.batch_no)
    if content is None:
        return None
    with fence(actor):
        return read_return_file(actor, run_id, content)


def read_return_file(
    actor: Actor,
    run_id: int,
    content: bytes,
    *,
    name: str = "",
    seen: int | None = None,
    once: Once = None,
) -> PayRun:
    """Read the bank's answer: every sent line exactly once, same account, same sum, both totals right.

    Raises E_RETURN_FORMAT, E_RETURN_BATCH, E_RETURN_LINE, E_RETURN_TOTAL, E_RETURN_TWICE; nothing is kept then.
    """
    with transaction.atomic():
        run = locked(actor, run_id)
        permissions.check_power(actor, table.MOVES["read_return"])
        _refuse_read_before(run, content)
        opened = open_run(actor, run_id, "read_return", seen=seen, once=once)
        found = RURAL_BANK.read_return(content)
        lines = _matched(opened.run, found)
        kept = BankFile.objects.create(
            run=opened.run,
            direction="IN",
            name=name or f"{opened.run.batch_no}_R.txt",
            file=files.keep(content, "text/plain"),
            lines_count=len(found.lines),
            total_fen=found.total_fen,
            at=opened.at,
            by_name=actor.name,
        )
        LineResult.objects.bulk_create(
            (
                LineResult(
                    line_id=lines[each.seq],
                    code=each.code,
                    text=each.text[:80],
                    returned_at=opened.at,
                    bank_file=kept,
                )
                for each in found.lines
            ),
            batch_size=5000,
        )
        _close_paid(opened.run, {lines[each.seq] for each in found.lines if each.code == "00"})
        paid = sum(each.code == "00" for each in found.lines)
        return opened.done(
            file=kept.file.sha256, paid=paid, failed=len(found.lines) - paid, paid_fen=found.paid_fen
        )


def _close_paid(run: PayRun, paid: set[int]) -> None:
    """One-off aid is at its end when its money has arrived (3.5)."""
    if registry.get(run.aid_type).pays != ONCE:
        return
    with fence(PLATFORM):
        for line in PayLine.objects.filter(pk__in=paid).select_related("entitlement__case"):
            expense.close_paid(line.entitlement.case.uid, paid_fen=line.total_fen)


def _refuse_read_before(run: PayRun, content: bytes) -> None:
    for former in run.bank_files.filter(direction="IN").select_related("file"):
        if former.file.size == len(content) and files.read(former.file) == content:
            raise Refusal("E_RETURN_TWICE", on=clock.local(former.at).strftime("%Y-%m-%d %H:%M"))


def _matched(run: PayRun, found: ReturnFile) -> dict[int, int]:
    """``{sequence: line id}`` when the return answers exactly what was sent."""
    if found.batch_no != run.batch_no:
        raise Refusal("E_RETURN_BATCH", got=found.batch_no, want=run.batch_no)
    with fence(PLATFORM):
        sent = {line.line_no: line for line in queries.unheld(run).select_related("account")}
    seen: set[int] = set()
    for each in found.lines:
        line = sent.get(each.seq)
        if line is None:
            raise Refusal("E_RETURN_LINE", why=f"第{each.seq}笔没有送过")
        if each.seq in seen:
            raise Refusal("E_RETURN_LINE", why=f"第{each.seq}笔出现两次")
        if each.amount_fen != line.total_fen:
            raise Refusal("E_RETURN_LINE", why=f"第{each.seq}笔金额不同")
        if each.account != line.account.number:
            raise Refusal("E_RETURN_LINE", why=f"第{each.seq}笔账号不同")
        seen.add(each.seq)
    missing = sorted(set(sent) - seen)
    if missing:
        raise Refusal("E_RETURN_LINE", why=f"缺少{len(missing)}笔的结果，例如第{missing[0]}笔")
    return {number: line.id for number, line in sent.items()}


def reconcile(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """Sent = paid + failed, line by line and in sum; the centre closes the books of the run."""
    with transaction.atomic():
        opened = open_run(actor, run_id, "reconcile", seen=seen, once=once)
        sums = queries.sums_of(opened.run)
        sent = opened.run.bank_files.get(direction="OUT")
        back = (sums.paid_count + sums.failed_count, sums.paid_fen + sums.failed_fen)
        if back != (sent.lines_count, sent.total_fen):
            raise Refusal("E_RETURN_TOTAL", why="送盘与回盘的笔数或金额不同")
        return opened.done(paid_fen=sums.paid_fen, failed_fen=sums.failed_fen)


def publish(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """PAY-05: the village lists may be seen by everybody (name, persons, sum; ``queries.public_list``)."""
    with transaction.atomic():
        return open_run(actor, run_id, "publish", seen=seen, once=once).done()
