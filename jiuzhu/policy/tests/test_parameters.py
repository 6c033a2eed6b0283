"""Limits: declared once, valued by dated rows, never a float, always with their source."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from jiuzhu.core.refusal import Refusal
from jiuzhu.policy.parameters import Row, check, declarations, resolve, sample_label, sample_rows
from jiuzhu.policy.regimes import all_regimes, regime, regime_on

DAY = date(2019, 10, 8)


def values(*rows: Row, day: date = DAY, area: str = "URBAN", under: str = "P2019") -> Any:
    return resolve([*sample_rows(), *rows], day=day, area_type=area, regime=under)


def test_every_default_satisfies_its_own_declaration() -> None:
    for declaration in declarations().values():
        for default in (declaration.default, *declaration.by_regime.values()):
            for value in default.values() if isinstance(default, dict) else (default,):
                if value is not None:
                    check(declaration.key, value)


def test_no_value_in_force_is_a_float() -> None:
    found = values()

    flat = [
        each for key in found for each in (found[key] if isinstance(found[key], tuple) else (found[key],))
    ]

    assert not any(isinstance(each, float) for each in flat)
    assert found["topup.T1"] == Fraction(1, 5)


def test_urban_and_rural_standards_are_different_samples_and_say_so() -> None:
    urban, rural = values(), values(area="RURAL")

    assert (urban["dibao.standard"], rural["dibao.standard"]) == (60000, 45000)
    assert urban.why("dibao.standard").is_sample and urban.is_sample
    assert "非公布标准" in urban.why("dibao.standard").source and "非公布标准" in sample_label()


def test_a_published_row_names_its_document_and_ends_the_sample() -> None:
    published = Row(
        "dibao.standard", 63000, "聊民发〔2020〕1号", area_type="URBAN", effective_from=date(2020, 1, 1)
    )

    assert values(published, day=date(2019, 12, 31))["dibao.standard"] == 60000
    found = values(published, day=date(2020, 1, 1)).why("dibao.standard")
    assert (found.value, found.source, found.is_sample) == (63000, "聊民发〔2020〕1号", False)
    assert (found.level, found.effective_from) == ("city", date(2020, 1, 1))


def test_a_county_goes_before_the_city_only_where_it_may() -> None:
    method = Row("dibao.method", "TIER", "东昌府民发〔2021〕3号", level="county")
    months = Row("prop.cash_months", 36, "东昌府民发〔2021〕3号", level="county")

    found = values(method, months)

    assert found["dibao.method"] == "TIER"
    assert found["prop.cash_months"] == 24


def test_a_county_row_is_not_overtaken_by_a_later_row_of_the_city() -> None:
    county = Row("topup.T3", "3/20", "县", level="county", effective_from=date(2019, 1, 1))
    city = Row("topup.T3", "1/20", "市", effective_from=date(2019, 6, 1))

    assert values(county, city)["topup.T3"] == Fraction(3, 20)


def test_defaults_follow_the_regime() -> None:
    assert values(under="P2019")["rigid_deduction"] is False
    assert values(under="P2021")["rigid_deduction"] is True
    assert values(under="P2019")["review.cycle.B"] == 6
    assert values(under="P2021")["prelim_publicity"] is True
    assert [values(area=area)["review.cycle.C"] for area in ("URBAN", "RURAL", "")] == [1, 3, 3]


def test_a_row_of_a_retired_parameter_is_left_alone() -> None:
    assert "old.key" not in values(Row("old.key", 1, "旧文件", level="county"))


@pytest.mark.parametrize(
    ("day", "minimum_wage", "central_pension"),
    [
        (date(2019, 9, 1), 155000, 8800),
        (date(2021, 9, 30), 155000, 9300),
        (date(2021, 10, 1), 170000, 9300),
        (date(2022, 1, 1), 170000, 9800),
        (date(2023, 10, 1), 182000, 10300),
        (date(2024, 1, 1), 182000, 12300),
        (date(2025, 1, 1), 182000, 14300),
    ],
)
def test_minimum_wage_and_central_pension_by_date(day: date, minimum_wage: int, central_pension: int) -> None:
    found = values(day=day)

    assert (found["minimum_wage"], found["central_pension"]) == (minimum_wage, central_pension)


@pytest.mark.parametrize(
    ("key", "value", "level"),
    [
        ("dibao.standard", 600.0, "city"),
        ("dibao.standard", -1, "city"),
        ("dibao.standard", True, "city"),
        ("topup.T1", "3/2", "city"),
        ("topup.T1", "一成", "city"),
        ("topup.T1", "1/0", "city"),
        ("edge.ratio", "2", "city"),
        ("publicity_days", 5, "city"),
        ("dibao.method", "LUCK", "city"),
        ("dibao.tier_rates", [], "city"),
        ("publicity_roll", "yes", "city"),
        ("prop.cash_months", 36, "county"),
        ("no.such.key", 1, "city"),
    ],
)
def test_a_value_of_the_wrong_kind_or_out_of_bounds_is_refused(key: str, value: Any, level: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(key, value, level=level)

    assert refused.value.code == "E_INPUT"


def test_an_outcome_can_tell_exactly_what_was_read() -> None:
    used = values().tracked()

    used["topup.T1"], used["dibao.standard"]

    assert [value.key for value in used.read] == ["dibao.standard", "topup.T1"]


def test_a_missing_standard_reads_as_none() -> None:
    assert resolve([], day=DAY, area_type="URBAN", regime="P2019")["dibao.standard"] is None


@pytest.mark.parametrize(
    ("day", "policy", "expected"),
    [
        (date(2019, 8, 5), "BY_DATE", "P2019"),
        (date(2021, 6, 30), "BY_DATE", "P2019"),
        (date(2021, 7, 1), "BY_DATE", "P2021"),
        (date(2024, 12, 31), "BY_DATE", "P2021"),
        (date(2025, 1, 1), "BY_DATE", "P2025"),
        (date(2019, 6, 30), "BY_DATE", "P2019"),
        (date(2026, 11, 1), "SEED", "P2019"),
    ],
)
def test_the_regime_a_new_case_pins(day: date, policy: str, expected: str) -> None:
    assert regime_on(day, policy) == expected


def test_regimes_follow_each_other_without_gap() -> None:
    ordered = list(all_regimes().values())

    for earlier, later in pairwise(ordered):
        assert earlier.ends_on is not None and (later.starts_on - earlier.ends_on).days == 1
        assert set(earlier.differences) == set(later.differences)
    assert regime("P2019").says("special_extension") is False
    assert "第二十二条" in regime("P2021").article("special_extension")
