"""The screens on benefits through plain HTTP: a death told in two taps until the notice is served, lists, batch, recovery."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from django.core.cache import cache

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import alerts, changes, crosscheck, places, recovery, reviews, standard
from jiuzhu.benefits.models import Alert, Change, Overpay, PlaceAlert, Review, StandardBatch
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, OLD, SPOUSE, Home, Place
from jiuzhu.cases.acts import service
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.intake import acts as intake
from jiuzhu.intake.models import ChangeReport
from jiuzhu.office.tests.test_money import browser, hidden
from jiuzhu.people.models import Membership, Person
from tests.families import City
from tests.pages import page_of

CLERK, LEAD, CENTER, OTHER = "clerk-371502101", "lead-371502101", "center-371502", "center2-371502"


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2021, 12, 1)):
        made = homes.place()
    with clock.at(date(2022, 6, 2)):
        yield made


@pytest.fixture
def home(place: Place) -> Home:
    return place.home([ADULT, SPOUSE, CHILD], [(0, "pension", 450)], granted_on=date(2021, 12, 20))


def test_a_death_reported_by_the_village_becomes_a_change_with_one_click(home: Home) -> None:
    with fence(PLATFORM):
        entitlement = home.entitlement
        told = intake.report_change(
            PLATFORM,
            town_id=entitlement.town_id,
            village_code=entitlement.village_code,
            kind="DEATH",
            person=home.persons[2].name,
            text="",
            happened_on=date(2022, 5, 20),
        )
    clerk, lead = browser(CLERK), browser(LEAD)
    assert "报告有人去世" in clerk.get("/office/").content.decode()
    assert home.persons[2].name in clerk.get("/office/changes/").content.decode()
    address = clerk.get(f"/office/changes/reports/{told.id}/")["Location"]
    form = clerk.get(address).content.decode()
    assert 'value="2022-05-20"' in form and re.search(rf'value="{home.ref(2)}" selected', form)
    sent = {
        "person": home.ref(2),
        "why": "DEATH",
        "happened_on": "2022-05-20",
        "report": told.id,
        "once": hidden(form, "once"),
    }
    page = clerk.post(address, sent)["Location"]
    assert clerk.post(address, sent).status_code == 409
    with fence(PLATFORM):
        assert ChangeReport.objects.get(pk=told.id).answered_at
    clerk.post(page, {"do": "examine", "text": "已到户核实"})
    shown = lead.get(page).content.decode()
    assert "900.00元" in shown and "450.00元" in shown
    assert lead.post(page, {"do": "decide", "result": "DECREASE"}).status_code == 302
    served = clerk.post(page, {"do": "serve", "mode": "POST", "note": "单号12345"})
    assert served.status_code == 302
    assert home.amounts()[-1] == ("2022-06", "", 450)
    assert "2022年6月" in clerk.get(page).content.decode()


def test_lists_and_pages_open_for_those_who_may_and_for_nobody_else(home: Home) -> None:
    reviews.plan(date(2022, 12, 1))
    with fence(PLATFORM):
        review = Review.objects.get()
    number = home.entitlement_id
    pages = [
        "benefits/",
        f"benefits/{number}/",
        "changes/",
        "reviews/",
        f"reviews/{review.id}/",
        "recoveries/",
    ]
    for username in (CLERK, LEAD, "approver-371502", "verifier-371502101"):
        for page in pages:
            assert browser(username).get(f"/office/{page}").status_code == 200, (username, page)
    for kind in (
        "CH-ADD",
        "CH-DEL",
        "CH-INC",
        "CH-CLS",
        "CH-ACC",
        "CH-CERT",
        "CH-JOB",
        "CH-SUS",
        "CH-END",
    ):
        assert browser(CLERK).get(f"/office/benefits/{number}/change/{kind}/").status_code == 200, kind
    assert browser("clerk-371522001").get(f"/office/benefits/{number}/").status_code == 404
    assert browser("clerk-371522001").get(f"/office/reviews/{review.id}/").status_code == 404
    assert browser(CLERK).get("/office/standards/batches/").status_code == 403
    late = browser(CLERK).get("/office/benefits/?review=soon&state=ACTIVE").content.decode()
    assert "没有符合条件" in late


def test_a_refused_form_says_why_and_keeps_what_was_typed(home: Home) -> None:
    page = browser(CLERK).post(
        f"/office/benefits/{home.entitlement_id}/change/CH-DEL/",
        {"person": home.ref(2), "why": "DEATH", "happened_on": "2022-06-09"},
    )
    assert page.status_code == 422
    assert "不能晚于今天" in page.content.decode() and 'value="2022-06-09"' in page.content.decode()
    with fence(PLATFORM):
        assert not Change.objects.exists()


def test_a_standard_is_computed_confirmed_and_in_effect_by_the_buttons(home: Home) -> None:
    City.publish("dibao.standard", 48000, since=date(2022, 7, 1), area_type="RURAL")
    cache.clear()
    first, second = browser(CENTER), browser(OTHER)
    assert "新标准待调整" in first.get("/office/").content.decode()
    assert "新标准待调整" not in browser(CLERK).get("/office/").content.decode()
    listed = first.get("/office/standards/batches/").content.decode()
    assert "农村低保" in listed and 'name="since" value="2022-07-01"' in listed and "1户" in listed
    page = first.post(
        "/office/standards/batches/",
        {"do": "open", "aid_type": "DIBAO", "area_type": "RURAL", "since": "2022-07-01"},
    )["Location"]
    assert "新标准待调整" not in first.get("/office/").content.decode()
    assert "还没有调整" not in first.get("/office/standards/batches/").content.decode()
    assert "已测算户数" in first.get(page).content.decode()
    with fence(PLATFORM):
        batch = StandardBatch.objects.get()
    standard.compute(batch.id)
    assert "须由另一人确认" in first.get(page).content.decode()
    assert "调标名单待确认" not in first.get("/office/").content.decode()
    assert "调标名单待确认" in second.get("/office/").content.decode()
    assert second.post(page, {"do": "confirm"}).status_code == 302
    assert second.post(page, {"do": "apply"}).status_code == 302
    assert home.amounts()[-1] == ("2022-07", "", 990)
    assert "已生效" in first.get(page).content.decode()


def test_overpaid_money_is_claimed_and_brought_back_by_the_forms(home: Home) -> None:
    lead, clerk = browser(LEAD), browser(CLERK)
    assert (
        "还没有列入过发放名单" in lead.get(f"/office/benefits/{home.entitlement_id}/claim/").content.decode()
    )
    home.city.pay(date(2022, 6, 1))
    made = lead.post(
        f"/office/benefits/{home.entitlement_id}/claim/",
        {"do": "claim", "yuan": "300", "since": "2022-06-01", "until": "2022-06-01", "cause": "隐瞒收入"},
    )
    page = made["Location"]
    assert "每期不超过月救助金三成" in lead.get(page).content.decode()
    assert "由有审批权的负责人确定退回方式" in clerk.get(page).content.decode()
    assert lead.post(page, {"do": "plan", "way": "CASH", "instalments": "2"}).status_code == 302
    shown = clerk.get(page).content.decode()
    assert "第2期" in shown and "待缴回" in shown and "2022年6月" in shown
    assert (
        clerk.post(
            page, {"do": "repay", "yuan": "300", "paid_on": "2022-06-02", "voucher_no": "P1"}
        ).status_code
        == 302
    )
    with fence(PLATFORM):
        overpay = Overpay.objects.get()
        assert overpay.closed_on and recovery.left_fen(overpay) == 0


def test_an_alert_is_read_and_answered_and_leads_to_its_change(home: Home) -> None:
    """SUP-20: the verifier asks, the clerk answers; the change it usually leads to is one click away."""
    with fence(PLATFORM):
        type(home.persons[1]).objects.filter(pk=home.persons[1].pk).update(died_on=date(2022, 4, 3))
    crosscheck.look_through(clock.today())
    clerk, verifier = browser(CLERK), browser("verifier-371502101")
    listed = clerk.get("/office/alerts/").content.decode()
    assert "有人去世" in listed and "预警待查清" in clerk.get("/office/").content.decode()
    assert "发起本月比对" in verifier.get("/office/alerts/").content.decode()
    with fence(PLATFORM):
        number = Alert.objects.get().id
    page = clerk.get(f"/office/alerts/{number}/").content.decode()
    assert f"/office/benefits/{home.entitlement_id}/change/CH-DEL/" in page
    wrong = clerk.post(f"/office/alerts/{number}/", {"do": "answer", "result": "CONFIRMED", "text": "是"})
    assert wrong.status_code == 422 and "怎样查清" in wrong.content.decode()
    sent = {"do": "answer", "result": "CONFIRMED", "text": "家属确认已去世，另办变更"}
    assert clerk.post(f"/office/alerts/{number}/", sent).status_code == 302
    assert "没有待查清的预警" in clerk.get("/office/alerts/").content.decode()
    assert browser("clerk-371522001").get(f"/office/alerts/{number}/").status_code == 404
    assert verifier.post("/office/alerts/ask/").status_code == 302


def alerted(home: Home, kind: str, person: int = 1) -> str:
    """An alert of a kind as the night's or the month's check keeps it; the address of its page."""
    entitlement = home.entitlement
    seen = alerts.Seen(
        entitlement.id, entitlement.county_id, kind, "x", "某事", person_id=home.persons[person].id
    )
    with fence(PLATFORM):
        alerts.tell([seen])
        return f"/office/alerts/{Alert.objects.get(kind=kind, entitlement=entitlement).id}/"


def next_step(page: str) -> str:
    """The one link an alert's page offers besides the benefit itself."""
    return unescape(re.search(r'btn-outline-primary" href="([^"]+)"', page)[1])


