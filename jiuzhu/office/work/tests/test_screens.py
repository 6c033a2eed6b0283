"""The case screens over plain HTTP, no script: who opens what, how a refusal looks, two families from word to grant."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import application
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.infra import queue, walk
from jiuzhu.people.queries import adults_of
from tests.families import COUNTY_DECIDES, DELEGATED, FIRST_DAY, City, Family
from tests.families import person as cast_person

_BACKEND = "jiuzhu.accounts.backend.StaffBackend"
READERS = [
    "clerk-371502101",
    "verifier-371502101",
    "lead-371502101",
    "approver-371502",
    "cverifier-371502",
    "supervisor-371502",
    "center-371502",
    "auditor",
]
TABS = ("facts", "verification", "rule", "papers", "trace")


def browser(username: str) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(username=username), backend=_BACKEND)
    return client


def hidden(page: str) -> dict[str, str]:
    """The version seen and the form's own token, as a browser would send them back."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("seen", "once")}
    return {name: match[1] for name, match in found.items() if match}


def upload(kind: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{kind}.png", walk.drawn_picture(kind).content, content_type="image/png")


def do(client: Client, uid: Any, key: str, **fields: Any) -> str:
    """Open the screen of a move, fill it in, send it; the page that follows."""
    address = f"/office/cases/{uid}/do/{key}/"
    page = client.get(address)
    assert page.status_code == 200, page.content.decode()[:2000]
    answer = client.post(address, hidden(page.content.decode()) | fields, follow=True)
    assert answer.status_code == 200, re.findall(
        r"gov-(?:refusal-words|error)[^>]*>([^<]+)", answer.content.decode()
    )
    return answer.content.decode()


def state(uid: Any) -> str:
    with fence(PLATFORM):
        return Case.objects.get(uid=uid).state


@pytest.fixture
def reviewed(city: City) -> Family:
    return city.walk_to("TOWN_REVIEW", town=DELEGATED)


# —— who opens what


def test_nobody_signed_in_is_sent_to_sign_in(db: None) -> None:
    response = Client().get("/office/cases/")

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_every_role_opens_today_the_list_and_every_tab(reviewed: Family) -> None:
    addresses = ["/office/", "/office/cases/"]
    addresses += [f"/office/cases/{reviewed.uid}/?tab={tab}" for tab in TABS]
    with reviewed.at():
        opened = {
            (username, address): browser(username).get(address).status_code
            for username in READERS
            for address in addresses
        }

    assert {place: status for place, status in opened.items() if status != 200} == {}


@pytest.mark.parametrize("username", ["finance-371502", "admin", "city"])
def test_roles_without_cases_neither_see_one_nor_are_told_it_exists(reviewed: Family, username: str) -> None:
    with reviewed.at():
        response = browser(username).get(f"/office/cases/{reviewed.uid}/")

    assert response.status_code == 404
    assert "E_NOT_FOUND" in response.content.decode()


@pytest.mark.parametrize("path", ["", "do/D19/", "visit/", "posting/", "appraisal/", "sign/", "form/family/"])
def test_a_foreign_case_by_its_address_is_unknown(reviewed: Family, path: str) -> None:
    with reviewed.at():
        response = browser("lead-371522001").get(f"/office/cases/{reviewed.uid}/{path}")

    assert response.status_code == 404
    assert reviewed.case.applicant.name not in response.content.decode()


def test_the_list_remembers_its_filters(reviewed: Family) -> None:
    client = browser("clerk-371502101")
    with reviewed.at():
        client.get("/office/cases/?q=&state=TOWN_REVIEW&scope=open&size=50")
        again = client.get("/office/cases/", follow=True)

    assert again.redirect_chain[0][0].endswith("?q=&state=TOWN_REVIEW&scope=open&size=50")
    assert reviewed.case.case_no in again.content.decode()


def test_a_county_filters_by_town_and_a_town_by_village(reviewed: Family) -> None:
    with reviewed.at():
        county = browser("approver-371502").get("/office/cases/?town=&q=").content.decode()
        town = browser("clerk-371502101").get("/office/cases/?village=&q=").content.decode()

    assert 'name="town"' in county and 'name="village"' not in county
    assert 'name="village"' in town and 'name="town"' not in town


def test_the_page_says_whose_turn_it_is(reviewed: Family) -> None:
    with reviewed.at():
        page = browser("clerk-371502101").get(f"/office/cases/{reviewed.uid}/").content.decode()

    assert "提出审核意见（乡镇（街道）负责人）" in page


def test_numbers_are_masked_and_a_look_needs_a_purpose(reviewed: Family) -> None:
    person = reviewed.case.applicant
    client = browser("clerk-371502101")
    with reviewed.at(), fence(PLATFORM):
        number = person.id_no
    with reviewed.at():
        page = client.get(f"/office/cases/{reviewed.uid}/").content.decode()
        address = f"/office/cases/{reviewed.uid}/reveal/{person.uid}/id_no/"
        without = client.post(address, {"purpose": ""})
        shown = client.post(address, {"purpose": "核对身份"})

    assert number not in page
    assert without.status_code == 422 and number not in without.content.decode()
    assert number in shown.content.decode()
    with fence(PLATFORM):
        assert AuditEntry.objects.filter(action="person.reveal").count() == 1


def test_a_stored_paper_opens_inside_the_browser_and_the_look_is_recorded(reviewed: Family) -> None:
    client = browser("clerk-371502101")
    with reviewed.at():
        page = client.get(f"/office/cases/{reviewed.uid}/?tab=papers").content.decode()
        link = re.search(rf"/office/cases/{reviewed.uid}/papers/[0-9a-f-]+/", page)
        assert link
        before = AuditEntry.objects.count()
        paper = client.get(link[0])

    assert paper["Content-Type"] == "application/pdf" and paper["Content-Disposition"].startswith("inline")
    assert paper.content.startswith(b"%PDF")
    with fence(PLATFORM):
        assert AuditEntry.objects.count() > before


# —— what a refusal looks like


def test_an_empty_opinion_stays_beside_its_field(reviewed: Family) -> None:
    client, address = browser("lead-371502101"), f"/office/cases/{reviewed.uid}/do/D20/"
    with reviewed.at():
        sent = hidden(client.get(address).content.decode())
        response = client.post(address, sent | {"reason": ""})

    assert response.status_code == 422 and "gov-error" in response.content.decode()
    assert state(reviewed.uid) == "TOWN_REVIEW"


def test_a_stale_page_is_refused_and_what_was_typed_stays(reviewed: Family) -> None:
    client, address = browser("lead-371502101"), f"/office/cases/{reviewed.uid}/do/D20/"
    with reviewed.at():
        sent = hidden(client.get(address).content.decode()) | {"seen": "1", "reason": "缺少邻里走访记录"}
        response = client.post(address, sent)

    page = response.content.decode()
    assert response.status_code == 409 and "gov-refusal" in page and "E_STALE" in page
    assert "缺少邻里走访记录" in page
    assert state(reviewed.uid) == "TOWN_REVIEW"


def test_a_double_click_acts_once_and_says_so(reviewed: Family) -> None:
    client, address = browser("lead-371502101"), f"/office/cases/{reviewed.uid}/do/D20/"
    with reviewed.at():
        sent = hidden(client.get(address).content.decode()) | {"reason": "缺少邻里走访记录"}
        first = client.post(address, sent)
        second = client.post(address, sent, follow=True)

    assert first.status_code == 302
    assert second.status_code in (200, 409)
    with fence(PLATFORM):
        assert reviewed.case.steps.filter(move="D20").count() == 1


def test_a_move_of_somebody_else_is_not_offered(reviewed: Family) -> None:
    with reviewed.at():
        response = browser("clerk-371502101").get(f"/office/cases/{reviewed.uid}/do/D19/")

    assert response.status_code == 409 and "E_STATE" in response.content.decode()


def test_a_visit_with_one_investigator_is_not_handed_in(city: City) -> None:
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    client, address = browser("clerk-371502101"), f"/office/cases/{family.uid}/visit/"
    with family.at():
        sent = hidden(client.get(address).content.decode())
        response = client.post(f"{address}submit/", sent)

    assert response.status_code in (409, 422) and "gov-refusal" in response.content.decode()
    assert state(family.uid) == "INVESTIGATING"


# —— two families through the forms alone


def registered(city: City, town: str, clerk: Client) -> tuple[Any, dict[str, Any]]:
    """A family says its word at the window; its case's uid and what the made-up world knows of it."""
    facts = city.facts("plain_poor", town, channel="WINDOW")
    organ = Organisation.objects.get(code=town)
    address = f"/office/cases/new/{organ.id}/"
    sent = hidden(clerk.get(address).content.decode()) | {"people": str(len(facts["people"]))}
    sent |= {
        "home-village": villages_of(organ)[0].code,
        "home-area_type": facts["area"],
        "home-address": "1号",
        "home-hardship": facts["hardship"],
    }
    for number, person in enumerate(facts["people"]):
        for name in ("name", "id_no", "relation", "health", "labour", "employment"):
            sent[f"p{number}-{name}"] = person.get(name, "")
    sent["p0-phone"] = facts["phone"]
    answer = clerk.post(address, sent)
    assert answer.status_code == 302, re.findall(r"gov-refusal-words[^>]*>([^<]+)", answer.content.decode())
    return answer["Location"].split("/")[-3], facts


def signed(clerk: Client, uid: Any) -> None:
    with fence(PLATFORM):
        case = Case.objects.get(uid=uid)
        adults = [each.person.uid for each in adults_of(case.household, clock.today())]
    for person in adults:
        address = f"/office/cases/{uid}/sign/{person}/"
        sent = hidden(clerk.get(address).content.decode())
        answer = clerk.post(address, sent | {"read": "1", "paper": upload("signature")})
        assert answer.status_code == 302, answer.content.decode()[:1500]


def visited(clerk: Client, colleague: Client, uid: Any) -> str:
    """Record, photo, both signatures, handing in: each block of the visit by its own form."""
    address = f"/office/cases/{uid}/visit/"
    page = clerk.get(address).content.decode()
    present = re.search(r'name="present"[^>]*>\s*<option value="([^"]+)"', page)
    offered = re.search(r'id="colleague".*?</select>', page, re.S)
    second = Staff.objects.get(username=_second(clerk))
    assert present and offered and f'value="{second.pk}"' in offered[0]
    assert "孙丽" not in offered[0], "whoever may not sign the visit must not be offered"
    record = {
        "visited_at": f"{clock.now():%Y-%m-%dT%H:%M}",
        "present": present[1],
        "housing": "自有平房三间，陈设简单。",
        "income_note": "与申报一致。",
        "expense_note": "以口粮、医药为主。",
        "health_note": "与申报一致。",
        "neighbours": "邻居反映其家庭确实困难。",
        "conclusion": "家庭生活困难，申报情况属实。",
    }
    parts = [
        (clerk, "investigator", {"staff": str(second.pk)}),
        (clerk, "record", record),
        (clerk, "photo", {"photo": upload("home")}),
        (clerk, "present", {"paper": upload("signature")}),
        (clerk, "sign", {"paper": upload("signature")}),
        (colleague, "sign", {"paper": upload("signature")}),
    ]
    for who, part, fields in parts:
        answer = who.post(f"{address}{part}/", fields)
        assert answer.status_code == 302, (
            part,
            re.findall(r"gov-(?:refusal-words|error)[^>]*>([^<]+)", answer.content.decode()),
        )
    handed_in = clerk.post(f"{address}submit/", hidden(clerk.get(address).content.decode()), follow=True)
    return handed_in.content.decode()


def _second(client: Client) -> str:
    name = Staff.objects.get(pk=client.session["_auth_user_id"]).username
    return name.replace("clerk-", "clerk2-")


def posted(clerk: Client, uid: Any, moment: str) -> None:
    answer = clerk.post(
        f"/office/cases/{uid}/posting/", {"do": "photo", "moment": moment, "photo": upload("posting")}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("town", "decider", "decides_in"),
    [(DELEGATED, "lead-371502101", "TOWN_APPROVAL"), (COUNTY_DECIDES, "approver-371522", "COUNTY_REVIEW")],
)
def test_a_family_is_granted_through_the_forms_alone(
    city: City, town: str, decider: str, decides_in: str
) -> None:
    clerk, colleague = browser(f"clerk-{town}"), browser(f"clerk2-{town}")
    verifier, lead = browser(f"verifier-{town}"), browser(f"lead-{town}")
    moment = clock.instant(FIRST_DAY)

    def on(days: int, hour: int = 9) -> Any:
        nonlocal moment
        with clock.at(moment):
            moment = walk.later(days, hour)
        return clock.at(moment)

    with clock.at(moment):
        uid, facts = registered(city, town, clerk)
        signed(clerk, uid)
        assert state(uid) == "AUTHORISED"
    with on(1), queue.collected() as jobs:
        told = do(verifier, uid, "D3", route="OWN")
        assert "下一步：出具核对报告" in told
        city.walker.ask_departments(jobs)
    with on(2, 15):
        do(verifier, uid, "D4")
    with on(1):
        page = clerk.get(f"/office/cases/{uid}/do/D5/").content.decode()
        assert "告知书将写明" in page and "前提出正式申请" in page
        do(clerk, uid, "D5")
    with on(1, 10):
        with fence(PLATFORM):
            case = Case.objects.get(uid=uid)
            body = walk._form(case, facts, complete=True)
        at_window = city.staff("TOWN_CLERK", Organisation.objects.get(code=town))
        with fence(at_window):
            application.prefilled(at_window, uid)
            application.save_draft(at_window, uid, body)
        address = f"/office/cases/{uid}/form/confirm/"
        sent = hidden(clerk.get(address).content.decode()) | {"commitment": "1"}
        assert clerk.post(address, sent).status_code == 302
        assert state(uid) == "APPLIED"
    with on(1):
        do(clerk, uid, "D12")
        do(clerk, uid, "D17")
    with on(1, 14):
        visited(clerk, colleague, uid)
        assert state(uid) == "TOWN_REVIEW"
    with on(1, 16):
        do(lead, uid, "D19", supports="1", opinion="情况属实，建议按测算金额批准。")
        assert state(uid) == decides_in
    other = browser("approver-371502" if decides_in == "TOWN_APPROVAL" else f"lead-{town}")
    with on(2, 10):
        assert other.get(f"/office/cases/{uid}/do/D23/").status_code == 409
        page = browser(decider).get(f"/office/cases/{uid}/do/D23/").content.decode()
        assert "此前意见" in page and "情况属实，建议按测算金额批准。" in page and "每月保障金额" in page
        do(browser(decider), uid, "D23")
    with on(0):
        posted(clerk, uid, "START")
        page = clerk.get(f"/office/cases/{uid}/posting/").content.decode()
        assert "缺期满照片" in page and "缺开始张贴照片" not in page
        early = clerk.post(f"/office/cases/{uid}/posting/", hidden(page) | {"do": "end"})
        assert early.status_code in (409, 422) and state(uid) == "RESULT_PUBLICITY"
    with fence(PLATFORM):
        ends_on = queries.publicity_of(Case.objects.get(uid=uid))["posting"].ends_on
    moment = clock.instant(ends_on, 17)
    with clock.at(moment):
        posted(clerk, uid, "END")
    with on(1):
        address = f"/office/cases/{uid}/posting/"
        answer = clerk.post(address, hidden(clerk.get(address).content.decode()) | {"do": "end"}, follow=True)
        assert "已正式批准" in answer.content.decode()
    assert state(uid) == "GRANTED"


def test_an_objection_leads_to_a_meeting_and_an_unvoted_row_is_refused(city: City) -> None:
    family = city.walk_to("RESULT_PUBLICITY", town=DELEGATED)
    clerk, uid = browser("clerk-371502101"), family.uid
    with family.at():
        posted(clerk, uid, "START")
        do(clerk, uid, "D26", content="听说他家儿子在外地有收入，请核实。", anonymous="on")
        assert state(uid) == "OBJECTION"
    with clock.at(family.now):
        following = walk.later(1)
    with clock.at(following):
        held = walk.later(1, 15)
        do(clerk, uid, "D27", planned_at=f"{held:%Y-%m-%dT%H:%M}", place="村委会会议室")
        assert state(uid) == "APPRAISAL"
    people = walk.participants("TRUE")
    address = f"/office/cases/{uid}/appraisal/"
    with clock.at(held):
        page = clerk.get(address).content.decode()
        assert "data-quorum-words" in page
        sent: dict[str, Any] = hidden(page) | {
            "name": [each["name"] for each in people],
            "capacity": [each["capacity"] for each in people],
            "vote": ["", *[each["vote"] for each in people[1:]]],
            "signed": [str(number) for number in range(len(people))],
            "chair": "王敏",
        }
        refused = clerk.post(address, sent)
        assert refused.status_code == 422 and people[3]["name"] in refused.content.decode()
        assert state(uid) == "APPRAISAL"
        answer = clerk.post(address, sent | {"vote": [each["vote"] for each in people]})
        assert answer.status_code == 302, re.findall(
            r"gov-refusal-words[^>]*>([^<]+)", answer.content.decode()
        )
    assert state(uid) == "RESULT_PUBLICITY"


def test_the_decision_page_offers_what_else_the_same_evidence_fits(city: City) -> None:
    """DB-04: above the standard, within the edge limits: the approver is told to tell the family."""
    city.publish("regime_policy", "BY_DATE")
    people = (cast_person("宋志远", "1952-03-01", labour="ELDER", employment="6", marital="30"),)
    family = city.cast(
        *people, town=COUNTY_DECIDES, incomes=((0, "T", "pension", 700),), start=date(2022, 2, 8)
    ).until("COUNTY_REVIEW")
    with family.at():
        page = browser("approver-371522").get(f"/office/cases/{family.uid}/do/D24/").content.decode()

    assert "还可以这样办" in page and "低保边缘家庭认定" in page


def test_everybody_sees_that_a_clock_stands_still_and_why(city: City) -> None:
    """PAU-1, PAU-2: since when, on which paper; at the family's own request ten working days and no more."""
    family = city.walk_to("ACCEPTED", town=DELEGATED)
    lead, page = browser("lead-371502101"), f"/office/cases/{family.uid}/"
    address = f"{page}clock/pause/"
    with family.at():
        sent = hidden(lead.get(address).content.decode()) | {
            "reason": "等待本人从外地返回",
            "document_no": "停1号",
        }
        assert lead.post(address, sent | {"kind": ""}).status_code == 422
        assert lead.post(address, sent | {"kind": "PAU-1"}).status_code == 302
        shown = browser("clerk-371502101").get(page).content.decode()
        assert "已暂停计时" in shown and "申请人自身原因（停1号）：等待本人从外地返回" in shown
        trace = lead.get(f"{page}?tab=trace").content.decode()
        for place in ("/office/", "/office/cases/"):
            assert "已暂停计时" in browser("clerk-371502101").get(place).content.decode()
        assert "已暂停计时" in trace and "社会救助意愿登记表" in trace and ">W01<" not in trace
    with clock.at(family.now + timedelta(days=30)):
        assert "已暂停计时" not in browser("clerk-371502101").get(page).content.decode()
        assert "已暂停计时" not in browser("clerk-371502101").get("/office/cases/").content.decode()


def test_the_head_makes_the_total_clock_longer_on_screen(city: City) -> None:
    """2022 notice 4.1: four reasons, once, from 2021 on."""
    city.publish("regime_policy", "BY_DATE")
    family = city.walk_to("ACCEPTED", town=DELEGATED, start=date(2022, 2, 8))
    lead = browser("lead-371502101")
    address = f"/office/cases/{family.uid}/clock/extend/"
    with family.at():
        assert address in lead.get(f"/office/cases/{family.uid}/?tab=trace").content.decode()
        page = lead.get(address).content.decode()
        assert "人户分离" in page and "异地申办" in page
        answer = lead.post(
            address,
            hidden(page) | {"reason": "HARD_INVESTIGATION", "explanation": "外地收入核实时间长"},
            follow=True,
        )

    assert answer.status_code == 200 and "特殊情况延长" in answer.content.decode()
    with fence(PLATFORM):
        assert family.case.extension.reason == "HARD_INVESTIGATION"
