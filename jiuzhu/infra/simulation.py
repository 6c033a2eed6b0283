"""``jiuzhu simulate``: many made-up families walk through the real acts, day after day of the real calendar.

The towns of a county belong to one helper process, so that counties walk side by side; the parent says which day
it is and waits for all. The departments answer over HTTP, as in the running city.
"""

from __future__ import annotations

import heapq
import json
import os
import random
import socket
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, Any

import httpx
from django.conf import settings
from django.db import DatabaseError, connection

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of
from jiuzhu.connectors.contract import Transport
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import steady
from jiuzhu.infra import demo, invariants
from jiuzhu.infra.chores import Chores, CityChores
from jiuzhu.infra.later_walk import due_reviews, review_walk
from jiuzhu.infra.life_walk import life
from jiuzhu.infra.payroll_walk import PayrollWalk
from jiuzhu.infra.walk import Walker
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.policy import changes as law

HELPERS = 2
_BATCH = 100
_REVIEWS = 10_000_000  # numbers of walks of reviews begin here, above every family's


@dataclass
class Progress:
    """What has happened until the end of ``reached``; ``stuck`` are walks that met a refusal they should not have met."""

    reached: date
    events: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)

    def add(self, told: dict[str, Any]) -> None:
        self.events.update(told["events"])
        self.stuck.extend(told["stuck"])


@contextmanager
def departments(size: int) -> Iterator[str]:
    """A simulator of our own on a free port; yields its address and ends it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JIUZHU_WORLD_SIZE": str(size),
        "JIUZHU_DEPARTMENTS_FOLDER": str(settings.VAR / "departments"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "departments", "--port", str(port)], cwd=settings.BASE_DIR, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise Refusal("E_DEPARTMENTS", why="部门模拟器未能启动")
        try:
            httpx.get(f"{address}/healthz", timeout=1)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise Refusal("E_DEPARTMENTS", why="部门模拟器 30 秒内没有应答")


def first_words(families: int, start: date, last: date, seed: int = 57) -> list[datetime]:
    """When each family comes: spread over the working days from ``start`` to ``last``."""
    draw = random.Random(seed)
    calendar = parameters.calendar()
    days = [
        start + timedelta(days=n)
        for n in range((last - start).days + 1)
        if calendar.is_working_day(start + timedelta(days=n))
    ]
    if not days:
        raise Refusal("E_INPUT", field="起止日期", problem="期间内没有工作日")
    return sorted(
        clock.instant(draw.choice(days), draw.randint(8, 16), draw.randint(0, 59)) for _ in range(families)
    )


class Share:
    """The families of some towns, walked by one process. ``day`` makes everything happen that is due by its end."""

    def __init__(
        self, address: str, moments: list[datetime], first: int, share: int, shares: int, policy: str = ""
    ) -> None:
        console = httpx.Client(base_url=address, timeout=30)
        line = Transport(address, settings.DEPARTMENTS_KEY, settings.DEPARTMENTS_SECRET)
        self.walker = Walker(line, console)
        self.events: Counter[str] = Counter()
        self.stuck: list[str] = []
        self.queue: list[tuple[datetime, int, Any]] = []
        share_of = _spread(shares)
        own = [code for code in demo.TOWNS if share_of[_county(code)] == share]
        organs = {county_of(town, moments[0].date()) for town in Organisation.objects.filter(code__in=own)}
        self.counties = sorted(organs, key=lambda organ: organ.code)
        self.payroll = PayrollWalk(self.walker, self.counties, BankFront(line))
        self.chores = Chores(self.walker, self.counties)
        least = share == shares - 1  # who has fewest towns
        self.city = CityChores(self.walker, moments[0].date(), policy) if least else None
        self.reviews: set[int] = set()
        for position, family in enumerate(_families(console, first, len(moments))):
            if share_of[_county(family["town"])] == share:
                self._push(moments[position], family["index"], family)
        self.case_of: dict[int, str] = {}

    def _push(self, at: datetime, index: int, walk: Any) -> None:
        heapq.heappush(self.queue, (at, index, walk))

    def day(self, today: date) -> dict[str, Any]:
        self.events, self.stuck = Counter(), []
        end = clock.instant(today + timedelta(days=1), 0)
        self._morning(today)
        with steady():
            self._walks(end)
            self._pay_day(today)
        return {"events": self.events, "stuck": self.stuck}

    def _walks(self, end: datetime) -> None:
        while self.queue and self.queue[0][0] < end:
            at, index, walk = heapq.heappop(self.queue)
            if isinstance(walk, dict):
                walk = life(self.walker, walk, self._noter(index))
            self._resume(at, index, walk)

    def _pay_day(self, today: date) -> None:
        with clock.at(clock.instant(today, 16)):
            try:
                self.events.update(self.payroll.day(today))
            except Refusal as refused:
                self.stuck.append(f"{today}发放：{refused}")

    def _morning(self, today: date) -> None:
        """What begins by the calendar: the city's and the counties' chores, reviews that come near."""
        with clock.at(clock.instant(today, 7)):
            if self.city:
                self.city.day(today)
            try:
                self.events.update(self.chores.day(today))
            except (Refusal, DatabaseError) as met:
                self.stuck.append(f"{today}日常工作：{met}")
            if parameters.calendar().is_working_day(today):
                for review_id in due_reviews(self.counties, today, self.reviews):
                    self.reviews.add(review_id)
                    number = _REVIEWS + review_id
                    self._push(
                        clock.instant(today, 10),
                        number,
                        review_walk(self.walker, review_id, self._noter(number)),
                    )

    def _noter(self, index: int) -> Callable[[str, str], None]:
        def note(event: str, case_no: str) -> None:
            self.events[event] += 1
            self.case_of[index] = case_no

        return note

    def _resume(self, at: datetime, index: int, walk: Any) -> None:
        try:
            with clock.at(at):
                again = next(walk)
        except StopIteration:
            self.events["finished"] += index < _REVIEWS
        except (Refusal, DatabaseError) as met:  # what the database forbids is a finding, the others go on
            what = f"复核{index - _REVIEWS}" if index >= _REVIEWS else f"家庭{index}"
            self.stuck.append(f"{self.case_of.get(index, what)}：{met}")
            if not isinstance(met, Refusal):
                traceback.print_exception(met)
            self.events["finished"] += index < _REVIEWS
        else:
            self._push(again, index, walk)


def _spread(shares: int) -> dict[str, int]:
    """County → helper: the county with most towns first, each to the helper with fewest towns so far."""
    towns = Counter(_county(code) for code in demo.TOWNS)
    load, share_of = [0] * shares, {}
    for county in sorted(towns, key=lambda code: (-towns[code], code)):
        share_of[county] = load.index(min(load))
        load[share_of[county]] += towns[county]
    return share_of


def _county(town_code: str) -> str:
    """A zone's towns share the prefix of a county but not its authority; side by side is enough here."""
    return town_code[:6]


