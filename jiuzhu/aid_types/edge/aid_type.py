"""低保边缘家庭: a status without money, for families just above the standard (民发〔2021〕57号第八条, EDG-01)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import STATUS, AidType
from jiuzhu.aid_types.edge.assessment import assess
from jiuzhu.aid_types.edge.moves import MOVES
from jiuzhu.core.codes import choices

SOURCES = ("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF")

EDGE = AidType(
    code="EDGE",
    name="低保边缘家庭认定",
    short_name="低保边缘",
    case_prefix="BY",
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
    regimes=frozenset({"P2021", "P2025"}),
    valid_months=lambda parameters: int(parameters["edge.valid_months"]),
    cash_months="prop.cash_months_edge",
)
