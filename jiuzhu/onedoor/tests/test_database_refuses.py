"""What must never be is impossible, whoever writes it: lost referrals, leads without an outcome, rewritten answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.onedoor import leads, receptions
from jiuzhu.onedoor.models import Declining, Informant, Lead, LeadReport, LeadStep, Referral
from tests.families import DELEGATED, City

MONDAY = date(2019, 9, 2)
_REFUSED = (IntegrityError, ProgrammingError)


@pytest.fixture
def things(city: City) -> dict[str, Any]:
    """One lead told by somebody, one referral."""
    town = Organisation.objects.get(code=DELEGATED)
    village = villages_of(town)[0].code
    clerk = city.staff("TOWN_CLERK", town)
    people = city.facts("single_elder", DELEGATED)["people"]
    with clock.at(MONDAY):
        with fence(PLATFORM):
            lead = leads.report(
                PLATFORM,
                town_id=town.id,
                village_code=village,
                source="HOTLINE",
                order_no="12345-9",
                name="高大柱",
                text="独居老人没人管",
                informant="路人甲",
            )
        with fence(clerk):
            receptions.receive(
                clerk,
                town_id=town.id,
                village_code=village,
                area_type="RURAL",
                people_rows=[{"name": people[0]["name"], "id_no": people[0]["id_no"], "relation": "0"}],
                need="看病花费大",
                own=[],
                other=["MEDICAL"],
                consent=True,
                channel="WINDOW",
            )
    with fence(PLATFORM):
        return {"lead": lead, "slip": Referral.objects.get(), "clerk": clerk, "town": town}


def refused_by_database(sql: str, *values: Any) -> None:
    with fence(PLATFORM), pytest.raises(_REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_referral_is_not_closed_without_a_result_nor_forgotten(things: dict[str, Any]) -> None:
    slip = things["slip"].id
    refused_by_database("UPDATE onedoor_referral SET state = 'CLOSED' WHERE id = %s", slip)
    refused_by_database("UPDATE onedoor_referral SET open = false WHERE id = %s", slip)
    refused_by_database(
        "UPDATE onedoor_referral SET open = false, state = 'CLOSED', result = '' WHERE id = %s", slip
    )


def test_a_lead_does_not_end_without_an_outcome(things: dict[str, Any]) -> None:
    refused_by_database("UPDATE onedoor_lead SET open = false WHERE id = %s", things["lead"].id)
    refused_by_database("UPDATE onedoor_lead SET state = 'HELPED' WHERE id = %s", things["lead"].id)


def test_history_is_added_never_edited(things: dict[str, Any]) -> None:
    for table in ("leadstep", "referralstep", "informant", "reception"):
        refused_by_database(f"DELETE FROM onedoor_{table}")
    refused_by_database("UPDATE onedoor_leadreport SET source = 'PUBLIC'")
    refused_by_database("UPDATE onedoor_leadstep SET actor_name = '别人'")


def test_help_is_not_declined_without_leaflet_or_with_an_unnamed_witness(things: dict[str, Any]) -> None:
    from jiuzhu.vault import files

    picture = drawn_picture("签")
    with fence(PLATFORM):
        kept = files.keep(picture.content, picture.mime)
        for wrong in ({"leaflet_given": False}, {"mode": "WITNESSED", "leaflet_given": True}):
            row = Declining(
                **{"lead": things["lead"], "mode": "SIGNED", "picture": kept, "at": clock.now()} | wrong
            )
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)


def test_the_second_fence_keeps_leads_to_their_village_and_the_informant_above_level_0(
    things: dict[str, Any],
) -> None:
    town = things["town"]
    own, elsewhere = villages_of(town)[0].code, villages_of(town)[1].code
    assistant = Actor(
        kind="STAFF", id=1, name="协理员", role="VILLAGE_ASSIST", towns=(town.id,), villages=(own,)
    )
    neighbour = Actor(
        kind="STAFF", id=2, name="邻村", role="VILLAGE_ASSIST", towns=(town.id,), villages=(elsewhere,)
    )
    family = Actor(
        kind="CITIZEN",
        id=None,
        name="本人",
        role="APPLICANT",
        household_id=things["slip"].household_id,
    )

    def seen(actor: Actor) -> tuple[int, ...]:
        with fence(actor):
            return tuple(model.objects.count() for model in (Lead, LeadReport, LeadStep, Informant, Referral))

    assert seen(things["clerk"]) == (1, 1, 1, 1, 1)
    assert seen(assistant) == (1, 1, 1, 0, 1)
    assert seen(neighbour) == (0, 0, 0, 0, 0)
    assert seen(family) == (0, 0, 0, 0, 1)
