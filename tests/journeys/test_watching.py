"""The month's cross-check in a real browser: an alert is found, read, answered; a change's clock stands still (SUP-20, CLK-CHG)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import changes, crosscheck, places
from jiuzhu.benefits.models import Alert
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home
from jiuzhu.core import clock
from jiuzhu.people.models import Membership, Person
from tests.journeys import moves
from tests.journeys.city import DESKTOP, PHONE, City

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TOWN = "371502101"
GRANTED, TODAY = date(2021, 12, 20), date(2022, 6, 2)


@pytest.fixture
def home(city: City) -> Home:
    city.on(GRANTED - timedelta(days=19))
    made = homes.place().home([ADULT, SPOUSE, CHILD], [(0, "pension", 450)], granted_on=GRANTED)
    city.on(TODAY)
    return made


def test_an_alert_is_answered_by_the_clerk_on_a_phone(city: City, home: Home) -> None:
    with fence(PLATFORM):
        people = type(home.persons[1]).objects.filter(pk=home.persons[1].pk)
        people.update(died_on=date(2022, 4, 3))
    crosscheck.look_through(clock.today())

    verifier = city.staff(f"verifier-{TOWN}").open("/office/alerts/").sees("本月还有 1 户没有比对")
    verifier.sound()
    clerk = city.staff(f"clerk-{TOWN}").open("/office/").sees("预警待查清")
    clerk.open("/office/alerts/").sees("有人去世")
    clerk.sound()
    clerk.page.set_viewport_size(PHONE)
    clerk.open("/office/alerts/").sound()
    clerk.click(clerk.page.get_by_role("link", name=home.persons[0].name).first).sees("2022-04-03")
    clerk.page.get_by_label("属实", exact=True).check()
    clerk.fill("查清情况", "家属确认已去世，另办变更")
    clerk.sound()
    clerk.press("登记查清结果").sees("已登记查清结果").sees("登记变更：减少家庭成员")

    with fence(PLATFORM):
        assert Alert.objects.get().result == "CONFIRMED"


def test_a_certificate_that_ended_is_renewed_from_its_alert(city: City) -> None:
    """SUP-20: the former and the new certificate stand side by side; the amount stays."""
    city.on(GRANTED - timedelta(days=19))
    disabled = SPOUSE | {"disability_category": "4", "disability_grade": "2"}
    home = homes.place().home([ADULT, disabled, CHILD], [(0, "pension", 450)], granted_on=GRANTED)
    with fence(PLATFORM):
        Membership.objects.filter(person=home.persons[1]).update(disability_until=TODAY - timedelta(days=1))
    city.on(TODAY)
    crosscheck.look_through(clock.today())
    with fence(PLATFORM):
        number = Alert.objects.get(kind="DISABILITY").id

    clerk = city.staff(f"clerk-{TOWN}").open(f"/office/alerts/{number}/")
    clerk.press("登记变更：残疾证换证、续期").fill("有效期至", "2032-05-31").sound()
    clerk.page.set_viewport_size(PHONE)
    clerk.sound().press("登记并生成变更报告表").sees("变更已登记")
    clerk.fill("核实情况", "已查看新证原件。").press("核实并测算").sees("变更前后对照").sound()
    lead = city.staff(f"lead-{TOWN}").open(clerk.page.url).sees("肢体二级，有效期至2022年6月1日")
    lead.sees("肢体二级，有效期至2032年5月31日").sees("金额不变").sound()
    lead.press("作出决定").sees("决定已作出并生效")
    lead.open(f"/office/benefits/{home.entitlement_id}/").sees("肢体二级，有效期至2032年5月31日").sound()


def test_a_village_that_stands_out_is_answered_by_the_supervisor(city: City) -> None:
    """SUP-20: five grants in one village in one month."""
    city.on(GRANTED - timedelta(days=19))
    place = homes.place()
    for _ in range(5):
        place.home([ADULT], granted_on=date(2022, 5, 20))
    city.on(TODAY)
    places.look_over(clock.today())

    supervisor = city.staff("supervisor-371502").open("/office/").sees("村镇预警待查清")
    supervisor.open("/office/alerts/places/").sees("一村集中批准").sound()
    supervisor.page.set_viewport_size(PHONE)
    supervisor.open("/office/alerts/places/").sound()
    supervisor.click(supervisor.page.get_by_role("link", name="一村集中批准").first).sees("已批准5件")
    supervisor.page.get_by_label("属实，有正当原因", exact=True).check()
    supervisor.fill("查清情况", "整村排查后集中申请，已抽查两户")
    supervisor.sound()
    supervisor.press("登记查清结果").sees("已登记查清结果")


def test_the_head_stops_a_clock_claims_money_back_and_suspends(city: City, home: Home) -> None:
    """CLK-CHG, DYN-22, DYN-13: a change's clock stands still; instalments are kept from later lists; payment is suspended."""
    home.city.pay(date(2022, 6, 1))
    with fence(home.city.staff("TOWN_CLERK")) as clerk:
        change = changes.report(
            clerk,
            home.entitlement_id,
            "CH-INC",
            {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 1000}]},
        )
    lead = city.staff(f"lead-{TOWN}").open(f"/office/changes/{change.uid}/")
    lead.press("暂停计时").choose("暂停事由", "需要医疗、残疾等鉴定").fill("理由", "等待残疾评定")
    lead.fill("依据文书号", "残评1号").sound()
    lead.press("暂停计时").sees("已暂停计时")
    lead.page.set_viewport_size(PHONE)
    lead.sound()
    lead.press("恢复计时").sees("残评1号")
    lead.press("恢复计时").sees("已恢复计时")

    lead.page.set_viewport_size(DESKTOP)
    lead.open(f"/office/benefits/{home.entitlement_id}/claim/")
    lead.fill("多发金额", "300").choose("从哪个月", "2022年6月，发放900.00元")
    lead.choose("到哪个月", "2022年6月，发放900.00元").fill("原因", "漏报养老金").sound()
    lead.press("认定多发").sees("待定退回方式").sees("270.00")
    lead.page.get_by_label("经同意从以后的救助金中抵扣").check()
    lead.fill("分几期", "2").attach("[name=consent]").press("签发追回告知书").sees("第2期").sound()
    lead.page.set_viewport_size(PHONE)
    lead.sound()

    _suspended(home)
    clerk = city.staff(f"clerk-{TOWN}").open(f"/office/benefits/{home.entitlement_id}/")
    clerk.sees("人员下落不明，从2022年7月起暂停发放").sees("恢复发放").sound()
    clerk.page.set_viewport_size(PHONE)
    clerk.sound()


