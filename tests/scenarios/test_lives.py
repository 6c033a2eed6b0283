"""Whole lives of the simulation's families: every kind of aid to its end, every change in its course, no refusal met."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import reviews
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.infra import invariants
from jiuzhu.infra.later_walk import due_reviews, review_walk
from jiuzhu.infra.life_walk import life
from tests.families import COUNTY_DECIDES, DELEGATED, City

SPRING_2025 = date(2025, 2, 10)


def live(city: City, facts: dict[str, Any], start: date = SPRING_2025) -> Counter[str]:
    """Let a family live to the end of its story, or five years where it has none; what happened, counted."""
    happened: Counter[str] = Counter()
    walk = life(city.walker, facts, lambda event, number: happened.update([event]))
    return _walked(walk, start, happened)


def _walked(walk: Any, start: date, happened: Counter[str]) -> Counter[str]:
    now = clock.instant(start)
    end = clock.instant(start + timedelta(days=5 * 366))
    while now < end:
        try:
            with clock.at(now):
                now = next(walk)
        except StopIteration:
            break
    return happened


@pytest.mark.parametrize(
    ("story", "town", "ends"),
    [
        ("tekun_elder", DELEGATED, "granted"),
        ("tekun_able_son", COUNTY_DECIDES, ""),
        ("urgent_fire", DELEGATED, "closed"),
        ("urgent_untrue", COUNTY_DECIDES, "refused"),
        ("medical_bills", COUNTY_DECIDES, "granted"),
        ("small_bills", DELEGATED, "refused"),
        ("edge_couple", DELEGATED, "granted"),
        ("rigid_bills", DELEGATED, "granted"),
        ("single_disabled", DELEGATED, "granted"),
    ],
)
def test_every_kind_of_aid_is_walked_to_its_end(city: City, story: str, town: str, ends: str) -> None:
    city.publish("regime_policy", "BY_DATE")
    facts = city.facts(story, town) | {"later": []}

    happened = live(city, facts)

    assert happened["opened"] == 1
    assert not ends or happened[ends] == 1, happened
    assert [each for each in invariants.violations()] == []


PLANS: dict[str, dict[str, Any]] = {
    "death": {"kind": "CH-DEL", "person": 2, "why": "DEATH"},
    "left": {"kind": "CH-DEL", "person": 2, "why": "LEFT"},
    "prison": {"kind": "CH-DEL", "person": 1, "why": "PRISON", "away_months": 4},
    "more income": {"kind": "CH-INC", "person": 0, "income": "wage", "month_yuan": 200},
    "new work": {"kind": "CH-INC", "person": 0, "income": "wage", "month_yuan": 2400, "new_work": True},
    "account": {"kind": "CH-ACC"},
    "work refused": {"kind": "CH-JOB", "person": 0},
    "voluntary": {"kind": "CH-END", "why": "ST-VOLUNTARY"},
}


@pytest.mark.parametrize("plan", PLANS)
def test_every_change_takes_its_course(city: City, plan: str) -> None:
    city.publish("regime_policy", "BY_DATE")
    facts = city.facts("plain_poor" if plan == "prison" else "disabled_child", DELEGATED)
    facts["later"] = [{"after_months": 2, "day": 5} | PLANS[plan]]

    happened = live(city, facts)

    assert happened["granted"] == 1
    assert happened[f"change_{PLANS[plan]['kind']}"] == 1
    settled = sum(count for event, count in happened.items() if event.startswith("decided_"))
    assert settled == (2 if plan == "prison" else 1), happened
    assert happened["change_CH-ADD"] == (1 if plan == "prison" else 0)
    assert [each for each in invariants.violations()] == []


def test_a_review_that_comes_near_is_walked_to_its_decision(city: City) -> None:
    city.publish("regime_policy", "BY_DATE")
    facts = city.facts("sick_worker", DELEGATED) | {"later": []}
    live(city, facts)
    with fence(PLATFORM):
        entitlement = Case.objects.get(
            applicant__name=facts["people"][0]["name"], state="GRANTED"
        ).entitlement
    due = entitlement.next_review_on
    happened: Counter[str] = Counter()
    with clock.at(clock.instant(due)):
        reviews.plan(due)
        (review_id,) = due_reviews([entitlement.county], due, set())

    _walked(review_walk(city.walker, review_id, lambda event, _: happened.update([event])), due, happened)

    assert happened["reviewed"] == 1
    with fence(PLATFORM):
        entitlement.refresh_from_db()
        assert entitlement.next_review_on > due
    assert [each for each in invariants.violations()] == []


def test_who_asks_for_what_does_not_exist_yet_is_told_so(city: City) -> None:
    happened = live(city, city.facts("edge_couple", DELEGATED) | {"later": []}, date(2019, 9, 2))

    assert happened == Counter({"not_offered": 1})
