"""Verification before the application: consent, confidentiality, what is told and what can be said against it."""

from __future__ import annotations

from datetime import date

import pytest

from departments import app as simulated
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import ConfidentialityAgreement
from jiuzhu.audit import queries as audit
from jiuzhu.cases.acts import application, verification
from jiuzhu.infra import queue
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.acts import missing_signers
from jiuzhu.verification import acts as departments
from jiuzhu.verification.models import Inquiry, Report
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, person, refused
from tests.scenarios import hands

LIMIT = 4_320_000  # 3 persons × 24 × 600.00


def _wd(start: date, days: int) -> date:
    return parameters.calendar().add_working_days(start, days).on


def test_as_01_no_query_leaves_before_the_consent_is_signed(city: City) -> None:
    family = city.family("will_not_sign")
    family.step()
    verifier = family.staff("TOWN_VERIFIER")
    asked = len(simulated.calls)

    with family.at(), fence(verifier), refused("E_NOAUTH"):
        verification.start_verification(verifier, family.uid)

    assert family.case.state == "INTENT"
    assert len(simulated.calls) == asked
    assert hands.refusals_on_record(family) == ["E_NOAUTH"]
    with fence(PLATFORM):
        assert not Inquiry.objects.filter(run__case_id=family.pk).exists()


def test_as_02_two_of_three_signatures_leave_the_case_where_it_is_and_the_third_is_named(city: City) -> None:
    family = city.cast(
        person("郭大山", "1966-03-01", marital="20"),
        person("徐桂兰", "1968-05-01", sex="2", relation="1", marital="20"),
        person("郭小山", "1995-05-01", relation="2"),
        unsigned=[2],
    )
    family.step()

    assert family.case.state == "INTENT"
    with family.at(), fence(PLATFORM):
        assert missing_signers(family.case.authorisation, family.now.date(), regime="P2019") == ["郭小山"]


def test_as_03_a_verifier_whose_agreement_ended_the_day_before_asks_nobody(city: City) -> None:
    family = city.family(start=date(2019, 8, 29)).until("AUTHORISED")
    verifier, supervisor = family.staff("TOWN_VERIFIER"), family.staff("COUNTY_SUPERVISOR")
    signed = ConfidentialityAgreement.objects.filter(staff_id=verifier.id).earliest("signed_on")
    signed.valid_to = date(2019, 8, 31)
    signed.save()

    with hands.on(family, verifier, date(2019, 9, 1)), refused("E_CONF", "2019-09-01"):
        verification.start_verification(verifier, family.uid)

    from jiuzhu.accounts.queries import chains_of

    seen_by_supervisor = audit.search(chains_of(supervisor), action="case.refused", who=verifier.name)
    assert [entry.detail["code"] for entry in seen_by_supervisor] == ["E_CONF"]


def test_as_04_a_neighbour_is_outside_the_consent(city: City) -> None:
    family, neighbour = city.walk_to("AUTHORISED"), city.walk_to("AUTHORISED", story="single_elder")
    verifier, case = family.staff("TOWN_VERIFIER"), family.case

    with family.at(), fence(PLATFORM), refused("E_SCOPE", neighbour.case.applicant.name):
        departments.start_run(
            verifier,
            case_id=case.id,
            case_no=case.case_no,
            household=case.household,
            authorisation=case.authorisation,
            aid_type=case.aid_type,
            people=[case.applicant, neighbour.case.applicant],
            sources=("HJ",),
            mandatory=("HJ",),
            kind="FIRST",
            route="OWN",
        )


def test_as_05_a_family_without_findings_may_apply_and_the_proposal_is_570(city: City) -> None:
    family = hands.three_in_town(city, COUNTY_DECIDES).until("MAY_APPLY")
    assert len(hands.papers(family, "W06")) == 1

    family.until("TOWN_REVIEW")
    proposed = hands.outcome(family)
    assert (proposed.conclusion, proposed.counted) == ("QUALIFIED", 3)
    assert (proposed.per_capita_fen, proposed.base_fen, proposed.amount_fen) == (45_000, 45_000, 57_000)


def _with_car_and_deposits(city: City, **behaviour: object) -> Family:
    """AS-06: a car and 60,000 in the bank."""
    car = {"plate": "鲁P57001", "kind": "K33", "use": "非营运", "on": "2019-01-08", "state": "正常"}
    return hands.three_in_town(
        city, COUNTY_DECIDES, truth={"vehicles": [car], "deposit_fen": 6_000_000}, **behaviour
    )


