"""Whole families in a real browser, from the first word to the end, through every role."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.connectors.contract import Transport
from jiuzhu.core import clock
from jiuzhu.infra.walk import Walker, family_walk
from jiuzhu.jobs.queue import run_waiting
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.models import LineResult, PayLine
from jiuzhu.publicity.models import Posting
from tests.journeys import moves
from tests.journeys.city import PHONE, City, Screen

pytestmark = [pytest.mark.journey, pytest.mark.slow]

COUNTY_TOWN, DELEGATED_TOWN = ("371522102", "朝城镇"), ("371581101", "松林镇")
PLAIN_POOR, BOUGHT_CAR = 0, 5


def _family(city: City, number: int, town: tuple[str, str]) -> dict[str, Any]:
    return city.families(number) | {"town": town[0], "area": "RURAL"}


def _case() -> Case:
    with fence(PLATFORM):
        return Case.objects.get()


def _state() -> str:
    return _case().state


def _first_steps(city: City, family: dict[str, Any], town: tuple[str, str], *, manual: bool) -> Screen:
    """Sign-in, intention, everybody's signature; returns the family's phone."""
    phone = city.phone()
    if manual:
        phone.open("/").tell(
            "citizen", "首页", "大按钮，一件事一个。右上角可以打开长者模式（字更大、间距更宽）。"
        )
    moves.enter(phone, family, manual=manual)
    moves.register(phone, city, family, town[1], manual=manual)
    phone.press("现在去签授权")
    moves.sign_all(phone, manual=manual)
    assert _state() == "AUTHORISED"
    return phone


def _until_forwarded(
    city: City, family: dict[str, Any], town: tuple[str, str], phone: Screen, *, manual: bool
) -> str:
    """From the filled form to the township's opinion; returns the case's uid."""
    uid = str(_case().uid)
    moves.fill_the_form(phone, family, manual=manual)
    assert _state() == "APPLIED"
    if manual:
        phone.tell("citizen", "办理进度", "用平常话说办到哪一步、什么时候有结果、要不要做什么。")
    city.working_days_later(1)
    clerk = city.staff(f"clerk-{town[0]}")
    if manual:
        clerk.tell("clerk", "今日待办", "每天从这里开始：先办红的、橙的；右边按钮直接进入要办的一步。")
        clerk.open(f"/office/cases/{uid}/").tell(
            "clerk", "案件页", "家庭、核对、测算、文书、轨迹都在一页；号码默认遮住，查看须填用途并留痕。"
        )
    told = ("受理", "材料齐全就受理，20 个工作日从今天起算；缺材料只能一次告知补正。") if manual else ("", "")
    moves.do(clerk, uid, "受理", chapter="clerk" if manual else "", told=told)
    assert _state() == "ACCEPTED"
    city.working_days_later(1)
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "开始入户调查")
    city.working_days_later(2, 15)
    moves.visit(city, town[0], uid, manual=manual)
    assert _state() == "TOWN_REVIEW"
    city.working_days_later(1)
    told = ("审核", "条件和测算已经算好，逐条可以点开；写一句意见就能上报。") if manual else ("", "")
    moves.do(city.staff(f"lead-{town[0]}"), uid, "提出审核意见", chapter="lead" if manual else "", told=told)
    city.working_days_later(2)
    return uid


def _verified(city: City, town: tuple[str, str], *, manual: bool) -> str:
    uid = str(_case().uid)
    moves.verify(city, town[0], uid, manual=manual)
    return uid


def _wait_for_the_end_of_the_posting(city: City) -> None:
    with fence(PLATFORM):
        ends_on = Posting.objects.latest("id").ends_on
    city.on(parameters.calendar().add_working_days(ends_on, 1).on, 9)


def _photograph(city: City, town: str, moment: str, *, manual: bool = False) -> None:
    """The clerk puts the photo of the board in."""
    clerk = city.staff(f"clerk-{town}")
    clerk.open(f"/office/cases/{_case().uid}/posting/")
    clerk.page.locator(f"[name=moment][value={moment}]").check()
    clerk.attach("[name=photo]", "posting").press("上传照片")
    if manual:
        clerk.tell(
            "clerk", "公示", "公示单只有规定公开的内容；开始、期满各传一张照片；满七天无异议就正式批准。"
        )


def _end_posting(city: City, town: str) -> None:
    with fence(PLATFORM):
        ends_on: date = Posting.objects.latest("id").ends_on
    city.on(ends_on, 17)
    _photograph(city, town, "END")
    _wait_for_the_end_of_the_posting(city)
    clerk = city.staff(f"clerk-{town}")
    clerk.open(f"/office/cases/{_case().uid}/posting/")
    moves.confirmed(clerk, "公示无异议，正式批准")


def test_a_family_is_granted_on_the_county_route(city: City) -> None:
    town = COUNTY_TOWN
    family = _family(city, PLAIN_POOR, town)
    phone = _first_steps(city, family, town, manual=True)
    city.working_days_later(1)
    uid = _verified(city, town, manual=True)
    clerk = city.staff(f"clerk-{town[0]}")
    told = ("告知可正式申请", "核对符合，系统制发告知书，申请人手机上马上能看到。")
    moves.do(clerk, uid, "告知可正式申请", chapter="clerk", told=told)
    phone.open(f"/mine/{uid}/").tell("citizen", "核对通过", "收到告知后，点“填写申请表”。")
    phone.press("填写申请表")
    _until_forwarded(city, family, town, phone, manual=True)
    assert _state() == "COUNTY_REVIEW"

    approver = city.staff("approver-371522")
    approver.tell("county", "待审批", "只看到需要本级审批的案件。")
    told = ("审批", "先看条件和测算；机器提出，由人决定。调查人、核对人不能审批自己的案件。")
    moves.do(approver, uid, "拟批准", chapter="county", told=told)
    assert _state() == "RESULT_PUBLICITY"
    phone.open("/public/postings/").tell(
        "citizen", "公示查询", "谁被批准、多少钱，都在这里；点开可以提意见，可以不留姓名。"
    )
    _photograph(city, town[0], "START", manual=True)
    _end_posting(city, town[0])

    assert _state() == "GRANTED"
    phone.open(f"/mine/{uid}/").sees("已批准").tell(
        "citizen", "批准了", "每月多少钱、从哪个月起、怎么算的，都能看；文书点开就是原件。"
    )
    auditor = city.staff("auditor")
    auditor.open("/office/admin/audit/").tell(
        "city", "审计记录", "谁在什么时候看了谁、做了什么、为什么；只增不改，前后相连。"
    )


def test_a_family_is_granted_by_the_township_where_it_is_delegated(city: City) -> None:
    town = DELEGATED_TOWN
    family = _family(city, PLAIN_POOR, town)
    phone = _first_steps(city, family, town, manual=False)
    city.working_days_later(1)
    uid = _verified(city, town, manual=False)
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "告知可正式申请")
    phone.open(f"/mine/{uid}/").press("填写申请表")
    _until_forwarded(city, family, town, phone, manual=False)
    assert _state() == "TOWN_APPROVAL"

    told = ("乡镇审批", "已下放的县（市、区），由乡镇（街道）负责人审批，文书上写明授权文件号。")
    moves.do(city.staff(f"lead-{town[0]}"), uid, "拟批准", chapter="lead", told=told)
    _photograph(city, town[0], "START")
    _end_posting(city, town[0])

    assert _state() == "GRANTED"


def test_a_family_with_a_new_car_insists_and_is_refused(city: City) -> None:
    town = COUNTY_TOWN
    family = _family(city, BOUGHT_CAR, town)
    phone = _first_steps(city, family, town, manual=False)
    city.working_days_later(1)
    uid = _verified(city, town, manual=False)
    clerk = city.staff(f"clerk-{town[0]}")
    clerk.open(f"/office/cases/{uid}/").press("告知核对不符合")
    clerk.page.locator("[name=confirmed]").check()
    clerk.tell(
        "clerk", "告知核对不符合", "逐项核实后告知，理由和条款写进告知书；申请人可以提异议，也可以坚持申请。"
    )
    clerk.click(clerk.page.locator("main form").last.get_by_role("button", name="告知核对不符合"))
    assert _state() == "VER_NOT_FIT"
    phone.open(f"/mine/{uid}/").tell(
        "citizen", "核对不符合", "写明哪一项、为什么；可以提出异议，也可以坚持申请。"
    )
    phone.press("坚持申请")
    _until_forwarded(city, family, town, phone, manual=False)

    told = ("不予批准", "理由代码和说明由测算带出，可以改；告知书写明怎样申请复议和诉讼。")
    moves.do(city.staff("approver-371522"), uid, "不予批准", chapter="county", told=told)

    assert _state() == "REFUSED"
    phone.open(f"/mine/{uid}/").sees("没有批准的理由").tell(
        "citizen", "没有批准", "理由一条条写清楚，也写明不服怎么办。"
    )


def test_a_neighbour_objects_the_village_votes_true_and_the_family_is_granted(city: City) -> None:
    town = DELEGATED_TOWN
    family = _family(city, PLAIN_POOR, town)
    phone = _first_steps(city, family, town, manual=False)
    city.working_days_later(1)
    uid = _verified(city, town, manual=False)
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "告知可正式申请")
    phone.open(f"/mine/{uid}/").press("填写申请表")
    _until_forwarded(city, family, town, phone, manual=False)
    moves.do(city.staff(f"lead-{town[0]}"), uid, "拟批准")
    _photograph(city, town[0], "START")

    neighbour = city.phone()
    with fence(PLATFORM):
        token = Posting.objects.latest("id").token
    neighbour.open(f"/public/postings/{token}/")
    neighbour.fill("写清具体事实", "听说他家儿子在外地打工有收入，请核实。")
    neighbour.tell("citizen", "对公示提意见", "写清具体事实；姓名可以不留，留了也不会公开。")
    neighbour.press("提交意见")
    assert _state() == "OBJECTION"
    city.working_days_later(1)
    told = ("组织民主评议", "有人提出异议才开评议会；定好时间地点，系统制发通知。")
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "组织民主评议", chapter="clerk", told=told)
    city.working_days_later(2, 16)
    clerk = city.staff(f"clerk-{town[0]}")
    clerk.open(f"/office/cases/{uid}/").press("登记评议结果")
    for number in range(12):
        clerk.page.locator("[name=name]").nth(number).fill(f"评议员{number + 1:02d}")
        clerk.page.locator("[name=vote]").nth(number).select_option("TRUE")
        if number < 4:
            clerk.page.locator("[name=capacity]").nth(number).select_option("COMMITTEE" if number else "TOWN")
    clerk.tell("clerk", "登记评议结果", "人数、代表比例、签字由系统检查；结论由票数得出，不能另选。")
    clerk.click(clerk.page.get_by_role("button", name="登记结果"))
    assert _state() == "RESULT_PUBLICITY"
    _photograph(city, town[0], "START")
    _end_posting(city, town[0])

    assert _state() == "GRANTED"


def registered_by_acts(city: City, number: int, town: str) -> None:
    """A family walked to its grant by the acts themselves: the journey begins with its money."""
    family = city.families(number) | {"town": town, "behaviour": {}}
    walker = Walker(
        Transport(city.departments, django_settings.DEPARTMENTS_KEY, django_settings.DEPARTMENTS_SECRET)
    )
    now = clock.now()
    steps = family_walk(walker, family, lambda event, case_no: None)
    while True:
        try:
            with clock.at(now):
                now = next(steps)
        except StopIteration:
            return


def test_the_month_is_paid_from_the_list_to_the_account(city: City) -> None:
    """Four people, a bank file, a return, and the family sees the money (PAY-01..06)."""
    for number in (0, 2, 3):
        registered_by_acts(city, number, "371522102")
    with fence(PLATFORM):
        first_month = min(each.first_month for each in Entitlement.objects.all())
    city.on((first_month - timedelta(days=1)).replace(day=26), 9)

    center = city.staff("center-371522")
    center.open("/office/money/").tell(
        "money", "资金发放", "各月应发和到账一图看清；上月25日截止变更后编制花名册。"
    )
    center.page.locator("[name=month]").first.fill(f"{first_month:%Y-%m}")
    center.click(center.page.get_by_role("button", name="编制花名册"))
    center.tell("money", "花名册", "一次编成；有疑点的笔排在最前，暂缓或说明后才能往下走。")
    address = center.page.url
    payroll = city.staff("payroll-371522102").open(address)
    payroll.tell("money", "乡镇核对", "各乡镇（街道）只看到自己的笔。")
    moves.confirmed(payroll, "乡镇核对")
    moves.confirmed(city.staff("center2-371522").open(address), "县级核对")
    finance = city.staff("finance-371522").open(address)
    moves.confirmed(finance, "财政确认")
    moves.confirmed(finance, "送银行")
    run_waiting()
    city.working_days_later(2)
    finance.open(address).press("向银行取回盘")
    finance.tell("money", "银行回盘", "模拟银行；逐笔核对账号、金额和合计，有一处不符整份不收。")
    center.open(address)
    moves.confirmed(center, "对账")

    with fence(PLATFORM):
        codes = list(LineResult.objects.values_list("code", flat=True))
        lines = PayLine.objects.count()
    assert len(codes) == lines >= 2
    assert "00" in codes


def test_the_village_assistant_helps_a_neighbour_apply_and_photographs_the_board(city: City) -> None:
    family = city.families(2) | {"town": "371522102", "area": "RURAL"}
    with fence(PLATFORM):
        username = Post.objects.get(role="VILLAGE_ASSIST", organ__code="371522102").staff.username
    assistant = city.staff(username)
    assistant.page.set_viewport_size(PHONE)
    assistant.open("/village/").tell("village", "首页", "大按钮，随身手机上办。")
    assistant.press("帮人申请")
    moves.fill_family(assistant, family)
    assistant.tell("village", "帮人申请", "先写明谁委托您办；书面委托拍照留存。")
    assistant.press("登记")
    assistant.tell("village", "现场签授权", "在您的手机上请本人签字；不在场的，发链接给他本人签。")
    moves.sign_all(assistant)
    assert _state() == "AUTHORISED"
    assistant.open("/village/families/").tell("village", "待办", "谁还要签字、填表、补材料，一目了然。")
    assistant.open("/village/postings/").tell("village", "公示拍照", "张贴时一张，期满时一张；到日子会提醒。")
    assistant.open("/village/change/").tell("village", "报告变化", "有人去世、迁走、收入变化，当天报告。")
    uid = _case().uid
    assistant.open(f"/office/cases/{uid}/?tab=verification")
    assert assistant.page.locator("table").count() == 0 or "核对报告" not in assistant.page.content()


def test_the_city_publishes_delegates_and_audits(city: City) -> None:
    officer = city.staff("city")
    officer.open("/office/admin/standards/").tell(
        "city", "保障标准和参数", "每个数值的来源、执行日期和依据；没有公布的用示例标准，处处标明。"
    )
    officer.open("/office/admin/standards/new/").tell("city", "录入标准", "一人录入，另一人发布，才生效。")
    officer.open("/office/admin/delegations/").tell(
        "city", "审批权限下放", "哪里由乡镇审批、依据哪份文件、从哪天起。"
    )
    officer.press("查看").tell("city", "准备清单", "人员、保密协议、培训、公章，不齐不能启用。")
    officer.open("/office/admin/calendar/").tell(
        "city", "工作日历", "红的休息、绿的调休上班；没有放假通知的年份标明暂定。"
    )
    officer.open("/office/admin/permissions/").tell(
        "city", "权限表", "谁能办哪一步，与系统实际检查的是同一份。"
    )
    officer.open("/office/admin/organisations/").tell(
        "city", "机构", "功能区自己管自己的镇街，统计上仍属原区。"
    )
    admin = city.staff("admin")
    admin.open("/office/admin/staff/").tell("city", "人员与保密协议", "没有有效保密协议的核对人员不能查询。")
    nobody = city.phone()
    nobody.open("/accounts/login/").tell(
        "city", "工作人员登录", "工号、密码加动态验证码；演示环境可以一键选择岗位。"
    )
    nobody.open("/ui/style/").sound()
