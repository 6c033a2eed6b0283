"""The worked examples of the rule book, and their outcomes of today kept for later years."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.aid_types.examples import Example, fen, load
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome

EXAMPLES = load(Path(__file__).parent.parent / "examples", DIBAO.sources)
STORED = Path(__file__).parent / "outcomes.json"


def assess(example: Example, evidence: Evidence | None = None) -> Outcome:
    return DIBAO.assess(evidence or example.evidence, example.parameters, example.regime)


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
            outcome.amount_fen,
        ],
        "conditions": [[each.key, each.met, each.value, each.limit] for each in outcome.conditions],
        "lines": lines(outcome),
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_worked_example(example: Example) -> None:
    outcome = assess(example)

    found: dict[str, Any] = {
        "conclusion": outcome.conclusion,
        "per_capita": outcome.per_capita_fen,
        "base": outcome.base_fen,
        "amount": outcome.amount_fen,
        "reasons": list(outcome.reasons),
        "unknown": [each.key for each in outcome.cannot_tell],
        "lines": lines(outcome),
    }
    assert {key: found[key] for key in example.expect} == expected(example)


def expected(example: Example) -> dict[str, Any]:
    plain = dict(example.expect)
    for key in ("per_capita", "base", "amount"):
        if key in plain:
            plain[key] = fen(plain[key])
    if "lines" in plain:
        plain["lines"] = [[rule, fen(value)] for rule, value in plain["lines"]]
    return plain


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_evidence_and_outcome_survive_being_stored(example: Example) -> None:
    outcome = assess(example)

    stored_evidence = json.loads(json.dumps(example.evidence.to_dict()))
    stored_outcome = json.loads(json.dumps(outcome.to_dict()))

    assert Evidence.from_dict(stored_evidence) == example.evidence
    assert Outcome.from_dict(stored_outcome) == outcome


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_line_and_condition_tells_people_why(example: Example) -> None:
    outcome = assess(example)

    assert all(line.label and line.formula and line.rule and line.article for line in outcome.lines)
    assert all(each.article and each.title for each in outcome.conditions)
    assert all(each.sentence and each.reason_code for each in outcome.not_met)
    assert all(each.sentence for each in outcome.cannot_tell)
    assert all({"key", "value", "source", "article"} <= set(each) for each in outcome.parameters)
    assert "None" not in json.dumps(outcome.to_dict(), ensure_ascii=False)


def test_titles_are_not_used_twice() -> None:
    titles = [example.title for example in EXAMPLES]

    assert len(titles) == len(set(titles)) >= 50


def test_the_same_evidence_gives_the_same_outcome_years_later() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    regimes_and_parameters = {example.title: example for example in EXAMPLES}

    for title, kept in stored.items():
        example = regimes_and_parameters[title]
        outcome = assess(example, Evidence.from_dict(kept["evidence"]))
        assert json.loads(json.dumps(essence(outcome))) == kept["outcome"], title
    assert set(stored) == set(regimes_and_parameters), (
        "run python -m jiuzhu.aid_types.dibao.tests.store_outcomes"
    )
