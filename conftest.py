"""Fixtures of every test: a database of its own per worker, the platform's fence, the business clock.

db                as in pytest-django: inside one transaction, undone afterwards; reads see nothing until
                  somebody asks (``with fence(actor): ...``); ``as_platform`` opens the widest fence
committed_db      a fresh copy of the template: real commits, threads, several connections
served            address of the running application over a committed_db
city, module_city, committed_city    a staffed city with simulated departments (tests/families.py)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from jiuzhu.infra import test_database as databases

pytest_plugins = ["tests.families"]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The worker's own copy of the template instead of Django's test database."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"run_{os.getpid()}_{worker}"
    databases.drop_leftovers()
    databases.clone(name)
    with django_db_blocker.unblock(), databases.pointed_at(name):
        django_db_blocker.block()
        yield
        django_db_blocker.restore()
    databases.drop(name)


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """A fresh database in which everything really commits; dropped afterwards."""
    name = f"run_{os.getpid()}_committed"
    databases.clone(name)
    with django_db_blocker.unblock(), databases.pointed_at(name):
        yield name
    databases.drop(name)


@pytest.fixture
def as_platform(db: None) -> Iterator[Any]:
    """The test asks as the platform itself and sees every row."""
    from jiuzhu.accounts.actor import PLATFORM, fence

    with fence(PLATFORM) as actor:
        yield actor


@pytest.fixture
def served(committed_db: str) -> Iterator[str]:
    """Address of the application, served by threads of this process over a database of its own."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What one test published is not remembered by the next, whose database never heard of it."""
    from django.core.cache import cache

    cache.clear()