def _suspended(home: Home) -> None:
    with fence(home.city.staff("TOWN_CLERK")) as clerk:
        change = changes.report(clerk, home.entitlement_id, "CH-SUS", {"why": "UNTRACEABLE"})
        changes.examine(clerk, change.uid, text="三次上门均无人应答。")
    with fence(home.city.staff("TOWN_LEAD")) as lead:
        changes.decide(lead, change.uid)


def _joined(city: City) -> tuple[Home, Person]:
    """A couple in benefit whose grown child has joined and not signed."""
    city.on(GRANTED - timedelta(days=19))
    place = homes.place()
    home = place.home([ADULT, SPOUSE], [(0, "pension", 450)], granted_on=GRANTED)
    with fence(PLATFORM):
        joined = place._person(home.entitlement.household, CHILD, 7, GRANTED)
    city.on(TODAY)
    return home, joined


def test_who_joined_signs_on_a_phone_before_the_review_and_later_all_sign_anew(city: City) -> None:
    """VER-21: the day list leads to whoever has not signed; the family sees it too."""
    home, joined = _joined(city)

    clerk = city.staff(f"clerk-{TOWN}").open("/office/").sees("核对授权待签署")
    clerk.click(clerk.page.get_by_role("link", name="核对授权待签署").first).sees(home.persons[0].name)
    clerk.open(f"/office/benefits/{home.entitlement_id}/").sees(f"还没有签字：{joined.name}").sound()
    clerk.tell(
        "clerk",
        "补签核对授权",
        "新加入、满十八周岁、回到家里的成年人没有签过授权，复核前要签；快到期的点“全家重新签署”，签齐之前原授权仍然有效。",
    )
    clerk.page.set_viewport_size(PHONE)
    clerk.sound().press("去签授权").sees(f"还有 1 人没有签：{joined.name}").sound()
    moves.sign_all(clerk)
    clerk.sees("成年人都签好了")
    clerk.open(f"/office/benefits/{home.entitlement_id}/").press("全家重新签署").sees(
        "还有 3 人没有签"
    ).sound()
    clerk.open(f"/office/benefits/{home.entitlement_id}/").sees("正在重新签署").sound()

    family = city.phone()
    moves.enter(family, {"people": [{"name": home.persons[0].name, "id_no": home.persons[0].id_no}]})
    family.open(f"/mine/benefits/{home.entitlement_id}/").sees("请签核对授权").sound()
    family.press("去签授权书").sees("全部签好后才能复核").sound()


