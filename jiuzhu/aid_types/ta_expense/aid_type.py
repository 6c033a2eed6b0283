"""支出型临时救助: one sum for a family whose necessary spending outgrew it (民发〔2018〕23号)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.aid_types.ta_expense.assessment import assess
from jiuzhu.aid_types.ta_expense.moves import MOVES, TOTAL_CLOCK
from jiuzhu.core.codes import choices

SOURCES = ("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF")

TA_EXPENSE = AidType(
    code="TA_EXPENSE",
    name="支出型临时救助",
    short_name="支出型救助",
    case_prefix="TZ",
    exclusive_group="EXPENSE",
    moves=MOVES,
    assess=assess,
    sources=SOURCES,
    mandatory_sources=SOURCES,
    hardship_causes={code: name for code, name in choices("ta_cause").items() if code >= "21"},
    review_class=lambda evidence: "C",
    papers=papers.read(Path(__file__).parent / "papers.yaml"),
    pays=ONCE,
    cash_months="prop.cash_months_edge",
    asks_spending=True,
    total_clock=TOTAL_CLOCK,
    pilots_only=False,
    town_limit="ta.town_limit",
    words={
        "AUTHORISED": "授权已签好，请填写申请表",
        "VERIFYING": "已受理，正在向有关部门核对，工作人员也会上门了解情况",
        "GRANTED": "已批准，一次性发放，等待到账",
        "CLOSED": "救助金已到账，办结",
    },
)
