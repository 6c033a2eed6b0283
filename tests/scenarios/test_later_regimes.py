"""From 2021-07-01 on: the township's opinion is posted before the decision, the decision grants at once (3.3)."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.acts import objection
from jiuzhu.core import clock
from jiuzhu.publicity import queries as boards
from jiuzhu.publicity.models import Posting
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family

SPRING_2022 = date(2022, 2, 8)


def _postings(family: Family) -> list[tuple[str, bool]]:
    with fence(PLATFORM):
        rows = Posting.objects.filter(case_id=family.pk).order_by("id")
        return [(each.kind, each.removed_on is None) for each in rows]


def _due(family: Family, name: str = "CLK-T20") -> date:
    with fence(PLATFORM):
        return family.case.clocks.get(clock=name, ended_at__isnull=True).due_on


@pytest.mark.parametrize("town", [COUNTY_DECIDES, DELEGATED])
@pytest.mark.parametrize(("seed_limit", "due_county"), [(True, 20), (False, 30)])
def test_as_30_preliminary_publicity_comes_before_the_approval(
    city: City, town: str, seed_limit: bool, due_county: int
) -> None:
    city.publish("regime_policy", "BY_DATE")
    city.publish("seed_total_limit", seed_limit)
    family = city.walk_to("ACCEPTED", town=town, start=SPRING_2022)
    accepted = family.case.accepted_on
    days = 20 if town == DELEGATED else due_county

    assert family.case.regime == "P2021"
    with fence(PLATFORM):
        from jiuzhu.parameters import queries as parameters

        assert _due(family) == parameters.calendar().add_working_days(accepted, days).on

    family.to_the_end()
    moves = family.steps()
    assert family.case.state == "GRANTED"
    assert moves.index("D19p") < moves.index("D23") and moves[-1] == "D23"
    assert _postings(family) == [("PRELIM", False), ("NOTICE", True)]


def test_a_case_accepted_on_the_last_day_of_2019s_rules_keeps_them(city: City) -> None:
    city.publish("regime_policy", "BY_DATE")
    before = city.walk_to("ACCEPTED", town=DELEGATED, start=date(2021, 6, 1))
    family = city.walk_to("ACCEPTED", town=DELEGATED, start=date(2021, 6, 29))

    assert (before.case.regime, family.case.regime) == ("P2019", "P2021")


def test_an_objection_to_the_preliminary_opinion_stops_the_clock_until_it_is_answered(city: City) -> None:
    """PAU-3, 3.3: the village votes that the facts are true; the opinion is posted once more."""
    city.publish("regime_policy", "BY_DATE")
    family = city.family("objection_true", town=COUNTY_DECIDES, start=SPRING_2022).until("PRELIM_PUBLICITY")
    due = _due(family)
    family.until("OBJECTION")
    family.until("PRELIM_PUBLICITY")

    with fence(PLATFORM):
        pause = family.case.pauses.get()
    assert pause.kind == "PAU-3" and pause.ends_on is not None and pause.document_no
    assert _due(family) > due
    family.to_the_end()
    assert family.case.state == "GRANTED"
    assert [kind for kind, _ in _postings(family)] == ["PRELIM", "PRELIM", "NOTICE"]


def test_the_township_may_look_into_an_objection_itself(city: City) -> None:
    """F57 art.19: re-investigation instead of a meeting; a new opinion is posted."""
    city.publish("regime_policy", "BY_DATE")
    family = city.family("objection_true", town=DELEGATED, start=SPRING_2022).until("OBJECTION")
    lead = family.staff("TOWN_LEAD")
    with family.at(), fence(lead):
        objection.reinvestigate(lead, family.uid, reason="反映的收入由乡镇直接核实")

    with fence(PLATFORM):
        assert not family.case.pauses.filter(ends_on__isnull=True).exists()
        assert family.case.objections.get().result == "REINVESTIGATED"
    assert family.case.state == "INVESTIGATING"
    assert _postings(family) == [("PRELIM", False)]


def test_an_announcement_has_no_window_and_nothing_more_than_the_sheet(city: City) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = city.family(town=DELEGATED, start=SPRING_2022).to_the_end()
    with fence(PLATFORM):
        posting = Posting.objects.get(case_id=family.pk, kind="NOTICE")

    with clock.at(family.now):
        sheet = boards.sheet(posting.token, posting.posted_on)
    assert sheet is not None and not sheet.open
    assert sheet.applicant_name == family.case.applicant.name
