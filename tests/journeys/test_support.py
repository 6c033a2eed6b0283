"""特困 in a real browser: from the village's word to the care agreement, and what village and phone show of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.cases.models.support import CareAgreement
from jiuzhu.connectors.contract import Transport
from jiuzhu.core import clock
from tests import families
from tests.journeys import moves
from tests.journeys.city import PHONE, City, Screen
from tests.supported import number, old_man

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TOWN = "371502101"


class _Told(families.City):
    """Families walked by the acts, known to the departments of the journey."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def console(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30)

    def line(self) -> Any:
        return Transport(self.address, settings.DEPARTMENTS_KEY, settings.DEPARTMENTS_SECRET)


def test_an_old_man_alone_is_rated_granted_and_cared_for_at_home(city: City) -> None:
    """TK-07..12: rated on six points by three people, granted, his choice and his niece's agreement."""
    family = old_man(_Told(city.departments), unable=("walk", "bathe"))
    family.facts["village"] = 0  # where the assistant is
    family.until("TOWN_REVIEW")
    head, uid = family.facts["people"][0], family.case.uid
    city.on(clock.local(family.now).date(), 10)

    clerk = city.staff(f"clerk-{TOWN}")
    clerk.open("/office/").sees(head["name"]).press("自理能力评估")
    for place, box in enumerate(clerk.page.locator("fieldset:has(input[type=radio])").all()):
        box.locator("input[type=radio]").nth(1 if place > 3 else 0).check()
    clerk.fill("另一名评估人", "孙医生").fill("见证人", "马秀兰")
    for name in ("first", "second", "witness"):
        clerk.draw(f".gov-signature:has([name=sign_{name}]) canvas")
    clerk.tell(
        "clerk",
        "自理能力评估",
        "六项逐项点选，系统定等级；两名评估人和一名见证人当场签字。少一个签字、评估人是家里人，都不能提交。",
    )
    clerk.press("提交评估表").sees("半护理").sound()

    city.working_days_later(1)
    moves.do(city.staff(f"lead-{TOWN}"), str(uid), "提出审核意见")
    family.now = clock.now() + timedelta(days=1)
    family.resume().to_the_end()
    city.on(clock.local(family.now).date() + timedelta(days=1), 10)
    clerk = city.staff(f"clerk-{TOWN}")
    clerk.open(f"/office/cases/{uid}/support/").sees("还没有选定")
    carer = _number(head["id_no"])
    clerk.fill("照料人姓名", "王小梅").fill("与本人关系", "侄女").fill("照料人身份号码", carer)
    clerk.choose("照料人的银行", "中国农业银行").fill("开户行", "沙镇支行").fill(
        "账号", "6228480000000000123"
    )
    clerk.fill("协议期满", (clock.today() + timedelta(days=700)).isoformat())
    clerk.draw(".gov-signature:has([name=sign_person]) canvas")
    clerk.draw(".gov-signature:has([name=sign_carer]) canvas")
    clerk.tell(
        "clerk",
        "照料服务协议",
        "半护理、全护理的人在家供养，先签照料协议；护理费直接发给照料人。照料内容已填好，按实际改。",
    )
    clerk.press("签订协议")
    clerk.page.locator("details", has_text="选定供养方式").first.evaluate("each => each.open = true")
    clerk.page.locator("[name=mode][value=SCATTERED]").check()
    clerk.draw(".gov-signature:has([name=sign_choice]) canvas")
    clerk.tell("clerk", "选定供养方式", "在家还是住机构由本人选，本人签字；没有选定的不列入发放名单。")
    clerk.press("保存选择").sees("分散供养").sees("王小梅").sound()

    clerk.open(f"/office/cases/{uid}/convert/").sees("原待遇在新的救助批准后停止").sound()
    _comes_from_another_county(city, clerk, str(uid))

    with fence(PLATFORM):
        username = Post.objects.get(role="VILLAGE_ASSIST", organ__code=TOWN).staff.username
        assert CareAgreement.objects.count() == 1
    assistant = city.staff(username)
    assistant.page.set_viewport_size(PHONE)
    assistant.open(f"/village/families/{uid}/").sees(head["name"]).sees("由王小梅照料").sound()
    phone = city.phone()
    moves.enter(phone, family.facts)
    phone.open(f"/mine/{uid}/").sees("分散供养").sees("王小梅")
    phone.tell(
        "citizen",
        "特困人员怎样供养",
        "在家还是住机构、谁照料、自理能力几级，都写在这里；身体有变化就告诉村里。",
    )


def _comes_from_another_county(city: City, clerk: Screen, uid: str) -> None:
    """The other township looks at the slip on a phone and sends it back: he stays where he is (CH-MOVE2)."""
    clerk.open(f"/office/cases/{uid}/move/").choose("迁往", "燕塔街道").fill("迁移情况", "随侄女居住").sound()
    clerk.press("发出转移单").sees("待接收")
    there = city.staff("clerk-371522001").open("/office/transfers/").sound()
    there.page.set_viewport_size(PHONE)
    there.click(there.page.locator("main table a").first).sees("次月起由莘县发放").sound()
    there.page.locator("summary", has_text="退回").click()
    there.fill("退回原因", "本人仍住沙镇")
    there.click(there.page.get_by_role("button", name="退回")).sees("已退回")


def _number(of: str) -> str:
    """The carer's: born thirty years later in the same place."""
    first = f"{of[:6]}{int(of[6:10]) + 30}{of[10:14]}128"
    return number(first)
