"""The second fence: whoever asks, a query without any filter shows nothing of a foreign family."""

from __future__ import annotations

import pytest
from django.db import connection

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, Actor, drop_fence, fence
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family


@pytest.fixture(scope="module")
def two_families(module_city: City) -> tuple[Family, Family]:
    ours = module_city.walk_to("GRANTED", story="objection_true", town=DELEGATED)
    theirs = module_city.walk_to("GRANTED", story="near_relative", town=COUNTY_DECIDES)
    return ours, theirs


def _fenced() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity ORDER BY relname")
        return [row[0] for row in cursor.fetchall()]


def _rows(table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}"')
        return {row[0] for row in cursor.fetchall()}


def _by_household(family: Family) -> dict[str, set[int]]:
    """Every fenced row of one household, as its own citizen (and the platform behind him) may see it."""
    with fence(family.citizen):
        return {table: _rows(table) for table in _fenced()}


def test_every_table_with_personal_rows_is_fenced(city: City) -> None:
    wanted = {"people_", "verification_", "cases_"}
    open_on_purpose = {
        "people_dossiercounter",
        "people_citizenaccount",
        "cases_casecounter",
        "cases_institution",  # 供养机构的账户，不是个人的
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE ANY (%s)",
            [[f"{prefix}%" for prefix in wanted]],
        )
        tables = {row[0] for row in cursor.fetchall()}

    assert tables - set(_fenced()) - open_on_purpose == set()


def test_nobody_asking_sees_nothing(city: City, two_families: tuple[Family, Family]) -> None:
    drop_fence()

    assert {table: rows for table in _fenced() if (rows := _rows(table))} == {}


def test_a_foreign_clerk_and_a_foreign_family_see_no_row(
    city: City, two_families: tuple[Family, Family]
) -> None:
    ours, theirs = two_families
    foreign = _by_household(theirs)
    assert sum(bool(rows) for rows in foreign.values()) >= 10

    for asker in (ours.staff("TOWN_CLERK"), ours.staff("COUNTY_APPROVER"), ours.citizen):
        with fence(asker):
            leaked = {table: _rows(table) & rows for table, rows in foreign.items()}
        assert {table: rows for table, rows in leaked.items() if rows} == {}, asker.role


def test_a_village_assistant_sees_his_village_only(city: City, two_families: tuple[Family, Family]) -> None:
    ours, _ = two_families
    clerk = ours.staff("TOWN_CLERK")
    elsewhere = Actor(
        **{**clerk.__dict__, "role": "VILLAGE_ASSIST", "villages": ("371502101999",), "level": 0}
    )

    with fence(elsewhere):
        assert _rows("people_person") == set()
        assert _rows("cases_case") == set()


def test_answers_open_at_level_two_only(city: City, two_families: tuple[Family, Family]) -> None:
    """VER-30: the clerk of the case sees findings, not what the bank or the registry said."""
    ours, _ = two_families
    clerk, verifier = ours.staff("TOWN_CLERK"), ours.staff("TOWN_VERIFIER")

    with fence(clerk):
        assert _rows("verification_answer") == set()
        assert _rows("verification_report") != set()
    with fence(verifier):
        assert _rows("verification_answer") != set()
    with fence(ours.citizen):
        assert _rows("verification_answer") == set()


def test_roles_without_cases_have_no_area(city: City, two_families: tuple[Family, Family]) -> None:
    for role in ("CITY_OFFICER", "SYSADMIN"):
        asker = two_families[0].staff(role)
        with fence(asker):
            assert _rows("people_person") == set(), role


def test_a_stranger_with_no_household_sees_none(city: City, two_families: tuple[Family, Family]) -> None:
    with fence(Actor(kind=CITIZEN, id=None, name="示例", role="APPLICANT")):
        assert _rows("people_household") == set()
        assert _rows("documents_document") == set()


def test_the_fence_closes_again(city: City, two_families: tuple[Family, Family]) -> None:
    drop_fence()
    with fence(PLATFORM):
        assert _rows("people_person") != set()
    assert _rows("people_person") == set()
