"""First aid on a phone: everything on one page, in under a minute, at 390 px."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.cases.models import Case
from tests.journeys.city import PHONE, City, Screen

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


def _at_the_phone(city: City, username: str) -> Screen:
    screen = city.staff(username)
    screen.page.set_viewport_size(PHONE)
    return screen


def test_an_emergency_from_the_report_to_the_seal_on_phones(city: City) -> None:
    """E1, E2, E3, E3c: told in the village, helped the same morning, registered and sealed within five days."""
    with fence(PLATFORM):
        post = Post.objects.filter(role="VILLAGE_ASSIST", organ__code=TOWN).first()
        assert post
        assistant = _at_the_phone(city, post.staff.username)
    assistant.open("/village/").press("发现急难")
    assistant.page.get_by_text("火灾", exact=True).click()
    assistant.fill("谁遇到困难（姓名）", "示例火").fill("大约年龄", "40").fill(
        "情况", "厨房起火，衣物粮食烧毁"
    )
    assistant.tell(
        "village",
        "发现急难",
        "点发生了什么、写名字，马上报告；24小时从这时算起。有生命危险的先打110、119、120。",
    )
    assistant.press("马上报告").sees("24小时内救助").sound()
    with fence(PLATFORM):
        case = Case.objects.get()

    clerk = _at_the_phone(city, f"clerk-{TOWN}")
    clerk.open(f"/office/cases/{case.uid}/aid/").draw()
    clerk.tell(
        "clerk",
        "先行救助",
        "金额已按标准填好，可以改；受助人在屏幕上签字，不便签字的拍按手印的单子。超过额度的，先登记县级口头同意。",
    )
    clerk.press("发放并登记").sees("已发放").sound()
    with fence(PLATFORM):
        beside = case.deliveries.get().second_handler.username
    second = _at_the_phone(city, beside)
    second.open(f"/office/cases/{case.uid}/do/E2c/")
    second.tell(
        "clerk",
        "第二经办人签认",
        "当场没签字的，用自己的账号登录，在“今日待办”点开签认；没有两个人的签认，不能盖章办结。",
    )
    second.click(second.page.locator("main form").last.get_by_role("button", name="第二经办人签认"))
    second.sound()
    city.working_days_later(2)
    clerk = _at_the_phone(city, f"clerk-{TOWN}")
    clerk.open(f"/office/cases/{case.uid}/").press("补登记")
    clerk.fill("查不到号码的说明", "外出务工人员，证件烧毁，正在补办").draw()
    clerk.tell("clerk", "补登记", "5个工作日内补：困难程度、人数、事由；查不到身份号码的写明原因。")
    clerk.press("签字，交负责人盖章").sound()

    lead = _at_the_phone(city, f"lead-{TOWN}")
    lead.open(f"/office/cases/{case.uid}/").press("盖章办结")
    lead.tell("lead", "急难救助盖章办结", "经办和盖章不能是同一个人；有问题就退回补登记。")
    lead.click(lead.page.locator("main form").last.get_by_role("button", name="盖章办结"))
    lead.sound()

    with fence(PLATFORM):
        case.refresh_from_db()
    assert case.state == "CLOSED"
