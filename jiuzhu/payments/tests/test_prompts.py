"""What is to be looked at before the money goes: each check finds its own case and nothing else (PAY-04, PAY-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.models import Entitlement, EntitlementAmount
from jiuzhu.core import clock
from jiuzhu.payments import queries
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.payments.tests.test_month import BUILT, NOVEMBER, build, walk
from jiuzhu.people.models import BankAccount, Person

DECEMBER = date(2019, 12, 1)


@pytest.fixture
def city(db: None):
    with clock.at(BUILT):
        yield cities.make(families=4)


def found(city: City, run: Any) -> set[tuple[str, str, str]]:
    """``{(payee, code, level)}`` as the centre sees it."""
    with fence(city.builder) as actor:
        names = {line.id: line.payee_name for line in queries.run_lines(actor, run)}
        return {(names[line], code, level) for line, code, level in queries.prompts(actor, run)}


def test_an_ordinary_list_asks_for_nothing(city: City) -> None:
    assert found(city, build(city)) == set()


def _died(one: Entitlement, other: Entitlement) -> None:
    Person.objects.filter(pk=one.payee_id).update(died_on=date(2019, 10, 20))


def _ended(one: Entitlement, other: Entitlement) -> None:
    Entitlement.objects.filter(pk=one.pk).update(state="STOPPED", stop_reason="ST-MOVE")


def _last_month(one: Entitlement, other: Entitlement) -> None:
    EntitlementAmount.objects.filter(entitlement=one).update(base_fen=29900)


def _holder(one: Entitlement, other: Entitlement) -> None:
    BankAccount.objects.filter(household_id=one.household_id).update(holder_id=other.payee_id)


def test_pay_07_the_account_of_somebody_who_died_is_not_paid_into(city: City) -> None:
    """His heir is the payee by now; the account is still his."""
    run = build(city)
    one, other = city.entitlements[:2]
    with fence(PLATFORM):
        BankAccount.objects.filter(household_id=one.household_id).update(holder_id=other.payee_id)
        Person.objects.filter(pk=other.payee_id).update(died_on=date(2019, 10, 31))
        heir, dead = (Person.objects.get(pk=each.payee_id).name for each in (one, other))

    assert found(city, run) == {
        (heir, "DEAD_HOLDER", "E"),
        (heir, "HOLDER", "W"),
        (dead, "DEAD", "E"),
    }


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [(_died, "DEAD", "E"), (_ended, "ENDED", "E"), (_last_month, "AMOUNT", "E"), (_holder, "HOLDER", "W")],
)
def test_what_changed_since_the_list_is_noticed(
    city: City, change: Callable[[Entitlement, Entitlement], None], code: str, level: str
) -> None:
    run = build(city)
    one, other = city.entitlements[:2]
    with fence(PLATFORM):
        change(one, other)
        name = Person.objects.get(pk=one.payee_id).name

    assert found(city, run) == {(name, code, level)}


def test_somebody_who_died_within_the_month_is_still_paid_for_it(city: City) -> None:
    run = build(city)
    with fence(PLATFORM):
        Person.objects.filter(pk=city.entitlements[0].payee_id).update(died_on=date(2019, 11, 3))

    assert found(city, run) == set()


def test_one_account_for_two_families_is_noticed_at_both(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 10, name="刘甲", account="6230910099999999")
        cities.family(city, 12, name="刘乙", account="6230910099999999")

    assert found(city, build(city)) == {("刘甲", "SHARED_ACCOUNT", "W"), ("刘乙", "SHARED_ACCOUNT", "W")}


def test_a_rare_character_in_the_owners_name_is_noticed_and_a_minority_name_is_not(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 10, name="赵䶮")
        cities.family(city, 12, name="阿依古丽·买买提")

    assert found(city, build(city)) == {("赵䶮", "RARE_NAME", "W")}


def test_an_account_changed_days_ago_is_noticed_in_a_later_month(city: City) -> None:
    build(city, NOVEMBER)
    with fence(PLATFORM):
        BankAccount.objects.filter(household_id=city.entitlements[0].household_id).update(
            valid_from=date(2019, 11, 25)
        )
        name = Person.objects.get(pk=city.entitlements[0].payee_id).name

    with clock.at(date(2019, 11, 27)):
        assert found(city, build(city, DECEMBER)) == {(name, "NEW_ACCOUNT", "W")}


@pytest.mark.parametrize(
    ("new_fen", "noticed"), [(39000, False), (39100, True), (51000, True), (20000, True)]
)
def test_a_change_of_a_third_or_of_200_yuan_is_noticed(city: City, new_fen: int, noticed: bool) -> None:
    build(city, NOVEMBER)
    with fence(PLATFORM):
        one = city.entitlements[0]
        former = EntitlementAmount.objects.get(entitlement=one)
        EntitlementAmount.objects.filter(pk=former.pk).update(to_month=NOVEMBER)
        EntitlementAmount.objects.create(
            entitlement=one,
            from_month=DECEMBER,
            members_count=1,
            base_fen=new_fen,
            decision=former.decision,
        )

    with clock.at(date(2019, 11, 27)):
        codes = {code for _, code, _ in found(city, build(city, DECEMBER))}

    assert codes == ({"CHANGE"} if noticed else set())


def test_two_failed_months_are_said_in_the_third(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 10, name="赵䶮")
    walk(city, build(city, NOVEMBER), "RETURNED")
    with clock.at(date(2019, 11, 27)):
        walk(city, build(city, DECEMBER), "RETURNED")

    with clock.at(date(2019, 12, 27)):
        codes = {code for name, code, _ in found(city, build(city, date(2020, 1, 1))) if name == "赵䶮"}

    assert codes == {"RARE_NAME", "FAILED_TWICE"}


def test_a_town_is_shown_what_concerns_its_own_lines(city: City) -> None:
    run = build(city)
    with fence(PLATFORM):
        Entitlement.objects.filter(pk__in=[each.pk for each in city.entitlements]).update(
            state="STOPPED", stop_reason="ST-MOVE"
        )

    with fence(city.payroll(0)) as clerk:
        own = queries.prompts(clerk, run)

    assert {code for _, code, _ in own} == {"ENDED"}
    assert len(own) == 2
