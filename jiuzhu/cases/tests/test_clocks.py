"""Clocks as the acts run them: stored dates are what steps, pauses and calendar say; pauses, extension, windows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases import clocks
from jiuzhu.cases.acts import acceptance, timekeeping, verification
from jiuzhu.cases.models import CaseClock, Extension, Pause, Step
from jiuzhu.core import clock
from jiuzhu.core.calendar import WorkCalendar, shipped_calendar
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Authorisation
from jiuzhu.portal import words
from jiuzhu.workflow import clocks as law
from jiuzhu.workflow.common_moves import HOUSEHOLD_AID
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, refused


def _wd(start: date, days: int) -> date:
    return parameters.calendar().add_working_days(start, days).on


# how long each clock runs under P2019, told once more by hand (3.11): working days, calendar days, posted days
LIMITS = {
    "CLK-VS": ("wd", 3),
    "CLK-VR": ("wd", 10),
    "CLK-VN": ("wd", 3),
    "CLK-OBJW": ("wd", 10),
    "CLK-RC": ("wd", 10),
    "CLK-AC": ("wd", 5),
    "CLK-CORR": ("cal", 30),
    "CLK-T20": ("wd", 20),
    "CLK-INV": ("wd", 10),
    "CLK-CO": ("wd", 5),
    "CLK-RN": ("cal", 3),
    "CLK-PUB": ("cal", 7),
    "CLK-CARD": ("wd", 3),
    "CLK-OBJ": ("wd", 20),
    "CLK-APP": ("wd", 5),
}


@pytest.mark.parametrize(
    ("story", "town"),
    [
        ("plain_poor", DELEGATED),
        ("plain_poor", COUNTY_DECIDES),
        ("objection_true", DELEGATED),
        ("objection_untrue", COUNTY_DECIDES),
        ("recheck_car_sold", DELEGATED),
        ("correction_needed", DELEGATED),
        ("refused_on_income", COUNTY_DECIDES),
        ("bought_car", DELEGATED),
    ],
)
def test_every_clock_of_a_whole_walk_is_what_its_steps_say(city: City, story: str, town: str) -> None:
    """Rebuilt by hand from the step rows, the table of moves and the calendar: start, end, due date."""
    family = city.family(story, town=town).to_the_end()
    with fence(PLATFORM):
        steps = list(Step.objects.filter(case_id=family.pk).order_by("seq"))
        rows = list(
            CaseClock.objects.filter(case_id=family.pk).select_related("case", "started_by", "ended_by")
        )
        expected = _from_steps(steps)

        assert len(rows) >= 4
        for row in rows:
            began = clock.local(row.started_at)
            counted_from_elsewhere = row.clock in ("CLK-OBJW", "CLK-CARD")  # W07 received, end of posting
            assert counted_from_elsewhere or began == clock.local(row.started_by.at), row.clock
            unit, days = LIMITS[row.clock]
            due = (
                _wd(began.date(), days)
                if unit == "wd"
                else parameters.calendar().roll_forward(began.date() + timedelta(days=days)).on
            )
            assert row.due_on == due, row.clock
            if row.ended_by:
                assert clock.local(row.ended_at) == clock.local(row.ended_by.at), row.clock
                assert row.breached == (clock.local(row.ended_at).date() > due and row.clock not in _WINDOWS)
        assert sorted((row.clock, row.started_by.seq) for row in rows) == expected
        assert clocks.rebuild(family.case) == 0


_WINDOWS = ("CLK-OBJW", "CLK-CORR", "CLK-PUB")


def _from_steps(steps: list[Step]) -> list[tuple[str, int]]:
    """(clock, step that starts it) as the table says, and the county's clock only where the county decides."""
    found = []
    for step in steps:
        row = next(
            each
            for each in HOUSEHOLD_AID
            if each.key == step.move
            and step.case.regime in each.regimes
            and (step.from_state in each.sources or not each.sources)
        )
        found += [(name, step.seq) for name in row.starts]
        if step.move == "D19" and step.to_state == "COUNTY_REVIEW":
            found.append(("CLK-CO", step.seq))
        if step.move == "D8" and step.to_state == "VER_NOT_FIT":
            found.append(("CLK-OBJW", step.seq))
    return sorted(found)


