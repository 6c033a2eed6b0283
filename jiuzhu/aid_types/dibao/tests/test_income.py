"""Support, rounding and missing limits, fact by fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiuzhu.aid_types import registry
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, Supporter
from jiuzhu.policy.household import edge, income
from jiuzhu.policy.parameters import ParameterSet, Row, resolve, sample_rows

DAY = date(2022, 3, 1)
SON = Supporter("a", "2", household_size=3, per_capita_fen=150000, supported_count=4)
MOTHER = Supporter("a", "5", household_size=1, per_capita_fen=200000, age=60)


def rural(*rows: Row) -> ParameterSet:
    return resolve([*sample_rows(), *rows], day=DAY, area_type="RURAL", regime="P2021")


UNPUBLISHED = resolve([], day=DAY, area_type="RURAL", regime="P2021")


@pytest.mark.parametrize(
    ("changes", "fen", "basis"),
    [
        ({}, 22500, "FORMULA"),
        ({"supported_count": 2}, 45000, "FORMULA"),
        ({"supported_count": 0}, 90000, "FORMULA"),
        ({"per_capita_fen": 90000}, 0, "FORMULA"),
        ({"per_capita_fen": 90001}, 0, "FORMULA"),
        ({"local_standard_fen": 60000}, 11250, "FORMULA"),
        ({"agreed_fen": 10000}, 10000, "AGREED"),
        ({"agreed_fen": 10000, "paid_fen": 12000}, 12000, "PAID"),
        ({"agreed_fen": 0}, 0, "AGREED"),
        ({"paid_fen": 30000}, 30000, "PAID"),
        ({"paid_fen": 10000}, 22500, "FORMULA"),
        ({"unable": "服刑"}, 0, "UNABLE"),
        ({"unable": "服刑", "paid_fen": 100}, 100, "PAID"),
    ],
)
def test_support_by_agreement_then_payment_then_formula(
    changes: dict[str, Any], fen: int, basis: str
) -> None:
    found = income.support(replace(SON, **changes), rural())

    assert found is not None and (found.fen, found.basis) == (fen, basis)
    assert income.support_of(replace(SON, **changes), rural()) == fen


@pytest.mark.parametrize(("children", "fen"), [(1, 150000), (2, 150000), (3, 100000), (4, 75000)])
def test_child_support_is_a_quarter_and_half_at_most(children: int, fen: int) -> None:
    father = Supporter("c", "5", child_count=children, monthly_income_fen=600000)

    assert income.support_of(father, rural()) == fen


@pytest.mark.parametrize(
    ("supporter", "waived"),
    [
        (MOTHER, True),
        (replace(MOTHER, age=59), False),
        (replace(MOTHER, relation="7", age=40), True),
        (replace(MOTHER, relation="2"), False),
    ],
)
def test_one_person_case_waives_siblings_and_old_parents(supporter: Supporter, waived: bool) -> None:
    found = income.support(supporter, rural(), single_person=True)

    assert found is not None and (found.fen == 0) is waived


def test_the_waiver_may_be_in_part() -> None:
    half = Row("maint.single_waiver", "1/2", "聊民发〔2022〕1号")

    found = income.support(MOTHER, rural(half), single_person=True)

    assert found is not None and found.fen == 27500


def test_without_a_standard_support_is_not_known_and_nothing_fails() -> None:
    person = Member("a", "0", "1", date(1950, 1, 1), labour="ELDER")
    family = Evidence(DAY, "DIBAO", "RURAL", (person,), supporters=(SON,), answered=("CK",))

    assert income.support_of(SON, UNPUBLISHED) is None
    assert income.year_income(family, UNPUBLISHED, "P2021") is None
    outcome = registry.get("DIBAO").assess(family, UNPUBLISHED, "P2021")
    assert outcome.conclusion == "NEED_REVIEW"


def test_without_a_standard_a_wage_cannot_be_judged() -> None:
    worker = Member("a", "0", "1", date(1980, 1, 1), labour="FULL")
    family = Evidence(DAY, "DIBAO", "RURAL", (worker,), (Income("a", "W", "wage", 1_000_000, verified=True),))

    assert income.labour_of(worker, family, UNPUBLISHED) is None
    assert registry.get("DIBAO").assess(family, UNPUBLISHED, "P2021").amount_fen == 0


@pytest.mark.parametrize("key", ["income", "cash", "cars"])
def test_without_a_standard_no_edge_limit_is_judged(key: str) -> None:
    person = Member("a", "0", "1", date(1950, 1, 1), labour="ELDER")
    family = Evidence(DAY, "DIBAO", "RURAL", (person,), assets=(Asset("a", "vehicle", value_fen=1),))

    assert edge.within(key, family, UNPUBLISHED, "P2021") is None


def test_a_condition_without_edge_limit_is_never_within_it() -> None:
    person = Member("a", "0", "1", date(1950, 1, 1))

    assert edge.within("hukou", Evidence(DAY, "DIBAO", "RURAL", (person,)), rural(), "P2021") is False


def test_the_registry_knows_dibao() -> None:
    assert registry.get("DIBAO") in registry.all_types()
    assert registry.get("DIBAO").case_prefix == "DB"
    assert set(registry.get("DIBAO").mandatory_sources) == {
        "HJ",
        "SW",
        "HY",
        "CL",
        "BDC",
        "SB",
        "GS",
        "CK",
        "SF",
    }
