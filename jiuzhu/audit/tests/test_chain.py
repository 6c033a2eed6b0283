"""The record tells which entry was changed, removed or slipped in, even by somebody who owns the tables."""

from __future__ import annotations

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.audit import commands, queries
from jiuzhu.audit.acts import record
from jiuzhu.infra import postgres


@pytest.fixture
def five_entries(committed_db: str) -> str:
    with fence(PLATFORM):
        for number in range(5):
            record(PLATFORM, "case.read", case_no=f"DB{number}", purpose="办理案件")
    return committed_db


def _as_owner(name: str, sentence: str) -> None:
    """What a thief with the owner's rights could do: switch the triggers off and write."""
    with psycopg.connect(postgres.uri_of(settings.ADMIN_URL, name), autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        owner.execute(sentence)


def _found() -> list[tuple[int, str]]:
    return [(each.seq, each.what) for each in queries.verify() if each.chain == "SYSTEM"]


def test_a_whole_record_has_no_break(five_entries: str) -> None:
    assert _found() == []
    assert CliRunner().invoke(commands.verify).exit_code == 0


def test_a_changed_entry_is_named(five_entries: str) -> None:
    _as_owner(
        five_entries, "UPDATE audit_auditentry SET purpose = '查着玩' WHERE chain = 'SYSTEM' AND seq = 3"
    )

    assert _found() == [(3, "内容被改动")]


def test_a_removed_entry_is_named(five_entries: str) -> None:
    _as_owner(five_entries, "DELETE FROM audit_auditentry WHERE chain = 'SYSTEM' AND seq = 2")

    assert _found() == [(2, "记录缺失（被删除）")]


def test_entries_cut_off_at_the_end_are_noticed(five_entries: str) -> None:
    _as_owner(five_entries, "DELETE FROM audit_auditentry WHERE chain = 'SYSTEM' AND seq >= 4")

    assert _found() == [(5, "末尾记录缺失（被删除）")]


def test_an_entry_slipped_in_between_two_others_is_named(five_entries: str) -> None:
    """The thief moves the later ones up by one and puts his own in their midst."""
    columns = (
        "chain, at, actor_kind, actor_id, actor_name, role, organ, action, object_type, object_id,"
        " case_no, person_uid, purpose, detail, client, previous, digest"
    )
    for seq in (5, 4, 3):
        _as_owner(
            five_entries,
            f"UPDATE audit_auditentry SET seq = {seq + 1} WHERE chain = 'SYSTEM' AND seq = {seq}",
        )
    _as_owner(
        five_entries,
        f"INSERT INTO audit_auditentry (seq, {columns})"
        f" SELECT 3, {columns} FROM audit_auditentry WHERE chain = 'SYSTEM' AND seq = 2",
    )
    _as_owner(five_entries, "UPDATE audit_chainhead SET seq = 6 WHERE chain = 'SYSTEM'")

    assert 3 in {seq for seq, _ in _found()}


def test_an_entry_slipped_in_is_named(five_entries: str) -> None:
    columns = (
        "chain, at, actor_kind, actor_id, actor_name, role, organ, action, object_type, object_id,"
        " case_no, person_uid, purpose, detail, client, previous, digest"
    )
    _as_owner(
        five_entries,
        f"INSERT INTO audit_auditentry (seq, {columns})"
        f" SELECT 6, {columns} FROM audit_auditentry WHERE chain = 'SYSTEM' AND seq = 5",
    )

    assert {seq for seq, _ in _found()} == {6}
    assert CliRunner().invoke(commands.verify).exit_code == 1
