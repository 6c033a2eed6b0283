"""A city on a durable PostgreSQL of its own, reached as an outside server; its processes may be killed at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from jiuzhu.infra import postgres

ROOT = Path(__file__).resolve().parents[2]
NAME = "jiuzhu_faults"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Any, what: str, seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds: {what}")


@dataclass
class Installation:
    """``folder`` holds the cluster; processes are started in groups of their own and killed with -9."""

    folder: Path
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    web: int = field(default_factory=_free_port)
    departments: int = field(default_factory=_free_port)

    @property
    def admin_url(self) -> str:
        return postgres.uri(self.folder, "postgres", user="postgres")

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "jiuzhu.settings.test",
            "JIUZHU_DATABASE_URL": postgres.uri(self.folder, NAME),
            "JIUZHU_TEST_ADMIN_URL": self.admin_url,
            "JIUZHU_DEPARTMENTS_URL": f"http://127.0.0.1:{self.departments}",
            "JIUZHU_DEPARTMENTS_FOLDER": str(self.folder.parent / "departments"),
            "JIUZHU_WORLD_SIZE": "400",
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("tests.faults.inside", "look"))
        return found

    def start(self, name: str, *command: str, **more: Any) -> subprocess.Popen[str]:
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            text=True,
            **more,
        )
        return self.running[name]

    def start_web(self) -> None:
        self.start(
            "web",
            *("gunicorn", "jiuzhu.wsgi", "--bind", f"127.0.0.1:{self.web}", "--workers", "2", "--preload"),
            *("--log-level", "critical"),
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self._answers(f"http://127.0.0.1:{self.web}/accounts/login/"), "the web answers")

    def start_departments(self) -> None:
        self.start("departments", "departments", "--port", str(self.departments))
        until(lambda: self._answers(f"http://127.0.0.1:{self.departments}/healthz"), "departments answer")

    @staticmethod
    def _answers(address: str) -> bool:
        try:
            return httpx.get(address, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self, name: str) -> None:
        """kill -9 of a process and all that it started."""
        process = self.running.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait(10)

    def kill_postgres(self) -> None:
        """kill -9 of the server and of all its processes, as when the machine loses power."""
        pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        children = [
            int(stat.parent.name)
            for stat in Path("/proc").glob("[0-9]*/stat")
            if stat.exists() and stat.read_text().rpartition(")")[2].split()[1] == str(pid)
        ]
        for each in (pid, *children):
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def start_postgres(self) -> None:
        until(lambda: not postgres.is_running(self.folder), "the killed server is gone")
        postgres.ensure_running(self.folder)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """As the superuser, for looking at the queue and letting time pass there."""
        with psycopg.connect(postgres.uri(self.folder, NAME, user="postgres"), autocommit=True) as connection:
            yield connection

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        postgres.stop(self.folder)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """Prepared by the operator's own commands: ``db prepare``, then schema and reference data (JIUZHU_DATABASE_URL)."""
    # pytest's own folders are closed to the database's user
    folder = Path(tempfile.mkdtemp(prefix="jiuzhu-faults-"))
    built = Installation(folder / "pg")
    built.start_postgres()
    try:
        built.run("jiuzhu", "db", "prepare", "--admin-url", built.admin_url, "--name", NAME)
        built.run("jiuzhu", "ready")
        yield built
    finally:
        built.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def tokens(installation: Installation) -> dict[str, str]:
    found: dict[str, str] = json.loads(installation.run("tests.faults.inside", "make"))
    return found
