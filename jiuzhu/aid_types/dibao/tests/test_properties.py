"""What must hold for every family, not only for the worked ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.aid_types.dibao import amount
from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, Supporter
from jiuzhu.policy.household import edge, income, sums
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet, resolve, sample_rows

DAYS = {"P2019": date(2019, 9, 1), "P2021": date(2022, 3, 1), "P2025": date(2025, 3, 1)}
KINDS = {"W": "casual", "B": "trade", "P": "rent", "T": "basic_pension", "O": "other"}
PROPERTY = {"cash", "cars", "dwellings", "nonresidential", "companies", "new_house"}


def sample(regime: str, area: str = "URBAN") -> ParameterSet:
    return resolve(sample_rows(), day=DAYS[regime], area_type=area, regime=regime)


def assess(evidence: Evidence, regime: str) -> Outcome:
    return DIBAO.assess(evidence, sample(regime, evidence.area_type), regime)


@st.composite
def members(draw: st.DrawFn, ref: str, on: date) -> Member:
    age = draw(st.integers(0, 95))
    return Member(
        ref,
        "0",
        draw(st.sampled_from("12")),
        on - timedelta(days=age * 365 + draw(st.integers(0, 364))),
        labour=draw(st.sampled_from(["FULL", "PART", "NONE", "ELDER", "STUDENT"])),
        disability_category=draw(st.sampled_from(["", "4", "5"])),
        disability_grade=draw(st.sampled_from(["", "1", "3"])),
        serious_illness=draw(st.sampled_from(["", "尿毒症"])),
        exemption=draw(st.sampled_from(["", "", "E2"])),
        exclude=draw(st.sampled_from(["", "", "", "HH-11"])) if ref != "m0" else "",
    )


@st.composite
def families(draw: st.DrawFn, regime: str) -> Evidence:
    on = DAYS[regime]
    people = tuple(draw(members(f"m{n}", on)) for n in range(draw(st.integers(1, 5))))
    refs = st.sampled_from([member.ref for member in people])
    incomes = draw(
        st.lists(
            st.builds(
                lambda ref, category, year, cost, known: Income(
                    ref, category, KINDS[category], year, min(cost, year), known
                ),
                refs,
                st.sampled_from("WBPTO"),
                st.integers(0, 5_000_000),
                st.integers(0, 200_000),
                st.booleans(),
            ),
            max_size=5,
        )
    )
    assets = draw(
        st.lists(
            st.builds(
                lambda ref, kind, value, area: Asset(ref, kind, value_fen=value, area_m2_tenths=area),
                refs,
                st.sampled_from(
                    ["cash", "vehicle", "dwelling", "company", "nonresidential", "small_vehicle"]
                ),
                st.integers(0, 6_000_000),
                st.integers(0, 1500),
            ),
            max_size=4,
        )
    )
    supporters = draw(
        st.lists(
            st.builds(
                lambda ref, size, head, count: Supporter(ref, "2", size, head, supported_count=count),
                refs,
                st.integers(1, 6),
                st.integers(0, 400_000),
                st.integers(1, 4),
            ),
            max_size=2,
        )
    )
    return Evidence(
        on,
        "DIBAO",
        draw(st.sampled_from(["URBAN", "RURAL"])),
        people,
        tuple(incomes),
        tuple(assets),
        tuple(supporters),
        rigid_expense_fen=draw(st.integers(0, 3_000_000)),
        answered=DIBAO.sources,
        over_limit=False,
    )


ANY = st.sampled_from(sorted(DAYS)).flatmap(lambda regime: st.tuples(st.just(regime), families(regime)))


@settings(max_examples=150, deadline=None)
@given(ANY, st.sampled_from("WBPTO"), st.integers(1, 3_000_000))
def test_more_income_never_raises_the_amount(case: tuple[str, Evidence], category: str, more: int) -> None:
    regime, poor = case
    richer = replace(poor, incomes=(*poor.incomes, Income("m0", category, KINDS[category], more)))

    before, after = assess(poor, regime), assess(richer, regime)

    assert after.amount_fen <= before.amount_fen
    assert after.per_capita_fen >= before.per_capita_fen


@settings(max_examples=80, deadline=None)
@given(ANY, st.randoms(use_true_random=False))
def test_the_order_of_anything_never_matters(case: tuple[str, Evidence], chance: Any) -> None:
    regime, one = case
    shuffled: dict[str, Any] = {
        name: tuple(chance.sample(getattr(one, name), len(getattr(one, name))))
        for name in ("members", "incomes", "assets", "supporters")
    }

    first, second = assess(one, regime), assess(replace(one, **shuffled), regime)

    assert (first.conclusion, first.amount_fen, first.reasons) == (
        second.conclusion,
        second.amount_fen,
        second.reasons,
    )


@settings(max_examples=80, deadline=None)
@given(ANY, st.data())
def test_owning_less_never_disqualifies(case: tuple[str, Evidence], data: st.DataObject) -> None:
    regime, owner = case
    if not owner.assets:
        return
    lost = data.draw(st.sampled_from(range(len(owner.assets))))
    poorer = replace(owner, assets=tuple(each for n, each in enumerate(owner.assets) if n != lost))

    if assess(owner, regime).conclusion == "QUALIFIED":
        assert assess(poorer, regime).conclusion == "QUALIFIED"


@settings(max_examples=80, deadline=None)
@given(ANY, st.sampled_from(DIBAO.sources))
def test_a_silent_source_never_makes_anything_met(case: tuple[str, Evidence], source: str) -> None:
    regime, heard = case
    silent = replace(heard, answered=tuple(each for each in heard.answered if each != source))

    before = {each.key: each.met for each in assess(heard, regime).conditions}
    after = {each.key: (each.met, each.silent) for each in assess(silent, regime).conditions}

    for key, (met, missing) in after.items():
        assert met == before[key] if source not in missing else met is not True


@given(st.sets(st.sampled_from(DIBAO.sources)))
def test_without_every_answer_about_property_nobody_qualifies(heard: set[str]) -> None:
    old = Member("m0", "0", "1", date(1950, 1, 1), labour="ELDER")
    evidence = Evidence(DAYS["P2019"], "DIBAO", "URBAN", (old,), answered=tuple(heard), over_limit=None)

    outcome = assess(evidence, "P2019")

    needed = {"CK", "CL", "BDC", "GS", "HJ", "SB"}
    assert (outcome.conclusion == "QUALIFIED") is (needed <= heard)
    assert outcome.conclusion in ("QUALIFIED", "NEED_REVIEW")


@settings(max_examples=80, deadline=None)
@given(ANY)
def test_sums_of_every_outcome_agree(case: tuple[str, Evidence]) -> None:
    regime, evidence = case
    outcome, standard = assess(evidence, regime), sample(regime, evidence.area_type)["dibao.standard"]

    assert outcome.amount_fen == outcome.base_fen + outcome.topup_fen
    assert 0 <= outcome.base_fen <= standard * outcome.counted
    assert outcome.amount_fen % 100 == 0
    assert (outcome.base_fen > 0) is (outcome.per_capita_fen < standard)
    granted = [line.value_fen for line in outcome.lines if line.rule.startswith("AMT")]
    assert sum(granted) == outcome.amount_fen
    assert Outcome.from_dict(outcome.to_dict()) == outcome


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_the_lines_of_the_sum_add_up_to_income(case: tuple[str, Evidence]) -> None:
    regime, evidence = case
    outcome = assess(evidence, regime)

    parts = [line for line in outcome.lines if not line.rule.startswith("AMT")][:-1]
    monthly = income.year_income(evidence, sample(regime, evidence.area_type), regime)

    assert monthly is not None
    known = sum(line.value_fen for line in parts)
    assert abs(max(known, 0) * 12 - monthly) <= 12 * max(len(parts), 1)


@pytest.mark.parametrize("key", ["dibao.standard", "minimum_wage"])
def test_without_a_published_value_nothing_is_refused(key: str) -> None:
    able = Member("m0", "0", "1", date(1980, 1, 1), labour="FULL")
    evidence = Evidence(DAYS["P2019"], "DIBAO", "URBAN", (able,), answered=DIBAO.sources, over_limit=False)
    rows = [row for row in sample_rows() if row.key != key]

    outcome = DIBAO.assess(
        evidence, resolve(rows, day=DAYS["P2019"], area_type="URBAN", regime="P2019"), "P2019"
    )

    assert outcome.conclusion == "NEED_REVIEW"
    assert outcome.amount_fen == 0
    assert "income" in {each.key for each in outcome.cannot_tell}


def test_a_family_without_anyone_who_counts_is_left_to_a_person() -> None:
    gone = Member("m0", "0", "1", date(1950, 1, 1), exclude="HH-14")
    evidence = Evidence(DAYS["P2019"], "DIBAO", "URBAN", (gone,), answered=DIBAO.sources, over_limit=False)

    outcome = assess(evidence, "P2019")

    assert outcome.counted == 0 and outcome.amount_fen == 0
    assert outcome.conclusion == "NEED_REVIEW"


def test_one_person_alone_keeps_only_what_is_his() -> None:
    people = (Member("m0", "0", "1", date(1950, 1, 1)), Member("m1", "2", "1", date(1985, 1, 1)))
    family = Evidence(
        DAYS["P2021"],
        "DIBAO",
        "URBAN",
        people,
        incomes=(Income("m0", "T", "pension", 1), Income("m1", "O", "other", 2)),
        assets=(Asset("m0", "cash", value_fen=3),),
        supporters=(Supporter("m1", "5"), Supporter("m0", "2")),
    )

    alone = edge.alone(family, "m1")

    assert [member.ref for member in alone.counted] == ["m1"] and alone.single_person
    assert [item.year_fen for item in alone.incomes] == [2]
    assert (alone.assets, [each.supports for each in alone.supporters]) == ((), ["m1"])


@pytest.mark.parametrize(
    ("regime", "changes", "possible"),
    [
        ("P2021", {"disability_category": "4", "disability_grade": "2"}, True),
        ("P2021", {"disability_category": "6", "disability_grade": "3"}, True),
        ("P2021", {"disability_category": "4", "disability_grade": "3"}, False),
        ("P2021", {"serious_illness": "尿毒症"}, True),
        ("P2019", {"disability_category": "4", "disability_grade": "1", "labour": "NONE"}, False),
        (
            "P2019",
            {"disability_category": "4", "disability_grade": "1", "labour": "NONE", "own_register": True},
            True,
        ),
        ("P2019", {"serious_illness": "尿毒症"}, False),
    ],
)
def test_who_may_apply_alone(regime: str, changes: dict[str, Any], possible: bool) -> None:
    member = replace(Member("m0", "2", "1", date(1985, 1, 1)), **changes)

    assert bool(edge.single_ground(member, DAYS[regime], regime)) is possible


# —— one household and a column


COLUMNS = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**8),
        st.integers(1, 9),
        st.integers(10_000, 200_000),
        st.integers(0, 10**7),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)
K, R, TENTH, THIRD = (2, 1), (1, 2), (1, 10), (3, 10)
SUMS: dict[str, Any] = {
    "per_capita": lambda year, people, line, other, yes: sums.per_capita(
        sums.after_rigid(year, other), people
    ),
    "base": lambda year, people, line, other, yes: amount.base(line, sums.per_capita(year, people), people),
    "base_with_factor": lambda year, people, line, other, yes: amount.base(line, year % line, 1, (3, 4)),
    "gap": lambda year, people, line, other, yes: amount.gap(line, year),
    "work_cost": lambda year, people, line, other, yes: sums.work_cost(year, line, TENTH, THIRD),
    "labour": lambda year, people, line, other, yes: sums.labour_income(year, line, other, yes),
    "imputed": lambda year, people, line, other, yes: sums.imputed(line, R),
    "pension": lambda year, people, line, other, yes: sums.pension_counted(other, line),
    "topup": lambda year, people, line, other, yes: sums.share_of_standard(line, 1, 5),
    "cash_limit": lambda year, people, line, other, yes: sums.cash_limit(line, 24, people),
    "dwellings": lambda year, people, line, other, yes: sums.dwellings(people % 4, other % 900, 30, people),
    "small_vehicles": lambda year, people, line, other, yes: sums.small_vehicles_over(people, other % 5),
    "maintenance": lambda year, people, line, other, yes: sums.maintenance(other, line, people, people, K, R),
    "child_support": lambda year, people, line, other, yes: sums.child_support(other, people, (1, 4), R),
}


@pytest.mark.parametrize("name", SUMS)
@given(rows=COLUMNS)
def test_one_household_and_a_column_give_the_same_sum(name: str, rows: list[tuple[Any, ...]]) -> None:
    compute = SUMS[name]
    columns = [np.array(column) for column in zip(*rows, strict=True)]

    together = np.broadcast_to(compute(*columns), len(rows))

    assert together.dtype.kind in "iu"
    assert [int(each) for each in together] == [int(compute(*row)) for row in rows]
