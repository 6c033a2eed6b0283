"""The operator's command line: the same acts and the same refusals as the screens.

Commands of a capability lie in its ``commands.py`` (a list named ``commands``); those of the machine itself are
here. A refusal prints its sentence, the next step and its code, and ends with status 2.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

_PACKAGES = Path(__file__).parent


def _ready() -> None:
    """Settings, models, keys and clock; the embedded PostgreSQL starts with the settings."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


class _Commands(click.Group):
    """The machine's own commands, then those of every capability that has a ``commands`` module."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *_of_capabilities()})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return super().get_command(context, name) or _of_capabilities().get(name)


def _of_capabilities() -> dict[str, click.Command]:
    _ready()
    modules = [f"jiuzhu.{path.parent.name}.commands" for path in sorted(_PACKAGES.glob("*/commands.py"))]
    return {
        command.name or "": command for name in modules for command in importlib.import_module(name).commands
    }


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """久助 · 社会救助综合管理平台"""


def main() -> None:
    """Entry point of ``jiuzhu`` and ``python -m jiuzhu``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.settings.local")
    from django.core.exceptions import ImproperlyConfigured

    from jiuzhu.core.refusal import Refusal
    from jiuzhu.infra.postgres import PostgresFault

    try:
        group(prog_name="jiuzhu")
    except Refusal as refused:
        click.echo(f"{refused.sentence}{refused.next_step}（{refused.code}）", err=True)
        sys.exit(2)
    except (ImproperlyConfigured, PostgresFault) as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)


def _as_owner(work: Callable[..., Any]) -> Callable[..., Any]:
    """Work as the owner of the database instead of the runtime role (schema changes only)."""
    import functools

    @functools.wraps(work)
    def owned(*arguments: Any, **named: Any) -> Any:
        os.environ["JIUZHU_DB_ROLE"] = "owner"
        _ready()
        return work(*arguments, **named)

    return owned


@group.command()
@click.option("--demo/--no-demo", default=True, help="城市为空时生成示例城市（仅演示环境）")
def up(demo: bool) -> None:
    """启动全部：数据库、迁移、基础数据、网站、后台作业、部门模拟器；Ctrl-C 停止"""
    _ready()
    from jiuzhu.infra import supervisor

    sys.exit(supervisor.up(demo=demo))


@group.command()
@_as_owner
def migrate() -> None:
    """更新数据库结构和运行角色的权限"""
    from jiuzhu.infra import schema

    click.echo("数据库结构已更新" if schema.migrate() else "数据库结构已是最新")


@group.command(hidden=True)
@_as_owner
def ready() -> None:
    """更新结构，缺少基础数据时载入（up 每次启动先做）"""
    from jiuzhu.infra import schema

    if schema.migrate():
        click.echo("数据库结构已更新")
    if not schema.holds("parameters_holidayday"):
        _load_reference()


@group.command("load-reference")
@_as_owner
def load_reference() -> None:
    """载入区划、机构、节假日等基础数据（可重复执行，不覆盖已修改的内容）"""
    _load_reference()


def _load_reference() -> None:
    from django.conf import settings

    from jiuzhu.infra import reference

    counts = reference.load()
    if settings.DEMO:
        reference.load_sample_profile()
    click.echo(f"区划 {counts['divisions']}，机构 {counts['organisations']}，节假日 {counts['holidays']}")


@group.command()
@click.option("--concurrency", default=2, show_default=True)
def worker(concurrency: int) -> None:
    """后台作业进程"""
    _ready()
    import asyncio

    from jiuzhu.jobs.queue import work

    asyncio.run(work(concurrency=concurrency))


@group.command()
@click.argument("day", required=False, type=click.DateTime(["%Y-%m-%d"]))
def clock(day: Any) -> None:
    """显示业务日期；演示环境可改：jiuzhu clock 2026-11-30"""
    _ready()
    from django.conf import settings

    from jiuzhu.core import clock as business
    from jiuzhu.core.refusal import Refusal

    if day is not None:
        if not settings.DEMO:
            raise Refusal("E_DEMO", what="修改业务日期")
        business.shift_to(Path(settings.CLOCK_FILE), date(day.year, day.month, day.day))
    click.echo(f"业务时间 {business.now():%Y-%m-%d %H:%M}")


@group.command()
def doctor() -> None:
    """检查数据库、角色、迁移、密钥、字体、部门接口和后台作业"""
    _ready()
    from jiuzhu.infra.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(f"{'✓' if finding.good else '✗'} {finding.what}：{finding.seen}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)


@group.group()
def db() -> None:
    """数据库"""


@db.command("prepare")
@click.option(
    "--admin-url", required=True, help="有建库建角色权限的连接，例如 postgresql://postgres:…@db/postgres"
)
@click.option("--login", default="jiuzhu", show_default=True, help="平台使用的登录角色")
@click.option("--password", default="", help="登录角色的口令（角色已存在时不改）")
@click.option("--name", default="jiuzhu", show_default=True, help="数据库名")
def prepare(admin_url: str, login: str, password: str, name: str) -> None:
    """在外部 PostgreSQL（16 及以上）上建立登录角色、运行角色和数据库"""
    import psycopg

    from jiuzhu.infra import postgres

    with psycopg.connect(admin_url, autocommit=True) as connection:
        postgres.prepare_outside(connection, login=login, password=password, name=name)
    click.echo(
        f"已就绪。请设置 JIUZHU_DATABASE_URL=postgresql://{login}:口令@主机/{name}，然后执行 jiuzhu migrate"
    )


@db.command("stop")
def stop() -> None:
    """停止内嵌的 PostgreSQL（不带参数启动的命令会再次启动它）"""
    from jiuzhu.infra import postgres
    from jiuzhu.settings import base

    postgres.stop(base.VAR / "pg", base.PG_BIN)
    click.echo("内嵌 PostgreSQL 已停止")


@group.group()
def keys() -> None:
    """密钥"""


@keys.command("fresh")
def fresh() -> None:
    """生成一套新密钥（写入 JIUZHU_KEYRING，勿存入数据库）"""
    from jiuzhu.infra import keys as making

    click.echo(making.fresh())


@group.command()
@click.option("--check", is_flag=True, help="只检查是否与代码一致")
def docs(check: bool) -> None:
    """由代码生成 docs/reference 下的参考页"""
    _ready()
    from jiuzhu.infra import reference_pages

    stale = reference_pages.stale() if check else reference_pages.write()
    for page in stale:
        click.echo(f"{'过期，请执行 make docs：' if check else '已更新 '}{page}", err=check)
    sys.exit(1 if check and stale else 0)
