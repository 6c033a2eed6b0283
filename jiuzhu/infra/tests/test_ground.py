"""What every later test relies on: the runtime role, the fences' ground, the queue inside the transaction."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from jiuzhu.accounts.models import Division
from jiuzhu.infra.queue import defer
from jiuzhu.jobs.queue import work


def _one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _jobs() -> object:
    return _one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'jobs.requeue_stalled'")


def test_tests_work_as_the_runtime_role_which_is_no_superuser(db: None) -> None:
    role = _one("SELECT current_user")
    rights = _one(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    login = _one("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")

    assert role == "jiuzhu_app"
    assert rights is False
    assert login is False


def test_reference_data_is_there_before_the_first_test(db: None) -> None:
    assert Division.objects.filter(valid_to__isnull=True).count() >= 2554


@pytest.mark.parametrize("sentence", ["UPDATE {} SET action = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_audit_trail_refuses_change_to_the_runtime_role(db: None, sentence: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sentence.format("audit_auditentry"))


def test_a_job_is_gone_when_the_act_that_queued_it_is_rolled_back(committed_db: str) -> None:
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        defer("jobs.requeue_stalled", timestamp=0)
        assert _jobs() == 1
        raise KeyboardInterrupt

    assert _jobs() == 0


def test_a_job_waits_once_the_act_is_committed(committed_db: str) -> None:
    with transaction.atomic():
        defer("jobs.requeue_stalled", timestamp=0)

    assert _jobs() == 1


def test_a_second_job_under_the_same_key_is_not_queued(db: None) -> None:
    first = defer("jobs.requeue_stalled", only_once="sweep", timestamp=0)
    second = defer("jobs.requeue_stalled", only_once="sweep", timestamp=0)

    assert (first, second) == (True, False)
    assert _jobs() == 1


def test_an_unknown_job_is_a_fault_of_the_programmer(db: None) -> None:
    with pytest.raises(LookupError, match="no job"):
        defer("nobody.declared.this")


def test_another_thread_sees_what_was_committed(committed_db: str) -> None:
    defer("jobs.requeue_stalled", timestamp=0)
    seen: list[object] = []

    def look() -> None:
        seen.append(_jobs())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [1]


def test_the_real_worker_does_what_waits(committed_db: str) -> None:
    defer("cases.lapse")

    asyncio.run(work(until_empty=True))

    assert _one("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'cases.lapse'") == "succeeded"
