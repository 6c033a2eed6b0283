"""What happens to a family in benefit, as law: typed changes, from which month, how much, who may go on (5.1–5.3).

Pure functions over evidence and outcomes; the benefits acts ask them and write down the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from jiuzhu.core.calendar import add_months, next_month
from jiuzhu.core.money import ceil_yuan, div_half_up
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, SelfCare
from jiuzhu.policy.outcome import QUALIFIED, Outcome
from jiuzhu.policy.parameters import ParameterSet

INCREASE, DECREASE, KEEP, STOP, GRADUAL = "INCREASE", "DECREASE", "KEEP", "STOP", "GRADUAL"
SUSPEND, RESUME, REINSTATE = "SUSPEND", "RESUME", "REINSTATE"
RESULTS = {
    INCREASE: "增发",
    DECREASE: "减发",
    KEEP: "金额不变",
    STOP: "停发",
    GRADUAL: "渐退",
    SUSPEND: "暂停发放",
    RESUME: "恢复发放",
    REINSTATE: "恢复待遇",
}
# what may only begin once the family has the notice in hand (DYN-11)
LESS = (DECREASE, STOP)

ADD, DEL, INC, CLS = "CH-ADD", "CH-DEL", "CH-INC", "CH-CLS"
ACC, CARE, CERT, JOB = "CH-ACC", "CH-CARE", "CH-CERT", "CH-JOB"
SUS, RES, END, REIN, REV = "CH-SUS", "CH-RES", "CH-END", "CH-REIN", "CH-REV"
DEATH = "DEATH"


@dataclass(frozen=True)
class Kind:
    """``about``: what it touches, so that two open changes of the same thing are noticed: person, money, account,
    class or state. ``reported``: the family reports it on W35. ``reassessed``: the law is asked again.
    """

    code: str
    title: str
    about: str
    reported: bool = False
    reassessed: bool = False


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(ADD, "增加家庭成员", "person", reported=True, reassessed=True),
        Kind(DEL, "减少家庭成员", "person", reported=True, reassessed=True),
        Kind(INC, "收入、财产变化", "money", reported=True, reassessed=True),
        Kind(CLS, "调整复核类别", "class"),
        Kind(ACC, "变更账户或领款人", "account", reported=True),
        Kind(CARE, "自理能力重新评估", "person", reported=True, reassessed=True),
        Kind(CERT, "残疾证换证、续期", "person", reported=True, reassessed=True),
        Kind(JOB, "无正当理由拒绝就业", "person"),
        Kind(SUS, "暂停发放", "state"),
        Kind(RES, "恢复发放", "state"),
        Kind(END, "退出救助", "state"),
        Kind(REIN, "恢复待遇", "state"),
        Kind(REV, "定期复核", "money", reassessed=True),
    )
}
WHY_GONE = {
    DEATH: "去世",
    "MARRIAGE": "结婚迁出",
    "PRISON": "在监狱服刑",
    "DRUG_ISOLATION": "强制隔离戒毒",
    "ARMY": "服义务兵役",
    "LEFT": "分户、不再共同生活",
}
# who is away for a time stays of the family and is due home some day: how he is on the books meanwhile (2.1)
AWAY = {"PRISON": "PRISON", "DRUG_ISOLATION": "DRUG_ISOLATION", "ARMY": "CONSCRIPT"}
WHY_STOPPED = {
    "ST-INC": "收入不再低于标准",
    "ST-PROP": "财产不再符合规定",
    "ST-DEATH": "去世",
    "ST-MOVE": "迁出",
    "ST-VOLUNTARY": "自愿退出",
    "ST-NOCOOP": "不配合复核",
    "ST-FRAUD": "隐瞒、虚报",
    "ST-PRISON": "服刑",
    "ST-OTHER": "其他原因",
}
WHY_SUSPENDED = {
    "ACCOUNT": "账户连续两个月无效",
    "UNTRACEABLE": "人员下落不明",
    "REVIEW": "拒绝复核或复核超期60天",
    "DEATH": "疑似去世，待核实",
}


# —— the family after a change


def without(family: Evidence, ref: str) -> Evidence:
    """The family without one member, his income, his property and whoever supported him."""
    return replace(
        family,
        members=tuple(each for each in family.members if each.ref != ref),
        incomes=tuple(each for each in family.incomes if each.member != ref),
        assets=tuple(each for each in family.assets if each.member != ref),
        supporters=tuple(each for each in family.supporters if each.supports != ref),
        spendings=tuple(each for each in family.spendings if each.member != ref),
    )


def joined(family: Evidence, member: Member) -> Evidence:
    """The family with one member more; the same person twice is once."""
    return replace(without(family, member.ref), members=(*without(family, member.ref).members, member))


def with_income(family: Evidence, income: Income) -> Evidence:
    """One member's income of one kind as it is now; nothing a year takes it out."""
    rest = tuple(each for each in family.incomes if (each.member, each.kind) != (income.member, income.kind))
    return replace(family, incomes=(*rest, income) if income.year_fen else rest)


