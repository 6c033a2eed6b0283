"""The month's list of one county, made in one statement (PAY-02, PAY-03)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import towns_of
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import permissions, queries, statements, table
from jiuzhu.payments.acts._run import Once, check_once, first_step, new_run, run_sql
from jiuzhu.payments.models import PayRun


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
            check_once(once)
            run = new_run(actor, county, aid_type, area_type, month, "REGULAR")
            towns = [town.id for town in towns_of(county, clock.today())]
            # the platform's fence: a family that moved here keeps its former lines in sight of the unique keys
            with fence(PLATFORM), transaction.atomic():
                added = _list(actor, run, towns)
            if not added:
                raise Refusal("E_PAY_EMPTY", month=f"{month:%Y年%m月}", what=words)
            return first_step(actor, run, once)
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
    added = run_sql(statements.BUILD, **values, columns=columns, own=own)
    if columns or own:
        taken = {"columns": columns, "own": own, "by_name": actor.name, "at": clock.now()}
        if run_sql(statements.TAKE, run=run.id, month=run.month, **taken) != len(columns) + len(own):
            raise LookupError(f"run {run.batch_no}: a due was chosen but stands on no line")
    return added


def _chosen(run: PayRun, values: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Dues for the columns of the month's lines, and dues with lines of their own."""
    share = Fraction(queries.values_of(run.county)["recovery.offset_max"])
    with connection.cursor() as cursor:
        cursor.execute(statements.CHOOSE, values | {"share": share.numerator, "share_of": share.denominator})
        chosen = cursor.fetchall()
    return [due for due, column in chosen if column], [due for due, column in chosen if not column]


def _check_not_early(county: Organisation, month: date) -> None:
    opens = queries.opens_on(county, month)
    if clock.today() < opens:
        raise Refusal("E_PAY_EARLY", month=f"{month:%Y年%m月}", on=opens.isoformat(), day=opens.day)
