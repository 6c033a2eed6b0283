"""Bad input (issue: "each a clear Chinese sentence with its code, nothing changed"), each on the act itself."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PIL import Image

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, Actor, fence
from jiuzhu.accounts.models import ConfidentialityAgreement, DelegationStep, Kin, Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import (
    acceptance,
    application,
    authorisation,
    decision,
    intention,
    investigation,
    materials,
    objection,
    review,
    verification,
    withdrawal,
)
from jiuzhu.cases.models import Case, Material, Photo
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.models import Person
from jiuzhu.people.queries import adults_of
from jiuzhu.vault import uploads
from jiuzhu.verification.models import Inquiry, Report
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, person, refused

NEIGHBOUR = Actor(kind=CITIZEN, id=None, name="示例邻居", role="APPLICANT")


@pytest.fixture(scope="module")
def unsigned(module_city: City) -> Family:
    family = module_city.family("will_not_sign")
    family.step()
    return family


@pytest.fixture(scope="module")
def waiting_in_town(module_city: City) -> Family:
    return module_city.walk_to("TOWN_APPROVAL", story="disabled_child", town=DELEGATED)


@pytest.fixture(scope="module")
def waiting_in_county(module_city: City) -> Family:
    return module_city.walk_to("COUNTY_REVIEW", story="disabled_child", town=COUNTY_DECIDES)


def _first_word(actor: Actor, people: list[dict[str, Any]], **more: Any) -> Case:
    town = Organisation.objects.get(code=DELEGATED)
    values = {
        "town_id": town.id,
        "village_code": villages_of(town)[1].code,
        "area_type": "RURAL",
        "people": people,
        "channel": "ONLINE",
        "hardship": "家里没有劳动力。",
        "causes": ["03"],
    }
    with fence(actor):
        return intention.register_intention(actor, **(values | more))


def _person(id_no: str, name: str = "示例甲", relation: str = "0") -> dict[str, Any]:
    return {"name": name, "id_no": id_no, "relation": relation, "labour": "NONE", "employment": "7"}


# —— numbers and words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("371599198206071023", "校验"),
        ("371599203001010023", ""),
        ("37159919820607102", ""),
        ("371599198302291027", ""),
        ("37159919820607102A", ""),
        ("", ""),
    ],
    ids=["wrong check digit", "born in the future", "one digit short", "no such day", "a letter", "nothing"],
)
def test_a_number_that_cannot_be_is_refused(city: City, number: str, words: str) -> None:
    if number == "371599203001010023":
        from departments.world import check_character

        number = "37159920300101002" + check_character("37159920300101002")

    with clock.at(date(2019, 9, 2)), refused("E_ID", words):
        _first_word(NEIGHBOUR, [_person(number)])


@pytest.mark.parametrize(
    "more",
    [
        {"village_code": "371522001001"},
        {"area_type": "SUBURBAN"},
        {"people": []},
        {"people": [_person("37159919500315001X", relation="1")]},
        {"people": [_person("37159919500315001X"), _person("37159919500315001X", "示例乙", "1")]},
        {"people": [_person("37159919500315001X", name="")]},
    ],
    ids=["foreign village", "area type", "nobody", "no applicant", "same number twice", "no name"],
)
def test_a_first_word_that_makes_no_sense_is_refused(city: City, more: dict[str, Any]) -> None:
    with clock.at(date(2019, 9, 2)), refused("E_INPUT"):
        _first_word(NEIGHBOUR, **({"people": [_person("37159919500315001X")]} | more))


@pytest.mark.parametrize(
    "body",
    [
        {"incomes": [{"person": "nobody", "category": "W", "kind": "务工工资", "month_fen": 100}]},
        {"incomes": [{"category": "X", "kind": "务工工资", "month_fen": 100}]},
        {"incomes": [{"category": "W", "kind": "务工工资", "month_fen": -1}]},
        {"incomes": [{"category": "W", "kind": "务工工资", "month_fen": "一百"}]},
        {"incomes": "没有"},
        {"assets": [{"kind": "", "value_fen": 0}]},
        {"obligors": [{"supports": "nobody", "name": "示例子", "relation": "2"}]},
        {"exemptions": {"nobody": "E2"}},
    ],
    ids=["not a member", "category", "negative", "no number", "no list", "no kind", "supporter", "exemption"],
)
def test_a_form_of_the_wrong_shape_is_refused(city: City, unsigned: Family, body: dict[str, Any]) -> None:
    applicant = str(unsigned.case.applicant.uid)
    for row in body["incomes"] if isinstance(body.get("incomes"), list) else ():
        row.setdefault("person", applicant)

    with unsigned.at(), fence(unsigned.citizen), refused("E_INPUT"):
        application.save_draft(unsigned.citizen, unsigned.uid, body)


# —— consent and confidentiality


def test_verification_waits_for_the_last_signature_and_the_attempt_is_on_record(
    city: City, unsigned: Family
) -> None:
    """AS-01, AS-02."""
    verifier = unsigned.staff("TOWN_VERIFIER")

    with unsigned.at(), fence(verifier), refused("E_NOAUTH"):
        verification.start_verification(verifier, unsigned.uid)

    entry = AuditEntry.objects.filter(action="case.refused").latest("id")
    assert (entry.actor_name, entry.case_no, entry.detail["code"]) == (
        verifier.name,
        unsigned.case.case_no,
        "E_NOAUTH",
    )
    assert unsigned.case.state == "INTENT"
    assert not Inquiry.objects.filter(run__case_id=unsigned.pk).exists()


def test_whoever_has_not_signed_is_named(city: City, unsigned: Family) -> None:
    from jiuzhu.people.acts import missing_signers

    with unsigned.at(), fence(PLATFORM):
        assert missing_signers(unsigned.case.authorisation, clock.today(), regime="P2019") == [
            unsigned.facts["people"][1]["name"]
        ]


def test_somebody_else_cannot_sign_for_the_family(city: City, unsigned: Family) -> None:
    stranger = city.walk_to("AUTHORISED")
    someone = stranger.case.applicant.uid

    with unsigned.at(), fence(unsigned.citizen), refused("E_SCOPE"):
        authorisation.sign(
            unsigned.citizen, unsigned.uid, person_uid=someone, picture=drawn_picture("signature")
        )


def test_one_person_signs_once(city: City, unsigned: Family) -> None:
    with unsigned.at(), fence(unsigned.citizen), refused("E_REPEAT"):
        authorisation.sign(
            unsigned.citizen,
            unsigned.uid,
            person_uid=unsigned.case.applicant.uid,
            picture=drawn_picture("signature"),
        )


def test_a_verifier_without_an_agreement_in_force_sees_nothing(city: City) -> None:
    """AS-03: his agreement ended the day before."""
    family = city.walk_to("AUTHORISED")
    verifier = family.staff("TOWN_VERIFIER")
    with family.at():
        ConfidentialityAgreement.objects.filter(staff_id=verifier.id).update(ended_on=clock.today())

        with fence(verifier), refused("E_CONF", verifier.name):
            verification.start_verification(verifier, family.uid)

    assert AuditEntry.objects.filter(action="case.refused", detail__code="E_CONF").exists()


def test_a_neighbour_cannot_be_slipped_into_the_questions(city: City) -> None:
    """AS-04."""
    from jiuzhu.verification.acts import start_run

    family, other = city.walk_to("AUTHORISED"), city.walk_to("AUTHORISED", story="single_elder")
    verifier, case = family.staff("TOWN_VERIFIER"), family.case

    with family.at(), fence(PLATFORM), refused("E_SCOPE", other.case.applicant.name):
        start_run(
            verifier,
            case_id=case.id,
            case_no=case.case_no,
            household=case.household,
            authorisation=case.authorisation,
            aid_type="DIBAO",
            people=[case.applicant, other.case.applicant],
            sources=("HJ",),
            mandatory=("HJ",),
            kind="FIRST",
            route="OWN",
        )


# —— the application


def test_an_expired_report_carries_no_application(city: City) -> None:
    """AS-58: issued in spring, the family comes in autumn."""
    family = city.walk_to("MAY_APPLY")
    with fence(PLATFORM):
        valid_to = Report.objects.get(case_id=family.pk).valid_to
    late = clock.instant(date.fromordinal(valid_to.toordinal() + 1))

    with family.at(late), fence(family.citizen), refused("E_REPORT_EXPIRED", valid_to.isoformat()):
        application.submit_application(family.citizen, family.uid, commitment=True)

    clerk = family.staff("TOWN_CLERK")
    with family.at(late), fence(clerk):
        verification.verify_again(clerk, family.uid)
    assert family.case.state == "AUTHORISED"


def test_an_application_comes_with_its_promise(city: City) -> None:
    family = city.walk_to("MAY_APPLY")

    with family.at(), fence(family.citizen), refused("E_SEAL", "诚信承诺书"):
        application.submit_application(family.citizen, family.uid, commitment=False)


def test_a_household_has_one_open_case(city: City, waiting_in_town: Family) -> None:
    people = [
        {key: each[key] for key in ("name", "id_no", "relation")} for each in waiting_in_town.facts["people"]
    ]

    with waiting_in_town.at(), refused("E_DUP", "在办案件"):
        _first_word(NEIGHBOUR, people)


def test_a_member_is_not_carried_into_a_second_family(city: City, waiting_in_town: Family) -> None:
    member = waiting_in_town.facts["people"][1]

    with waiting_in_town.at(), refused("E_DUP", "另一个家庭"):
        _first_word(NEIGHBOUR, [_person("37159919500315001X"), _person(member["id_no"], member["name"], "8")])


def test_what_departments_share_is_never_asked_for_and_gaps_are_told_once(city: City) -> None:
    """AS-10, AS-11."""
    family = city.walk_to("APPLIED", story="correction_needed")
    clerk = family.staff("TOWN_CLERK")

    with family.at(), fence(clerk):
        with refused("E_SHARED", "残疾证"):
            acceptance.ask_for_correction(clerk, family.uid, items=["disability_certificate"])
        with refused("E_REASONS"):
            acceptance.ask_for_correction(clerk, family.uid, items=[])
        with refused("E_DOC", "银行账户"):
            acceptance.accept(clerk, family.uid)
        acceptance.ask_for_correction(clerk, family.uid, items=["bank_account"])
        Case.objects.filter(pk=family.pk).update(state="APPLIED")
        with refused("E_ONCE"):
            acceptance.ask_for_correction(clerk, family.uid, items=["photo"])


def test_after_the_promise_only_investigators_change_figures(city: City) -> None:
    family = city.walk_to("ACCEPTED")
    body = {"incomes": []}

    with family.at(), fence(family.citizen), refused("E_STATE"):
        application.save_draft(family.citizen, family.uid, body)


# —— investigation and decision


def test_one_investigator_is_not_enough(city: City) -> None:
    """AS-19."""
    family = city.walk_to("INVESTIGATING")
    clerk = family.staff("TOWN_CLERK")

    with family.at(), fence(clerk):
        investigation.sign_as_investigator(clerk, family.uid, picture=drawn_picture("signature"))
        with refused("E_INVESTIGATION", "1人"):
            investigation.submit_investigation(clerk, family.uid)


def test_a_visit_lies_between_acceptance_and_now_and_an_adult_was_there(city: City) -> None:
    family = city.walk_to("INVESTIGATING", story="disabled_child")
    clerk = family.staff("TOWN_CLERK")
    with fence(PLATFORM):
        adult = family.case.applicant
        child = Person.objects.filter(household=family.case.household).order_by("-born_on").first()
    visit = {"living": {}, "conclusion": "情况属实"}

    with family.at(), fence(clerk):
        with refused("E_INPUT", "入户时间"):
            investigation.record_visit(
                clerk, family.uid, visited_at=clock.instant(date(2019, 9, 2)), present_uid=adult.uid, **visit
            )
        with refused("E_INPUT", "在场成员"):
            investigation.record_visit(
                clerk, family.uid, visited_at=clock.now(), present_uid=child.uid, **visit
            )


def test_whoever_investigated_does_not_decide(city: City, waiting_in_town: Family) -> None:
    """AS-18, with the head himself among the investigators."""
    lead = waiting_in_town.staff("TOWN_LEAD")
    from jiuzhu.cases.models import Investigation, Investigator

    with waiting_in_town.at(), fence(PLATFORM):
        round_ = Investigation.objects.filter(case_id=waiting_in_town.pk).latest("round")
        Investigator.objects.create(investigation=round_, case_id=waiting_in_town.pk, staff_id=lead.id)

    with waiting_in_town.at(), fence(lead), refused("E_SOD", lead.name):
        decision.approve(lead, waiting_in_town.uid)


def test_whoever_issued_the_report_does_not_decide(city: City) -> None:
    """ORG-03: one person holding two posts of the county."""
    family = city.walk_to("COUNTY_REVIEW", story="disabled_child", town=COUNTY_DECIDES, county_run=True)
    reporter, approver = family.staff("COUNTY_VERIFIER"), family.staff("COUNTY_APPROVER")
    both = replace(approver, id=reporter.id, name=reporter.name)

    with family.at(), fence(both), refused("E_SOD", reporter.name):
        decision.approve(both, family.uid)


def test_a_relative_touches_no_step_of_the_case(city: City, waiting_in_town: Family) -> None:
    lead = waiting_in_town.staff("TOWN_LEAD")
    with fence(PLATFORM):
        Kin.objects.create(
            staff_id=lead.id,
            official_name=lead.name,
            official_post="负责人",
            organ=waiting_in_town.case.town,
            relation="兄弟",
            village_code="",
            id_no_index=waiting_in_town.case.applicant.id_no_index,
        )

    with waiting_in_town.at(), fence(lead), refused("E_SOD", "回避"):
        decision.approve(lead, waiting_in_town.uid)


def test_a_township_without_delegation_does_not_decide(city: City, waiting_in_county: Family) -> None:
    """AS-16."""
    lead = waiting_in_county.staff("TOWN_LEAD")

    with waiting_in_county.at(), fence(lead), refused("E_AUTH"):
        decision.approve(lead, waiting_in_county.uid)


def test_a_revoked_delegation_takes_the_case_to_the_county_and_the_total_clock_runs_on(
    city: City, waiting_in_town: Family
) -> None:
    """AS-17, ORG-06."""
    lead, approver = waiting_in_town.staff("TOWN_LEAD"), waiting_in_town.staff("COUNTY_APPROVER")
    case = waiting_in_town.case
    with fence(PLATFORM):
        promised = case.clocks.get(clock="CLK-T20").due_on
    with waiting_in_town.at():
        from jiuzhu.accounts.organisations import delegation_for

        DelegationStep.objects.create(
            delegation=delegation_for(case.town, "DIBAO", clock.today()),
            state="SUSPENDED",
            effective_on=clock.today(),
            reason="整改",
            at=clock.now(),
        )
        with fence(lead), refused("E_AUTH", "不在本级"):
            decision.approve(lead, waiting_in_town.uid)

        from jiuzhu.jobs.tasks import new_day

        new_day()

        assert waiting_in_town.case.state == "COUNTY_REVIEW"
        with fence(approver):
            decision.approve(approver, waiting_in_town.uid)
    with fence(PLATFORM):
        assert case.clocks.get(clock="CLK-T20").due_on == promised
        assert waiting_in_town.case.decisions.get().authority == "COUNTY"


def test_a_refusal_says_why(city: City, waiting_in_county: Family) -> None:
    approver = waiting_in_county.staff("COUNTY_APPROVER")

    with waiting_in_county.at(), fence(approver), refused("E_REASONS"):
        decision.refuse(approver, waiting_in_county.uid, codes=["RC-INC"], reason=" ")


# —— pages, clicks, strangers


def test_a_stale_page_changes_nothing(city: City, waiting_in_county: Family) -> None:
    approver = waiting_in_county.staff("COUNTY_APPROVER")
    seen = waiting_in_county.case.version - 1

    with waiting_in_county.at(), fence(approver), refused("E_STALE", waiting_in_county.case.case_no):
        decision.approve(approver, waiting_in_county.uid, seen=seen)


def test_a_double_click_has_one_effect(city: City, waiting_in_county: Family) -> None:
    approver, once = waiting_in_county.staff("COUNTY_APPROVER"), uuid.uuid4()

    with waiting_in_county.at(), fence(approver):
        decision.approve(approver, waiting_in_county.uid, once=once)
        with refused("E_REPEAT", waiting_in_county.case.case_no):
            decision.approve(approver, waiting_in_county.uid, once=once)
    with fence(PLATFORM):
        assert waiting_in_county.case.decisions.count() == 1


def test_the_first_word_said_twice_with_one_click_is_one_case(city: City) -> None:
    once, people = uuid.uuid4(), [_person("37159919500315001X")]

    with clock.at(date(2019, 9, 2)):
        case = _first_word(NEIGHBOUR, people, once=once)
        with refused("E_REPEAT", case.case_no):
            _first_word(NEIGHBOUR, people, once=once)


def test_the_same_picture_twice_is_one_photo_and_one_material(city: City) -> None:
    family = city.walk_to("INVESTIGATING")
    clerk = family.staff("TOWN_CLERK")

    with family.at(), fence(clerk):
        for _ in range(2):
            investigation.add_photo(clerk, family.uid, picture=drawn_picture("home"))
            materials.add_material(clerk, family.uid, kind="photo", picture=drawn_picture("photo"))

        assert Photo.objects.filter(case_id=family.pk).count() == 1
        assert Material.objects.filter(case_id=family.pk, kind="photo").count() == 1


def test_a_foreign_case_does_not_exist(city: City, waiting_in_county: Family) -> None:
    """By URL: another town's clerk, another family, somebody of the money side, a number that is no case."""
    uid = waiting_in_county.uid
    stranger = city.walk_to("AUTHORISED", town=DELEGATED)
    askers = [
        stranger.staff("TOWN_CLERK"),
        stranger.staff("COUNTY_APPROVER"),
        stranger.citizen,
        waiting_in_county.staff("COUNTY_FINANCE"),
        waiting_in_county.staff("CITY_OFFICER"),
    ]

    with waiting_in_county.at():
        for asker in askers:
            with fence(asker):
                with refused("E_NOT_FOUND"):
                    queries.case_for(asker, uid)
                with refused("E_NOT_FOUND"):
                    withdrawal.withdraw(asker, uid, reason="我要撤回")
                if asker.role != "COUNTY_FINANCE":  # sees the rows it pays, by the first fence no case
                    assert not Case.objects.filter(uid=uid).exists()
        with fence(askers[0]):
            with refused("E_NOT_FOUND"):
                queries.case_for(askers[0], "no-such-number")
            with refused("E_NOT_FOUND"):
                review.forward(askers[0], uuid.uuid4(), opinion="同意上报")


