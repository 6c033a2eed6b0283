"""What a grant begins: the month, the amount, the members, the next review; and what it makes impossible."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Entitlement, EntitlementMember
from jiuzhu.core.calendar import add_months
from jiuzhu.policy.evidence import Evidence
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, refused


def _entitlement(family: Family) -> Entitlement:
    with fence(PLATFORM):
        return Entitlement.objects.select_related("decision__assessment__evidence").get(case_id=family.pk)


@pytest.mark.parametrize(
    ("story", "town", "reviewed", "months"),
    [
        ("old_couple", DELEGATED, "A", 12),
        ("sick_worker", DELEGATED, "C", 3),
        ("sick_worker", COUNTY_DECIDES, "C", 1),
    ],
)
def test_the_next_review_follows_the_familys_class(
    city: City, story: str, town: str, reviewed: str, months: int
) -> None:
    """5.2 under P2019: nobody able to work once a year; able to work every quarter in the country, monthly in town."""
    family = city.walk_to("GRANTED", story=story, town=town)
    granted = _entitlement(family)

    with fence(PLATFORM):
        granted_on = family.case.steps.get(move="D25").on
    assert granted.review_class == reviewed
    assert granted.next_review_on == add_months(granted_on, months)


def test_the_grant_is_what_was_decided_for_whom_it_was_decided(city: City) -> None:
    family = city.walk_to("GRANTED", story="disabled_child")
    granted = _entitlement(family)

    with fence(PLATFORM):
        amount = granted.amounts.get()
        counted = {each.ref for each in Evidence.from_dict(granted.decision.assessment.evidence.body).counted}
        members = {str(each.person.uid) for each in granted.members.select_related("person")}
        assert (amount.base_fen + amount.topup_fen, amount.from_month) == (
            granted.decision.amount_fen,
            granted.first_month,
        )
        assert members == counted
        assert granted.first_month.day == 1


def test_a_person_already_helped_elsewhere_is_not_granted_twice(city: City) -> None:
    """AID-01: found at the last moment, nothing of the grant remains."""
    from jiuzhu.cases.acts import objection

    helped = city.walk_to("GRANTED", story="old_couple")
    family = city.walk_to("RESULT_PUBLICITY", story="single_elder")
    family.step()
    clerk = family.staff("TOWN_CLERK")
    with fence(PLATFORM):
        EntitlementMember.objects.create(
            entitlement=_entitlement(helped),
            person=family.case.applicant,
            group=registry.get("DIBAO").exclusive_group,
            from_month=date(2019, 9, 1),
        )

    with family.at(), fence(clerk), refused("E_DUP"):
        objection.end_publicity(clerk, family.uid)


def test_after_the_grant_a_new_application_is_a_change_not_a_case(city: City) -> None:
    from jiuzhu.accounts.actor import CITIZEN, Actor
    from jiuzhu.cases.acts import intention

    family = city.walk_to("GRANTED", story="single_elder")
    case = family.case
    people = [{key: each[key] for key in ("name", "id_no", "relation")} for each in family.facts["people"]]
    somebody = Actor(kind=CITIZEN, id=None, name="示例", role="APPLICANT")

    with family.at(), fence(somebody), refused("E_DUP", "变更"):
        intention.register_intention(
            somebody,
            town_id=case.town_id,
            village_code=case.village_code,
            area_type=case.area_type,
            people=people,
            channel="ONLINE",
        )
