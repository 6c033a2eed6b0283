"""The sum under another standard with unchanged income (DYN-40), from what the former sum says of itself."""

from __future__ import annotations

from jiuzhu.aid_types.dibao import amount
from jiuzhu.aid_types.dibao.trace import TIER_LABELS, TOPUP_LABELS
from jiuzhu.policy.household import income, sums
from jiuzhu.policy.parameters import ParameterSet


def restate(
    per_head_fen: int, counted: int, labels: tuple[str, ...], parameters: ParameterSet
) -> tuple[int, int]:
    """Base and top-up, fen a month. A family at or above the new standard gets nothing here: an officer looks."""
    standard = parameters["dibao.standard"]
    if standard is None or per_head_fen >= standard:
        return 0, 0
    tiers = [TIER_LABELS[label] for label in labels if label in TIER_LABELS]
    rates = parameters["dibao.tier_rates"] if tiers else ()
    base = (
        sum(int(sums.share_of_standard(standard, *income.rate(rates[tier]))) for tier in tiers)
        if tiers
        else int(amount.base(standard, per_head_fen, counted))
    )
    groups = [TOPUP_LABELS[label] for label in labels if label in TOPUP_LABELS]
    topup = sum(
        int(sums.share_of_standard(standard, *income.rate(parameters[f"topup.{group}"]))) for group in groups
    )
    return base, topup if base else 0
