"""Codes change and townships are merged; numbers, clocks and people's sight go on (AS-60, ORG-01)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Division, Organisation
from jiuzhu.accounts.organisations import county_of, parent_of, towns_of, villages_of
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import decision, divisions
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.jobs.tasks import new_day
from jiuzhu.onedoor import receptions, referrals
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


def _two(city: City) -> tuple[Actor, Organisation, Organisation]:
    town, into = (Organisation.objects.get(code=code) for code in (DELEGATED, COUNTY_DECIDES))
    return _officer(city), town, into


def test_a_merger_entered_ahead_waits_for_its_day_and_the_night_makes_it(city: City) -> None:
    family = city.walk_to("TOWN_APPROVAL", town=DELEGATED)
    officer, town, into = _two(city)
    today = family.now.date()
    day = today + timedelta(days=10)
    with family.at(), fence(officer):
        done = divisions.merge_town(
            officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC, effective_on=day
        )
        assert done["moved"] is None and done["open_cases"] == 1
    with clock.at(clock.instant(day - timedelta(days=1), 1)):
        new_day()
    assert (family.case.town_id, family.case.state) == (town.id, "TOWN_APPROVAL")
    assert parent_of(town, day).code == "371502"

    with clock.at(clock.instant(day, 0, 5)):
        new_day()
        new_day()

    town.refresh_from_db()
    assert (family.case.town_id, family.case.state) == (into.id, "COUNTY_REVIEW")
    assert town.successor_id == into.id and parent_of(town, day) is None
    assert county_of(town, day).code == "371522"
    assert county_of(town, day - timedelta(days=1)).code == "371502"
    with fence(officer):
        (merger,) = divisions.mergers(officer)
    assert merger.done_at is not None
    with clock.at(day), fence(officer):
        with refused("E_STATE", "已生效"):
            divisions.withdraw_merger(officer, merger.uid)
        with refused("E_INPUT", "现有的"):
            divisions.merge_town(officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC)
    with fence(PLATFORM):
        told = list(
            AuditEntry.objects.filter(action__startswith="division.")
            .order_by("id")
            .values_list("action", flat=True)
        )
    assert told == ["division.plan", "division.merge"]


def test_a_night_that_was_missed_is_made_up_with_the_day_that_was_ordered(city: City) -> None:
    officer, town, into = _two(city)
    with clock.at(date(2019, 9, 2)), fence(officer):
        divisions.merge_town(
            officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC, effective_on=date(2019, 9, 10)
        )
    with clock.at(date(2019, 9, 13)):
        new_day()

    assert parent_of(town, date(2019, 9, 9)).code == "371502"
    assert parent_of(town, date(2019, 9, 10)) is None
    with clock.at(date(2019, 9, 13)):
        post = city.staff("TOWN_CLERK", into)
    assert town.id in post.towns


def test_a_chain_of_mergers_ends_where_the_last_one_leads(city: City) -> None:
    """A into B on the 12th, B into C on the 10th: A's families come to C."""
    officer, first, second = _two(city)
    third = Organisation.objects.filter(kind="TOWN", code__startswith="371522").exclude(pk=second.pk).first()
    with clock.at(date(2019, 9, 2)), fence(officer):
        divisions.merge_town(
            officer, town_id=first.id, into_id=second.id, doc_no=CITY_DOC, effective_on=date(2019, 9, 12)
        )
        divisions.merge_town(
            officer, town_id=second.id, into_id=third.id, doc_no=CITY_DOC, effective_on=date(2019, 9, 10)
        )
        with refused("E_DUP", "须先撤销"):  # none is merged into one that will itself be gone
            divisions.merge_town(officer, town_id=third.id, into_id=first.id, doc_no=CITY_DOC)
    for day in (10, 11, 12):
        with clock.at(date(2019, 9, day)):
            new_day()
    first.refresh_from_db()
    assert first.successor_id == third.id


def test_what_is_entered_ahead_is_withdrawn_before_its_day_and_entered_once(city: City) -> None:
    officer, town, into = _two(city)
    clerk = city.staff("TOWN_CLERK", town)
    once, ahead = uuid4(), date(2019, 10, 1)
    with clock.at(date(2019, 9, 2)):
        with fence(clerk):
            with refused("E_AUTH"):
                divisions.mergers(clerk)
            with refused("E_AUTH"):
                divisions.withdraw_merger(clerk, once)
        with fence(officer):
            given = {"town_id": town.id, "into_id": into.id, "doc_no": CITY_DOC}
            for wrong in (date(2019, 9, 1), date(2029, 9, 1)):
                with refused("E_INPUT", "生效日期"):
                    divisions.merge_town(officer, **given, effective_on=wrong)
            with refused("E_INPUT", "批准文件号"):
                divisions.merge_town(officer, **given | {"doc_no": "长" * 61}, effective_on=ahead)
            merger = divisions.merge_town(officer, **given, effective_on=ahead, once=once)["merger"]
            with refused("E_REPEAT"):
                divisions.merge_town(officer, **given, effective_on=ahead, once=once)
            with refused("E_DUP", "须先撤销"):
                divisions.merge_town(officer, **given)
            with refused("E_NOT_FOUND"):
                divisions.withdraw_merger(officer, uuid4())
            divisions.withdraw_merger(officer, merger.uid)
            with refused("E_STATE", "已撤销"):
                divisions.withdraw_merger(officer, merger.uid)
    with clock.at(ahead):
        new_day()
    assert parent_of(town, ahead).code == "371502"


def test_the_database_keeps_one_merger_of_a_town_and_what_was_ordered(city: City) -> None:
    officer, town, into = _two(city)
    with clock.at(date(2019, 9, 2)), fence(officer):
        divisions.merge_town(
            officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC, effective_on=date(2019, 10, 1)
        )
    for sql in (
        "UPDATE accounts_merger SET effective_on = '2019-09-01'",
        "UPDATE accounts_merger SET withdrawn_at = now()",
        "DELETE FROM accounts_merger",
        "INSERT INTO accounts_merger (uid, town_id, into_id, effective_on, doc_no, entered_by_id, entered_at)"
        " SELECT gen_random_uuid(), town_id, into_id, effective_on, doc_no, entered_by_id, entered_at FROM accounts_merger",
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(sql)


def test_a_slip_of_a_former_township_goes_on_under_its_successor(city: City) -> None:
    """Its answer, its clock and another department after the merger (ORG-15)."""
    officer, town, into = _two(city)
    clerk = city.staff("TOWN_CLERK", town)
    with clock.at(date(2019, 9, 2)), fence(clerk):
        people = city.facts("single_elder", DELEGATED)["people"]
        slip = receptions.receive(
            clerk,
            town_id=town.id,
            village_code=villages_of(town)[0].code,
            area_type="RURAL",
            people_rows=[{"name": people[0]["name"], "id_no": people[0]["id_no"], "relation": "0"}],
            need="看病花费大，家里没有收入",
            own=[],
            other=["MEDICAL"],
            consent=True,
            channel="WINDOW",
        ).referrals.get()
        referrals.note_delivered(clerk, slip.uid, how="窗口签收")
    with clock.at(date(2019, 9, 3)), fence(officer):
        divisions.merge_town(officer, town_id=town.id, into_id=into.id, doc_no=CITY_DOC)

    with clock.at(date(2019, 9, 4)):
        heir = city.staff("TOWN_CLERK", into)
        with fence(heir):
            referrals.note_answer(heir, slip.uid, kind="RETURNED", text="不归我们管")
            after = referrals.pass_on(heir, slip.uid, code="EDUCATION")
    assert (after.town_id, after.department) == (into.id, "莘县教育和体育局")
