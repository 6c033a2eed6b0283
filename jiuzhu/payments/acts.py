"""The month's money: list, checks, bank file, return, publication (PAY-01..06). Each act is one transaction.

``seen`` is the version of the page acted on, ``once`` the form's own token; both optional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import towns_of, village_name
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.audit.acts import record
from jiuzhu.cases.acts import expense
from jiuzhu.connectors.contract import Transport
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.infra.queue import defer
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import permissions, queries, statements, table
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.payments.bank_files import RURAL_BANK, Batch, Order, ReturnFile
from jiuzhu.payments.models import BankFile, Due, DueEnd, LineMark, LineResult, PayLine, PayRun, RunStep
from jiuzhu.people import acts as people
from jiuzhu.policy.regimes import regime_on
from jiuzhu.vault import files

Once = UUID | str | None


@dataclass
class _Open:
    """A run under its row lock while a move is made."""

    actor: Actor
    run: PayRun
    move: table.RunMove
    once: Once
    at: datetime

    def done(
        self, *, target: str = "", note: str = "", town: Organisation | None = None, **detail: Any
    ) -> PayRun:
        """Write run, step and audit entry together."""
        self.run.state = target or self.move.target
        self.run.version += 1
        self.run.save()
        RunStep.objects.create(
            run=self.run,
            move=self.move.key,
            state=self.run.state,
            by_id=self.actor.id if self.actor.is_staff else None,
            by_name=self.actor.name,
            role=self.actor.role,
            at=self.at,
            note=note,
            town=town,
            once=self.once or None,
        )
        record(
            self.actor,
            f"payroll.{self.move.key}",
            about=self.run,
            batch=self.run.batch_no,
            state=self.run.state,
            lines=self.run.lines_count,
            total_fen=self.run.total_fen,
            **detail,
        )
        return self.run


def _locked(actor: Actor, run_id: int) -> PayRun:
    run = PayRun.objects.select_for_update(of=("self",)).select_related("county").filter(pk=run_id).first()
    if run is None:
        raise Refusal("E_NOT_FOUND", what="发放批次")
    permissions.check_may_see(actor, run)
    return run


def _opened(actor: Actor, run_id: int, key: str, *, seen: int | None, once: Once) -> _Open:
    """Lock → done before? → may this person → may this run now → is the page current."""
    run = _locked(actor, run_id)
    _check_once(once, run)
    move = permissions.check_may_move(actor, run, key)
    if seen is not None and int(seen) != run.version:
        raise Refusal("E_RUN_STALE", run=queries.title_of(run))
    return _Open(actor, run, move, once, clock.now())


def _check_once(once: Once, run: PayRun | None = None) -> None:
    if once and RunStep.objects.filter(once=once).exists():
        raise Refusal("E_REPEAT", case_no=queries.title_of(run) if run else "发放批次")


def _run_sql(sql: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _one(sql: str, **values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(cursor.fetchone())


# —— the list


def build_run(
    actor: Actor, county_id: int, aid_type: str, area_type: str, month: date, *, once: Once = None
) -> PayRun:
    """Make the month's list of one county in one statement (PAY-02, PAY-03).

    ``month`` is any day of it. Raises E_AUTH, E_PAY_EARLY (before the cut-off day), E_PAYDUP (made already),
    E_PAY_EMPTY. Who is in force yet left out is shown by ``queries.left_out``.
    """
    permissions.check_power(actor, table.MOVES["build"])
    month = month.replace(day=1)
    county = Organisation.objects.filter(pk=county_id).first()
    if county is None or county_id not in (permissions.county_ids(actor) or {county_id}):
        raise Refusal("E_NOT_FOUND", what="县（市、区）")
    registry.get(aid_type)
    _check_not_early(county, month)
    words = f"{county.short_name}{name_of('area_type', area_type)}{registry.get(aid_type).name}"
    try:
        with transaction.atomic():
            _check_once(once)
            run = _new_run(actor, county, aid_type, area_type, month, "REGULAR")
            towns = [town.id for town in towns_of(county, clock.today())]
            # the platform's fence: a family that moved here keeps its former lines in sight of the unique keys
            with fence(PLATFORM), transaction.atomic():
                added = _list(actor, run, towns)
            if not added:
                raise Refusal("E_PAY_EMPTY", month=f"{month:%Y年%m月}", what=words)
            return _first_step(actor, run, once)
    except IntegrityError as clash:
        raise Refusal("E_PAYDUP", month=f"{month:%Y年%m月}", what=words + "发放批次") from clash


def _list(actor: Actor, run: PayRun, towns: list[int]) -> int:
    """Write the lines with whatever is due beside the month; how many lines."""
    values = {
        "run": run.id,
        "month": run.month,
        "today": clock.today(),
        "towns": towns,
        "aid_type": run.aid_type,
        "area_type": run.area_type,
        "supported": registry.get(run.aid_type).support is not None,
        "only_once": registry.get(run.aid_type).pays == ONCE,
    }
    columns, own = _chosen(run, values)
    added = _run_sql(statements.BUILD, **values, columns=columns, own=own)
    if columns or own:
        taken = {"columns": columns, "own": own, "by_name": actor.name, "at": clock.now()}
        if _run_sql(statements.TAKE, run=run.id, month=run.month, **taken) != len(columns) + len(own):
            raise LookupError(f"run {run.batch_no}: a due was chosen but stands on no line")
    return added


def _chosen(run: PayRun, values: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Dues for the columns of the month's lines, and dues with lines of their own."""
    share = Fraction(_values(run.county)["recovery.offset_max"])
    with connection.cursor() as cursor:
        cursor.execute(statements.CHOOSE, values | {"share": share.numerator, "share_of": share.denominator})
        chosen = cursor.fetchall()
    return [due for due, column in chosen if column], [due for due, column in chosen if not column]


