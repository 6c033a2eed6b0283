"""The aid types of the platform: one line each."""

from __future__ import annotations

from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.aid_types.edge.aid_type import EDGE
from jiuzhu.aid_types.rigid.aid_type import RIGID
from jiuzhu.aid_types.ta_emergency.aid_type import TA_EMERGENCY
from jiuzhu.aid_types.ta_expense.aid_type import TA_EXPENSE
from jiuzhu.aid_types.tekun.aid_type import TEKUN

_TYPES = (
    DIBAO,
    TEKUN,
    TA_EMERGENCY,
    TA_EXPENSE,
    EDGE,
    RIGID,
)
_ALL = {aid.code: aid for aid in _TYPES}
ORDINARY = _TYPES[0].code  # what is meant where nobody says which aid


def get(code: str) -> AidType:
    return _ALL[code]


def all_types() -> tuple[AidType, ...]:
    return tuple(_ALL.values())


def offered(regime: str) -> tuple[AidType, ...]:
    """The aid types that exist under a regime (2.0)."""
    return tuple(aid for aid in _ALL.values() if regime in aid.regimes)
