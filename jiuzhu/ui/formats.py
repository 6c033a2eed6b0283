"""Records into words: money, dates, time left, masks. Screens use these as filters of the ``ui`` tag library."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jiuzhu.core import clock, id_numbers, money, names

EMPTY = "—"
# units of deadlines.yaml; a posting's days are calendar days
UNIT_WORDS = {"wd": "个工作日", "cal": "天", "publicity": "天", "hours": "小时", "months": "个月"}
WEEKDAYS = "一二三四五六日"


def fen(value: int | None) -> str:
    """123450 → ``1,234.50``; nothing → a dash."""
    return EMPTY if value is None or value == "" else money.yuan(int(value))


def yuan_words(value: int | None) -> str:
    """123450 → 壹仟贰佰叁拾肆元伍角整."""
    return EMPTY if value is None or value == "" else money.in_words(int(value))


def cn_date(value: date | datetime | None) -> str:
    """2019年9月2日, in Shanghai."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else EMPTY


def short_date(value: date | datetime | None) -> str:
    """2019-09-02 for dense tables."""
    day = _day(value)
    return day.isoformat() if day else EMPTY


def cn_weekday(value: date | datetime | None) -> str:
    """星期一"""
    day = _day(value)
    return f"星期{WEEKDAYS[day.weekday()]}" if day else EMPTY


def cn_datetime(value: datetime | None) -> str:
    """2019年9月2日 14:05"""
    if not value:
        return EMPTY
    moment = clock.local(value) if value.tzinfo else value
    return f"{cn_date(moment)} {moment:%H:%M}"


def _day(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return (clock.local(value) if value.tzinfo else value).date()
    return value or None


def cn_month(value: str | date | None) -> str:
    """``2019-09`` or a date → 2019年9月"""
    if not value:
        return EMPTY
    text = value.isoformat() if isinstance(value, date) else str(value)
    digits = text.replace("-", "")
    return f"{digits[:4]}年{int(digits[4:6])}月"


def wd_left(left: int, unit: str = "wd", breached: bool = False) -> str:
    """还剩 3 个工作日 · 今天到期 · 已超期 2 个工作日"""
    word = UNIT_WORDS.get(unit, "天")
    if breached:
        return f"已超期 {abs(left)} {word}" if left else "已超期"
    if left == 0:
        return "今天到期" if unit != "hours" else "不足 1 小时"
    return f"还剩 {left} {word}"


def mask_id(value: str | None) -> str:
    return id_numbers.mask(value) if value else EMPTY


def mask_name(value: str | None) -> str:
    return names.mask(value) if value else EMPTY


def mask_phone(value: str | None) -> str:
    return id_numbers.mask_phone(value) if value else EMPTY


def mask_account(value: str | None) -> str:
    return id_numbers.mask_account(value) if value else EMPTY


def percent(value: Any, digits: int = 1) -> str:
    """0.953 → 95.3%"""
    return EMPTY if value is None or value == "" else f"{float(value) * 100:.{int(digits)}f}%"