def test_a_county_clock_runs_only_where_the_county_decides(city: City) -> None:
    in_town = city.walk_to("TOWN_APPROVAL", town=DELEGATED)
    in_county = city.walk_to("COUNTY_REVIEW", town=COUNTY_DECIDES)

    with fence(PLATFORM):
        running = {
            name: set(family.case.clocks.filter(ended_at__isnull=True).values_list("clock", flat=True))
            for name, family in (("town", in_town), ("county", in_county))
        }
    assert running == {"town": {"CLK-T20"}, "county": {"CLK-T20", "CLK-CO"}}


def test_the_promised_day_on_the_acceptance_paper_is_the_clocks_own(city: City) -> None:
    import json

    from jiuzhu.documents.models import Document

    family = city.walk_to("ACCEPTED")
    with fence(PLATFORM):
        due = family.case.clocks.get(clock="CLK-T20").due_on
        paper = Document.objects.get(case_id=family.pk, code="W13")
        assert json.loads(paper.data)["due_on"] == due.isoformat()


def test_an_act_before_eight_in_the_morning_belongs_to_its_own_day(city: City) -> None:
    """Midnight to eight in Shanghai is yesterday in Greenwich; the clock asks for the parameters of today."""
    family = city.walk_to("APPLIED")
    clerk = family.staff("TOWN_CLERK")
    early = clock.instant(family.now.date(), 0, 30)

    with family.at(early), fence(clerk):
        acceptance.accept(clerk, family.uid)
    with fence(PLATFORM):
        row = CaseClock.objects.select_related("case").get(case_id=family.pk, clock="CLK-T20")
        assert row.due_on == _wd(early.date(), 20)
        assert clocks.rebuild(family.case) == 0


# —— pauses


@pytest.fixture
def accepted(city: City) -> Family:
    return city.walk_to("INVESTIGATING", town=DELEGATED)


def _due(family: Family, name: str = "CLK-T20") -> date:
    with fence(PLATFORM):
        return CaseClock.objects.get(case_id=family.pk, clock=name).due_on


def _pause(family: Family, kind: str, on: date) -> None:
    lead = family.staff("TOWN_LEAD")
    with family.at(clock.instant(on)), fence(lead):
        timekeeping.pause_clock(lead, family.uid, kind=kind, reason="住院手术", document_no="沙停字1号")


def _resume(family: Family, on: date) -> None:
    lead = family.staff("TOWN_LEAD")
    with family.at(clock.instant(on)), fence(lead):
        timekeeping.resume_clock(lead, family.uid)


def test_a_medical_appraisal_moves_the_promised_day_by_as_many_working_days(accepted: Family) -> None:
    today, promised = accepted.now.date(), _due(accepted)
    back = _wd(today, 15)

    _pause(accepted, "PAU-2", today)
    _resume(accepted, back)

    assert _due(accepted) == _wd(promised, 15)
    with fence(PLATFORM):
        assert clocks.rebuild(accepted.case) == 0


def test_the_familys_own_absence_stops_the_clock_for_ten_working_days_in_all(accepted: Family) -> None:
    """PAU-1: six days, then eight; only four of them count, and a third one is refused."""
    today, promised = accepted.now.date(), _due(accepted)
    _pause(accepted, "PAU-1", today)
    _resume(accepted, _wd(today, 6))
    assert _due(accepted) == _wd(promised, 6)

    _pause(accepted, "PAU-1", _wd(today, 7))
    _resume(accepted, _wd(today, 15))

    assert _due(accepted) == _wd(promised, 10)
    lead = accepted.staff("TOWN_LEAD")
    with accepted.at(clock.instant(_wd(today, 16))), fence(lead), refused("E_STATE", "10个工作日"):
        timekeeping.pause_clock(lead, accepted.uid, kind="PAU-1", reason="外出务工", document_no="2号")


def test_an_absence_that_never_ends_runs_out_by_itself(accepted: Family) -> None:
    today, promised = accepted.now.date(), _due(accepted)
    _pause(accepted, "PAU-1", today)

    with clock.at(clock.instant(_wd(today, 25))), fence(PLATFORM):
        from jiuzhu.jobs.tasks import new_day

        new_day()

    assert _due(accepted) == _wd(promised, 10)


