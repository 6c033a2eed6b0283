"""What every benchmark does: rounds that are undone, ratios to a peer and to a floor of the same run, one list of results."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class _Undo(Exception):
    pass


def median(work: Callable[[], Any], times: int) -> float:
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


def floor_table(name: str, like: str) -> str:
    """SQL: an empty table with the columns, checks, indexes and foreign keys of ``like``, without its triggers."""
    return f"""
CREATE TABLE {name} (LIKE {like} INCLUDING ALL);
GRANT ALL ON {name} TO jiuzhu_app;
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT conname, pg_get_constraintdef(oid) AS says FROM pg_constraint
        WHERE conrelid = '{like}'::regclass AND contype = 'f' AND confrelid <> conrelid
    LOOP EXECUTE format('ALTER TABLE {name} ADD CONSTRAINT %I %s', each.conname, each.says); END LOOP;
END $$
"""


def as_owner(*statements: str) -> None:
    """Statements of the tables' owner: floor tables, rows made for size, fresh statistics."""
    from django.db import connection

    from jiuzhu.accounts.actor import PLATFORM, fence

    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        for each in (*statements, "ANALYZE"):
            cursor.execute(each)
        cursor.execute("SET ROLE jiuzhu_app")


def result(
    claim: str, size: int, *, ours: float, peer: float, peer_name: str, floor: float, limit: float
) -> dict[str, Any]:
    """Seconds of the three ways, their ratios, and whether ours stays within ``limit`` times the floor."""
    return {
        "claim": claim,
        "unit": "seconds",
        "size": size,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "peer_name": peer_name,
        "floor": round(floor, 3),
        "ratio_to_peer": round(ours / peer, 2),
        "ratio_to_floor": round(ours / floor, 2),
        "goal": f"≤ {limit:g} × floor",
        "met": ours <= limit * floor,
    }


def keep(of: dict[str, Any], path: Path) -> None:
    """Put the result in the list of all benchmarks in place of an earlier one of its claim and size."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rest = [each for each in known if (each["claim"], each["size"]) != (of["claim"], of["size"])]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*rest, of], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(of: dict[str, Any]) -> str:
    return (
        f"{of['claim']}  {of['size']:,} lines\n"
        f"  ours   {of['ours']:8.3f} s\n"
        f"  peer   {of['peer']:8.3f} s   ours/peer  {of['ratio_to_peer']:.2f}   ({of['peer_name']})\n"
        f"  floor  {of['floor']:8.3f} s   ours/floor {of['ratio_to_floor']:.2f}   (bare INSERT … SELECT)\n"
        f"  goal   {of['goal']}: {'met' if of['met'] else 'NOT met'}"
    )


def main(measure: Callable[..., dict[str, Any]], about: str) -> None:
    """``--size`` and ``--times``; measures on a database of its own, prints a table, adds to var/bench.json."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
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
            measured = measure(asked.size, times=asked.times)
    finally:
        databases.drop(name)
    print(table(measured))
    keep(measured, ROOT / "var/bench.json")
    sys.exit(0 if measured["met"] else 1)
