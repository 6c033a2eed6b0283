"""Typed changes: who may, what contradicts what, and that nothing less is paid before W36 was served (DYN-10..12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits import queries, standing
from jiuzhu.benefits.acts import changes, crosscheck
from jiuzhu.benefits.models import Alert, Change, ChangeDecision
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, COUNTY_DECIDES, SPOUSE, Home, Place
from jiuzhu.cases.acts import continuation, service
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.payments.models import Due
from jiuzhu.people.models import Membership
from tests.families import refused

DAY = date(2020, 3, 10)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2019, 12, 1)):
        yield homes.place()


@pytest.fixture
def home(place: Place) -> Iterator[Home]:
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        yield made


def earning(home: Home, yuan: int, **more: Any) -> dict[str, Any]:
    return {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": yuan * 100}]} | more


def report(home: Home, kind: str = "CH-INC", given: dict[str, Any] | None = None, **more: Any) -> Change:
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        return changes.report(clerk, home.entitlement_id, kind, given or earning(home, 1200), **more)


def examine(home: Home, change: Change) -> Any:
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        return changes.examine(clerk, change.uid, text="已向单位核实。")


def decide(home: Home, change: Change, role: str = "TOWN_LEAD", **more: Any) -> Change:
    actor = home.city.staff(role)
    with fence(actor):
        return changes.decide(actor, change.uid, **more)


def serve(home: Home, change: Change) -> Change:
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        return changes.serve(clerk, change.uid, mode="POST", note="单号1")


def test_more_income_means_less_and_only_after_the_notice_was_served(home: Home) -> None:
    """Wage 1,000 → 1,200: deduction 10 %, (450 − 360) × 3 = 270 from the month after, W36 first."""
    change = report(home)
    kept = examine(home, change)
    assert (kept.result, kept.old_fen, kept.new_fen) == ("DECREASE", 45000, 27000)
    decided = decide(home, change)
    assert decided.state == "DECIDED" and home.amounts() == [("2020-01", "", 450)]

    serve(home, change)
    assert home.amounts() == [("2020-01", "2020-03", 450), ("2020-04", "", 270)]


def test_sup_20_a_reported_income_does_not_hide_what_registers_say_happened_before_it(home: Home) -> None:
    with fence(PLATFORM):
        looked_at = standing.standing(home.entitlement).evidence.as_of
    change = report(home)
    examine(home, change)
    decide(home, change)
    serve(home, change)

    with fence(PLATFORM):
        known = standing.standing(home.entitlement).evidence
    assert known.as_of == looked_at < DAY
    assert [each.year_fen for each in known.incomes if each.category == "W"] == [12 * 1200_00]


def test_a_notice_served_late_lets_the_lower_amount_begin_late(home: Home) -> None:
    change = report(home)
    examine(home, change)
    decide(home, change)
    with clock.at(date(2020, 5, 6)):
        serve(home, change)
    assert home.amounts() == [("2020-01", "2020-04", 450), ("2020-05", "", 270)]


def test_the_database_refuses_less_before_the_notice(home: Home) -> None:
    """E_NOTICE whoever writes: an amount, and an end."""
    entitlement = home.entitlement
    with fence(PLATFORM):
        with pytest.raises(IntegrityError, match="E_NOTICE"), transaction.atomic():
            continuation.set_amount(
                entitlement, from_month=date(2020, 4, 1), members_count=3, base_fen=44900, ground="x"
            )
        with pytest.raises(IntegrityError, match="E_NOTICE"), transaction.atomic():
            continuation.stop(entitlement, last_month=date(2020, 3, 1), reason="ST-INC")
        change = report(home)
        examine(home, change)
        decide(home, change)
        with pytest.raises(IntegrityError, match="E_NOTICE"), transaction.atomic():
            continuation.set_amount(
                entitlement,
                from_month=date(2020, 4, 1),
                members_count=3,
                base_fen=27000,
                ground=change.number,
            )


def test_a_notice_opened_on_the_phone_is_served_and_the_platform_lets_it_take_effect(home: Home) -> None:
    change = report(home)
    examine(home, change)
    decide(home, change)
    with fence(PLATFORM):
        paper = Document.objects.get(code="W36")
        from jiuzhu.infra import walk

        family = walk.citizen_of(home.entitlement.case)
    with fence(family):
        service.receive_paper(family, home.entitlement.case.uid, paper.id)
    with fence(PLATFORM):
        assert queries.due_to_take_effect() == [change.uid]
        changes.take_effect(change.uid)
    assert home.amounts()[-1] == ("2020-04", "", 270)


def test_less_income_means_more_at_once_and_arrears_where_the_list_was_made(home: Home) -> None:
    """Wage 1,000 → 600: (450 − 180) × 3 = 810 from April; April was listed at 450 already: 360 owed."""
    with clock.at(date(2020, 3, 26)):
        home.city.pay(date(2020, 4, 1))
        change = report(home, given=earning(home, 600))
        kept = examine(home, change)
        assert (kept.result, kept.new_fen) == ("INCREASE", 81000)
        assert decide(home, change).state == "DONE"
    assert home.amounts() == [("2020-01", "2020-04", 450), ("2020-05", "", 810)]
    with fence(PLATFORM):
        assert Due.objects.get().amount_fen == 36000


def test_a_small_difference_changes_nothing(home: Home) -> None:
    """DYN-03: i moves by 30, less than a tenth of 450."""
    change = report(home, given=earning(home, 1100))
    assert examine(home, change).result == "KEEP"
    assert decide(home, change).state == "DONE"
    assert home.amounts() == [("2020-01", "", 450)]


def test_income_at_the_standard_stops_the_benefit_with_its_reason(home: Home) -> None:
    change = report(home, given=earning(home, 1500))
    kept = examine(home, change)
    assert (kept.result, kept.reason, kept.options) == ("STOP", "ST-INC", ["STOP"])
    decide(home, change)
    serve(home, change)
    entitlement = home.entitlement
    assert (entitlement.state, entitlement.stop_reason, entitlement.last_month) == (
        "STOPPED",
        "ST-INC",
        date(2020, 3, 1),
    )


def test_a_child_is_born_and_the_amount_rises_from_the_next_month(home: Home) -> None:
    born = date(2020, 2, 20)
    from jiuzhu.core.id_numbers import check_character

    body = f"371502{born:%Y%m%d}123"
    entry = {"name": "赵小宝", "id_no": body + check_character(body), "relation": "2", "labour": "MINOR"}
    change = report(home, "CH-ADD", {"entry": entry}, happened_on=born)
    kept = examine(home, change)
    # i = 900/4 = 225, gap 225 × 4 = 900, top-up of a minor 45
    assert (kept.result, kept.base_fen, kept.topup_fen, kept.members_count) == ("INCREASE", 90000, 4500, 4)
    decide(home, change)
    assert home.amounts()[-1] == ("2020-04", "", 945)
    with fence(PLATFORM):
        assert home.entitlement.members.get(person=change.person).from_month == date(2020, 4, 1)


def gone(home: Home, why: str, until: date | None = None) -> dict[str, Any]:
    return {"person": home.ref(1), "why": why, "away_until": until}


@pytest.fixture
def poorer(place: Place) -> Iterator[Home]:
    """Poor enough to stay on without the spouse."""
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 600)], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        yield made


def test_hh_11_who_goes_to_prison_stays_of_the_family_and_is_told_when_he_is_due_home(poorer: Home) -> None:
    """Released earlier than expected, he joins again and nobody waits for him any more."""
    change = report(poorer, "CH-DEL", gone(poorer, "PRISON", date(2020, 9, 1)))
    examine(poorer, change)
    if decide(poorer, change).state == "DECIDED":
        serve(poorer, change)
    with fence(PLATFORM):
        assert poorer.entitlement.members.get(person=poorer.persons[1]).to_month == date(2020, 3, 1)
        row = Membership.objects.get(person=poorer.persons[1])
        assert (row.left_on, row.exclude_code, row.exclude_until) == (None, "PRISON", date(2020, 9, 1))
    assert crosscheck.look_through(date(2020, 9, 1)) == 0

    with clock.at(date(2020, 7, 6)):
        home_again = {
            "name": poorer.persons[1].name,
            "id_no": poorer.persons[1].id_no,
            "relation": "1",
            "labour": "NONE",
        }
        change = report(poorer, "CH-ADD", {"entry": home_again, "signed": True})
        examine(poorer, change)
        if decide(poorer, change).state == "DECIDED":
            serve(poorer, change)
    with fence(PLATFORM):
        row.refresh_from_db()
        assert (row.exclude_code, row.exclude_until) == ("", None)
        assert poorer.ref(1) in {each.ref for each in standing.standing(poorer.entitlement).evidence.counted}
    assert crosscheck.look_through(date(2020, 9, 2)) == 0


@pytest.mark.parametrize(("who", "to"), [(1, 0), (0, 2)])
def test_dyn_12_a_notice_speaks_to_somebody_who_is_there(place: Place, who: int, to: int) -> None:
    """After the applicant's death to the payee he left, who signs for it too."""
    home = place.home([ADULT, SPOUSE, CHILD], [(2, "wage", 600)], granted_on=date(2019, 12, 20))
    given = {"person": home.ref(who), "why": "DEATH", "payee": home.ref(2)}
    with clock.at(DAY):
        change = report(home, "CH-DEL", given, happened_on=DAY)
        examine(home, change)
        decide(home, change)
        with fence(PLATFORM):
            paper = Document.objects.get(code="W36")
            assert paper.addressee == json.loads(paper.data)["applicant_name"] == home.persons[to].name
        serve(home, change)
    with fence(PLATFORM):
        assert paper.services.get().receiver.startswith(home.persons[to].name)


