"""A run under its row lock while a move is made, and how a run begins; what every act of the month's money rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import permissions, queries, statements, table
from jiuzhu.payments.models import PayRun, RunStep

Once = UUID | str | None


@dataclass
class OpenRun:
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


def locked(actor: Actor, run_id: int) -> PayRun:
    """The run under its row lock; one the asker may not see does not exist for him."""
    run = PayRun.objects.select_for_update(of=("self",)).select_related("county").filter(pk=run_id).first()
    if run is None:
        raise Refusal("E_NOT_FOUND", what="发放批次")
    permissions.check_may_see(actor, run)
    return run


def open_run(actor: Actor, run_id: int, key: str, *, seen: int | None, once: Once) -> OpenRun:
    """Lock → done before? → may this person → may this run now → is the page current."""
    run = locked(actor, run_id)
    check_once(once, run)
    move = permissions.check_may_move(actor, run, key)
    if seen is not None and int(seen) != run.version:
        raise Refusal("E_RUN_STALE", run=queries.title_of(run))
    return OpenRun(actor, run, move, once, clock.now())


def check_once(once: Once, run: PayRun | None = None) -> None:
    """The form's own token was used: the first click did it, this one does nothing."""
    if once and RunStep.objects.filter(once=once).exists():
        raise Refusal("E_REPEAT", case_no=queries.title_of(run) if run else "发放批次")


def new_run(
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


def first_step(actor: Actor, run: PayRun, once: Once, note: str = "") -> PayRun:
    """The lines are written: count and sum are kept with the step that made the list."""
    with fence(PLATFORM):
        run.lines_count, run.total_fen = one_row(statements.TOTALS, run=run.id)
    return OpenRun(actor, run, table.MOVES["build"], once, clock.now()).done(note=note)


def run_sql(sql: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def one_row(sql: str, **values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(cursor.fetchone())
