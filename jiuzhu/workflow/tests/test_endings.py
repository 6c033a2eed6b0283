"""What an end cannot do without is what the rule book lists (DOC-08, ARC-03)."""

from __future__ import annotations

import pytest

from jiuzhu.aid_types import registry
from jiuzhu.workflow.endings import needed
from jiuzhu.workflow.states import TERMINAL

APPLIED = {"W01", "W02", "W03", "W05", "W06|W07", "W09", "W10", "W12"}
LOOKED_INTO = {"W13", "W16", "W19", "W21"}


def _words(aid_type: str, ending: str, regime: str = "P2019") -> set[str]:
    return {"|".join(sorted(each)) for each in needed(registry.get(aid_type).moves, ending, regime)}


def test_a_granted_and_a_refused_dibao_case_hold_what_arc_03_lists() -> None:
    granted = {each for each in _words("DIBAO", "GRANTED") if not each.startswith(("W23|", "W24|"))}
    assert granted == APPLIED | LOOKED_INTO | {"W25"}
    assert _words("DIBAO", "GRANTED", "P2021") == APPLIED | LOOKED_INTO | {"W25", "W23"}
    assert _words("DIBAO", "REFUSED") == APPLIED | LOOKED_INTO | {"W22"}
    assert _words("DIBAO", "NOT_ACCEPTED") == APPLIED | {"W15"}
    assert _words("DIBAO", "TERMINATED") == {"W01"}


def test_emergency_aid_is_closed_with_slip_receipt_and_form() -> None:
    assert _words("TA_EMERGENCY", "CLOSED") == {"W32", "W33", "W34"}
    assert _words("TA_EMERGENCY", "REFUSED") == {"W32", "W22"}


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.code)
def test_every_end_of_every_aid_needs_at_least_the_paper_it_began_with(aid) -> None:
    for regime in aid.regimes:
        rows = [row for row in aid.moves if regime in row.regimes]
        (first,) = [row for row in rows if not row.sources]
        for ending in {target for row in rows for target in row.targets} & TERMINAL:
            assert set(map(frozenset, [[code] for code in first.papers])) <= set(
                needed(aid.moves, ending, regime)
            )
