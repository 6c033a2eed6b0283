"""特困 tekun: one person's support, for whom nobody else can provide (国务院令第649号第三章)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import AidType, Support
from jiuzhu.aid_types.tekun import self_care
from jiuzhu.aid_types.tekun.assessment import assess, funeral_fen
from jiuzhu.aid_types.tekun.moves import MOVES, TOWN_CLOCK
from jiuzhu.aid_types.tekun.review import review_class
from jiuzhu.core.codes import choices

SUPPORT = Support(
    items=self_care.ITEMS,
    levels=self_care.LEVELS,
    level_of=self_care.level,
    alone_without_agreement=(self_care.SELF,),
    rating_valid_months="tekun.assessment_valid_months",
    cannot_work="labour",
    funeral_fen=funeral_fen,
    stop_reasons={
        "DEATH": "死亡、被宣告死亡或者失踪",
        "LABOUR": "具备或者恢复劳动能力",
        "PRISON": "依法被判处刑罚，在监狱服刑",
        "INCOME": "收入、财产状况不再符合规定",
        "OBLIGOR": "法定义务人具备履行能力，或者新增有能力的法定义务人",
        "VOLUNTARY": "自愿申请退出",
    },
)

TEKUN = AidType(
    code="TEKUN",
    name="特困人员救助供养",
    short_name="特困",
    case_prefix="TK",
    exclusive_group="LIVING",
    moves=MOVES,
    assess=assess,
    sources=("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF"),
    mandatory_sources=("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF"),
    hardship_causes=choices("cause"),
    review_class=review_class,
    papers=papers.read(Path(__file__).parent / "papers.yaml"),
    per_person=True,
    obligors_sign=True,
    money_name="救助供养金",
    town_clock=TOWN_CLOCK,
    support=SUPPORT,
)
