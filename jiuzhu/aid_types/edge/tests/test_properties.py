"""The edge family and dibao are two sides of one line (DB-04, AS-29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.aid_types.dibao.tests.test_properties import DAYS, families, sample
from jiuzhu.aid_types.edge.aid_type import EDGE
from jiuzhu.policy.evidence import Evidence, Income, Member

ANY = st.sampled_from(["P2021", "P2025"]).flatmap(lambda regime: st.tuples(st.just(regime), families(regime)))


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_whoever_dibao_calls_an_edge_family_is_recognised_as_one(case: tuple[str, Evidence]) -> None:
    regime, family = case
    values = sample(regime, family.area_type)

    dibao, edge = (
        aid.assess(replace(family, aid_type=aid.code), values, regime).conclusion for aid in (DIBAO, EDGE)
    )

    if dibao in ("EDGE", "SINGLE_POSSIBLE"):
        assert edge == "QUALIFIED"
    if edge == "QUALIFIED":
        assert dibao in ("EDGE", "SINGLE_POSSIBLE")


@settings(max_examples=80, deadline=None)
@given(ANY)
def test_a_status_never_has_an_amount(case: tuple[str, Evidence]) -> None:
    regime, family = case

    outcome = EDGE.assess(replace(family, aid_type="EDGE"), sample(regime, family.area_type), regime)

    assert (outcome.base_fen, outcome.topup_fen, outcome.care_fen, outcome.amount_fen) == (0, 0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(ANY, st.sampled_from(["SB", "CK", "CL", "BDC", "GS", "HJ"]))
def test_a_silent_source_never_recognises_anybody(case: tuple[str, Evidence], source: str) -> None:
    regime, heard = case
    silent = replace(
        heard, aid_type="EDGE", answered=tuple(each for each in heard.answered if each != source)
    )

    assert EDGE.assess(silent, sample(regime, heard.area_type), regime).conclusion != "QUALIFIED"


@pytest.mark.parametrize(
    ("month_fen", "conclusion"),
    [(60000, "EDGE"), (89999, "EDGE"), (90000, "NOT_QUALIFIED"), (59999, "QUALIFIED")],
)
def test_as_29_the_line_of_the_edge_family_as_dibao_sees_it(month_fen: int, conclusion: str) -> None:
    old = Member("a", "0", "1", date(1955, 1, 1), labour="ELDER")
    family = Evidence(
        DAYS["P2021"],
        "DIBAO",
        "URBAN",
        (old,),
        (Income("a", "T", "pension", 12 * month_fen),),
        answered=DIBAO.sources,
        over_limit=False,
    )

    assert DIBAO.assess(family, sample("P2021"), "P2021").conclusion == conclusion
