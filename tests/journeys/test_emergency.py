"""First aid on a phone: everything on one page, in under a minute, at 390 px."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.models import Case
from tests.journeys.city import City

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TOWN = "371581101"
A_KEY, A_TAP, A_SIGNATURE, A_LOOK = 0.35, 1.5, 4, 3  # seconds of an unhurried hand on a phone


class Hand:
    """Counts what a thumb does; every tap and key costs the seconds it takes a person."""

    def __init__(self, page: Any) -> None:
        self.page, self.fields, self.taps, self.seconds = page, 0, 0, float(A_LOOK)

    def tap(self, target: Any) -> None:
        target.tap()
        self.taps += 1
        self.seconds += A_TAP

    def type(self, label: str, text: str) -> None:
        self.tap(self.page.get_by_label(label).first)
        self.page.get_by_label(label).first.fill(text)
        self.fields += 1
        self.seconds += A_KEY * len(text)


def test_recording_first_aid_takes_a_clerk_under_a_minute_on_a_phone(city: City) -> None:
    screen = city.phone().open("/demo/")
    screen.page.locator(f"button[value='clerk-{TOWN}'], [data-username='clerk-{TOWN}']").first.click()
    screen.settle()
    hand, began = Hand(screen.page), monotonic()

    with screen.page.expect_navigation():
        hand.tap(screen.page.get_by_role("link", name="急难救助").last)
    hand.tap(screen.page.get_by_text("火灾", exact=True))
    hand.type("谁遇到困难（姓名）", "示例火")
    hand.type("大约年龄", "40")
    screen.draw()
    hand.taps, hand.seconds = hand.taps + 1, hand.seconds + A_SIGNATURE
    screen.sound()
    with screen.page.expect_navigation():
        hand.tap(screen.page.get_by_role("button", name="发放并登记"))
    spent = monotonic() - began

    screen.sees("已发放")
    with fence(PLATFORM):
        assert Case.objects.get().state == "EMERGENCY_AID"
    assert (hand.fields, hand.taps) == (2, 6)
    assert hand.seconds < 60 and spent < 60, (hand.seconds, spent)
    screen.sound()
