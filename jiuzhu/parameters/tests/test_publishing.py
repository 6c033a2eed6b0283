"""Two people publish; what was in force ends the day before; bounds hold (STD-01, WD-08)."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import demo
from jiuzhu.parameters import acts, queries
from jiuzhu.parameters.models import PublishedValue

TODAY = date(2026, 11, 24)


@pytest.fixture
def officers(as_platform: Actor) -> tuple[Actor, Actor]:
    demo.make()
    return tuple(
        actor_for(posts_of(Staff.objects.get(username=name), TODAY)[0], TODAY) for name in ("city", "city2")
    )


def _enter(
    actor: Actor, value: int, county: str = "371522", start: date = date(2027, 1, 1)
) -> PublishedValue:
    return acts.enter_value(
        actor,
        key="dibao.standard",
        scope_id=Organisation.objects.get(code=county).id,
        area_type="RURAL",
        value=value,
        effective_from=start,
        doc_no="莘政办字〔2026〕31号",
    )


def _standard(on: date) -> int:
    county = Organisation.objects.get(code="371522")
    return queries.parameter_set(county, on=on, area_type="RURAL", regime="P2019")["dibao.standard"]


def test_the_person_who_entered_cannot_publish(officers: tuple[Actor, Actor]) -> None:
    with clock.at(TODAY):
        draft = _enter(officers[0], 80000)

        with pytest.raises(Refusal, match="E_SOD"):
            acts.publish_value(officers[0], draft.id)


def test_a_second_person_puts_it_in_force_and_the_former_value_ends_the_day_before(
    officers: tuple[Actor, Actor], django_capture_on_commit_callbacks: object
) -> None:
    with clock.at(TODAY):
        first = acts.publish_value(officers[1], _enter(officers[0], 80000).id)
        acts.publish_value(officers[1], _enter(officers[0], 86000, start=date(2027, 7, 1)).id)

    first.refresh_from_db()
    assert first.effective_to == date(2027, 6, 30)
    queries.cache.clear()
    assert (_standard(date(2027, 6, 30)), _standard(date(2027, 7, 1))) == (80000, 86000)


def test_a_value_outside_its_bounds_is_not_even_a_draft(officers: tuple[Actor, Actor]) -> None:
    with clock.at(TODAY), pytest.raises(Refusal, match="E_INPUT"):
        _enter(officers[0], 1)

    assert not PublishedValue.objects.filter(state="DRAFT").exists()


def test_a_clerk_enters_nothing(officers: tuple[Actor, Actor]) -> None:
    clerk = Staff.objects.get(username="clerk-371522102")
    with clock.at(TODAY), pytest.raises(Refusal, match="E_AUTH"):
        _enter(actor_for(posts_of(clerk, TODAY)[0], TODAY), 80000)


def test_a_loaded_notice_ends_the_provisional_year(officers: tuple[Actor, Actor]) -> None:
    assert queries.calendar().is_provisional(date(2027, 3, 1))
    with clock.at(TODAY):
        acts.load_holidays(
            officers[0],
            year=2027,
            doc_no="国办发明电〔2026〕9号（示例）",
            off=[date(2027, 1, 1), date(2027, 2, 8)],
            makeup=[date(2027, 2, 14)],
        )

    queries.cache.clear()
    assert not queries.calendar().is_provisional(date(2027, 3, 1))
    assert not queries.calendar().is_working_day(date(2027, 2, 8))
    assert queries.calendar().is_working_day(date(2027, 2, 14))
    queries.cache.clear()


def test_a_make_up_day_must_be_a_weekend(officers: tuple[Actor, Actor]) -> None:
    with clock.at(TODAY), pytest.raises(Refusal, match="E_INPUT"):
        acts.load_holidays(
            officers[0], year=2027, doc_no="x", off=[date(2027, 1, 1)], makeup=[date(2027, 2, 9)]
        )