def _families(console: httpx.Client, first: int, count: int) -> Iterator[dict[str, Any]]:
    for offset in range(first, first + count, _BATCH):
        limit = min(_BATCH, first + count - offset)
        answer = console.get("/console/families", params={"offset": offset, "limit": limit})
        answer.raise_for_status()
        yield from answer.json()


def serve_share(orders: IO[str], out: IO[str], **named: Any) -> None:
    """The helper's loop: a line with a day comes in, a line of what happened goes out."""
    share = Share(**named)
    print("ready", file=out, flush=True)
    for line in orders:
        print(json.dumps(share.day(date.fromisoformat(line.strip()))), file=out, flush=True)


class _Helper:
    def __init__(self, address: str, share: int, **named: Any) -> None:
        given = [f"--{name}={value}" for name, value in named.items()]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jiuzhu", "simulate-share"),
                *(f"--address={address}", f"--share={share}", f"--shares={HELPERS}"),
                *given,
            ],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the parent, which lets the day come to its end
        )

    def order(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a helper of the simulation ended early; its message stands above")
        return line

    def end(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(30)


def run(
    families: int,
    start: date,
    end: date,
    *,
    last: date,
    first: int,
    policy: str = "",
    each_day: Callable[[date, Progress], bool],
) -> Progress:
    """Walk ``families`` families from ``start`` to ``end`` (both included); the last of them comes by ``last``.

    ``first`` is the number of the first family in the made-up world; ``policy`` what the city publishes as its
    ``regime_policy`` on the first day (empty: what is in force stays). ``each_day`` answers whether to go on.
    """
    if end <= start:
        raise Refusal("E_INPUT", field="起止日期", problem="结束日期须晚于开始日期")
    done = Progress(start)
    with departments(first + families) as address:
        helpers = [
            _Helper(address, share, families=families, start=start, last=last, first=first, policy=policy)
            for share in range(HELPERS)
        ]
        try:
            for helper in helpers:
                helper.answer()
            for number in range((end - start).days + 1):
                today = start + timedelta(days=number)
                for helper in helpers:
                    helper.order(today.isoformat())
                for helper in helpers:
                    done.add(json.loads(helper.answer()))
                done.reached = today
                if not each_day(today, done):
                    break
        finally:
            for helper in helpers:
                helper.end()
    return done


def next_family(size: int = 100_000) -> int:
    """Number of the first family of the made-up world that this city has not met: one per household so far."""
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_household")
        return min(int(cursor.fetchone()[0]), size)


_DECIDED = """
SELECT count(*), count(*) FILTER (WHERE NOT breached), count(*) FILTER (WHERE used_days <= 20)
FROM cases_caseclock WHERE clock = 'CLK-T20' AND ended_at IS NOT NULL
"""


def summary(done: Progress, broken: list[invariants.Violation]) -> list[tuple[str, str]]:
    """What is printed at the end: words and numbers, in order."""
    with fence(PLATFORM), connection.cursor() as cursor:

        def count(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchone()

        decided, in_time, within = count(_DECIDED)
        papers = count("SELECT count(*) FROM documents_document")[0]
        lines, paid = count(
            "SELECT count(*), count(*) FILTER (WHERE r.code = '00') FROM payments_payline l"
            " LEFT JOIN payments_lineresult r ON r.line_id = l.id"
        )
        yuan = count("SELECT COALESCE(sum(total_fen), 0) FROM payments_payline WHERE reissue_of_id IS NULL")[
            0
        ]
        steps = count("SELECT count(*) FROM cases_step")[0]
        audited = count("SELECT count(*) FROM audit_auditentry")[0]
    events = done.events
    rows = [
        ("登记救助意愿", f"{events['opened']:,} 户"),
        ("批准", f"{events['granted']:,} 户"),
        ("不予批准", f"{events['refused']:,} 户"),
        ("核对不符后逾期未申请", f"{events['lapsed']:,} 户"),
        ("撤回", f"{events['withdrawn']:,} 户"),
        ("现行制度没有该类别，当场告知", f"{events['not_offered']:,} 户"),
        ("先行救助 / 急难办结", f"{events['first_aid']:,} / {events['closed']:,}"),
        ("仍在办理或在保", f"{events['opened'] + events['not_offered'] - events['finished']:,} 户"),
        ("定期复核", f"{events['reviewed']:,} 次"),
        (
            "家庭变更",
            "、".join(
                f"{law.KINDS[kind].title}{events[f'change_{kind}']:,}"
                for kind in law.KINDS
                if events[f"change_{kind}"]
            )
            or "无",
        ),
        (
            "变更和复核决定",
            "、".join(
                f"{word}{events[f'decided_{result}']:,}"
                for result, word in law.RESULTS.items()
                if events[f"decided_{result}"]
            )
            or "无",
        ),
        ("自理能力重新评估", f"{events['rated_again']:,} 次"),
        (
            "按新标准调整 / 备用金拨款 / 月结 / 急难公布",
            f"{events['standards']:,} 批 / {events['top_ups']:,} 次 / {events['closings']:,} 月 / {events['announced']:,} 件",
        ),
        ("公示期间异议 / 民主评议", f"{events['objected']:,} / {events['appraised']:,}"),
        (
            "20个工作日内办结",
            f"{in_time:,} / {decided:,}（{100 * in_time / decided if decided else 0:.1f}%）",
        ),
        ("其中实际用时不超过20个工作日", f"{within:,}"),
        ("制发文书", f"{papers:,} 份"),
        ("办理步骤 / 审计记录", f"{steps:,} / {audited:,}"),
        ("发放批次", f"{events['runs']:,} 批，退回后重新发放 {events['reissued']:,} 笔"),
        ("发放", f"{lines:,} 笔，到账 {paid:,} 笔，{yuan / 100:,.2f} 元"),
        ("意外中断", f"{len(done.stuck):,}"),
        ("违反不变式", f"{len(broken):,}"),
    ]
    return rows
