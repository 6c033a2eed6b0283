"""From a sentence of the city's notice to the code that keeps it."""

from __future__ import annotations

import pytest

from jiuzhu.infra import rule_index


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("AMT-01: the base.", ["AMT-01"]),
        ("ORG-04..07 and D12", ["ORG-04", "ORG-05", "ORG-06", "ORG-07"]),
        ("TK-07..TK-09", ["TK-07", "TK-08", "TK-09"]),
        ("AMT-05/06, CLK-T20", ["AMT-05", "AMT-06", "CLK-T20"]),
        ("GB-18 and ISO-86 are no rules, nor is PRE-2019", []),
    ],
)
def test_ids_are_read_as_they_are_written(text: str, ids: list[str]) -> None:
    assert list(rule_index.ids_in(text)) == ids


def test_every_sentence_of_the_notice_has_a_rule_and_its_own_number() -> None:
    sentences = [each for _, part in rule_index.notice() for each in part]

    assert [each.number for each in sentences] == [f"R{number}" for number in range(1, 56)]
    assert all(each.rules and each.words for each in sentences)


def test_a_rule_leads_to_the_function_whose_words_name_it() -> None:
    found = rule_index.rules()["ORG-04"].code

    assert any(
        path == "jiuzhu/accounts/organisations.py" and name == "decide_authority" for path, name, _ in found
    )


def test_a_parameter_alone_keeps_no_rule() -> None:
    there, missing = rule_index.kept(["AMT-01", "D12", "AS-20", "CRD-04"])

    assert there == ["AMT-01", "D12", "AS-20"]
    assert missing == ["CRD-04"]