def _values(county: Organisation) -> dict[str, Any]:
    today = clock.today()
    return parameters.plain_values(county, on=today, regime=regime_on(today, "BY_DATE"))


def _check_not_early(county: Organisation, month: date) -> None:
    day = int(_values(county)["pay.cutoff_day"])
    opens = add_months(month, -1).replace(day=day)
    if clock.today() < opens:
        raise Refusal("E_PAY_EARLY", month=f"{month:%Y年%m月}", on=opens.isoformat(), day=day)


def _new_run(
    actor: Actor, county: Organisation, aid_type: str, area_type: str, month: date, kind: str
) -> PayRun:
    return PayRun.objects.create(
        county=county,
        aid_type=aid_type,
        area_type=area_type,
        month=month,
        kind=kind,
        created_at=clock.now(),
        created_by_id=actor.id if actor.is_staff else None,
    )


def _first_step(actor: Actor, run: PayRun, once: Once, note: str = "") -> PayRun:
    with fence(PLATFORM):
        run.lines_count, run.total_fen = _one(statements.TOTALS, run=run.id)
    return _Open(actor, run, table.MOVES["build"], once, clock.now()).done(note=note)


# —— one-off sums beside the month


@dataclass(frozen=True)
class Owed:
    """One sum to be owed; see :class:`Due`."""

    entitlement_id: int
    kind: str
    amount_fen: int
    from_month: date
    cause: str
    reason: str
    for_month: date | None = None
    consent_id: int | None = None
    account_id: int | None = None


def owe(actor: Actor, sums: Iterable[Owed]) -> int:
    """Put sums on the next lists; called by acts that decided them. A cause owed before is not owed again.

    Returns how many are new.
    """
    at, rows = clock.now(), list(sums)
    with transaction.atomic():
        before = Due.objects.count()
        Due.objects.bulk_create(
            (Due(**vars(each), at=at, by_name=actor.name) for each in rows),
            ignore_conflicts=True,
            batch_size=5000,
        )
        added = Due.objects.count() - before
        record(actor, "payroll.owe", count=added, total_fen=sum(each.amount_fen for each in rows))
    return added


def withdraw_dues(actor: Actor, causes: str, *, reason: str) -> int:
    """End dues whose cause starts with ``causes`` and that no list has taken; how many."""
    waiting = Due.objects.filter(cause__startswith=causes, end__isnull=True)
    ended = DueEnd.objects.bulk_create(
        [DueEnd(due=due, reason=reason, by_name=actor.name, at=clock.now()) for due in waiting],
        batch_size=5000,
    )
    record(actor, "payroll.withdraw", count=len(ended), causes=causes)
    return len(ended)


