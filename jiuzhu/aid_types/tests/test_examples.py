"""The worked examples of every aid type, and their outcomes of today kept for later years."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.examples import Example, fen, load
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome

FOLDERS = Path(__file__).parent.parent


def folder_of(aid: AidType) -> Path:
    return FOLDERS / aid.code.lower()


def stored_in(aid: AidType) -> Path:
    return folder_of(aid) / "tests" / "outcomes.json"


def examples_of(aid: AidType) -> list[Example]:
    return load(folder_of(aid) / "examples", aid.sources)


ALL = [(aid, example) for aid in registry.all_types() for example in examples_of(aid)]
EVERY = pytest.mark.parametrize(
    ("aid", "example"), ALL, ids=[f"{aid.short_name}：{example.title}" for aid, example in ALL]
)


def assess(aid: AidType, example: Example, evidence: Evidence | None = None) -> Outcome:
    return aid.assess(evidence or example.evidence, example.parameters, example.regime)


def lines(outcome: Outcome) -> list[list[Any]]:
    return [[line.rule, line.value_fen] for line in outcome.lines]


def essence(outcome: Outcome) -> dict[str, Any]:
    """What may never change for a case once decided: result, sums, conditions and lines (wording may improve)."""
    return {
        "conclusion": outcome.conclusion,
        "sums": [
            outcome.per_capita_fen,
            outcome.gap_fen,
            outcome.base_fen,
            outcome.topup_fen,
            *([outcome.care_fen] if outcome.care_fen else []),
            outcome.amount_fen,
        ],
        "conditions": [[each.key, each.met, each.value, each.limit] for each in outcome.conditions],
        "lines": lines(outcome),
    }


@EVERY
def test_worked_example(aid: AidType, example: Example) -> None:
    outcome = assess(aid, example)

    found: dict[str, Any] = {
        "conclusion": outcome.conclusion,
        "per_capita": outcome.per_capita_fen,
        "base": outcome.base_fen,
        "care": outcome.care_fen,
        "amount": outcome.amount_fen,
        "reasons": list(outcome.reasons),
        "unknown": [each.key for each in outcome.cannot_tell],
        "lines": lines(outcome),
    }
    assert {key: found[key] for key in example.expect} == expected(example)


def expected(example: Example) -> dict[str, Any]:
    plain = dict(example.expect)
    for key in ("per_capita", "base", "care", "amount"):
        if key in plain:
            plain[key] = fen(plain[key])
    if "lines" in plain:
        plain["lines"] = [[rule, fen(value)] for rule, value in plain["lines"]]
    return plain


@EVERY
def test_evidence_and_outcome_survive_being_stored(aid: AidType, example: Example) -> None:
    outcome = assess(aid, example)

    stored_evidence = json.loads(json.dumps(example.evidence.to_dict()))
    stored_outcome = json.loads(json.dumps(outcome.to_dict()))

    assert Evidence.from_dict(stored_evidence) == example.evidence
    assert Outcome.from_dict(stored_outcome) == outcome


@EVERY
def test_every_line_and_condition_tells_people_why(aid: AidType, example: Example) -> None:
    outcome = assess(aid, example)

    assert all(line.label and line.formula and line.rule and line.article for line in outcome.lines)
    assert all(each.article and each.title for each in outcome.conditions)
    assert all(each.sentence and each.reason_code for each in outcome.not_met)
    assert all(each.sentence for each in outcome.cannot_tell)
    assert all({"key", "value", "source", "article"} <= set(each) for each in outcome.parameters)
    assert "None" not in json.dumps(outcome.to_dict(), ensure_ascii=False)


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.short_name)
def test_every_type_has_its_examples_in_its_own_regimes(aid: AidType) -> None:
    titles = [example.title for example in examples_of(aid)]

    assert len(titles) == len(set(titles)) >= 3
    assert {example.regime for example in examples_of(aid)} <= aid.regimes


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.short_name)
def test_the_same_evidence_gives_the_same_outcome_years_later(aid: AidType) -> None:
    stored = json.loads(stored_in(aid).read_text(encoding="utf-8"))
    by_title = {example.title: example for example in examples_of(aid)}

    for title, kept in stored.items():
        outcome = assess(aid, by_title[title], Evidence.from_dict(kept["evidence"]))
        assert json.loads(json.dumps(essence(outcome))) == kept["outcome"], title
    assert set(stored) == set(by_title), "run python -m jiuzhu.aid_types.tests.store_outcomes"


_LAST_YEAR = {"P2019": 2020, "P2021": 2024, "P2025": 2025}


def _told(aid: AidType, regime: str) -> set[str]:
    """What the examples, those of other rules too, tell people under these rules: articles and the words of sums."""
    outcomes = [
        aid.assess(example.evidence, replace(example, regime=regime).parameters, regime)
        for example in examples_of(aid)
    ]
    articles = {each.article for outcome in outcomes for each in (*outcome.conditions, *outcome.lines)}
    return articles | {line.formula for outcome in outcomes for line in outcome.lines}


@pytest.mark.parametrize(
    ("code", "regime"), [(aid.code, regime) for aid in registry.all_types() for regime in sorted(aid.regimes)]
)
def test_people_are_told_the_law_of_their_case(code: str, regime: str) -> None:
    """No document younger than the case's rules, and nothing that only our own rule book knows."""
    told = _told(registry.get(code), regime)
    young = {
        words
        for words in told
        for year in re.findall(r"〔(\d{4})〕", words)
        if int(year) > _LAST_YEAR[regime]
    }

    assert told
    assert young == set()
    assert {words for words in told if "规则" in words} == set()
