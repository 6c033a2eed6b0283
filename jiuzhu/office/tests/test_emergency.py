"""Emergencies and the reserve fund through plain HTTP: one page for the clerk, the assistant and the citizen."""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Post, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.models import Case
from jiuzhu.core import clock, sealing
from jiuzhu.funds import queries as funds
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.portal.asking import NUMBER_KEY
from jiuzhu.ui.asker import CITIZEN_KEY
from tests.families import DELEGATED, City

_BACKEND = "jiuzhu.accounts.backend.StaffBackend"
DAY = date(2019, 10, 10)


@pytest.fixture(autouse=True)
def day(city: City) -> Any:
    with clock.at(DAY):
        yield


def browser(username: str) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(username=username), backend=_BACKEND)
    return client


def hidden(page: str) -> dict[str, str]:
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("seen", "once")}
    return {name: match[1] for name, match in found.items() if match}


def paper(kind: str = "signature") -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{kind}.png", drawn_picture(kind).content, content_type="image/png")


def on_screen() -> str:
    """A signature as the pad sends it."""
    return "data:image/png;base64," + base64.b64encode(drawn_picture("signature").content).decode()


def second() -> int:
    return Post.objects.get(organ__code=DELEGATED, role="TOWN_VERIFIER").staff_id


def village() -> str:
    return villages_of(Organisation.objects.get(code=DELEGATED))[0].code


def first_aid(client: Client, **more: Any) -> Any:
    page = client.get("/office/emergency/")
    assert page.status_code == 200
    told = {
        "name": "示例火",
        "age": "40",
        "cause": "01",
        "village": village(),
        "kind": "CASH",
        "amount": "1000",
    }
    return client.post(
        "/office/emergency/",
        hidden(page.content.decode())
        | told
        | {"second": str(second()), "second_signature": on_screen(), "paper": paper(), "action": "aid"}
        | more,
        follow=True,
    )


def the_case() -> Case:
    with fence(PLATFORM):
        return Case.objects.get(applicant__name="示例火")


def test_a_clerk_reports_and_hands_over_on_one_page_and_the_case_goes_to_its_end() -> None:
    clerk, lead = browser(f"clerk-{DELEGATED}"), browser(f"lead-{DELEGATED}")
    answer = first_aid(clerk)
    case = the_case()

    assert answer.status_code == 200 and "已发放1,000.00元" in answer.content.decode()
    assert case.state == "EMERGENCY_AID"
    page = clerk.get(f"/office/cases/{case.uid}/registration/").content.decode()
    told = {
        "severity": "MEDIUM",
        "persons": "2",
        "cause": "01",
        "reason": "住房起火",
        "unknown_identity": "证件烧毁",
    }
    answer = clerk.post(
        f"/office/cases/{case.uid}/registration/", hidden(page) | told | {"paper": paper()}, follow=True
    )
    assert "请负责人盖章" in answer.content.decode()
    page = lead.get(f"/office/cases/{case.uid}/do/E3c/").content.decode()
    answer = lead.post(f"/office/cases/{case.uid}/do/E3c/", hidden(page), follow=True)
    assert the_case().state == "CLOSED", re.findall(r"gov-refusal[^>]*>([^<]+)", answer.content.decode())


def test_the_page_proposes_an_amount_and_remembers_the_second_handler() -> None:
    clerk = browser(f"clerk-{DELEGATED}")
    page = clerk.get("/office/emergency/").content.decode()

    assert 'value="900"' in page
    first_aid(clerk)
    assert f'<option value="{second()}" selected' in clerk.get("/office/emergency/").content.decode()


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_paid() -> None:
    clerk = browser(f"clerk-{DELEGATED}")

    for change, words in (
        ({"amount": "5000.01"}, "E_LIMIT"),
        ({"paper": ""}, "E_SEAL"),
        ({"name": ""}, "E_INPUT"),
        ({"age": ""}, "E_INPUT"),
        ({"id_no": "371599195801010047"}, "E_ID"),
        ({"amount": "一千"}, "E_INPUT"),
    ):
        answer = first_aid(clerk, **change)
        assert answer.status_code in (409, 422), change
        assert words in answer.content.decode(), change
    with fence(PLATFORM):
        assert not Case.objects.filter(applicant__name="示例火").exists()


