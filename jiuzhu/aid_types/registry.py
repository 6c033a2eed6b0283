"""The aid types of the platform: one line each."""

from __future__ import annotations

from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.aid_types.tekun.aid_type import TEKUN

_ALL = {aid.code: aid for aid in (DIBAO, TEKUN)}


def get(code: str) -> AidType:
    return _ALL[code]


def all_types() -> tuple[AidType, ...]:
    return tuple(_ALL.values())