def hold_line(actor: Actor, line_id: int, *, reason: str) -> LineMark:
    """Keep one line out of the bank file while the list is still open. The money stays due; ``reissue`` pays it.

    Town clerk on own lines before the town's check is complete, county centre before the county's.
    """
    if not (has_power(actor.role, "payroll.check_town") or has_power(actor.role, "payroll.check_county")):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="暂缓发放", why="")
    return _mark(actor, line_id, LineMark.HELD, "", reason, "暂缓发放", table.OPEN_LIST)


def waive_prompt(actor: Actor, line_id: int, *, prompt: str, reason: str) -> LineMark:
    """PAY-04: the county supervisor lets a line pass an error-level prompt, with a reason."""
    if not has_power(actor.role, "payroll.waive"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="放行问题", why="")
    if prompt in statements.NEVER_WAIVED:
        raise Refusal("E_INPUT", field="问题", problem="收款人已去世，只能扣下本笔、变更收款人后再发")
    if prompt not in statements.PROMPT_WORDS:
        raise Refusal("E_NOT_FOUND", what="问题")
    return _mark(actor, line_id, LineMark.WAIVED, prompt, reason, "放行问题", table.UNSENT)


def _mark(
    actor: Actor, line_id: int, kind: str, prompt: str, reason: str, act: str, states: tuple[str, ...]
) -> LineMark:
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act=act)
    with transaction.atomic():
        line = _line(actor, line_id)
        run = _locked(actor, line.run_id)
        if run.state not in states:
            raise Refusal("E_STATE", act=act, state=table.STATES[run.state])
        mark, new = LineMark.objects.get_or_create(
            line=line,
            kind=kind,
            prompt=prompt,
            defaults={
                "reason": reason.strip()[:200],
                "by_id": actor.id if actor.is_staff else None,
                "by_name": actor.name,
                "role": actor.role,
                "at": clock.now(),
            },
        )
        if new:
            run.version += 1
            run.save(update_fields=["version"])
            record(actor, f"payroll.{kind.lower()}", about=run, line=line.line_no, prompt=prompt)
        return mark


def _line(actor: Actor, line_id: int) -> PayLine:
    line = PayLine.objects.select_related("run", "run__county", "town").filter(pk=line_id).first()
    if line is None:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    permissions.check_may_see(actor, line.run)
    if actor.is_staff and line.town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    return line


# —— the checks