def test_only_the_report_when_somebody_calls_and_aid_later() -> None:
    clerk = browser(f"clerk-{DELEGATED}")
    answer = first_aid(clerk, action="report", paper="", amount="")
    case = the_case()
    assert case.state == "INTENT" and "24小时" in answer.content.decode()

    page = clerk.get(f"/office/cases/{case.uid}/aid/").content.decode()
    given = {"kind": "GOODS", "what": "棉被两床", "amount": "300", "second": str(second()), "paper": paper()}
    clerk.post(f"/office/cases/{case.uid}/aid/", hidden(page) | given, follow=True)

    assert the_case().state == "EMERGENCY_AID"


def test_a_lead_does_not_hand_over_and_a_payroll_clerk_sees_no_case() -> None:
    assert browser(f"lead-{DELEGATED}").get("/office/emergency/").status_code == 403
    assert browser(f"payroll-{DELEGATED}").get("/office/emergency/").status_code == 403


def test_the_assistant_tells_the_town_on_one_page() -> None:
    staff = Staff.objects.filter(username__startswith=f"village-{DELEGATED}").first()
    assert staff is not None
    client = browser(staff.username)
    page = client.get("/village/emergency/")
    own = Post.objects.get(staff=staff).village_codes[0]
    told = {"name": "示例火", "age": "40", "cause": "02", "village": own, "place": "村口"}

    answer = client.post("/village/emergency/", hidden(page.content.decode()) | told, follow=True)

    assert "已报告" in answer.content.decode()
    case = the_case()
    assert (case.state, case.channel) == ("INTENT", "DISCOVERY")


def test_money_comes_in_by_two_people_and_the_month_is_closed_on_screen() -> None:
    town = Organisation.objects.get(code=DELEGATED)
    finance, center = browser("finance-371502"), browser("center-371502")
    page = finance.get("/office/money/funds/").content.decode()
    asked = {"town": town.id, "amount": "20000", "document_no": "财社〔2019〕30号"}
    finance.post("/office/money/funds/propose/", hidden(page) | asked, follow=True)
    waiting = re.search(r"funds/top-ups/(\d+)/confirm/", center.get("/office/money/funds/").content.decode())
    assert waiting
    assert "confirm/" not in finance.get("/office/money/funds/").content.decode()
    refused = finance.post(f"/office/money/funds/top-ups/{waiting[1]}/confirm/")
    assert refused.status_code == 403 and "E_FUND_SELF" in refused.content.decode()
    center.post(f"/office/money/funds/top-ups/{waiting[1]}/confirm/")

    payroll = browser(f"payroll-{DELEGATED}")
    begins = payroll.get("/office/money/").content.decode()
    assert "备用金待月结" in begins and f"/office/money/funds/{town.id}/" in begins
    assert "备用金待月结" not in finance.get("/office/money/").content.decode()
    page = payroll.get(f"/office/money/funds/{town.id}/").content.decode()
    assert "70,000.00" in page and "2019年7月" in page
    wrong = payroll.post(f"/office/money/funds/{town.id}/close/", {"counted": "49999"})
    assert wrong.status_code == 422 and "相差1.00元" in wrong.content.decode()
    payroll.post(f"/office/money/funds/{town.id}/close/", {"counted": "50000"})
    with fence(PLATFORM):
        assert funds.to_close(town, DAY) == date(2019, 8, 1)


@pytest.mark.parametrize("username", ["approver-371502", "city", "admin"])
def test_roles_without_the_fund_do_not_come_in(username: str) -> None:
    assert browser(username).get("/office/money/funds/").status_code == 403