def test_a_member_elsewhere_signs_by_link_and_the_family_takes_its_consent_back(city: City) -> None:
    """VER-21, VER-23: the link asks who he is and opens one signature; taking back says what follows."""
    home, joined = _joined(city)
    mine = f"/mine/benefits/{home.entitlement_id}/"

    family = city.phone()
    moves.enter(family, {"people": [{"name": home.persons[0].name, "id_no": home.persons[0].id_no}]})
    family.open(mine).press("去签授权书").press("发给本人签").sees(f"请{joined.name}用自己的手机扫码").sound()
    link = family.page.locator(".gov-mono.gov-break").inner_text()

    elsewhere = city.phone().open(link).sees("请先确认是本人").sound()
    elsewhere.fill("身份证号后 6 位", "00000X").press("继续").sees("后 6 位").sound()
    elsewhere.fill("身份证号后 6 位", joined.id_no[-6:]).press("继续").sees("授权").sound()
    elsewhere.page.locator("#read").check()
    elsewhere.draw().press("同意并签字").sees("签好了").sound()
    elsewhere.open(link)
    assert elsewhere.page.get_by_role("button", name="同意并签字").count() == 0
    elsewhere.sound()

    family.open(mine)
    assert "请签核对授权" not in family.page.content()
    family.page.get_by_text("撤回核对授权").click()
    family.sound().fill("为什么撤回", "不想再被查询").press("撤回授权").sees("不再向部门查询").sound()

    clerk = (
        city.staff(f"clerk-{TOWN}").open(f"/office/benefits/{home.entitlement_id}/").sees("已失效").sound()
    )
    family.open(mine).sees("在手机上就能签").sound().press("全家重新签署").sees("还有 3 人没有签").sound()
    clerk.open(f"/office/benefits/{home.entitlement_id}/").sees("正在重新签署").sound()


def test_a_member_goes_to_prison_and_the_family_stays_on(city: City) -> None:
    """HH-11, AS-57: when he is due home is entered with his leaving; the night tells of it."""
    city.on(GRANTED - timedelta(days=19))
    home = homes.place().home([ADULT, SPOUSE, CHILD], [(0, "pension", 150)], granted_on=GRANTED)
    city.on(TODAY)
    clerk = city.staff(f"clerk-{TOWN}").open(f"/office/benefits/{home.entitlement_id}/change/CH-DEL/")
    clerk.choose("谁", home.persons[1].name).choose("原因", "在监狱服刑")
    clerk.fill("预计返回日期", f"{TODAY + timedelta(days=200):%Y-%m-%d}").fill(
        "发生日期", f"{TODAY:%Y-%m-%d}"
    ).sound()
    clerk.page.set_viewport_size(PHONE)
    clerk.sound().press("登记并生成变更报告表").sees("在监狱服刑，预计").sound()
