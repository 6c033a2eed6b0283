"""What the fault tests run in processes of their own, over the database of the settings: ``make``, ``walk``, ``look``.

Each prints JSON lines; a line is printed only after the act it tells of was committed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from jiuzhu.accounts import tokens  # noqa: E402
from jiuzhu.accounts.actor import PLATFORM, fence  # noqa: E402
from jiuzhu.accounts.models import Organisation, Post  # noqa: E402
from jiuzhu.accounts.organisations import villages_of  # noqa: E402
from jiuzhu.audit import queries as audit  # noqa: E402
from jiuzhu.core import clock  # noqa: E402
from jiuzhu.infra import demo, invariants, walk  # noqa: E402


def say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


def make() -> None:
    """The staff of a city; tokens of one town's clerk and verifier."""
    demo.make()
    with fence(PLATFORM):
        issued = {
            role: tokens.issue(
                PLATFORM, Post.objects.get(staff__username=f"{role}-371522102"), label="faults", days=2
            )
            for role in ("clerk", "verifier")
        }
    village = villages_of(Organisation.objects.get(code="371522102"))[0].code
    say(village=village, **issued)


def walk_families(first: str, count: str) -> None:
    """Families by the real acts, one after the other, as fast as they go; says every step that is safe."""
    from tests.families import City

    city = City()
    for number in range(int(first), int(first) + int(count)):
        family = walk_family(city, number)
        now = clock.now()
        while True:
            try:
                with clock.at(now):
                    now = next(family)
            except StopIteration:
                break
            with fence(PLATFORM), connection.cursor() as cursor:
                cursor.execute("SELECT case_id, max(seq) FROM cases_step GROUP BY case_id")
                say(steps=cursor.fetchall())


def walk_family(city: Any, number: int) -> Any:
    from departments import world

    facts = world.family(57, number) | {"town": "371522102", "area": "RURAL", "index": number}
    return walk.family_walk(city.walker, facts, lambda event, case_no: None)


def look() -> None:
    """Everything a test wants to compare."""
    with fence(PLATFORM), connection.cursor() as cursor:

        def rows(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall()

        say(
            violations=[f"{each.rule} {each.where} {each.what}" for each in invariants.violations()],
            breaks=[f"{each.chain} {each.seq} {each.what}" for each in audit.verify()],
            cases=[str(uid) for (uid,) in rows("SELECT uid FROM cases_case")],
            steps=dict(rows("SELECT case_id, max(seq) FROM cases_step GROUP BY case_id")),
            doubled=rows("SELECT household_id FROM cases_case GROUP BY household_id HAVING count(*) > 1"),
            answers_twice=rows(
                "SELECT inquiry_id, subject_id FROM verification_answer WHERE result <> 'PENDING'"
                " GROUP BY 1, 2 HAVING count(*) > 1"
            ),
            jobs=dict(rows("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")),
        )


if __name__ == "__main__":
    {"make": make, "walk": walk_families, "look": look}[sys.argv[1]](*sys.argv[2:])