def test_a_citizen_reports_where_it_happens_and_reads_that_help_comes_within_a_day() -> None:
    number = "371599195801010046"
    client = Client()
    session = client.session
    session[CITIZEN_KEY] = {"name": "示例火", "person_id": None, "household_id": None}
    session[NUMBER_KEY] = base64.b64encode(sealing.seal(number.encode(), NUMBER_KEY)).decode()
    session.save()
    town = Organisation.objects.get(code=DELEGATED)
    county = client.get("/emergency/").content.decode()
    assert "急难发生在哪里" in county and "东昌府区" in county
    page = client.get(f"/emergency/{town.id}/")
    assert number in page.content.decode()
    told = {"name": "示例火", "id_no": number, "cause": "01", "village": village()}

    answer = client.post(f"/emergency/{town.id}/", hidden(page.content.decode()) | told, follow=True)

    words = answer.content.decode()
    assert "24小时" in words
    assert (the_case().state, the_case().channel) == ("INTENT", "ONLINE")
    assert "不用交证明" in words and "授权书上签字" not in words


def test_a_repeat_is_said_and_its_reason_asked_for_on_the_same_page() -> None:
    number = "371599195801010046"
    clerk, lead = browser(f"clerk-{DELEGATED}"), browser(f"lead-{DELEGATED}")
    first_aid(clerk, id_no=number, age="")
    uid = the_case().uid
    page = clerk.get(f"/office/cases/{uid}/registration/").content.decode()
    told = {"severity": "HEAVY", "persons": "1", "cause": "01", "reason": "住房起火", "paper": paper()}
    clerk.post(f"/office/cases/{uid}/registration/", hidden(page) | told)
    lead.post(
        f"/office/cases/{uid}/do/E3c/", hidden(lead.get(f"/office/cases/{uid}/do/E3c/").content.decode())
    )

    answer = first_aid(clerk, id_no=number, age="")
    assert answer.status_code == 409 and "2019-10-10" in answer.content.decode()
    assert '<details class="gov-answer" open>' in answer.content.decode()
    answer = first_aid(clerk, id_no=number, age="", good_reason="余火复燃，新搭的棚子也烧了")

    assert answer.status_code == 200 and "已发放" in answer.content.decode()
    page = clerk.get("/office/emergency/announce/").content.decode()
    assert "示例火" in page
    assert "急难救助待公布" not in clerk.get("/office/").content.decode()
    with clock.at(date(2019, 11, 1)):
        assert "急难救助待公布" in clerk.get("/office/").content.decode()
    clerk.post("/office/emergency/announce/")
    assert "没有等待公布" in clerk.get("/office/emergency/announce/").content.decode()


def test_the_second_handler_signs_what_waits_for_him_on_his_own_page() -> None:
    clerk = browser(f"clerk-{DELEGATED}")
    first_aid(clerk, second_signature="")
    other = Post.objects.get(staff_id=second(), role="TOWN_VERIFIER").staff.username
    verifier = browser(other)
    assert "先行救助待您签认" in verifier.get("/office/").content.decode()
    case = the_case()
    shown = verifier.get(f"/office/cases/{case.uid}/do/E2c/").content.decode()
    assert "不能代签" in shown
    assert "未签认" in clerk.get(f"/office/cases/{case.uid}/").content.decode()
    sent = hidden(shown)
    assert verifier.post(f"/office/cases/{case.uid}/do/E2c/", sent).status_code == 302
    assert "未签认" not in clerk.get(f"/office/cases/{case.uid}/").content.decode()
    assert "先行救助待您签认" not in verifier.get("/office/").content.decode()


def test_the_consent_to_a_check_afterwards_is_one_page() -> None:
    clerk = browser(f"clerk-{DELEGATED}")
    first_aid(clerk, id_no="371599195801010046", age="")
    case = the_case()
    page = f"/office/cases/{case.uid}/aid/consent/"
    shown = clerk.get(page).content.decode()
    assert "不影响已经发放的救助" in shown
    assert clerk.post(page, hidden(shown) | {"paper": paper()}).status_code == 302
    assert "补做核对" in browser(f"verifier-{DELEGATED}").get(f"/office/cases/{case.uid}/").content.decode()
