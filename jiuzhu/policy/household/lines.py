"""The income of a household line by line, in words with its numbers: what an officer and the family read."""

from __future__ import annotations

from fractions import Fraction

from jiuzhu.core.money import div_half_up, yuan
from jiuzhu.policy.evidence import Evidence, Income, Member, Supporter
from jiuzhu.policy.household import income
from jiuzhu.policy.income_kinds import CATEGORIES, title_of
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

_INCOME_ARTICLE = {"P2019": "民发〔2012〕220号第十六条"}
_CHILD_SUPPORT_ARTICLE = "最高法婚姻家庭编解释（一）"
_BASIS = {
    income.AGREED: "按裁判、调解或协议数额",
    income.PAID: "按实际支付数额",
    income.UNABLE: "赡养（抚养、扶养）人没有能力",
}


def income_article(regime: str) -> str:
    return _INCOME_ARTICLE.get(regime, "民发〔2021〕57号第十三条")


def _monthly(year_fen: int) -> int:
    return div_half_up(year_fen, 12)


def times(ratio: Fraction) -> str:
    """``1/5`` reads 20%, ``1/3`` stays 1/3."""
    percent = ratio * 100
    return f"{percent}%" if percent.denominator == 1 else str(ratio)


def income_lines(evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Line]:
    """INC-02: receipts, labour, support, deductions, then the sum per head. Values are fen a month."""
    article = income_article(regime)
    counted = {member.ref for member in evidence.counted}
    receipts = [item for item in evidence.incomes if not item.member or item.member in counted]
    lines = [_receipt(item, parameters, article) for item in receipts]
    for member in evidence.counted:
        lines += _labour_lines(member, evidence, parameters, article)
        lines += _pension_line(member, evidence, parameters, regime, article)
    for each in evidence.supporters:
        if each.supports in counted:
            lines += _support_line(each, parameters, evidence, article)
    lines += _rigid_line(evidence, parameters, regime, article)
    return lines + _per_head_line(evidence, parameters, regime, article)


def _receipt(item: Income, parameters: ParameterSet, article: str) -> Line:
    label = f"{CATEGORIES[item.category]}（{title_of(item.kind)}）"
    gross, reason = income.gross_of(item, parameters), income.left_out(item)
    words = f"12个月{yuan(gross)}元"
    if item.farm_item:
        unit, quantity = parameters[f"farm.{item.farm_item}"], Fraction(item.quantity_tenths, 10)
        words += f"（每亩、每头每年{yuan(unit)}元 × {float_free(quantity)}）"
    if reason:
        return Line(label, f"{words}，不计入家庭收入（{reason}）", 0, "INC-10", article, item.member)
    if item.cost_fen:
        words += f" − 成本、税费{yuan(item.cost_fen)}元"
    rule = "INC-30" if item.farm_item else "INC-02"
    return Line(
        label, f"{words}，除以12", _monthly(income.net_of(item, parameters)), rule, article, item.member
    )


def float_free(quantity: Fraction) -> str:
    """Tenths as people write them: 4, 2.5."""
    whole, tenth = divmod(quantity.numerator * (10 // quantity.denominator), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _labour_lines(member: Member, evidence: Evidence, parameters: ParameterSet, article: str) -> list[Line]:
    labour = income.labour_of(member, evidence, parameters)
    if labour is None:
        return []
    lines = []
    if labour.cost_fen:
        share, cap = parameters["work_cost.rate"], parameters["work_cost.cap_of_L"]
        words = f"工资的{times(share)}与低保标准的{times(cap)}取较小者"
        lines.append(Line("必要就业成本", words, -_monthly(labour.cost_fen), "INC-20", article, member.ref))
    if labour.is_imputed and labour.imputed_fen is not None:
        known = labour.earned_fen - labour.cost_fen
        coefficient = parameters[f"labour.coef.{member.labour}"]
        words = f"最低工资{yuan(parameters['minimum_wage'])}元 × 劳动力系数{times(coefficient)}"
        words += f" − 已计入的劳动收入{yuan(_monthly(known))}元" if known else ""
        lines.append(
            Line("核算劳动力收入", words, _monthly(labour.imputed_fen - known), "LAB-02", article, member.ref)
        )
    return lines


def _pension_line(
    member: Member, evidence: Evidence, parameters: ParameterSet, regime: str, article: str
) -> list[Line]:
    left_out = income.central_pension_of(member, evidence, parameters, regime)
    if not left_out:
        return []
    words = f"中央确定的部分每月{yuan(parameters['central_pension'])}元不计入"
    return [Line("基础养老金不计入部分", words, -_monthly(left_out), "INC-11", article, member.ref)]


def _support_line(
    supporter: Supporter, parameters: ParameterSet, evidence: Evidence, article: str
) -> list[Line]:
    found = income.support(supporter, parameters, single_person=evidence.single_person)
    if found is None:
        return []
    words = _BASIS.get(found.basis) or _formula_words(supporter, parameters)
    ground = f"{article}、{_CHILD_SUPPORT_ARTICLE}" if supporter.child_count else article
    return [Line("赡养（抚养、扶养）费", words, found.fen, "MNT-01", ground, supporter.supports)]


def _formula_words(supporter: Supporter, parameters: ParameterSet) -> str:
    if supporter.child_count:
        one, cap = parameters["maint.child_share_one"], parameters["maint.child_share_cap"]
        share = f"{times(one)}，{supporter.child_count}个子女合计不超过{times(cap)}"
        return f"月收入{yuan(supporter.monthly_income_fen)}元 × {share}"
    standard = supporter.local_standard_fen or parameters["dibao.standard"]
    above = f"人均{yuan(supporter.per_capita_fen)}元 − {parameters['maint.k']} × 标准{yuan(standard)}元"
    share = (
        f"{supporter.household_size}人 × {times(parameters['maint.r'])} ÷ 赡养{supporter.supported_count}人"
    )
    return f"（{above}）× {share}"


def _rigid_line(evidence: Evidence, parameters: ParameterSet, regime: str, article: str) -> list[Line]:
    before = income.year_income_before_rigid(evidence, parameters, regime)
    if not evidence.rigid_expense_fen or before is None or not parameters["rigid_deduction"]:
        return []
    taken = max(before, 0) - (income.year_income(evidence, parameters, regime) or 0)
    words = f"残疾、患重病12个月自付{yuan(evidence.rigid_expense_fen)}元，除以12，不超过家庭收入"
    return [Line("刚性支出扣减", words, -_monthly(taken), "INC-21", article)]


def _per_head_line(evidence: Evidence, parameters: ParameterSet, regime: str, article: str) -> list[Line]:
    year, counted = income.year_income(evidence, parameters, regime), len(evidence.counted)
    per_head = income.per_capita_fen(evidence, parameters, regime)
    if year is None or per_head is None:
        return []
    words = f"12个月家庭收入{yuan(year)}元 ÷ 12 ÷ {counted}人"
    return [Line("家庭人均月收入", words, per_head, "INC-02", article)]
