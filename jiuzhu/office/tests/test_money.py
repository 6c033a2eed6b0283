"""The money screens through plain HTTP, without a script: who sees what, and what a form does (PAY-02, ORG-03)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Staff
from jiuzhu.core import clock
from jiuzhu.payments import queries
from jiuzhu.payments.acts import checking
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.payments.tests.test_month import BUILT, build, lines, returned, walk
from tests.pages import page_of

_BACKEND = "jiuzhu.accounts.backend.StaffBackend"


@pytest.fixture
def city(db: None):
    with clock.at(BUILT):
        yield cities.make(families=4)


def browser(username: str) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(username=username), backend=_BACKEND)
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no hidden {name} on the page"
    return found[1]


def test_nobody_signed_in_is_sent_to_sign_in(db: None) -> None:
    response = Client().get("/office/money/")

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


@pytest.mark.parametrize("username", ["approver-371502", "clerk-371502101", "city", "admin"])
def test_roles_without_money_do_not_come_in(city: City, username: str) -> None:
    response = browser(username).get("/office/money/")

    assert response.status_code == 403
    assert "E_AUTH" in response.content.decode()


def test_the_centre_makes_a_list_by_the_form(city: City) -> None:
    client = browser("center-371502")
    page = page_of(client.get("/office/money/"))
    asked = {
        "month": "2019-11",
        "aid_type": "DIBAO",
        "area_type": "RURAL",
        "once": hidden(page, "once"),
    }

    first = client.post("/office/money/build/", asked)
    again = client.post("/office/money/build/", asked)

    (run,) = queries.runs(PLATFORM)
    assert first["Location"] == f"/office/money/{run.id}/"
    assert again.status_code == 302


def test_a_refused_list_stays_on_the_page_with_the_reason(city: City) -> None:
    build(city)

    response = browser("center-371502").post(
        "/office/money/build/", {"month": "2019-11", "aid_type": "DIBAO", "area_type": "RURAL"}
    )

    assert response.status_code == 409
    assert "E_PAYDUP" in response.content.decode()


def test_a_month_that_is_no_month_is_said_beside_the_field(city: City) -> None:
    response = browser("center-371502").post(
        "/office/money/build/", {"month": "十一月", "aid_type": "DIBAO", "area_type": "RURAL"}
    )

    assert response.status_code == 422
    assert "请按 2019-11 的样子填写" in response.content.decode()


def test_each_sees_only_the_button_that_is_his(city: City) -> None:
    run = build(city)
    offered = {
        username: re.findall(rf'action="/office/money/{run.id}/do/(\w+)/"', _open(username, run))
        for username in (
            *("payroll-371502101", "center-371502", "center2-371502", "finance-371502"),
            "supervisor-371502",
        )
    }

    assert offered == {
        "payroll-371502101": ["check_town"],
        "center-371502": [],
        "center2-371502": [],
        "finance-371502": [],
        "supervisor-371502": [],
    }


def _waiting(username: str) -> list[str]:
    """What the list of runs says waits for this person: each line's words."""
    page = page_of(browser(username).get("/office/money/"))
    card = re.search(r'<ul class="gov-signers">(.*?)</ul>', page, re.DOTALL)
    return [
        re.sub(r"<[^>]+>|\s+", " ", each).strip()
        for each in re.findall(
            r'<span class="gov-signer-name">(.*?)</span>', card[1] if card else "", re.DOTALL
        )
    ]


def test_the_list_not_made_yet_is_one_button_away(city: City) -> None:
    client = browser("center-371502")
    page = page_of(client.get("/office/money/"))
    form = re.search(r'<ul class="gov-signers">.*?<form(.*?)</form>', page, re.DOTALL)
    assert form
    asked = {name: hidden(form[1], name) for name in ("once", "month", "aid_type", "area_type")}
    before, nobodys = _waiting("center-371502"), _waiting("finance-371502")
    made = client.post("/office/money/build/", asked)

    (run,) = queries.runs(PLATFORM)
    assert before == ["2019年11月农村最低生活保障 花名册还没有编制"]
    assert nobodys == []
    assert made["Location"] == f"/office/money/{run.id}/"
    assert _waiting("center-371502") == []


