"""Lines of the left menu: cases."""

from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.office.menu import Group, Line

READERS = frozenset(code for code in ROLES if has_power(code, "case.read"))

GROUPS = (
    Group("工作台", "house", (Line("今日待办", "office:today", READERS, "house"),)),
    Group(
        "受理办理",
        "list-task",
        (
            Line("案件查询", "office:cases", READERS),
            Line("转出转入", "office:transfers", READERS - {"VILLAGE_ASSIST"}),
            Line("登记救助意愿", "office:new-place", frozenset({"TOWN_CLERK"})),
            Line("急难救助", "office:emergency", frozenset({"TOWN_CLERK"})),
            Line("急难月度公布", "office:announce", frozenset({"TOWN_CLERK"})),
        ),
    ),
)