# —— uploads


def _png(side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        _png()[:60],
        b"\x00" * 4000,
    ],
    ids=["empty", "pdf", "svg", "cut off", "zeros"],
)
def test_what_is_no_picture_is_refused(city: City, content: bytes) -> None:
    with refused("E_UPLOAD_TYPE", "照片"):
        uploads.picture(content, "照片")


def test_a_file_over_the_limit_is_refused_with_both_sizes(city: City, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 1

    with refused("E_UPLOAD_SIZE", "1.5MB"):
        uploads.picture(_png() + b"\x00" * (1024 * 1536), "照片")


def test_an_empty_signature_pad_is_no_signature(city: City) -> None:
    with refused("E_SEAL", "手写签名"):
        uploads.drawn("data:image/png;base64,")


def test_the_office_does_not_photograph_for_the_family(city: City) -> None:
    """Whoever may only read a case adds nothing to it."""
    family = city.walk_to("INVESTIGATING")
    auditor, adult = family.staff("AUDITOR"), None
    with fence(PLATFORM):
        adult = adults_of(family.case.household, clock.today())[0].person

    with family.at(), fence(auditor):
        for act in (
            lambda: investigation.add_photo(auditor, family.uid, picture=drawn_picture("home")),
            lambda: investigation.sign_as_present(auditor, family.uid, picture=drawn_picture("signature")),
            lambda: authorisation.sign(
                auditor, family.uid, person_uid=adult.uid, picture=drawn_picture("signature")
            ),
            lambda: application.save_draft(auditor, family.uid, {}),
            lambda: materials.add_material(auditor, family.uid, kind="photo", picture=drawn_picture("home")),
            lambda: objection.photograph_posting(
                auditor, family.uid, picture=drawn_picture("posting"), moment="START"
            ),
        ):
            with refused("E_AUTH"):
                act()


@pytest.mark.parametrize("relation", ["10", "0", ""])
def test_a_relation_the_code_table_does_not_know_registers_nobody(city: City, relation: str) -> None:
    family = city.cast(
        person("陈大山", "1975-03-02"), person("李小兰", "1976-08-09", sex="2", relation=relation)
    )
    with refused("E_INPUT", "与申请人关系"):
        family.step()

    assert family.pk is None
