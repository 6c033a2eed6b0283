"""The bank file and the pay lists (W41): written, kept, handed to the bank, looked at."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.organisations import village_name
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.connectors.contract import Transport
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.infra.queue import defer
from jiuzhu.payments import queries
from jiuzhu.payments.acts._run import Once, open_run
from jiuzhu.payments.acts.checking import check_frozen, refuse_open_prompts
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.payments.bank_files import RURAL_BANK, Batch, Order
from jiuzhu.payments.models import BankFile, PayLine, PayRun
from jiuzhu.policy.regimes import regime_on
from jiuzhu.vault import files


def write_bank_file(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> BankFile:
    """Write and keep the file (sealed on disk), issue the pay lists (W41, one a town), hand the run to the bank.

    Raises E_PAY_PROMPTS when a payee died or an entitlement ended since the check, E_PAY_CHANGED when the list is
    not the one that was frozen.
    """
    with transaction.atomic():
        opened = open_run(actor, run_id, "send", seen=seen, once=once)
        run = opened.run
        refuse_open_prompts(run)
        count, total = check_frozen(run)
        batch = Batch(run.batch_no, run.county.organ_name, opened.at.date(), count, total)
        lines = list(queries.unheld(run).select_related("payee", "account", "town"))
        content = RURAL_BANK.write(batch, (_order(run, line) for line in lines))
        kept = BankFile.objects.create(
            run=run,
            direction="OUT",
            name=RURAL_BANK.file_name(batch),
            file=files.keep(content, "text/plain"),
            lines_count=count,
            total_fen=total,
            at=opened.at,
            by_name=actor.name,
        )
        papers = _pay_lists(actor, run, lines)
        opened.done(
            file=kept.file.sha256, sent_lines=count, sent_fen=total, papers=[p.doc_no for p in papers]
        )
        defer("payments.deliver", run_id=run.id)
        return kept


def _order(run: PayRun, line: PayLine) -> Order:
    memo = f"{name_of('area_type', run.area_type)}{registry.get(run.aid_type).name}{line.pay_month:%Y%m}"
    return Order(
        seq=line.line_no,
        account=line.account.number,
        name=line.account_name,
        amount_fen=line.total_fen,
        memo=memo,
        id_no=line.payee.id_no,
        bank_code=line.bank_code,
    )


def _pay_lists(actor: Actor, run: PayRun, lines: list[PayLine]) -> list[Document]:
    """W41, one for each town: what town, county and finance checked, numbered and kept."""
    by_town: dict[int, list[PayLine]] = {}
    for line in lines:
        by_town.setdefault(line.town_id, []).append(line)
    villages = {line.village_code: village_name(line.village_code) for line in lines}
    return [_pay_list(actor, run, own, villages) for own in by_town.values()]


def _pay_list(actor: Actor, run: PayRun, lines: list[PayLine], villages: dict[str, str]) -> Document:
    data = {
        "aid_type": run.aid_type,
        "area": name_of("area_type", run.area_type),
        "town_name": lines[0].town.name,
        "pay_month": run.month,
        "batch_no": run.batch_no,
        "lines_count": len(lines),
        "total_fen": sum(line.total_fen for line in lines),
        "pay_lines": [
            {
                "line_no": line.line_no,
                "payee_name": line.payee_name,
                "payee_id": _grouped(line.payee.id_no, 6, 8, 4),
                "month": f"{line.pay_month:%Y-%m}",
                "village": villages[line.village_code],
                "members_count": line.members_count,
                "base_fen": line.base_fen,
                "extra_fen": line.topup_fen + line.care_fen,
                "other_fen": line.arrears_fen - line.deduction_fen,
                "total_fen": line.total_fen,
                "account": _grouped(line.account.number, *[4] * 8),
            }
            for line in lines
        ],
    }
    regime = regime_on(run.month, "BY_DATE")
    town = lines[0].town
    return documents.issue(
        actor, "W41", data, organ=run.county, regime=regime, addressee=town.name, audience=town
    )


def _grouped(number: str, *sizes: int) -> str:
    """A long number in groups, so that it is read, and set in a narrow column, without a slip."""
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return " ".join(part for part in (*parts, number[start:]) if part)


def bank_front() -> BankFront:
    """The line to the agent bank."""
    return BankFront(
        Transport(settings.DEPARTMENTS_URL, settings.DEPARTMENTS_KEY, settings.DEPARTMENTS_SECRET, timeout=60)
    )


def deliver(run_id: int, front: BankFront | None = None) -> str:
    """Hand the kept file to the bank; repeating is harmless. Returns the bank's receipt. Raises E_BANK."""
    with fence(PLATFORM):
        sent = BankFile.objects.select_related("run__county", "file").get(run_id=run_id, direction="OUT")
        receipt = (front or bank_front()).hand_in(sent.run.batch_no, sent.name, files.read(sent.file))
        record(PLATFORM, "payroll.deliver", about=sent.run, batch=sent.run.batch_no, receipt=receipt)
        return receipt


def read_kept_file(actor: Actor, run_id: int, file_id: int) -> tuple[str, bytes]:
    """Name and bytes of a bank file; looking at it is recorded."""
    if not (has_power(actor.role, "payroll.bank") or has_power(actor.role, "audit.read")):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="下载银行文件", why="")
    run = queries.run_for(actor, run_id)
    kept = run.bank_files.select_related("file").filter(pk=file_id).first()
    if kept is None:
        raise Refusal("E_NOT_FOUND", what="银行文件")
    record(actor, "payroll.file_read", about=run, file=kept.name)
    return kept.name, files.read(kept.file)
