"""From one kind of aid to another: nothing entered twice, nothing lost, no month of both (AS-33, DQ-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.acts import conversion, investigation, verification
from jiuzhu.cases.models import Case, Entitlement, EntitlementMember
from jiuzhu.core.calendar import add_months
from jiuzhu.documents.models import Document
from jiuzhu.people.models import Authorisation
from jiuzhu.verification.models import Inquiry, Report
from tests.families import DELEGATED, City, Family, refused
from tests.scenarios import hands
from tests.scenarios.test_status import couple
from tests.scenarios.test_tekun import old_man


def _converted(family: Family, aid_type: str, **more: Any) -> Family:
    """The clerk converts; the same family object follows the new case."""
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        case = conversion.convert(clerk, family.uid, aid_type=aid_type, agreed=True, **more)
    family.pk = case.pk
    return family


def test_as_33_whoever_is_granted_tekun_leaves_dibao_the_month_before(city: City) -> None:
    family = old_man(city)
    family.facts.pop("aid_type")
    family.to_the_end()
    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        former = Entitlement.objects.get(case_id=family.pk)
        answers = Inquiry.objects.count()
        origin, consent = family.case, family.case.authorisation

    _converted(family, "TEKUN")

    case = family.case
    assert (case.state, case.origin_id, case.authorisation_id) == ("AUTHORISED", origin.id, consent.id)
    verifier = family.staff("TOWN_VERIFIER")
    with family.at(), fence(verifier):
        verification.carry_report(verifier, case.uid)
    with fence(PLATFORM):
        carried = Report.objects.get(case_id=case.id)
        assert carried.valid_to == Report.objects.get(case_id=origin.id).valid_to
        assert Inquiry.objects.count() == answers  # nobody was asked again
    _tell_and_apply(family)
    with family.at(), fence(family.staff("TOWN_CLERK")) as clerk:
        investigation.start_investigation(clerk, case.uid)
    with fence(PLATFORM):
        visit = case.investigations.get()
        assert origin.case_no in visit.conclusion and visit.investigators.count() == 2
        assert visit.photos.exists()
    family.resume().to_the_end()

    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        now = Entitlement.objects.get(case_id=case.id)
        former.refresh_from_db()
        rows = EntitlementMember.objects.filter(person=case.applicant).order_by("from_month")
        spans = [(row.entitlement_id, row.to_month) for row in rows]
    assert former.state in ("STOPPED", "VOID") and former.stop_reason == "ST-TO-TEKUN"
    if former.state == "STOPPED":
        assert former.last_month == add_months(now.first_month, -1)
        assert spans == [(former.id, former.last_month), (now.id, None)]


def _tell_and_apply(family: Family) -> None:
    from jiuzhu.cases.acts import acceptance, application

    clerk, citizen = family.staff("TOWN_CLERK"), family.citizen
    with family.at(), fence(clerk):
        verification.notify_may_apply(clerk, family.uid)
    with family.at(), fence(citizen):
        application.submit_application(citizen, family.uid, commitment=True)
    with family.at(), fence(clerk):
        acceptance.accept(clerk, family.uid)


def test_a_family_refused_as_edge_goes_on_as_an_edge_family(city: City) -> None:
    """DB-04: the consent ended with the refusal, so it is signed anew; the form, the report and the visit are there."""
    city.publish("regime_policy", "BY_DATE")
    family = city.family("refused_on_income", town=DELEGATED, start=date(2022, 2, 8)).until("REFUSED")
    origin = family.case
    assert origin.authorisation.state == Authorisation.ENDED

    _converted(family, "EDGE")

    case = family.case
    assert (case.state, case.origin_id) == ("INTENT", origin.id)
    with fence(PLATFORM):
        assert case.draft.body == origin.draft.body
        assert case.household_id == origin.household_id
        assert list(case.materials.values_list("kind", flat=True)) == list(
            origin.materials.values_list("kind", flat=True)
        )
    from jiuzhu.infra import walk

    with family.at():
        assert walk._sign(city.walker, case, family.citizen, family.facts)
    verifier = family.staff("TOWN_VERIFIER")
    with family.at(), fence(verifier):
        verification.carry_report(verifier, case.uid)
    assert family.case.state == "VERIFIED"


def test_an_open_case_is_ended_by_its_conversion_and_the_consent_goes_on(city: City) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = city.family("plain_poor", town=DELEGATED, start=date(2022, 2, 8)).until("TOWN_REVIEW")
    origin = family.case

    _converted(family, "EDGE")

    with fence(PLATFORM):
        former = Case.objects.get(pk=origin.pk)
        assert (former.state, former.open) == ("TERMINATED", False)
        assert Document.objects.filter(case_id=origin.pk, code="W29").count() == 1
    assert family.case.state == "AUTHORISED"
    assert set(family.case.authorisation.aid_types) == {"DIBAO", "EDGE"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"agreed": False}, "E_SEAL"),
        ({"aid_type": "DIBAO"}, "E_INPUT"),
        ({"aid_type": "NONE"}, "E_INPUT"),
    ],
)
def test_a_conversion_needs_the_familys_word_and_another_kind(
    city: City, more: dict[str, Any], code: str
) -> None:
    family = city.walk_to("TOWN_REVIEW", town=DELEGATED)
    with hands.on(family, family.staff("TOWN_CLERK"), family.now.date()) as clerk, refused(code):
        conversion.convert(clerk, family.uid, **({"aid_type": "TEKUN", "agreed": True} | more))


def _poorer(family: Family, city: City, month_yuan: int) -> None:
    """The pension falls: the family says so, and so does the social insurance."""
    holder = family.facts["people"][0]
    holder["truth"]["pension_yuan"] = month_yuan
    family.facts["declared"]["incomes"][0]["month_yuan"] = month_yuan
    city.console().post("/console/people", json=[holder])


def _asked_anew(family: Family, city: City) -> None:
    """Under the consent that goes on departments are asked again; the form is put right and handed in."""
    from jiuzhu.cases.acts import acceptance, application
    from jiuzhu.infra import queue, walk

    verifier, clerk = family.staff("TOWN_VERIFIER"), family.staff("TOWN_CLERK")
    with family.at(), fence(verifier), queue.collected() as jobs:
        verification.start_verification(verifier, family.uid)
    with family.at():
        city.walker.ask_departments(jobs)
        with fence(verifier):
            verification.issue_report(verifier, family.uid)
        with fence(clerk):
            verification.notify_may_apply(clerk, family.uid)
        with fence(family.citizen) as citizen:
            body = walk._form(family.case, family.facts, complete=True)
            application.save_draft(citizen, family.uid, body)
            application.submit_application(citizen, family.uid, commitment=True)
        with fence(clerk):
            acceptance.accept(clerk, family.uid)


@pytest.mark.parametrize(
    ("aid_type", "start", "more"),
    [
        ("EDGE", date(2022, 2, 8), {}),
        ("RIGID", date(2025, 2, 12), {"spendings": ((1, "MEDICAL", 35_400),)}),
    ],
)
def test_a_family_with_a_status_that_grows_poorer_goes_on_as_dibao_and_the_status_ends(
    city: City, aid_type: str, start: date, more: dict[str, Any]
) -> None:
    city.publish("regime_policy", "BY_DATE")
    family = couple(city, 1400 if aid_type == "EDGE" else 4900, aid_type=aid_type, start=start, **more)
    family.to_the_end()
    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        former = Entitlement.objects.get(case_id=family.pk)
        origin = family.case

    _poorer(family, city, 800)
    family.facts["aid_type"] = "DIBAO"
    family.facts["declared"]["spendings"] = []
    _converted(family, "DIBAO")
    assert (family.case.state, family.case.origin_id) == ("AUTHORISED", origin.id)
    with fence(PLATFORM):
        assert family.case.draft.body == origin.draft.body
    _asked_anew(family, city)
    family.resume().to_the_end()

    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        former.refresh_from_db()
        now = Entitlement.objects.get(case_id=family.pk)
    assert former.state in ("STOPPED", "VOID") and now.state == "ACTIVE"


def test_who_is_no_longer_supported_alone_goes_on_as_dibao(city: City) -> None:
    """TK-12: whoever leaves tekun is checked for dibao at once; nothing is entered again, no month has both."""
    family = old_man(city).to_the_end()
    with fence(PLATFORM):
        former, origin = Entitlement.objects.get(case_id=family.pk), family.case

    _converted(family, "DIBAO")
    family.facts["aid_type"] = "DIBAO"
    assert (family.case.state, family.case.origin_id) == ("AUTHORISED", origin.id)
    with family.at(), fence(family.staff("TOWN_VERIFIER")) as verifier:
        verification.carry_report(verifier, family.uid)
    _tell_and_apply(family)
    family.resume().to_the_end()

    assert family.case.state == "GRANTED"
    with fence(PLATFORM):
        former.refresh_from_db()
        now = Entitlement.objects.get(case_id=family.pk)
        spans = EntitlementMember.objects.filter(person=origin.applicant).count()
    assert former.stop_reason == "ST-TO-DIBAO" or former.state == "VOID"
    assert now.first_month > (former.last_month or date(1, 1, 1)) and spans in (1, 2)
