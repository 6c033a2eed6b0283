"""「能不能申请、大概多少」 over plain HTTP: the law's answer, nothing kept, nothing logged, the way to the intention."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.core import clock
from jiuzhu.portal import self_check
from tests.families import City

DAY = date(2022, 3, 1)


def answers(**more: str) -> dict[str, str]:
    """A pensioner of seventy-two in 莘县, one home, nothing else."""
    county = Organisation.objects.get(code="371522")
    return {
        "people": "3",
        "home-county": str(county.id),
        "home-area_type": "URBAN",
        "home-hukou": "yes",
        "home-duty": "no",
        "home-cash": "3000",
        "home-cars": "0",
        "home-homes": "1",
        "home-shop": "no",
        "home-company": "no",
        "p0-age": "72",
        "p0-pension": "100",
    } | more


def rows_of_everything() -> dict[str, int]:
    with fence(PLATFORM), connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
        return counts


def ask(client: Client, **more: str) -> Any:
    with clock.at(DAY):
        return client.post("/check/", answers(**more))


@pytest.fixture
def later(city: City) -> City:
    city.publish("regime_policy", "BY_DATE")
    return city


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_page_says_likely_how_much_and_that_standards_are_samples(later: City) -> None:
    page = ask(Client())
    text = text_of(page)

    assert page.status_code == 200
    assert "最低生活保障 您" in text or "最低生活保障 全家" in text
    assert "可能符合" in text and "560.00" in text
    assert "示例标准" in text and "12349" in text


def test_a_no_says_value_limit_and_article(later: City) -> None:
    text = text_of(ask(Client(), **{"p0-pension": "2000"}))

    assert "可能不符合" in text
    assert "家庭人均月收入2,000.00元，没有低于低保标准600.00元" in text
    assert "国务院令第649号第九条" in text


def test_what_was_left_open_is_named_and_is_no_refusal(later: City) -> None:
    text = text_of(ask(Client(), **{"home-cash": "", "home-cars": ""}))

    assert "说不准" in text
    assert "家庭金融资产不超过限额" in text and "没有机动车辆（残疾人代步车除外）" in text


def test_nothing_is_written_and_nothing_said_is_logged(later: City, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    before = rows_of_everything()

    with caplog.at_level(logging.DEBUG):
        client.get("/check/")
        page = ask(client, **{"p0-wage": "98765.43"})

    assert page.status_code == 200
    assert rows_of_everything() == before
    assert "sessionid" not in client.cookies
    assert "98765" not in caplog.text


def test_whoever_was_struck_is_shown_the_way_to_help_at_once(later: City) -> None:
    page = ask(Client(), **{"home-sudden": "01"}).content.decode()

    assert "马上报急难" in page and 'href="/emergency/"' in page


def test_wrong_answers_are_named_and_everything_typed_stays(later: City) -> None:
    page = ask(Client(), **{"p0-age": "两百"})

    assert page.status_code == 422
    assert "年龄" in text_of(page) and 'value="3000"' in page.content.decode()


def test_one_more_row_keeps_what_was_typed(later: City) -> None:
    with clock.at(DAY):
        page = Client().post("/check/", answers(action="add"))

    assert page.status_code == 200
    assert 'name="p4-age"' in page.content.decode() and 'value="3000"' in page.content.decode()


def test_without_consent_nothing_goes_along(later: City) -> None:
    client = Client()
    with clock.at(DAY):
        gone = client.post("/check/apply/", answers(aid_type="EDGE"))

    assert gone.status_code == 302 and gone["Location"] == "/apply/"
    assert self_check.KEPT not in client.session


def test_with_consent_the_answers_wait_for_the_intention(later: City) -> None:
    client = Client()
    more = {"p1-relation": "1", "p1-age": "70", "p1-able": "NONE", "p1-disability": "4-2"}
    with clock.at(DAY):
        gone = client.post("/check/apply/", answers(aid_type="EDGE", consent="1", **more))
    kept = client.session[self_check.KEPT]

    assert gone["Location"].startswith("/apply/?county=")
    assert (kept["aid_type"], kept["area_type"]) == ("EDGE", "URBAN")
    assert kept["people"][1] == {
        "relation": "1",
        "labour": "NONE",
        "disability_category": "4",
        "disability_grade": "2",
        "health": "",
    }
