"""What stands out about places (SUP-20), every night from our own decisions: many grants in one village in one month,
a township that grants nearly everybody or hardly anybody. Told to the county's supervisor; nobody is accused by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.organisations import county_level_organs
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.benefits import statements
from jiuzhu.benefits.acts._act import limits_of
from jiuzhu.benefits.acts.alerts import CLUSTER, RATE, Dues
from jiuzhu.benefits.models import PlaceAlert
from jiuzhu.policy.parameters import ParameterSet

_CLUSTER_USES = ("alert.cluster_grants",)
_RATE_USES = ("alert.rate_months", "alert.rate_least", "alert.rate_high", "alert.rate_low")


def look_over(today: date) -> int:
    """Both questions for the whole city, two statements; how many alerts are new."""
    with transaction.atomic(), fence(PLATFORM):
        counties = [(each.id, limits_of(each, today)) for each in county_level_organs()]
        before = PlaceAlert.objects.count()
        found = [*_clusters(counties, today), *_rates(counties, today)]
        PlaceAlert.objects.bulk_create(found, ignore_conflicts=True)
        added = PlaceAlert.objects.count() - before
        if added:
            record(PLATFORM, "benefit.places", count=added)
        return added


def _clusters(counties: list[tuple[int, ParameterSet]], today: date) -> Iterator[PlaceAlert]:
    """This month and the last, so that a night left out loses nothing."""
    dues = Dues(today)
    given = {
        "counties": [number for number, _ in counties],
        "grants": [limits["alert.cluster_grants"] for _, limits in counties],
        "since": (today.replace(day=1) - timedelta(days=1)).replace(day=1),
        "today": today,
    }
    for county, town, village, month, grants in _rows(statements.CLUSTERS, given):
        due_on, limits = dues.of(county, "W", _CLUSTER_USES)
        yield PlaceAlert(
            town_id=town,
            village_code=village,
            kind=CLUSTER,
            level="W",
            key=f"{CLUSTER}:{village}:{month:%Y-%m}",
            text=f"{month.year}年{month.month}月已批准{grants}件，请核实有无集中办理、优亲厚友",
            found_on=today,
            due_on=due_on,
            limits=limits,
        )


def _rates(counties: list[tuple[int, ParameterSet]], today: date) -> Iterator[PlaceAlert]:
    """Told once a quarter as long as it lasts."""
    dues = Dues(today)
    given: dict[str, Any] = {
        "counties": [number for number, _ in counties],
        "months": [limits["alert.rate_months"] for _, limits in counties],
        "least": [limits["alert.rate_least"] for _, limits in counties],
        "urgent": [aid.code for aid in registry.all_types() if aid.urgent],
        "today": today,
    }
    for name in ("high", "low"):
        given[name] = [limits[f"alert.rate_{name}"].numerator for _, limits in counties]
        given[f"{name}_of"] = [limits[f"alert.rate_{name}"].denominator for _, limits in counties]
    for county, town, granted, decided in _rows(statements.RATES, given):
        high = 2 * granted > decided
        due_on, limits = dues.of(county, "W", _RATE_USES)
        advice = "抽查有无审核走过场" if high else "抽查有无应保未保"
        yield PlaceAlert(
            town_id=town,
            kind=RATE,
            level="W",
            key=f"{RATE}:{town}:{'HIGH' if high else 'LOW'}:{today.year}Q{(today.month + 2) // 3}",
            text=f"已决定{decided}件，批准{granted}件，批准率{granted * 100 // decided}%，请{advice}",
            found_on=today,
            due_on=due_on,
            limits=limits,
        )


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
