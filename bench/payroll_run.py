"""Claim: the month's list of a county is one statement, and costs little more than writing its rows.

ours    acts.build_run: permission, run, INSERT … SELECT with every rule of PAY-03, totals, step, audit entry
peer    the common way: read the entitlements as objects, make the lines as objects, bulk_create
floor   a bare INSERT … SELECT of ready-made rows into a table with the same columns, checks, indexes and foreign keys

    python bench/payroll_run.py --size 100000

Prints a table and adds its result to var/bench.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CLAIM = "payroll_run"
GOAL = "≤ 2 × floor"
LIMIT = 2.0
MONTH = date(2019, 11, 1)
TODAY = date(2019, 10, 28)
_FLOOR_TABLE = """
CREATE TABLE bench_line (LIKE payments_payline INCLUDING ALL);
GRANT ALL ON bench_line TO jiuzhu_app;
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT conname, pg_get_constraintdef(oid) AS says FROM pg_constraint
        WHERE conrelid = 'payments_payline'::regclass AND contype = 'f' AND confrelid <> conrelid
    LOOP EXECUTE format('ALTER TABLE bench_line ADD CONSTRAINT %I %s', each.conname, each.says); END LOOP;
END $$
"""


def measure(size: int, *, times: int = 3) -> dict[str, Any]:
    """Medians over ``times`` rounds on the database in use (empty of payments); every round is undone."""
    from django.db import connection

    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.core import clock
    from jiuzhu.payments import acts
    from jiuzhu.payments.models import PayLine
    from jiuzhu.payments.tests import city as cities

    with clock.at(TODAY):
        city = cities.make(families=1)
        cities.multiply(city, size - 1)
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("ANALYZE")
            cursor.execute(_FLOOR_TABLE)
            cursor.execute("SET ROLE jiuzhu_app")

        def build() -> None:
            with fence(city.builder) as actor:
                run = acts.build_run(actor, city.county.id, "DIBAO", "RURAL", MONTH)
            if run.lines_count != size:
                raise RuntimeError(f"{run.lines_count} lines for {size} entitlements")

        def by_objects() -> None:
            with fence(PLATFORM):
                _objects(city)

        ours = _median(build, times)
        peer = _median(by_objects, times)
        build()
        with fence(PLATFORM), connection.cursor() as cursor:
            lines = PayLine.objects.count()
            floor = _median(
                lambda: cursor.execute("INSERT INTO bench_line SELECT * FROM payments_payline"), times
            )
    if lines != size:
        raise RuntimeError(f"{lines} lines written for {size} entitlements")
    return {
        "claim": CLAIM,
        "unit": "seconds",
        "size": size,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "peer_name": "ORM objects and bulk_create",
        "floor": round(floor, 3),
        "ratio_to_peer": round(ours / peer, 2),
        "ratio_to_floor": round(ours / floor, 2),
        "goal": GOAL,
        "met": ours <= LIMIT * floor,
    }


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


class _Undo(Exception):
    pass


def _median(work: Callable[[], Any], times: int) -> float:
    """Seconds of the middle round; deferred constraints are checked inside the time, then the round is undone."""
    from django.db import connection, transaction

    taken = []
    for _ in range(times):
        try:
            with transaction.atomic():
                start = time.perf_counter()
                work()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                taken.append(time.perf_counter() - start)
                raise _Undo
        except _Undo:
            continue
    return statistics.median(taken)


def keep(result: dict[str, Any], path: Path) -> None:
    """Put the result in the list of all benchmarks in place of an earlier one of its claim and size."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rest = [each for each in known if (each["claim"], each["size"]) != (result["claim"], result["size"])]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*rest, result], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(result: dict[str, Any]) -> str:
    return (
        f"{result['claim']}  {result['size']:,} lines\n"
        f"  ours   {result['ours']:8.3f} s\n"
        f"  peer   {result['peer']:8.3f} s   ours/peer  {result['ratio_to_peer']:.2f}   ({result['peer_name']})\n"
        f"  floor  {result['floor']:8.3f} s   ours/floor {result['ratio_to_floor']:.2f}   (bare INSERT … SELECT)\n"
        f"  goal   {result['goal']}: {'met' if result['met'] else 'NOT met'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.settings.test")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from jiuzhu.infra import test_database as databases

    name = f"run_{os.getpid()}_bench"
    databases.clone(name)
    try:
        with databases.pointed_at(name):
            result = measure(asked.size, times=asked.times)
    finally:
        databases.drop(name)
    print(table(result))
    keep(result, ROOT / "var/bench.json")
    sys.exit(0 if result["met"] else 1)


if __name__ == "__main__":
    main()
