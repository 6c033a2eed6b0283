"""Where a family lives: county or zone → town → village, along the organisation tree (ORG-01, ORG-02)."""

from __future__ import annotations

from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL, towns_of, villages_of
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases.regimes import aids_on_offer
from jiuzhu.core import clock


def counties() -> list[Organisation]:
    return list(Organisation.objects.filter(kind__in=COUNTY_LEVEL).order_by("code"))


def towns(county_id: str | int | None) -> list[Organisation]:
    """Towns of a county today; none for an unknown county."""
    county = (
        Organisation.objects.filter(pk=county_id, kind__in=COUNTY_LEVEL).first()
        if str(county_id or "").isdigit()
        else None
    )
    return towns_of(county, clock.today()) if county else []


def town(town_id: str | int | None) -> Organisation | None:
    return (
        Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
        if str(town_id or "").isdigit()
        else None
    )


def aids(town_: Organisation) -> list[AidType]:
    """The aid one may ask for in this town today: of the regime in force, those that begin with an intention."""
    return [aid for aid in aids_on_offer(town_) if aid.moves.named("D1")]


def village_choices(town_: Organisation, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(each.code, each.name) for each in villages_of(town_) if not only or each.code in only]
