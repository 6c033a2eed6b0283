"""What the database makes impossible, whoever writes: raw SQL as the runtime role, with the widest fence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Delegation, Organisation
from jiuzhu.cases.models import Decision
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family

KEPT = {
    "audit_auditentry",
    "cases_step",
    "cases_evidence",
    "cases_assessment",
    "cases_decision",
    "cases_opinion",
    "cases_photo",
    "cases_attendance",
    "cases_extension",
    "documents_service",
    "people_signature",
    "publicity_postingphoto",
    "verification_answer",
    "verification_report",
    "verification_finding",
    "verification_findinganswer",
    "payments_payline",
    "payments_lineresult",
    "payments_bankfile",
    "payments_runstep",
}


@pytest.fixture(scope="module")
def granted(module_city: City) -> Family:
    return module_city.walk_to("GRANTED", story="objection_true", town=DELEGATED)


@pytest.fixture(scope="module")
def waiting_in_county(module_city: City) -> Family:
    return module_city.walk_to("COUNTY_REVIEW", story="disabled_child", town=COUNTY_DECIDES, county_run=True)


@contextmanager
def impossible(words: str) -> Iterator[Any]:
    with (
        fence(PLATFORM),
        pytest.raises((DatabaseError, IntegrityError), match=words),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        yield cursor


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id' "
            "AND is_identity = 'NO' ORDER BY ordinal_position",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(cursor: Any, table: str, row_id: int, **changed: str) -> None:
    """Write the row once more with some columns given as SQL."""
    columns = _columns(table)
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" WHERE id = {row_id}')


def _first(table: str, where: str) -> int:
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table} WHERE {where}")
        return cursor.fetchone()[0]


def test_every_history_is_kept_by_a_trigger(city: City) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'append_only'"
        )
        assert {row[0] for row in cursor.fetchall()} >= KEPT


@pytest.mark.parametrize("table", sorted(KEPT))
@pytest.mark.parametrize("sentence", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_is_neither_changed_nor_deleted(
    city: City, granted: Family, table: str, sentence: str
) -> None:
    with impossible("permission denied|append-only|refused") as cursor:
        cursor.execute(sentence.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = repeat('0', 64)",
        "doc_no = doc_no || '甲'",
        "title = '另一份'",
        "issued_on = issued_on - 1",
        "data_sealed = NULL",
        "signer_name = '别人'",
        "template_version = '0'",
    ],
)
def test_an_issued_paper_stays_as_issued(city: City, granted: Family, change: str) -> None:
    with impossible("refused|null value") as cursor:
        cursor.execute(f"UPDATE documents_document SET {change} WHERE case_id = {granted.pk}")


def test_an_issued_paper_is_not_deleted_and_its_number_not_given_back(city: City, granted: Family) -> None:
    with impossible("refused") as cursor:
        cursor.execute(f"DELETE FROM documents_document WHERE case_id = {granted.pk}")
    for change in ("last = last - 1", "last = last + 2", "last = 0"):
        with impossible("one by one|up by one") as cursor:
            cursor.execute(f"UPDATE documents_counter SET {change}")
    with impossible("up by one") as cursor:
        cursor.execute("DELETE FROM documents_counter")


def test_a_sheet_that_hung_is_not_rewritten(city: City, granted: Family) -> None:
    with impossible("refused") as cursor:
        cursor.execute(f"UPDATE publicity_posting SET amount_fen = 1 WHERE case_id = {granted.pk}")
    with impossible("one_posting_a_round|duplicate") as cursor:
        _copy(
            cursor,
            "publicity_posting",
            _first("publicity_posting", f"case_id = {granted.pk}"),
            token="'other'",
        )


def test_an_investigator_a_verifier_and_a_reporter_decide_nothing(
    city: City, waiting_in_county: Family
) -> None:
    family = waiting_in_county
    people = (
        f"(SELECT min(staff_id) FROM cases_investigator WHERE case_id = {family.pk})",
        f"(SELECT min(verifier_id) FROM verification_run WHERE case_id = {family.pk})",
        f"(SELECT min(issuer_id) FROM verification_report WHERE case_id = {family.pk})",
    )
    for who in people:
        with impossible("E_SOD") as cursor:
            _decide(cursor, family, decider_id=who)


def test_no_decision_without_authority(city: City, waiting_in_county: Family) -> None:
    """A township without delegation, with another county's delegation, and a county that is not above the town."""
    family, case = waiting_in_county, waiting_in_county.case
    foreign = Delegation.objects.exclude(county=case.county).first()
    other_county = Organisation.objects.get(code="371502")

    with impossible("town_decides_only_by_delegation|E_AUTH") as cursor:
        _decide(cursor, family, authority="'TOWN'", organ_id=str(case.town_id))
    with impossible("E_AUTH") as cursor:
        _decide(cursor, family, authority="'TOWN'", organ_id=str(case.town_id), delegation_id=str(foreign.id))
    with impossible("E_AUTH") as cursor:
        _decide(cursor, family, organ_id=str(other_county.id))


def test_no_approval_without_an_amount_and_no_refusal_without_reasons(
    city: City, waiting_in_county: Family
) -> None:
    with impossible("approval_has_an_amount") as cursor:
        _decide(cursor, waiting_in_county, amount_fen="0")
    with impossible("refusal_has_reasons") as cursor:
        _decide(cursor, waiting_in_county, kind="'REFUSE'", reasons="'[]'::jsonb")


