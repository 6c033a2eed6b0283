"""What the lives have found, each kept as a short story of its own."""

from __future__ import annotations

from typing import Any

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.cases.acts import application, archive, conversion
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra.chores import Chores
from jiuzhu.infra.urgent_walk import urgent_walk
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.models import Authorisation
from tests.families import DELEGATED, City, Family, refused
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
        return application.register_intention(
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
        application.sign(clerk, family.uid, person_uid=applicant.uid, picture=drawn_picture("signature"))


def test_a_family_s_dossier_moves_within_the_township_only_while_nothing_runs_in_it(city: City) -> None:
    """A case in one village and its household in another were seen by nobody of both (E_NOT_FOUND, or worse)."""
    family = city.family("plain_poor").until("AUTHORISED")
    first = family.case.village_code
    beside = again(family, 3, aid_type="TA_EXPENSE")
    assert beside.village_code == first != villages_of(family.case.town)[3].code

    with family.at(), fence(family.citizen):
        for uid in (beside.uid, family.uid):
            application.withdraw(family.citizen, uid, reason="不办了")
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
        application.withdraw(clerk, second.uid, reason="不办了")

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
        application.withdraw(family.citizen, family.uid, reason="不办了")
