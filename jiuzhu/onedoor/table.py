"""What can happen to a referral and to a lead: rows like those of a case (WF-01, WF-02).

Buttons, permissions, the interface and the table tests derive from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from jiuzhu.workflow.table import Move, MoveTable, move


@dataclass(frozen=True)
class Place:
    """A state in words: for staff, for the family; ``colour`` of its tag."""

    name: str
    plain: str
    colour: str = "blue"


REFERRAL_STATES: dict[str, Place] = {
    "OPEN": Place("待送达部门", "转办单已开好，正在送给主管部门", "blue"),
    "SENT": Place("待部门答复", "已经转给主管部门，等对方答复", "blue"),
    "TAKEN": Place("部门办理中", "主管部门已经接收，正在办理", "blue"),
    "RETURNED": Place("部门退回", "主管部门退回来了，工作人员会重新安排，不会没人管", "orange"),
    "ANSWERED": Place("待告知家庭", "主管部门已有结果，工作人员会告诉您", "orange"),
    "CLOSED": Place("已办结", "办完了，结果见下面", "green"),
}
REFERRAL = MoveTable(
    (
        move(
            "R1",
            "refer",
            "开转办单",
            "",
            "OPEN",
            "TOWN_CLERK VILLAGE_ASSIST APPLICANT",
            starts="CLK-REFD",
            papers="W50",
        ),
        move("R2", "deliver", "送达部门", "OPEN", "SENT", "SYSTEM", starts="CLK-REF", stops="CLK-REFD"),
        move(
            "R2h", "hand_over", "登记已送达", "OPEN", "SENT", "TOWN_CLERK", starts="CLK-REF", stops="CLK-REFD"
        ),
        move(
            "R3",
            "answer",
            "收到部门答复",
            "SENT TAKEN",
            "TAKEN RETURNED ANSWERED",
            "SYSTEM",
            may_start="CLK-REFT",
        ),
        move(
            "R3h",
            "note_answer",
            "登记部门答复",
            "SENT TAKEN",
            "TAKEN RETURNED ANSWERED",
            "TOWN_CLERK",
            may_start="CLK-REFT",
        ),
        move("R4", "remind", "催办", "SENT TAKEN", "SENT TAKEN", "TOWN_CLERK TOWN_LEAD SYSTEM"),
        move("R5", "pass_on", "改转其他部门", "RETURNED", "CLOSED", "TOWN_CLERK", stops="*"),
        move("R6", "close", "告知家庭并办结", "RETURNED ANSWERED", "CLOSED", "TOWN_CLERK", stops="*"),
        move("R7", "recall", "群众不需要了，撤回", "OPEN SENT TAKEN", "CLOSED", "TOWN_CLERK", stops="*"),
    )
)
# how a referral may end, in words for lists and charts
RESULTS: dict[str, str] = {
    "HELPED": "部门已帮扶",
    "NOT_FIT": "部门认定不符合条件",
    "PASSED_ON": "已改转其他部门",
    "EXPLAINED": "已向群众解释，另有办法",
    "RECALLED": "群众不需要，撤回",
}

LEAD_STATES: dict[str, Place] = {
    "OPEN": Place("待上门", "已收到，等工作人员上门看", "blue"),
    "VISITED": Place("已上门待处理", "已经上门看过，正在想办法", "blue"),
    "HELPED": Place("已帮助申请", "已经帮着申请救助", "green"),
    "ALREADY_HELPED": Place("已在救助", "这户已经在救助中", "green"),
    "DECLINED": Place("谢绝帮助", "本人谢绝帮助，已留下政策明白纸", "grey"),
    "NOT_FOUND": Place("查无此人", "按线索没有找到人", "grey"),
    "NOT_NEEDED": Place("暂不需要", "看过情况，暂时不需要救助", "grey"),
    "REFERRED": Place("已转有关部门", "已转给主管部门办理", "green"),
}
LEAD_ENDS = ("HELPED", "ALREADY_HELPED", "REFERRED", "DECLINED", "NOT_NEEDED", "NOT_FOUND")
LEAD = MoveTable(
    (
        move(
            "L1",
            "report",
            "登记困难线索",
            "",
            "OPEN",
            "VILLAGE_ASSIST TOWN_CLERK TOWN_LEAD APPLICANT PUBLIC SYSTEM",
            starts="CLK-LEAD",
        ),
        move("L2", "assign", "指派经办人", "OPEN VISITED", "OPEN VISITED", "TOWN_LEAD"),
        move(
            "L3",
            "visit",
            "登记上门情况",
            "OPEN VISITED",
            "VISITED",
            "TOWN_CLERK",
            starts="CLK-LEND",
            stops="CLK-LEAD",
        ),
        move("L4", "help", "帮助申请", "OPEN VISITED", "HELPED", "TOWN_CLERK VILLAGE_ASSIST", stops="*"),
        move("L5", "already", "已在救助，办结", "OPEN VISITED", "ALREADY_HELPED", "TOWN_CLERK", stops="*"),
        move("L6", "decline", "本人谢绝帮助", "VISITED", "DECLINED", "TOWN_CLERK", stops="*"),
        move("L7", "not_found", "查无此人", "VISITED", "NOT_FOUND", "TOWN_CLERK", stops="*"),
        move("L8", "not_needed", "暂不需要救助", "VISITED", "NOT_NEEDED", "TOWN_CLERK", stops="*"),
        move("L9", "refer", "转有关部门", "OPEN VISITED", "REFERRED", "TOWN_CLERK VILLAGE_ASSIST", stops="*"),
    )
)
SOURCES: dict[str, str] = {
    "VILLAGE": "村（居）协理员",
    "GRID": "网格员",
    "HOTLINE": "12345热线",
    "DATA": "数据预警",
    "PUBLIC": "群众反映",
    "STAFF": "工作人员走访",
}


def rows_of(table: MoveTable, state: str) -> tuple[Move, ...]:
    """What may happen next; these moves are the same under every regime."""
    return tuple(row for row in table if state in row.sources)
