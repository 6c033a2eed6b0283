"""Unified social credit codes by GB 32100-2015: companies and registered bodies."""

from __future__ import annotations

import unicodedata

from jiuzhu.core.refusal import Refusal

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first17: str) -> str:
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """Check character of the organisation code inside (GB 11714); letters count A=10 … Z=35."""
    rest = sum(int(char, 36) * weight for char, weight in zip(first8, _ORGAN_WEIGHTS, strict=True)) % 11
    return "0X987654321"[rest]


def parse(text: str, *, field: str = "统一社会信用代码") -> str:
    """The code, tidied. Raises E_INPUT naming what is wrong."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != 18 or any(char not in _ALPHABET for char in code):
        raise Refusal("E_INPUT", field=field, problem="应为18位数字和大写字母，不含I、O、S、V、Z")
    if code[17] != check_character(code[:17]) or code[16] != organisation_check(code[8:16]):
        raise Refusal("E_INPUT", field=field, problem="校验码不符，代码可能有误")
    return code
