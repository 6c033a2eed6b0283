"""Shares of a whole in words."""

from __future__ import annotations

from fractions import Fraction

_NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def share_words(share: Fraction | float) -> str:
    """2/3 → 三分之二; 1 → 全部; what has no short name stays a percentage (0.685 → 68.5%)."""
    exact = Fraction(share).limit_denominator(1000)
    if exact == 1:
        return "全部"
    if exact.denominator < len(_NUMERALS) and 0 < exact.numerator < len(_NUMERALS):
        return f"{_NUMERALS[exact.denominator]}分之{_NUMERALS[exact.numerator]}"
    return f"{float(exact * 100):g}%"
