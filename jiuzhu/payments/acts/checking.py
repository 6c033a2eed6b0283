"""What town, county and finance check before a list may be sent; what was checked is frozen (PAY-04)."""

from __future__ import annotations

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries, statements
from jiuzhu.payments.acts._run import Once, one_row, open_run
from jiuzhu.payments.models import PayRun


def check_town(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """The town's clerk finds the town's lines right; the run moves on when every town with lines has checked."""
    with transaction.atomic():
        opened = open_run(actor, run_id, "check_town", seen=seen, once=once)
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
        opened = open_run(actor, run_id, "check_county", seen=seen, once=once)
        refuse_open_prompts(opened.run)
        count, total, digest = _frozen(opened.run)
        if not count:
            raise Refusal("E_NO_LINES", what=queries.title_of(opened.run))
        opened.run.frozen_digest = digest
        return opened.done(sent_lines=count, sent_fen=int(total), digest=digest)


def confirm(actor: Actor, run_id: int, *, seen: int | None = None, once: Once = None) -> PayRun:
    """County finance confirms sums and control totals."""
    with transaction.atomic():
        opened = open_run(actor, run_id, "confirm", seen=seen, once=once)
        check_frozen(opened.run)
        return opened.done(digest=opened.run.frozen_digest)


def send_back(
    actor: Actor, run_id: int, *, reason: str, seen: int | None = None, once: Once = None
) -> PayRun:
    """Before it is sent: open the list again so that lines may be held, and have it checked and confirmed anew."""
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="退回县级核对")
    with transaction.atomic():
        opened = open_run(actor, run_id, "send_back", seen=seen, once=once)
        opened.run.frozen_digest = ""
        return opened.done(note=reason.strip()[:200])


def _frozen(run: PayRun) -> tuple[int, int, str]:
    with fence(PLATFORM):
        count, total, digest = one_row(statements.DIGEST, run=run.id)
    return int(count), int(total), str(digest)


def check_frozen(run: PayRun) -> tuple[int, int]:
    count, total, digest = _frozen(run)
    if digest != run.frozen_digest:
        raise Refusal("E_PAY_CHANGED")
    return count, total


def refuse_open_prompts(run: PayRun) -> None:
    """PAY-04."""
    with fence(PLATFORM):
        found = queries.open_errors(run)
    if found:
        words = "、".join(f"第{line_no}笔{statements.PROMPT_WORDS[code]}" for line_no, code in found[:5])
        raise Refusal("E_PAY_PROMPTS", count=len({number for number, _ in found}), lines=words)
