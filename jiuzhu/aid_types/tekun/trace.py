"""The three tests and the sum of tekun line by line, in words: what an officer and the person read."""

from __future__ import annotations

from jiuzhu.aid_types.tekun import facts, self_care
from jiuzhu.core.codes import name_of
from jiuzhu.core.money import div_half_up, yuan
from jiuzhu.policy.evidence import Evidence, Income, Supporter
from jiuzhu.policy.household.income import gross_of
from jiuzhu.policy.household.lines import times
from jiuzhu.policy.income_kinds import CATEGORIES, title_of
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

AMOUNT_ARTICLE = "国发〔2016〕14号二（四）"
_INCOME, _OBLIGOR, _LEVEL = "第六条", "第八条", "第二十条"


def _article(of_2021: str, regime: str) -> str:
    """The article of the rules of 2021; a case of before rests on those of 2016."""
    return "民发〔2016〕178号" if regime == "P2019" else f"民发〔2021〕43号{of_2021}"


def income_lines(evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Line]:
    """TK-01, second test: every receipt, what is left out, own income a month. Values are fen a month."""
    article = _article(_INCOME, regime)
    lines = [_receipt(item, parameters, article) for item in facts.receipts(evidence)]
    pension = facts.central_pension_fen(evidence, parameters)
    if pension:
        words = f"中央确定的部分每月{yuan(parameters['central_pension'])}元不计入"
        lines.append(Line("基础养老金不计入部分", words, -div_half_up(pension, 12), "TK-01", article))
    received = facts.support_received_fen(evidence)
    if received:
        words = "按裁判、调解、协议或实际支付数额"
        lines.append(Line("收到的赡养（抚养、扶养）费", words, received, "TK-01", article))
    own = facts.own_month_fen(evidence, parameters, regime)
    if own is not None:
        lines.append(Line("本人月收入", "各项计入收入合计", own, "TK-01", article))
    return lines


def _receipt(item: Income, parameters: ParameterSet, article: str) -> Line:
    label, gross = f"{CATEGORIES[item.category]}（{title_of(item.kind)}）", gross_of(item, parameters)
    words, reason = f"12个月{yuan(gross)}元", facts.not_income(item)
    if reason:
        return Line(label, f"{words}，不计入本人收入（{reason}）", 0, "TK-01", article, item.member)
    if item.cost_fen:
        words += f" − 成本、税费{yuan(item.cost_fen)}元"
    month = div_half_up(gross - item.cost_fen, 12)
    return Line(label, f"{words}，除以12", month, "TK-01", article, item.member)


def obligor_lines(evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Line]:
    """TK-02: each obligor with the ground on which he is without ability, or that he is able."""
    return [
        Line(
            f"法定义务人（{name_of('relation', each.relation)}）",
            _ability(each, evidence, parameters),
            0,
            "TK-02",
            _article(_OBLIGOR, regime),
            each.supports,
        )
        for each in facts.obligors(evidence)
    ]


def _ability(obligor: Supporter, evidence: Evidence, parameters: ParameterSet) -> str:
    found = facts.grounds(obligor, evidence, parameters)
    for ground, met in found.items():
        if met:
            return f"没有履行义务能力：{facts.GROUNDS[ground]}"
    open_ones = [facts.GROUNDS[ground] for ground, met in found.items() if met is None]
    if open_ones:
        return f"是否有能力尚未查清：{'；'.join(open_ones)}"
    return "有履行义务能力"


def amount_lines(
    evidence: Evidence, parameters: ParameterSet, regime: str, *, basic_fen: int, care_fen: int
) -> list[Line]:
    """TK-09: basic living, then care by level; care stays open until the person's self-care was rated."""
    if not basic_fen:
        return []
    lines = [Line("基本生活费", _basic_words(parameters, basic_fen), basic_fen, "TK-09", AMOUNT_ARTICLE)]
    if evidence.self_care is None:
        words = "待自理能力评估后按等级确定"
        return [*lines, Line("照料护理费", words, 0, "TK-07", _article(_LEVEL, regime))]
    level = self_care.level(evidence.self_care)
    count = self_care.unable(evidence.self_care)
    words = f"六项中{count}项不能自主完成，{self_care.LEVELS[level]}，{_care_words(parameters, level)}"
    return [*lines, Line("照料护理费", words, care_fen, "TK-09", AMOUNT_ARTICLE)]


def _basic_words(parameters: ParameterSet, basic_fen: int) -> str:
    published, standard = parameters["tekun.basic"], parameters["dibao.standard"]
    if published == basic_fen:
        return "按公布的特困人员基本生活标准"
    return f"低保标准{yuan(standard)}元 × {times(parameters['tekun.basic_ratio'])}，不足一元的进到元"


def _care_words(parameters: ParameterSet, level: str) -> str:
    if parameters[f"tekun.care.{level}"] is not None:
        return "按公布的照料护理标准"
    wage, share = parameters["minimum_wage"], parameters[f"tekun.care_share.{level}"]
    return "照料护理标准尚未公布" if wage is None else f"最低工资{yuan(wage)}元 × {times(share)}，进到元"
