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
            "citizen",
            "首页",
            "一件事一个大按钮，点进去照着做。字看不清，点右上角“长者模式”；不会用手机的，找村（居）协理员或到乡镇窗口办。",
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
        phone.tell(
            "citizen",
            "办理进度",
            "打开就看到办到哪一步、最迟哪天有结果。要您做什么会有蓝色按钮；没有按钮就是等工作人员办。",
        )
    city.working_days_later(1)
    clerk = city.staff(f"clerk-{town[0]}")
    if manual:
        clerk.tell(
            "clerk",
            "今日待办",
            "每天从这里开始：红的超期，橙的快到期，先办这些。点右边的字直接进入要办的一步。",
        )
        clerk.open(f"/office/cases/{uid}/").tell(
            "clerk", "案件页", "家庭、核对、测算、文书、轨迹都在一页；号码默认遮住，查看须填用途并留痕。"
        )
    told = (
        (
            "受理",
            "材料齐全就点“受理”，20个工作日从今天起算。缺材料点“一次性告知补正”，只能告知一次，要一次写全；不归这里管的点“不予受理”并写明去哪里。",
        )
        if manual
        else ("", "")
    )
    moves.do(clerk, uid, "受理", chapter="clerk" if manual else "", told=told)
    assert _state() == "ACCEPTED"
    city.working_days_later(1)
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "开始入户调查")
    city.working_days_later(2, 15)
    moves.visit(city, town[0], uid, manual=manual)
    assert _state() == "TOWN_REVIEW"
    city.working_days_later(1)
    told = (
        (
            "审核",
            "条件和测算已经算好，点“展开”看每一条。写一句意见，点“提出审核意见”上报；觉得没查清，点“退回补充调查”写明查什么。调查过本案的人不能审核。",
        )
        if manual
        else ("", "")
    )
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
            "clerk",
            "公示",
            "公示单自动生成，只有规定公开的内容。张贴时、期满时各传一张照片；满7天无异议，点“公示无异议，正式批准”。天数不够、缺照片的，按钮旁写明还差什么，办不了。",
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
    told = (
        "告知可正式申请",
        "核对符合就点“告知可正式申请”，告知书自动生成，家庭手机上马上看到，30天内提交申请。有超标项的要用“告知核对不符合”。",
    )
    moves.do(clerk, uid, "告知可正式申请", chapter="clerk", told=told)
    phone.open(f"/mine/{uid}/").tell("citizen", "核对通过", "收到告知后，点“填写申请表”，30天内提交。")
    phone.press("填写申请表")
    _until_forwarded(city, family, town, phone, manual=True)
    assert _state() == "COUNTY_REVIEW"

    approver = city.staff("approver-371522")
    approver.tell("county", "待审批", "只看到需要本级审批的案件。")
    told = (
        "审批",
        "先看条件和测算，同意就点“拟批准”；与测算不同的必须写理由。点了以后自动公示7天。调查过、核对过本案的人会被拦下，请换人审批。",
    )
    moves.do(approver, uid, "拟批准", chapter="county", told=told)
    assert _state() == "RESULT_PUBLICITY"
    phone.open("/public/postings/").tell(
        "citizen",
        "公示查询",
        "本村（居）谁被批准、多少钱都在这里，公示7天。有意见的点开写清事实，可以不留姓名。",
    )
    _photograph(city, town[0], "START", manual=True)
    _end_posting(city, town[0])

    assert _state() == "GRANTED"
    phone.open(f"/mine/{uid}/").sees("已批准").tell(
        "citizen",
        "批准了",
        "每月多少钱、从哪个月起、怎么算的都能看。文书点开就是原件，看过点“我已收到”。家里有变化请及时告诉村里。",
    )
    auditor = city.staff("auditor")
    auditor.open("/office/admin/audit/").tell(
        "city",
        "审计记录",
        "按人、按案号、按时间查谁在什么时候看了谁、做了什么。记录只增不改、前后相连，动过会被查出来。",
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
    _clock_stands_still_for_a_moment(city, town[0], str(_case().uid))

    told = (
        "乡镇审批",
        "已下放的县（市、区），由乡镇（街道）负责人点“拟批准”，文书自动写明授权文件号。授权被暂停的，案件自动转县级审批，不用重办。",
    )
    moves.do(city.staff(f"lead-{town[0]}"), uid, "拟批准", chapter="lead", told=told)
    _photograph(city, town[0], "START")
    _end_posting(city, town[0])

    assert _state() == "GRANTED"


def _clock_stands_still_for_a_moment(city: City, town: str, uid: str) -> None:
    """PAU-2: the head stops the total clock, everybody sees it, he lets it run on."""
    lead = city.staff(f"lead-{town}").open(f"/office/cases/{uid}/clock/pause/")
    lead.choose("暂停事由", "需要医疗、残疾等鉴定").fill("具体情况", "等待残疾评定").fill(
        "依据文书号", "残评1号"
    )
    lead.click(lead.page.get_by_role("button", name="暂停计时")).sees("残评1号").sound()
    lead.open(f"/office/cases/{uid}/clock/resume/").sound()
    lead.click(lead.page.get_by_role("button", name="恢复计时")).sees("已恢复计时")


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
        "clerk",
        "告知核对不符合",
        "逐项核实过才能告知：勾选已核实，点“告知核对不符合”。理由和条款自动写进告知书；家庭可以提异议，也可以坚持申请。",
    )
    clerk.click(clerk.page.locator("main form").last.get_by_role("button", name="告知核对不符合"))
    assert _state() == "VER_NOT_FIT"
    phone.open(f"/mine/{uid}/").tell(
        "citizen",
        "核对不符合",
        "哪一项不符合、为什么都写在这里。觉得不对，点“提出异议”；仍要申请，点“坚持申请”。",
    )
    phone.press("坚持申请")
    _until_forwarded(city, family, town, phone, manual=False)

    told = (
        "不予批准",
        "理由和条款由测算带出，可以改。点“不予批准”后告知书写明每一条理由，也写明怎样复议、诉讼；没有写理由办不了。",
    )
    moves.do(city.staff("approver-371522"), uid, "不予批准", chapter="county", told=told)

    assert _state() == "REFUSED"
    phone.open(f"/mine/{uid}/").sees("没有批准的理由").tell(
        "citizen",
        "没有批准",
        "没有批准的理由一条条写清楚。不服的，按告知书上写的办法和期限申请行政复议或者起诉。",
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
    neighbour.tell(
        "citizen",
        "对公示提意见",
        "写清具体事实，点“提交意见”。姓名可以不留；留了也只有经办人能看，每次查看都有记录。",
    )
    neighbour.press("提交意见")
    assert _state() == "OBJECTION"
    city.working_days_later(1)
    told = (
        "组织民主评议",
        "有人提出异议才开评议会。填时间、地点，点“组织民主评议”，会议通知自动生成；异议人的姓名不会出现在任何人看得到的地方。",
    )
    moves.do(city.staff(f"clerk-{town[0]}"), uid, "组织民主评议", chapter="clerk", told=told)
    city.working_days_later(2, 16)
    clerk = city.staff(f"clerk-{town[0]}")
    clerk.open(f"/office/cases/{uid}/").press("登记评议结果")
    for number in range(12):
        clerk.page.locator("[name=name]").nth(number).fill(f"评议员{number + 1:02d}")
        clerk.page.locator("[name=vote]").nth(number).select_option("TRUE")
        if number < 4:
            clerk.page.locator("[name=capacity]").nth(number).select_option("COMMITTEE" if number else "TOWN")
    clerk.sees("代表 8 人（够数）")  # two thirds of twelve to the man
    clerk.tell(
        "clerk",
        "登记评议结果",
        "一人一行填姓名、身份、表决，下面随填随算够不够人数。结论由票数得出，不能另选；人数或代表不够，系统不收。",
    )
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
        "money",
        "资金发放",
        "“等您办”列出轮到您的批次和还没编的花名册：每月25日以后点“编制”，系统一次编好。各月应发和到账一图看清。",
    )
    center.click(center.page.get_by_role("button", name=f"{first_month.year}年{first_month.month}月农村"))
    center.tell(
        "money", "花名册", "有疑点的笔排在最前：点开选暂缓，或写说明后照发。疑点没处理完，送不到下一步。"
    )
    address = center.page.url
    payroll = city.staff("payroll-371522102").open(address)
    payroll.tell(
        "money",
        "乡镇核对",
        "各乡镇（街道）只看到自己的笔，核对无误点“乡镇核对”。有错的点开那一笔，“暂缓这一笔”或者更正账户。",
    )
    moves.confirmed(payroll, "乡镇核对")
    moves.confirmed(city.staff("center2-371522").open(address), "县级核对")
    finance = city.staff("finance-371522").open(address)
    moves.confirmed(finance, "财政确认")
    moves.confirmed(finance, "送银行")
    run_waiting()
    city.working_days_later(2)
    finance.open(address).press("向银行取回盘")
    finance.tell(
        "money",
        "银行回盘",
        "点“向银行取回盘”，逐笔核对账号、金额和合计，有一处不符整份不收，写明哪一行。退回的笔进“银行退回”，改好账号重发。演示环境是模拟银行。",
    )
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
    assistant.open("/village/").tell(
        "village", "首页", "三个大按钮办三件急事，下面四个按钮办其余的。待办有几件，按钮上有数字。"
    )
    assistant.press("帮人申请")
    moves.fill_family(assistant, family)
    assistant.page.locator("[name=wish-aid_type]").select_option("TA_EXPENSE")
    assistant.tell(
        "village",
        "帮人申请",
        "先选谁委托您办：本人在场、书面委托（拍照）或监护人。填家里人和困难，点“登记”。",
    )
    assistant.press("登记")
    assistant.tell(
        "village", "现场签授权", "请本人在您的手机上签字；不在场的，点“发给本人签”。协理员不能代签。"
    )
    moves.sign_all(assistant)
    assert _state() == "AUTHORISED"
    _first_spendings(assistant, str(_case().uid))
    assistant.open("/village/families/").tell(
        "village", "待办", "谁还要签字、填表、补材料都在这里，点蓝色按钮直接去办。没有列出就是没有要帮的。"
    )
    assistant.open("/village/postings/").tell(
        "village",
        "公示拍照",
        "张贴时拍一张，期满时拍一张，到日子会提醒。公示单看不清、日期不对的照片要重拍。",
    )
    assistant.open("/village/change/").tell(
        "village",
        "报告变化",
        "有人去世、迁走、收入变化，当天报告。选事项、写名字和日期，点“告诉乡镇”；不知道日期可以空着。",
    )
    uid = _case().uid
    assistant.open(f"/office/cases/{uid}/?tab=verification")
    assert assistant.page.locator("table").count() == 0 or "核对报告" not in assistant.page.content()


