"""The demo city has something behind the one door, made by the real acts and made once."""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core import clock
from jiuzhu.infra import demo_door
from jiuzhu.onedoor.models import Lead, Referral, Station
from tests.families import DELEGATED, City

DAY = date(2019, 11, 20)


def test_leads_stand_at_every_stage_and_families_have_slips(city: City) -> None:
    city.walk_to("APPLIED", town=DELEGATED)
    with clock.at(DAY):
        first = demo_door.make(DAY)
        second = demo_door.make(DAY)

    with fence(PLATFORM):
        states = set(Lead.objects.values_list("state", flat=True))
        assert Referral.objects.filter(state="OPEN").exists()
        assert Lead.objects.filter(open=True, due_on__lt=DAY).exists()
    assert (first, second) == (15, 0)
    assert states == {"OPEN", "DECLINED", "NOT_NEEDED", "NOT_FOUND"}
    assert Station.objects.count() == 7
