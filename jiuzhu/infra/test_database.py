"""Databases for tests: migrated and filled with reference data once, then copied as files (a second per worker).

Tests work as the runtime role, so fences and missing rights are exercised in every one of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from jiuzhu.infra import postgres

_FILLING = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from jiuzhu.infra import reference
reference.load()
reference.load_sample_profile()
"""
_TEMPLATES = "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' ORDER BY oid"
_KEPT = 3


def template() -> str:
    """Name of the template for the schema as it is in the working tree; built if it does not exist yet."""
    name = f"template_{_schema_digest()}"
    with _alone(), _admin() as admin:
        known = [row[0] for row in admin.execute(_TEMPLATES)]
        if name not in known:
            for old in known[: max(0, len(known) - _KEPT)]:
                postgres.drop_database(admin, old)
            _build(admin, name)
    return name


def clone(name: str) -> None:
    """A fresh copy of the template under ``name``."""
    source = template()
    with _alone(), _admin() as admin:
        postgres.drop_database(admin, name)
        postgres.create_database(admin, name, template=source)


def drop(name: str) -> None:
    with _admin() as admin:
        postgres.drop_database(admin, name)


def drop_leftovers() -> None:
    """Databases of test runs that were killed: their names carry the process that made them."""
    with _alone(), _admin() as admin:
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'run\\_%'"
        ).fetchall():
            if not Path(f"/proc/{name.split('_')[1]}").exists():
                postgres.drop_database(admin, name)


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Django's connections of this process (all threads) lead to database ``name`` inside the block."""
    alias = connections.settings["default"]
    former = alias["NAME"]
    connections.close_all()
    alias["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        alias["NAME"] = former


def _build(admin: psycopg.Connection, name: str) -> None:
    draft = f"draft_{os.getpid()}"
    postgres.drop_database(admin, draft)
    postgres.create_database(admin, draft)
    filling = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiuzhu.settings.test",
        "JIUZHU_DATABASE_URL": postgres.uri_of(settings.ADMIN_URL, draft),
        "JIUZHU_TEST_ADMIN_URL": settings.ADMIN_URL,
        "JIUZHU_DB_ROLE": "owner",
    }
    subprocess.run([sys.executable, "-c", _FILLING], env=filling, cwd=settings.BASE_DIR, check=True)
    admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def _schema_digest() -> str:
    """Changes with every migration, right, reference file and parameter that the template holds."""
    folder = Path(settings.BASE_DIR) / "jiuzhu"
    parts = [*folder.glob("*/migrations/*.py"), *folder.glob("core/data/*"), *folder.glob("policy/**/*.yaml")]
    parts += [
        folder / "infra" / "rights.py",
        folder / "infra" / "apps.py",
        folder / "infra" / "reference.py",
        folder / "onedoor" / "matters.yaml",
        folder / "vault" / "rows.py",
    ]
    digest = hashlib.sha256()
    for part in sorted(parts):
        digest.update(str(part).encode() + part.read_bytes())
    return digest.hexdigest()[:16]


def _admin() -> psycopg.Connection:
    return psycopg.connect(settings.ADMIN_URL, autocommit=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Copying a template wants nobody else connected to it: one process at a time."""
    with (Path(settings.VAR) / "test-databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