def test_sup_20_an_ended_certificate_leads_to_its_renewal_with_person_and_class_filled_in(
    place: Place,
) -> None:
    disabled = SPOUSE | {"disability_category": "4", "disability_grade": "2"}
    home = place.home([ADULT, disabled, CHILD], [(0, "pension", 450)], granted_on=date(2021, 12, 20))
    with fence(PLATFORM):
        spans = Membership.objects.filter(person=home.persons[1])
        spans.update(disability_until=date(2022, 6, 1))
    crosscheck.look_through(clock.today())
    clerk, lead = browser(CLERK), browser(LEAD)
    with fence(PLATFORM):
        number = Alert.objects.get(kind="DISABILITY").id
    page = clerk.get(f"/office/alerts/{number}/").content.decode()
    assert "登记变更：残疾证换证、续期" in page
    form = clerk.get(next_step(page)).content.decode()
    for value in (home.ref(1), "4", "2"):
        assert re.search(rf'<option value="{value}" selected', form), value
    sent = {"person": home.ref(1), "disability_category": "4", "disability_grade": "2"}
    address = f"/office/benefits/{home.entitlement_id}/change/CH-CERT/"
    wrong = clerk.post(address, sent | {"disability_until": "2022-06-01"})
    assert wrong.status_code == 422 and "不能早于今天" in wrong.content.decode()
    gone = clerk.post(
        address, {"person": home.ref(1), "disability_category": "NONE", "disability_grade": "2"}
    )
    assert "现为没有残疾证" in clerk.get(gone["Location"]).content.decode()
    clerk.post(gone["Location"], {"do": "drop", "reason": "选错了，证还在"})
    made = clerk.post(address, sent | {"disability_until": "2032-05-31"})["Location"]
    clerk.post(made, {"do": "examine", "text": "已查看新证原件"})
    shown = lead.get(made).content.decode()
    assert "肢体二级，有效期至2022年6月1日" in shown and "肢体二级，有效期至2032年5月31日" in shown
    assert lead.post(made, {"do": "decide", "result": "KEEP"}).status_code == 302
    assert "有效期至2032年5月31日" in clerk.get(f"/office/benefits/{home.entitlement_id}/").content.decode()
    with fence(PLATFORM):
        assert spans.get().disability_until == date(2032, 5, 31)


