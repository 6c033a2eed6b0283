"""Delegation: only a pilot, only when ready, always dated; agreements end (ORG-05..07, VER-35)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.accounts import acts
from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Delegation, Organisation, Staff
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.cases.acts import authority
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.infra import demo

TODAY = date(2019, 9, 2)


@pytest.fixture
def officer(as_platform: Actor) -> Actor:
    demo.make()
    staff = Staff.objects.get(username="city")
    return actor_for(posts_of(staff, TODAY)[0], TODAY)


def _draft(officer: Actor, county: str, towns: tuple[str, ...] = ()) -> Delegation:
    return acts.record_delegation(
        officer,
        county_id=Organisation.objects.get(code=county).id,
        aid_types=["DIBAO"],
        authority_doc_no="莘政字〔2019〕9号",
        issued_on=TODAY,
        valid_from=TODAY,
        valid_to=None,
        town_ids=list(Organisation.objects.filter(code__in=towns).values_list("id", flat=True)),
        duty_split="乡镇审批，县级监管。",
    )


def test_a_county_that_is_no_pilot_cannot_be_activated(officer: Actor) -> None:
    with clock.at(TODAY):
        draft = _draft(officer, "371522", ("371522102",))

        with pytest.raises(Refusal, match="E_PILOT"):
            authority.move_delegation(officer, draft.id, "ACTIVE", effective_on=TODAY, reason="试点")

    assert not Document.objects.filter(code="W49").exists()


def test_a_town_without_staff_blocks_activation_and_is_named(officer: Actor) -> None:
    with clock.at(TODAY):
        draft = _draft(officer, "371502")

        with pytest.raises(Refusal) as refused:
            authority.move_delegation(officer, draft.id, "ACTIVE", effective_on=TODAY, reason="试点")

    assert refused.value.code == "E_READINESS"
    assert "古楼街道：专职人员" in refused.value.sentence


def test_a_ready_pilot_town_decides_from_the_day_on_and_the_paper_is_issued(officer: Actor) -> None:
    town = Organisation.objects.get(code="371581101")
    with clock.at(TODAY):
        for old in Delegation.objects.filter(county__code="371581"):
            authority.move_delegation(officer, old.id, "REVOKED", effective_on=TODAY, reason="重新登记")
        assert decide_authority(town, "DIBAO", TODAY) == "COUNTY"
        draft = _draft(officer, "371581", ("371581101",))
        authority.move_delegation(officer, draft.id, "ACTIVE", effective_on=TODAY, reason="准备齐全")

    assert decide_authority(town, "DIBAO", TODAY) == "TOWN"
    assert (
        decide_authority(town, "DIBAO", TODAY - timedelta(days=1)) == "TOWN"
    )  # the older one, then in force
    assert Document.objects.filter(code="W49").count() == 1


def test_a_suspended_delegation_gives_the_decision_back_to_the_county(officer: Actor) -> None:
    town = Organisation.objects.get(code="371581101")
    delegation = Delegation.objects.get(county__code="371581", aid_types__contains=["DIBAO"])
    with clock.at(TODAY):
        authority.move_delegation(
            officer, delegation.id, "SUSPENDED", effective_on=TODAY, reason="抽查发现问题"
        )

    assert decide_authority(town, "DIBAO", TODAY) == "COUNTY"
    assert decide_authority(town, "DIBAO", TODAY - timedelta(days=1)) == "TOWN"


def test_only_the_city_officer_records_delegation(officer: Actor) -> None:
    clerk = Staff.objects.get(username="clerk-371581101")
    with clock.at(TODAY), pytest.raises(Refusal, match="E_AUTH"):
        _draft(actor_for(posts_of(clerk, TODAY)[0], TODAY), "371581")


def test_an_agreement_lasts_three_years_at_most_and_issues_its_paper(officer: Actor) -> None:
    admin = Staff.objects.get(username="admin")
    verifier = Staff.objects.get(username="verifier-371522102")
    actor = actor_for(posts_of(admin, TODAY)[0], TODAY)
    with clock.at(TODAY):
        with pytest.raises(Refusal, match="E_INPUT"):
            authority.sign_agreement(actor, verifier.id, valid_to=TODAY + timedelta(days=1200))
        signed = authority.sign_agreement(actor, verifier.id, valid_to=TODAY + timedelta(days=365))

    assert signed.valid_to == date(2020, 9, 1)
    assert Document.objects.filter(code="W43").count() == 1
