"""``jiuzhu audit verify``: is the record whole, and if not, which row is wrong?"""

from __future__ import annotations

import sys

import click


@click.group()
def audit() -> None:
    """审计记录"""


@audit.command("verify")
def verify() -> None:
    """检查审计记录是否被改动、删除或插入，指出是哪一条"""
    from jiuzhu.audit import queries

    broken = list(queries.verify())
    for each in broken:
        click.echo(f"✗ {each.chain} 第{each.seq}条：{each.what}", err=True)
    if broken:
        sys.exit(1)
    click.echo("✓ 审计记录完整，前后相连")


commands = [audit]
