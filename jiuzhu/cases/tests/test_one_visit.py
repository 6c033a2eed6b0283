"""最多跑一次: days at the window are counted, and nothing else (WF-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Staff
from jiuzhu.cases import one_visit
from jiuzhu.cases.acts import authorisation
from jiuzhu.cases.models import WindowVisit
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.queries import members_of
from tests.families import City, Family, person


def _came(family: Family) -> list[tuple[str, ...]]:
    with fence(PLATFORM):
        return [each.errands for each in one_visit.of(family.case)]


def _two(city: City, channel: str = "WINDOW") -> Family:
    return city.cast(
        person("陈大山", "1975-03-02"),
        person("李小兰", "1976-08-09", sex="2", relation="1"),
        channel=channel,
        unsigned=(0, 1),
    )


def _sign(family: Family, who: int, place: str, role: str = "TOWN_CLERK", days: int = 0) -> None:
    clerk = family.staff(role)
    with fence(PLATFORM):
        members = [each.person.uid for each in members_of(family.case.household, family.now.date())]
    with family.at(family.case.opened_at + timedelta(days=days)), fence(clerk):
        authorisation.sign(
            clerk, family.uid, person_uid=members[who], picture=drawn_picture("signature"), place=place
        )


@pytest.mark.parametrize(("channel", "times"), [("WINDOW", 1), ("ONLINE", 0), ("AGENT", 0)])
def test_the_first_word_counts_only_at_the_window(city: City, channel: str, times: int) -> None:
    family = _two(city, channel).until("INTENT")

    assert len(_came(family)) == times


def test_errands_of_one_day_are_one_coming_and_another_day_is_one_more(city: City) -> None:
    family = _two(city).until("INTENT")
    _sign(family, 0, "WINDOW")
    assert _came(family) == [("登记意愿", "签署核对授权")]
    with family.at(family.case.opened_at), fence(PLATFORM):
        assert not one_visit.another(family.case)

    _sign(family, 1, "WINDOW", days=3)
    assert _came(family) == [("登记意愿", "签署核对授权"), ("签署核对授权",)]


@pytest.mark.parametrize("place", ["HOME", "AGENT", ""])
def test_nobody_came_when_staff_went_there(city: City, place: str) -> None:
    family = _two(city, "ONLINE").until("INTENT")
    _sign(family, 0, place)

    assert _came(family) == []


def test_an_assistant_in_the_village_is_no_window(city: City) -> None:
    family = _two(city, "AGENT").until("INTENT")
    _sign(family, 0, "WINDOW", role="VILLAGE_ASSIST")

    assert _came(family) == []


def test_an_unknown_place_is_refused_and_nobody_has_signed(city: City) -> None:
    family = _two(city).until("INTENT")
    with pytest.raises(Refusal) as refused, transaction.atomic():
        _sign(family, 0, "MOON")

    assert refused.value.code == "E_INPUT"
    with fence(PLATFORM):
        assert not family.case.authorisation.signatures.exists()


def test_what_was_written_stays(city: City) -> None:
    _two(city).until("INTENT")
    with fence(PLATFORM), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        WindowVisit.objects.update(errand="别的")


def test_the_clerk_is_warned_before_the_second_coming_and_sees_the_days(city: City, client: Client) -> None:
    family = _two(city).until("INTENT")
    clerk = family.staff("TOWN_CLERK")
    client.force_login(Staff.objects.get(pk=clerk.id), backend="jiuzhu.accounts.backend.StaffBackend")
    with fence(PLATFORM):
        uid = members_of(family.case.household, family.now.date())[0].person.uid
    page = reverse("office:sign", args=[family.uid, uid])

    with family.at(family.case.opened_at):
        today = client.get(page).content.decode()
    with family.at(family.now + timedelta(days=3)):
        later = client.get(page).content.decode()
        shown: Any = client.get(reverse("office:case", args=[family.uid])).content.decode()

    assert "办理地点" in today and "第二趟" not in today
    assert "第二趟" in later
    assert "登记意愿）" in shown and "1 次（" in shown
