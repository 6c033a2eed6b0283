"""The family sees what it receives and what a change means, in plain words, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import recovery
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home
from jiuzhu.benefits.tests.test_changes import decide, earning, examine, report, serve
from jiuzhu.benefits.tests.test_later import SIGNED
from jiuzhu.core import clock
from jiuzhu.portal.tests.test_door import enter
from tests.pages import page_of


@pytest.fixture
def home(db: None) -> Iterator[Home]:
    with clock.at(date(2019, 12, 1)):
        place = homes.place()
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with clock.at(date(2020, 3, 10)):
        yield made


def family(home: Home) -> Client:
    with fence(PLATFORM):
        person = home.persons[0]
        return enter({"name": person.name, "id_no": person.id_no})


def test_a_change_is_told_in_plain_words_at_every_stage(home: Home) -> None:
    home.city.pay(date(2020, 3, 1))
    client, page = family(home), f"/mine/benefits/{home.entitlement_id}/"
    assert page in client.get("/mine/", follow=True).content.decode()
    change = report(home, given=earning(home, 1200))
    assert "正在核实，2020年4月8日前办结" in client.get(page).content.decode()
    examine(home, change)
    decide(home, change)
    assert "告知书送到您手中之后才会生效" in client.get(page).content.decode()
    serve(home, change)
    shown = client.get(page).content.decode()
    assert "从2020年4月起每月270.00元，原来是450.00元" in shown
    assert "2020年3月" in shown


def test_anothers_benefit_does_not_exist(home: Home) -> None:
    other = home.city.home([ADULT], granted_on=date(2019, 12, 21))
    assert family(home).get(f"/mine/benefits/{other.entitlement_id}/").status_code == 404


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("OFFSET", ("经同意从以后的救助金中抵扣", "<li>2020年5月<", "待列入名单")),
        ("CASH", ("家庭缴回", "已缴回50.00元")),
    ],
)
def test_dyn_22_money_to_come_back_is_told_with_its_parts(
    home: Home, way: str, words: tuple[str, ...]
) -> None:
    home.city.pay(date(2020, 3, 1))
    lead, clerk = home.city.staff("TOWN_LEAD"), home.city.staff("TOWN_CLERK")
    page = f"/mine/benefits/{home.entitlement_id}/"
    with fence(lead):
        owed = recovery.claim(
            lead, home.entitlement_id, amount_fen=20000, months=[date(2020, 3, 1)], cause="漏报养老金"
        )
    before = family(home).get(page).content.decode()
    assert "漏报养老金（2020年3月）" in before and "乡镇（街道）会和您商量" in before

    with fence(lead):
        recovery.plan(lead, owed.id, way=way, instalments=2, consent=SIGNED)
    if way == "CASH":
        with fence(clerk):
            recovery.repay(clerk, owed.id, amount_fen=5000, paid_on=date(2020, 3, 10), voucher_no="缴1号")
    shown = page_of(family(home).get(page))
    assert "商量" not in shown and all(each in shown for each in words)
    other = home.city.home([ADULT], granted_on=date(2019, 12, 21))
    assert "漏报养老金" not in family(other).get(f"/mine/benefits/{other.entitlement_id}/").content.decode()