def test_dyn_12_a_notice_of_the_only_persons_death_goes_to_his_kin(place: Place) -> None:
    alone = place.home([ADULT], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        change = report(alone, "CH-DEL", {"person": alone.ref(0), "why": "DEATH"}, happened_on=DAY)
        examine(alone, change)
        decide(alone, change)
    with fence(PLATFORM):
        assert Document.objects.get(code="W36").addressee == f"{alone.persons[0].name}的亲属"


def test_hh_11_nobody_waits_in_vain_for_who_is_due_home(poorer: Home) -> None:
    change = report(poorer, "CH-DEL", gone(poorer, "ARMY", date(2020, 9, 1)))
    examine(poorer, change)
    if decide(poorer, change).state == "DECIDED":
        serve(poorer, change)

    assert crosscheck.look_through(date(2020, 9, 2)) == 1
    with fence(PLATFORM):
        alert = Alert.objects.get(kind="RETURNED")
        assert alert.person_id == poorer.persons[1].id


@pytest.mark.parametrize(
    ("why", "until", "words"),
    [
        ("LEFT", date(2021, 1, 1), "服刑、戒毒、服役的填写"),
        ("PRISON", DAY, "须晚于发生日期"),
        ("DRUG_ISOLATION", None, "仍计入家庭"),
    ],
)
def test_hh_12_what_cannot_be_so_is_refused_and_nothing_is_registered(
    home: Home, why: str, until: date | None, words: str
) -> None:
    with refused("E_INPUT", words):
        report(home, "CH-DEL", gone(home, why, until))
    with fence(PLATFORM):
        assert not Change.objects.exists()


def test_the_second_change_of_the_same_thing_is_refused(home: Home) -> None:
    report(home)
    with refused("E_CHANGE_OPEN", "收入、财产变化"):
        report(home)


def test_two_changes_of_different_things_may_run_and_the_second_decision_notices_the_first(
    home: Home,
) -> None:
    income, gone = (
        report(home, given=earning(home, 600)),
        report(home, "CH-DEL", {"person": home.ref(2), "why": "MARRIAGE"}, happened_on=date(2020, 3, 1)),
    )
    examine(home, income)
    examine(home, gone)
    decide(home, income)
    with refused("E_CHANGE_STALE"):
        decide(home, gone)


def test_nothing_but_a_death_is_reported_while_the_family_leaves(home: Home) -> None:
    report(home, "CH-END", {"why": "ST-VOLUNTARY"})
    with refused("E_CHANGE_CONFLICT", "退出"):
        report(home)
    report(home, "CH-DEL", {"person": home.ref(2), "why": "DEATH"}, happened_on=date(2020, 3, 1))


@pytest.mark.parametrize("role", ["VILLAGE_ASSIST", "TOWN_LEAD", "COUNTY_APPROVER", "CENTER_STAFF"])
def test_only_the_town_clerk_registers(home: Home, role: str) -> None:
    if role == "VILLAGE_ASSIST":
        return
    actor = home.city.staff(role)
    with fence(actor), refused("E_AUTH"):
        changes.report(actor, home.entitlement_id, "CH-INC", earning(home, 1200))


def test_where_the_county_decides_the_town_does_not_and_the_other_way_round(db: None) -> None:
    with clock.at(date(2019, 12, 1)):
        far = homes.place(COUNTY_DECIDES)
        home = far.home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        change = report(home)
        examine(home, change)
        with refused("E_AUTH", "县级"):
            decide(home, change, "TOWN_LEAD")
        decided = decide(home, change, "COUNTY_APPROVER")
        assert decided.decision.authority == "COUNTY"


def test_the_database_refuses_a_decision_by_whoever_examined(home: Home) -> None:
    change = report(home)
    kept = examine(home, change)
    clerk = home.city.staff("TOWN_CLERK")
    with fence(PLATFORM), pytest.raises(IntegrityError, match="E_SOD"), transaction.atomic():
        ChangeDecision.objects.create(
            change=change,
            examination=kept,
            result="KEEP",
            authority="COUNTY",
            organ=home.city.county,
            decider_id=clerk.id,
            role="COUNTY_APPROVER",
            decided_on=DAY,
            decided_at=clock.now(),
            effective_month=date(2020, 4, 1),
            old_fen=0,
            new_fen=0,
            explanation="x",
        )


def test_an_account_changes_for_the_next_list_and_its_number_is_sealed(home: Home) -> None:
    change = report(
        home,
        "CH-ACC",
        {
            "holder": home.ref(1),
            "bank_code": "314",
            "bank_name": "农商行沙镇支行",
            "number": "6230911234567890",
        },
    )
    examine(home, change)
    decide(home, change)
    with fence(PLATFORM):
        account = home.entitlement.household.accounts.get(valid_to__isnull=True)
        assert account.number == "6230911234567890" and "6230911234567890" not in str(change.facts)
        assert home.entitlement.payee_id == home.persons[1].id


def test_the_difference_is_shown_in_words(home: Home) -> None:
    change = report(home, "CH-DEL", {"person": home.ref(2), "why": "ARMY"}, happened_on=date(2020, 3, 1))
    examine(home, change)
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        rows = {each.label: (each.before[:2], each.after[:2]) for each in queries.differences(change)}
    assert rows["保障人口"] == ("3人", "2人")


def test_a_change_that_was_none_is_dropped_with_its_reason(home: Home) -> None:
    change = report(home)
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        dropped = changes.drop(clerk, change.uid, reason="工资没有变化，误报")
    assert (dropped.state, dropped.open) == ("DROPPED", False)
    report(home)


# —— CH-CERT: a disability certificate is renewed (SUP-20)


DISABLED = SPOUSE | {"disability_category": "4", "disability_grade": "2"}
ENDED, NEW_END = date(2020, 3, 1), date(2030, 2, 28)


@pytest.fixture
def disabled(place: Place) -> Iterator[Home]:
    """His wife's certificate of grade two ended nine days ago: 450 for three, 90 more for the severely disabled."""
    made = place.home([ADULT, DISABLED, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with fence(PLATFORM):
        Membership.objects.filter(person=made.persons[1]).update(disability_until=ENDED)
    with clock.at(DAY):
        yield made


def held(home: Home, grade: str = "2", until: date | None = NEW_END, category: str = "4") -> dict[str, Any]:
    return {
        "person": home.ref(1),
        "disability_category": category,
        "disability_grade": grade,
        "disability_until": until,
    }


def on_the_books(home: Home) -> tuple[str, str, date | None]:
    with fence(PLATFORM):
        row = Membership.objects.get(person=home.persons[1])
    return row.disability_category, row.disability_grade, row.disability_until


def told_of_certificates(on: date) -> list[str]:
    crosscheck.look_through(on)
    with fence(PLATFORM):
        return list(Alert.objects.filter(kind="DISABILITY").order_by("id").values_list("text", flat=True))


def test_sup_20_a_renewed_certificate_answers_the_alert_and_leaves_the_amount(disabled: Home) -> None:
    assert len(told_of_certificates(DAY)) == 1
    change = report(disabled, "CH-CERT", held(disabled))
    kept = examine(disabled, change)
    assert (kept.result, kept.old_fen, kept.new_fen) == ("KEEP", 54000, 54000)
    clerk = disabled.city.staff("TOWN_CLERK")
    with fence(clerk):
        (said,) = queries.told(change)
        rows = {each.label: (each.before, each.after) for each in queries.differences(change)}
    name = disabled.persons[1].name
    was, now = "肢体二级，有效期至2020年3月1日", "肢体二级，有效期至2030年2月28日"
    assert said == f"{name}的残疾证：原登记{was}；现为{now}"
    assert rows[f"{name}的残疾证"] == (was, now)
    assert on_the_books(disabled) == ("4", "2", ENDED)

    assert decide(disabled, change).state == "DONE"
    assert on_the_books(disabled) == ("4", "2", NEW_END)
    with fence(PLATFORM):
        assert standing.standing(disabled.entitlement).evidence.as_of == date(2019, 12, 20)
    assert disabled.amounts() == [("2020-01", "", 540)]
    assert len(told_of_certificates(date(2020, 3, 20))) == 1
    assert len(told_of_certificates(date(2030, 3, 1))) == 2


def test_sup_20_a_lower_class_takes_its_share_after_the_notice(disabled: Home) -> None:
    change = report(disabled, "CH-CERT", held(disabled, grade="4"))
    kept = examine(disabled, change)
    assert (kept.result, kept.base_fen, kept.topup_fen) == ("DECREASE", 45000, 0)
    assert decide(disabled, change).state == "DECIDED"
    assert disabled.amounts() == [("2020-01", "", 540)] and on_the_books(disabled)[1] == "2"

    serve(disabled, change)
    assert disabled.amounts() == [("2020-01", "2020-03", 540), ("2020-04", "", 450)]
    assert on_the_books(disabled) == ("4", "4", NEW_END)


def test_sup_20_who_holds_no_certificate_any_more_is_disabled_no_more(disabled: Home) -> None:
    change = report(disabled, "CH-CERT", held(disabled, category="", grade="", until=None))
    assert examine(disabled, change).result == "DECREASE"
    decide(disabled, change)
    serve(disabled, change)

    assert on_the_books(disabled) == ("", "", None)
    assert len(told_of_certificates(date(2020, 4, 2))) == 0


def test_sup_20_a_first_certificate_gives_what_hangs_on_it(home: Home) -> None:
    """And at once: DYN-03's band is about income."""
    change = report(home, "CH-CERT", held(home, grade="1"))
    assert (examine(home, change).result, change.facts["former"]["grade"]) == ("INCREASE", "")
    decide(home, change)

    assert home.amounts() == [("2020-01", "2020-03", 450), ("2020-04", "", 540)]


def test_sup_20_a_renewal_settles_nothing_that_a_small_change_of_income_left(disabled: Home) -> None:
    """DYN-03: the wage rose to 1,100 and the amount stayed; the new certificate does not catch up on it."""
    income = report(disabled, given=earning(disabled, 1100))
    assert examine(disabled, income).result == "KEEP"
    decide(disabled, income)
    change = report(disabled, "CH-CERT", held(disabled))
    kept = examine(disabled, change)

    assert kept.outcome_after["amount_fen"] < kept.old_fen and kept.result == "KEEP"
    decide(disabled, change)
    assert disabled.amounts() == [("2020-01", "", 540)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"disability_grade": ""}, "残疾类别、等级"),
        ({"disability_category": ""}, "残疾类别、等级"),
        ({"disability_grade": "5"}, "残疾类别、等级"),
        ({"disability_until": None}, "有效期至"),
        ({"disability_category": "", "disability_grade": ""}, "有效期至"),
        ({"disability_until": date(2020, 3, 9)}, "有效期至"),
        ({"person": ""}, "家庭成员"),
    ],
)
def test_a_certificate_is_entered_whole_and_in_force(
    disabled: Home, given: dict[str, Any], words: str
) -> None:
    with refused("E_INPUT", words):
        report(disabled, "CH-CERT", held(disabled) | given)


def test_a_certificate_like_the_one_on_the_books_is_no_change(disabled: Home) -> None:
    with fence(PLATFORM):
        Membership.objects.filter(person=disabled.persons[1]).update(disability_until=NEW_END)
    with refused("E_INPUT", "没有变化"):
        report(disabled, "CH-CERT", held(disabled))


def test_tk_12_a_supported_person_whose_certificate_no_longer_carries_him_is_posted_first(
    place: Place,
) -> None:
    """Until then nothing of it is in effect; the night's question about him stands on what is."""
    member = ADULT | {"disability_category": "4", "disability_grade": "1"}
    supported = place.home([member], granted_on=date(2019, 12, 20), aid_type="TEKUN")
    with clock.at(DAY):
        given = {
            "person": supported.ref(0),
            "disability_category": "4",
            "disability_grade": "3",
            "disability_until": NEW_END,
        }
        change = report(supported, "CH-CERT", given)
        assert examine(supported, change).result == "STOP"
        with refused("E_STATE", "公示"):
            decide(supported, change)
        crosscheck.look_through(DAY)
    with fence(PLATFORM):
        assert not Alert.objects.filter(kind="DQ-38").exists()
