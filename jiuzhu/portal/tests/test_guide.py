"""办理指南 says what today's rules say: its kinds of aid, their conditions and its times come from law and values."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from jiuzhu.aid_types import registry
from jiuzhu.core import clock
from tests.families import City


@pytest.fixture
def later(city: City) -> City:
    city.publish("regime_policy", "BY_DATE")
    return city


def _guide(on: date) -> str:
    with clock.at(on):
        answer = Client().get("/help/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_kind_of_aid_is_told_with_its_own_conditions_and_articles(city: City) -> None:
    page = _guide(date(2019, 9, 2))
    for aid in registry.offered("P2019"):
        assert aid.name in page
    assert "低保边缘家庭认定" not in page and "刚性支出" not in page
    assert "共同生活的家庭成员人均月收入低于低保标准" in page and "无劳动能力" in page
    assert "火灾、交通事故、突发重大疾病等急难情形" in page
    assert "民发〔2012〕220号" in page and "民发〔2021〕43号" not in page
    assert "报告后24小时内先行救助，5个工作日内补办手续" in page
    assert page.count("受理后20个工作日内告诉您结果") == 3


def test_under_later_rules_the_guide_tells_of_the_status_families_too(later: City) -> None:
    page = _guide(date(2026, 3, 2))
    assert {aid.name for aid in registry.all_types() if aid.name in page} == {
        aid.name for aid in registry.all_types()
    }
    assert re.search(r"只认定，不发钱，\d+个月有效", page) and "受理后30个工作日内告诉您结果" in page
    assert "民发〔2021〕57号" in page and "民发〔2012〕220号第四条" not in page
