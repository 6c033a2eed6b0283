"""「能不能申请、大概多少」 on a phone: a few answers, the law's own word, and on to the intention without writing again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jiuzhu.accounts.models import Organisation
from tests.journeys import moves
from tests.journeys.city import City

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_a_pensioner_asks_on_the_phone_and_takes_the_answers_along(city: City) -> None:
    family = city.families(0)
    county = Organisation.objects.get(code="371522")
    phone = city.phone()
    phone.open("/").press("能不能申请、大概多少").sees("不用写姓名和身份证号").sound()
    phone.choose("哪个县（市、区）", county.name).choose("有没有人户口在本地", "有")
    phone.fill("年龄", "72").fill("每月养老金", "100")
    phone.choose("有没有不在一起住的子女、父母、配偶", "没有")
    phone.fill("存款、理财一共", "3000").choose("汽车", "没有").choose("住房", "一套")
    phone.choose("商铺、厂房", "没有").choose("开公司、入股", "没有")
    phone.tell(
        "citizen",
        "能不能申请、大概多少",
        "不用登录、不写姓名，回答几个问题，点“看结果”。不清楚的空着就行；回答不保存。",
    )
    phone.press("看结果").sees("可能符合").sees("示例标准").sees("12349").sound()
    phone.tell(
        "citizen",
        "自查结果",
        "每一类救助能不能办、大概多少、为什么都写出来；说不准的写明差哪一项。可以直接点“登记意愿”，也可以打12349问。",
    )
    if os.environ.get("LOOKS"):
        phone.page.screenshot(path=str(Path(os.environ["LOOKS"]) / "check-390.png"), full_page=True)
        phone.page.set_viewport_size({"width": 1366, "height": 800})
        phone.page.screenshot(path=str(Path(os.environ["LOOKS"]) / "check-1366.png"), full_page=True)
        phone.page.set_viewport_size({"width": 390, "height": 844})

    phone.page.get_by_label("同意把以上回答带到登记表").first.check()
    phone.page.get_by_role("button", name="登记意愿").first.click()
    phone.settle()
    moves.enter(phone, family)
    phone.open(f"/apply/?county={county.id}")
    phone.page.locator(".gov-places a").first.click()
    phone.settle()
    phone.sees("申请什么")

    assert phone.page.locator("#id_wish-aid_type").input_value() == "DIBAO"
