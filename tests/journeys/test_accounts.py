"""A new colleague in a real browser: the account, the password of one's own, the second factor."""

from __future__ import annotations

import pytest

from jiuzhu.accounts.models import Organisation, Staff
from tests.journeys.city import DESKTOP, City

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_a_new_colleague_gets_an_account_and_chooses_a_password(city: City) -> None:
    town = Organisation.objects.get(code="371502101")
    admin = city.staff("admin")
    admin.open("/office/admin/staff/").press("开设账号")
    admin.fill("工号", "T0007").fill("姓名", "钱小真")
    admin.choose("单位", town.organ_name).choose("岗位", "乡镇（街道）经办人员")
    admin.tell("city", "开设账号", "填工号、姓名、单位、岗位。一人一号，工号重复、岗位冲突会当场提示。")
    admin.click(admin.page.locator("main form").last.get_by_role("button", name="开设账号"))
    password = admin.page.locator(".gov-notice-success strong").inner_text()
    admin.tell(
        "city", "初始密码", "密码只显示这一次，当面交给本人；忘了就在这里重设，原密码和动态验证码立即失效。"
    )

    newcomer = city.phone()
    newcomer.page.set_viewport_size(DESKTOP)
    newcomer.open("/accounts/login/")
    newcomer.fill("工号", "T0007").fill("密码", password)
    newcomer.click(newcomer.page.locator("main form button, form button.btn-primary").first)
    newcomer.open("/office/").sees("请先换成只有您自己知道的密码")
    newcomer.tell(
        "city",
        "首次登录改密码",
        "先把管理员给的密码换成自己的，换好之前什么都不能办；新密码至少10位，不能与原密码相同。",
    )
    for label in ("新密码", "再输一遍"):
        newcomer.fill(label, "自己想的麦子5001")
    newcomer.fill("现在的密码", password)
    newcomer.press("修改")
    newcomer.open("/office/").sees("动态验证码").sound()

    staff = Staff.objects.get(username="T0007")
    assert staff.check_password("自己想的麦子5001") and not staff.password_given
