"""Which aid and for whom, asked with the first word (DB-05, 2.0)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import places
from jiuzhu.intake.family import FamilyForms
from tests.families import DELEGATED, City, person

FATHER, SON = person("宋志远", "1952-03-01"), person("宋小军", "1988-07-01", relation="2")
VILLAGES = [("371502101201", "示例村")]


def forms(**more: str) -> FamilyForms:
    given: dict[str, Any] = {"people": "2", "home-village": VILLAGES[0][0], "home-area_type": "RURAL"}
    for number, each in enumerate((FATHER, SON)):
        given |= {f"p{number}-{name}": each[name] for name in ("name", "id_no", "relation")}
    return FamilyForms(given | more, villages=VILLAGES, aids=list(registry.offered("P2021")))


def test_nothing_said_is_the_family_and_the_ordinary_aid() -> None:
    wanted = forms()
    wanted.check()

    assert (wanted.values()["aid_type"], wanted.values()["for_person"]) == (registry.ORDINARY, "")


def test_one_of_the_family_may_be_named() -> None:
    wanted = forms(**{"wish-alone": "p1", "wish-aid_type": registry.ORDINARY})
    wanted.check()

    assert wanted.values()["for_person"] == SON["id_no"]


def test_a_row_left_empty_cannot_be_the_one() -> None:
    wanted = forms(**{"wish-alone": "p2"})
    wanted.check()

    with pytest.raises(Refusal) as caught:
        wanted.values()
    assert caught.value.code == "E_INPUT"


def test_what_is_on_offer_follows_the_rules_of_the_day(city: City) -> None:
    town = Organisation.objects.get(code=DELEGATED)

    def offered(day: date) -> set[str]:
        with clock.at(day):
            return {aid.code for aid in places.aids(town)}

    city.publish("regime_policy", "BY_DATE")
    assert "EDGE" not in offered(date(2021, 6, 30))
    assert "EDGE" in offered(date(2021, 7, 1)) and "RIGID" not in offered(date(2024, 12, 31))
    assert "RIGID" in offered(date(2025, 1, 1))
    assert not {aid.code for aid in registry.all_types() if aid.urgent} & offered(date(2025, 1, 1))
