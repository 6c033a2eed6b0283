"""Service windows and village stations as the public sees them; the county keeps them (ORG-11, ORG-13)."""

from __future__ import annotations

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL, towns_of, villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor.models import Station

KEEPERS = ("CENTER_STAFF", "COUNTY_APPROVER")


def may_keep(actor: Actor) -> bool:
    return actor.role in KEEPERS


def _check(actor: Actor, address: str, phone: str, opening_hours: str) -> tuple[str, str, str]:
    if not may_keep(actor):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="维护服务窗口", why="")
    tidy = (address.strip()[:120], phone.strip()[:40], opening_hours.strip()[:80])
    for label, text in zip(("地址", "电话", "服务时间"), tidy, strict=True):
        if len(text) < 2:
            raise Refusal("E_INPUT", field=label, problem="请填写")
    return tidy


def keep_window(
    actor: Actor, organ_code: str, *, address: str, phone: str, opening_hours: str
) -> Organisation:
    """Address, telephone and hours of the county's centre or a town's window. Raises E_AUTH, E_NOT_FOUND, E_INPUT."""
    tidy = _check(actor, address, phone, opening_hours)
    with transaction.atomic():
        organ = Organisation.objects.select_for_update().filter(code=organ_code).first()
        own = organ is not None and (
            organ.id in actor.towns or (organ.kind in COUNTY_LEVEL and organ.id == actor.organ_id)
        )
        if organ is None or not own:
            raise Refusal("E_NOT_FOUND", what="服务窗口")
        organ.window_address, organ.phone, organ.opening_hours = tidy
        organ.save(update_fields=["window_address", "phone", "opening_hours"])
        record(actor, "window.keep", about=organ, organ=organ.code)
    return organ


def keep_station(actor: Actor, village_code: str, *, address: str, phone: str, opening_hours: str) -> Station:
    """A village's station; set up or changed. Raises E_AUTH, E_NOT_FOUND, E_INPUT."""
    tidy = _check(actor, address, phone, opening_hours)
    county = Organisation.objects.get(pk=actor.organ_id)
    town = next(
        (
            each
            for each in towns_of(county, clock.today())
            if village_code in {village.code for village in villages_of(each)}
        ),
        None,
    )
    if town is None or town.id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="村（居）")
    with transaction.atomic():
        station, _ = Station.objects.update_or_create(
            village_code=village_code,
            defaults={
                "town": town,
                "address": tidy[0],
                "phone": tidy[1],
                "opening_hours": tidy[2],
                "updated_at": clock.now(),
                "updated_by": actor.name,
            },
        )
        record(actor, "window.station", about=station, village=village_code)
    return station
