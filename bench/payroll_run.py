"""Claim: the month's list of a county is one statement, and costs little more than writing its rows.

ours    building.build_run: permission, run, INSERT … SELECT with every rule of PAY-03, totals, step, audit entry
peer    the common way: read the entitlements as objects, make the lines as objects, bulk_create
floor   a bare INSERT … SELECT of ready-made rows into a table with the same columns, checks, indexes and foreign keys

    python bench/payroll_run.py --size 100000

Prints a table and adds its result to var/bench.json.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import rounds

CLAIM, LIMIT = "payroll_run", 2.0
MONTH = date(2019, 11, 1)
TODAY = date(2019, 10, 28)


def measure(size: int, *, times: int = 3) -> dict[str, Any]:
    """Medians over ``times`` rounds on the database in use (empty of payments); every round is undone."""
    from django.db import connection

    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.core import clock
    from jiuzhu.payments.acts import building
    from jiuzhu.payments.models import PayLine
    from jiuzhu.payments.tests import city as cities

    with clock.at(TODAY):
        city = cities.make(families=1)
        cities.multiply(city, size - 1)
        rounds.as_owner(rounds.floor_table("bench_line", "payments_payline"))

        def build() -> None:
            with fence(city.builder) as actor:
                run = building.build_run(actor, city.county.id, "DIBAO", "RURAL", MONTH)
            if run.lines_count != size:
                raise RuntimeError(f"{run.lines_count} lines for {size} entitlements")

        def by_objects() -> None:
            with fence(PLATFORM):
                _objects(city)

        ours = rounds.median(build, times)
        peer = rounds.median(by_objects, times)
        build()
        with fence(PLATFORM), connection.cursor() as cursor:
            lines = PayLine.objects.count()
            floor = rounds.median(
                lambda: cursor.execute("INSERT INTO bench_line SELECT * FROM payments_payline"), times
            )
    if lines != size:
        raise RuntimeError(f"{lines} lines written for {size} entitlements")
    name = "ORM objects and bulk_create"
    return rounds.result(CLAIM, size, ours=ours, peer=peer, peer_name=name, floor=floor, limit=LIMIT)


def _objects(city: Any) -> None:
    """The same list line by line, without the rules about earlier lines."""
    from jiuzhu.cases.models import Entitlement
    from jiuzhu.core import clock
    from jiuzhu.payments.models import PayLine, PayRun

    run = PayRun.objects.create(
        county=city.county, aid_type="DIBAO", area_type="RURAL", month=MONTH, created_at=clock.now()
    )
    due = (
        Entitlement.objects.filter(
            town__in=city.towns, aid_type="DIBAO", area_type="RURAL", state="ACTIVE", first_month__lte=MONTH
        )
        .select_related("household", "payee")
        .prefetch_related("amounts", "household__accounts")
        .order_by("town_id", "village_code", "id")
    )
    lines = []
    for number, each in enumerate(due.iterator(chunk_size=5000), 1):
        amount = next(a for a in each.amounts.all() if a.from_month <= MONTH)
        account = next(a for a in each.household.accounts.all() if a.valid_to is None)
        lines.append(
            PayLine(
                run=run,
                line_no=number,
                entitlement=each,
                household_id=each.household_id,
                pay_month=MONTH,
                dossier_no=each.household.dossier_no,
                town_id=each.town_id,
                village_code=each.village_code,
                payee=each.payee,
                payee_name=each.payee.name,
                members_count=amount.members_count,
                base_fen=amount.base_fen,
                topup_fen=amount.topup_fen,
                total_fen=amount.base_fen + amount.topup_fen,
                bank_code=account.bank_code,
                bank_name=account.bank_name,
                account=account,
                account_name=account.holder_name,
            )
        )
    PayLine.objects.bulk_create(lines, batch_size=2000)


if __name__ == "__main__":
    rounds.main(measure, str(__doc__))
