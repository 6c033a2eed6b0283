"""急难型临时救助: help at once for whoever a sudden hardship hits, wherever it happens (民发〔2018〕23号)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.aid_types.ta_emergency.assessment import assess
from jiuzhu.aid_types.ta_emergency.facts import CAUSES
from jiuzhu.aid_types.ta_emergency.moves import MOVES
from jiuzhu.core.codes import choices

TA_EMERGENCY = AidType(
    code="TA_EMERGENCY",
    name="急难型临时救助",
    short_name="急难救助",
    case_prefix="TJ",
    exclusive_group="EMERGENCY",
    moves=MOVES,
    assess=assess,
    sources=(),
    mandatory_sources=(),
    sources_afterwards=("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK"),
    hardship_causes={code: name for code, name in choices("ta_cause").items() if code in CAUSES},
    review_class=lambda evidence: "C",
    papers=papers.read(Path(__file__).parent / "papers.yaml"),
    pays=ONCE,
    urgent=True,
    pilots_only=False,
    town_limit="ta.town_limit",
    words={
        "INTENT": "急难已登记，乡镇（街道）会在24小时内把救助送到您手里，不用交证明",
        "COUNTY_REVIEW": "先行救助已送达，追加部分正在县级审批",
        "TOWN_APPROVAL": "先行救助已送达，追加部分正在乡镇（街道）审批",
    },
)
