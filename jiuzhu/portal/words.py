"""What the family reads: where the case stands, until when, what to do next. No office words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases import in_hand, queries
from jiuzhu.core.codes import name_of
from jiuzhu.ui.formats import cn_date
from jiuzhu.workflow.states import STAGES, STATES, State

# one sentence a running clock; the total clock is what the family was promised, so it goes first
PROMISES = {
    "CLK-T20": "最迟{due}作出审批决定",
    "CLK-RIG": "最迟{due}作出认定决定",
    "CLK-VS": "最迟{due}开始核对",
    "CLK-VR": "最迟{due}出核对结果",
    "CLK-VN": "最迟{due}把核对结果告诉您",
    "CLK-OBJW": "如有异议，请在{due}以前提出",
    "CLK-RC": "最迟{due}出复查结果",
    "CLK-AC": "最迟{due}答复是否受理",
    "CLK-CORR": "请在{due}以前补齐材料",
    "CLK-PUB": "公示到{due}为止",
    "CLK-OBJ": "最迟{due}处理完异议",
    "CLK-OBJ15": "最迟{due}处理完异议",
    "CLK-TK15": "乡镇（街道）最迟{due}提出审核意见",
    "CLK-CO15": "县级最迟{due}作出决定",
    "CLK-APP": "最迟{due}召开评议会",
    "CLK-CARD": "最迟{due}把通知书和证件送到您手里",
    "CLK-RN": "最迟{due}送达告知书",
    "CLK-TAX": "最迟{due}作出审批决定",
    "CLK-TA24": "最迟{due}把救助送到您手里",
}
NEXT = {
    "INTENT": "请家里每一位成年人在授权书上签字，可以各自在自己的手机上签。",
    "AUTHORISED": "请等待核对，不用跑腿，也不用交证明。",
    "VERIFYING": "请等待核对，不用跑腿，也不用交证明。",
    "VERIFIED": "请等待通知。",
    "MAY_APPLY": "请填写申请表。已由部门共享的内容不用再填。",
    "VER_NOT_FIT": "请先看告知书上的理由。认为不对，可以提出异议；也可以坚持申请。",
    "RECHECK": "请等待复查结果。",
    "APPLIED": "请等待答复。",
    "CORRECTION": "请把告知书上列的材料拍照补齐，只需补这一次。",
    "NOT_ACCEPTED": "请看告知书上的理由和该去哪里办。",
    "ACCEPTED": "工作人员会上门了解情况，来之前会跟您联系，家里留一位成年人。",
    "INVESTIGATING": "工作人员会上门了解情况，请在家的成年人看过调查表后签字。",
    "TOWN_REVIEW": "请等待审核，不用您做什么。",
    "PRELIM_PUBLICITY": "初审意见正在村（居）公示，没有异议就提交审批，不用您做什么。",
    "COUNTY_REVIEW": "请等待审批，不用您做什么。",
    "COUNTY_VISIT": "县里的工作人员会上门核实，请家里留人。",
    "TOWN_APPROVAL": "请等待审批，不用您做什么。",
    "RESULT_PUBLICITY": "结果正在村（居）公示，没有异议就正式批准。",
    "OBJECTION": "有人提出异议，乡镇（街道）会核实，请配合。",
    "APPRAISAL": "村（居）会开评议会，只评议情况是否属实，请您到会说明。",
    "GRANTED": "钱每月打到您填的账户。家里人口、收入有变化，请及时告诉村（居）协理员。",
    "REFUSED": "请看告知书上的理由。可以在60日内申请行政复议，或者在6个月内向法院起诉；情况变化后可以再申请。",
    "TERMINATED": "需要时可以重新申请。",
}


def state_of(case: Any) -> State:
    """The state in plain words; an aid may have its own."""
    state = STATES[case.state]
    return replace(state, plain=registry.get(case.aid_type).words.get(case.state, state.plain))


def next_of(case: Any) -> str:
    """What the family does now; nothing more where the aid's own words say it already."""
    return "" if case.state in registry.get(case.aid_type).words else NEXT.get(case.state, "")