def _decide(cursor: Any, family: Family, **changed: str) -> None:
    """The decision the county could make today, with something wrong in it."""
    case = family.case
    approver = family.staff("COUNTY_APPROVER")
    assessment = case.assessments.latest("id")
    columns: dict[str, str] = {
        "case_id": str(case.id),
        "round": "1",
        "kind": "'APPROVE'",
        "authority": "'COUNTY'",
        "organ_id": str(case.county_id),
        "delegation_id": "NULL",
        "decider_id": str(approver.id),
        "role": "'COUNTY_APPROVER'",
        "decided_on": f"'{family.now:%Y-%m-%d}'",
        "decided_at": f"'{family.now.isoformat()}'",
        "assessment_id": str(assessment.id),
        "amount_fen": "45000",
        "base_fen": "45000",
        "topup_fen": "0",
        "care_fen": "0",
        "pays": "'MONTHLY'",
        "members_count": "3",
        "override_reason": "''",
        "reasons": "'[]'::jsonb",
        "explanation": "''",
    } | changed
    cursor.execute(
        f"INSERT INTO cases_decision ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
    )


def test_the_decision_these_tests_spoil_would_be_lawful(city: City, waiting_in_county: Family) -> None:
    with fence(PLATFORM), connection.cursor() as cursor:
        _decide(cursor, waiting_in_county)

        assert Decision.objects.filter(case_id=waiting_in_county.pk).count() == 1


def test_a_case_is_decided_once_a_round(city: City, granted: Family) -> None:
    with impossible("one_decision_a_round") as cursor:
        _copy(cursor, "cases_decision", _first("cases_decision", f"case_id = {granted.pk}"))


def test_a_person_has_one_living_allowance_at_a_time(city: City, granted: Family) -> None:
    """AID-01."""
    member = _first(
        "cases_entitlementmember",
        f"entitlement_id IN (SELECT id FROM cases_entitlement WHERE case_id = {granted.pk})",
    )
    amount = _first(
        "cases_entitlementamount",
        f"entitlement_id IN (SELECT id FROM cases_entitlement WHERE case_id = {granted.pk})",
    )

    with impossible("one_living_aid_a_person") as cursor:
        _copy(cursor, "cases_entitlementmember", member, from_month="from_month + interval '2 months'")
    with impossible("one_amount_a_month") as cursor:
        _copy(cursor, "cases_entitlementamount", amount, from_month="from_month + interval '2 months'")
    with impossible("duplicate|unique") as cursor:
        _copy(
            cursor,
            "cases_entitlement",
            _first("cases_entitlement", f"case_id = {granted.pk}"),
            number="'other'",
        )


def test_a_household_and_a_person_have_one_open_case(city: City, waiting_in_county: Family) -> None:
    with impossible("one_open_case_a_household") as cursor:
        _copy(
            cursor,
            "cases_case",
            waiting_in_county.pk,
            uid="gen_random_uuid()",
            case_no="'DB0000000000000000000'",
        )
    with impossible("one_open_case_a_person") as cursor:
        _copy(cursor, "cases_casemember", _first("cases_casemember", f"case_id = {waiting_in_county.pk}"))


def test_a_clock_runs_once_and_forward(city: City, waiting_in_county: Family) -> None:
    running = _first(
        "cases_caseclock", f"case_id = {waiting_in_county.pk} AND clock = 'CLK-T20' AND ended_at IS NULL"
    )

    with impossible("one_running_clock") as cursor:
        _copy(cursor, "cases_caseclock", running)
    with impossible("clock_runs_forward") as cursor:
        cursor.execute(
            f"UPDATE cases_caseclock SET ended_at = started_at - interval '1 day' WHERE id = {running}"
        )


def test_nothing_is_paid_twice(city: City, granted: Family) -> None:
    """PAY-06: one line an entitlement, month and kind, and one run a county, kind of aid and month."""
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_payrun (county_id, aid_type, area_type, month, kind, state, version, lines_count, total_fen,"
            " frozen_digest, created_at) SELECT county_id, aid_type, area_type, first_month, 'REGULAR', 'DRAFT', 0, 0, 0,"
            f" '', created_at FROM cases_entitlement WHERE case_id = {granted.pk} RETURNING id"
        )
        run = cursor.fetchone()[0]
        cursor.execute(_LINE, {"run": run, "no": 1, "case": granted.pk})
        line = cursor.fetchone()[0]

    with impossible("paid_once_a_month") as cursor:
        _copy(cursor, "payments_payline", line, line_no="2")
    with impossible("one_run_a_month") as cursor:
        _copy(cursor, "payments_payrun", run)
    with impossible("line_total_is_its_parts") as cursor:
        _copy(
            cursor,
            "payments_payline",
            line,
            line_no="3",
            pay_kind="'ARREARS'",
            total_fen="total_fen + 100",
        )


_LINE = """
INSERT INTO payments_payline (run_id, line_no, entitlement_id, household_id, pay_month, pay_kind, part, dossier_no, town_id,
    village_code, payee_id, payee_name, relation, members_count, base_fen, topup_fen, care_fen, arrears_fen,
    deduction_fen, total_fen, bank_code, bank_name, account_id, account_name)
SELECT %(run)s, %(no)s, e.id, e.household_id, e.first_month, 'REGULAR', 'BASE', h.dossier_no, e.town_id, e.village_code,
    p.id, p.name, '0', 1, 45000, 0, 0, 0, 0, 45000, b.bank_code, b.bank_name, b.id, p.name
FROM cases_entitlement e JOIN people_household h ON h.id = e.household_id JOIN people_person p ON p.id = e.payee_id
JOIN people_bankaccount b ON b.household_id = h.id
WHERE e.case_id = %(case)s RETURNING id
"""
