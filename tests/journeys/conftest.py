"""The browser and the city of a journey."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from jiuzhu.core import clock
from jiuzhu.infra import demo, simulation
from tests.journeys.city import City, browser_of, manual_wanted
from tests.journeys.manual import Manual

# Playwright's plain interface keeps an event loop in this thread; the tests' own reads are not asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, browser_of(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def departments() -> Iterator[str]:
    with simulation.departments(400) as address:
        yield address


@pytest.fixture
def city(
    served: str, browser: Browser, departments: str, settings: Any, request: pytest.FixtureRequest
) -> Iterator[City]:
    """A city with its staff and no case yet, on Monday 2019-09-02."""
    settings.DEPARTMENTS_URL = departments
    former = clock.use(clock.system_source)
    manual = None
    if manual_wanted():
        manual = Manual(Path(manual_wanted()), request.node.name.removeprefix("test_").split("[")[0][:40])

    @functools.cache
    def families(number: int) -> dict[str, Any]:
        answer = httpx.get(f"{departments}/console/families", params={"offset": number, "limit": 1})
        return answer.json()[0]

    built = City(served, departments, browser, families, manual)
    built.on(date(2019, 9, 2))
    demo.make()
    failed = request.session.testsfailed
    try:
        yield built
    finally:
        if request.session.testsfailed > failed:
            built.keep_last_looks(Path(settings.VAR) / "journeys" / request.node.name)
        built.close()
        clock.use(former)
