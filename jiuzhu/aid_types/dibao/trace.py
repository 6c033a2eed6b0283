"""The sum of dibao line by line, in words with its numbers: what an officer and the family read."""

from __future__ import annotations

from jiuzhu.core.money import yuan
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.household import sums
from jiuzhu.policy.household.lines import times
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

_AMOUNT_ARTICLE = {"P2019": "国务院令第649号第十二条、民发〔2012〕220号第二十七条"}
TOPUPS = {"T1": "重度残疾人", "T2": "重病患者", "T3": "老年人", "T4": "未成年人"}
# what a kept sum calls its lines: read again when the standard changes
TOPUP_LABELS = {f"分类施保：{name}": group for group, name in TOPUPS.items()}
TIER_LABELS = {f"保障金（{letter}档）": tier for tier, letter in enumerate("ABC")}


def amount_article(regime: str) -> str:
    return _AMOUNT_ARTICLE.get(regime, "国务院令第649号第十二条、民发〔2021〕57号第二十三条")


def amount_lines(
    evidence: Evidence,
    parameters: ParameterSet,
    regime: str,
    *,
    per_head_fen: int | None,
    base_fen: int,
    topups: dict[str, tuple[str, int]],
    tiers: dict[str, int],
) -> list[Line]:
    """AMT-01..05: the base, then one top-up a person. ``topups`` maps refs to group and fen, ``tiers`` refs to tier."""
    standard, article = parameters["dibao.standard"], amount_article(regime)
    if standard is None or per_head_fen is None:
        return []
    if not base_fen:
        words = f"人均月收入{yuan(per_head_fen)}元，没有低于标准{yuan(standard)}元"
        return [Line("保障金", words, 0, "AMT-01", article)]
    if tiers:
        lines = [_tier_line(ref, tier, standard, parameters, article) for ref, tier in tiers.items()]
    else:
        difference = f"（标准{yuan(standard)}元 − 人均月收入{yuan(per_head_fen)}元）"
        words = f"{difference}× {len(evidence.counted)}人，不足一元的进到元"
        lines = [Line("保障金（差额）", words, base_fen, "AMT-01", article)]
    for ref, (group, fen) in topups.items():
        words = f"标准{yuan(standard)}元 × {times(parameters[f'topup.{group}'])}，不足一元的进到元"
        lines.append(Line(f"分类施保：{TOPUPS[group]}", words, fen, "AMT-03", article, ref))
    return lines


def _tier_line(ref: str, tier: int, standard: int, parameters: ParameterSet, article: str) -> Line:
    share = parameters["dibao.tier_rates"][tier]
    words = f"标准{yuan(standard)}元 × {times(share)}，不足一元的进到元"
    fen = int(sums.share_of_standard(standard, share.numerator, share.denominator))
    return Line(f"保障金（{'ABC'[tier]}档）", words, fen, "AMT-02", article, ref)
