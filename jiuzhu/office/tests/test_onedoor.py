"""The screens of the one door through plain HTTP, without a script: who sees what, what a form does, bad input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from departments import desks
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.onedoor import leads, referrals
from jiuzhu.onedoor.models import Lead, LeadReport, Reception, Referral, Station
from tests.families import COUNTY_DECIDES, DELEGATED, City

_BACKEND = "jiuzhu.accounts.backend.StaffBackend"
MONDAY = date(2019, 9, 2)
NEED = "父亲住院花了六万多，孩子开学交不起学费"
CLERK = f"clerk-{DELEGATED}"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    desks.slips.clear()
    desks.state["fault"] = ""
    with clock.at(MONDAY):
        yield
    desks.slips.clear()
    desks.state["fault"] = ""


def browser(username: str) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(username=username), backend=_BACKEND)
    return client


def village() -> str:
    return villages_of(Organisation.objects.get(code=DELEGATED))[0].code


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, f"no hidden {name} on the page"
    return found[1]


def family_form(city: City, **more: Any) -> dict[str, Any]:
    people = city.facts("plain_poor", DELEGATED)["people"]
    form: dict[str, Any] = {"people": str(max(len(people) - 1, 1)), "home-village": village()}
    form |= {"home-area_type": "RURAL", "p0-name": people[0]["name"], "p0-id_no": people[0]["id_no"]}
    for number, each in enumerate(people[1:], 1):
        form |= {f"p{number}-{name}": each[name] for name in ("name", "id_no", "relation")}
    return form | {"need": NEED, "own": ["DIBAO"], "other": ["MEDICAL"], "consent": "on"} | more


def test_what_cannot_wait_takes_along_what_was_typed_or_who_is_on_record(city: City) -> None:
    client, typed = browser(CLERK), family_form(city, need="房子昨夜着火", household="")

    page = client.post("/office/emergency/", typed | {"action": "carry"}).content.decode()

    assert "房子昨夜着火" in page and typed["p0-id_no"] in page and "发放并登记" in page
    receive(city, client)
    with fence(PLATFORM):
        assert not Case.objects.filter(aid_type="TA_EMERGENCY").exists()
        reception = Reception.objects.get()
        home, person = reception.household, reception.person
    known = {"action": "carry", "household": home.uid, "need": "房子昨夜着火"}
    page = client.post("/office/emergency/", known).content.decode()
    assert person.name in page and person.id_no in page
    with fence(PLATFORM):
        assert AuditEntry.objects.filter(action="person.carry").count() == 1


def receive(city: City, client: Client, **more: Any) -> Any:
    page = client.get("/office/door/new/")
    assert page.status_code == 200
    return client.post("/office/door/new/", family_form(city, once=hidden(page, "once"), **more))


# —— the one door


def test_the_clerk_receives_a_family_on_one_page_and_sees_where_everything_stands(city: City) -> None:
    client = browser(CLERK)

    done = receive(city, client)

    assert done.status_code == 302, done.content.decode()
    shown = client.get(done["Location"]).content.decode()
    assert "签署授权" in shown and "东昌府区医疗保障局" in shown and "待送达部门" in shown
    with fence(PLATFORM):
        slip = Referral.objects.get()
    pdf = client.get(f"/office/referrals/{slip.uid}/slip/")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")


def test_a_family_on_record_is_found_by_name_and_by_number_and_asked_nothing_twice(city: City) -> None:
    client = browser(CLERK)
    form = family_form(city, own=[], other=["MEDICAL"])
    client.post("/office/door/new/", form)
    by_name = client.get("/office/door/", {"q": form["p0-name"]}).content.decode()
    by_number = client.get("/office/door/", {"q": form["p0-id_no"]}).content.decode()
    (chosen,) = set(re.findall(r"household=([0-9a-f-]{36})", by_name))
    assert chosen in by_number and form["p0-id_no"] not in by_name

    page = client.get("/office/door/new/", {"household": chosen})
    assert "p0-id_no" not in page.content.decode()
    done = client.post(
        "/office/door/new/",
        {"once": hidden(page, "once"), "household": chosen, "need": NEED, "own": ["DIBAO"]},
    )

    assert done.status_code == 302
    assert "签署授权" in client.get(done["Location"]).content.decode()


def test_the_same_form_sent_twice_makes_one_reception(city: City) -> None:
    client = browser(CLERK)
    page = client.get("/office/door/new/")
    form = family_form(city, once=hidden(page, "once"))

    first, second = client.post("/office/door/new/", form), client.post("/office/door/new/", form)

    assert (first.status_code, second.status_code) == (302, 302)
    with fence(PLATFORM):
        assert Reception.objects.count() == 1 and Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": ""}, "E_TRANSFER_CONSENT"),
        ({"own": [], "other": []}, "E_MATTERS"),
        ({"own": ["XX"]}, "E_INPUT"),
        ({"need": ""}, "E_INPUT"),
        ({"need": "缺\x00"}, "E_INPUT"),
        ({"p0-id_no": "371502199001011235"}, "E_ID"),
        ({"home-village": "999999999999"}, "E_INPUT"),
        ({"once": "not-a-token"}, "E_INPUT"),
        ({"household": "x"}, "E_NOT_FOUND"),
        ({"lead": "5a6b6a3e-5f0c-4a0c-9d3e-0b8f2a6f7f11"}, "E_NOT_FOUND"),
    ],
)
def test_bad_input_is_said_and_nothing_is_written(city: City, change: dict[str, Any], code: str) -> None:
    client = browser(CLERK)

    answer = client.post("/office/door/new/", family_form(city) | change)

    assert answer.status_code in (404, 409, 422)
    assert code in answer.content.decode()
    with fence(PLATFORM):
        assert not Reception.objects.exists() and not Referral.objects.exists()


def test_adding_a_row_keeps_what_was_typed_and_ticked(city: City) -> None:
    client = browser(CLERK)

    page = client.post("/office/door/new/", family_form(city) | {"action": "add"}).content.decode()

    assert NEED in page
    assert re.search(r'value="MEDICAL"[^>]*checked', page)


def test_what_was_refused_can_be_opened_by_one_click_later(city: City) -> None:
    client = browser(CLERK)
    first = receive(city, client)
    form = family_form(city)
    with fence(PLATFORM):
        household = Reception.objects.get().household
    page = client.post("/office/door/new/", {"household": str(household.uid), "need": NEED, "own": ["DIBAO"]})
    shown = client.get(page["Location"]).content.decode()
    assert "还没有登记" in shown and "已有在办案件" in shown
    again = client.post(f"{page['Location']}open/DIBAO/")

    assert first.status_code == 302 and form
    assert again.status_code == 409 and "E_DUP" in again.content.decode()


@pytest.mark.parametrize(
    "path", ["/office/door/", "/office/door/new/", "/office/leads/", "/office/referrals/", "/office/windows/"]
)
def test_nobody_signed_in_is_sent_to_sign_in(db: None, path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 302 and "/accounts/login/" in response["Location"]


@pytest.mark.parametrize(
    ("username", "door", "lead_list"),
    [
        (CLERK, 200, 200),
        (f"lead-{DELEGATED}", 403, 200),
        (f"verifier-{DELEGATED}", 403, 200),
        ("approver-371502", 403, 200),
        ("supervisor-371502", 403, 200),
        ("auditor", 403, 200),
        ("city", 403, 200),
        ("admin", 403, 200),
    ],
)
def test_each_role_comes_as_far_as_its_work(city: City, username: str, door: int, lead_list: int) -> None:
    client = browser(username)
    browser(CLERK)

    assert client.get("/office/door/").status_code == door
    assert client.get("/office/leads/").status_code == lead_list
    assert client.get("/office/referrals/").status_code == 200


def test_roles_without_cases_see_no_lead_and_no_referral(city: City) -> None:
    receive(city, browser(CLERK))
    lead = report()
    with fence(PLATFORM):
        slip, name = Referral.objects.get(), Reception.objects.get().person.name

    for username in ("city", "admin", f"clerk-{COUNTY_DECIDES}", "finance-371502"):
        client = browser(username)
        assert name not in client.get("/office/referrals/?scope=all").content.decode()
        assert "高大柱" not in client.get("/office/leads/?scope=all").content.decode()
        assert client.get(f"/office/referrals/{slip.uid}/").status_code == 404
        assert client.get(f"/office/referrals/{slip.uid}/slip/").status_code == 404
        assert client.get(f"/office/leads/{lead.uid}/").status_code == 404


# —— referrals


@pytest.fixture
def slip(city: City) -> Referral:
    receive(city, browser(CLERK), own=[])
    with fence(PLATFORM):
        return Referral.objects.get()


def act(client: Client, thing: str, uid: Any, key: str, **fields: Any) -> Any:
    page = client.get(f"/office/{thing}/{uid}/")
    given = {"once": hidden(page, "once"), "seen": hidden(page, "seen")} | fields
    return client.post(f"/office/{thing}/{uid}/do/{key}/", given)


def test_a_referral_is_walked_by_forms_alone(
    city: City, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_draw", lambda number: 99)
    client = browser(CLERK)
    referrals.deliver(slip.id, city.line())
    referrals.fetch_answers(slip.id, city.line())
    referrals.fetch_answers(slip.id, city.line())
    page = client.get(f"/office/referrals/{slip.uid}/").content.decode()
    assert "模拟部门，非真实答复" in page and "部门答复：已联系本人并办理" in page

    done = act(client, "referrals", slip.uid, "R6", result="HELPED", told="已电话告知本人，报销已到账")

    assert done.status_code == 302
    assert "已办结" in client.get(f"/office/referrals/{slip.uid}/").content.decode()
    assert "已办结" in client.get("/office/referrals/?scope=all").content.decode()


def test_a_stale_or_wrong_move_is_refused_beside_the_form(city: City, slip: Referral) -> None:
    client = browser(CLERK)

    wrong = act(client, "referrals", slip.uid, "R6", result="HELPED", told="已经告诉了")
    unknown = act(client, "referrals", slip.uid, "R99")
    stale = client.post(f"/office/referrals/{slip.uid}/do/R2h/", {"seen": "0", "how": "纸质送达，王某签收"})
    empty = act(client, "referrals", slip.uid, "R2h", how="")
    leader = browser(f"lead-{DELEGATED}").post(
        f"/office/referrals/{slip.uid}/do/R7/", {"reason": "群众说不需要了"}
    )

    assert wrong.status_code == 422 and "E_INPUT" in wrong.content.decode()
    assert unknown.status_code == 404
    assert stale.status_code == 409 and "E_STALE" in stale.content.decode()
    assert empty.status_code == 422 and "E_INPUT" in empty.content.decode()
    assert leader.status_code == 403 and "E_AUTH" in leader.content.decode()


def test_filters_are_remembered(city: City, slip: Referral) -> None:
    client = browser(CLERK)
    client.get("/office/referrals/?scope=overdue&matter=MEDICAL")

    again = client.get("/office/referrals/")
    reset = client.get("/office/referrals/?reset=1")

    assert again.status_code == 302 and "scope=overdue" in again["Location"]
    assert reset.status_code == 200


def test_after_not_accepting_one_click_passes_the_matter_on(city: City) -> None:
    family = city.walk_to("APPLIED", town=DELEGATED)
    client = browser(CLERK)
    with clock.at(family.now):
        page = client.get(f"/office/cases/{family.uid}/do/D16/")
        client.post(
            f"/office/cases/{family.uid}/do/D16/",
            {
                "once": hidden(page, "once"),
                "seen": hidden(page, "seen"),
                "reason": "属于住房救助，由住建部门办理",
                "codes": ["RC-DEPT"],
            },
        )
        assert family.case.state == "NOT_ACCEPTED"
        assert "转有关部门办理" in client.get(f"/office/cases/{family.uid}/").content.decode()
        form = client.get(f"/office/cases/{family.uid}/refer/")
        assert family.case.hardship in form.content.decode()
        given = {"once": hidden(form, "once"), "code": "HOUSING", "need": family.case.hardship}
        without = client.post(f"/office/cases/{family.uid}/refer/", given)
        done = client.post(f"/office/cases/{family.uid}/refer/", given | {"consent": "1"})

    assert without.status_code == 422 and "E_TRANSFER_CONSENT" in without.content.decode()
    assert done.status_code == 302 and "/office/referrals/" in done["Location"]


# —— leads


def report(**more: Any) -> Lead:
    given = {
        "town_id": Organisation.objects.get(code=DELEGATED).id,
        "village_code": village(),
        "source": "DATA",
        "name": "高大柱",
        "text": "连续三个月大额医疗支出",
    }
    with fence(PLATFORM):
        return leads.report(PLATFORM, **given | more)


def test_a_hotline_order_is_registered_visited_declined_and_answered_once_by_forms(city: City) -> None:
    client = browser(CLERK)
    page = client.get("/office/leads/new/")
    given = {
        "once": hidden(page, "once"),
        "source": "HOTLINE",
        "order_no": "12345-77",
        "name": "高大柱",
        "village": village(),
        "text": "邻居来电反映老人没人管",
        "informant": "路人甲",
    }
    done = client.post("/office/leads/new/", given)
    assert done.status_code == 302, done.content.decode()
    with fence(PLATFORM):
        lead, said = Lead.objects.get(), LeadReport.objects.get()

    visited = act(
        client,
        "leads",
        lead.uid,
        "L3",
        visited_on="2019-09-02",
        found="yes",
        text="人在家，身体还好",
    )
    assert visited.status_code == 302, visited.content.decode()
    fields = {"mode": "SIGNED", "words": "儿女会管", "paper": _paper()}
    without = act(client, "leads", lead.uid, "L6", **fields)
    assert without.status_code == 422 and "E_LEAFLET" in without.content.decode()
    ended = act(client, "leads", lead.uid, "L6", **fields | {"paper": _paper(), "leaflet_given": "on"})
    assert ended.status_code == 302, ended.content.decode()

    shown = client.get(f"/office/leads/{lead.uid}/").content.decode()
    (text,) = re.findall(r'name="answer"[^>]*>([^<]+)<', shown)
    assert "留下明白纸" in text
    first = client.post(f"/office/leads/{lead.uid}/orders/{said.id}/", {"answer": text})
    second = client.post(f"/office/leads/{lead.uid}/orders/{said.id}/", {"answer": text})
    assert first.status_code == 302
    assert second.status_code == 409 and "E_STATE" in second.content.decode()


def _paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("签字.png", drawn_picture("签").content, "image/png")


def test_the_informant_opens_for_the_handler_only(city: City) -> None:
    lead = report(source="HOTLINE", order_no="12345-78", informant="路人甲")
    with fence(PLATFORM):
        said = LeadReport.objects.get()
        handler = lead.handler.username
    other = next(name for name in (CLERK, f"clerk2-{DELEGATED}") if name != handler)
    here = f"/office/leads/{lead.uid}/informant/{said.id}/"

    assert "路人甲" not in browser(handler).get(f"/office/leads/{lead.uid}/").content.decode()
    assert "路人甲" in browser(handler).post(here).content.decode()
    for username in (other, f"lead-{DELEGATED}", "supervisor-371502"):
        answer = browser(username).post(here)
        assert answer.status_code == 403 and "路人甲" not in answer.content.decode()


def test_the_head_gives_a_lead_to_another_clerk(city: City) -> None:
    lead = report()
    head = browser(f"lead-{DELEGATED}")
    clerk = Staff.objects.get(username=f"clerk2-{DELEGATED}")

    done = act(head, "leads", lead.uid, "L2", staff_id=str(clerk.id))
    foreign = act(
        head, "leads", lead.uid, "L2", staff_id=str(Staff.objects.get(username="approver-371502").id)
    )

    assert done.status_code == 302
    assert foreign.status_code == 422
    with fence(PLATFORM):
        assert Lead.objects.get(pk=lead.pk).handler_id == clerk.id


def test_helping_from_a_lead_ends_it(city: City) -> None:
    client = browser(CLERK)
    lead = report()
    page = client.get(f"/office/door/new/?lead={lead.uid}")
    assert "高大柱" in page.content.decode() and "连续三个月大额医疗支出" in page.content.decode()

    done = client.post(
        "/office/door/new/",
        family_form(city, other=[], lead=str(lead.uid), once=hidden(page, "once")),
    )

    assert done.status_code == 302, done.content.decode()
    assert "已帮助申请" in client.get(f"/office/leads/{lead.uid}/").content.decode()
    chart = client.get("/office/leads/?scope=all").content.decode()
    assert "线索办到了哪里" in chart


# —— windows


def test_the_county_keeps_windows_and_stations_and_the_public_sees_them(city: City) -> None:
    centre = browser("center-371502")
    given = {"address": "示例村委会一楼", "phone": "0635-0000001", "opening_hours": "工作日 8:30—17:30"}
    assert "未设立" in centre.get(f"/office/windows/?town={DELEGATED}").content.decode()

    station = centre.post(f"/office/windows/{village()}/", given)
    window = centre.post(f"/office/windows/{DELEGATED}/", given | {"address": "沙镇镇政府东楼一层大厅"})

    assert (station.status_code, window.status_code) == (302, 302)
    county, town = Organisation.objects.get(code="371502"), Organisation.objects.get(code=DELEGATED)
    public = Client().get(f"/windows/?county={county.id}&town={town.id}").content.decode()
    assert "示例村委会一楼" in public and "沙镇镇政府东楼一层大厅" in public and "马秀兰" in public


@pytest.mark.parametrize("username", [CLERK, "finance-371502", "center-371522"])
def test_nobody_else_changes_a_countys_windows(city: City, username: str) -> None:
    given = {"address": "别处", "phone": "123", "opening_hours": "全天"}

    answer = browser(username).post(f"/office/windows/{village()}/", given)

    assert answer.status_code in (403, 404)
    assert not Station.objects.exists()


def test_an_empty_address_is_said_beside_the_field(city: City) -> None:
    answer = browser("center-371502").post(
        f"/office/windows/{village()}/", {"address": "", "phone": "1", "opening_hours": ""}
    )

    assert answer.status_code == 422 and "E_INPUT" in answer.content.decode()
