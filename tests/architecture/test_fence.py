"""The second fence (design.md, Scope): a query with the filter left out returns nothing foreign, whoever asks.

Three families live in 沙镇镇 (delegated, 东昌府区), 湖西街道 (its code says 东昌府区, its authority is the zone) and
莘县. For every fenced table each row's family is found by following the foreign keys, never by asking the policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from jiuzhu.accounts.actor import PLATFORM, Actor, drop_fence, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.accounts.roles import ROLES
from jiuzhu.benefits.models import PlaceAlert
from jiuzhu.core import clock
from jiuzhu.people.models import Household
from tests.families import COUNTY_DECIDES, DELEGATED, ZONE, City

DAY = date(2019, 11, 20)
# Personal columns without a row fence, and why that is right.
OPEN = {
    "accounts_staff": "工作人员自己的账号，登录前就要读",
    "accounts_kin": "近亲属登记，只按盲索引比对",
    "audit_auditentry": "审计链按机关读，不存号码",
    "publicity_posting": "依法公示的内容",
}
# A town's own books: fenced by the town, they belong to no household.
BOOKS = {"funds_entry", "funds_topup", "benefits_placealert"}
# Levels of VER-30 below which even the own area's rows do not show.
LEVEL = {
    "verification_answer": 2,
    "verification_finding": 1,
    "verification_findinganswer": 1,
    "onedoor_informant": 1,
}
WORKERS = {
    "TOWN_CLERK": ("clerk-371502101", {DELEGATED}),
    "TOWN_VERIFIER": ("verifier-371502101", {DELEGATED}),
    "TOWN_LEAD": ("lead-371502101", {DELEGATED}),
    "TOWN_PAYROLL": ("payroll-371502101", {DELEGATED}),
    "COUNTY_APPROVER": ("approver-371502", {DELEGATED}),
    "COUNTY_VERIFIER": ("cverifier-371502", {DELEGATED}),
    "COUNTY_SUPERVISOR": ("supervisor-371502", {DELEGATED}),
    "CENTER_STAFF": ("center-371502", {DELEGATED}),
    "COUNTY_FINANCE": ("finance-371502", {DELEGATED}),
    "CITY_OFFICER": ("city", set()),
    "AUDITOR": ("auditor", {DELEGATED, ZONE, COUNTY_DECIDES}),
    "SYSADMIN": ("admin", set()),
}


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def fenced() -> list[str]:
    return [
        table
        for (table,) in _rows(
            "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity ORDER BY 1"
        )
    ]


def _model(table: str) -> Any:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def _key(table: str) -> str:
    return _model(table)._meta.pk.column


def _parents(table: str, among: set[str]) -> tuple[str, str] | None:
    """A column of ``table`` that points at a fenced table, and that table; the household first."""
    found = {
        field.related_model._meta.db_table: field.column
        for field in _model(table)._meta.concrete_fields
        if field.is_relation and field.related_model._meta.db_table in among - {table}
    }
    if not found:
        return None
    parent = "people_household" if "people_household" in found else next(iter(found))
    return found[parent], parent


def families_of_rows() -> dict[str, dict[int, int]]:
    """For every fenced table: row id → household id, read as the platform."""
    tables = set(fenced()) - BOOKS
    known = {"people_household": {pk: pk for pk in Household.objects.values_list("id", flat=True)}}
    while len(known) < len(tables):
        ready = {
            table: parent
            for table in tables - set(known)
            if (parent := _parents(table, tables)) and parent[1] in known
        }
        assert ready, f"no way to a household from {tables - set(known)}"
        for table, (column, parent) in ready.items():
            known[table] = {
                pk: known[parent][above]
                for pk, above in _rows(f'SELECT "{_key(table)}", "{column}" FROM "{table}"')
                if above is not None
            }
    return known


@pytest.fixture(scope="module")
def three_families(module_city: City) -> Iterator[dict[str, Any]]:
    """Granted in the delegated town and in 莘县 (after an objection), found out by verification in the zone."""
    walked = [
        module_city.family("plain_poor", town=DELEGATED).to_the_end(),
        module_city.family("bought_car", town=DELEGATED).to_the_end(),
        module_city.family("objection_true", town=COUNTY_DECIDES).to_the_end(),
        module_city.family("bought_car", town=ZONE).to_the_end(),
        module_city.family("plain_poor", town=ZONE).to_the_end(),
    ]
    with fence(PLATFORM):
        for code in (DELEGATED, ZONE, COUNTY_DECIDES):
            PlaceAlert.objects.create(
                town=Organisation.objects.get(code=code),
                kind="RATE",
                level="W",
                key=code,
                text="已决定20件，批准20件",
                found_on=DAY,
                due_on=DAY,
            )
        towns = dict(Household.objects.values_list("id", "town__code"))
        yield {
            "walked": walked,
            "rows": families_of_rows(),
            "town": towns,
            "village": dict(Household.objects.values_list("id", "village_code")),
        }


def _asker(username: str) -> Actor:
    return actor_for(posts_of(Staff.objects.get(username=username), DAY)[0], DAY)


def _seen(actor: Actor, table: str) -> set[int]:
    with fence(actor):
        return {pk for (pk,) in _rows(f'SELECT "{_key(table)}" FROM "{table}"')}


def test_every_table_with_personal_columns_is_fenced_for_its_owner_too(db: None) -> None:
    within = set(fenced())
    personal = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("jiuzhu.")
        and any(
            field.column.endswith(("_sealed", "_index"))
            or field.column in ("case_id", "household_id", "person_id", "person_uid", "applicant_name")
            or (field.is_relation and field.related_model._meta.db_table in within)
            for field in model._meta.concrete_fields
        )
    }

    assert personal - within == set(OPEN)


def test_the_runtime_role_cannot_step_over_the_fence(db: None) -> None:
    rights = _rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")

    assert rights == [(False, False)]


def test_the_families_fill_enough_tables_to_prove_something(three_families: dict[str, Any]) -> None:
    filled = {table for table, rows in three_families["rows"].items() if rows}

    assert set(three_families["town"].values()) == {DELEGATED, ZONE, COUNTY_DECIDES}
    assert {"people_person", "cases_case", "verification_answer", "documents_document"} <= filled
    assert len(filled) >= 30, sorted(set(three_families["rows"]) - filled)


def test_every_role_is_asked(three_families: dict[str, Any]) -> None:
    assert set(WORKERS) | {"VILLAGE_ASSIST"} == set(ROLES)


@pytest.mark.parametrize("role", WORKERS)
def test_without_a_filter_a_role_sees_its_area_and_nothing_foreign(
    role: str, three_families: dict[str, Any]
) -> None:
    username, towns = WORKERS[role]
    actor = _asker(username)
    assert actor.role == role

    for table, family_of in three_families["rows"].items():
        own = {pk for pk, household in family_of.items() if three_families["town"][household] in towns}
        expected = own if ROLES[role].sight >= LEVEL.get(table, 0) else set()
        assert _seen(actor, table) & set(family_of) == expected, f"{role} in {table}"


@pytest.mark.parametrize("table", sorted(BOOKS))
def test_a_town_s_books_are_for_its_area_and_not_for_villages(
    table: str, three_families: dict[str, Any]
) -> None:
    with fence(PLATFORM):
        of = dict(
            _rows(f'SELECT b.id, o.code FROM "{table}" b JOIN accounts_organisation o ON o.id = b.town_id')
        )
    assert {DELEGATED, ZONE, COUNTY_DECIDES} <= set(of.values())

    for username, towns in WORKERS.values():
        seen = {of[pk] for pk in _seen(_asker(username), table)}
        assert seen & {DELEGATED, ZONE, COUNTY_DECIDES} == towns, username
    village = posts_of(Staff.objects.filter(username__startswith=f"village-{DELEGATED}").first(), DAY)[0]
    assert not _seen(actor_for(village, DAY), table)
    assert not _seen(three_families["walked"][0].citizen, table)


def test_a_village_assistant_sees_the_own_village_only(three_families: dict[str, Any]) -> None:
    household, village = next(
        (pk, code)
        for pk, code in three_families["village"].items()
        if three_families["town"][pk] == DELEGATED
    )
    post = posts_of(Staff.objects.filter(username__startswith=f"village-{DELEGATED}").first(), DAY)[0]
    post.village_codes = [village]
    elsewhere = actor_for(post, DAY)
    post.village_codes = [f"{DELEGATED}999"]

    for table, family_of in three_families["rows"].items():
        if LEVEL.get(table):
            continue
        own = {pk for pk, home in family_of.items() if three_families["village"][home] == village}
        assert _seen(elsewhere, table) & set(family_of) == own, table
        assert not _seen(actor_for(post, DAY), table) & set(family_of), table
    assert household in _seen(elsewhere, "people_household")


def test_a_citizen_sees_the_own_household_only(three_families: dict[str, Any]) -> None:
    family = three_families["walked"][0]
    citizen = family.citizen

    for table, family_of in three_families["rows"].items():
        own = {pk for pk, household in family_of.items() if household == citizen.household_id}
        expected = own if citizen.level >= LEVEL.get(table, 0) else set()
        assert _seen(citizen, table) == expected, table


def test_nobody_sees_nothing(three_families: dict[str, Any]) -> None:
    drop_fence()

    assert {
        table for table in three_families["rows"] if _rows(f'SELECT "{_key(table)}" FROM "{table}"')
    } == set()


def test_a_paper_of_no_household_is_for_the_organ_that_issued_it(three_families: dict[str, Any]) -> None:
    """A pay list carries names: the county of the list sees it, its towns and other counties do not."""
    from jiuzhu.documents import acts as documents

    county = Organisation.objects.get(code="371502")
    with clock.at(DAY), fence(PLATFORM):
        paper = documents.issue(
            PLATFORM,
            "W49",
            {
                "authority_doc_no": "东昌府政字〔2019〕18号（示例）",
                "issued_by": "东昌府区人民政府",
                "aid_types": "最低生活保障",
                "valid_from_on": DAY,
                "duty_split": "乡镇审批，县级监督。",
            },
            organ=county,
            regime="P2019",
            event_on=DAY,
        )
    seen_by = {
        name: paper.id in _seen(_asker(name), "documents_document")
        for name in (
            "center-371502",
            "auditor",
            "center-371522",
            "clerk-371522001",
            "clerk-371502101",
            "admin",
        )
    }

    assert seen_by == {
        "center-371502": True,
        "auditor": True,
        "center-371522": False,
        "clerk-371522001": False,
        "clerk-371502101": False,
        "admin": False,
    }
