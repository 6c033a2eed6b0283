"""Lines of the left menu: the one door."""

from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.office.menu import Group, Line

READERS = frozenset(code for code in ROLES if has_power(code, "case.read"))

GROUPS = (
    Group(
        "一门受理",
        "signpost-split",
        (
            Line("一门受理", "office:door", frozenset({"TOWN_CLERK"})),
            Line("困难线索", "office:leads", READERS),
            Line("转办事项", "office:referrals", READERS),
            Line("服务窗口和工作站", "office:windows"),
        ),
    ),
)
