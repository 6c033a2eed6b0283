"""What the lives have found, each kept as a short story of its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.benefits.acts import support
from jiuzhu.cases.acts import (
    archive,
    authorisation,
    conversion,
    events,
    intention,
    materials,
    timekeeping,
    withdrawal,
)
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra import invariants
from jiuzhu.infra.chores import Chores
from jiuzhu.infra.urgent_walk import urgent_walk
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.models import Authorisation
from tests.families import DELEGATED, City, Family, refused
from tests.machine.hands import CARER_NO
from tests.supported import old_man


def urgent(city: City) -> Family:
    """A family after a fire; the township's reserve fund is filled."""
    family = city.family("urgent_fire")
    family._walk = urgent_walk(city.walker, family.facts, family._note)
    with family.at():
        county = county_of(Organisation.objects.get(code=DELEGATED), clock.today())
        Chores(city.walker, [])._top_up(county, clock.today())
    return family


def again(family: Family, village: int, **more: Any) -> Case:
    """The clerk registers the same family once more, as living in another village of the township."""
    clerk, facts = family.staff("TOWN_CLERK"), family.facts
    people = [{key: each[key] for key in ("name", "id_no", "relation")} for each in facts["people"]]
    with family.at(), fence(clerk):
        return intention.register_intention(
            clerk,
            town_id=family.case.town_id,
            village_code=villages_of(family.case.town)[village].code,
            area_type="RURAL",
            people=people,
            channel="WINDOW",
            **more,
        )


def test_nobody_signs_a_consent_that_an_aid_does_not_ask_for(city: City) -> None:
    family = urgent(city)
    family.step()
    clerk, applicant = family.staff("TOWN_CLERK"), family.case.applicant
    with family.at(), fence(clerk), refused("E_STATE"):
        authorisation.sign(clerk, family.uid, person_uid=applicant.uid, picture=drawn_picture("signature"))


def test_a_family_s_dossier_moves_within_the_township_only_while_nothing_runs_in_it(city: City) -> None:
    """A case in one village and its household in another were seen by nobody of both (E_NOT_FOUND, or worse)."""
    family = city.family("plain_poor").until("AUTHORISED")
    first = family.case.village_code
    beside = again(family, 3, aid_type="TA_EXPENSE")
    assert beside.village_code == first != villages_of(family.case.town)[3].code

    with family.at(), fence(family.citizen):
        for uid in (beside.uid, family.uid):
            withdrawal.withdraw(family.citizen, uid, reason="不办了")
    moved = again(family, 3)
    with fence(PLATFORM):
        moved.household.refresh_from_db()
        assert moved.village_code == moved.household.village_code == villages_of(family.case.town)[3].code


def test_a_consent_lives_as_long_as_anything_rests_on_it(city: City) -> None:
    """A benefit's reviews went on asking under the consent that a withdrawn second case had ended."""
    family = old_man(city)
    family.facts.pop("aid_type")
    family.to_the_end()
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        second = conversion.convert(clerk, family.uid, aid_type="TEKUN", agreed=True)
    assert family.case.state == "GRANTED" and second.authorisation_id == family.case.authorisation_id

    with family.at(), fence(clerk):
        withdrawal.withdraw(clerk, second.uid, reason="不办了")

    assert family.case.authorisation.state == Authorisation.IN_FORCE


def test_emergency_aid_is_archived_like_every_other_case(city: City) -> None:
    family = urgent(city)
    while family.step():
        pass
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        listed = archive.close_dossier(clerk, family.uid)
    assert family.case.state == "CLOSED" and listed.code == "W48"


def test_nothing_ends_while_a_paper_of_its_way_is_missing(city: City) -> None:
    family = city.family("plain_poor").until("AUTHORISED")
    with fence(PLATFORM):
        Document.objects.filter(case_id=family.pk, code="W01").update(state=Document.VOID)
    with family.at(), fence(family.citizen), refused("E_DOC", "意愿登记"):
        withdrawal.withdraw(family.citizen, family.uid, reason="不办了")


def test_a_family_names_another_account_on_the_day_a_death_ended_the_former(city: City) -> None:
    """The account of the dead lasts to this day; the new one began on it too, and the database said no."""
    family = city.family("old_couple").until("APPLIED")
    one, other = [each["name"] for each in family.facts["people"][:2]]
    clerk, persons = family.staff("TOWN_CLERK"), {}
    with fence(PLATFORM):
        persons = {each.name: each for each in family.case.household.persons.all()}
    with family.at(), fence(clerk):
        events.record_death(
            clerk, family.uid, person_uid=persons[one].uid, died_on=clock.today(), proof="村委会证明"
        )
        account = {"holder": str(persons[other].uid), "bank_code": "103", "number": "6228480000007654321"}
        materials.supply(clerk, family.uid, account=account)
    with fence(PLATFORM), family.at():
        (now,) = family.case.household.accounts.filter(valid_to__isnull=True)
        assert now.holder_id == persons[other].id


def test_a_second_agreement_on_one_day_is_refused_when_the_first_has_its_account(city: City) -> None:
    family = old_man(city).to_the_end()
    clerk = family.staff("TOWN_CLERK")
    carer = {
        "carer_name": "王小梅",
        "carer_relation": "侄女",
        "carer_id_no": CARER_NO,
        "bank_code": "103",
        "bank_name": "中国农业银行",
        "duties": "每日三餐，陪同就医",
        "ends_on": date(2021, 1, 1),
        "person_signature": drawn_picture("signature"),
        "carer_signature": drawn_picture("signature"),
    }
    with family.at(), fence(clerk):
        support.sign_agreement(clerk, family.uid, number="6228480000007654321", **carer)
        with refused("E_STATE", "明天"):
            support.sign_agreement(clerk, family.uid, number="6228480000001234567", **carer)


def test_a_case_that_ends_while_its_clock_stands_still_stays_as_it_ended(city: City) -> None:
    """A head set the clock of a closed case running again, and its dates moved (3.11)."""
    family = city.family("plain_poor").until("TOWN_REVIEW")
    lead = family.staff("TOWN_LEAD")
    with family.at(), fence(lead):
        timekeeping.pause_clock(lead, family.uid, kind="PAU-2", reason="等残疾鉴定", document_no="鉴定1号")
    family.now += timedelta(days=6)
    with family.at(), fence(family.citizen):
        withdrawal.withdraw(family.citizen, family.uid, reason="不办了")
    family.now += timedelta(days=12)
    with family.at(), fence(lead), refused("E_STATE"):
        timekeeping.resume_clock(lead, family.uid)

    with family.at(), fence(PLATFORM):
        (pause,) = family.case.pauses.all()
        total = family.case.clocks.get(clock="CLK-T20")
        assert pause.ends_on - pause.starts_on == timedelta(days=6)
        assert total.ended_at.date() == pause.ends_on
        assert list(invariants.violations()) == []
