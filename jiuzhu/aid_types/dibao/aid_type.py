"""低保 dibao: household aid that tops income up to the standard (国务院令第649号第二章)."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.aid_types import papers
from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.dibao.assessment import assess
from jiuzhu.aid_types.dibao.moves import MOVES
from jiuzhu.aid_types.dibao.restate import restate
from jiuzhu.aid_types.dibao.review import review_class
from jiuzhu.core.codes import choices

DIBAO = AidType(
    code="DIBAO",
    name="最低生活保障",
    short_name="低保",
    case_prefix="DB",
    exclusive_group="LIVING",
    moves=MOVES,
    assess=assess,
    sources=("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF"),
    mandatory_sources=("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK", "SF"),
    hardship_causes=choices("cause"),
    review_class=review_class,
    papers=papers.read(Path(__file__).parent / "papers.yaml"),
    restate=restate,
    may_be_single=True,
    replaces=("STATUS",),
    money_name="保障金",
    fades=True,
)
