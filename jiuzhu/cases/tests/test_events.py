"""Somebody dies while the case runs; a relative in office comes to light late; the family will not co-operate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import DelegationStep, Kin
from jiuzhu.accounts.organisations import delegation_for
from jiuzhu.cases.acts import decision, events, objection, review, withdrawal
from jiuzhu.cases.models import CaseMember, EntitlementMember, KinFiling
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.jobs.tasks import lapse, new_day
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Authorisation, Person
from jiuzhu.publicity.models import Posting
from jiuzhu.workflow.states import AFTER_ACCEPTANCE, TERMINAL
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, person, refused

REVIEWED = (
    "PRELIM_PUBLICITY",
    "COUNTY_REVIEW",
    "COUNTY_VISIT",
    "TOWN_APPROVAL",
    "RESULT_PUBLICITY",
    "OBJECTION",
    "APPRAISAL",
)
FROZEN = ("APPLIED", "ACCEPTED", "TOWN_REVIEW", *REVIEWED)


def in_every_state(family: Family) -> Iterator[str]:
    """The family is walked once; in every new state the block does its worst, and that is undone again."""
    seen: set[str] = set()
    going = True
    while going:
        case = family.case if family.pk else None
        for state in _here(family, case):
            if state not in seen:
                seen.add(state)
                now = family.now
                with transaction.atomic():
                    if state == "COUNTY_VISIT":
                        supervisor = family.staff("COUNTY_SUPERVISOR")
                        with family.at(), fence(supervisor):
                            decision.require_county_visit(supervisor, family.uid, reason="有疑点，入户核查")
                    yield state
                    transaction.set_rollback(True)
                family.now = now
        going = family.step()


def _here(family: Family, case: Any) -> tuple[str, ...]:
    if case is None or case.state in TERMINAL:
        return ()
    return (case.state, "COUNTY_VISIT") if case.state in ("COUNTY_REVIEW", "TOWN_APPROVAL") else (case.state,)


def _old_couple_and_father(city: City, *, town: str = DELEGATED, **behaviour: Any) -> Family:
    """Three who count (P2019: the father lives with them): a death leaves two, of whom one may speak."""
    return city.cast(
        person("宋长河", "1962-03-01", marital="20", labour="NONE", employment="7", health="4"),
        person("丁秀芹", "1963-05-01", sex="2", relation="1", marital="20", labour="PART", employment="5"),
        person("宋满仓", "1938-02-01", relation="5", labour="ELDER", employment="7"),
        town=town,
        incomes=((1, "B", "farm", 300),),
        exemptions={1: "E2"},
        **behaviour,
    )


def _single(city: City, **more: Any) -> Family:
    return city.cast(
        person("宋满仓", "1938-02-01", labour="ELDER", employment="7"),
        incomes=((0, "T", "basic_pension", 118),),
        **more,
    )


def _person(family: Family, position: int) -> Person:
    with fence(PLATFORM):
        found: Person = Person.objects.get(
            household=family.case.household, name=family.facts["people"][position]["name"]
        )
        return found


def _die(family: Family, position: int, **more: Any) -> None:
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        events.record_death(
            clerk,
            family.uid,
            person_uid=_person(family, position).uid,
            died_on=family.now.date() - timedelta(days=1),
            proof="村委会证明、火化证明",
            **more,
        )


def _papers(family: Family, code: str) -> int:
    with fence(PLATFORM):
        return Document.objects.filter(case_id=family.pk, code=code).count()


WALKS = [
    ({"town": DELEGATED, "objection_on_day": 3, "vote": "TRUE"}, "SEED"),
    ({"town": COUNTY_DECIDES}, "SEED"),
    ({"town": DELEGATED, "objection_on_day": 3, "vote": "TRUE"}, "BY_DATE"),
]
BEFORE = {
    "AUTHORISED",
    "VERIFYING",
    "VERIFIED",
    "MAY_APPLY",
    "APPLIED",
    "ACCEPTED",
    "INVESTIGATING",
    "TOWN_REVIEW",
}
ALL = [
    BEFORE | {"TOWN_APPROVAL", "COUNTY_VISIT", "RESULT_PUBLICITY", "OBJECTION", "APPRAISAL"},
    BEFORE | {"COUNTY_REVIEW", "COUNTY_VISIT", "RESULT_PUBLICITY"},
    BEFORE | {"PRELIM_PUBLICITY", "OBJECTION", "APPRAISAL", "TOWN_APPROVAL", "COUNTY_VISIT"},
]


def _start(regime: str) -> dict[str, Any]:
    return {"start": date(2022, 2, 8)} if regime == "BY_DATE" else {}


@pytest.mark.parametrize(
    ("how", "states"), list(zip(WALKS, ALL, strict=True)), ids=["town", "county", "later"]
)
def test_an_applicant_alone_in_the_household_dies_and_the_case_ends(
    city: City, how: tuple[dict[str, Any], str], states: set[str]
) -> None:
    more, regime = how
    city.publish("regime_policy", regime)
    family, met = _single(city, **more, **_start(regime)), set()
    for state in in_every_state(family):
        met.add(state)
        consent = family.case.authorisation.state

        _die(family, 0)

        case = family.case
        assert (case.state, case.open) == ("TERMINATED", False), state
        assert case.authorisation.state == Authorisation.ENDED or consent == Authorisation.DRAFT
        assert _papers(family, "W29") == 1
        with fence(PLATFORM):
            assert case.steps.latest("seq").facts["codes"] == ["RC-DEATH"]
            assert not case.clocks.filter(ended_at__isnull=True).exists()
            assert not Posting.objects.filter(case_id=family.pk, removed_on__isnull=True).exists()
    assert met == states


@pytest.mark.parametrize(
    ("how", "states"), list(zip(WALKS, ALL, strict=True)), ids=["town", "county", "later"]
)
def test_another_adult_goes_on_where_the_applicant_died(
    city: City, how: tuple[dict[str, Any], str], states: set[str]
) -> None:
    more, regime = how
    city.publish("regime_policy", regime)
    family, met = _old_couple_and_father(city, **more, **_start(regime)), set()
    for state in in_every_state(family):
        met.add(state)
        with fence(PLATFORM):
            frozen = family.case.evidence.count()
            promised = family.case.clocks.filter(clock="CLK-T20", ended_at__isnull=True).first()
        if state == "AUTHORISED":
            with refused("E_INPUT", "新的申请人"):
                _die(family, 0)

        _die(family, 0, applicant_uid=_person(family, 1).uid)

        case = family.case
        assert case.applicant.name == "丁秀芹"
        assert case.state == ("INVESTIGATING" if state in REVIEWED else state)
        with fence(PLATFORM):
            relations = {
                each.person.name: each.relation
                for each in case.household.memberships.filter(left_on__isnull=True).select_related("person")
            }
            assert relations == {"丁秀芹": "0", "宋满仓": "5"}
            assert case.evidence.count() == frozen + (state in FROZEN), state
            if promised:
                promised.refresh_from_db()
                assert promised.ended_at is None  # the promised day stays
            assert not Posting.objects.filter(case_id=family.pk, removed_on__isnull=True).exists()
            assert CaseMember.objects.filter(case=case, open=True).count() == 2
    assert met == states


def test_whoever_died_before_signing_is_not_waited_for(city: City) -> None:
    family = _old_couple_and_father(city, unsigned=[2])
    family.step()
    assert family.case.state == "INTENT"

    _die(family, 2)

    assert family.case.state == "AUTHORISED"


def test_a_member_dies_at_the_last_moment_and_the_grant_is_for_whoever_is_left(city: City) -> None:
    """RESULT_PUBLICITY → INVESTIGATING; a new visit, opinion, decision and posting, then two are granted."""
    family = _old_couple_and_father(city).until("RESULT_PUBLICITY")

    _die(family, 2)
    with fence(PLATFORM):
        running = family.case.clocks.get(clock="CLK-DEATH", ended_at__isnull=True)
        died = family.now.date() - timedelta(days=1)
        assert running.due_on == add_months(died, 3)
    family.resume().to_the_end()

    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        assert family.case.decisions.count() == 2
        names = set(
            EntitlementMember.objects.filter(entitlement__case_id=family.pk).values_list(
                "person__name", flat=True
            )
        )
    assert names == {"宋长河", "丁秀芹"}


def test_the_database_grants_nobody_who_has_died(city: City) -> None:
    family = _old_couple_and_father(city).until("RESULT_PUBLICITY")
    family.step()
    family.now = clock.instant(family.now.date())
    with fence(PLATFORM):
        Person.objects.filter(pk=_person(family, 2).pk).update(died_on=family.now.date())
        posting = Posting.objects.get(case_id=family.pk)
    clerk = family.staff("TOWN_CLERK")
    with clock.at(clock.instant(posting.ends_on, 17)), fence(clerk):
        objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment="END")
    later = clock.instant(posting.ends_on + timedelta(days=1))
    with clock.at(later), fence(clerk), refused("E_DEATH"):
        objection.end_publicity(clerk, family.uid)


def test_the_entitlement_of_a_dead_person_is_refused_by_the_database_itself(city: City) -> None:
    family = city.walk_to("GRANTED", story="single_elder")
    with fence(PLATFORM):
        row = EntitlementMember.objects.select_related("person").get(entitlement__case_id=family.pk)
        Person.objects.filter(pk=row.person_id).update(died_on=date(2019, 9, 30))
        with pytest.raises(IntegrityError, match="E_DEATH"), transaction.atomic():
            EntitlementMember.objects.create(
                entitlement=row.entitlement,
                person=row.person,
                group="OTHER",
                from_month=date(2019, 10, 1),
            )
        EntitlementMember.objects.create(
            entitlement=row.entitlement, person=row.person, group="OTHER", from_month=date(2019, 9, 1)
        )


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"died_on": date(2031, 1, 1)}, "E_INPUT", "去世日期"),
        ({"died_on": date(1900, 1, 1)}, "E_INPUT", "去世日期"),
        ({"proof": " "}, "E_INPUT", "依据"),
        ({"person_uid": "7d1f4b0e-0000-4000-8000-000000000000"}, "E_SCOPE", "家庭成员"),
    ],
)
def test_a_death_is_a_day_a_person_and_a_proof(
    city: City, more: dict[str, Any], code: str, words: str
) -> None:
    family = city.walk_to("ACCEPTED", story="single_elder")
    clerk = family.staff("TOWN_CLERK")
    good: dict[str, Any] = {
        "person_uid": family.case.applicant.uid,
        "died_on": family.now.date(),
        "proof": "死亡证明",
    }

    with family.at(), fence(clerk), refused(code, words):
        events.record_death(clerk, family.uid, **(good | more))


# —— near relatives found late


def _official(family: Family, *, staff_id: int | None = None) -> None:
    with fence(PLATFORM):
        Kin.objects.create(
            staff_id=staff_id,
            official_name="陈立本",
            official_post="村民委员会委员",
            organ=family.case.town,
            relation="兄弟",
            village_code=family.case.village_code,
            id_no_index=family.case.applicant.id_no_index,
        )


@pytest.mark.parametrize("state", ["ACCEPTED", "INVESTIGATING", "TOWN_REVIEW", "TOWN_APPROVAL"])
def test_a_relative_found_late_is_filed_and_the_county_visits_before_the_approval(
    city: City, state: str
) -> None:
    family = city.walk_to(state, story="old_couple", town=DELEGATED)
    _official(family)
    lead, clerk = family.staff("TOWN_LEAD"), family.staff("TOWN_CLERK")
    if state == "TOWN_REVIEW":
        with family.at(), fence(lead), refused("E_KIN", "陈立本"):
            review.forward(lead, family.uid, opinion="同意上报")
    if state == "TOWN_APPROVAL":
        with family.at(), fence(lead), refused("E_KIN", "陈立本"):
            decision.approve(lead, family.uid)

    with family.at(), fence(clerk):
        events.file_kin(clerk, family.uid)

    case = family.case
    assert (case.state, case.near_relative, case.county_visit_required) == (state, True, True)
    assert _papers(family, "W11") == 1
    family.until("TOWN_APPROVAL")
    with family.at(), fence(lead), refused("E_VISIT"):
        decision.approve(lead, family.uid)
    family.to_the_end()
    assert family.case.state == "GRANTED" and "D22" in family.steps()


def test_a_relative_found_after_the_decision_takes_the_case_back(city: City) -> None:
    family = city.walk_to("RESULT_PUBLICITY", story="old_couple", town=DELEGATED)
    family.step()
    _official(family)
    with fence(PLATFORM):
        posting = Posting.objects.get(case_id=family.pk)
    clerk = family.staff("TOWN_CLERK")
    with clock.at(clock.instant(posting.ends_on, 17)), fence(clerk):
        objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment="END")
    with clock.at(clock.instant(posting.ends_on + timedelta(days=1))), fence(clerk):
        with refused("E_KIN", "陈立本"):
            objection.end_publicity(clerk, family.uid)
        events.file_kin(clerk, family.uid)

    assert family.case.state == "INVESTIGATING"
    with fence(PLATFORM):
        assert not Posting.objects.filter(case_id=family.pk, removed_on__isnull=True).exists()


def test_the_relative_himself_is_locked_out_and_does_not_vote(city: City) -> None:
    family = city.walk_to("TOWN_REVIEW", story="old_couple", town=DELEGATED)
    lead, clerk = family.staff("TOWN_LEAD"), family.staff("TOWN_CLERK")
    _official(family, staff_id=lead.id)
    with family.at(), fence(clerk):
        events.file_kin(clerk, family.uid)
    with family.at(), fence(lead), refused("E_SOD", "回避"):
        review.forward(lead, family.uid, opinion="同意上报")

    with fence(PLATFORM):
        assert KinFiling.objects.get(case_id=family.pk).staff_id == lead.id


def test_somebody_names_a_relative_the_register_does_not_know(city: City) -> None:
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    clerk = family.staff("TOWN_CLERK")

    with family.at(), fence(clerk):
        with refused("E_INPUT", "近亲属"):
            events.file_kin(clerk, family.uid)
        events.file_kin(clerk, family.uid, official="示例委员", post="居民委员会委员", relation="叔侄")
    with fence(PLATFORM):
        assert KinFiling.objects.get(case_id=family.pk).declared is False


# —— refusal to co-operate, withdrawal, windows


@pytest.mark.parametrize(
    ("how", "states"), list(zip(WALKS, ALL, strict=True)), ids=["town", "county", "later"]
)
def test_refusal_to_cooperate_and_the_familys_own_word_end_it_in_every_state(
    city: City, how: tuple[dict[str, Any], str], states: set[str]
) -> None:
    """D31 (RC-NOCOOP) after acceptance by whoever has the case; the withdrawal at any time."""
    more, regime = how
    city.publish("regime_policy", regime)
    family, met = _single(city, **more, **_start(regime)), set()
    for state in in_every_state(family):
        met.add(state)
        if state in AFTER_ACCEPTANCE:
            with transaction.atomic():
                _will_not(family, state)
                transaction.set_rollback(True)
        with family.at(), fence(family.citizen):
            withdrawal.withdraw(family.citizen, family.uid, reason="家庭情况好转，自愿放弃")

        case = family.case
        assert (case.state, case.open, _papers(family, "W29")) == ("TERMINATED", False, 1)
        assert case.authorisation.state == Authorisation.ENDED
        with fence(PLATFORM):
            assert not case.clocks.filter(ended_at__isnull=True).exists()
            assert not CaseMember.objects.filter(case=case, open=True).exists()
    assert met == states


def _will_not(family: Family, state: str) -> None:
    role = "COUNTY_APPROVER" if state in ("COUNTY_REVIEW", "COUNTY_VISIT") else "TOWN_LEAD"
    ender = family.staff(role)
    with family.at(), fence(ender):
        with refused("E_REASONS"):
            decision.terminate(ender, family.uid, reason="三次上门均拒绝", codes=["RC-CAR"])
        decision.terminate(ender, family.uid, reason="三次上门均拒绝调查")
    assert family.case.state == "TERMINATED"
    with fence(PLATFORM):
        assert family.case.steps.latest("seq").facts["codes"] == ["RC-NOCOOP"]
        paper = Document.objects.get(case_id=family.pk, code="W29")
        assert "不配合调查核对" in paper.data and "三次上门" in paper.data


@pytest.mark.parametrize(
    ("story", "state"), [("two_houses", "VER_NOT_FIT"), ("correction_needed", "CORRECTION")]
)
def test_the_family_may_also_withdraw_while_something_is_asked_of_it(
    city: City, story: str, state: str
) -> None:
    family = city.walk_to(state, story=story)
    with family.at(), fence(family.citizen):
        withdrawal.withdraw(family.citizen, family.uid, reason="自愿放弃")
    assert (family.case.state, _papers(family, "W29")) == ("TERMINATED", 1)


def test_an_application_nobody_answered_counts_as_accepted_on_the_day_it_came(city: City) -> None:
    """CLK-AC: five working days of silence; the twenty days count from the receipt."""
    family = city.walk_to("APPLIED", town=DELEGATED)
    received = family.case.applied_on
    calendar = parameters.calendar()
    with clock.at(clock.instant(calendar.add_working_days(received, 5).on, 23)):
        lapse()
    assert family.case.state == "APPLIED"

    with clock.at(clock.instant(calendar.add_working_days(received, 6).on, 1)):
        lapse()

    case = family.case
    assert (case.state, case.accepted_on) == ("ACCEPTED", received)
    with fence(PLATFORM):
        assert case.clocks.get(clock="CLK-T20").due_on == calendar.add_working_days(received, 20).on
        assert case.clocks.get(clock="CLK-AC").breached
    assert _papers(family, "W13") == 1


# —— the authority moves away in the middle


@pytest.mark.parametrize(("how", "states"), [(WALKS[0], ALL[0]), (WALKS[2], ALL[2])], ids=["2019", "later"])
def test_a_delegation_suspended_in_the_middle_leaves_the_clock_and_the_county_decides(
    city: City, how: tuple[dict[str, Any], str], states: set[str]
) -> None:
    """ORG-06: whatever the state, the next decision is the county's and the promised day is what it was."""
    more, regime = how
    city.publish("regime_policy", regime)
    family, met = _single(city, **more, **_start(regime)), set()
    for state in in_every_state(family):
        met.add(state)
        with family.at():
            new_day()  # a clock that stands still shows its new day by itself
            promised = _total(family)
            DelegationStep.objects.create(
                delegation=delegation_for(family.case.town, "DIBAO", clock.today()),
                state="SUSPENDED",
                effective_on=clock.today(),
                reason="整改",
                at=clock.now(),
            )
            new_day()

        assert _total(family) == promised
        assert family.case.state == ("COUNTY_REVIEW" if state == "TOWN_APPROVAL" else state)
        if state == "COUNTY_VISIT":
            supervisor = family.staff("COUNTY_SUPERVISOR")
            with family.at(), fence(supervisor):
                decision.record_county_visit(
                    supervisor, family.uid, officers=["郑伟", "冯娟"], result="情况属实"
                )
            assert family.case.state == "COUNTY_REVIEW"
    assert met == states


def _total(family: Family) -> tuple[Any, ...]:
    with fence(PLATFORM):
        rows = family.case.clocks.filter(clock="CLK-T20").order_by("id")
        return tuple(rows.values_list("due_on", "ended_at"))


@pytest.mark.parametrize("state", ["TOWN_REVIEW", "OBJECTION"])
def test_after_the_suspension_the_case_goes_to_its_end_at_the_county(city: City, state: str) -> None:
    family = city.family("objection_untrue", town=DELEGATED).until(state)
    with family.at():
        DelegationStep.objects.create(
            delegation=delegation_for(family.case.town, "DIBAO", clock.today()),
            state="SUSPENDED",
            effective_on=clock.today(),
            reason="整改",
            at=clock.now(),
        )
    family.to_the_end()
    with fence(PLATFORM):
        assert family.case.decisions.latest("round").authority == "COUNTY"
    assert family.case.state in TERMINAL
