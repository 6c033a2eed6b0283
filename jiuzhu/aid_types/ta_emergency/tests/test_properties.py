"""What must hold for every sudden hardship, not only for the worked ones."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.aid_types.examples import Example, load
from jiuzhu.aid_types.ta_emergency import amount, facts
from jiuzhu.aid_types.ta_emergency.assessment import CONDITIONS, assess
from jiuzhu.core.codes import choices
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import declarations

EXAMPLES = load(Path(__file__).parent.parent / "examples", tuple(choices("source")))


def answer(example: Example, evidence: Evidence | None = None) -> Outcome:
    return assess(evidence or example.evidence, example.parameters, example.regime)


def test_a_condition_names_what_exists() -> None:
    for condition in conditions.load(CONDITIONS):
        fields = {name for _, name, _, _ in string.Formatter().parse(condition.sentence) if name}
        assert condition.fact in facts.FACTS
        assert fields <= {"value", "limit", *condition.tells}
        assert all(
            source in facts.FACTS or source in declarations() for source, _ in condition.tells.values()
        )


BASE = next(example for example in EXAMPLES if "AS-36" in example.title)


@given(
    severity=st.sampled_from(facts.SEVERITIES), persons=st.integers(1, 9), meeting=st.integers(0, 10_000_000)
)
def test_worse_and_more_people_never_give_less(severity: str, persons: int, meeting: int) -> None:
    told = replace(BASE.evidence.hardship, severity=severity, persons=persons)  # type: ignore[type-var]
    one = answer(BASE, replace(BASE.evidence, hardship=told)).amount_fen
    more = answer(BASE, replace(BASE.evidence, hardship=replace(told, persons=persons + 1))).amount_fen
    settled = replace(told, meeting_no="〔2019〕1号", meeting_fen=meeting)

    assert more > one > 0
    assert answer(BASE, replace(BASE.evidence, hardship=settled)).amount_fen >= one


@given(st.lists(st.tuples(st.integers(10_000, 100_000), st.integers(1, 9), st.integers(1, 6)), min_size=1))
def test_the_sum_is_the_same_for_one_household_and_for_columns(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]

    assert list(amount.by_severity(*columns)) == [amount.by_severity(*row) for row in rows]