def test_a_report_of_illness_or_disability_may_become_either_change(home: Home) -> None:
    with fence(PLATFORM):
        entitlement = home.entitlement
        told = intake.report_change(
            PLATFORM,
            town_id=entitlement.town_id,
            village_code=entitlement.village_code,
            kind="ILLNESS",
            person=home.persons[1].name,
            text="换了新的残疾证",
            happened_on=date(2022, 5, 20),
        )
    page = browser(CLERK).get(f"/office/changes/reports/{told.id}/").content.decode()
    assert "残疾证换证、续期" in page and "收入、财产变化" in page
    here = f"/office/benefits/{home.entitlement_id}/change/CH-CERT/?report={told.id}"
    form = browser(CLERK).get(here).content.decode()
    assert here in page and re.search(rf'value="{home.ref(1)}" selected', form)


def test_an_account_left_by_the_dead_is_to_be_changed(home: Home) -> None:
    """PAY-07: said on the page of the benefit until the account is another's."""
    page, asked = f"/office/benefits/{home.entitlement_id}/", "账户户名是已去世的"
    assert asked not in browser(CLERK).get(page).content.decode()
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[0].pk).update(died_on=date(2022, 5, 20))
    assert asked in browser(CLERK).get(page).content.decode()
    assert asked not in browser(LEAD).get(page).content.decode()


