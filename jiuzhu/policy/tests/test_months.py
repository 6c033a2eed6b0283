from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.policy.months import first_month
from jiuzhu.policy.parameters import Row, resolve


@pytest.mark.parametrize(
    ("basis", "granted_on", "expected"),
    [
        ("GRANTED", date(2019, 10, 31), date(2019, 11, 1)),
        ("GRANTED", date(2019, 11, 1), date(2019, 12, 1)),
        ("GRANTED", date(2019, 12, 2), date(2020, 1, 1)),
        ("APPROVAL", date(2019, 11, 2), date(2019, 11, 1)),
    ],
)
def test_a_benefit_starts_the_month_after_the_decision_takes_effect(
    basis: str, granted_on: date, expected: date
) -> None:
    rows = [Row("first_month_basis", basis, "聊民发〔2019〕1号")]
    parameters = resolve(rows, day=granted_on, area_type="URBAN", regime="P2019")

    assert (
        first_month(granted_on=granted_on, approved_on=date(2019, 10, 23), parameters=parameters) == expected
    )
