"""The files shipped with the product agree with the published lists and with one another."""

from __future__ import annotations

import ast
import csv
import string
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from jiuzhu.core import calendar, codes
from jiuzhu.core.refusal import register

DATA = Path(calendar.__file__).parent / "data"
PACKAGE = DATA.parent.parent
DOMAIN_CODES = [
    "E_NOAUTH",
    "E_SCOPE",
    "E_CONF",
    "E_SOD",
    "E_AUTH",
    "E_ORGAN",
    "E_STATE",
    "E_ONCE",
    "E_SHARED",
    "E_DOC",
    "E_SEAL",
    "E_LIMIT",
    "E_QUORUM",
    "E_REPORT_EXPIRED",
    "E_DUP",
    "E_PRIV",
    "E_ID",
    "E_PUBL",
    "E_NOTICE",
    "E_PAYDUP",
]


def divisions() -> list[dict[str, str]]:
    with (DATA / "divisions.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))


def organisations() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "organisations.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize(
    ("year", "working_days"),
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_wd_03_every_year_has_the_number_of_working_days_in_the_rule_book(
    year: int, working_days: int
) -> None:
    counted = calendar.shipped_calendar().working_days_between(date(year - 1, 12, 31), date(year, 12, 31))

    assert counted == working_days


def test_the_turn_of_2018_is_known_although_that_year_is_not_published() -> None:
    shipped = calendar.shipped_calendar()

    assert shipped.is_working_day(date(2018, 12, 29))
    assert not shipped.is_working_day(date(2018, 12, 31))
    assert shipped.is_provisional(date(2018, 12, 31))


def test_no_day_is_both_a_rest_day_and_a_make_up_day() -> None:
    shipped = calendar.shipped_calendar()

    assert not shipped.off & shipped.makeup
    assert all(day.weekday() >= 5 for day in shipped.makeup)


@pytest.mark.parametrize(
    ("county", "towns", "villages"),
    [
        ("371502", 24, 338),
        ("371503", 14, 88),
        ("371521", 18, 379),
        ("371522", 24, 878),
        ("371524", 10, 81),
        ("371525", 18, 352),
        ("371526", 12, 176),
        ("371581", 16, 116),
    ],
)
def test_org_01_each_county_has_its_towns_and_villages(county: str, towns: int, villages: int) -> None:
    lengths = Counter(len(row["code"]) for row in divisions() if row["code"].startswith(county))

    assert (lengths[6], lengths[9], lengths[12]) == (1, towns, villages)


def test_every_division_is_listed_once_and_hangs_below_a_listed_one() -> None:
    rows = divisions()
    known = {row["code"] for row in rows}

    assert len(known) == len(rows) == 2554
    assert {row["parent_code"] for row in rows} - known == {""}


def test_org_02_zone_towns_are_towns_of_dongchangfu_and_belong_to_one_zone() -> None:
    dongchangfu = [row["name"] for row in divisions() if row["parent_code"] == "371502"]
    claimed = [town for zone in organisations()["zones"] for town in zone["towns"]]

    assert len(claimed) == len(set(claimed)) == 11
    assert all(dongchangfu.count(town) == 1 for town in claimed)


def test_org_02_internal_zone_codes_collide_with_no_official_code() -> None:
    zones = {zone["code"] for zone in organisations()["zones"]}

    assert zones == {"371591", "371592", "371593"}
    assert not any(row["code"][:6] in zones for row in divisions())


def test_org_05_exactly_three_counties_are_pilots() -> None:
    assert {county["code"] for county in organisations()["counties"] if county.get("pilot")} == {
        "371502",
        "371521",
        "371581",
    }


def test_doc_01_short_names_tell_issuing_organs_apart() -> None:
    tree = organisations()
    shorts = [entry["short"] for entry in [tree["city"], *tree["counties"], *tree["zones"]]]

    assert len(set(shorts)) == len(shorts) == 12


def test_org_01_chiping_county_is_retired_in_favour_of_the_district() -> None:
    (retired,) = organisations()["retired_divisions"]

    assert (retired["code"], retired["successor"]) == ("371523", "371503")
    assert "371523" not in {row["code"] for row in divisions()}


def test_every_code_is_text_with_a_name_and_every_table_says_where_it_is_from() -> None:
    for scheme, table in codes.schemes().items():
        assert table["source"], scheme
        assert all(
            isinstance(code, str) and isinstance(name, str) and name for code, name in table["codes"].items()
        ), scheme
        assert len(set(table["codes"].values())) == len(table["codes"]), scheme


def test_all_fifty_six_nationalities_are_listed() -> None:
    assert list(codes.choices("nation")) == [f"{number:02d}" for number in range(1, 57)]
    assert codes.name_of("nation", "36") == "毛南族"


def test_an_unknown_code_shows_itself_and_an_empty_one_nothing() -> None:
    assert codes.name_of("sex", "7") == "7"
    assert codes.name_of("sex", None) == ""


@pytest.mark.parametrize("code", DOMAIN_CODES)
def test_section_17_codes_are_declared_with_an_error_status(code: str) -> None:
    assert 400 <= register()[code].get("status", 409) < 500


def _raised() -> list[tuple[str, str]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "tests" in path.relative_to(PACKAGE).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "Refusal"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", str(node.args[0].value)))
    return found


def test_every_refusal_raised_anywhere_is_declared() -> None:
    raised = _raised()

    assert len(raised) > 20
    assert [(place, code) for place, code in raised if code not in register()] == []


def test_sentences_name_their_parameters_and_nothing_cleverer() -> None:
    for code, entry in register().items():
        for text in (entry["sentence"], entry["next"]):
            for _, field, spec, conversion in string.Formatter().parse(text):
                assert field is None or (field.isidentifier() and not spec and not conversion), code
