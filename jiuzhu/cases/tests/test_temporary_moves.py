"""What the moves of temporary aid promise beyond the table every aid type keeps (3.5, 3.6)."""

from __future__ import annotations

import pytest

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE, AidType

ONE_OFF = [aid for aid in registry.all_types() if aid.pays == ONCE]
EVERY = pytest.mark.parametrize("aid", ONE_OFF, ids=lambda aid: aid.short_name)


@EVERY
def test_every_row_that_spends_or_decides_is_staff_s(aid: AidType) -> None:
    for row in aid.moves:
        if row.event.startswith(("deliver", "approve", "seal", "refuse", "reject")):
            assert row.roles <= {"TOWN_CLERK", "TOWN_LEAD", "COUNTY_APPROVER"}, row.key


def test_first_aid_waits_for_no_verification_appraisal_or_publicity() -> None:
    """E6."""
    urgent = next(aid for aid in ONE_OFF if aid.urgent)
    before = [row for row in urgent.moves if row.sources == ("INTENT",)]

    assert not {"VERIFYING", "APPRAISAL", "RESULT_PUBLICITY", "PRELIM_PUBLICITY"} & {
        state for row in urgent.moves for state in row.targets
    }
    assert all("CLK-TA24" not in row.may_start for row in before)
    assert not urgent.sources
