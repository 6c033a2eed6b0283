"""Resident ID numbers by GB 11643-1999 (IDN-01..03). Area codes never reject: people keep retired ones for life."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from jiuzhu.core.refusal import Refusal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True)
class IdNumber:
    """``number`` is normalised to 18 characters; ``upgraded_from`` keeps a 15-digit original."""

    number: str
    area: str
    born_on: date
    sex: str
    upgraded_from: str = ""


def check_character(first17: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def normalise(text: str) -> str:
    """Full-width digits, blanks and a lower-case x are tidied; nothing is judged."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def parse(text: str, *, on: date | None = None) -> IdNumber:
    """Read a number; raises E_ID naming what is wrong. ``on`` refuses births after that day."""
    number, original = normalise(text), ""
    if len(number) == 15 and number.isascii() and number.isdigit():
        original = number
        number = number[:6] + "19" + number[6:]
        number += check_character(number)
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        raise Refusal("E_ID", reason="应为18位，前17位是数字")
    born_on = _birth(number[6:14])
    if number[17] != check_character(number[:17]):
        raise Refusal("E_ID", reason="校验码不符，号码可能有误")
    if on and born_on > on:
        raise Refusal("E_ID", reason="出生日期晚于今天")
    return IdNumber(number, number[:6], born_on, "1" if int(number[16]) % 2 else "2", original)


def _birth(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise Refusal("E_ID", reason="出生日期不存在") from None


def age_on(born_on: date, on: date) -> int:
    """Full years on a day; the birthday counts (IDN-02)."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def disability_certificate(id_number: str, category: str, grade: str) -> str:
    """IDN-03: ID number + category + grade."""
    return f"{id_number}{category}{grade}"


def mask(number: str) -> str:
    """371502********004X"""
    return f"{number[:6]}{'*' * 8}{number[14:]}" if len(number) == 18 else "*" * len(number)


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def mask_account(number: str) -> str:
    return f"{number[:4]} **** {number[-4:]}" if len(number) >= 9 else "*" * len(number)
