"""One-off sums beside the month: taken once, in the right place, never more than may be kept (DYN-13, DYN-22, DYN-40)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.payments import queries
from jiuzhu.payments.acts import owing
from jiuzhu.payments.acts.owing import Owed
from jiuzhu.payments.models import Due, DueEnd, PayLine, PayRun
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.payments.tests.test_month import BUILT, NOVEMBER, build
from jiuzhu.vault import files

DECEMBER, JANUARY = date(2019, 12, 1), date(2020, 1, 1)


@pytest.fixture
def city(db: None):
    with clock.at(BUILT):
        yield cities.make(families=2)


def owe(one: Entitlement, kind: str, fen: int, cause: str, *, since: date = NOVEMBER, **more: Any) -> int:
    with fence(PLATFORM):
        if kind == Due.DEDUCTION:
            more["consent_id"] = files.keep(b"signed", "image/png").id
        return owing.owe(PLATFORM, [Owed(one.id, kind, fen, since, cause, "测试", **more)])


def own(run: PayRun, one: Entitlement) -> list[tuple[Any, ...]]:
    """``(kind, month, living sum, arrears, deduction, total)`` in yuan."""
    with fence(PLATFORM):
        return [
            (
                line.pay_kind,
                line.pay_month,
                (line.base_fen + line.topup_fen + line.care_fen) // 100,
                line.arrears_fen // 100,
                line.deduction_fen // 100,
                line.total_fen // 100,
            )
            for line in PayLine.objects.filter(run=run, entitlement=one).order_by("pay_month", "pay_kind")
        ]


def later(city: City, month: date) -> PayRun:
    with clock.at(date(month.year, month.month, 3)):
        return build(city, month)


def test_arrears_stand_in_the_months_own_line_and_are_taken_once(city: City) -> None:
    one, other = city.entitlements
    assert owe(one, Due.ARREARS, 27000, "standard:1") == 1
    assert owe(one, Due.ARREARS, 27000, "standard:1") == 0

    first, second = build(city), later(city, DECEMBER)
    assert own(first, one) == [("REGULAR", NOVEMBER, 300, 270, 0, 570)]
    assert own(first, other) == [("REGULAR", NOVEMBER, 300, 0, 0, 300)]
    assert own(second, one) == [("REGULAR", DECEMBER, 300, 0, 0, 300)]
    with fence(PLATFORM):
        assert DueEnd.objects.get().line.run_id == first.id
        assert queries.open_errors(first) == []


def test_instalments_never_take_more_than_the_share_and_the_rest_waits_for_the_next_month(city: City) -> None:
    one, _ = city.entitlements
    owe(one, Due.DEDUCTION, 9000, "recovery:1:1")
    owe(one, Due.DEDUCTION, 9000, "recovery:1:2")

    assert own(build(city), one) == [("REGULAR", NOVEMBER, 300, 0, 90, 210)]
    assert own(later(city, DECEMBER), one) == [("REGULAR", DECEMBER, 300, 0, 90, 210)]


def test_an_instalment_over_thirty_percent_of_the_line_waits(city: City) -> None:
    one, _ = city.entitlements
    owe(one, Due.DEDUCTION, 9001, "recovery:1:1")

    assert own(build(city), one) == [("REGULAR", NOVEMBER, 300, 0, 0, 300)]


def test_nothing_is_kept_back_without_the_familys_signature(city: City) -> None:
    one, _ = city.entitlements
    with fence(PLATFORM), pytest.raises(IntegrityError, match="deduction_with_consent"), transaction.atomic():
        Due.objects.create(
            entitlement=one,
            kind=Due.DEDUCTION,
            amount_fen=100,
            from_month=NOVEMBER,
            cause="x",
            reason="x",
            at=clock.now(),
            by_name="x",
        )


def test_months_missed_while_suspended_come_as_lines_of_their_own(city: City) -> None:
    one, _ = city.entitlements
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=one.pk).update(state="SUSPENDED")
    owe(one, Due.ARREARS, 30000, "resume:1:2019-11", for_month=NOVEMBER)
    build(city)
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=one.pk).update(state="ACTIVE")

    run = later(city, DECEMBER)
    assert own(run, one) == [("ARREARS", NOVEMBER, 0, 300, 0, 300), ("REGULAR", DECEMBER, 300, 0, 0, 300)]
    assert queries.open_errors(run) == []


def test_a_month_that_has_a_line_is_never_paid_again_as_arrears(city: City) -> None:
    one, _ = city.entitlements
    build(city)
    owe(one, Due.ARREARS, 30000, "resume:1:2019-11", for_month=NOVEMBER)

    assert own(later(city, DECEMBER), one) == [("REGULAR", DECEMBER, 300, 0, 0, 300)]
    with fence(PLATFORM):
        assert not DueEnd.objects.exists()


def test_after_the_end_the_last_month_is_still_paid_and_what_is_owed_is_settled(city: City) -> None:
    one, _ = city.entitlements
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=one.pk).update(
            state="STOPPED", last_month=NOVEMBER, stop_reason="ST-MOVE"
        )
    owe(one, Due.ARREARS, 5000, "settle:1", since=DECEMBER)
    owe(one, Due.FUNERAL, 480000, "funeral:1", since=DECEMBER)

    first, second, third = build(city), later(city, DECEMBER), later(city, JANUARY)
    assert own(first, one) == [("REGULAR", NOVEMBER, 300, 0, 0, 300)]
    assert own(second, one) == [
        ("FUNERAL", DECEMBER, 0, 4800, 0, 4800),
        ("SETTLEMENT", DECEMBER, 0, 50, 0, 50),
    ]
    assert own(third, one) == []
    assert queries.open_errors(second) == []


def test_a_due_withdrawn_before_a_list_took_it_is_never_paid(city: City) -> None:
    one, _ = city.entitlements
    owe(one, Due.ARREARS, 27000, "standard:1:7")
    with fence(PLATFORM):
        assert owing.withdraw_dues(PLATFORM, "standard:1:", reason="撤销调标") == 1
        assert owing.withdraw_dues(PLATFORM, "standard:1:", reason="撤销调标") == 0

    assert own(build(city), one) == [("REGULAR", NOVEMBER, 300, 0, 0, 300)]


def test_a_line_whose_extra_has_no_due_is_noticed(city: City) -> None:
    run = build(city)
    one, _ = city.entitlements
    with fence(PLATFORM):
        line = PayLine.objects.get(entitlement=one)
        PayLine.objects.create(
            **{
                field.attname: getattr(line, field.attname)
                for field in PayLine._meta.concrete_fields
                if field.attname != "id"
            }
            | {"line_no": 99, "pay_kind": "SETTLEMENT", "base_fen": 0, "arrears_fen": 100, "total_fen": 100}
        )
        assert queries.open_errors(run) == [(99, "DUES")]


def test_a_difference_owed_to_a_suspended_family_waits_until_it_is_listed_again(city: City) -> None:
    one, _ = city.entitlements
    owe(one, Due.ARREARS, 1000, "x:1")
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=one.pk).update(state="SUSPENDED")
    assert own(build(city), one) == []
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=one.pk).update(state="ACTIVE")
    assert own(later(city, DECEMBER), one)[-1] == ("REGULAR", DECEMBER, 300, 10, 0, 310)
