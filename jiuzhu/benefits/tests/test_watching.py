"""What watches over families in benefit: the cross-check, late reports, pauses of a change, failed pay, the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.acts import crosscheck, ending, pausing
from jiuzhu.benefits.models import Alert
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home, Place
from jiuzhu.benefits.tests.test_changes import decide, examine, report, serve
from jiuzhu.cases.acts import archive, verification
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.payments import queries as money
from jiuzhu.payments.models import BankFile, LineResult, PayLine
from jiuzhu.people.models import Person
from jiuzhu.vault import files
from jiuzhu.verification.models import Inquiry, Run
from tests.families import City, refused

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


def told() -> list[tuple[str, str]]:
    with fence(PLATFORM):
        return list(Alert.objects.order_by("id").values_list("kind", "level"))


# —— DYN-04, SUP-20


def test_dyn_04_somebody_known_to_be_dead_and_still_paid_is_told_once(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 2, 3))
    assert crosscheck.look_through(DAY) == 1
    assert crosscheck.look_through(DAY) == 0

    assert told() == [("DEATH", "E")]
    with fence(PLATFORM):
        alert = Alert.objects.get()
    assert "2020-02-03" in alert.text and alert.due_on == date(2020, 3, 17)


def test_dyn_04_the_month_of_the_death_is_still_due(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 3, 3))

    assert crosscheck.look_through(DAY) == 0


def test_sup_20_an_alert_is_answered_by_the_town_with_what_was_found_out(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 2, 3))
    crosscheck.look_through(DAY)
    clerk, lead = home.city.staff("TOWN_CLERK"), home.city.staff("TOWN_LEAD")
    with fence(clerk):
        alert = Alert.objects.get()
        with refused("E_INPUT", "怎样查清"):
            crosscheck.answer(clerk, alert.id, result="FALSE", text="不")
        crosscheck.answer(clerk, alert.id, result="FALSE", text="本人健在，登记有误")
        with refused("E_REPEAT"):
            crosscheck.answer(clerk, alert.id, result="CONFIRMED", text="本人已去世")
    with fence(lead), refused("E_AUTH"):
        crosscheck.answer(lead, alert.id, result="FALSE", text="本人健在，登记有误")

    assert crosscheck.look_through(DAY) == 0


def test_dyn_04_registers_are_asked_once_a_month_and_a_death_becomes_an_alert(city: City) -> None:
    family = city.family("plain_poor").to_the_end()
    holder = family.facts["people"][0]
    city.console().post(
        "/console/people", json=[holder | {"truth": holder["truth"] | {"died_on": "2020-02-20"}}]
    )
    verifier, clerk = family.staff("TOWN_VERIFIER"), family.staff("TOWN_CLERK")
    with clock.at(DAY):
        with fence(clerk), refused("E_AUTH"):
            crosscheck.ask(clerk)
        with fence(verifier):
            asked, left = crosscheck.ask(verifier)
            assert asked >= 1 and not left
            assert crosscheck.ask(verifier) == (0, [])
        with fence(PLATFORM):
            questions = list(
                Inquiry.objects.filter(run__kind="CROSS").order_by("id").values_list("id", "source")
            )
        assert {source for _, source in questions} == {"SW", "CL", "GS"}
        assert crosscheck.collect() == 0
        for inquiry, _ in questions:
            verification.ask_source(inquiry, city.line())
        assert crosscheck.collect() == asked
    with fence(PLATFORM):
        alert = Alert.objects.get(entitlement__case_id=family.pk, kind="DEATH")
        assert (alert.level, alert.source) == ("E", "SW")
        assert not Run.objects.filter(kind="CROSS", state="RUNNING").exists()
        assert Entitlement.objects.get(case_id=family.pk).state == "ACTIVE"


# —— PAY-08


def pay(home: Home, month: int, code: str) -> None:
    with clock.at(date(2020, month, 2)):
        run = home.city.pay(date(2020, month, 1))
    with fence(PLATFORM):
        kept = BankFile.objects.create(
            run=run,
            direction="IN",
            name=f"回盘{month}",
            file=files.keep(f"{month}".encode(), "text/plain"),
            lines_count=1,
            total_fen=run.total_fen,
            at=clock.now(),
            by_name="测试",
        )
        for line in PayLine.objects.filter(run=run):
            LineResult.objects.create(line=line, code=code, text="", returned_at=clock.now(), bank_file=kept)


@pytest.mark.parametrize(
    ("codes", "prompted"), [(("03", "03"), True), (("03", "00"), False), (("00", "03"), False)]
)
def test_pay_08_two_months_failed_in_a_row_prompt_a_suspension(
    home: Home, codes: tuple[str, str], prompted: bool
) -> None:
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=home.entitlement_id).update(first_month=date(2020, 2, 1))
    for month, code in zip((2, 3), codes, strict=True):
        pay(home, month, code)

    with fence(PLATFORM):
        assert money.failed_in_a_row(home.entitlement_id) is prompted
    assert (("ACCOUNT", "W") in told()) is False
    crosscheck.look_through(DAY)
    assert (("ACCOUNT", "W") in told()) is prompted


# —— DYN-10


def test_dyn_10_a_change_told_after_more_than_three_months_is_spoken_about(home: Home) -> None:
    change = report(home, happened_on=date(2019, 12, 9))
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        from jiuzhu.benefits.acts import changes

        with refused("E_INPUT", "批评教育"):
            changes.examine(clerk, change.uid, text="已向单位核实。")
        kept = changes.examine(
            clerk, change.uid, text="已向单位核实。", admonition="已当面批评教育，本人认错"
        )
    assert "已批评教育" in kept.text and kept.result == "DECREASE"


def test_dyn_10_three_months_to_the_day_are_in_time(home: Home) -> None:
    change = report(home, happened_on=date(2019, 12, 10))

    assert examine(home, change).result == "DECREASE"


# —— CLK-CHG


def test_clk_chg_stands_still_for_an_appraisal_and_runs_on_with_its_days(home: Home) -> None:
    change = report(home)
    due = change.due_on
    lead, clerk = home.city.staff("TOWN_LEAD"), home.city.staff("TOWN_CLERK")
    with clock.at(date(2020, 3, 12)):
        with fence(clerk), refused("E_AUTH"):
            pausing.pause(clerk, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
        with fence(lead):
            with refused("E_DOC"):
                pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no=" ")
            pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
            with refused("E_CHANGE_STATE", "已经暂停"):
                pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
    with clock.at(date(2020, 3, 19)):
        assert pausing.recount_all() == 1
        with fence(lead):
            changed = pausing.resume(lead, change.uid)
            with refused("E_CHANGE_STATE", "没有暂停"):
                pausing.resume(lead, change.uid)

    assert due == date(2020, 4, 8) and changed.due_on > due


def test_clk_death_does_not_stand_still(home: Home) -> None:
    change = report(
        home,
        "CH-DEL",
        {"person": home.ref(1), "why": "DEATH"},
        happened_on=date(2020, 3, 1),
    )
    lead = home.city.staff("TOWN_LEAD")
    with fence(lead), refused("E_CHANGE_STATE", "不得暂停"):
        pausing.pause(lead, change.uid, kind="PAU-2", reason="等待证明", document_no="1号")


# —— STOPPED → CLOSED


def stopped(home: Home) -> None:
    change = report(home, "CH-END", {"why": "ST-VOLUNTARY"})
    examine(home, change)
    serve(home, decide(home, change))


def test_a_stopped_benefit_is_closed_once_it_is_settled_and_bound(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[Any] = []
    monkeypatch.setattr(archive, "close_dossier", lambda actor, uid: bound.append(uid))
    stopped(home)
    clerk, lead = home.city.staff("TOWN_CLERK"), home.city.staff("TOWN_LEAD")
    with fence(clerk), refused("E_BENEFIT_STATE", "还没有过完"):
        ending.close(clerk, home.entitlement_id)
    with clock.at(date(2020, 4, 2)):
        with fence(lead), refused("E_AUTH"):
            ending.close(lead, home.entitlement_id)
        with fence(clerk):
            done = ending.close(clerk, home.entitlement_id)
            with refused("E_BENEFIT_STATE", "不是已停发"):
                ending.close(clerk, home.entitlement_id)
    assert done.state == "CLOSED" and bound == [done.case.uid]


def test_a_benefit_whose_dossier_lacks_a_paper_is_not_closed(home: Home) -> None:
    stopped(home)
    clerk = home.city.staff("TOWN_CLERK")
    with clock.at(date(2020, 4, 2)), fence(clerk), refused("E_DOC"):
        ending.close(clerk, home.entitlement_id)
