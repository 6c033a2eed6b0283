"""``jiuzhu up``: everything a city needs on one machine, under honcho; stopping stops all, the database last."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from django.conf import settings
from django.db import connections
from honcho.environ import parse_procfile
from honcho.manager import Manager

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import postgres, schema

_PATIENCE_SECONDS = 60


def up(*, demo: bool) -> int:
    """Prepare the database, start the processes of the Procfile, wait until they end; returns the exit status."""
    try:
        _check_ports()
        _prepare(demo=demo)
        return _supervise()
    finally:
        connections.close_all()
        if settings.EMBEDDED_DATABASE:
            postgres.stop(settings.PG_FOLDER, settings.PG_BIN)
            click.echo("内嵌 PostgreSQL 已停止")


def _check_ports() -> None:
    wanted = (
        (settings.WEB_PORT, "网站", "PORT"),
        (settings.DEPARTMENTS_PORT, "部门模拟器", "DEPARTMENTS_PORT"),
    )
    for port, who, variable in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.WEB_HOST, port))
            except OSError as taken:
                raise Refusal("E_PORT", port=port, who=who, variable=variable, other=port + 1) from taken


def _prepare(*, demo: bool) -> None:
    """Schema and reference data by the owner, the demo city by the runtime role; each only when missing."""
    _jiuzhu("ready")
    with fence(PLATFORM):
        empty = not schema.holds("cases_case")
    if demo and settings.DEMO and empty:
        click.echo("生成示例城市（模拟数据）…")
        _jiuzhu("demo")


def _jiuzhu(*arguments: str) -> None:
    """Run one of our commands in a process of its own: the owner's rights end with it."""
    done = subprocess.run([sys.executable, "-m", "jiuzhu", *arguments], cwd=settings.BASE_DIR, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def _supervise() -> int:
    manager = Manager()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "JIUZHU_HOST": settings.WEB_HOST,
        "JIUZHU_PORT": str(settings.WEB_PORT),
        "JIUZHU_DEPARTMENTS_PORT": str(settings.DEPARTMENTS_PORT),
    }
    settings.DEPARTMENTS_KEPT.write_text(_departments(), encoding="utf-8")
    procfile = (Path(settings.BASE_DIR) / "Procfile").read_text(encoding="utf-8")
    for name, command in parse_procfile(procfile).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(settings.BASE_DIR))
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    connections.close_all()  # honcho forks; a connection must not be shared
    threading.Thread(target=_announce, args=(time.monotonic(),), daemon=True).start()
    manager.loop()
    interrupted = manager.returncode in (-signal.SIGINT, 128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if interrupted else int(manager.returncode or 0)


def _departments() -> str:
    return f"http://{settings.WEB_HOST}:{settings.DEPARTMENTS_PORT}"


def _announce(started: float) -> None:
    """Print the address once the first page answers."""
    address = f"http://{settings.WEB_HOST}:{settings.WEB_PORT}/"
    while time.monotonic() - started < _PATIENCE_SECONDS:
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            pass  # it answers; whether the page exists is not our question
        except OSError:
            time.sleep(0.2)
            continue
        click.echo(_welcome(address))
        return
    click.echo(f"网站 {_PATIENCE_SECONDS} 秒内没有应答，请查看上面的输出", err=True)


def _welcome(address: str) -> str:
    lines = [
        "",
        f"  久助已启动  {address}",
        f"  部门模拟器  {_departments()}/",
    ]
    if settings.DEMO:
        lines += [
            "",
            f"  演示账号（口令均为 {settings.DEMO_PASSWORD}；也可在 {address}demo/ 一键切换岗位）：",
        ]
        lines += [f"    {line}" for line in _accounts()]
    return "\n".join([*lines, "", "  Ctrl-C 停止全部", ""])


def _accounts() -> list[str]:
    from jiuzhu.accounts.models import Post
    from jiuzhu.accounts.roles import ROLES

    seen: dict[str, str] = {}
    posts = Post.objects.filter(staff__is_demo=True).select_related("staff", "organ").order_by("id")
    for post in posts:
        role = ROLES.get(post.role)
        seen.setdefault(
            post.role, f"{post.staff.username}  {role.name if role else post.role}  {post.organ.name}"
        )
    connections.close_all()
    return list(seen.values())
