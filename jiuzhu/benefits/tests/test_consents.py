"""VER-21, DQ-14: the consent of a family in benefit is signed by whoever was not asked before, and anew before it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import changes, consents, crosscheck, reviews
from jiuzhu.benefits.models import Alert, Review
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home, Place
from jiuzhu.benefits.tests.test_changes import report
from jiuzhu.benefits.tests.test_later import SIGNED
from jiuzhu.cases.acts import authorisation, continuation
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.office.tests.test_money import browser
from jiuzhu.people.models import Authorisation, Membership, Person
from jiuzhu.portal.tests.test_door import enter
from jiuzhu.verification import acts as verification
from jiuzhu.verification.models import Inquiry, Run
from tests.families import refused

GRANTED, DUE, ENDS = date(2019, 12, 20), date(2020, 12, 20), date(2022, 12, 20)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2019, 12, 1)):
        yield homes.place()


@pytest.fixture
def home(place: Place) -> Iterator[Home]:
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 600)], granted_on=GRANTED)
    with clock.at(DUE):
        reviews.plan(DUE)
        yield made


@pytest.fixture
def joined(home: Home) -> Person:
    """An adult who lives with the family since the summer and was never asked to sign."""
    with fence(PLATFORM):
        return home.city._person(home.entitlement.household, SPOUSE, 7, date(2020, 7, 1))


def start(home: Home) -> None:
    verifier = home.city.staff("TOWN_VERIFIER")
    with fence(PLATFORM):
        review = Review.objects.get()
    with fence(verifier):
        reviews.start(verifier, review.id)


def sign(home: Home, person: Person, role: str = "TOWN_CLERK") -> None:
    actor = home.city.staff(role)
    with fence(actor):
        authorisation.sign(actor, home.entitlement.case.uid, person_uid=person.uid, picture=SIGNED)


def renew(home: Home, role: str = "TOWN_CLERK") -> Authorisation:
    actor = home.city.staff(role)
    with fence(actor):
        return authorisation.renew(actor, home.entitlement.case.uid)


def due(home: Home) -> bool:
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        return queries.consents_due(clerk).filter(pk=home.entitlement_id).exists()


def test_who_joined_signs_and_only_then_the_departments_are_asked(home: Home, joined: Person) -> None:
    with refused("E_NOT_SIGNED", joined.name):
        start(home)
    assert due(home)
    with refused("E_STATE"):
        sign(home, home.persons[0])

    sign(home, joined)
    assert not due(home)
    start(home)
    with refused("E_STATE"):
        sign(home, joined)


def test_who_is_away_is_not_waited_for(home: Home, joined: Person) -> None:
    with fence(PLATFORM):
        Membership.objects.filter(person=joined).update(exclude_code="PRISON", exclude_until=DUE)
    assert not due(home)
    with refused("E_STATE"):
        sign(home, joined)
    with clock.at(DUE + timedelta(days=1)):
        assert due(home)
        sign(home, joined)


def test_a_child_who_comes_of_age_is_asked_from_his_birthday_on(home: Home) -> None:
    with fence(PLATFORM):
        child = home.city._person(home.entitlement.household, CHILD, 7, date(2020, 7, 1))
        Person.objects.filter(pk=child.pk).update(born_on=date(2002, 12, 21))
    assert not due(home)
    with clock.at(date(2020, 12, 21)):
        assert due(home)
        sign(home, child)
        assert not due(home)


def test_nobody_signs_once_the_benefit_has_ended(home: Home, joined: Person) -> None:
    with fence(PLATFORM):
        home.entitlement.__class__.objects.filter(pk=home.entitlement_id).update(state="CLOSED")
    assert not due(home)
    with refused("E_STATE"):
        sign(home, joined)
    with refused("E_STATE"):
        renew(home)


def test_a_consent_is_signed_anew_by_all_and_the_former_holds_until_the_last(home: Home) -> None:
    with fence(PLATFORM):
        former = home.entitlement.case.authorisation
        Authorisation.objects.filter(pk=former.pk).update(sources=["SW", "HJ"])
    with clock.at(ENDS - timedelta(days=30)):
        assert not due(home)
    with clock.at(ENDS - timedelta(days=29)):
        assert due(home)
        fresh = renew(home)
        with refused("E_REPEAT", fresh.number):
            renew(home)
        sign(home, home.persons[0])
        with fence(PLATFORM):
            assert home.entitlement.case.authorisation_id == former.id
            assert not Document.objects.filter(code="W02").exists()
        start(home)
        for person in home.persons[1:]:
            sign(home, person)
        with fence(PLATFORM):
            former.refresh_from_db()
            now = home.entitlement.case.authorisation
            assert (now.id, now.state, former.state) == (fresh.id, "IN_FORCE", "ENDED")
            assert (now.signed_on, now.valid_to) == (clock.today(), date(2025, 11, 21))
            assert "SF" in now.sources and former.sources == ["SW", "HJ"]
            assert sorted(Document.objects.values_list("code", flat=True)) == ["W02", "W03"]
            # what was asked under the former goes on under the one that took its place
            assert {verification._why_not(each.run) for each in Inquiry.objects.all()} == {""}
        assert not due(home)


def test_an_expired_consent_stops_every_question_until_it_is_signed_anew(home: Home) -> None:
    with clock.at(ENDS + timedelta(days=1)):
        with refused("E_NOAUTH"):
            start(home)
        with refused("E_STATE"):
            sign(home, home.persons[0])
        renew(home)
        for person in home.persons:
            sign(home, person)
        start(home)


@pytest.mark.parametrize("role", ["TOWN_LEAD", "TOWN_VERIFIER", "CENTER_STAFF"])
def test_who_decides_or_verifies_has_no_consent_signed_anew(home: Home, role: str) -> None:
    with refused("E_AUTH"):
        renew(home, role)


def test_a_case_that_rests_on_the_same_consent_gets_the_new_one(home: Home) -> None:
    other = home.city.home([ADULT], granted_on=date(2019, 12, 21))
    with fence(PLATFORM):
        shared = home.entitlement.case.authorisation_id
        Case.objects.filter(pk=other.entitlement.case_id).update(authorisation=shared)
    renew(home)
    for person in home.persons:
        sign(home, person)
    with fence(PLATFORM):
        assert other.entitlement.case.authorisation_id == home.entitlement.case.authorisation_id != shared


def test_the_night_tells_of_who_came_of_age_and_leads_to_the_signature(home: Home) -> None:
    with fence(PLATFORM):
        child = home.city._person(home.entitlement.household, CHILD, 7, date(2020, 7, 1))
        Person.objects.filter(pk=child.pk).update(born_on=date(2002, 12, 20))
        continuation.join(home.entitlement, child, from_month=date(2021, 1, 1))
    crosscheck.look_through(DUE)
    with fence(PLATFORM):
        alert = Alert.objects.get(kind="ADULT")
    clerk = browser("clerk-371502101")
    page = clerk.get(f"/office/alerts/{alert.id}/").content.decode()
    assert f"/office/cases/{home.entitlement.case.uid}/sign/" in page and "签核对授权" in page


def test_clerk_family_and_verifier_see_who_has_to_sign(home: Home, joined: Person) -> None:
    clerk, page = browser("clerk-371502101"), f"/office/benefits/{home.entitlement_id}/"
    assert "核对授权待签署" in clerk.get("/office/").content.decode()
    assert page in clerk.get("/office/benefits/?pending=consent").content.decode()
    shown = clerk.get(page).content.decode()
    assert f"还没有签字：{joined.name}" in shown and "去签授权" in shown
    with fence(PLATFORM):
        review = Review.objects.get()
        person = home.persons[0]
        family = enter({"name": person.name, "id_no": person.id_no})
    verifier = browser("verifier-371502101")
    assert f"授权还差签字：{joined.name}" in verifier.get(f"/office/reviews/{review.id}/").content.decode()
    told = family.get(f"/mine/benefits/{home.entitlement_id}/").content.decode()
    assert f"{joined.name}还没有签字" in told
    signers = f"/mine/{home.entitlement.case.uid}/signers/"
    assert signers in told and "全部签好后才能复核" in family.get(signers).content.decode()

    sign(home, joined)
    assert "核对授权待签署" not in clerk.get("/office/").content.decode()
    assert clerk.post(f"{page}consent/").status_code == 302
    assert "正在重新签署" in clerk.get(page).content.decode()
    assert clerk.post(f"{page}consent/").status_code == 409


def test_ver_23_a_family_takes_its_consent_back_and_its_review_is_due(home: Home) -> None:
    """Questions under way stop, the amount stays; the review begins anew once they have signed again."""
    start(home)
    with fence(PLATFORM):
        person = home.persons[0]
        family = enter({"name": person.name, "id_no": person.id_no})
        clerk = browser("clerk-371502101")
    page = f"/mine/benefits/{home.entitlement_id}/"
    assert "撤回核对授权" in family.get(page).content.decode()
    assert family.post(f"{page}consent/back/", {"reason": ""}).status_code == 422
    assert family.post(f"{page}consent/back/", {"reason": "不愿意再查了"}).status_code == 302
    with fence(PLATFORM):
        assert home.entitlement.case.authorisation.state == "WITHDRAWN"
        assert set(Run.objects.values_list("state", flat=True)) == {"STOPPED"}
        assert Review.objects.get().state == "PLANNED"
    assert home.amounts()[-1][1] == "" and due(home)
    told = family.get(page).content.decode()
    assert "撤回核对授权" not in told and "已经撤回或者到期" in told
    assert family.post(f"{page}consent/back/", {"reason": "再说一次"}).status_code == 409
    with refused("E_NOAUTH"):
        start(home)

    shown = clerk.get(f"/office/benefits/{home.entitlement_id}/").content.decode()
    assert "已失效" in shown and "全家重新签署" in shown
    assert family.post(f"{page}consent/").url == f"/mine/{home.entitlement.case.uid}/signers/"
    assert family.post(f"{page}consent/").status_code == 409
    for each in home.persons:
        sign(home, each)
    start(home)
    assert not due(home)
    with fence(PLATFORM):
        assert set(Authorisation.objects.values_list("state", flat=True)) == {"WITHDRAWN", "IN_FORCE"}


def test_ver_23_who_may_take_it_back_and_what_of_a_review_far_off(home: Home) -> None:
    other = home.city.home([ADULT], granted_on=date(2020, 11, 20))
    for role in ("TOWN_LEAD", "TOWN_VERIFIER", "COUNTY_APPROVER"):
        actor = home.city.staff(role)
        with fence(actor), refused("E_AUTH"):
            consents.withdraw(actor, other.entitlement_id, reason="家里不愿意")
    clerk = browser("clerk-371502101")
    assert other.entitlement.next_review_on > DUE
    address = f"/office/benefits/{other.entitlement_id}/consent/back/"
    assert clerk.post(address, {"reason": "家里不愿意"}).status_code == 302
    assert other.entitlement.next_review_on == DUE
    assert reviews.plan(DUE) == 1


def test_a_joining_that_was_none_leaves_who_had_been_there_before(home: Home, joined: Person) -> None:
    entry = {"name": joined.name, "id_no": joined.id_no, "relation": "1", "labour": "NONE"}
    change: Any = report(home, "CH-ADD", {"entry": entry, "signed": True})
    there = f"/office/cases/{home.entitlement.case.uid}/sign/"
    assert there in browser("clerk-371502101").get(f"/office/changes/{change.uid}/").content.decode()
    assert there not in browser("lead-371502101").get(f"/office/changes/{change.uid}/").content.decode()
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        changes.drop(clerk, change.uid, reason="误报")
    with fence(PLATFORM):
        assert Membership.objects.get(person=joined).left_on is None
