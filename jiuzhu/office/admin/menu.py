"""Lines of the left menu: standards, delegation, people, audit."""

from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.office.menu import Group, Line

CITY = frozenset({"CITY_OFFICER"})
AUDIT = frozenset(code for code in ROLES if has_power(code, "audit.read"))
PEOPLE = frozenset({"SYSADMIN", "CITY_OFFICER", "COUNTY_SUPERVISOR"})

GROUPS = (
    Group(
        "标准与权限",
        "gear",
        (
            Line("保障标准和参数", "office:standards"),
            Line("一门受理事项表", "office:matters"),
            Line("审批权限下放", "office:delegations"),
            Line("工作日历", "office:calendar"),
            Line("权限表", "office:permissions"),
        ),
    ),
    Group(
        "机构人员",
        "people",
        (
            Line("机构", "office:organisations"),
            Line("区划变动", "office:divisions", CITY),
            Line("人员与保密协议", "office:staff", PEOPLE),
        ),
    ),
    Group("审计监督", "shield-check", (Line("审计记录", "office:audit", AUDIT),)),
)
