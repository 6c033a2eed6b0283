"""The one door on the family's phone, referrals shown to it alone, telling of somebody else without a name."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.core import clock
from jiuzhu.onedoor.models import Informant, Lead, Reception, Referral
from tests.families import DELEGATED, City

MONDAY = date(2019, 9, 2)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.at(MONDAY):
        yield


def town() -> Organisation:
    return Organisation.objects.get(code=DELEGATED)


def village() -> str:
    return villages_of(town())[0].code


def enter(person: dict[str, Any]) -> Client:
    client = Client()
    page = client.post("/enter/", {"name": person["name"], "id_no": person["id_no"]}, follow=True)
    code = re.search(r"gov-sms.*?<strong[^>]*>(\d{6})", page.content.decode(), re.DOTALL)
    assert code
    client.post("/enter/code/", {"code": code[1]})
    return client


def form(head: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "people": "1",
        "p0-name": head["name"],
        "p0-id_no": head["id_no"],
        "home-village": village(),
        "home-area_type": "RURAL",
        "need": "孩子上大学交不起学费，想找点活干",
        "own": [],
        "other": ["EDUCATION", "EMPLOYMENT"],
        "consent": "on",
    } | more


def test_a_family_comes_for_the_first_time_and_sees_its_referrals(city: City) -> None:
    head = city.facts("single_elder", DELEGATED)["people"][0]
    client = enter(head)
    assert "哪个县" in client.get("/door/").content.decode()

    done = client.post(f"/door/?town={town().id}", form(head))

    assert done.status_code == 302, done.content.decode()
    shown = client.get("/matters/").content.decode()
    assert "教育救助" in shown and "就业救助" in shown
    with fence(PLATFORM):
        slip = Referral.objects.first()
    assert client.get(f"/matters/{slip.uid}/slip/").content.startswith(b"%PDF")
    known = client.get("/door/").content.decode()
    assert "办哪些事" in known and "p0-id_no" not in known

    other = enter(city.facts("single_elder", DELEGATED)["people"][0])
    assert "教育救助" not in other.get("/matters/").content.decode()
    assert other.get(f"/matters/{slip.uid}/slip/").status_code == 404


def test_nobody_is_received_in_another_persons_name(city: City) -> None:
    head, stranger = (city.facts("single_elder", DELEGATED)["people"][0] for _ in range(2))

    answer = enter(head).post(f"/door/?town={town().id}", form(stranger))

    assert answer.status_code in (403, 409, 422)
    with fence(PLATFORM):
        assert not Reception.objects.exists()


def test_an_own_matter_ticked_at_home_is_an_intention(city: City) -> None:
    head = city.facts("single_elder", DELEGATED)["people"][0]
    client = enter(head)

    client.post(f"/door/?town={town().id}", form(head, own=["DIBAO"], other=[]))

    assert "去签授权书" in client.get("/mine/", follow=True).content.decode()


def test_pages_of_ones_own_ask_who_one_is(db: None) -> None:
    for path in ("/door/", "/matters/"):
        response = Client().get(path)

        assert response.status_code == 302 and response["Location"].startswith("/enter/")


def test_anybody_may_tell_of_somebody_in_hardship_a_name_given_is_sealed(city: City) -> None:
    client = Client()
    given = {"name": "高大柱", "text": "独居，几天没出门", "village": village(), "informant": "路人甲"}

    done = client.post(f"/speak/tell/?town={town().id}", given)

    with fence(PLATFORM):
        lead = Lead.objects.get()
        assert Informant.objects.get().name == "路人甲"
    receipt = client.get(done["Location"]).content.decode()
    assert lead.number in receipt and "已收到" in receipt and "高大柱" not in receipt


def test_a_receipt_tells_how_far_it_is_and_nothing_about_the_family(city: City) -> None:
    client = Client()
    given = {"name": "高大柱", "text": "独居，几天没出门", "village": village()}
    client.post(f"/speak/tell/?town={town().id}", given)
    with fence(PLATFORM):
        number = Lead.objects.get().number
        Lead.objects.update(state="ALREADY_HELPED", open=False)

    shown = client.get(f"/speak/told/?number={number.lower()}").content.decode()

    assert "已办结" in shown and "在救助" not in shown and "高大柱" not in shown
    for _ in range(5):
        assert client.get("/speak/told/?number=XS1").status_code == 404
    assert "E_LOCKED" in client.get(f"/speak/told/?number={number}").content.decode()


def test_what_cannot_wait_takes_along_what_was_typed_at_the_door(city: City) -> None:
    head = city.facts("single_elder", DELEGATED)["people"][0]
    client = enter(head)
    address = f"/emergency/{town().id}/"
    assert address in client.get(f"/door/?town={town().id}").content.decode()

    page = client.post(address, form(head, action="carry", need="房子着火了")).content.decode()

    assert "房子着火了" in page and head["id_no"] in page and "马上报告" in page
    assert f'value="{village()}" selected' in page


def test_telling_has_a_limit_of_an_afternoon(city: City) -> None:
    client = Client()
    for number in range(5):
        given = {"name": f"高{'一二三四五'[number]}柱", "text": "独居，几天没出门", "village": village()}
        assert client.post(f"/speak/tell/?town={town().id}", given).status_code == 302

    answer = client.post(f"/speak/tell/?town={town().id}", given)

    assert "E_LOCKED" in answer.content.decode()
    with fence(PLATFORM):
        assert Lead.objects.count() == 5


@pytest.mark.parametrize("query", ["", "?county=1", "?county=abc", "?county=99999999999&town=x", "?town=-1"])
def test_odd_addresses_of_public_pages_answer_plainly(city: City, query: str) -> None:
    assert Client().get(f"/windows/{query}").status_code == 200
    assert Client().get(f"/speak/tell/{query}").status_code == 200
