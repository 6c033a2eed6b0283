"""Assessing a dibao household (DB-01..DB-04, AMT-01..05): conditions, lines of the sum, a proposal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jiuzhu.aid_types.dibao import amount, facts
from jiuzhu.core.money import yuan
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence, Member
from jiuzhu.policy.outcome import EDGE, NEED_REVIEW, NOT_QUALIFIED, QUALIFIED, ConditionResult, Line, Outcome
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.policy.regimes import regime as regime_of

_CONDITIONS = Path(__file__).parent / "conditions.yaml"
_CATEGORIES = {"W": "工资性收入", "B": "经营净收入", "P": "财产净收入", "T": "转移净收入", "O": "其他收入"}
_TOPUPS = {"T1": "重度残疾人", "T2": "重病患者", "T3": "老年人", "T4": "未成年人"}
_INCOME_ARTICLE = {"P2019": "民发〔2012〕220号第十六条", "P2021": "民发〔2021〕57号第十三条", "P2025": "民发〔2021〕57号第十三条"}


def assess(evidence: Evidence, parameters: ParameterSet, regime: str) -> Outcome:
    """Propose an outcome for one household under one regime. Amounts are fen a month; never raises for missing data."""
    results = tuple(
        conditions.evaluate(condition, evidence, parameters, regime, facts.FACTS)
        for condition in conditions.load(_CONDITIONS)
        if regime in condition.regimes
    )
    counted = len(evidence.counted)
    standard = parameters["dibao.standard"] or 0
    per_head = facts.per_capita_fen(evidence, parameters, regime) or 0
    conclusion = _conclude(results, per_head, evidence, parameters, regime)
    base = _base(evidence, parameters, per_head)
    groups = {member.ref: topup_group(member, evidence, parameters) for member in evidence.counted}
    topup = sum(_topup(group, parameters) for group in groups.values() if group) if base else 0
    lines = [*_income_lines(evidence, parameters, regime, per_head), *_amount_lines(evidence, parameters, base, groups, per_head)]
    return Outcome(
        aid_type=evidence.aid_type,
        regime=regime,
        conclusion=conclusion,
        counted=counted,
        per_capita_fen=per_head,
        gap_fen=int(amount.gap(standard, per_head)),
        base_fen=base,
        topup_fen=topup,
        amount_fen=base + topup,
        conditions=results,
        lines=tuple(lines),
        parameters=tuple(_used(parameters, key) for key in parameters if parameters[key] is not None),
        is_sample=parameters.is_sample,
    )


def _used(parameters: ParameterSet, key: str) -> dict[str, Any]:
    value = parameters.why(key)
    shown = [str(each) for each in value.value] if isinstance(value.value, tuple) else value.value
    plain = str(shown) if value.unit == "rate" else shown
    return {"key": key, "title": value.title, "value": plain, "unit": value.unit, "source": value.source, "article": value.article}


def _conclude(
    results: tuple[ConditionResult, ...], per_head: int, evidence: Evidence, parameters: ParameterSet, regime: str
) -> str:
    """DB-03, DB-04: any "no" fails, any "cannot tell" needs a person, an edge family only where the regime knows it."""
    failed = {result.key for result in results if result.met is False}
    if not failed:
        return NEED_REVIEW if any(result.met is None for result in results) else QUALIFIED
    if not regime_of(regime).edge_family:
        return NOT_QUALIFIED
    below_edge = per_head < (facts.edge_line_fen(evidence, parameters, regime) or 0)
    if failed == {"income"} and below_edge:
        return EDGE
    if failed == {"cash"} and _within_edge_cash(evidence, parameters, regime):
        return NEED_REVIEW
    return NOT_QUALIFIED


def _within_edge_cash(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    cash = facts.cash_fen(evidence, parameters, regime)
    limit = parameters["prop.cash_months_edge"] * (parameters["dibao.standard"] or 0) * len(evidence.counted)
    return cash is not None and not evidence.over_limit and cash <= limit


def tier_of(member: Member) -> int:
    """AMT-02: 0 = A (no labour capacity, serious illness or disability), 1 = B (part), 2 = C."""
    if member.labour in ("NONE", "ELDER", "MINOR") or member.severely_disabled or member.serious_illness:
        return 0
    return 1 if member.labour == "PART" else 2


def _base(evidence: Evidence, parameters: ParameterSet, per_head: int) -> int:
    standard = parameters["dibao.standard"]
    if not standard or not evidence.counted:
        return 0
    if parameters["dibao.method"] == "TIER" and per_head < standard:
        rates = parameters["dibao.tier_rates"]
        return sum(int(amount.up_to_yuan(int(standard * rates[tier_of(member)]))) for member in evidence.counted)
    return int(amount.base(standard, per_head, len(evidence.counted)))


def topup_group(member: Member, evidence: Evidence, parameters: ParameterSet) -> str:
    """AMT-03: the one group that gives most; "" for none."""
    age = member.age(evidence.as_of)
    groups = [
        code
        for code, belongs in (
            ("T1", member.severely_disabled),
            ("T2", bool(member.serious_illness)),
            ("T3", age >= parameters["topup.old_age"]),
            ("T4", age < 18),
        )
        if belongs
    ]
    return max(groups, key=lambda code: parameters[f"topup.{code}"], default="")


def _topup(group: str, parameters: ParameterSet) -> int:
    rate = parameters[f"topup.{group}"]
    return int(amount.share_of_standard(parameters["dibao.standard"], rate.numerator, rate.denominator))


def _income_lines(evidence: Evidence, parameters: ParameterSet, regime: str, per_head: int) -> list[Line]:
    article = _INCOME_ARTICLE[regime]
    counted = {member.ref for member in evidence.counted}
    lines = []
    for item in evidence.incomes:
        if item.member and item.member not in counted:
            continue
        net = facts.net_of(item, parameters, regime)
        words = f"12个月{yuan(item.year_fen)}元" + (f" − 成本{yuan(item.cost_fen)}元" if item.cost_fen else "")
        words += f"；不计入：{item.not_counted}" if item.not_counted else ""
        lines.append(Line(f"{_CATEGORIES[item.category]}（{item.kind}）", f"{words}，折合每月", net // 12, "INC-02", article))
    for member in evidence.counted:
        cost = facts.work_cost_of(member, evidence, parameters)
        imputed = facts.imputed_of(member, evidence, parameters)
        if imputed is not None:
            lines.append(Line("核算劳动力收入", "最低工资 × 劳动力系数（代替未核实的劳动收入）", imputed // 12, "LAB-02", article))
        elif cost:
            lines.append(Line("必要就业成本扣减", "工资的10%与标准30%中的较小者", -(cost // 12), "INC-20", article))
    for each in evidence.supporters:
        if each.supports in counted:
            lines.append(Line("赡养（抚养、扶养）费", "裁判或协议、实付、公式依次采用", facts.support_of(each, parameters), "MNT-01", article))
    if evidence.rigid_expense_fen and parameters["rigid_deduction"]:
        lines.append(Line("刚性支出扣减", "残疾、患重病增加的自付支出 ÷ 12", -(evidence.rigid_expense_fen // 12), "INC-21", article))
    year = facts.year_income(evidence, parameters, regime)
    lines.append(
        Line("家庭人均月收入", f"12个月家庭收入{yuan(year)}元 ÷ 12 ÷ {len(evidence.counted)}人", per_head, "INC-02", article)
    )
    return lines


def _amount_lines(
    evidence: Evidence, parameters: ParameterSet, base: int, groups: dict[str, str], per_head: int
) -> list[Line]:
    standard, article = parameters["dibao.standard"] or 0, "国务院令第649号第十二条"
    if not base:
        return [Line("保障金", f"人均月收入{yuan(per_head)}元没有低于标准{yuan(standard)}元", 0, "AMT-01", article)]
    if parameters["dibao.method"] == "TIER":
        lines = [Line("保障金（分档）", f"{len(evidence.counted)}人按档计发", base, "AMT-02", article)]
    else:
        words = f"（{yuan(standard)} − {yuan(per_head)}）× {len(evidence.counted)}人，进到元"
        lines = [Line("保障金（差额）", words, base, "AMT-01", article)]
    for group in groups.values():
        if group:
            words = f"标准{yuan(standard)}元 × {parameters[f'topup.{group}'].limit_denominator() * 100}%"
            lines.append(Line(f"分类施保：{_TOPUPS[group]}", words, _topup(group, parameters), "AMT-03", article))
    return lines
