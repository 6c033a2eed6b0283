"""A served city with tokens, and departments that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from jiuzhu.accounts import tokens
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.core import clock
from jiuzhu.infra import demo, simulation


@pytest.fixture(scope="session")
def departments() -> Iterator[str]:
    with simulation.departments(50) as address:
        yield address


@pytest.fixture
def on() -> Iterator[Callable[[date], None]]:
    """Set the business day of this process, its server threads included."""
    former = clock.use(clock.system_source)

    def set_day(day: date, hour: int = 9) -> None:
        moment = clock.instant(day, hour)
        clock.use(lambda: moment)

    set_day(date(2019, 9, 2))
    yield set_day
    clock.use(former)


@pytest.fixture
def token_of(committed_db: str, on: Any) -> Callable[[str], str]:
    demo.make()

    def issue(username: str, days: int = 30) -> str:
        with fence(PLATFORM):
            return tokens.issue(PLATFORM, Post.objects.get(staff__username=username), label="test", days=days)

    return issue
