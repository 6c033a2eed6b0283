"""急难型临时救助: help at once for whoever a sudden hardship hits, wherever it happens (民发〔2018〕23号)."""

from __future__ import annotations

from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.aid_types.ta_emergency.assessment import assess
from jiuzhu.aid_types.ta_emergency.facts import CAUSES
from jiuzhu.aid_types.ta_emergency.moves import MOVES
from jiuzhu.core.codes import choices

TA_EMERGENCY = AidType(
    code="TA_EMERGENCY",
    name="急难型临时救助",
    short_name="急难救助",
    case_prefix="JN",
    exclusive_group="EMERGENCY",
    moves=MOVES,
    assess=assess,
    sources=(),
    mandatory_sources=(),
    hardship_causes={code: name for code, name in choices("ta_cause").items() if code in CAUSES},
    review_class=lambda evidence: "C",
    pays=ONCE,
    urgent=True,
    pilots_only=False,
    town_limit="ta.town_limit",
)