def test_only_the_head_pauses_with_a_listed_reason_and_a_paper(accepted: Family) -> None:
    clerk, lead = accepted.staff("TOWN_CLERK"), accepted.staff("TOWN_LEAD")
    good: dict[str, Any] = {"kind": "PAU-2", "reason": "残疾评定", "document_no": "沙停字1号"}

    with accepted.at():
        with fence(clerk), refused("E_AUTH"):
            timekeeping.pause_clock(clerk, accepted.uid, **good)
        with fence(lead):
            for wrong, code in (
                ({"kind": "CORRECTION"}, "E_INPUT"),
                ({"reason": ""}, "E_REASONS"),
                ({"document_no": " "}, "E_DOC"),
            ):
                with refused(code):
                    timekeeping.pause_clock(lead, accepted.uid, **(good | wrong))
            with refused("E_STATE", "没有暂停"):
                timekeeping.resume_clock(lead, accepted.uid)
            timekeeping.pause_clock(lead, accepted.uid, **good)
            with refused("E_STATE", "已经暂停"):
                timekeeping.pause_clock(lead, accepted.uid, **good)


def test_a_correction_never_pauses_because_nothing_runs_yet(city: City) -> None:
    family = city.walk_to("CORRECTION", story="correction_needed")
    lead = family.staff("TOWN_LEAD")

    with family.at(), fence(lead), refused("E_STATE", "补正中"):
        timekeeping.pause_clock(lead, family.uid, kind="PAU-1", reason="补材料", document_no="1号")


def test_pauses_as_they_count() -> None:
    calendar: WorkCalendar = shipped_calendar()
    monday, friday = date(2019, 8, 5), date(2019, 8, 9)
    capped = law.capped(
        [("PAU-1", monday, friday), ("PAU-2", date(2019, 8, 12), date(2019, 9, 30))], calendar, until=friday
    )
    running = law.capped([("PAU-1", monday, None)], calendar, until=date(2019, 8, 7))
    long_over = law.capped([("PAU-1", monday, None)], calendar, until=date(2019, 12, 31))

    assert capped == [(monday, friday), (date(2019, 8, 12), date(2019, 9, 30))]
    assert running == [(monday, date(2019, 8, 7))]
    assert long_over == [(monday, date(2019, 8, 19))]


# —— extension


def test_nobody_extends_under_the_seed_regime(accepted: Family) -> None:
    lead = accepted.staff("TOWN_LEAD")

    with accepted.at(), fence(lead), refused("E_STATE", "不得延长"):
        timekeeping.extend_total(
            lead, accepted.uid, reason="HARD_INVESTIGATION", explanation="人户分离，多地取证"
        )


@pytest.fixture
def of_2022(city: City) -> Family:
    """AS-30: accepted on 2022-03-01 under the later regime, in a county that decides itself."""
    city.publish("regime_policy", "BY_DATE")
    family = city.walk_to("APPLIED", town=COUNTY_DECIDES, start=date(2022, 2, 8))
    clerk = family.staff("TOWN_CLERK")
    family.now = clock.instant(date(2022, 3, 1))
    with family.at(), fence(clerk):
        acceptance.accept(clerk, family.uid)
    return family


def test_a_hard_case_of_2022_may_take_forty_five_working_days(of_2022: Family) -> None:
    lead = of_2022.staff("TOWN_LEAD")
    assert _due(of_2022) == date(2022, 3, 29)
    assert _due(of_2022, "CLK-INVS") == date(2022, 3, 4)
    extend = {"reason": "HARD_INVESTIGATION", "explanation": "多地取证"}

    with of_2022.at(clock.instant(date(2022, 3, 30))), fence(lead), refused("E_LATE", "2022-03-29"):
        timekeeping.extend_total(lead, of_2022.uid, **extend)
    with of_2022.at(clock.instant(date(2022, 3, 29))), fence(lead):
        with refused("E_INPUT"):
            timekeeping.extend_total(lead, of_2022.uid, reason="BUSY", explanation="人手不够")
        timekeeping.extend_total(lead, of_2022.uid, **extend)
        with refused("E_REPEAT"):
            timekeeping.extend_total(lead, of_2022.uid, **extend)

    assert _due(of_2022) == date(2022, 5, 6)
    with fence(PLATFORM):
        assert Extension.objects.get(case_id=of_2022.pk).reason == "HARD_INVESTIGATION"
        assert Pause.objects.filter(case_id=of_2022.pk).count() == 0


