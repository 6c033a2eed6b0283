"""The self-check is the law itself, with what nobody asked left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from jiuzhu.aid_types import registry, self_check
from jiuzhu.aid_types.base import ONCE
from jiuzhu.aid_types.self_check import LIKELY, UNLIKELY, UNSURE, Answer
from jiuzhu.policy.evidence import Evidence, Income, Member
from jiuzhu.policy.parameters import resolve, sample_rows

DAYS = {"P2019": date(2019, 9, 1), "P2021": date(2022, 3, 1), "P2025": date(2025, 3, 1)}
ALL = ("HJ", "HY", "SW", "CL", "BDC", "SB", "GS", "CK")
OLD = Member("m0", "0", "1", date(1950, 1, 1), labour="ELDER")


def check(
    regime: str,
    *members: Member,
    month_yuan: int = 0,
    answered: tuple[str, ...] = ALL,
    causes: tuple[str, ...] = (),
) -> dict[str, Answer]:
    said = Evidence(
        DAYS[regime],
        "",
        "URBAN",
        members or (OLD,),
        (Income("m0", "T", "pension", 1200 * month_yuan),) if month_yuan else (),
        answered=answered,
    )
    values = resolve(sample_rows(), day=DAYS[regime], area_type="URBAN", regime=regime)
    return {each.aid.code: each for each in self_check.check(said, values, regime, causes=causes)}


def test_every_type_of_the_regime_answers_the_likely_ones_first() -> None:
    for regime in DAYS:
        answers = check(regime, month_yuan=100)
        order = [each.verdict for each in answers.values()]

        assert set(answers) == {aid.code for aid in registry.offered(regime) if aid.pays != ONCE}
        assert order == sorted(order, key=(LIKELY, UNSURE, UNLIKELY).index)


def test_a_poor_pensioner_is_told_the_exact_sum() -> None:
    """(600 − 100) × 1 and the top-up for seventy and more: 560."""
    found = check("P2021", month_yuan=100)["DIBAO"]

    assert (found.verdict, found.low_fen, found.high_fen) == (LIKELY, 56000, 56000)


def test_what_was_not_asked_is_never_a_no() -> None:
    answers = check("P2021", month_yuan=100, answered=())

    assert answers["DIBAO"].verdict == UNSURE
    assert {"cash", "cars"} <= {each.key for each in answers["DIBAO"].outcome.cannot_tell}


def test_somebody_able_to_work_gets_a_range_instead_of_a_refusal() -> None:
    """Imputed he earns the minimum wage; whether he truly cannot find work only an investigation says (LAB-04)."""
    able = Member("m0", "0", "1", date(1985, 1, 1), labour="FULL")
    found = check("P2021", able)["DIBAO"]

    assert (found.verdict, found.high_fen) == (UNSURE, 60000)
    assert found.outcome.conclusion == "NOT_QUALIFIED"


def test_above_the_standard_the_family_is_an_edge_family_and_its_disabled_son_has_dibao_alone() -> None:
    son = Member(
        "m1", "2", "1", date(1985, 1, 1), labour="NONE", disability_category="4", disability_grade="2"
    )
    answers = check("P2021", OLD, son, month_yuan=1500)

    assert answers["EDGE"].verdict == LIKELY
    assert (answers["DIBAO"].verdict, answers["DIBAO"].person) == (LIKELY, "m1")
    assert answers["DIBAO"].high_fen == 72000


def test_tekun_is_answered_for_the_person_with_the_range_of_its_care_levels() -> None:
    found = check("P2019", replace(OLD, born_on=date(1950, 1, 1)))["TEKUN"]

    assert found.person == "m0"
    assert (found.low_fen, found.high_fen) == (78000 + 15500, 78000 + 51700)


def test_a_sudden_hardship_is_answered_with_the_range_of_its_severity() -> None:
    """TA-10: one to six months of the standard for one person; 01 is a fire."""
    answers = check("P2021", month_yuan=100, causes=("01",))
    sudden = [each for each in answers.values() if each.aid.pays == ONCE]

    assert [(each.low_fen, each.high_fen) for each in sudden] == [(60000, 360000)]


def test_a_rich_family_is_told_no_with_the_article() -> None:
    found = check("P2021", month_yuan=5000)["DIBAO"]

    assert (found.verdict, found.low_fen, found.high_fen) == (UNLIKELY, 0, 0)
    assert all(each.article and each.sentence for each in found.outcome.not_met)
