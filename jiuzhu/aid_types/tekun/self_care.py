"""Self-care of one person (TK-07): six items, each able or unable; the number unable is the level."""

from __future__ import annotations

from jiuzhu.policy.evidence import SelfCare

SELF, PART, FULL = "SELF", "PART", "FULL"
LEVELS = {SELF: "全自理", PART: "半护理（部分丧失自理能力）", FULL: "全护理（完全丧失自理能力）"}
ITEMS = {
    "eat": "自主吃饭",
    "dress": "自主穿衣",
    "bed": "自主上下床",
    "toilet": "自主如厕",
    "walk": "室内自主行走",
    "bathe": "自主洗澡",
}


def unable(items: SelfCare) -> int:
    """How many of the six the person cannot do alone (民发〔2021〕43号第二十一条)."""
    return sum(not getattr(items, item) for item in ITEMS)


def level(items: SelfCare) -> str:
    """None unable: cares for himself; one to three: partly; four to six: not at all (第二十二条)."""
    count = unable(items)
    return SELF if not count else PART if count <= 3 else FULL