# —— windows that close by themselves


def test_the_windows_of_the_family_close_by_the_daily_job(city: City) -> None:
    """D10, D15, D11x: on the last day everything is still open, on the next the case is ended."""
    from jiuzhu.jobs.tasks import lapse

    not_fit = city.walk_to("VER_NOT_FIT", story="two_houses").receive("W07")
    correcting = city.walk_to("CORRECTION", story="correction_needed")
    invited = city.walk_to("MAY_APPLY").receive("W06")
    told_on = invited.now.date()
    last_days = [
        (not_fit, _due(not_fit, "CLK-OBJW")),
        (correcting, _due(correcting, "CLK-CORR")),
        (invited, told_on + timedelta(days=30)),
    ]
    for family, last in sorted(last_days, key=lambda each: each[1]):
        with family.at(clock.instant(last, 23)):
            lapse()
        assert family.case.open, family.facts["story"]

        with family.at(clock.instant(last + timedelta(days=1), 2)):
            lapse()
        assert family.case.state == "TERMINATED", family.facts["story"]
        assert family.case.authorisation.state == Authorisation.ENDED


def test_a_posting_that_hung_long_enough_is_nobodys_delay(city: City) -> None:
    family = city.walk_to("GRANTED")
    with fence(PLATFORM):
        posted = family.case.clocks.get(clock="CLK-PUB")

        assert clock.local(posted.ended_at).date() > posted.due_on
        assert posted.breached is False


def test_the_ten_days_run_from_the_day_the_paper_is_in_hand(city: City) -> None:
    """CLK-OBJW starts with W07 received."""
    family = city.walk_to("VER_NOT_FIT", story="two_houses")
    told = _due(family, "CLK-OBJW")
    family.now = clock.instant(_wd(family.now.date(), 2))
    family.receive("W07")

    assert _due(family, "CLK-OBJW") == _wd(family.now.date(), 10) > told


@pytest.mark.parametrize(
    ("story", "state", "code"),
    [("two_houses", "VER_NOT_FIT", "W07"), ("plain_poor", "MAY_APPLY", "W06")],
)
def test_no_window_runs_out_on_a_family_that_never_got_its_paper(
    city: City, story: str, state: str, code: str
) -> None:
    """CLK-OBJW, D11x: a year later the family may still object or apply; from the paper's day on its time runs."""
    from jiuzhu.jobs.tasks import lapse

    family = city.walk_to(state, story=story)
    family.now += timedelta(days=300)
    with family.at():
        lapse()
    assert family.case.state == state
    with family.at(), fence(family.citizen) as citizen:
        if state == "VER_NOT_FIT":
            assert "从您收到的那天算起" in words.promise(family.case)["sentence"]
            with refused("E_REASONS"):  # not E_LATE
                verification.object_to_report(citizen, family.uid, reason=" ")

    family.receive(code)
    handed = family.now.date()
    last = _wd(handed, 10) if code == "W07" else handed + timedelta(days=30)
    with family.at(clock.instant(last, 23)):
        lapse()
    assert family.case.state == state
    with family.at(clock.instant(last + timedelta(days=1), 2)):
        lapse()
    assert family.case.state == "TERMINATED"


def test_review_and_payment_have_their_clocks() -> None:
    """CLK-REV by class of family, CLK-PAY by the tenth (a rest day moves on)."""
    calendar = shipped_calendar()

    def due(name: str, start: date, **values: Any) -> date:
        return law.due(
            name, started_at=clock.instant(start), regime="P2019", parameters=values, calendar=calendar
        ).due_on

    assert due("CLK-PAY", date(2019, 10, 31)) == date(2019, 11, 11)  # the tenth is a Sunday
    assert due("CLK-PAY", date(2019, 11, 30)) == date(2019, 12, 10)
    assert due("CLK-PAY", date(2019, 11, 30), **{"pay.due_day": 5}) == date(2019, 12, 5)
    assert due("CLK-REV", date(2019, 11, 1), **{"review.cycle": 3}) == date(2020, 2, 1)
    assert due("CLK-REV", date(2019, 11, 30), **{"review.cycle": 3}) == date(2020, 2, 29)
