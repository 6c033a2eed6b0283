"""One door in a real browser: a neighbour noticed, visited, helped to apply; another department's matter answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.jobs import onedoor
from jiuzhu.onedoor.models import Lead, Referral
from tests.journeys import moves
from tests.journeys.city import PHONE, City

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TOWN = "371581101"


def test_a_neighbour_is_noticed_visited_helped_and_passed_on(city: City) -> None:
    family = city.families(0) | {"town": TOWN, "area": "RURAL"}
    head = family["people"][0]
    village = villages_of(Organisation.objects.get(code=TOWN))[0]

    assistant = city.staff(f"village-{village.code}")
    assistant.page.set_viewport_size(PHONE)
    assistant.open("/village/").sees("报告有困难的人").sound()
    assistant.open("/village/leads/new/")
    assistant.fill("谁有困难", head["name"]).fill("看到了什么", "卧床一个多月，看病借了不少钱，孩子没交学费")
    assistant.tell(
        "village",
        "报告有困难的人",
        "写一个名字、看到了什么，有照片更好，点“告诉乡镇”。不知道全名就写大家怎样称呼。",
    )
    assistant.press("告诉乡镇").sees("工作人员会上门看").sees("待上门")
    assistant.tell("village", "报告过的人", "去了没有、结果怎样，这里都能看到；等不及的也可以直接帮他申请。")

    with fence(PLATFORM):
        lead = Lead.objects.get()
        handler = Staff.objects.get(pk=lead.handler_id).username
    clerk = city.staff(handler)
    clerk.open("/office/leads/").sees(head["name"])
    clerk.tell(
        "clerk",
        "困难线索",
        "谁在等上门、还剩几天都在表里，超期的标红。点名字进去登记上门；下面的图看办完的去了哪里。",
    )
    clerk.press(head["name"])
    clerk.fill("家里什么情况", "本人卧床，住院花费大，家里只靠种地").fill("同行人", "村主任")
    clerk.tell(
        "clerk",
        "登记上门情况",
        "看到什么写什么，点“登记上门情况”。之后三选一：帮助申请、转有关部门，或者写明为什么不需要；哪一样都不选，线索一直挂着。",
    )
    clerk.press("登记上门情况").sees("已上门待处理")

    clerk.press("帮助申请或转有关部门")
    moves.fill_at_the_door(clerk, family)
    clerk.page.get_by_label("最低生活保障").check()
    clerk.page.get_by_label("医疗救助").check()
    clerk.page.get_by_label("本人同意").check()
    clerk.tell(
        "clerk",
        "一门受理",
        "一户一次说清：勾民政的事自动登记意愿，勾别的部门的事自动开转办单。要转办必须勾“本人同意”。等不得的点“急难型临时救助”，已填的带过去。",
    )
    clerk.press("登记受理").sees("签署授权").sees("医疗保障局")
    clerk.tell("clerk", "受理结果", "每件事办到哪一步都在这里；没有登记成的写明原因，改好点一下就能再办。")
    clerk.press("看转办情况").sees("待送达部门")

    city.departments_answer()
    onedoor.departments()
    city.working_days_later(2)
    onedoor.departments()
    with fence(PLATFORM):
        slip = Referral.objects.get()
    clerk.open(f"/office/referrals/{slip.uid}/").sees("模拟部门，非真实答复")
    clerk.tell(
        "clerk",
        "转办事项",
        "部门答复自动回来，超期标红并自动催办。把结果告诉家庭，点“告知家庭并办结”才算完；部门退回的点“改转其他部门”。",
    )
    while slip.state not in ("ANSWERED", "RETURNED"):
        city.working_days_later(1)
        onedoor.departments()
        with fence(PLATFORM):
            slip.refresh_from_db()
    clerk = city.staff(handler)
    clerk.open(f"/office/referrals/{slip.uid}/")
    fold = clerk.page.locator("details", has_text="告知家庭并办结").first
    fold.evaluate("each => each.open = true")
    fold.get_by_label("怎样告知家庭").fill("电话告知：医保局的答复和去哪里办。")
    clerk.click(fold.get_by_role("button", name="告知家庭并办结"))
    clerk.sees("已办结").sound()
    clerk.open("/office/referrals/").sound()
    clerk.open("/office/door/").fill("来的是谁", head["name"]).press("查找").sees("家里")
    clerk.tell(
        "clerk", "来的是谁", "输入姓名或号码，登记过的家庭直接带出来，不用再填；没有登记过的点“新登记”。"
    )
    clerk.open("/office/windows/").sees("未登记").sound()

    phone = city.phone()
    moves.enter(phone, family)
    phone.open("/matters/").sees("医疗救助")
    phone.tell(
        "citizen",
        "转给其他部门的事项",
        "转给哪个部门、最迟哪天答复、部门怎么说都在这里；超期没有答复，工作人员会催。",
    )
    phone.open("/door/").sees("办哪些事")
    phone.tell(
        "citizen",
        "几件事一起办",
        "说一次困难，选几件事，点“登记”。家里情况不用再填；等不得的点“急难型临时救助”。",
    )
    phone.open("/windows/").sound()
    phone.open("/speak/tell/").sound()


def test_the_city_changes_the_register_of_matters_at_a_desk_and_on_a_phone(city: City) -> None:
    first = city.staff("city")
    first.open("/office/admin/matters/").sees("执行中的事项").sound()
    first.press("医疗救助").sees("历次发布").sound()
    first.fill("主管部门", "医疗保障服务中心").fill("文件号", "聊民字〔2019〕41号").sound()
    first.press("保存草稿").sees("由另一人发布").sound()

    second = city.staff("city2")
    second.page.set_viewport_size(PHONE)
    second.open("/office/admin/matters/").sound()
    second.open("/office/admin/matters/new/").sound()
    second.open("/office/admin/matters/MEDICAL/").sound()
    second.open("/office/admin/matters/").press("发布").sees("即将执行").sound()
    second.fill("哪一天", "2019-09-03").page.get_by_role("button", name="查看").click()
    expect(second.page.locator("#matters-on")).to_contain_text("医疗保障服务中心")
