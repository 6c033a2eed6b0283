"""Values in force and the calendar, read once and kept until something is published."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Max

from jiuzhu.accounts.models import Organisation
from jiuzhu.core.calendar import WorkCalendar, shipped_calendar
from jiuzhu.core.steady import remembered
from jiuzhu.parameters.models import HolidayDay, HolidayNotice, PublishedValue
from jiuzhu.policy.parameters import ParameterSet, Row, resolve


@remembered
def _published(county: Organisation) -> list[Row]:
    stamp = PublishedValue.objects.aggregate(last=Max("published_at"))["last"]
    key = f"parameters:{county.id}:{stamp.timestamp() if stamp else 0}"
    rows = cache.get(key)
    if rows is None:
        values = PublishedValue.objects.filter(state=PublishedValue.PUBLISHED).select_related("scope")
        rows = [
            Row(
                key=value.key,
                value=value.value,
                doc_no=value.doc_no,
                level="city" if value.scope.kind == Organisation.CITY else "county",
                area_type=value.area_type,
                effective_from=value.effective_from,
                effective_to=value.effective_to,
                is_sample=value.is_sample,
            )
            for value in values
            if value.scope.kind == Organisation.CITY or value.scope_id == county.id
        ]
        cache.set(key, rows, 60)
    return rows


@remembered
def parameter_set(county: Organisation, *, on: date, area_type: str, regime: str) -> ParameterSet:
    """Everything in force for one county, area type, regime and day; each value knows its source."""
    return resolve(_published(county), day=on, area_type=area_type, regime=regime)


def begins(county: Organisation, key: str, *, since: date, until: date) -> list[tuple[date, str]]:
    """Days of a span on which a published value of ``key`` begins, with the area type it is for ("" for both)."""
    rows = [row for row in _published(county) if row.key == key and since <= row.effective_from <= until]
    return sorted({(row.effective_from, row.area_type) for row in rows})


@remembered
def plain_values(county: Organisation, *, on: date, regime: str) -> dict[str, Any]:
    """Plain values of the parameters that do not depend on the area type (clocks, limits)."""
    return dict(parameter_set(county, on=on, area_type="", regime=regime))


@remembered
def calendar() -> WorkCalendar:
    """The calendar in force: loaded notices, or the shipped ones while none is loaded."""
    loaded = cache.get("calendar")
    if loaded is None:
        years = list(HolidayNotice.objects.values_list("year", flat=True))
        loaded = shipped_calendar()
        if years:
            days = list(HolidayDay.objects.values_list("day", "kind"))
            loaded = WorkCalendar(
                off=frozenset(day for day, kind in days if kind == "OFF"),
                makeup=frozenset(day for day, kind in days if kind == "MAKEUP"),
                published=frozenset(year for year in years if year >= 2019),
            )
        cache.set("calendar", loaded, 60)
    return loaded


def published_rows(*, key: str = "", drafts_only: bool = False) -> list[PublishedValue]:
    """Rows of the register as entered, newest first; drafts wait for a second person."""
    rows = PublishedValue.objects.select_related("scope", "entered_by", "published_by").exclude(
        state=PublishedValue.WITHDRAWN
    )
    if key:
        rows = rows.filter(key=key)
    if drafts_only:
        rows = rows.filter(state=PublishedValue.DRAFT)
    return list(rows.order_by("-effective_from", "-id")[:500])


def notices() -> list[HolidayNotice]:
    """Loaded holiday notices, the newest first."""
    return list(HolidayNotice.objects.order_by("-year"))
