"""Who may decide, on which day, after whose visit; what a refusal says."""

from __future__ import annotations

import io
from datetime import date

import pypdf

from jiuzhu.accounts import acts as accounts
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Delegation, DelegationStep, Organisation, Post
from jiuzhu.accounts.organisations import county_of, decide_authority, delegation_for
from jiuzhu.cases import clocks
from jiuzhu.cases.acts import authority, decision, investigation, objection
from jiuzhu.cases.acts.archive import missing_papers
from jiuzhu.cases.models import Appraisal
from jiuzhu.cases.papers import may_issue
from jiuzhu.core import clock
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.publicity.models import Posting
from tests.families import COUNTY_DECIDES, DELEGATED, ZONE, City, Family, person, refused
from tests.scenarios import hands


def test_as_15_the_head_of_a_delegated_town_approves_on_the_nineteenth_day(city: City) -> None:
    family = hands.accepted(city.family(town=DELEGATED, start=date(2019, 9, 9)), date(2019, 9, 23))
    family.until("TOWN_APPROVAL")
    total = hands.clock_of(family, "CLK-T20")
    with fence(PLATFORM):
        state = clocks.state_of(total, now=clock.instant(date(2019, 10, 23)))
    assert (total.due_on, state.colour) == (date(2019, 10, 24), "ORANGE")

    hands.approve(family, date(2019, 10, 23))

    with fence(PLATFORM):
        made = family.case.decisions.select_related("delegation").get()
    assert (made.authority, made.delegation.authority_doc_no != "") == ("TOWN", True)
    assert hands.clock_of(family, "CLK-T20").used_days == 19
    assert made.delegation.authority_doc_no in str(hands.papers(family, "W21")[0])


def test_as_16_a_town_without_delegation_decides_nothing(city: City) -> None:
    family = city.walk_to("COUNTY_REVIEW", town=COUNTY_DECIDES)

    with hands.on(family, family.staff("TOWN_LEAD"), family.now.date()) as lead, refused("E_AUTH"):
        decision.approve(lead, family.uid)
    assert "TOWN_APPROVAL" not in set(_states(family))


def _states(family: Family) -> list[str]:
    with fence(PLATFORM):
        return list(family.case.steps.values_list("to_state", flat=True))


def test_as_17_a_delegation_revoked_in_the_middle_takes_the_case_to_the_county(city: City) -> None:
    family = hands.accepted(city.family(town=DELEGATED, start=date(2019, 9, 9)), date(2019, 9, 23))
    family.until("TOWN_APPROVAL")
    promised = hands.clock_of(family, "CLK-T20").due_on
    officer = family.staff("CITY_OFFICER")
    delegation = Delegation.objects.get(county=family.case.county, aid_types__contains=[family.case.aid_type])

    with hands.on(family, officer, date(2019, 10, 15)):
        _, moved = authority.move_delegation(
            officer, delegation.id, "REVOKED", effective_on=date(2019, 10, 15), reason="县政府撤销授权"
        )

    assert (moved, family.case.state) == (1, "COUNTY_REVIEW")
    assert hands.clock_of(family, "CLK-T20").due_on == promised
    assert hands.clock_of(family, "CLK-T20").ended_at is None


def test_as_18_whoever_investigated_does_not_approve(city: City) -> None:
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    lead = family.staff("TOWN_LEAD")
    with family.at(), fence(lead):
        investigation.sign_as_investigator(lead, family.uid, picture=drawn_picture("signature"))
    family.until("TOWN_APPROVAL")

    with hands.on(family, lead, family.now.date()), refused("E_SOD", "调查人员"):
        decision.approve(lead, family.uid)
    assert hands.refusals_on_record(family) == ["E_SOD"]


def test_as_19_one_signature_under_the_visit_is_not_enough(city: City) -> None:
    family = city.walk_to("INVESTIGATING")
    one = family.staff("TOWN_CLERK")
    with hands.on(family, one, family.now.date(), 17):
        investigation.record_visit(
            one,
            family.uid,
            visited_at=clock.now(),
            living={"housing": "平房三间"},
            conclusion="情况属实。",
            present_uid=family.case.applicant.uid,
        )
        investigation.add_photo(one, family.uid, picture=drawn_picture("home"))
        investigation.sign_as_present(one, family.uid, picture=drawn_picture("signature"))
        investigation.sign_as_investigator(one, family.uid, picture=drawn_picture("signature"))
        with refused("E_INVESTIGATION", "签字1人"):
            investigation.submit_investigation(one, family.uid)


def test_as_20_nothing_is_posted_and_nobody_meets_before_the_decision(city: City) -> None:
    family = city.walk_to("TOWN_APPROVAL", town=DELEGATED)

    with fence(PLATFORM):
        assert not Posting.objects.filter(case_id=family.pk).exists()
        assert not Appraisal.objects.filter(case_id=family.pk).exists()
    with hands.on(family, family.staff("TOWN_CLERK"), family.now.date()) as clerk:
        with refused("E_STATE"):
            objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment="START")
        with refused("E_STATE"):
            objection.call_appraisal(clerk, family.uid, planned_at=clock.now(), place="村委会")