def test_a_list_is_asked_for_from_the_cut_off_day_on_and_a_missed_month_stays_asked_for(city: City) -> None:
    due = {}
    for day in (date(2019, 10, 24), date(2019, 10, 25), date(2019, 11, 24), date(2019, 11, 25)):
        with clock.at(day), fence(city.builder) as actor:
            due[f"{day:%m-%d}"] = [
                (each.month.month, each.aid_type, each.area_type) for each in queries.lists_due(actor)
            ]

    november, december = (11, "DIBAO", "RURAL"), (12, "DIBAO", "RURAL")
    assert due == {
        "10-24": [],
        "10-25": [november],
        "11-24": [november],
        "11-25": [november, december],
    }


def test_every_role_is_told_which_run_waits_for_it_and_nobody_else(city: City) -> None:
    run = build(city)
    seen = {}
    for state in ("DRAFT", "TOWN_CHECKED", "COUNTY_CHECKED", "FINANCE_CONFIRMED", "RETURNED", "RECONCILED"):
        if state != "DRAFT":
            run = walk(city, run, state)
        seen[state] = {
            username: waiting[0].split("等您")[1]
            for username in (
                "payroll-371502101",
                "center-371502",
                "center2-371502",
                "finance-371502",
                "supervisor-371502",
                "auditor",
            )
            if (waiting := _waiting(username))
        }

    assert seen == {
        "DRAFT": {"payroll-371502101": "乡镇核对无误"},
        "TOWN_CHECKED": {"center2-371502": "县级核对通过"},
        "COUNTY_CHECKED": {"finance-371502": "财政确认"},
        "FINANCE_CONFIRMED": {"finance-371502": "生成银行文件并送银行"},
        "RETURNED": {"center-371502": "对账完成", "center2-371502": "对账完成"},
        "RECONCILED": {"center-371502": "公示发放结果", "center2-371502": "公示发放结果"},
    }


def test_returned_lines_wait_for_town_and_centre_until_paid_again(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 8, name="赵䶮", town=0)
    walk(city, build(city), "RECONCILED")
    with clock.at(date(2019, 11, 6)):
        told = {
            username: "银行退回待处理" in page_of(browser(username).get("/office/money/"))
            for username in ("payroll-371502101", "payroll-371502102", "center-371502", "finance-371502")
        }
        today = page_of(browser("center-371502").get("/office/"))

    assert told == {
        "payroll-371502101": True,
        "payroll-371502102": False,
        "center-371502": True,
        "finance-371502": False,
    }
    assert "银行退回待处理" in today


def _open(username: str, run: Any) -> str:
    response = browser(username).get(f"/office/money/{run.id}/")
    assert response.status_code == 200
    return page_of(response)


def test_the_form_carries_the_version_of_the_page(city: City) -> None:
    run = build(city)
    client = browser("payroll-371502101")
    page = page_of(client.get(f"/office/money/{run.id}/"))
    with fence(city.payroll(1)) as clerk:
        checking.check_town(clerk, run.id)

    response = client.post(
        f"/office/money/{run.id}/do/check_town/",
        {"seen": hidden(page, "seen"), "once": hidden(page, "once")},
    )

    assert response.status_code == 409
    assert "E_RUN_STALE" in response.content.decode()


def test_finance_sees_no_name_no_village_and_cannot_open_a_line(city: City) -> None:
    run = build(city)
    (line, *_) = lines(run)
    page = _open("finance-371502", run)

    assert line.payee_name not in page
    assert line.account.number not in page
    assert "村（居）" not in page
    assert browser("finance-371502").get(f"/office/money/lines/{line.id}/").status_code == 403


def test_no_account_number_is_ever_on_the_page_of_the_centre(city: City) -> None:
    run = build(city)
    page = _open("center-371502", run)

    assert [line.payee_name for line in lines(run) if line.payee_name not in page] == []
    assert [line for line in lines(run) if line.account.number in page] == []


def test_another_countys_run_does_not_exist(city: City) -> None:
    run = build(city)

    assert browser("center-371522").get(f"/office/money/{run.id}/").status_code == 404


def test_finance_uploads_the_return_and_a_wrong_one_is_refused(city: City) -> None:
    run = walk(city, build(city), "SENT_TO_BANK")
    client = browser("finance-371502")
    url = f"/office/money/{run.id}/return/"

    wrong = client.post(url, {"file": SimpleUploadedFile("r.txt", b"H|R|nonsense")})
    none = client.post(url, {})
    right = client.post(url, {"file": SimpleUploadedFile("r.txt", returned(run))})

    assert (wrong.status_code, none.status_code, right.status_code) == (422, 422, 302)
    run.refresh_from_db()
    assert run.state == "RETURNED"


