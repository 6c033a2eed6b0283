"""刚性支出困难家庭: a status of at most twelve months, for families whose spending eats their income (RIG-01)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import STATUS, AidType
from jiuzhu.aid_types.rigid.assessment import assess
from jiuzhu.aid_types.rigid.moves import MOVES, TOTAL_CLOCK
from jiuzhu.core.codes import choices

SOURCES = ("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF")

RIGID = AidType(
    code="RIGID",
    name="刚性支出困难家庭认定",
    short_name="刚性支出困难",
    case_prefix="GX",
    exclusive_group="STATUS",
    moves=MOVES,
    assess=assess,
    sources=SOURCES,
    mandatory_sources=SOURCES,
    hardship_causes=choices("cause"),
    review_class=lambda evidence: "B",
    papers=papers.read(Path(__file__).parent / "papers.yaml"),
    pays=STATUS,
    words={"GRANTED": "已经认定。凭通知书可以申请医疗、教育、住房等专项救助；到期前可以重新申请。"},
    regimes=frozenset({"P2025"}),
    valid_months=lambda parameters: int(parameters["rigid.valid_months"]),
    cash_months="prop.cash_months_edge",
    asks_spending=True,
    total_clock=TOTAL_CLOCK,
)
