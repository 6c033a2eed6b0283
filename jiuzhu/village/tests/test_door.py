"""The one door and leads on the assistant's phone, through plain HTTP (WF-03, ORG-15)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.intake.models import Assistance
from jiuzhu.onedoor import leads
from jiuzhu.onedoor.models import Lead, LeadReport, Reception
from tests.families import DELEGATED, City

MONDAY = date(2019, 9, 2)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.at(MONDAY):
        yield


def village() -> str:
    return villages_of(Organisation.objects.get(code=DELEGATED))[0].code


def assistant() -> Client:
    client = Client()
    staff = Staff.objects.get(username=f"village-{village()}")
    client.force_login(staff, backend="jiuzhu.accounts.backend.StaffBackend")
    return client


def form(city: City, **more: Any) -> dict[str, Any]:
    head = city.facts("single_elder", DELEGATED)["people"][0]
    return {
        "people": "1",
        "p0-name": head["name"],
        "p0-id_no": head["id_no"],
        "home-village": village(),
        "home-area_type": "RURAL",
        "need": "一个人过，腿脚不便，没有收入",
        "own": ["DIBAO"],
        "ground": "PRESENT",
    } | more


def test_a_photo_a_name_and_what_is_seen_are_enough_for_a_lead(city: City) -> None:
    client = assistant()
    photo = SimpleUploadedFile("现场.png", drawn_picture("home").content, "image/png")

    given = {"name": "高大柱", "text": "房子漏雨没人管", "village": village(), "photo": photo}
    done = client.post("/village/leads/new/", given)

    assert done.status_code == 302
    assert "待上门" in client.get("/village/leads/").content.decode()
    with fence(PLATFORM):
        assert LeadReport.objects.get().photo_id


@pytest.mark.parametrize("change", [{"name": ""}, {"text": "苦"}, {"village": "371502101999"}, {"once": "x"}])
def test_a_lead_without_its_essentials_is_refused_beside_the_form(city: City, change: dict[str, Any]) -> None:
    given = {"name": "高大柱", "text": "房子漏雨没人管", "village": village()} | change

    answer = assistant().post("/village/leads/new/", given)

    assert answer.status_code == 422 and "E_INPUT" in answer.content.decode()
    with fence(PLATFORM):
        assert not Lead.objects.exists()


def test_helping_on_somebodys_word_keeps_whose_word_it_was(city: City) -> None:
    client = assistant()

    done = client.post("/village/door/?new=1", form(city))

    assert done.status_code == 302 and "/signers/" in done["Location"], done.content.decode()
    with fence(PLATFORM):
        assert Reception.objects.get().channel == "AGENT"
        assert Assistance.objects.get().ground == "PRESENT"


def test_a_written_word_needs_its_photo_and_nothing_is_written_without(city: City) -> None:
    answer = assistant().post("/village/door/?new=1", form(city, ground="WRITTEN"))

    assert answer.status_code == 422 and "委托书照片" in answer.content.decode()
    with fence(PLATFORM):
        assert not Reception.objects.exists()


def test_whoever_cannot_decide_is_helped_on_the_guardians_word_only(city: City) -> None:
    client = assistant()
    town = Organisation.objects.get(code=DELEGATED)
    with fence(PLATFORM):
        lead = leads.report(
            PLATFORM,
            town_id=town.id,
            village_code=village(),
            source="DATA",
            name="高大柱",
            text="精神残疾一级，独居",
            incapable=True,
        )
    here = f"/village/door/?lead={lead.uid}"
    assert "高大柱" in client.get(here).content.decode()

    himself = client.post(here, form(city))
    guardian = client.post(here, form(city, ground="GUARDIAN"))

    assert himself.status_code == 422 and "监护人" in himself.content.decode()
    assert guardian.status_code == 302, guardian.content.decode()
    with fence(PLATFORM):
        assert Lead.objects.get().state == "HELPED"


def test_a_known_family_is_found_in_the_own_village_only(city: City) -> None:
    client = assistant()
    given = form(city)
    client.post("/village/door/?new=1", given)
    post = Staff.objects.get(username=f"village-{village()}").posts.get()

    found = client.get("/village/door/", {"q": given["p0-name"]}).content.decode()
    post.village_codes = [villages_of(Organisation.objects.get(code=DELEGATED))[1].code]
    post.save()
    elsewhere = client.get("/village/door/", {"q": given["p0-name"]}).content.decode()

    assert "household=" in found and "低保正在办理" in found
    assert "household=" not in elsewhere


def test_a_clerk_has_no_business_on_the_assistants_phone(city: City) -> None:
    client = Client()
    client.force_login(
        Staff.objects.get(username=f"clerk-{DELEGATED}"), backend="jiuzhu.accounts.backend.StaffBackend"
    )

    assert client.get("/village/leads/").status_code == 403
    assert client.get("/village/door/").status_code == 403