def test_a_death_of_a_supported_person_leads_to_the_end_of_support(place: Place) -> None:
    """TK-12: nothing to choose but that page; the report is answered from its own."""
    alone = place.home([OLD], granted_on=date(2021, 12, 20), aid_type="TEKUN")
    with fence(PLATFORM):
        told = intake.report_change(
            PLATFORM,
            town_id=alone.entitlement.town_id,
            village_code=alone.entitlement.village_code,
            kind="DEATH",
            person=alone.persons[0].name,
            text="",
            happened_on=date(2022, 5, 20),
        )
    page = browser(CLERK).get(f"/office/changes/reports/{told.id}/").content.decode()

    assert f"/office/cases/{alone.entitlement.case.uid}/support/" in page and "终止供养" in page
    assert browser(CLERK).get(f"/office/benefits/{alone.entitlement_id}/change/CH-DEL/").status_code == 409


def test_an_alert_of_a_prison_leads_to_the_member_leaving_and_of_a_supported_person_to_the_end_of_support(
    home: Home, place: Place
) -> None:
    clerk = browser(CLERK)
    form = clerk.get(next_step(clerk.get(alerted(home, "PRISON")).content.decode())).content.decode()
    assert re.search(rf'value="{home.ref(1)}" selected', form)
    assert re.search(r'value="PRISON" selected', form)

    alone = place.home([OLD], granted_on=date(2021, 12, 20), aid_type="TEKUN")
    page = clerk.get(alerted(alone, "PRISON", 0)).content.decode()
    assert "终止供养" in page and next_step(page) == f"/office/cases/{alone.entitlement.case.uid}/support/"


def test_alerts_are_searched_by_kind_and_level_and_say_where_their_date_comes_from(home: Home) -> None:
    with fence(PLATFORM):
        type(home.persons[1]).objects.filter(pk=home.persons[1].pk).update(died_on=date(2022, 4, 3))
    crosscheck.look_through(clock.today())
    clerk = browser(CLERK)
    for query, shown in (
        ("?kind=DEATH", True),
        ("?level=E", True),
        ("?kind=WAGE", False),
        ("?level=W", False),
        ("?scope=all&kind=DEATH", True),
    ):
        assert ("没有待查清的预警" not in clerk.get(f"/office/alerts/{query}").content.decode()) is shown, (
            query
        )
    with fence(PLATFORM):
        number = Alert.objects.get().id
    page = clerk.get(f"/office/alerts/{number}/").content.decode()
    assert "查清须立即查清的预警（工作日）：5（系统缺省值，规则 SUP-20）" in page


def test_a_village_that_stands_out_is_looked_into_by_the_supervisor(place: Place) -> None:
    """SUP-20: read by the county's supervisor and the auditor, answered by the supervisor."""
    for _ in range(5):
        place.home([ADULT], granted_on=date(2022, 5, 20))
    elsewhere = place.home([ADULT], granted_on=date(2022, 4, 29))
    places.look_over(clock.today())
    with fence(PLATFORM):
        number = PlaceAlert.objects.get().id
    supervisor, page = browser("supervisor-371502"), f"/office/alerts/places/{number}/"
    assert "村镇预警待查清" in supervisor.get("/office/").content.decode()
    listed = supervisor.get("/office/alerts/places/").content.decode()
    assert "一村集中批准" in listed and "2022年5月已批准5件" in listed and place.town.name in listed
    assert "一村集中批准</a>" not in supervisor.get("/office/alerts/places/?kind=RATE").content.decode()
    shown = supervisor.get(page).content.decode()
    assert "一村一月批准数预警（件）：5" in shown and "已备案近亲属" not in shown
    with fence(PLATFORM):
        seen = {case.id for case in Case.objects.all() if f"/office/cases/{case.uid}/" in shown}
        assert len(seen) == 5 and elsewhere.entitlement.case_id not in seen
    wrong = supervisor.post(page, {"do": "answer", "result": "EXPLAINED", "text": "是"})
    assert wrong.status_code == 422 and "怎样查清" in wrong.content.decode()
    sent = {"do": "answer", "result": "EXPLAINED", "text": "整村排查后集中申请，已抽查"}
    assert browser("auditor").post(page, sent).status_code == 403
    assert supervisor.post(page, sent).status_code == 302
    assert "没有待查清的预警" in supervisor.get("/office/alerts/places/").content.decode()
    assert "属实，有正当原因" in supervisor.get("/office/alerts/places/?scope=all").content.decode()
    assert browser(CLERK).get("/office/alerts/places/").status_code == 403
    assert browser("supervisor-371522").get(page).status_code == 404


