"""The worked examples of the rule book and the properties every amount must have."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.aid_types.dibao import amount, facts
from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, Supporter
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import Row, resolve, sample_rows

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))


def parameters(day: date, area: str, regime: str, **overrides):
    rows = [*sample_rows(), *(Row(key.replace("__", "."), value, "测试", level="county") for key, value in overrides.items())]
    return resolve(rows, day=day, area_type=area, regime=regime)


def family(raw: dict) -> Evidence:
    day = raw["as_of"]
    members = tuple(Member(**({"relation": "0", "sex": "1"} | each)) for each in raw["members"])
    incomes = tuple(
        Income(
            member=each.get("member", ""),
            category=each["category"],
            kind=each.get("kind", "其他"),
            year_fen=round(each["month_yuan"] * 1200) if "month_yuan" in each else each["year_yuan"] * 100,
            verified=each.get("verified", False),
            not_counted=each.get("not_counted", ""),
        )
        for each in raw.get("incomes", ())
    )
    return Evidence(
        as_of=day,
        aid_type="DIBAO",
        area_type=raw["area"],
        members=members,
        incomes=incomes,
        assets=tuple(Asset(**each) for each in raw.get("assets", ())),
        supporters=tuple(Supporter(**each) for each in raw.get("supporters", ())),
        answered=DIBAO.sources if raw.get("answered", True) else (),
        over_limit=raw.get("over_limit", False),
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_worked_example(path: Path) -> None:
    for raw in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        evidence = family(raw)
        given_parameters = parameters(raw["as_of"], raw["area"], raw["regime"], **raw.get("parameters", {}))

        outcome = DIBAO.assess(evidence, given_parameters, raw["regime"])

        expected = raw["expect"]
        found = {
            "conclusion": outcome.conclusion,
            "per_capita": outcome.per_capita_fen / 100,
            "base": outcome.base_fen / 100,
            "amount": outcome.amount_fen / 100,
            "reasons": list(outcome.reasons),
        }
        assert {key: found[key] for key in expected} == expected, raw["title"]
        assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome
        assert Evidence.from_dict(json.loads(json.dumps(evidence.to_dict()))) == evidence


def test_as_41_maintenance_by_formula() -> None:
    given_parameters = parameters(date(2022, 3, 1), "RURAL", "P2021")
    son = Supporter("a", "2", household_size=3, per_capita_fen=150000, supported_count=4)

    assert facts.support_of(son, given_parameters) == 22500
    assert facts.support_of(replace(son, supported_count=2), given_parameters) == 45000
    assert facts.support_of(replace(son, per_capita_fen=90000), given_parameters) == 0
    assert facts.support_of(replace(son, agreed_fen=10000), given_parameters) == 10000
    assert facts.support_of(replace(son, unable="prison"), given_parameters) == 0


def test_child_support_bands() -> None:
    given_parameters = parameters(date(2022, 3, 1), "RURAL", "P2021")
    parent = Supporter("c", "5", child_count=1, monthly_income_fen=600000)

    assert facts.support_of(parent, given_parameters) == 150000
    assert facts.support_of(replace(parent, child_count=3), given_parameters) == 100000


@pytest.mark.parametrize(("cash", "met"), [(4320000, True), (4320001, False)])
def test_as_07_deposits_at_the_limit(cash: int, met: bool) -> None:
    evidence = replace(simple(3), assets=(Asset("m0", "cash", value_fen=cash),))

    result = {each.key: each for each in DIBAO.assess(evidence, parameters(date(2019, 9, 1), "URBAN", "P2019"), "P2019").conditions}

    assert result["cash"].met is met
    assert result["cash"].limit == 4320000


def simple(count: int) -> Evidence:
    members = tuple(Member(f"m{i}", "0" if not i else "2", "1", date(1950 + i, 1, 1), labour="NONE") for i in range(count))
    return Evidence(date(2019, 9, 1), "DIBAO", "URBAN", members, answered=DIBAO.sources, over_limit=False)


@pytest.mark.parametrize("source", ["CL", "BDC", "GS", "CK", "HJ"])
def test_no_answer_is_never_no_property(source: str) -> None:
    evidence = replace(simple(2), answered=tuple(each for each in DIBAO.sources if each != source))

    outcome = DIBAO.assess(evidence, parameters(date(2019, 9, 1), "URBAN", "P2019"), "P2019")

    assert outcome.conclusion == "NEED_REVIEW"
    assert all(source in each.silent for each in outcome.cannot_tell)


INCOMES = st.lists(st.integers(0, 300_000), min_size=1, max_size=4)


@settings(max_examples=60)
@given(INCOMES, st.integers(0, 500_000), st.integers(1, 6))
def test_more_income_never_raises_the_amount(year: list[int], more: int, count: int) -> None:
    poor = replace(simple(count), incomes=tuple(Income("m0", "O", "其他", 12 * fen) for fen in year))
    richer = replace(poor, incomes=(*poor.incomes, Income("m0", "O", "其他", more)))
    given_parameters = parameters(date(2019, 9, 1), "URBAN", "P2019")

    assert DIBAO.assess(richer, given_parameters, "P2019").amount_fen <= DIBAO.assess(poor, given_parameters, "P2019").amount_fen


@settings(max_examples=40)
@given(st.permutations(range(4)), INCOMES)
def test_order_of_members_never_matters(order: list[int], year: list[int]) -> None:
    one = replace(simple(4), incomes=tuple(Income(f"m{i}", "O", "其他", fen) for i, fen in enumerate(year)))
    other = replace(one, members=tuple(one.members[i] for i in order))
    given_parameters = parameters(date(2019, 9, 1), "URBAN", "P2019")

    first, second = (DIBAO.assess(each, given_parameters, "P2019") for each in (one, other))

    assert (first.conclusion, first.amount_fen) == (second.conclusion, second.amount_fen)


@settings(max_examples=40)
@given(st.integers(0, 8_000_000))
def test_owning_less_never_disqualifies(cash: int) -> None:
    owner = replace(simple(2), assets=(Asset("m0", "cash", value_fen=cash),))
    given_parameters = parameters(date(2019, 9, 1), "URBAN", "P2019")

    if DIBAO.assess(owner, given_parameters, "P2019").conclusion == "QUALIFIED":
        assert DIBAO.assess(replace(owner, assets=()), given_parameters, "P2019").conclusion == "QUALIFIED"


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 9), st.integers(10_000, 200_000)), min_size=1, max_size=50))
def test_one_household_and_a_column_give_the_same_sums(rows: list[tuple[int, int, int]]) -> None:
    year, counted, standard = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))

    heads = amount.per_capita(year, counted)
    bases = amount.base(standard, heads, counted)
    costs = amount.work_cost(year, standard, (1, 10), (3, 10))

    for index, (income, people, line) in enumerate(rows):
        head = amount.per_capita(income, people)
        assert heads[index] == head
        assert bases[index] == amount.base(line, head, people)
        assert costs[index] == amount.work_cost(income, line, (1, 10), (3, 10))
