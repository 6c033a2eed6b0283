"""A person is found by a number without reading everybody: 100,000 families are asked about a hundred times a day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.models import EntitlementMember
from jiuzhu.people.models import Obligor, Person
from jiuzhu.people.queries import homes_of_returned


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        (Person.objects.filter(id_no_index="a" * 64), "people_person"),
        (Person.objects.filter(phone_index="a" * 64), "people_person"),
        (Obligor.objects.filter(id_no_index="a" * 64), "people_obligor"),
        (EntitlementMember.objects.filter(person__id_no_index__in=["a" * 64, "b" * 64]), "people_person"),
    ],
    ids=["number", "phone", "obligor", "aided-elsewhere"],
)
def test_a_number_is_looked_up_in_an_index(db: None, rows: QuerySet[Person], table: str) -> None:
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off"
        )  # an empty table is read whole unless that is forbidden
        plan = rows.explain()

    assert f"Seq Scan on {table}" not in plan
    assert "_index = ANY" in plan or "_index)::text = " in plan.split("Index Cond")[1]


def test_as_57_who_is_due_home_is_looked_up_among_those_away(db: None) -> None:
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = homes_of_returned(date(2020, 3, 10)).explain()

    assert "Seq Scan on people_membership" not in plan and "membership_away" in plan, plan