def test_finance_downloads_the_bank_file_and_the_town_may_not(city: City) -> None:
    run = walk(city, build(city), "SENT_TO_BANK")
    file = run.bank_files.get()

    got = browser("finance-371502").get(f"/office/money/{run.id}/files/{file.id}/")
    refused = browser("payroll-371502101").get(f"/office/money/{run.id}/files/{file.id}/")

    assert got.content.startswith(b"H|S|371502-DIBAO-RURAL-201911-REGULAR")
    assert "attachment" in got["Content-Disposition"]
    assert refused.status_code == 403


def test_the_pay_list_opens_as_pdf(city: City) -> None:
    run = walk(city, build(city), "SENT_TO_BANK")
    page = _open("payroll-371502101", run)
    (url,) = re.findall(rf'href="(/office/money/{run.id}/lists/\d+/)"', page)

    got = browser("payroll-371502101").get(url)

    assert got["Content-Type"] == "application/pdf"
    assert got.content.startswith(b"%PDF")


def test_the_town_holds_a_line_back_with_a_reason(city: City) -> None:
    run = build(city)
    line = next(each for each in lines(run) if each.town_id == city.towns[0].id)
    client = browser("payroll-371502101")

    empty = client.post(f"/office/money/lines/{line.id}/", {"do": "hold", "hold-reason": ""})
    held = client.post(f"/office/money/lines/{line.id}/", {"do": "hold", "hold-reason": "账户待核实"})

    assert (empty.status_code, held.status_code) == (200, 302)
    assert "账户待核实" in _open("payroll-371502101", run)


def test_a_returned_line_is_put_right_by_the_town_and_paid_again_with_one_click(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 8, name="赵䶮", town=0)
    run = walk(city, build(city), "RECONCILED")
    line = next(each for each in lines(run) if each.payee_name == "赵䶮")
    with clock.at(date(2019, 11, 6)):
        before = page_of(browser("center-371502").get("/office/money/returns/"))
        browser("payroll-371502101").post(
            f"/office/money/lines/{line.id}/",
            {
                "do": "account",
                "holder_id": line.payee_id,
                "bank_code": "314",
                "bank_name": "农村商业银行",
                "number": "6230 9177 0000 0000 999",
            },
        )
        client = browser("center-371502")
        page = page_of(client.get("/office/money/returns/"))
        response = client.post(
            f"/office/money/{run.id}/do/reissue/", {"once": hidden(page, "once")}, follow=True
        )

    assert "待更正账户" in before and "重新发放 1 笔" not in before
    assert "重新发放 1 笔" in page
    assert "已编制重发批次：1笔" in response.content.decode()


def test_lines_are_paged_by_key(city: City) -> None:
    with fence(PLATFORM):
        for index in range(10, 22):
            cities.family(city, index)
    run = build(city)
    client = browser("center-371502")

    first = page_of(client.get(f"/office/money/{run.id}/?show=all&size=10"))
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = page_of(client.get(f"/office/money/{run.id}/{following.replace('&amp;', '&')}"))

    numbers = [
        re.findall(r'<tr[^>]*><td class="gov-right"[^>]*>(\d+)</td>', page) for page in (first, second)
    ]
    assert (len(numbers[0]), len(numbers[1])) == (10, 6)
    assert not set(numbers[0]) & set(numbers[1])


@pytest.mark.parametrize("username", ["payroll-371502101", "center-371502", "supervisor-371502", "auditor"])
def test_only_finance_asks_the_bank(city: City, username: str) -> None:
    run = walk(city, build(city), "SENT_TO_BANK")

    response = browser(username).post(f"/office/money/{run.id}/return/", {"fetch": "1"})

    assert response.status_code == 403
    assert "E_AUTH" in response.content.decode()


def test_a_bank_that_does_not_answer_is_said_on_the_page(city: City, settings: Any) -> None:
    settings.DEPARTMENTS_URL = "http://127.0.0.1:9"
    run = walk(city, build(city), "SENT_TO_BANK")

    response = browser("finance-371502").post(f"/office/money/{run.id}/return/", {"fetch": "1"})

    assert response.status_code == 503
    assert "E_BANK" in response.content.decode()
