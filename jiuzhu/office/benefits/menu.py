"""Lines of the left menu: families in benefit."""

from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.office.menu import Group, Line

READERS = frozenset(code for code in ROLES if has_power(code, "case.read") and code != "VILLAGE_ASSIST")
WATCHERS = frozenset(code for code in READERS if has_power(code, "audit.read"))
BATCH = frozenset(code for code in ROLES if has_power(code, "standard.batch"))

GROUPS = (
    Group(
        "动态管理",
        "arrow-repeat",
        (
            Line("在保台账", "office:benefits", READERS),
            Line("待遇变更", "office:changes", READERS),
            Line("定期复核", "office:reviews", READERS),
            Line("比对预警", "office:alerts", READERS),
            Line("村镇预警", "office:place-alerts", WATCHERS),
            Line("追回多发", "office:recoveries", READERS),
            Line("提高标准", "office:batches", BATCH),
        ),
    ),
)
