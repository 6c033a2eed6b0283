"""Every page that links lead to, opened by every role at a desk and on a phone: none fails, none is wider than its window."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from jiuzhu.core import clock
from jiuzhu.infra import demo_door, simulation
from tests.journeys.city import DESKTOP, PHONE, City, Screen

pytestmark = [pytest.mark.journey, pytest.mark.slow]

FAMILIES, START, DAYS = 12, date(2025, 7, 1), 150
TOWN, COUNTY = "371502101", "371502"
ROLES = (
    *(f"{role}-{TOWN}" for role in ("clerk", "lead", "verifier", "payroll")),
    "village-371502101247",
    *(f"{role}-{COUNTY}" for role in ("approver", "cverifier", "supervisor", "center", "finance")),
    *("city", "auditor", "admin"),
)
_OWN = ("/office/", "/village/")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}")
_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LINKS = "[...document.querySelectorAll('a[href]')].map(each => each.href.split('#')[0])"


@pytest.fixture
def lived(city: City) -> City:
    """Families of every kind have lived in the city for some months."""
    words = simulation.first_words(FAMILIES, START, START + timedelta(days=DAYS - 60))
    share = simulation.Share(city.departments, words, 0, 0, 1, policy="BY_DATE")
    for number in range(DAYS):
        told = share.day(START + timedelta(days=number))
        assert told["stuck"] == []
    city.on(START + timedelta(days=DAYS))
    demo_door.make(clock.today())
    return city


def _pattern(address: str) -> str:
    path = urlsplit(address).path
    return re.sub(r"/\d+(?=/|$)", "/N", re.sub(r"(/postings/)[^/]+", r"\1T", _UID.sub("U", path)))


def _pages(screen: Screen, seen: Counter[str], *, again: int = 1) -> Iterator[str]:
    """Addresses to open: from the page shown first along all links, ``again`` of each kind."""
    waiting = deque([screen.page.url])
    while waiting:
        address = waiting.popleft()
        if seen[_pattern(address)] >= again:
            continue
        seen[_pattern(address)] += 1
        yield address
        here = urlsplit(screen.page.url).netloc
        waiting.extend(
            each
            for each in screen.page.evaluate(_LINKS)
            if urlsplit(each).netloc == here and urlsplit(each).path.startswith(_OWN)
        )


def _fits(screen: Screen, address: str) -> list[str]:
    screen.page.set_viewport_size(PHONE)
    try:
        answer = screen.page.goto(address)
    except Error as met:
        if "Download is starting" in met.message:
            return []
        raise
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return []
    found = [f"{address}: {answer.status}"] if answer.status >= 400 else []
    for size in (PHONE, DESKTOP):
        screen.page.set_viewport_size(size)
        wide = screen.page.evaluate(_WIDE)
        if wide > 1:
            found.append(f"{address}: {wide} pixels too wide at {size['width']}")
    found += [f"{address}: {error}" for error in screen.errors]
    screen.errors.clear()
    return found


def test_every_page_opens_and_fits_for_every_role(lived: City) -> None:
    wrong: list[str] = []
    kinds: Counter[str] = Counter()
    for role in ROLES:
        seen: Counter[str] = Counter()
        screen = lived.staff(role)
        for address in _pages(screen, seen):
            wrong += [f"{role} {each}" for each in _fits(screen, address)]
        kinds.update(seen.keys())
    assert wrong == []
    assert len(kinds) >= 70, sorted(kinds)
