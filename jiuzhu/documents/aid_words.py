"""How a paper speaks of the aid it is about. An act gives the aid's code; words, titles and law are the aid type's own.

No Django here. What an act says itself goes before the aid's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.papers import DECISION_WORDS, HOUSEHOLD_WORDS, by_regime, cited
from jiuzhu.documents.catalogue import Notice
from jiuzhu.policy.regimes import regime as regime_of

KEYS = frozenset(
    {
        *(
            "aid_type",
            "aid_name",
            "aid_short",
            "pays",
            "has_money",
            "money_word",
            "money_name",
            "result_window",
        ),
        *DECISION_WORDS,
        *HOUSEHOLD_WORDS,
    }
)


def words(aid: AidType, regime: str) -> dict[str, Any]:
    """Its name, how it is paid, what a grant or a refusal of it is called under the regime, whom it aids."""
    grant = regime_of(regime).decision_word.removeprefix("审核").replace("审批", "批准")
    return {
        "aid_type": aid.code,
        "aid_name": aid.name,
        "aid_short": aid.short_name,
        "pays": aid.pays,
        "has_money": aid.has_money,
        "money_word": aid.money_word,
        "money_name": aid.money_name,
        "result_window": posts_result(aid, regime),
        "grant_word": grant if aid.has_money else "",
        "refuse_word": "不予批准" if grant == "批准" else "不予确认同意",
        **aid.paper_words,
    }


def posts_result(aid: AidType, regime: str) -> bool:
    """Whether the result hangs for objections (D26) or, decided for good, is only announced (3.3)."""
    return any("RESULT_PUBLICITY" in row.sources for row in aid.moves.named("D26") if regime in row.regimes)


def spoken(data: Mapping[str, Any], regime: str) -> dict[str, Any]:
    """The data of a paper with the words of the aid it names; a paper about no aid stays as it is."""
    code = data.get("aid_type")
    return (words(registry.get(code), regime) if code else {}) | dict(data)


def title(notice: Notice, aid_type: str, regime: str) -> str:
    """The aid's own title goes before the catalogue's."""
    own = registry.get(aid_type).papers.title(notice.code, regime) if aid_type else None
    return own or str(by_regime(notice.titles, regime))


def basis(notice: Notice, aid_type: str, regime: str) -> tuple[str, ...]:
    """What a paper cites: the aid's own law on what the paper does, then what holds for every aid."""
    own = registry.get(aid_type).papers.articles(notice.law, regime) if aid_type else ()
    return cited((*own, *(by_regime(notice.basis, regime) or ())))


def source(aid_type: str) -> str:
    """Where the aid's words, titles and law were read from."""
    return registry.get(aid_type).papers.source if aid_type else ""