def test_as_06_not_fit_is_told_with_every_reason_and_its_limit(city: City) -> None:
    family = _with_car_and_deposits(city).until("VER_NOT_FIT")

    (told,) = hands.papers(family, "W07")
    reasons = "\n".join(told["reasons"])
    with fence(PLATFORM):
        report = Report.objects.get(case_id=family.pk)
        codes = set(report.findings.filter(level="BLOCK").values_list("reason_code", flat=True))
    assert codes == {"RC-CAR", "RC-CASH"}
    assert "机动车辆1辆" in reasons
    assert "43200.00元" in reasons.replace(",", "")


@pytest.mark.parametrize(("held_fen", "state"), [(LIMIT, "MAY_APPLY"), (LIMIT + 1, "VER_NOT_FIT")])
def test_as_07_deposits_at_the_limit_pass_and_one_fen_more_does_not(
    city: City, held_fen: int, state: str
) -> None:
    family = hands.three_in_town(city, COUNTY_DECIDES, truth={"deposit_fen": held_fen}).until(state)

    with fence(PLATFORM):
        report = Report.objects.get(case_id=family.pk)
        found = list(report.findings.filter(level="BLOCK").values_list("code", flat=True))
    assert found == ([] if state == "MAY_APPLY" else ["F-CASH"])


@pytest.mark.parametrize("day", [10, 11])
def test_as_08_a_sold_car_is_rechecked_within_ten_days_and_the_deposits_stand(city: City, day: int) -> None:
    family = _with_car_and_deposits(city).until("VER_NOT_FIT").receive("W07")
    holder, told_on = family.facts["people"][0], family.now.date()
    with fence(PLATFORM):
        told_on = family.case.steps.get(to_state="VER_NOT_FIT").on
    cars = [car | {"sold_on": "2019-09-01"} for car in holder["truth"]["vehicles"]]
    city.console().post("/console/people", json=[holder | {"truth": holder["truth"] | {"vehicles": cars}}])

    with hands.on(family, family.citizen, _wd(told_on, day)) as citizen:
        if day == 11:
            with refused("E_LATE", _wd(told_on, 10).isoformat()):
                verification.object_to_report(citizen, family.uid, reason="车辆已经卖出，有过户证明。")
            return
        verification.object_to_report(citizen, family.uid, reason="车辆已经卖出，有过户证明。")
    assert family.case.state == "RECHECK"

    with hands.on(family, family.staff("TOWN_VERIFIER"), _wd(told_on, 12)) as verifier:
        with queue.collected() as jobs:
            verification.start_recheck(verifier, family.uid)
        city.walker.ask_departments(jobs)
        verification.conclude_recheck(verifier, family.uid)

    assert family.case.state == "VER_NOT_FIT"
    assert len(hands.papers(family, "W07")) == 2
    with fence(PLATFORM):
        latest = Report.objects.filter(case_id=family.pk).latest("id")
        assert set(latest.findings.filter(level="BLOCK").values_list("code", flat=True)) == {"F-CASH"}


def test_as_09_whoever_insists_applies_and_a_refusal_is_w22(city: City) -> None:
    family = city.family("insists", town=DELEGATED).until("APPLIED")
    told = len(hands.papers(family, "W07"))

    family.until("REFUSED")
    assert "D9" in family.steps()
    assert (len(hands.papers(family, "W07")), len(hands.papers(family, "W22"))) == (told, 1)


def test_as_58_a_report_of_june_carries_no_application_in_september(city: City) -> None:
    ConfidentialityAgreement.objects.filter(number__endswith="-1").update(signed_on=date(2019, 5, 6))
    family = city.family(start=date(2019, 5, 20)).until("VERIFYING")
    family.now = family.now.replace(month=6, day=1)
    family.until("MAY_APPLY")
    with fence(PLATFORM):
        report = Report.objects.get(case_id=family.pk)
    assert (report.issued_on, report.valid_to) == (date(2019, 6, 1), date(2019, 8, 30))

    with (
        hands.on(family, family.citizen, date(2019, 9, 2)) as citizen,
        refused("E_REPORT_EXPIRED", "2019-08-30"),
    ):
        application.submit_application(citizen, family.uid, commitment=True)
    with hands.on(family, family.staff("TOWN_CLERK"), date(2019, 9, 2)) as clerk:
        verification.verify_again(clerk, family.uid)
    assert family.case.state == "AUTHORISED"
