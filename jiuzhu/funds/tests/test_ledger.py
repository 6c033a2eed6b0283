"""TA-21: money in by two people, money out once for each aid, never below nothing, a closed month stays closed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.core import clock
from jiuzhu.funds import acts, queries
from jiuzhu.funds.models import Entry
from jiuzhu.infra.demo import OPENING_FEN
from tests.families import DELEGATED, City, refused

DAY = date(2019, 10, 8)
BASE = OPENING_FEN  # what the demo city puts into every fund on 2019-07-01


def town_of(code: str = DELEGATED) -> Organisation:
    return Organisation.objects.get(code=code)


def people(city: City, code: str = DELEGATED) -> dict[str, Actor]:
    from jiuzhu.accounts.organisations import county_of

    town = town_of(code)
    county = county_of(town, DAY)
    return {
        "finance": city.staff("COUNTY_FINANCE", county),
        "center": city.staff("CENTER_STAFF", county),
        "payroll": city.staff("TOWN_PAYROLL", town),
        "clerk": city.staff("TOWN_CLERK", town),
        "lead": city.staff("TOWN_LEAD", town),
    }


def fill(city: City, amount_fen: int = 1_000_000, on: date = DAY, code: str = DELEGATED) -> None:
    who = people(city, code)
    with clock.at(clock.instant(on)):
        with fence(who["finance"]):
            top_up = acts.propose_top_up(
                who["finance"], town_of(code).id, amount_fen=amount_fen, document_no="财社〔2019〕3号"
            )
        with fence(who["center"]):
            acts.confirm_top_up(who["center"], top_up.id)


def spend(city: City, amount_fen: int, on: date = DAY, ref: Any = None) -> Entry:
    clerk = people(city)["clerk"]
    with clock.at(clock.instant(on)), fence(clerk), transaction.atomic():
        return acts.pay(clerk, town_of(), amount_fen=amount_fen, case_no="JN1", ref=ref or uuid.uuid4())


def test_money_comes_in_by_two_people_and_goes_out_with_its_case(city: City) -> None:
    fill(city)
    fill(city, 500_000)
    spend(city, 300_000)

    clerk = people(city)["clerk"]
    with fence(clerk):
        rows, more = queries.ledger(clerk, town_of().id)

    assert [(row.kind, row.amount_fen, row.balance_fen) for row in rows] == [
        ("PAYMENT", -300_000, BASE + 1_200_000),
        ("TOP_UP", 500_000, BASE + 1_500_000),
        ("TOP_UP", 1_000_000, BASE + 1_000_000),
        ("OPENING", BASE, BASE),
    ]
    assert more is None


def test_nobody_confirms_his_own_top_up(city: City) -> None:
    finance = people(city)["finance"]
    with clock.at(clock.instant(DAY)), fence(finance):
        top_up = acts.propose_top_up(finance, town_of().id, amount_fen=100, document_no="1号")

        with refused("E_FUND_SELF"):
            acts.confirm_top_up(finance, top_up.id)


def test_a_top_up_counts_once_and_a_cancelled_one_never(city: City) -> None:
    who = people(city)
    fill(city)
    with clock.at(clock.instant(DAY)), fence(who["center"]):
        done = Entry.objects.order_by("seq").last().top_up_id
        with refused("E_FUND_DONE", "确认"):
            acts.confirm_top_up(who["center"], done)
        wrong = acts.propose_top_up(who["center"], town_of().id, amount_fen=100, document_no="2号")
        acts.cancel_top_up(who["center"], wrong.id)
    with clock.at(clock.instant(DAY)), fence(who["finance"]), refused("E_FUND_DONE", "撤销"):
        acts.confirm_top_up(who["finance"], wrong.id)


def test_the_fund_never_pays_what_it_has_not(city: City) -> None:
    spend(city, BASE - 300_000)

    with refused("E_FUND_SHORT", "3,000.00"):
        spend(city, 300_001)
    spend(city, 300_000)
    with refused("E_FUND_SHORT"):
        spend(city, 1)


def test_one_aid_is_paid_once(city: City) -> None:
    ref = uuid.uuid4()
    fill(city)
    spend(city, 100, ref=ref)

    with refused("E_FUND_PAID"):
        spend(city, 100, ref=ref)


def test_the_clerk_cannot_fill_the_fund_and_the_county_cannot_close_it(city: City) -> None:
    who = people(city)
    with clock.at(clock.instant(DAY)):
        with fence(who["clerk"]), refused("E_AUTH"):
            acts.propose_top_up(who["clerk"], town_of().id, amount_fen=100, document_no="1号")
        with fence(who["center"]), refused("E_AUTH"):
            acts.close_month(who["center"], town_of().id, month=DAY, counted_fen=0)


def test_a_foreign_town_has_no_fund_to_see(city: City) -> None:
    fill(city)
    foreign = city.staff("TOWN_CLERK", town_of("371522001"))

    with fence(foreign):
        with refused("E_NOT_FOUND"):
            queries.ledger(foreign, town_of().id)
        assert not Entry.objects.filter(town=town_of()).exists()


def test_the_month_is_closed_when_the_count_agrees_and_then_takes_nothing_more(city: City) -> None:
    fill(city)
    spend(city, 250_000)
    spend(city, 50_000, on=date(2019, 11, 4))
    payroll = people(city)["payroll"]

    with clock.at(clock.instant(date(2019, 11, 5))), fence(payroll):
        for month in (7, 8, 9):
            acts.close_month(payroll, town_of().id, month=date(2019, month, 1), counted_fen=BASE)
        assert queries.to_close(town_of(), date(2019, 11, 5)) == date(2019, 10, 1)
        with refused("E_FUND_COUNT", "相差1.00元"):
            acts.close_month(payroll, town_of().id, month=DAY, counted_fen=BASE + 749_900)
        entry = acts.close_month(payroll, town_of().id, month=DAY, counted_fen=BASE + 750_000)
        with refused("E_STATE"):
            acts.close_month(payroll, town_of().id, month=DAY, counted_fen=BASE + 750_000)
        with refused("E_STATE"):
            acts.close_month(payroll, town_of().id, month=date(2019, 11, 1), counted_fen=BASE + 700_000)

    assert (entry.amount_fen, entry.balance_fen, entry.counted_fen) == (
        0,
        BASE + 700_000,
        BASE + 750_000,
    )


def test_money_given_back_is_tied_to_its_payment(city: City) -> None:
    fill(city)
    payment = spend(city, 100_000)
    payroll = people(city)["payroll"]

    with clock.at(clock.instant(DAY)), fence(payroll):
        acts.take_back(payroll, payment.id, amount_fen=60_000, reason="多付")
        with refused("E_FUND_RETURN", "400.00"):
            acts.take_back(payroll, payment.id, amount_fen=40_001, reason="多付")
        acts.take_back(payroll, payment.id, amount_fen=40_000, reason="多付")

    with fence(payroll):
        assert queries.balance_of(town_of()) == BASE + 1_000_000


def test_the_chart_tells_money_in_out_and_left(city: City) -> None:
    fill(city)
    spend(city, 250_000)
    clerk = people(city)["clerk"]

    with fence(clerk):
        last = queries.months(clerk, town_of().id, date(2019, 11, 1), back=2)
        own = queries.funds(clerk, DAY)

    assert [(each["in_fen"], each["out_fen"], each["balance_fen"]) for each in last] == [
        (1_000_000, 250_000, BASE + 750_000),
        (0, 0, BASE + 750_000),
    ]
    assert [(each.town.code, each.balance_fen, each.paid_fen) for each in own] == [
        (DELEGATED, BASE + 750_000, 250_000)
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"balance_fen": 999}, "does not follow"),
        ({"seq": 5}, "does not follow"),
        ({"amount_fen": -2_000_000 - BASE, "balance_fen": -1_000_000}, "check constraint"),
        ({"case_no": ""}, "check constraint"),
        ({"on": date(2019, 9, 1)}, "does not follow"),
    ],
)
def test_the_database_itself_refuses_a_row_that_does_not_add_up(
    city: City, change: dict[str, Any], words: str
) -> None:
    fill(city)
    row = {
        "town": town_of(),
        "seq": 3,
        "kind": "PAYMENT",
        "amount_fen": -100,
        "balance_fen": BASE + 999_900,
        "case_no": "JN1",
        "ref": uuid.uuid4(),
        "by_name": "系统",
        "role": "SYSTEM",
        "on": DAY,
        "at": clock.instant(DAY),
    }

    with fence(PLATFORM), pytest.raises(IntegrityError, match=words), transaction.atomic():
        Entry.objects.create(**(row | change))
    with fence(PLATFORM), transaction.atomic():
        Entry.objects.create(**row)


def test_rows_are_never_changed(city: City) -> None:
    fill(city)
    with fence(PLATFORM):
        for sql in ("UPDATE funds_entry SET amount_fen = 1", "DELETE FROM funds_entry"):
            with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
                connection.cursor().execute(sql)