def with_asset(family: Evidence, asset: Asset) -> Evidence:
    """One thing owned as it is now; worth nothing and of no size takes it out."""
    rest = tuple(
        each
        for each in family.assets
        if (each.member, each.kind, each.label) != (asset.member, asset.kind, asset.label)
    )
    return replace(family, assets=(*rest, asset) if asset.value_fen or asset.area_m2_tenths else rest)


def certified(family: Evidence, ref: str, *, category: str, grade: str) -> Evidence:
    """The family with one member's disability as his certificate says now; both empty when he holds none any more."""
    members = tuple(
        replace(each, disability_category=category, disability_grade=grade) if each.ref == ref else each
        for each in family.members
    )
    return replace(family, members=members)


def after(family: Evidence, facts: Mapping[str, Any], on: date) -> Evidence:
    """The family on a day once everything reported has happened.

    ``gone`` refs, ``new`` member fields, ``incomes`` and ``assets`` as they are now, ``self_care`` items he is able to
    do, ``certificate`` of disability.
    """
    changed = replace(family, as_of=on)
    for ref in facts.get("gone", ()):
        changed = without(changed, ref)
    for raw in facts.get("new", ()):
        changed = joined(changed, Member(**(raw | {"born_on": date.fromisoformat(str(raw["born_on"]))})))
    for raw in facts.get("incomes", ()):
        changed = with_income(changed, Income(**raw))
    for raw in facts.get("assets", ()):
        changed = with_asset(changed, Asset(**raw))
    if facts.get("self_care"):
        changed = replace(changed, self_care=SelfCare(**facts["self_care"]))
    if facts.get("certificate"):
        held = facts["certificate"]
        changed = certified(changed, held["member"], category=held["category"], grade=held["grade"])
    return changed


# —— what follows


def result_of(
    before_fen: int, outcome: Outcome, *, former_per_head_fen: int, standard_fen: int | None, band: Any
) -> str:
    """INCREASE, DECREASE, KEEP or STOP; within the band of DYN-03 the amount stays as long as N does."""
    if outcome.conclusion != QUALIFIED:
        return STOP
    moved = abs(outcome.per_capita_fen - former_per_head_fen)
    if standard_fen and band and moved * band.denominator < standard_fen * band.numerator:
        return KEEP
    return (
        KEEP
        if outcome.amount_fen == before_fen
        else INCREASE
        if outcome.amount_fen > before_fen
        else DECREASE
    )


def hangs_on_certificate(without: Outcome, outcome: Outcome) -> bool:
    """Whether a certificate decides anything: the law asked on one day of the family without it and with it (SUP-20).

    A renewal of the same class changes neither the sum nor the class; nothing else is settled along with it.
    """
    return (without.conclusion, without.base_fen, without.topup_fen, without.care_fen) != (
        outcome.conclusion,
        outcome.base_fen,
        outcome.topup_fen,
        outcome.care_fen,
    )


