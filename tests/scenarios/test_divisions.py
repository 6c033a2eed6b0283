"""Codes change and townships are merged; numbers, clocks and people's sight go on (AS-60, ORG-01)."""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Division, Organisation
from jiuzhu.accounts.organisations import towns_of
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.cases import queries
from jiuzhu.cases.acts import decision, divisions
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from tests.families import COUNTY_DECIDES, DELEGATED, City, refused

CITY_DOC = "鲁政字〔2019〕1号"


def _officer(city: City) -> Actor:
    return city.staff("CITY_OFFICER", Organisation.objects.get(code=DELEGATED))


def test_as_60_a_dossier_of_march_is_shown_under_the_new_code_and_keeps_its_numbers(city: City) -> None:
    from jiuzhu.people import acts as people

    county = Organisation.objects.get(code="371503")
    Organisation.objects.filter(pk=county.pk).update(  # as it was in March 2019
        code="371523", name="茌平县", organ_name="茌平县民政局", division_id="371523"
    )
    Division.objects.filter(code="371523").update(valid_to=None, successor="")
    officer = _officer(city)
    with clock.at(date(2019, 3, 18)), fence(PLATFORM):
        (town, *_) = towns_of(Organisation.objects.get(pk=county.pk), date(2019, 3, 18))
        household = people.register_household(
            officer,
            town=town,
            village_code=Division.objects.filter(stat_parent=town.code).first().code,
            area_type="RURAL",
            people=[{"name": "示例甲", "id_no": "37159919500315001X", "relation": "0"}],
        )
    number = household.dossier_no

    with clock.at(date(2019, 9, 1)), fence(officer):
        divisions.renumber(
            officer,
            organ_id=county.pk,
            code="371503",
            name="茌平区",
            organ_name="茌平区民政局",
            short_name="茌平",
            doc_no=CITY_DOC,
        )

    with fence(PLATFORM):
        household.refresh_from_db()
        shown = Organisation.objects.get(links_down__child=household.town, links_down__valid_to=None)
    assert (shown.code, shown.name, household.dossier_no) == ("371503", "茌平区", number)
    former = Division.objects.get(code="371523")
    assert (former.valid_to, former.successor) == (date(2019, 8, 31), "371503")


def test_a_town_is_merged_into_another_county_while_a_case_and_a_benefit_run(city: City) -> None:
    """The numbers and the promised day stay; the successor's people see and decide; the former ones work there now."""
    family = city.walk_to("TOWN_APPROVAL", town=DELEGATED)
    granted = city.walk_to("GRANTED", story="single_elder", town=DELEGATED)
    before = family.case
    with fence(PLATFORM):
        promised = before.clocks.get(clock="CLK-T20").due_on
    officer = _officer(city)
    town, into = (Organisation.objects.get(code=code) for code in (DELEGATED, COUNTY_DECIDES))
    old_clerk = city.staff("TOWN_CLERK", town)
    moment = max(family.now, granted.now)

    with family.at(moment), fence(officer):
        seen = divisions.preview_merge(officer, town_id=town.id, into_id=into.id)
        assert (seen["families"] >= 2, seen["open_cases"], seen["benefits"]) == (True, 1, 1)
        with refused("E_INPUT", "批准文件号"):
            divisions.merge_town(officer, town_id=town.id, into_id=into.id, doc_no=" ")
        done = divisions.merge_town(officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC)
    assert done["moved"] == 1

    case = family.case
    assert (case.case_no, case.household.dossier_no) == (before.case_no, before.household.dossier_no)
    assert (case.town_id, case.county.code, case.state) == (into.id, "371522", "COUNTY_REVIEW")
    with fence(PLATFORM):
        assert case.clocks.get(clock="CLK-T20").due_on == promised
        assert Entitlement.objects.get(case_id=granted.pk).county.code == "371522"
    with family.at(moment):
        new_clerk = city.staff("TOWN_CLERK", into)
        with fence(new_clerk):
            assert queries.case_for(new_clerk, case.uid).uid == case.uid
        from jiuzhu.accounts.models import Staff

        (post,) = posts_of(Staff.objects.get(pk=old_clerk.id), moment.date())
        assert post.organ_id == into.id
        moved = actor_for(post, moment.date())
        with fence(moved):
            assert queries.case_for(moved, case.uid).uid == case.uid
        approver = city.staff("COUNTY_APPROVER", case.county)
        with fence(approver):
            decision.approve(approver, case.uid)
        former_approver = city.staff("COUNTY_APPROVER", before.county)
        with fence(former_approver), refused("E_NOT_FOUND"):
            queries.case_for(former_approver, case.uid)
    assert family.case.state == "RESULT_PUBLICITY"


def test_only_the_citys_officer_changes_divisions(city: City) -> None:
    town, into = (Organisation.objects.get(code=code) for code in (DELEGATED, COUNTY_DECIDES))
    clerk, officer = city.staff("TOWN_CLERK", town), _officer(city)
    with clock.at(date(2019, 9, 2)):
        with fence(clerk), refused("E_AUTH"):
            divisions.preview_merge(clerk, town_id=town.id, into_id=into.id)
        with fence(officer), refused("E_INPUT", "不同"):
            divisions.preview_merge(officer, town_id=town.id, into_id=town.id)
