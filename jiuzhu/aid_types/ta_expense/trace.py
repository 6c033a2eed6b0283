"""The sum of expense aid line by line, in words with its numbers. Values are fen of twelve months, or the sum itself."""

from __future__ import annotations

from jiuzhu.aid_types.ta_expense import amount, facts
from jiuzhu.core.money import div_half_up, yuan
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import spending
from jiuzhu.policy.household.lines import times
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

ARTICLE = "民发〔2018〕23号二（三）"
GROUND = "民发〔2018〕23号二（一）"


def lines(evidence: Evidence, parameters: ParameterSet, regime: str, *, sum_fen: int) -> list[Line]:
    """TA-12: what was spent, what the family bears, what goes beyond, the bands, the cap."""
    told = [
        Line(
            f"自付{spending.KINDS.get(each.kind, each.kind)}支出",
            "12个月票据合计，报销后自付部分",
            each.self_paid_fen,
            "TA-12",
            GROUND,
            each.member,
        )
        for each in evidence.spendings
    ]
    if facts.income_known(evidence, parameters):
        told.append(
            Line("收入、财产", "已享受低保或特困供养，只核实支出，不再核对收入财产", 0, "TA-13", GROUND)
        )
    spent = facts.told_spending_fen(evidence, parameters, regime)
    year = spending.year_income_fen(evidence, parameters, regime)
    share = facts.own_share_fen(evidence, parameters, regime)
    standard = parameters["dibao.standard"]
    if spent is None or year is None or share is None or standard is None:
        return told
    words = f"家庭年收入{yuan(year)}元 × {times(parameters['ta.income_share'])}"
    told.append(Line("家庭自行承担", words, share, "TA-12", ARTICLE))
    over = int(amount.beyond(spent, share))
    words = f"自付必要支出{yuan(spent)}元 − 家庭自行承担{yuan(share)}元"
    told.append(Line("超出家庭承受能力的支出", words, over, "TA-12", ARTICLE))
    if over:
        cap = parameters["ta.cap_months"] * standard
        words = f"{_bands(over, parameters)}，每案不超过标准{yuan(standard)}元 × {parameters['ta.cap_months']}，即{yuan(cap)}元"
        told.append(Line("支出型救助金", words, sum_fen, "TA-12", ARTICLE))
    return told


def _bands(over_fen: int, parameters: ParameterSet) -> str:
    """``3,000.00（1万元以内30%）＋…`` for the bands that are reached."""
    parts, floor = [], 0
    for ceiling, rate in zip(
        [*parameters["ta.band_limits"], over_fen], parameters["ta.band_rates"], strict=True
    ):
        part = min(over_fen, ceiling) - floor
        if part <= 0:
            break
        value = div_half_up(part * rate.numerator, rate.denominator)
        parts.append(f"{yuan(part)}元 × {times(rate)} = {yuan(value)}元")
        floor = min(over_fen, ceiling)
    return "；".join(parts)
