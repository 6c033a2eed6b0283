"""What must hold for every person, not only for the worked ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.aid_types.tekun import amount, facts, self_care
from jiuzhu.aid_types.tekun.aid_type import TEKUN
from jiuzhu.aid_types.tekun.assessment import CONDITIONS
from jiuzhu.core.codes import choices
from jiuzhu.policy.conditions import load
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, SelfCare, Supporter
from jiuzhu.policy.income_kinds import income_kinds
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet, declarations, resolve, sample_rows
from jiuzhu.policy.regimes import all_regimes

DAYS = {"P2019": date(2019, 9, 1), "P2021": date(2022, 3, 1), "P2025": date(2025, 3, 1)}
KINDS = sorted(income_kinds())
NONE_KNOWN = st.none() | st.booleans()


def sample(regime: str, area: str = "RURAL") -> ParameterSet:
    return resolve(sample_rows(), day=DAYS[regime], area_type=area, regime=regime)


def assess(evidence: Evidence, regime: str) -> Outcome:
    return TEKUN.assess(evidence, sample(regime, evidence.area_type), regime)


RATINGS = st.builds(SelfCare, st.just("a"), *[st.booleans() for _ in self_care.ITEMS])
OBLIGORS = st.builds(
    Supporter,
    supports=st.just("a"),
    relation=st.sampled_from(["2", "5", "7"]),
    age=st.integers(0, 95),
    standing=st.sampled_from(["", "TEKUN", "DIBAO"]),
    disability_category=st.sampled_from(["", "1", "4", "5", "7"]),
    disability_grade=st.sampled_from(["", "1", "2", "3", "4"]),
    situation=st.sampled_from(["", "PRISON", "MISSING", "INCAPABLE"]),
    own_year_fen=st.none() | st.integers(0, 4_000_000),
    property_fits=NONE_KNOWN,
    paid_fen=st.integers(0, 60_000),
)


@st.composite
def persons(draw: st.DrawFn) -> tuple[str, Evidence]:
    regime = draw(st.sampled_from(sorted(DAYS)))
    on = DAYS[regime]
    member = Member(
        "a",
        "0",
        draw(st.sampled_from("12")),
        on - timedelta(days=draw(st.integers(0, 95 * 365))),
        disability_category=draw(st.sampled_from(["", "1", "4", "5", "6", "7"])),
        disability_grade=draw(st.sampled_from(["", "1", "2", "3"])),
    )
    incomes = st.builds(
        lambda kind, year: Income("a", income_kinds()[kind].category, kind, year),
        st.sampled_from(KINDS),
        st.integers(0, 900_000),
    )
    assets = st.builds(
        lambda kind, value: Asset("a", kind, value_fen=value),
        st.sampled_from(["cash", "vehicle", "dwelling"]),
        st.integers(0, 2_000_000),
    )
    return regime, Evidence(
        on,
        "TEKUN",
        draw(st.sampled_from(["URBAN", "RURAL"])),
        (member,),
        tuple(draw(st.lists(incomes, max_size=4))),
        tuple(draw(st.lists(assets, max_size=3))),
        tuple(draw(st.lists(OBLIGORS, max_size=3))),
        answered=TEKUN.sources,
        over_limit=draw(NONE_KNOWN),
        self_care=draw(st.none() | RATINGS),
    )


@settings(max_examples=100, deadline=None)
@given(persons())
def test_the_sum_is_basic_and_care_and_its_lines_add_up(case: tuple[str, Evidence]) -> None:
    regime, evidence = case
    outcome = assess(evidence, regime)

    assert outcome.amount_fen == outcome.base_fen + outcome.care_fen
    assert (outcome.care_fen > 0) is (evidence.self_care is not None)
    assert sum(line.value_fen for line in outcome.lines if line.rule == "TK-09") == outcome.amount_fen
    assert outcome.base_fen * 10 >= 13 * sample(regime, evidence.area_type)["dibao.standard"]
    assert Outcome.from_dict(outcome.to_dict()) == outcome


@settings(max_examples=100, deadline=None)
@given(persons(), st.sampled_from(sorted(self_care.ITEMS)))
def test_being_able_to_do_less_never_lowers_the_money(case: tuple[str, Evidence], item: str) -> None:
    regime, evidence = case
    if evidence.self_care is None:
        return
    worse = replace(evidence, self_care=replace(evidence.self_care, **{item: False}))

    assert assess(worse, regime).care_fen >= assess(evidence, regime).care_fen


@settings(max_examples=100, deadline=None)
@given(persons(), OBLIGORS)
def test_one_more_obligor_never_helps(case: tuple[str, Evidence], more: Supporter) -> None:
    regime, evidence = case
    after = assess(replace(evidence, supporters=(*evidence.supporters, more)), regime)

    if assess(evidence, regime).conclusion != "QUALIFIED":
        assert after.conclusion != "QUALIFIED"


@settings(max_examples=100, deadline=None)
@given(OBLIGORS, persons())
def test_learning_what_was_unknown_never_turns_a_known_answer(
    obligor: Supporter, case: tuple[str, Evidence]
) -> None:
    regime, evidence = case
    judged = facts.without_ability(obligor, evidence, sample(regime))
    told = [
        replace(obligor, own_year_fen=income, property_fits=fits, age=obligor.age or 50)
        for income in ([0, 9_000_000] if obligor.own_year_fen is None else [obligor.own_year_fen])
        for fits in ([True, False] if obligor.property_fits is None else [obligor.property_fits])
    ]

    if judged is not None:
        assert {facts.without_ability(each, evidence, sample(regime)) for each in told} == {judged}


@settings(max_examples=60, deadline=None)
@given(persons(), st.sampled_from(TEKUN.sources))
def test_a_silent_source_never_makes_anything_met(case: tuple[str, Evidence], source: str) -> None:
    regime, heard = case
    silent = replace(heard, answered=tuple(each for each in heard.answered if each != source))

    before = {each.key: each.met for each in assess(heard, regime).conditions}
    after = {each.key: (each.met, each.silent) for each in assess(silent, regime).conditions}

    for key, (met, missing) in after.items():
        assert met == before[key] if source not in missing else met is not True


@pytest.mark.parametrize("keys", [{"tekun.basic", "dibao.standard"}, {"dibao.standard"}])
def test_without_a_published_standard_nobody_is_refused(keys: set[str]) -> None:
    rows = [row for row in sample_rows() if row.key not in keys]
    old = Member("a", "0", "1", date(1950, 1, 1))
    evidence = Evidence(DAYS["P2021"], "TEKUN", "RURAL", (old,), answered=TEKUN.sources, over_limit=False)

    values = resolve(rows, day=DAYS["P2021"], area_type="RURAL", regime="P2021")
    outcome = TEKUN.assess(evidence, values, "P2021")

    assert outcome.conclusion == "NEED_REVIEW"


def test_care_that_is_not_published_follows_the_minimum_wage() -> None:
    rows = [row for row in sample_rows() if not row.key.startswith("tekun.care")]
    values = resolve(rows, day=DAYS["P2019"], area_type="RURAL", regime="P2019")
    person = Evidence(DAYS["P2019"], "TEKUN", "RURAL", (Member("a", "0", "1", date(1950, 1, 1)),))

    found = [
        TEKUN.assess(replace(person, self_care=SelfCare("a", *able)), values, "P2019").care_fen
        for able in ([True] * 6, [True] * 4 + [False] * 2, [False] * 6)
    ]

    assert found == [15500, 25900, 51700]


def test_a_household_without_one_single_person_is_left_to_a_person() -> None:
    two = tuple(Member(ref, "0", "1", date(1950, 1, 1)) for ref in "ab")
    evidence = Evidence(DAYS["P2021"], "TEKUN", "RURAL", two, answered=TEKUN.sources, over_limit=False)

    assert assess(evidence, "P2021").conclusion == "NEED_REVIEW"


def test_the_funeral_is_twelve_months_of_basic_living() -> None:
    assert TEKUN.support is not None
    assert TEKUN.support.funeral_fen(sample("P2019", "URBAN")) == 12 * 78000


def test_everybody_is_reviewed_as_class_a() -> None:
    assert TEKUN.review_class(Evidence(DAYS["P2021"], "TEKUN", "RURAL", ())) == "A"


@pytest.mark.parametrize("condition", load(CONDITIONS), ids=lambda condition: condition.key)
def test_a_condition_names_what_exists(condition: Any) -> None:
    assert condition.fact in facts.FACTS
    if isinstance(condition.limit, str):
        assert condition.limit in facts.FACTS or condition.limit in declarations()
    assert condition.reason in choices("reason") and set(condition.sources) <= set(choices("source"))
    assert all(condition.article.get(regime) or condition.article.get("all") for regime in all_regimes())
    assert all(source in facts.FACTS for source, _ in condition.tells.values())


COLUMNS = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(10_000, 200_000), st.integers(1, 36)),
    min_size=1,
    max_size=30,
)
SUMS: dict[str, Any] = {
    "basic": lambda published, standard, months: amount.basic(published, standard, (13, 10)),
    "care": lambda wage, standard, months: amount.care(wage, (1, 6)),
    "funeral": lambda basic, standard, months: amount.funeral(basic, months),
    "cash_limit": lambda basic, standard, months: amount.cash_limit(standard, months),
}


@pytest.mark.parametrize("name", SUMS)
@given(rows=COLUMNS)
def test_one_person_and_a_column_give_the_same_sum(name: str, rows: list[tuple[int, ...]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]

    together = SUMS[name](*columns)

    assert [int(each) for each in together] == [int(SUMS[name](*row)) for row in rows]
