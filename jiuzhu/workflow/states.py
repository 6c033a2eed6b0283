"""States of a case (3.1): official word, plain word for the family, stage on the flow line."""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("意愿", "核对", "申请", "调查", "审核", "审批", "公示", "办结")


@dataclass(frozen=True)
class State:
    """``plain`` is what the family reads on the phone; ``stage`` indexes STAGES; colour names a tag."""

    code: str
    name: str
    plain: str
    stage: int
    terminal: bool = False
    colour: str = "blue"


def _state(
    code: str, name: str, plain: str, stage: int, *, terminal: bool = False, colour: str = "blue"
) -> State:
    return State(code, name, plain, stage, terminal, colour)


STATES: dict[str, State] = {
    state.code: state
    for state in (
        _state("INTENT", "意愿登记", "已登记您的救助意愿，请全家成年人签署核对授权", 0, colour="grey"),
        _state("AUTHORISED", "已授权", "授权已签好，工作人员即将开始核对", 1),
        _state("VERIFYING", "核对中", "正在向有关部门核对家庭经济状况，您不用跑腿", 1),
        _state("VERIFIED", "核对完成", "核对已完成，马上通知您结果", 1),
        _state("MAY_APPLY", "可正式申请", "核对符合规定，请填写申请表提交申请", 2, colour="green"),
        _state(
            "VER_NOT_FIT", "核对不符", "核对结果不符合规定，可以提出异议，也可以坚持申请", 1, colour="orange"
        ),
        _state("RECHECK", "核对复查", "您的异议已收到，正在复查", 1, colour="orange"),
        _state("APPLIED", "已提交申请", "申请已收到，等待受理", 2),
        _state("CORRECTION", "补正中", "请按告知书一次补齐材料", 2, colour="orange"),
        _state("NOT_ACCEPTED", "不予受理", "本申请不予受理，理由见告知书", 2, terminal=True, colour="red"),
        _state("ACCEPTED", "已受理", "已正式受理，开始计算办理时限", 3),
        _state("INVESTIGATING", "入户调查", "工作人员将上门了解情况", 3),
        _state("TOWN_REVIEW", "乡镇审核", "乡镇（街道）正在审核", 4),
        _state("PRELIM_PUBLICITY", "初审公示", "初审意见正在村（居）公示", 4, colour="green"),
        _state("COUNTY_REVIEW", "县级审批", "县级民政部门正在审批", 5),
        _state("COUNTY_VISIT", "县级入户核查", "县级民政部门将上门核实", 5),
        _state("TOWN_APPROVAL", "乡镇审批", "乡镇（街道）正在审批", 5),
        _state("RESULT_PUBLICITY", "审批结果公示", "拟批准，结果正在村（居）公示", 6, colour="green"),
        _state("OBJECTION", "异议处理", "公示期间有人提出异议，正在核实", 6, colour="orange"),
        _state("APPRAISAL", "民主评议", "村（居）将召开民主评议会", 6, colour="orange"),
        _state("GRANTED", "批准", "已批准，从下月起发放", 7, terminal=True, colour="green"),
        _state("REFUSED", "不予批准", "未予批准，理由见告知书", 7, terminal=True, colour="red"),
        _state("TERMINATED", "终止", "本次办理已终止", 7, terminal=True, colour="grey"),
        _state("EMERGENCY_AID", "先行救助", "已先行救助，手续随后补齐", 5),
        _state("EMERGENCY_REG", "补登记", "正在补齐登记手续", 6),
        _state("CLOSED", "办结", "已办结", 7, terminal=True, colour="green"),
    )
}

TERMINAL = frozenset(code for code, state in STATES.items() if state.terminal)
AFTER_ACCEPTANCE = frozenset(
    [
        "ACCEPTED",
        "INVESTIGATING",
        "TOWN_REVIEW",
        "PRELIM_PUBLICITY",
        "COUNTY_REVIEW",
        "COUNTY_VISIT",
        "TOWN_APPROVAL",
        "RESULT_PUBLICITY",
        "OBJECTION",
        "APPRAISAL",
    ]
)
