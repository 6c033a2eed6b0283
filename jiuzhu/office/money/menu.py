"""Lines of the left menu: money."""

from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.office.menu import Group, Line

READERS = frozenset(code for code in ROLES if has_power(code, "payroll.read"))

FUND_READERS = frozenset(code for code in ROLES if has_power(code, "fund.read"))

GROUPS = (
    Group(
        "资金发放",
        "cash-stack",
        (
            Line("发放批次", "office:runs", READERS),
            Line("银行退回", "office:money-returns", READERS),
            Line("备用金", "office:funds", FUND_READERS),
        ),
    ),
)
