"""The table of TA-12, and what must hold for every family."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.aid_types.examples import Example, load
from jiuzhu.aid_types.ta_expense import amount, facts
from jiuzhu.aid_types.ta_expense.assessment import CONDITIONS, MEANS, assess, formula_fen
from jiuzhu.core.codes import choices
from jiuzhu.policy import conditions
from jiuzhu.policy.evidence import Evidence, Spending
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import declarations

EXAMPLES = load(Path(__file__).parent.parent / "examples", tuple(choices("source")))
LIMITS, RATES = [1_000_000, 3_000_000], [(3, 10), (2, 5), (1, 2)]


def answer(example: Example, evidence: Evidence | None = None) -> Outcome:
    return assess(evidence or example.evidence, example.parameters, example.regime)


def test_a_condition_names_what_exists() -> None:
    all_conditions = conditions.load(CONDITIONS)
    for condition in all_conditions:
        fields = {name for _, name, _, _ in string.Formatter().parse(condition.sentence) if name}
        assert condition.fact in facts.FACTS
        assert fields <= {"value", "limit", *condition.tells}
        assert all(
            source in facts.FACTS or source in declarations() for source, _ in condition.tells.values()
        )
        if isinstance(condition.limit, str):
            assert condition.limit in facts.FACTS or condition.limit in declarations()
    assert {condition.key for condition in all_conditions} >= MEANS


def test_the_table_of_the_rule_book() -> None:
    parameters = EXAMPLES[0].parameters
    table = [
        (24_000, 68_000, 22_800),
        (48_000, 40_000, 3_480),
        (30_000, 36_000, 6_200),
        (30_000, 20_000, 600),
        (40_000, 24_000, 0),
    ]
    for income, spent, expected in table:
        share = amount.own_share(income * 100, (3, 5))
        assert formula_fen(spent * 100, share, parameters) == expected * 100


BASE = next(example for example in EXAMPLES if "600元" in example.title)


@given(st.integers(0, 20_000_000), st.integers(0, 5_000_000))
def test_more_spending_never_lowers_the_sum_and_the_cap_holds(spent: int, more: int) -> None:
    def paid(fen_: int) -> int:
        own = (Spending("a", "MEDICAL", fen_),)
        return answer(BASE, replace(BASE.evidence, spendings=own)).amount_fen

    assert paid(spent) <= paid(spent + more) <= 12 * 60_000
    assert paid(spent) <= max(0, spent)


@given(st.integers(0, 10_000_000), st.integers(0, 5_000_000))
def test_more_income_never_raises_the_sum(year: int, more: int) -> None:
    def paid(fen_: int) -> int:
        own = tuple(replace(each, year_fen=fen_) for each in BASE.evidence.incomes)
        return answer(BASE, replace(BASE.evidence, incomes=own)).amount_fen

    assert paid(year + more) <= paid(year)


@given(st.lists(st.tuples(st.integers(0, 20_000_000), st.integers(0, 10_000_000)), min_size=1))
def test_the_sum_is_the_same_for_one_household_and_for_columns(rows: list[tuple[int, int]]) -> None:
    def whole(spent: Any, year: Any) -> Any:
        beyond = amount.beyond(spent, amount.own_share(year, (3, 5)))
        return amount.capped(amount.by_bands(beyond, LIMITS, RATES), 60_000, 12)

    spent, year = (np.array(column) for column in zip(*rows, strict=True))

    assert list(whole(spent, year)) == [whole(*row) for row in rows]
