"""Handing work to the queue by name: the job is written in the transaction of the act that needs it.

Lower layers call :func:`defer` and know nothing of the jobs themselves, which lie in ``jiuzhu/jobs``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate import tasks
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager

Job = tuple[str, dict[str, Any]]
_collected: ContextVar[list[Job] | None] = ContextVar("collected_jobs", default=None)


@contextmanager
def collected() -> Iterator[list[Job]]:
    """Hand the jobs to the caller instead of the worker: the simulation runs them on its own calendar."""
    jobs: list[Job] = []
    token = _collected.set(jobs)
    try:
        yield jobs
    finally:
        _collected.reset(token)


def defer(
    name: str, /, *, at: datetime | None = None, only_once: str | None = None, **arguments: Any
) -> bool:
    """Queue job ``name``; rolled back with the caller's transaction.

    ``at``          not before this instant (real time, not business time)
    ``only_once``   a key: while a job with it waits, another is not added and the answer is False
    ``arguments``   JSON values only (ids, codes; no personal data, the queue's table is not sealed)
    """
    if name not in app.tasks:
        raise LookupError(f"no job {name}: declare it in jiuzhu/jobs with @job({name!r})")
    kept = _collected.get()
    if kept is not None:
        kept.append((name, arguments))
        return True
    # Always Django's own connection, in the worker too: there the app's connector is another one.
    manager = JobManager(DjangoConnector())
    deferrer = tasks.configure_task(name=name, job_manager=manager, schedule_at=at, queueing_lock=only_once)
    try:
        with transaction.atomic():  # a refused key must not spoil the caller's transaction
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