def _two_pensioners(city: City) -> Family:
    """AMT-E6: N = 2, i = 600.00 exactly."""
    return city.cast(
        person("高文明", "1955-01-01", labour="ELDER", employment="6", marital="20"),
        person("崔玉芝", "1956-06-07", sex="2", relation="1", labour="ELDER", employment="7", marital="20"),
        town=COUNTY_DECIDES,
        incomes=((0, "T", "pension", 1200),),
    )


def test_as_28_six_hundred_is_not_below_six_hundred_and_the_refusal_says_so(city: City) -> None:
    family = _two_pensioners(city).until("COUNTY_REVIEW")
    assert (hands.outcome(family).conclusion, hands.outcome(family).per_capita_fen) == (
        "NOT_QUALIFIED",
        60_000,
    )
    family.until("REFUSED")

    (notice,) = hands.papers(family, "W22")
    assert "没有低于低保标准600.00元" in str(notice["reasons"])
    with fence(PLATFORM):
        paper = Document.objects.get(case_id=family.pk, code="W22")
        pages = pypdf.PdfReader(io.BytesIO(documents.read_file(PLATFORM, paper))).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        lacking = missing_papers(family.case)
    assert "60日内依法申请行政复议" in text and "6个月内依法提起行政诉讼" in text
    deadline = hands.clock_of(family, "CLK-RN")
    assert (deadline.due_on - paper.issued_on).days == 3
    assert any("送达证明" in each for each in lacking)  # the dossier does not close without it (DQ-49)
    family.to_the_end()
    assert hands.clock_of(family, "CLK-RN").breached is False


def test_as_53_a_town_with_two_people_blocks_the_delegation(city: City) -> None:
    town = Organisation.objects.get(code="371502102")
    county = county_of(town, date(2019, 9, 2))
    officer = city.staff("CITY_OFFICER", town)
    posts = Post.objects.filter(organ=town).exclude(role="VILLAGE_ASSIST").order_by("id")
    two = [each.pk for each in posts.filter(role__in=("TOWN_CLERK", "TOWN_VERIFIER"))][:2]
    posts.exclude(pk__in=[two[0], posts.get(role="TOWN_VERIFIER").pk]).update(ends_on=date(2019, 8, 31))

    with clock.at(date(2019, 9, 2)), fence(officer):
        for old in Delegation.objects.filter(county=county):
            DelegationStep.objects.create(
                delegation=old, state="REVOKED", effective_on=date(2019, 9, 2), at=clock.now()
            )
        draft = accounts.record_delegation(
            officer,
            county_id=county.id,
            aid_types=["DIBAO"],
            authority_doc_no="东昌政字〔2019〕30号",
            issued_on=date(2019, 9, 2),
            valid_from=date(2019, 9, 2),
            valid_to=None,
            town_ids=[town.id],
            duty_split="乡镇审批，县级监管。",
        )
        with refused("E_READINESS", f"{town.name}：专职人员"):
            authority.move_delegation(
                officer, draft.id, "ACTIVE", effective_on=date(2019, 9, 2), reason="启用"
            )
        third = Post.objects.filter(organ=town, role="TOWN_LEAD").get()
        third.ends_on = None
        third.save()
        authority.move_delegation(officer, draft.id, "ACTIVE", effective_on=date(2019, 9, 2), reason="启用")
    assert decide_authority(town, "DIBAO", date(2019, 9, 2)) == "TOWN"


def test_as_54_a_town_without_delegation_issues_no_refusal(city: City) -> None:
    family = city.family("refused_on_income", town=COUNTY_DECIDES).until("REFUSED")
    case = family.case
    with family.at(), fence(PLATFORM):
        there = Document.objects.filter(code="W22").count()
        allowed = may_issue(case, "W22", case.town, clock.today())
        with refused("E_ORGAN", case.town.organ_name):
            documents.issue(PLATFORM, "W22", {}, organ=case.town, regime="P2019", authorised=allowed)
        assert Document.objects.filter(code="W22").count() == there


def test_as_59_a_zones_town_answers_to_the_zone_not_to_the_district_that_lists_it(city: City) -> None:
    town = Organisation.objects.get(code=ZONE)
    day = date(2019, 9, 2)
    assert (town.division.stat_parent, county_of(town, day).code) == ("371502", "371591")
    assert delegation_for(town, "DIBAO", day) is None

    family = city.walk_to("COUNTY_REVIEW", town=ZONE)
    assert family.case.county.code == "371591"
    district = Organisation.objects.get(code="371502")
    stranger = city.staff("COUNTY_APPROVER", district)
    with hands.on(family, stranger, family.now.date()), refused("E_NOT_FOUND"):
        decision.approve(stranger, family.uid)
    family.until("RESULT_PUBLICITY")
    with fence(PLATFORM):
        assert family.case.decisions.get().organ.code == "371591"
