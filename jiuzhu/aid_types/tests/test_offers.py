"""What the law offers besides: an edge family, one member alone, rigid expenditure (DB-04..06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jiuzhu.aid_types import offers, registry
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member, Spending
from jiuzhu.policy.household import edge
from jiuzhu.policy.parameters import ParameterSet, resolve, sample_rows

DAYS = {"P2019": date(2019, 9, 1), "P2021": date(2022, 3, 1), "P2025": date(2025, 3, 1)}
FATHER = Member("a", "0", "1", date(1955, 1, 1), labour="ELDER")
SON = Member("b", "2", "1", date(1985, 1, 1), labour="NONE", disability_category="5", disability_grade="3")
HEARD = ("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK")


def values(regime: str) -> ParameterSet:
    return resolve(sample_rows(), day=DAYS[regime], area_type="URBAN", regime=regime)


def family(regime: str, month_yuan: int, *members: Member, **more: object) -> Evidence:
    return Evidence(
        DAYS[regime],
        "DIBAO",
        "URBAN",
        members or (FATHER,),
        (Income("a", "T", "pension", 1200 * month_yuan),),
        answered=HEARD,
        over_limit=False,
        **more,  # type: ignore[arg-type]
    )


def offered(evidence: Evidence, regime: str) -> list[tuple[str, str, int]]:
    aid = registry.get(evidence.aid_type)
    outcome = aid.assess(evidence, values(regime), regime)
    return [
        (each.aid.code, each.person, each.outcome.amount_fen)
        for each in offers.others(evidence, outcome, values(regime), regime)
    ]


def test_whoever_qualifies_is_offered_nothing_else() -> None:
    assert offered(family("P2021", 500), "P2021") == []


def test_a_family_above_the_standard_is_offered_the_edge_status_from_2021_on() -> None:
    assert offered(family("P2021", 700), "P2021") == [("EDGE", "", 0)]
    assert offered(family("P2019", 700), "P2019") == []


def test_the_disabled_son_of_an_edge_family_may_apply_alone() -> None:
    """DB-05, DB-06, AMT-05: N = 1, no income of his own, 600 and the top-up of 120."""
    assert offered(family("P2021", 1500, FATHER, SON), "P2021") == [("DIBAO", "b", 72000), ("EDGE", "", 0)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"assets": (Asset("a", "cash", value_fen=4_320_001),)}, []),
        ({"assets": (Asset("a", "nonresidential", label="示例路1号"),)}, []),
        ({"answered": tuple(each for each in HEARD if each != "CK")}, []),
    ],
)
def test_beyond_the_edge_limits_or_not_known_nobody_applies_alone(
    change: dict[str, object], expected: list[object]
) -> None:
    """DB-06: 2 × 36 × 600 = 43,200.00 for two."""
    known = replace(family("P2021", 1500, FATHER, SON), **change)  # type: ignore[arg-type]

    assert offered(known, "P2021") == expected


def test_a_rich_family_keeps_its_disabled_son_from_applying_alone() -> None:
    alone = edge.alone(family("P2021", 2000, FATHER, SON), "b", values("P2021"), "P2021")
    outcome = registry.get("DIBAO").assess(alone, values("P2021"), "P2021")

    assert outcome.conclusion == "NOT_QUALIFIED" and outcome.reasons == ("RC-SINGLE",)


def test_whether_the_family_fits_is_not_known_before_departments_answer() -> None:
    waiting = replace(family("P2021", 1500, FATHER, SON), answered=("SB", "CL", "BDC", "GS", "HJ"))
    alone = edge.alone(waiting, "b", values("P2021"), "P2021")
    outcome = registry.get("DIBAO").assess(alone, values("P2021"), "P2021")

    assert outcome.conclusion == "NEED_REVIEW"
    assert "single_family" in {each.key for each in outcome.cannot_tell}


def test_in_2019_only_the_register_counts_not_the_family() -> None:
    """F220 art.10: adult, severely disabled, unable to work, registered alone."""
    own = replace(SON, own_register=True, disability_category="4", disability_grade="1")
    rich = family("P2019", 5000, FATHER, own)

    outcome = registry.get("DIBAO").assess(
        edge.alone(rich, "b", values("P2019"), "P2019"), values("P2019"), "P2019"
    )

    assert (outcome.conclusion, outcome.amount_fen) == ("QUALIFIED", 72000)
    assert offered(rich, "P2019") == [("DIBAO", "b", 72000)]


@pytest.mark.parametrize("regime", sorted(DAYS))
def test_a_religious_person_is_no_member_but_may_apply_alone(regime: str) -> None:
    monk = replace(SON, exclude="HH-10", disability_grade="", disability_category="")
    alone = edge.alone(family(regime, 5000, FATHER, monk), "b", values(regime), regime)

    assert [each.ref for each in alone.counted] == ["b"]
    assert registry.get("DIBAO").assess(alone, values(regime), regime).conclusion == "QUALIFIED"


def test_medical_bills_of_2025_lead_from_dibao_to_rigid_expenditure() -> None:
    spent = family("P2025", 2000, spendings=(Spending("a", "MEDICAL", 2_000_000),))

    assert offered(spent, "P2025") == [("RIGID", "", 0)]
    assert offered(replace(spent, as_of=DAYS["P2021"]), "P2021") == []