def test_the_head_stops_the_twenty_days_of_a_change_and_lets_them_run_on(home: Home) -> None:
    lead = browser(LEAD)
    with fence(home.city.staff("TOWN_CLERK")) as clerk:
        change = changes.report(
            clerk,
            home.entitlement_id,
            "CH-INC",
            {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 1000}]},
        )
    here = f"/office/changes/{change.uid}/"
    assert "暂停计时" in lead.get(here).content.decode()
    sent = {"do": "pause", "kind": "PAU-2", "reason": "等待残疾评定", "document_no": "残评1号"}
    assert lead.post(f"{here}clock/", sent).status_code == 302
    assert "已暂停计时" in lead.get(here).content.decode()
    assert "恢复计时" in lead.get(f"{here}clock/").content.decode()
    assert lead.post(f"{here}clock/", {"do": "pause"}).status_code == 302
    assert "已暂停计时" not in lead.get(here).content.decode()


def test_a_suspended_benefit_says_why_and_until_when_and_keeps_nothing_back(home: Home) -> None:
    """DYN-13, DYN-22: what is not paid cannot be kept; resuming comes first among what may be done."""
    home.city.pay(date(2022, 6, 1))
    lead, clerk = browser(LEAD), browser(CLERK)
    with fence(home.city.staff("TOWN_CLERK")) as actor:
        change = changes.report(actor, home.entitlement_id, "CH-SUS", {"why": "UNTRACEABLE"})
        changes.examine(actor, change.uid, text="三次上门均无人应答。")
    with fence(home.city.staff("TOWN_LEAD")) as head:
        changes.decide(head, change.uid)
        overpay = recovery.claim(
            head,
            home.entitlement_id,
            amount_fen=30000,
            months=[date(2022, 6, 1)],
            cause="漏报养老金",
        )

    assert "告知书待送达" in clerk.get("/office/").content.decode()
    assert "多发待定退回方式" in lead.get("/office/").content.decode()
    waiting = clerk.get("/office/changes/?scope=unserved").content.decode()
    assert f"/office/changes/{change.uid}/" in waiting
    where = f"/office/cases/{home.entitlement.case.uid}/?tab=papers"
    assert where in clerk.get(f"/office/changes/{change.uid}/").content.decode()
    assert where not in lead.get(f"/office/changes/{change.uid}/").content.decode()

    page = page_of(clerk.get(f"/office/benefits/{home.entitlement_id}/"))
    assert "人员下落不明，从2022年7月起暂停发放；最迟2022年9月恢复发放或者停发" in page
    assert page.index("恢复发放</a>") < page.index("增加家庭成员</a>") and "送达告知书" in page
    with clock.at(date(2022, 9, 5)):
        assert "暂停到期" in clerk.get("/office/").content.decode()
        assert (
            f"/office/benefits/{home.entitlement_id}/"
            in clerk.get("/office/benefits/?pending=pause").content.decode()
        )
    with clock.at(date(2022, 7, 5)):
        later = page_of(clerk.get(f"/office/benefits/{home.entitlement_id}/"))
    assert "<dt>本月金额</dt><dd>暂停发放</dd>" in later
    with fence(home.city.staff("TOWN_CLERK")) as actor:
        [paper] = Document.objects.filter(code="W36")
        service.serve_paper(actor, home.entitlement.case.uid, paper.id, mode="POST", note="单号1")
    assert (
        f"/office/changes/{change.uid}/" not in clerk.get("/office/changes/?scope=unserved").content.decode()
    )
    plan = lead.get(f"/office/recoveries/{overpay.id}/").content.decode()
    assert "待遇没有在发，不能抵扣" in plan and 'value="OFFSET"' not in plan


def test_a_stopped_benefit_says_what_is_open_before_it_is_closed(home: Home) -> None:
    with fence(home.city.staff("TOWN_CLERK")) as clerk:
        change = changes.report(clerk, home.entitlement_id, "CH-END", {"why": "ST-VOLUNTARY"})
        changes.examine(clerk, change.uid, text="本人书面要求退出。")
    with fence(home.city.staff("TOWN_LEAD")) as head:
        changes.decide(head, change.uid)
    with fence(home.city.staff("TOWN_CLERK")) as clerk:
        changes.serve(clerk, change.uid, mode="POST", note="单号1")
    page = f"/office/benefits/{home.entitlement_id}/"
    assert "还不能结清：最后月份2022年06月还没有过完" in browser(CLERK).get(page).content.decode()
    with clock.at(date(2022, 7, 2)):
        assert "结清归档</button>" in page_of(browser(CLERK).get(page))
        assert browser(CLERK).post(f"{page}close/").status_code == 422