def check_town(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """The town's clerk finds the town's lines right; the run moves on when every town with lines has checked."""
    with transaction.atomic():
        opened = _opened(actor, run_id, "check_town", seen=seen, once=once)
        town = Organisation.objects.get(pk=actor.organ_id)
        with fence(PLATFORM), connection.cursor() as cursor:
            cursor.execute(statements.UNCHECKED_TOWNS, {"run": run_id})
            waiting = {row[0] for row in cursor.fetchall()}
        if town.id not in waiting:
            checked = opened.run.steps.filter(move="check_town", town=town).exists()
            raise Refusal("E_TOWN_CHECKED" if checked else "E_NO_LINES", town=town.name, what=town.name)
        return opened.done(target="" if waiting == {town.id} else "DRAFT", town=town)


def check_county(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """The county centre's second person finds the list right; it is frozen: no line may be held back any more."""
    with transaction.atomic():
        opened = _opened(actor, run_id, "check_county", seen=seen, once=once)
        _refuse_open_prompts(opened.run)
        count, total, digest = _frozen(opened.run)
        if not count:
            raise Refusal("E_NO_LINES", what=queries.title_of(opened.run))
        opened.run.frozen_digest = digest
        return opened.done(sent_lines=count, sent_fen=int(total), digest=digest)


def confirm(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """County finance confirms sums and control totals."""
    with transaction.atomic():
        opened = _opened(actor, run_id, "confirm", seen=seen, once=once)
        _check_frozen(opened.run)
        return opened.done(digest=opened.run.frozen_digest)


def send_back(
    actor: Actor, run_id: int, *, reason: str, seen: int | None = None, once: Once = None
) -> PayRun:
    """Before it is sent: open the list again so that lines may be held, and have it checked and confirmed anew."""
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="退回县级核对")
    with transaction.atomic():
        opened = _opened(actor, run_id, "send_back", seen=seen, once=once)
        opened.run.frozen_digest = ""
        return opened.done(note=reason.strip()[:200])


def _frozen(run: PayRun) -> tuple[int, int, str]:
    with fence(PLATFORM):
        count, total, digest = _one(statements.DIGEST, run=run.id)
    return int(count), int(total), str(digest)


def _check_frozen(run: PayRun) -> tuple[int, int]:
    count, total, digest = _frozen(run)
    if digest != run.frozen_digest:
        raise Refusal("E_PAY_CHANGED")
    return count, total


def _refuse_open_prompts(run: PayRun) -> None:
    """PAY-04."""
    with fence(PLATFORM):
        found = queries.open_errors(run)
    if found:
        words = "、".join(f"第{line_no}笔{statements.PROMPT_WORDS[code]}" for line_no, code in found[:5])
        raise Refusal("E_PAY_PROMPTS", count=len({number for number, _ in found}), lines=words)


# —— the bank


def write_bank_file(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> BankFile:
    """Write and keep the file (sealed on disk), issue the pay lists (W41, one a town), hand the run to the bank.

    Raises E_PAY_PROMPTS when a payee died or an entitlement ended since the check, E_PAY_CHANGED when the list is
    not the one that was frozen.
    """
    with transaction.atomic():
        opened = _opened(actor, run_id, "send", seen=seen, once=once)
        run = opened.run
        _refuse_open_prompts(run)
        count, total = _check_frozen(run)
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
        "aid_name": registry.get(run.aid_type).name,
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
                "topup_fen": line.topup_fen,
                "extra_fen": line.care_fen + line.arrears_fen - line.deduction_fen,
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
        run = _locked(actor, run_id)
        permissions.check_power(actor, table.MOVES["read_return"])
        _refuse_read_before(run, content)
        opened = _opened(actor, run_id, "read_return", seen=seen, once=once)
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


# —— after the return


def reconcile(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """Sent = paid + failed, line by line and in sum; the centre closes the books of the run."""
    with transaction.atomic():
        opened = _opened(actor, run_id, "reconcile", seen=seen, once=once)
        sums = queries.sums_of(opened.run)
        sent = opened.run.bank_files.get(direction="OUT")
        back = (sums.paid_count + sums.failed_count, sums.paid_fen + sums.failed_fen)
        if back != (sent.lines_count, sent.total_fen):
            raise Refusal("E_RETURN_TOTAL", why="送盘与回盘的笔数或金额不同")
        return opened.done(paid_fen=sums.paid_fen, failed_fen=sums.failed_fen)


def publish(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """PAY-05: the village lists may be seen by everybody (name, persons, sum; ``queries.public_list``)."""
    with transaction.atomic():
        return _opened(actor, run_id, "publish", seen=seen, once=once).done()


def reissue(actor: Actor, run_id: int, *, lines: list[int] | None = None, once: Once = None) -> PayRun:
    """Pay failed lines again as linked lines of a run R1, R2 …; ``lines`` names held ones to be released as well.

    Codes 01 02 03 07 wait until the town has given another account; 09 is never repeated. A line is re-issued
    once (unique key). The new run takes the same way as any other. Raises E_REISSUE when nothing qualifies.
    """
    permissions.check_power(actor, table.MOVES["build"])
    try:
        with transaction.atomic():
            former = _locked(actor, run_id)
            _check_once(once, former)
            if former.state not in ("RETURNED", "RECONCILED", "PUBLISHED"):
                raise Refusal("E_STATE", act="重新发放", state=table.STATES[former.state])
            kin = PayRun.objects.filter(
                county=former.county, aid_type=former.aid_type, area_type=former.area_type, month=former.month
            )
            run = _new_run(
                actor, former.county, former.aid_type, former.area_type, former.month, f"R{kin.count()}"
            )
            with fence(PLATFORM), transaction.atomic():
                added = _run_sql(
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
            return _first_step(actor, run, once, note=f"重新发放{former.kind}批次")
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
        line = _line(actor, line_id)
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


def advance(actor: Actor, run_id: int, to: str, **given: Any) -> Any:
    """Make the one move that leads to state ``to``; for drivers that walk a run through the month."""
    moves: dict[str, Callable[..., Any]] = {
        "TOWN_CHECKED": check_town,
        "COUNTY_CHECKED": check_county,
        "FINANCE_CONFIRMED": confirm,
        "SENT_TO_BANK": write_bank_file,
        "RECONCILED": reconcile,
        "PUBLISHED": publish,
    }
    if to not in moves:
        raise LookupError(f"no single move leads to {to}")
    return moves[to](actor, run_id, **given)
