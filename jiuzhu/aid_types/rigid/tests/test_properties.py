"""Rigid expenditure compares one year's spending with one year's income (RIG-01)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.aid_types.dibao.tests.test_properties import families, sample
from jiuzhu.aid_types.edge.aid_type import EDGE
from jiuzhu.aid_types.rigid.aid_type import RIGID
from jiuzhu.policy.evidence import Evidence, Spending
from jiuzhu.policy.household import spending

ANY = families("P2025")
SPENT = st.integers(0, 10_000_000)


def _with(family: Evidence, spent: int) -> Evidence:
    return replace(family, aid_type="RIGID", spendings=(Spending("", "MEDICAL", spent),))


@settings(max_examples=150, deadline=None)
@given(ANY, SPENT, SPENT)
def test_spending_more_never_takes_the_status_away(family: Evidence, spent: int, more: int) -> None:
    values = sample("P2025", family.area_type)

    before = RIGID.assess(_with(family, spent), values, "P2025").conclusion
    after = RIGID.assess(_with(family, spent + more), values, "P2025").conclusion

    assert before != "QUALIFIED" or after == "QUALIFIED"


@settings(max_examples=150, deadline=None)
@given(ANY, SPENT)
def test_nobody_is_an_edge_family_and_in_rigid_difficulty(family: Evidence, spent: int) -> None:
    values, asked = sample("P2025", family.area_type), _with(family, spent)

    rigid = RIGID.assess(asked, values, "P2025").conclusion
    edge = EDGE.assess(replace(asked, aid_type="EDGE"), values, "P2025").conclusion

    assert (rigid, edge) != ("QUALIFIED", "QUALIFIED")
    if rigid == "EDGE":
        assert edge == "QUALIFIED"


@settings(max_examples=100, deadline=None)
@given(ANY, SPENT)
def test_the_line_is_exact_to_the_fen(family: Evidence, spent: int) -> None:
    values = sample("P2025", family.area_type)
    asked = _with(family, spent)
    year, line = (
        fact(asked, values, "P2025") for fact in (spending.year_income_fen, spending.spending_line_fen)
    )

    assert year is not None and line is not None
    assert (spent > line) is (5 * spent > 3 * year)
