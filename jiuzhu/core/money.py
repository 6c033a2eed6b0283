"""Money is whole fen (IDN-05). Half-up to the fen on the way, up to the yuan for a monthly household amount."""

from __future__ import annotations

import re

from jiuzhu.core.refusal import Refusal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_TYPED = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
LARGEST_FEN = 10**14


def div_half_up(numerator: int, denominator: int) -> int:
    """Integer division rounded half up (towards plus infinity on .5); also works on integer columns."""
    return (2 * numerator + denominator) // (2 * denominator)


def mul_rate(fen: int, numerator: int, denominator: int) -> int:
    """``fen × numerator / denominator`` rounded half up to the fen."""
    return div_half_up(fen * numerator, denominator)


def ceil_yuan(fen: int) -> int:
    """Up to the next whole yuan, in fen: 80001 → 80100 (AMT-01)."""
    return -(-fen // 100) * 100


def yuan(fen: int) -> str:
    """``123450`` → ``1,234.50``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def parse_yuan(text: str, *, field: str = "金额", negative: bool = False) -> int:
    """``"1,234.5"`` → 123450. Raises E_INPUT for anything that is not a sum of at most two decimals."""
    plain = str(text).translate(_TYPED).strip().lstrip("¥￥").removesuffix("元").strip()
    match = re.fullmatch(r"(-?)(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,2}))?", plain, re.ASCII)
    if not match:
        raise Refusal("E_INPUT", field=field, problem="应为数字，最多两位小数，例如 1234.50")
    if match[1] and not negative:
        raise Refusal("E_INPUT", field=field, problem="不能为负数")
    fen = int(match[2].replace(",", "")) * 100 + int((match[3] or "").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise Refusal("E_INPUT", field=field, problem="数值过大")
    return -fen if match[1] else fen


def _group_words(number: int) -> str:
    words, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + _UNITS[place]
            zero = False
        else:
            zero = True
    return words


def in_words(fen: int) -> str:
    """大写人民币: 123450 → 壹仟贰佰叁拾肆元伍角整."""
    if fen < 0:
        return "负" + in_words(-fen)
    whole, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    words, gap = "", False
    for index in range(len(_GROUPS) - 1, -1, -1):
        group = whole // 10 ** (4 * index) % 10_000
        if group:
            words += ("零" if words and (gap or group < 1000) else "") + _group_words(group) + _GROUPS[index]
            gap = False
        elif words:
            gap = True
    words = f"{words}元" if words else ("" if jiao or cent else "零元")
    if not jiao and not cent:
        return words + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif words:
        words += "零"
    return words + (_DIGITS[cent] + "分" if cent else "整")
