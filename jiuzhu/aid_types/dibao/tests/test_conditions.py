"""Every condition of the file can be evaluated, explained and written into a refusal."""

from __future__ import annotations

import string

import pytest

from jiuzhu.aid_types.dibao.assessment import CONDITIONS
from jiuzhu.core.codes import choices
from jiuzhu.policy.conditions import Condition, load
from jiuzhu.policy.household import edge
from jiuzhu.policy.parameters import declarations
from jiuzhu.policy.regimes import all_regimes

ALL = load(CONDITIONS)


@pytest.mark.parametrize("condition", ALL, ids=lambda condition: condition.key)
def test_a_condition_names_what_exists(condition: Condition) -> None:
    assert condition.fact in edge.FACTS
    if isinstance(condition.limit, str):
        assert condition.limit in edge.FACTS or condition.limit in declarations()
    assert condition.reason in choices("reason")
    assert set(condition.sources) <= set(choices("source"))


@pytest.mark.parametrize("condition", ALL, ids=lambda condition: condition.key)
def test_a_condition_has_an_article_in_every_regime_and_plain_words(condition: Condition) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(condition.sentence) if name}

    assert all(condition.article.get(regime) or condition.article.get("all") for regime in all_regimes())
    assert fields <= {"value", "limit", *condition.tells}
    assert all(source in edge.FACTS or source in declarations() for source, _ in condition.tells.values())
    assert condition.title and condition.unknown


def test_the_law_asks_for_income_property_people_and_co_operation() -> None:
    reasons = {condition.reason for condition in ALL}

    assert {"RC-INC", "RC-CASH", "RC-CAR", "RC-HOUSE", "RC-NONRES", "RC-CORP", "RC-MACH"} <= reasons
    assert {"RC-TRANSFER", "RC-HUKOU", "RC-DUP", "RC-NOCOOP"} <= reasons
