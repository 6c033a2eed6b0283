from __future__ import annotations

import pytest

from jiuzhu.core import uscc
from jiuzhu.core.refusal import Refusal


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91110000600037341L",
        "51420000MJH2003604",
        "52420000MJH233410E",
        "51420000MJH200387U",
    ],
)
def test_valid_codes(code: str) -> None:
    assert uscc.parse(f" {code.lower()} ") == code


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91350100M000100Y4Z", "18位"),
        ("91350100M000100Y44", "校验码"),
        ("91350100I000100Y43", "18位"),
        ("91350100M000100Y4", "18位"),
        ("91350100M000100X43", "校验码"),
    ],
)
def test_wrong_codes_are_refused_with_the_problem(code: str, problem: str) -> None:
    with pytest.raises(Refusal) as refused:
        uscc.parse(code)

    assert refused.value.code == "E_INPUT"
    assert problem in refused.value.sentence
