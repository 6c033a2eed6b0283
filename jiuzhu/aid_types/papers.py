"""What the papers of one aid type say that those of others do not: words, titles, the articles they rest on.

Each folder keeps them in ``papers.yaml``. Templates are the same for every aid and name a topic; the aid type answers
with its own law, so no paper can cite another aid's (DOC-05, DOC-06).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# how papers and pages speak of a household's aid: to whom, about whom, of what
HOUSEHOLD_WORDS: Mapping[str, str] = {
    "me_word": "我户",
    "you_word": "你户",
    "your_word": "你户",
    "household_word": "户",
    "those_word": "家庭",
    "members_word": "共同生活的家庭成员",
    "member_word": "家庭成员",
    "signers_word": "全体成年家庭成员",
    "declared_word": "家庭成员、收入、财产情况",
    "headcount_word": "家庭人口",
    "counted_word": "救助人口",
    "income_word": "人均月收入",
    "base_word": "基本金额",
    "extra_word": "增发金额",
    "situation_word": "家庭情况",
    "changes_word": "家庭人口、收入、财产",
}
# words that follow from regime and kind of payment, where the law of an aid does not say otherwise
DECISION_WORDS = ("grant_word", "refuse_word")

# what papers do that each aid's own law has to allow
TOPICS: Mapping[str, str] = {
    "verify": "告知核对结果",
    "accept": "受理、补正",
    "time_limit": "办理期限",
    "kin": "近亲属备案",
    "appraise": "民主评议",
    "post_opinion": "初审公示",
    "post_result": "结果公示、公布",
    "decide": "审批、确认",
    "refuse": "不予批准、不予确认",
    "change": "报告变化",
    "adjust": "调整、停发",
    "fade": "渐退",
    "recover": "追回",
    "urgent": "先行救助、补登记",
    "self_care": "自理能力评估",
    "care": "照料服务",
    "post_stop": "拟终止公示",
    "stop": "终止",
}


def by_regime(entry: Any, regime: str) -> Any:
    """The entry of a regime, or the one for all of them; an entry without regimes holds under each."""
    if not isinstance(entry, Mapping):
        return entry
    return entry.get(regime, entry.get("all"))


def cited(articles: Iterable[str]) -> tuple[str, ...]:
    """Each text once with all its articles: 民发〔2021〕43号第十二条、第十三条."""
    by_text: dict[str, list[str]] = {}
    for each in articles:
        text, mark, numbers = each.partition("第")
        by_text.setdefault(text, []).extend([mark + numbers] if mark else [])
    return tuple(text + "、".join(dict.fromkeys(numbers)) for text, numbers in by_text.items())


@dataclass(frozen=True)
class Papers:
    """``words`` differ from a household's, ``titles`` from the catalogue's; ``law`` gives the articles by topic.

    ``source`` is the text they were read from; it is part of the version an issued paper carries.
    """

    words: Mapping[str, str]
    titles: Mapping[str, Any]
    law: Mapping[str, Any]
    source: str = ""

    def title(self, code: str, regime: str) -> str | None:
        """This aid's own title of a paper, if the catalogue's will not do."""
        found = by_regime(self.titles.get(code), regime)
        return None if found is None else str(found)

    def articles(self, topics: Iterable[str], regime: str) -> tuple[str, ...]:
        """What the law of this aid says on the topics under a regime."""
        return tuple(each for topic in topics for each in by_regime(self.law.get(topic), regime) or ())


def read(path: Path) -> Papers:
    """One folder's ``papers.yaml``; a developer error for a word or topic nobody asks for."""
    source = path.read_text(encoding="utf-8")
    raw = yaml.safe_load(source)
    found = Papers(raw.get("words", {}), raw.get("titles", {}), raw.get("law", {}), source)
    unknown = set(found.words) - set(HOUSEHOLD_WORDS) - set(DECISION_WORDS) | set(found.law) - set(TOPICS)
    if unknown:
        raise LookupError(f"{path}: {'、'.join(sorted(unknown))}")
    return found
