"""Declaring jobs, and running waiting ones in this very process (tests, the simulator).

    @job("verification.ask")
    def ask(inquiry_id: int) -> None: ...

A job may run twice (a worker can die after the work and before saying so): its effect needs a unique key.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core.steady import steady
from jiuzhu.infra.queue import defer

__all__ = ["defer", "every", "job", "run_waiting", "work"]

_NEXT = """
UPDATE procrastinate_jobs SET status = 'doing', attempts = attempts + 1 WHERE id = (
    SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id, task_name, args::text
"""


def job(
    name: str, *, attempts: int = 5, seconds: int = 2
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a job: it sees everything (the platform's fence), and is tried again with growing pauses."""

    def declare(work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def as_platform(**arguments: Any) -> None:
            with steady(), fence(PLATFORM):
                work(**arguments)

        retry = RetryStrategy(max_attempts=attempts, exponential_wait=seconds)
        app.task(name=name, retry=retry)(as_platform)
        return as_platform

    return declare


def every(cron: str, name: str) -> Callable[[Callable[[], Any]], Callable[..., Any]]:
    """Declare a job that also starts by itself, for example ``@every("0 2 * * *", "cases.lapse")``."""

    def declare(work: Callable[[], Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def as_platform(timestamp: int = 0) -> None:
            with steady(), fence(PLATFORM):
                work()

        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(as_platform))
        return as_platform

    return declare


def run_waiting(limit: int = 10_000) -> int:
    """Run waiting jobs here, one after the other, until none is left; returns how many. A failing job raises."""
    for done in range(limit):
        with connection.cursor() as cursor:
            cursor.execute(_NEXT)
            found = cursor.fetchone()
        if found is None:
            return done
        number, name, arguments = found
        app.tasks[name].func(**json.loads(arguments))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [number])
    raise RuntimeError(f"more than {limit} jobs: one of them keeps queueing itself")


async def work(*, concurrency: int = 2, until_empty: bool = False) -> None:
    """The worker: waiting jobs one after the other until it is told to stop (or, for tests, until none waits)."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        async with worker.open_async():
            await worker.run_worker_async(
                concurrency=concurrency,
                name="worker",
                wait=not until_empty,
                install_signal_handlers=not until_empty,
            )
