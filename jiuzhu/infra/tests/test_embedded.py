"""The private server starts again whatever happened to it: killed, its number given away, asked twice."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jiuzhu.infra import postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="jiuzhu-pg-"))
    yield place / "pg"
    postgres.stop(place / "pg")
    shutil.rmtree(place, ignore_errors=True)


def _one(folder: Path, sql: str) -> object:
    with psycopg.connect(postgres.uri(folder, "postgres", user="postgres"), autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _pid_line(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    postgres.ensure_running(folder)
    assert postgres.is_running(folder)
    _one(folder, "CREATE TABLE kept AS SELECT 7 AS n")
    first = _pid_line(folder)

    os.kill(first, signal.SIGKILL)
    while postgres.is_running(folder):
        time.sleep(0.01)
    postgres.ensure_running(folder)

    assert _pid_line(folder) != first
    assert _one(folder, "SELECT n FROM kept") == 7
    postgres.ensure_running(folder)
    assert _one(folder, "SELECT n FROM kept") == 7


def test_a_pid_file_whose_number_belongs_to_somebody_else_hinders_nothing(folder: Path) -> None:
    postgres.ensure_running(folder)
    postgres.stop(folder)
    lines = f"{os.getpid()}\n{folder}\n0\n5432\n{folder}\n\n  0  0\nready   \n"
    (folder / "postmaster.pid").write_text(lines)
    shutil.chown(folder / "postmaster.pid", folder.owner())

    assert not postgres.is_running(folder)
    postgres.ensure_running(folder)

    assert _one(folder, "SELECT 1") == 1
