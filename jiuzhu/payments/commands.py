"""``jiuzhu payroll``: make and watch the month's lists from the command line; the same acts, the same refusals."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import click

from jiuzhu.aid_types import registry

_MONTH = click.DateTime(["%Y-%m"])


@click.command()
@click.option("--county", required=True, help="县（市、区）代码，例如 371502")
@click.option("--month", type=_MONTH, required=True, help="发放月份，例如 2019-11")
@click.option("--aid-type", default=registry.ORDINARY, show_default=True)
@click.option("--area-type", type=click.Choice(["URBAN", "RURAL"]), default="RURAL", show_default=True)
@click.option(
    "--build", "build_as", default="", help="以该工号（县社会救助中心）的身份编制花名册；不给则只查看"
)
def payroll(county: str, month: Any, aid_type: str, area_type: str, build_as: str) -> None:
    """编制或查看一个县一个月的发放批次"""
    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.accounts.models import Organisation
    from jiuzhu.core.refusal import Refusal
    from jiuzhu.payments import queries
    from jiuzhu.payments.acts import building

    organ = Organisation.objects.filter(code=county).first()
    if organ is None:
        raise Refusal("E_NOT_FOUND", what=f"机构{county}")
    day = date(month.year, month.month, 1)
    if build_as:
        actor = _actor(build_as)
        with fence(actor):
            building.build_run(actor, organ.id, aid_type, area_type, day)
    with fence(PLATFORM):
        found = queries.runs(PLATFORM, month=day, aid_type=aid_type, area_type=area_type).filter(county=organ)
        for run in found:
            _say(run)
        if not found:
            click.echo("没有发放批次", err=True)
            sys.exit(1)


def _actor(username: str) -> Any:
    from jiuzhu.accounts.models import Staff
    from jiuzhu.accounts.queries import actor_for, posts_of
    from jiuzhu.core import clock
    from jiuzhu.core.refusal import Refusal

    staff = Staff.objects.filter(username=username).first()
    posts = posts_of(staff, clock.today()) if staff else []
    if not posts:
        raise Refusal("E_NOT_FOUND", what=f"工号{username}")
    return actor_for(posts[0], clock.today(), client="command line")


def _say(run: Any) -> None:
    from jiuzhu.core.money import yuan
    from jiuzhu.payments import queries, table

    sums = queries.sums_of(run)
    click.echo(
        f"{run.county.name}{queries.title_of(run)}  {table.STATES[run.state]}  "
        f"{sums.lines}笔 {yuan(sums.total_fen)}元  暂缓{sums.held_count}笔  "
        f"到账{sums.paid_count}笔 {yuan(sums.paid_fen)}元  退回{sums.failed_count}笔"
    )
    waiting = queries.towns_waiting(run) if run.state == "DRAFT" else []
    if waiting:
        click.echo(f"  待核对：{'、'.join(waiting)}")


commands = [payroll]
