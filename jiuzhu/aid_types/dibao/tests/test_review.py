from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.policy.evidence import Evidence, Member


@pytest.mark.parametrize(
    ("labour", "expected"),
    [
        (["ELDER", "ELDER"], "A"),
        (["NONE", "MINOR"], "A"),
        (["PART", "MINOR"], "B"),
        (["FULL", "ELDER"], "C"),
        (["STUDENT", "NONE"], "C"),
    ],
)
def test_review_class_follows_who_can_work(labour: list[str], expected: str) -> None:
    members = tuple(Member(f"m{n}", "0", "1", date(1970, 1, 1), labour=each) for n, each in enumerate(labour))
    evidence = Evidence(date(2019, 9, 1), "DIBAO", "RURAL", members)

    assert DIBAO.review_class(evidence) == expected


def test_someone_who_does_not_count_does_not_decide_the_class() -> None:
    members = (
        Member("a", "0", "1", date(1950, 1, 1), labour="ELDER"),
        Member("b", "2", "1", date(1980, 1, 1), labour="FULL", exclude="HH-11"),
    )

    assert DIBAO.review_class(Evidence(date(2019, 9, 1), "DIBAO", "RURAL", members)) == "A"