def _first_spendings(assistant: Screen, uid: str) -> None:
    """TA-12: what must be spent is asked for first, in yuan, for one person or for all."""
    assistant.open(f"/village/families/{uid}/form/income/").sees("家里必须花的钱")
    assistant.page.locator("[name=spendings0-kind]").select_option(label="医疗")
    assistant.fill("12个月里自己付的", "三万").press("保存，下一步").sees("应为数字").sound()
    assistant.fill("12个月里自己付的", "30000").press("保存，下一步")
    assistant.open(f"/village/families/{uid}/form/confirm/").sees("全家 医疗 一年 30,000.00").sound()


def test_the_city_publishes_delegates_and_audits(city: City) -> None:
    officer = city.staff("city")
    officer.open("/office/admin/standards/").tell(
        "city",
        "保障标准和参数",
        "每个数值写明来源、执行日期和依据。没有公布的用示例标准，处处有黄色“示例标准”；要改点“录入标准”。",
    )
    officer.open("/office/admin/standards/new/").tell(
        "city",
        "录入标准",
        "填数值、执行日期、文件号，点“保存草稿”；另一人在“待发布”里点“发布”才生效。自己录的自己不能发布。",
    )
    officer.open("/office/admin/delegations/").tell(
        "city",
        "审批权限下放",
        "哪里由乡镇审批、依据哪份文件、从哪天起，都在表里。新的授权先登记文件，再看准备清单。",
    )
    officer.press("查看").tell(
        "city",
        "准备清单",
        "每个乡镇的人员、保密协议、培训、公章逐项列出，不齐不能启用，写明缺什么。暂停、撤销都要写理由。",
    )
    officer.open("/office/admin/calendar/").tell(
        "city",
        "工作日历",
        "红的休息、绿的调休上班，所有时限按它算。没有放假通知的年份按周末暂定，涉及的时限标“预计”。",
    )
    officer.open("/office/admin/permissions/").tell(
        "city", "权限表", "谁能办哪一步，与系统实际检查的是同一份；没有勾的是系统自动办的。"
    )
    officer.open("/office/admin/organisations/").tell(
        "city", "机构", "功能区自己管自己的镇街，统计上仍属原区。撤并、更名在“区划变动”办，先看数量再确认。"
    )
    officer.open("/office/admin/matters/").sound().press("医疗救助").sees("历次发布").sound()
    officer.open("/office/admin/divisions/")
    officer.choose("撤销的乡镇", "沙镇镇").choose("并入", "堂邑镇").press("先看数量").sees(
        "一并转过去"
    ).sound()
    officer.page.set_viewport_size(PHONE)
    officer.sound()
    admin = city.staff("admin")
    admin.open("/office/admin/staff/").tell(
        "city",
        "人员与保密协议",
        "查工号、姓名、单位；核对人员没有有效保密协议不能查询，在这里“签新协议”，最长三年。",
    )
    nobody = city.phone()
    nobody.open("/accounts/login/").tell(
        "city",
        "工作人员登录",
        "工号、密码加动态验证码。错五次锁半小时；忘记密码找系统管理员重设。演示环境可以一键选择岗位。",
    )
    nobody.open("/ui/style/").sound()
