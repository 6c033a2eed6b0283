"""Ten lines to the bank, two come back; a month is paid once (AS-43, AS-44)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from departments import bank
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries
from jiuzhu.payments.acts import reissuing
from jiuzhu.payments.models import LineResult, PayLine
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.payments.tests.test_month import BUILT, build, lines, walk

DECEMBER, JANUARY = date(2019, 12, 1), date(2020, 1, 1)
_NUMBERS = [str(number) for number in range(62309100000000001, 62309100000004000)]
GOOD = [number for number in _NUMBERS if bank._draw(number) > 100]
CLOSED = next(number for number in _NUMBERS if bank._draw(number) < bank.CLOSED)
OTHER_OWNER = next(
    number for number in _NUMBERS if bank.CLOSED <= bank._draw(number) < bank.CLOSED + bank.MISMATCH
)


@pytest.fixture
def city(db: None) -> Iterator[City]:
    """Eight sound accounts, one closed (03), one whose owner the bank knows under another name (02)."""
    with clock.at(BUILT):
        made = cities.make(families=0)
        with fence(PLATFORM):
            for index in range(8):
                made.entitlements.append(cities.family(made, index, account=GOOD[index]))
            made.entitlements.append(cities.family(made, 8, name="李国兰", account=CLOSED))
            made.entitlements.append(cities.family(made, 9, name="赵秀", account=OTHER_OWNER))
        yield made


def test_as_43_eight_paid_two_again_and_a_second_failure_is_a_prompt(city: City) -> None:
    run = walk(city, build(city), "RECONCILED")
    with fence(PLATFORM):
        codes = sorted(LineResult.objects.filter(line__run=run).values_list("code", flat=True))
    assert codes == ["00"] * 8 + ["02", "03"]

    failed = {line.payee_name: line for line in lines(run) if line.payee_name in ("李国兰", "赵秀")}
    with clock.at(date(2019, 11, 20)):
        for number, line in enumerate(failed.values()):
            clerk = next(each for each in (city.payroll(0), city.payroll(1)) if line.town_id in each.towns)
            with fence(clerk):
                reissuing.correct_account(
                    clerk, line.id, bank_code="314", bank_name="农商行", number=GOOD[20 + number]
                )
        with fence(city.builder) as actor:
            again = reissuing.reissue(actor, run.id)
    assert {line.reissue_of_id for line in lines(again)} == {line.id for line in failed.values()}

    # December: the same account fails for the second month in a row; January's list says so (PAY-08)
    with clock.at(date(2019, 11, 26)), fence(PLATFORM):
        household = failed["李国兰"].household_id
        from jiuzhu.people.models import BankAccount

        account = BankAccount.objects.get(household_id=household, valid_to__isnull=True)
        account.number = CLOSED
        account.save()
    with clock.at(date(2019, 11, 27)):
        walk(city, build(city, DECEMBER), "RECONCILED")
    with clock.at(date(2019, 12, 27)):
        january = build(city, JANUARY)
        with fence(city.builder) as actor:
            names = {line.id: line.payee_name for line in lines(january)}
            prompts = {(names[line], code) for line, code, _ in queries.prompts(actor, january)}
    assert ("李国兰", "FAILED_TWICE") in prompts
    assert not any(name != "李国兰" for name, code in prompts if code == "FAILED_TWICE")


def test_as_44_the_same_month_twice_makes_no_second_line(city: City) -> None:
    build(city)
    with pytest.raises(Refusal, match="E_PAYDUP"):
        build(city)
    with fence(PLATFORM):
        assert PayLine.objects.count() == 10
