"""How families are spread over the helpers of a simulation."""

from __future__ import annotations

from collections import Counter

import pytest

from jiuzhu.infra import demo, simulation


@pytest.mark.parametrize("shares", [1, 2, 3])
def test_a_county_stays_whole_and_no_helper_has_much_more_than_another(shares: int) -> None:
    share_of = simulation._spread(shares)
    towns = Counter(share_of[code[:6]] for code in demo.TOWNS)

    assert sum(towns.values()) == len(demo.TOWNS)
    assert max(towns.values()) - min(towns.values()) <= 1