DECIDED = ("RESULT_PUBLICITY", "OBJECTION", "APPRAISAL", "GRANTED", "REFUSED")


def promise(case: Any) -> dict[str, Any] | None:
    """The date that matters now: ``{sentence, state}`` of the promised or the nearest running clock."""
    running = [
        (row, state)
        for row, state in queries.clocks_of(case)
        if row.ended_at is None and row.clock in PROMISES
    ]
    if not running:
        return _apply_window(case)
    total = registry.get(case.aid_type).total_clock
    row, state = min(running, key=lambda pair: (pair[0].clock != total, pair[1].due_on))
    sentence = PROMISES[row.clock].format(due=cn_date(state.due_on))
    if row.clock in in_hand.OPENED_BY and not in_hand.received_on(case, in_hand.OPENED_BY[row.clock]):
        sentence = "请先看告知书，期限从您收到的那天算起"
    if state.breached:
        sentence = f"原定{cn_date(state.due_on)}，已经超过，您可以打电话催办"
    return {"sentence": sentence, "state": state}


def _apply_window(case: Any) -> dict[str, Any] | None:
    if case.state != "MAY_APPLY":
        return None
    return {"sentence": f"请在{cn_date(in_hand.apply_until(case))}以前提交申请表", "state": None}


def stage_days(steps: list[Any]) -> dict[str, date]:
    """Day on which each stage of the flow line was left behind."""
    done: dict[str, date] = {}
    for step in steps:
        reached = STATES[step.to_state]
        left = STATES[step.from_state].stage if step.from_state else 0
        ended_badly = reached.terminal and reached.colour in ("red", "grey")
        for stage in STAGES[: left + 1 if ended_badly else reached.stage]:
            done.setdefault(stage, step.on)
        if step.from_state and STATES[step.from_state].stage > reached.stage:
            done = {stage: day for stage, day in done.items() if STAGES.index(stage) < reached.stage}
        if reached.terminal:
            done.setdefault(STAGES[reached.stage], step.on)
    return done


def result(actor: Actor, case: Any, names: dict[str, str]) -> dict[str, Any] | None:
    """Amount, first month, how computed, what was paid — only once a named officer has decided."""
    if case.state not in DECIDED:
        return None
    decision = case.decisions.order_by("-round").first()
    if decision is None:
        return None
    entitlement = getattr(case, "entitlement", None)
    approved = decision.kind == "APPROVE"
    return {
        "approved": approved,
        "granted": case.state == "GRANTED",
        "amount_fen": decision.amount_fen,
        "members_count": decision.members_count,
        "decided_on": decision.decided_on,
        "organ": decision.organ.organ_name,
        "reasons": [
            name_of("reason", each) if isinstance(each, str) else str(each) for each in decision.reasons
        ],
        "explanation": decision.explanation,
        "outcome": queries.outcome_of(case) if approved else None,
        "names": names,
        "first_month": entitlement.first_month if entitlement else None,
        "valid_to": entitlement.valid_to if entitlement else None,
        "renew": queries.may_renew(entitlement) if entitlement else False,
        "payments": payments(entitlement),
    }


_SHOWN = 12


def payments(entitlement: Any) -> list[dict[str, Any]]:
    """The newest of what was sent to the bank for this family, and what the bank said; a carer's pay says so."""
    if entitlement is None:
        return []
    lines = entitlement.pay_lines.select_related("result", "run").order_by("-pay_month", "-id")
    return [
        {
            "month": line.pay_month,
            "what": "照料护理费" if line.care_fen and line.care_fen == line.total_fen else "",
            "total_fen": line.total_fen,
            "bank": line.bank_name,
            "word": _paid_word(line),
            "colour": "green" if getattr(line, "result", None) and line.result.code == "00" else "blue",
        }
        for line in lines[:_SHOWN]
    ]


def _paid_word(line: Any) -> str:
    answer = getattr(line, "result", None)
    if answer is None:
        return "办理中"
    return (
        "已到账"
        if answer.code == "00"
        else f"没有到账：{name_of('bank_return', answer.code)}，工作人员会补发"
    )