def may_fade(outcome: Outcome, parameters: ParameterSet, *, new_work: bool, used: int) -> int:
    """DYN-20: for how many months a family that found work may be paid on unchanged; 0 when not at all."""
    standard = parameters["dibao.standard"]
    only_income = {each.key for each in outcome.not_met} == {"income"} and not outcome.cannot_tell
    if not new_work or standard is None or not only_income:
        return 0
    ratio = parameters["edge.ratio"]
    if outcome.per_capita_fen * ratio.denominator > standard * ratio.numerator:
        return 0
    return max(0, int(parameters["gradual_months"]) - used)


def fades_on(outcome: Outcome, parameters: ParameterSet) -> bool:
    """Whether a family in gradual exit may stay in it: property fits, i ≤ 1.5 × L (DYN-20)."""
    standard, ratio = parameters["dibao.standard"], parameters["edge.ratio"]
    property_fits = {each.key for each in outcome.not_met} <= {"income"}
    return property_fits and outcome.per_capita_fen * ratio.denominator <= (standard or 0) * ratio.numerator


def share_kept(base_fen: int, counted: int) -> int:
    """DYN-30: the gap amount without the share of the member who refuses work: × (N−1)/N, up to the yuan."""
    return ceil_yuan(-(-base_fen * (counted - 1) // counted)) if counted > 1 else 0


def stop_reason(outcome: Outcome) -> str:
    """DYN-14: income first, else property, else another reason."""
    reasons = set(outcome.reasons)
    if "RC-INC" in reasons:
        return "ST-INC"
    property_codes = {"RC-CASH", "RC-CAR", "RC-HOUSE", "RC-NONRES", "RC-CORP", "RC-MACH", "RC-TRANSFER"}
    if reasons & property_codes:
        return "ST-PROP"
    return "ST-NOCOOP" if "RC-NOCOOP" in reasons else "ST-OTHER"


_DUTY_MONTHS = 3


def told_late(kind: str, happened_on: date, told_on: date) -> bool:
    """DYN-10: population, income or property changed and the family was silent for more than three months."""
    return kind in (ADD, DEL, INC) and told_on > add_months(happened_on, _DUTY_MONTHS)


# —— from which month


def effective_month(*, decided_on: date, died_on: date | None = None) -> date:
    """The month after the death of a member (DYN-21), the month after the decision otherwise (5.3)."""
    return next_month(died_on or decided_on)


def starts(effective: date, *, first_unlisted: date, served_on: date | None = None) -> date:
    """The first month really paid another way: never one already listed, never one before the notice was served.

    What is listed at the former amount is made good: arrears when it rose, recovery when a death was told late.
    """
    return max(effective, first_unlisted, *((served_on.replace(day=1),) if served_on else ()))


# —— the calendar of reviews (DYN-01)

LATE_DAYS, SUSPEND_DAYS, PROMPT_DAYS = 15, 60, 30


def review_colour(due_on: date, today: date) -> str:
    """GREEN, YELLOW from 30 days before, ORANGE when due, RED from 15 days after."""
    if today >= due_on + timedelta(days=LATE_DAYS):
        return "RED"
    if today >= due_on:
        return "ORANGE"
    return "YELLOW" if today >= due_on - timedelta(days=PROMPT_DAYS) else "GREEN"


def suspension_proposed(due_on: date, today: date) -> bool:
    """60 days over: the town is asked whether to suspend."""
    return today >= due_on + timedelta(days=SUSPEND_DAYS)


def next_review(last: date, review_class: str, parameters: Mapping[str, Any]) -> date:
    """5.2, WD-09: the cycle of the class, same day of the month, clipped to the month's end."""
    return add_months(last, int(parameters[f"review.cycle.{review_class}"]))


# —— getting money back (DYN-22)


def instalments(total_fen: int, months: int) -> list[int]:
    """Equal parts, whole yuan where that is possible, the last one takes the rest."""
    part = min(total_fen, max(1, ceil_yuan(div_half_up(total_fen, months))))
    full, rest = divmod(total_fen, part)
    return [part] * full + ([rest] if rest else [])
