"""The worked examples of the rule book (TK-01..TK-09, AS-31, AS-32), and their outcomes of today kept for later years."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.aid_types.examples import Example, fen, load
from jiuzhu.aid_types.tekun.aid_type import TEKUN
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome

EXAMPLES = load(Path(__file__).parent.parent / "examples", TEKUN.sources)
STORED = Path(__file__).parent / "outcomes.json"
SUMS = {"per_capita": "per_capita_fen", "base": "base_fen", "care": "care_fen", "amount": "amount_fen"}


def assess(example: Example, evidence: Evidence | None = None) -> Outcome:
    return TEKUN.assess(evidence or example.evidence, example.parameters, example.regime)


def lines(outcome: Outcome) -> list[list[Any]]:
    return [[line.rule, line.value_fen] for line in outcome.lines]


def essence(outcome: Outcome) -> dict[str, Any]:
    """What may never change for a case once decided: result, sums, conditions and lines (wording may improve)."""
    return {
        "conclusion": outcome.conclusion,
        "sums": [getattr(outcome, name) for name in SUMS.values()],
        "conditions": [[each.key, each.met, each.value, each.limit] for each in outcome.conditions],
        "lines": lines(outcome),
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_worked_example(example: Example) -> None:
    outcome = assess(example)

    found: dict[str, Any] = {
        "conclusion": outcome.conclusion,
        "reasons": list(outcome.reasons),
        "unknown": [each.key for each in outcome.cannot_tell],
        "lines": lines(outcome),
    } | {key: getattr(outcome, name) for key, name in SUMS.items()}
    expected = {key: fen(value) if key in SUMS else value for key, value in example.expect.items()}
    if "lines" in expected:
        expected["lines"] = [[rule, fen(value)] for rule, value in expected["lines"]]
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_evidence_and_outcome_survive_being_stored_and_say_why(example: Example) -> None:
    outcome = assess(example)

    assert Evidence.from_dict(json.loads(json.dumps(example.evidence.to_dict()))) == example.evidence
    assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome
    assert all(line.label and line.formula and line.rule and line.article for line in outcome.lines)
    assert all(each.sentence and each.reason_code and each.article for each in outcome.not_met)
    assert all(each.sentence for each in outcome.cannot_tell)
    assert "None" not in json.dumps(outcome.to_dict(), ensure_ascii=False)


def test_the_same_evidence_gives_the_same_outcome_years_later() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    examples = {example.title: example for example in EXAMPLES}

    for title, kept in stored.items():
        outcome = assess(examples[title], Evidence.from_dict(kept["evidence"]))
        assert json.loads(json.dumps(essence(outcome))) == kept["outcome"], title
    assert set(stored) == set(examples), "run python -m jiuzhu.aid_types.tekun.tests.store_outcomes"
    assert len(EXAMPLES) == len(examples) >= 60
