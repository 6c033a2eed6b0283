"""What happens after the grant (section 5): death, gradual exit, refused work, money, standards — with the book's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import changes, standard
from jiuzhu.benefits.models import Change, Overpay
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home, Place
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.payments.models import Due
from tests.families import City

MAY, JUNE, JULY = date(2022, 5, 1), date(2022, 6, 1), date(2022, 7, 1)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2021, 12, 1)):
        yield homes.place()


def settle(
    home: Home, kind: str, given: dict[str, Any], on: date, served: date | None = None, **more: Any
) -> Change:
    """Reported, examined and decided on a day, served on another (the same day by default)."""
    place, decide = home.city, more.pop("result", "")
    clerk, lead = place.staff("TOWN_CLERK"), place.staff("TOWN_LEAD")
    with clock.at(on):
        with fence(clerk):
            change = changes.report(clerk, home.entitlement_id, kind, given, **more)
            changes.examine(clerk, change.uid, text="入户核实，情况属实。")
        with fence(lead):
            change = changes.decide(lead, change.uid, result=decide)
    if change.state == "DECIDED":
        with clock.at(served or on), fence(clerk):
            change = changes.serve(clerk, change.uid, mode="POST", note="单号123456")
    return change


def family_of_three(place: Place, yuan: int, **more: Any) -> Home:
    return place.home([ADULT, SPOUSE, CHILD], [(0, "wage", yuan)], granted_on=date(2021, 12, 20), **more)


def test_as_40_death_of_a_member(place: Place) -> None:
    """DYN-21: the month of death is paid, from the next the family is reckoned anew; three months from the death."""
    home = place.home([ADULT, SPOUSE, CHILD], [(0, "pension", 450)], granted_on=date(2021, 12, 20))
    assert home.amounts() == [("2022-01", "", 900)]

    change = settle(
        home,
        "CH-DEL",
        {"person": home.ref(2), "why": "DEATH"},
        date(2022, 6, 2),
        happened_on=date(2022, 5, 20),
    )
    assert change.due_on == date(2022, 8, 20)
    assert home.amounts() == [("2022-01", "2022-05", 900), ("2022-06", "", 450)]
    with fence(PLATFORM):
        assert not Overpay.objects.exists()
        assert Document.objects.get(code="W36").state == "SERVED"
        assert home.entitlement.members.get(person=home.persons[2]).to_month == MAY


def test_the_list_of_june_still_paid_900_as_40_says(place: Place) -> None:
    home = place.home([ADULT, SPOUSE, CHILD], [(0, "pension", 450)], granted_on=date(2021, 12, 20))
    with clock.at(date(2022, 6, 1)):
        place.pay(JUNE)

    change = settle(
        home,
        "CH-DEL",
        {"person": home.ref(2), "why": "DEATH"},
        date(2022, 6, 8),
        happened_on=date(2022, 5, 20),
    )
    with fence(PLATFORM):
        assert (change.decision.effective_month, change.decision.new_fen) == (JUNE, 45000)
        over = Overpay.objects.get()
        assert (over.amount_fen, over.months) == (45000, [JUNE])
    assert home.amounts()[-1] == ("2022-07", "", 450)


def test_the_last_person_of_a_household_dies(place: Place) -> None:
    home = place.home([ADULT], granted_on=date(2021, 12, 20))
    change = settle(
        home,
        "CH-DEL",
        {"person": home.ref(0), "why": "DEATH"},
        date(2022, 5, 25),
        happened_on=date(2022, 5, 20),
    )
    entitlement = home.entitlement
    assert (entitlement.state, entitlement.stop_reason, entitlement.last_month) == (
        "STOPPED",
        "ST-DEATH",
        MAY,
    )
    assert change.state == "DONE"


def test_as_42_third_refusal_of_work(place: Place) -> None:
    """LAB-05, DYN-30: 450 with three persons becomes 300; W36 first."""
    home = family_of_three(place, 1000)
    clerk = place.staff("TOWN_CLERK")
    assert home.amounts() == [("2022-01", "", 450)]
    for month in (1, 2, 3):
        with clock.at(date(2022, month, 10)), fence(clerk):
            changes.offer_work(
                clerk,
                home.entitlement_id,
                person=home.ref(2),
                offered_on=date(2022, month, 10),
                what="乡镇保洁岗位",
                refused=True,
            )
    change = settle(home, "CH-JOB", {"person": home.ref(2)}, date(2022, 3, 14), served=date(2022, 3, 16))
    assert change.decision.new_fen == 30000
    assert home.amounts() == [("2022-01", "2022-03", 450), ("2022-04", "", 300)]


def test_as_39_gradual_exit(place: Place) -> None:
    """DYN-20 under the rules of 2021: 450 for April to September, nothing in October; W37, and W36 in September."""
    with clock.at(date(2021, 12, 1)):
        _publish("regime_policy", "BY_DATE")
    home = family_of_three(place, 1000, regime="P2021")
    change = settle(
        home,
        "CH-INC",
        {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 180000}], "new_work": True},
        date(2022, 3, 15),
        happened_on=date(2022, 3, 1),
    )
    assert change.decision.result == "GRADUAL"
    assert home.entitlement.state == "GRADUAL"
    with clock.at(date(2022, 3, 2)):
        place.pay(date(2022, 3, 1))
    paid = {}
    for month in range(4, 10):
        with clock.at(date(2022, month, 2)):
            paid[month] = place.pay(date(2022, month, 1)).total_fen
    lead, clerk = place.staff("TOWN_LEAD"), place.staff("TOWN_CLERK")
    with clock.at(date(2022, 9, 5)), fence(lead):
        ending = changes.end_fading(lead, home.entitlement_id)
    with clock.at(date(2022, 9, 6)), fence(clerk):
        changes.serve(clerk, ending.uid, mode="POST", note="单号1")
    assert set(paid.values()) == {45000}
    with clock.at(date(2022, 10, 2)), pytest.raises(Exception, match="E_PAY_EMPTY"):
        place.pay(date(2022, 10, 1))
    with fence(PLATFORM):
        assert [each.code for each in Document.objects.filter(code__in=("W36", "W37")).order_by("id")] == [
            "W37",
            "W36",
        ]
    assert (home.entitlement.state, home.entitlement.last_month) == ("STOPPED", date(2022, 9, 1))


def _publish(key: str, value: Any, **more: Any) -> None:
    City.publish(key, value, **more)


def test_as_47_a_new_standard_for_everybody(place: Place) -> None:
    """DYN-40 in town: 600 → 630, three persons with 450 a head: 450 → 540, and 270 for three listed months."""
    home = place.home(
        [ADULT, SPOUSE, CHILD], [(0, "wage", 1500)], area="URBAN", granted_on=date(2021, 12, 20)
    )
    assert home.amounts() == [("2022-01", "", 450)]
    for month in (1, 2, 3):
        with clock.at(date(2022, month, 3)):
            place.pay(date(2022, month, 1), area="URBAN")
    with clock.at(date(2022, 3, 10)):
        _publish("dibao.standard", 63000, since=date(2022, 1, 1), area_type="URBAN")
        cache.clear()  # published in the past, as far as the clock of this test goes
        first, second = place.staff("CENTER_STAFF"), place.staff("CENTER_STAFF", 1)
        with fence(first):
            batch = standard.open_batch(first, aid_type="DIBAO", area_type="URBAN", since=date(2022, 1, 1))
        standard.compute(batch.id)
        with fence(second):
            standard.confirm(second, batch.id)
            standard.apply(second, batch.id)
    assert home.amounts() == [("2022-01", "2022-03", 450), ("2022-04", "", 540)]
    with clock.at(date(2022, 4, 2)):
        assert place.pay(date(2022, 4, 1), area="URBAN").total_fen == 81000
    with fence(PLATFORM):
        assert Due.objects.get().amount_fen == 27000
