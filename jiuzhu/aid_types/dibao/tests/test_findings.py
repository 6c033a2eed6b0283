"""From what departments say to findings: one family of Shazhen, seen by nine offices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiuzhu.aid_types.dibao.aid_type import DIBAO
from jiuzhu.core.observation import Observation
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member
from jiuzhu.policy.findings import Finding, find, with_observations
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import resolve, sample_rows

DAY = date(2019, 9, 2)
FATHER, MOTHER, SON, STRANGER = (
    "37159919500315001X",
    "371599198206071024",
    "371599201209012032",
    "371599195801010046",
)
REFS = {FATHER: "p1", MOTHER: "p2", SON: "p3"}


def family(**changes: Any) -> Evidence:
    members = (
        Member("p1", "0", "1", date(1950, 3, 15), marital="20", labour="ELDER"),
        Member("p2", "1", "2", date(1982, 6, 7), marital="20", labour="FULL", exemption="E2"),
        Member("p3", "2", "1", date(2012, 9, 1), labour="MINOR"),
    )
    base = Evidence(DAY, "DIBAO", "URBAN", members, answered=DIBAO.sources, over_limit=False)
    return replace(base, **changes)


def seen(kind: str, subject: str, /, **attributes: Any) -> Observation:
    sources = {"vehicle": "CL", "dwelling": "BDC", "nonresidential": "BDC", "company": "GS"}
    sources |= {"death": "SW", "custody": "SF"}
    return Observation(kind, subject, sources.get(kind, "SB"), DAY, attributes)


def car(subject: str = FATHER, **changes: Any) -> Observation:
    plain = {"plate": "鲁P12345", "kind": "CAR", "use": "非营运", "state": "NORMAL", "registered_on": DAY}
    return seen("vehicle", subject, **(plain | changes))


def flat(subject: str = FATHER, **changes: Any) -> Observation:
    plain = {
        "certificate_no": "鲁（2010）聊城市不动产权第0000001号",
        "address": "东昌府区示例小区1号楼101",
        "area_m2_tenths": 900,
        "use": "住宅",
        "registered_on": date(2010, 5, 1),
        "demolition_replacement": False,
    }
    return seen("dwelling", subject, **(plain | changes))


def company(subject: str = FATHER, **changes: Any) -> Observation:
    plain = {
        "name": "示例商贸有限公司",
        "uscc": "X",
        "role": "法定代表人",
        "capital_fen": 50_000_00,
        "state": "ACTIVE",
    }
    return seen("company", subject, **(plain | changes))


def assess(evidence: Evidence, regime: str = "P2019") -> Outcome:
    return DIBAO.assess(evidence, resolve(sample_rows(), day=DAY, area_type="URBAN", regime=regime), regime)


def findings(*observations: Observation, declared: Evidence | None = None) -> list[Finding]:
    said = declared or family()
    return find(said, assess(with_observations(said, observations, REFS, regime="P2019")), observations, REFS)


def codes(*observations: Observation, declared: Evidence | None = None) -> list[str]:
    return [each.code for each in findings(*observations, declared=declared)]


def test_a_car_blocks_with_value_limit_article_and_reason() -> None:
    (found,) = findings(car())

    assert (found.code, found.level, found.reason_code, found.source) == ("F-CAR", "BLOCK", "RC-CAR", "CL")
    assert (found.value, found.limit) == ("1辆", "0辆")
    assert found.article and "机动车辆" in found.sentence


@pytest.mark.parametrize(
    "observation",
    [
        car(state="SCRAPPED"),
        car(kind="MOTORCYCLE"),
        car(kind="TRICYCLE"),
        car(STRANGER),
        flat(),
        company(capital_fen=0),
        company(state="DEREGISTERED"),
        company(dormant=True),
        company(co_operative=True),
    ],
)
def test_what_is_no_finding(observation: Observation) -> None:
    assert codes(observation) == []


def test_a_mobility_vehicle_is_exempt_for_a_disabled_member_only() -> None:
    disabled = family(members=(replace(family().members[0], disability_category="4"), *family().members[1:]))
    mobility = [
        car(kind="MOBILITY"),
        car(kind="MOBILITY", plate="鲁P00002"),
        car(kind="MOBILITY", plate="鲁P00003"),
    ]

    assert codes(*mobility, declared=disabled) == []
    assert codes(*mobility) == ["F-CAR"]


def test_a_third_motorcycle_of_two_adults_counts() -> None:
    three = [car(kind="MOTORCYCLE", plate=f"鲁P0000{n}") for n in range(3)]

    assert codes(*three[:2]) == []
    assert codes(*three) == ["F-CAR"]


def test_one_flat_of_both_spouses_is_one_flat() -> None:
    joint = [flat(FATHER), flat(MOTHER, certificate_no="鲁（2010）聊城市不动产权第0000002号")]

    assert codes(*joint) == []
    assert len(with_observations(family(), joint, REFS, regime="P2019").assets) == 1


def test_two_flats_of_one_place_are_two() -> None:
    two = [flat(), flat(certificate_no="2", area_m2_tenths=1265, registered_on=date(2015, 9, 30))]

    assert codes(*two) == ["F-HOUSE"]
    assert codes(flat(), flat(certificate_no="2")) == ["F-HOUSE"]


def test_the_declared_flat_is_the_registered_one() -> None:
    declared = family(assets=(Asset("p2", "dwelling", "示例小区1号楼101", area_m2_tenths=880),))

    assert codes(flat(), declared=declared) == []


def test_a_declared_village_house_and_a_flat_in_town_are_two() -> None:
    declared = family(assets=(Asset("p1", "dwelling", "沙镇镇示例村一12号", area_m2_tenths=1500),))

    assert codes(flat(), declared=declared) == ["F-HOUSE"]


def test_two_flats_block_unless_the_family_is_short_of_room() -> None:
    second = {"address": "东昌府区示例小区2号楼202", "certificate_no": "2"}

    assert codes(flat(area_m2_tenths=450), flat(area_m2_tenths=449, **second)) == []
    assert codes(flat(area_m2_tenths=450), flat(area_m2_tenths=450, **second)) == ["F-HOUSE"]


@pytest.mark.parametrize(
    ("registered_on", "replaced", "expected"),
    [
        (date(2017, 9, 3), False, ["F-NEWHOUSE"]),
        (date(2017, 9, 2), False, []),
        (date(2019, 1, 5), True, []),
    ],
)
def test_a_home_bought_within_24_months(registered_on: date, replaced: bool, expected: list[str]) -> None:
    assert codes(flat(registered_on=registered_on, demolition_replacement=replaced)) == expected


def test_a_shop_and_a_company_block() -> None:
    shop = seen("nonresidential", MOTHER, address="示例路1号商铺", area_m2_tenths=300, use="商业")

    assert codes(shop, company()) == ["F-NONRES", "F-CORP"]


def test_one_company_seen_for_two_members_counts_once() -> None:
    assert len(with_observations(family(), [company(), company(MOTHER)], REFS, regime="P2019").assets) == 1


def test_an_individual_business_is_allowed_but_its_income_is_asked_for() -> None:
    shop = seen("individual_business", MOTHER, name="示例早餐店", state="ACTIVE", capital_fen=0)

    (found,) = findings(shop, declared=family(incomes=(Income("p1", "O", "other", 100),)))

    assert (found.code, found.level) == ("F-INC", "DIFF")
    assert codes(shop, declared=family(incomes=(Income("p2", "B", "business", 600_000),))) == []


@pytest.mark.parametrize(("balance", "expected"), [(43_200_00, []), (43_200_01, ["F-CASH"])])
def test_deposits_at_the_limit_pass_and_one_fen_more_does_not(balance: int, expected: list[str]) -> None:
    assert codes(seen("deposit_balance", FATHER, balance_fen=balance)) == expected


def test_deposits_the_family_declared_do_not_count_twice() -> None:
    declared = family(assets=(Asset("p1", "cash", value_fen=30_000_00),))

    assert codes(seen("deposit_balance", FATHER, balance_fen=31_000_00), declared=declared) == []


def test_the_banks_flag_alone_is_over_the_limit() -> None:
    (found,) = findings(seen("deposit_flag", FATHER, over_limit=True))

    assert (found.code, found.value, found.limit) == ("F-CASH", "超过限额", "未超过限额")
    assert found.sentence == "银行反馈家庭存款超过限额43,200.00元"


def test_a_flag_within_the_limit_does_not_undo_one_over_it() -> None:
    flags = [seen("deposit_flag", FATHER, over_limit=True), seen("deposit_flag", MOTHER, over_limit=False)]

    assert codes(*flags) == ["F-CASH"]


def test_a_dead_member_blocks_for_that_person_and_no_longer_counts() -> None:
    death = seen("death", FATHER, died_on=date(2019, 8, 20))

    (found,) = findings(death)
    verified = with_observations(family(), [death], REFS, regime="P2019")

    assert (found.code, found.level, found.person) == ("F-DEATH", "BLOCK", "p1")
    assert [member.exclude for member in verified.members] == ["HH-14", "", ""]


def held(kind: str = "PRISON", since: date = date(2019, 3, 1), until: date | None = None) -> Observation:
    return seen("custody", MOTHER, kind=kind, since=since, until=until)


@pytest.mark.parametrize(
    ("custody", "regime", "rule"),
    [
        (held(), "P2019", "HH-11"),
        (held(since=DAY, until=DAY), "P2019", "HH-11"),
        (held(since=date(2019, 9, 3)), "P2019", ""),
        (held(until=date(2019, 9, 1)), "P2019", ""),
        (held("DRUG_ISOLATION"), "P2019", ""),
        (held("DRUG_ISOLATION"), "P2021", "HH-12"),
    ],
)
def test_hh_11_hh_12_who_is_held_does_not_count_where_the_rules_say_so(
    custody: Observation, regime: str, rule: str
) -> None:
    verified = with_observations(family(), [custody], REFS, regime=regime)

    assert [member.exclude for member in verified.members] == ["", rule, ""]


def test_s16_somebody_said_to_be_at_home_and_in_prison_is_to_be_explained() -> None:
    (found,) = findings(held(until=date(2022, 2, 28)))

    assert (found.code, found.level, found.person, found.source) == ("F-PRISON", "DIFF", "p2", "SF")
    assert (found.value, found.limit) == ("自2019-03-01起在监狱服刑，至2022-02-28", "在家")


def test_s16_who_was_said_to_be_away_is_no_difference_and_whose_release_was_proven_counts() -> None:
    explained = {("F-PRISON", "p2", "自2019-03-01起在监狱服刑")}
    away = family(members=tuple(replace(each, exclude="HH-11") for each in family().members))
    verified = with_observations(family(), [held()], REFS, regime="P2019", explained=explained)

    assert codes(held(), declared=away) == []
    assert all(member.counted for member in verified.members)


def test_a_family_of_which_everybody_is_held_is_not_qualified() -> None:
    alone = family(members=family().members[1:2])
    verified = with_observations(alone, [held()], REFS, regime="P2019")

    assert not verified.counted and assess(verified).conclusion != "QUALIFIED"


@pytest.mark.parametrize(
    ("marital", "state", "expected"),
    [
        ("20", "MARRIED", []),
        ("20", "DIVORCED", ["F-MARRIAGE"]),
        ("10", "MARRIED", ["F-MARRIAGE"]),
        ("40", "DIVORCED", []),
        ("30", "MARRIED", []),
    ],
)
def test_marriage_as_declared_and_as_registered(marital: str, state: str, expected: list[str]) -> None:
    declared = family(members=(replace(family().members[0], marital=marital), *family().members[1:]))

    assert codes(seen("marriage", FATHER, state=state, spouse_id_no=MOTHER), declared=declared) == expected


def test_a_registered_spouse_nobody_named() -> None:
    (found,) = findings(seen("marriage", FATHER, state="MARRIED", spouse_id_no=STRANGER))

    assert (found.code, found.level) == ("F-MEMBER", "DIFF")
    assert STRANGER not in str(found)


def test_household_register() -> None:
    cancelled = seen("register", MOTHER, state="CANCELLED")
    crowded = seen("register", MOTHER, state="ALIVE", others=(FATHER, STRANGER))

    assert codes(cancelled) == ["F-CANCEL"]
    assert codes(crowded) == ["F-MEMBER"]


@pytest.mark.parametrize(("base", "expected"), [(1_800_00, []), (1_800_01, ["H-WAGE"])])
def test_a_contribution_base_of_more_than_six_fifths_of_the_wage(base: int, expected: list[str]) -> None:
    declared = family(incomes=(Income("p2", "W", "wage", 12 * 1_500_00),))

    assert codes(seen("contribution", MOTHER, base_fen=base), declared=declared) == expected


@pytest.mark.parametrize(
    ("wage", "contributes", "answered", "told"),
    [
        (Income("p2", "W", "wage", 12 * 1_500_00, verified=True), False, ("SB",), ["H-NOJOB"]),
        (Income("p2", "W", "wage", 12 * 1_500_00, verified=True), True, ("SB",), []),
        (Income("p2", "W", "wage", 12 * 1_500_00, verified=True), False, (), []),
        (Income("p2", "W", "wage", 12 * 1_500_00), False, ("SB",), []),
        (Income("p2", "W", "casual", 12 * 1_500_00, verified=True), False, ("SB",), []),
    ],
)
def test_a_wage_once_proved_that_nobody_contributes_for_any_more_is_a_hint(
    wage: Income, contributes: bool, answered: tuple[str, ...], told: list[str]
) -> None:
    """Silence of the insurer says something only once it has answered; odd jobs are never insured."""
    declared = family(incomes=(wage,))
    known = [seen("contribution", MOTHER, base_fen=1_500_00)] if contributes else []

    found = find(declared, assess(declared), known, REFS, answered=answered)

    assert [each.code for each in found] == told
    assert all(each.level == "HINT" and "1,500.00元" in each.sentence for each in found)


def test_a_base_within_tolerance_proves_the_declared_wage_and_does_not_replace_it() -> None:
    declared = family(incomes=(Income("p2", "W", "wage", 12 * 1_500_00, cost_fen=100),))

    verified = with_observations(
        declared, [seen("contribution", MOTHER, base_fen=1_700_00)], REFS, regime="P2019"
    )
    unlike = with_observations(
        declared, [seen("contribution", MOTHER, base_fen=3_000_00)], REFS, regime="P2019"
    )

    assert [(item.year_fen, item.verified) for item in verified.incomes] == [(12 * 1_500_00, True)]
    assert [(item.year_fen, item.cost_fen) for item in unlike.incomes] == [(12 * 3_000_00, 100)]


def test_an_accepted_explanation_lets_the_declared_wage_stand() -> None:
    declared = family(incomes=(Income("p2", "W", "wage", 12 * 500_00),))
    base = [seen("contribution", MOTHER, base_fen=4_000_00)]

    said = {("H-WAGE", "p2", "4,000.00元")}

    explained = with_observations(declared, base, REFS, regime="P2019", explained=said)
    higher = [seen("contribution", MOTHER, base_fen=4_100_00)]

    assert [(item.year_fen, item.verified) for item in explained.incomes] == [(12 * 500_00, True)]
    assert assess(explained).conclusion == "QUALIFIED"
    assert assess(with_observations(declared, higher, REFS, regime="P2019", explained=said)).not_met
    assert assess(with_observations(declared, base, REFS, regime="P2019")).conclusion == "NOT_QUALIFIED"


# —— verified before: a review (DYN-03)


def again(known: Evidence, *observations: Observation, **more: Any) -> Evidence:
    return with_observations(known, observations, REFS, regime="P2019", **more)


@pytest.mark.parametrize(("base", "year"), [(700_00, 500_00), (600_00, 500_00), (400_00, 500_00)])
def test_a_wage_once_verified_is_the_declared_wage_of_the_next_review(base: int, year: int) -> None:
    """Explained or proved, it neither vanishes nor falls to a lower base."""
    said = {("H-WAGE", "p2", "700.00元")}
    first = [seen("contribution", MOTHER, base_fen=base)]
    known = again(family(incomes=(Income("p2", "W", "wage", 12 * year),)), *first, explained=said)

    assert again(known, *first, explained=said).incomes == known.incomes
    assert known.incomes == (Income("p2", "W", "wage", 12 * year, verified=True),)


def test_a_wage_of_which_nobody_says_that_it_ended_stands() -> None:
    known = family(incomes=(Income("p2", "W", "wage", 12 * 500_00, verified=True),))

    assert again(known).incomes == known.incomes


def test_what_a_source_said_before_stands_until_it_speaks_again() -> None:
    pension = Income("p1", "T", "basic_pension", 12 * 130_00, verified=True)
    home = Asset("p1", "dwelling", "东昌府区示例小区1号楼101", area_m2_tenths=900, verified=True)
    known = family(incomes=(pension,), assets=(home,))
    silent = replace(known, answered=("CL",))

    assert (again(silent).incomes, again(silent).assets) == ((pension,), (home,))
    assert (again(known).incomes, again(known).assets) == ((), ())
    raised = again(silent, seen("pension", FATHER, amount_fen=140_00, kind="RESIDENT"))
    assert [item.year_fen for item in raised.incomes] == [12 * 140_00]
    assert len(again(silent, flat()).assets) == len(again(known, flat()).assets) == 1


def test_pr_21_a_documented_exemption_stays_with_the_thing_and_not_with_another() -> None:
    gone = Asset("p1", "vehicle", "鲁P12345", verified=True, exempt="已报废，回收证明齐全")
    known = family(assets=(gone,))

    assert assess(again(known, car())).conclusion == "QUALIFIED"
    assert assess(again(known, car(plate="鲁P99999"))).conclusion == "NOT_QUALIFIED"


@pytest.mark.parametrize(("balance", "is_left_out"), [(90_000_00, True), (90_000_01, False)])
def test_pr_21_money_left_out_that_has_grown_is_to_be_explained_anew(balance: int, is_left_out: bool) -> None:
    known = family(assets=(Asset("p1", "cash", "银行存款", 90_000_00, verified=True, exempt="专项治疗款"),))
    seen_again = again(known, seen("deposit_balance", FATHER, balance_fen=balance))

    assert [bool(each.exempt) for each in seen_again.assets] == [is_left_out]


def test_an_explained_flag_of_the_banks_is_no_reason_until_they_say_something_else() -> None:
    flag = seen("deposit_flag", FATHER, over_limit=True)

    assert again(family(over_limit=None), flag).over_limit is True
    assert again(family(), flag, explained={("F-CASH", "", "超过限额")}).over_limit is False
    assert again(family(over_limit=True), seen("deposit_flag", FATHER, over_limit=False)).over_limit is False
    assert again(family(over_limit=False, answered=("CL",))).over_limit is False
    assert again(family(over_limit=False)).over_limit is None


def test_declared_things_are_matched_by_owner_when_one_has_no_name() -> None:
    mine = family(assets=(Asset("p1", "vehicle"),))
    hers = family(assets=(Asset("p2", "vehicle"),))

    assert len(with_observations(mine, [car()], REFS, regime="P2019").assets) == 1
    assert len(with_observations(hers, [car()], REFS, regime="P2019").assets) == 2


def test_an_exemption_of_a_declared_thing_stays_on_the_thing_found() -> None:
    declared = family(assets=(Asset("p1", "vehicle", "鲁P12345", exempt="已报废，回收证明齐全"),))

    assert codes(car(), declared=declared) == []


def test_a_pension_replaces_the_declared_one_and_the_difference_is_named() -> None:
    declared = family(incomes=(Income("p1", "T", "basic_pension", 12 * 100_00),))
    pension = seen("pension", FATHER, amount_fen=130_00, kind="RESIDENT")

    verified = with_observations(declared, [pension], REFS, regime="P2019")

    assert [(item.kind, item.year_fen) for item in verified.incomes] == [("basic_pension", 12 * 130_00)]
    assert codes(pension, declared=declared) == ["F-INC"]
    assert codes(pension) == ["F-INC"]


def test_before_the_form_is_filled_what_insurance_knows_is_a_hint() -> None:
    wage, pension = (
        seen("contribution", MOTHER, base_fen=1_000_00),
        seen("pension", FATHER, amount_fen=1, kind="RESIDENT"),
    )

    assert [(each.code, each.level) for each in findings(wage, pension)] == [
        ("H-WAGE", "HINT"),
        ("F-INC", "HINT"),
    ]


def test_verified_income_over_the_standard_blocks_but_imputed_income_does_not() -> None:
    pension = seen("pension", FATHER, amount_fen=1_800_00, kind="EMPLOYEE")
    able = family(
        members=tuple(replace(member, labour="FULL", exemption="") for member in family().members[1:2])
    )

    assert ("F-INC", "BLOCK") in {(each.code, each.level) for each in findings(pension)}
    assert assess(able).conclusion == "NOT_QUALIFIED"
    assert findings(declared=able) == []
