"""After the grant, in a real browser: a death told in two taps, a review worked off its list, a new standard and its undo."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.benefits.acts import reviews
from jiuzhu.benefits.models import Change, Review, StandardBatch
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.calendar import next_month
from jiuzhu.documents.models import Document
from jiuzhu.jobs.queue import run_waiting
from tests.families import City as Families
from tests.journeys import moves
from tests.journeys.city import PHONE, City, Screen
from tests.journeys.test_family import registered_by_acts

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TOWN, COUNTY = "371502101", "371502"
GRANTED, TODAY = date(2021, 12, 20), date(2022, 6, 2)


@pytest.fixture
def home(city: City) -> Home:
    """Three people, one of them with a pension of 450 yuan: 900 yuan a month since January 2022."""
    city.on(GRANTED - timedelta(days=19))
    place = homes.place()
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "pension", 450)], granted_on=GRANTED)
    city.on(TODAY)
    return made


def _assistant(city: City) -> Screen:
    with fence(PLATFORM):
        username = Post.objects.get(role="VILLAGE_ASSIST", organ__code=TOWN).staff.username
    screen = city.staff(username)
    screen.page.set_viewport_size(PHONE)
    return screen


def test_a_death_is_told_by_the_village_and_the_family_gets_less_after_its_notice(
    city: City, home: Home
) -> None:
    """DYN-05: two taps, a name and a day; W36 before anything less is paid."""
    name = home.persons[2].name
    assistant = _assistant(city)
    assistant.open("/village/").press("报告变化")
    assistant.page.get_by_label("有人去世").check()
    assistant.fill("是谁", name).fill("哪一天", "2022-05-20")
    assistant.tell(
        "village",
        "报告有人去世",
        "点“有人去世”，写名字和日期，告诉乡镇。证明以后补，先报最要紧：死亡当月起要停发。",
    )
    assistant.press("告诉乡镇").sound()

    clerk = city.staff(f"clerk-{TOWN}")
    clerk.open("/office/").sees("报告有人去世")
    clerk.open("/office/changes/").sees(name)
    clerk.tell(
        "clerk",
        "待遇变更",
        "村里报上来的变化排在最前，去世标红。点“办理”，谁、原因、日期已经填好，核对后登记。",
    )
    clerk.press("办理").tell(
        "clerk", "登记减少成员", "减少的是领款人时，选新的领款人；登记后系统生成变更报告表。"
    )
    clerk.press("登记并生成变更报告表")
    clerk.fill("核实情况", "到户核实，村委会证明。")
    clerk.press("核实").sees("900.00").sees("450.00")
    address = clerk.page.url

    lead = city.staff(f"lead-{TOWN}").open(address)
    lead.tell(
        "lead",
        "决定待遇变更",
        "变更前后金额并排列出，不同的标出来。减发、停发的，告知书送达以后才执行。",
    )
    lead.press("作出决定").sound()

    clerk.open(address)
    clerk.page.get_by_label("送达方式").first.select_option("POST")
    clerk.fill("说明", "单号 12345")
    clerk.tell("clerk", "送达告知书", "少发、停发必须先送达；邮寄的写单号，当面的拍签收照片。")
    clerk.press("送达").sees("2022年6月").sound()

    assert home.amounts()[-1] == ("2022-06", "", 450)
    with fence(PLATFORM):
        assert Document.objects.filter(slug__startswith="w36", state="SERVED").count() == 1
        assert Change.objects.get().state == "DONE"


def test_a_review_is_worked_off_its_list(city: City) -> None:
    """DYN-02: the list says who is due; the departments answer anew; the visit and the opinion end it."""
    registered_by_acts(city, 0, TOWN)
    with fence(PLATFORM):
        benefit = Entitlement.objects.select_related("case__applicant").get()
        due_on = benefit.next_review_on
    city.on(due_on - timedelta(days=25))
    reviews.plan(clock.today())
    with fence(PLATFORM):
        review = Review.objects.get()

    verifier = city.staff(f"verifier-{TOWN}")
    verifier.open("/office/reviews/").sees(benefit.case.applicant.name)
    verifier.tell(
        "verifier",
        "定期复核",
        "快到期的排在最前。点姓名进去，点“凭原授权重新核对”，不用家庭再签字。",
    )
    verifier.open(f"/office/reviews/{review.id}/").press("凭原授权重新核对")
    city.departments_answer()
    city.working_days_later(2, 15)
    city.departments_answer()
    verifier.open(f"/office/reviews/{review.id}/").press("出具核对报告").sound()

    clerk = city.staff(f"clerk-{TOWN}")
    clerk.open(f"/office/reviews/{review.id}/")
    fold = clerk.page.locator("details", has_text="登记入户").first
    fold.evaluate("each => each.open = true")
    for name in ("王敏", "赵强"):
        fold.get_by_label(name).check()
    clerk.fill("入户情况", "家庭情况与核对一致。")
    clerk.click(fold.get_by_role("button", name="登记入户"))
    clerk.tell("clerk", "复核意见", "部门数据已经计入；家里另有变化才填，直接点“测算并提交决定”。")
    clerk.fill("复核意见", "经核对和入户，按测算办理。")
    clerk.press("测算并提交决定")

    lead = city.staff(f"lead-{TOWN}").open(clerk.page.url)
    lead.tell("lead", "复核决定", "不变、增加、减少或停发由测算提出；与测算不同的，要写理由。")
    lead.press("作出决定").sound()

    with fence(PLATFORM):
        review.refresh_from_db()
        assert review.state == "DONE", review.state
        assert Case.objects.count() == 1


def test_a_new_standard_is_computed_confirmed_by_another_and_undone(city: City, home: Home) -> None:
    """DYN-20: one list, its second person, its undo before the next payroll."""
    Families.publish("dibao.standard", 48000, since=date(2022, 7, 1), area_type="RURAL")
    cache.clear()
    center = city.staff(f"center-{COUNTY}")
    center.open("/office/standards/batches/")
    center.page.locator("details.gov-fold").first.evaluate("each => each.open = true")
    center.choose("救助类别", "最低生活保障").choose("城乡", "农村").fill("新标准施行日期", "2022-07-01")
    center.tell(
        "money",
        "提高标准",
        "市里公布新标准以后，选类别、城乡和施行日期，系统一次算好每户新金额；先看名单，不会马上发。",
    )
    center.click(center.page.locator("main form").first.get_by_role("button"))
    address = center.page.url
    run_waiting()
    center.open(address).sees("须由另一人确认").tell(
        "money", "调标名单", "提高多少户、每月多多少钱、补发多少都在上面；算不准的户转人工，不会漏。"
    )

    other = city.staff(f"center2-{COUNTY}").open(address)
    other.press("确认名单")
    moves.confirmed(other, "批次生效")
    assert home.amounts()[-1] == ("2022-07", "", 990)
    other.page.locator("details.gov-fold", has_text="撤销批次").evaluate("each => each.open = true")
    other.fill("撤销理由", "市里文件更正了施行日期")
    other.tell("money", "撤销批次", "列入发放名单之前可以撤销，金额恢复原样；理由必须写。")
    other.click(other.page.locator("details", has_text="撤销批次").get_by_role("button", name="撤销批次"))
    other.sees("批次已撤销").sound()

    assert home.amounts()[-1] == (f"{next_month(GRANTED):%Y-%m}", "", 900)
    with fence(PLATFORM):
        assert StandardBatch.objects.get().state == "UNDONE"
