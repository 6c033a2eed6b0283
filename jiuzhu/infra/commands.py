"""Commands of demo and simulation: ``simulate``, ``demo``."""

from __future__ import annotations

import signal
import sys
from datetime import date, timedelta
from typing import Any

import click
from django.conf import settings
from tqdm import tqdm

from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--families", default=100, show_default=True, help="模拟家庭数")
@click.option("--from", "start", type=_DAY, required=True, help="开始日期")
@click.option("--to", "end", type=_DAY, required=True, help="结束日期")
@click.option(
    "--policy", default="", type=click.Choice(["", "SEED", "BY_DATE"]), help="首日公布的制度适用方式"
)
@click.option("--quiet", is_flag=True, help="不显示进度条")
def simulate(families: int, start: Any, end: Any, policy: str, quiet: bool) -> None:
    """让模拟家庭按真实日历走完真实流程（仅演示环境）"""
    first, to = start.date(), end.date()
    sys.exit(_walk(families, first, to, last=first + (to - first) * 9 // 10, quiet=quiet, policy=policy))


def _walk(families: int, start: date, end: date, *, last: date, quiet: bool = False, policy: str = "") -> int:
    """``last`` is the day by which the last family has come; later days let cases come to their end."""
    from jiuzhu.infra import demo as city
    from jiuzhu.infra import invariants, simulation

    if not settings.DEMO:
        raise Refusal("E_DEMO", what="模拟")
    city.make(funds_on=start)
    days = (end - start).days + 1
    stop = _stops_when_asked()
    with tqdm(total=days, unit="天", disable=quiet or None, ncols=100, file=sys.stderr) as bar:

        def each_day(today: date, done: simulation.Progress) -> bool:
            told = {"意愿": done.events["opened"], "批准": done.events["granted"], "中断": len(done.stuck)}
            bar.set_description(f"{today}", refresh=False)
            bar.set_postfix(told, refresh=False)
            bar.update()
            if today.day == 1 and not quiet and not sys.stderr.isatty():  # a line a month in a log
                click.echo(f"{today}  {told}", err=True)
            return not stop

        done = simulation.run(
            families,
            start,
            end,
            last=last,
            first=simulation.next_family(),
            policy=policy,
            each_day=each_day,
        )
    with clock.at(clock.instant(done.reached, 23)):
        broken = list(invariants.violations())
    click.echo(f"走到  {done.reached}")
    for title, value in simulation.summary(done, broken):
        click.echo(f"{title}  {value}")
    for each in [*done.stuck[:20], *(f"{v.rule} {v.where} {v.what}" for v in broken[:20])]:
        click.echo(f"  ✗ {each}", err=True)
    return 1 if broken or done.stuck else 0


def _stops_when_asked() -> list[int]:
    """Ctrl-C or an end by the system: the day comes to its end, then the summary of what was walked is told."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.append(number))
    return asked


@click.command("simulate-share", hidden=True)
@click.option("--address", required=True)
@click.option("--share", type=int, required=True)
@click.option("--shares", type=int, required=True)
@click.option("--families", type=int, required=True)
@click.option("--first", type=int, required=True)
@click.option("--start", type=_DAY, required=True)
@click.option("--last", type=_DAY, required=True)
@click.option("--policy", default="")
def simulate_share(
    address: str, share: int, shares: int, families: int, first: int, start: Any, last: Any, policy: str
) -> None:
    """One helper process of ``simulate``: days come in on standard input."""
    from jiuzhu.infra import simulation

    moments = simulation.first_words(families, start.date(), last.date())
    simulation.serve_share(
        sys.stdin,
        sys.stdout,
        address=address,
        moments=moments,
        first=first,
        share=share,
        shares=shares,
        policy=policy,
    )


@click.command()
@click.option("--families", default=120, show_default=True, help="示例家庭数")
def demo(families: int) -> None:
    """生成示例城市：岗位、下放和最近三个多月的案件（仅演示环境）"""
    today = clock.today()
    failed = _walk(families, today - timedelta(days=100), today, last=today)
    if not failed:
        from jiuzhu.infra import demo_door

        demo_door.make(today)
    sys.exit(failed)


@click.command()
@click.argument("number")
def story(number: str) -> None:
    """讲一户的经过：档案号、案号或待遇编号（仅演示环境）"""
    from jiuzhu.infra import story as told

    if not settings.DEMO:
        raise Refusal("E_DEMO", what="查看一户经过")
    household = told.household_of(number)
    click.echo(f"档案号 {household.dossier_no}")
    for each in told.tell(household):
        click.echo(f"{each.on}  {each.words}")


commands = [simulate, simulate_share, demo, story]
