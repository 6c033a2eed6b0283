"""Asking departments: late, failing and silent answers, consent that ends, a worker that dies (section 8)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from departments import app as simulated
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import ConfidentialityAgreement
from jiuzhu.cases import evidence
from jiuzhu.cases.acts import decision, objection, verification, withdrawal
from jiuzhu.cases.models import Case
from jiuzhu.connectors import contract
from jiuzhu.connectors.contract import Reply, Transport
from jiuzhu.core import clock
from jiuzhu.infra import queue
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Authorisation
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import acts, queries
from jiuzhu.verification.models import Answer, Finding, Inquiry, Report, Run
from tests.families import COUNTY_DECIDES, City, Family, refused

RESULTS = (
    "HIT",
    "NONE",
    "OVER_LIMIT",
    "WITHIN_LIMIT",
    "MISMATCH",
    "NOT_COVERED",
    "REFUSED",
    "ERROR",
    "PENDING",
)
# the conditions that need a source to have spoken before they can be met
NEEDS = {"cars": "CL", "dwellings": "BDC", "nonresidential": "BDC", "companies": "GS", "cash_flag": "CK"}


def _inquiry(family: Family, source: str) -> Inquiry:
    with fence(PLATFORM):
        run = queries.latest_run(family.pk)
        return Inquiry.objects.get(run=run, source=source)


def _answers(family: Family, source: str) -> list[tuple[int, str]]:
    with fence(PLATFORM):
        rows = Answer.objects.filter(inquiry=_inquiry(family, source)).order_by("subject", "version")
        return list(rows.values_list("version", "result"))


def _ask(family: Family, source: str, line: Any = None) -> str:
    return verification.ask_source(_inquiry(family, source).id, line or family.city.line())


def _after(family: Family, working_days: int, hour: int = 9) -> Any:
    day = parameters.calendar().add_working_days(family.now.date(), working_days).on
    return clock.instant(day, hour)


@pytest.fixture
def asked_nobody(city: City) -> Family:
    """Verification has begun, no question has left the house yet."""
    family = city.walk_to("AUTHORISED", story="single_elder")
    verifier = family.staff("TOWN_VERIFIER")
    with family.at(), queue.collected(), fence(verifier):
        verification.start_verification(verifier, family.uid)
    return family


# —— late and failing


def test_a_late_answer_is_fetched_when_its_time_has_come(city: City) -> None:
    with city.faults(CL="late"):
        family = city.walk_to("VERIFYING")
    waiting = _inquiry(family, "CL")
    assert (waiting.state, bool(waiting.ticket), waiting.attempts) == ("PENDING", True, 1)
    before = len(simulated.calls)

    with clock.at(waiting.next_try_at + timedelta(seconds=1)), fence(PLATFORM):
        due = queries.due_again(clock.now())
        assert waiting.id in due
        state = verification.ask_source(waiting.id, city.line())

    assert state == "ANSWERED"
    assert len(simulated.calls) == before  # the ticket was asked about; nobody was queried a second time


@pytest.mark.parametrize("fault", ["500", "429", "garbled"])
def test_what_may_pass_is_tried_again_with_growing_pauses(city: City, fault: str) -> None:
    with city.faults(SB=fault):
        family = city.walk_to("VERIFYING")
        pauses = []
        for _ in range(3):
            waiting = _inquiry(family, "SB")
            with clock.at(waiting.next_try_at):
                _ask(family, "SB")
                pauses.append(_inquiry(family, "SB").next_try_at - clock.now())
    assert (_inquiry(family, "SB").state, _inquiry(family, "SB").attempts) == ("QUEUED", 4)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1] <= timedelta(hours=1)

    with family.at():
        assert _ask(family, "SB") == "ANSWERED"


@pytest.mark.parametrize("fault", ["401", "lost_fields"])
def test_what_cannot_pass_is_not_tried_again_and_is_no_answer(city: City, fault: str) -> None:
    with city.faults(HJ=fault):
        family = city.walk_to("VERIFYING")
    verifier = family.staff("TOWN_VERIFIER")

    assert _inquiry(family, "HJ").state == "FAILED"
    assert _answers(family, "HJ") == []
    with family.at(), fence(PLATFORM):
        assert _inquiry(family, "HJ").id not in queries.due_again(clock.now() + timedelta(days=3))
    with family.at(), fence(verifier), refused("E_VERIFICATION", "户籍"):
        verification.issue_report(verifier, family.uid)
    with family.at(_after(family, 7)), fence(verifier):
        verification.issue_report(verifier, family.uid)
    with fence(PLATFORM):
        report = Report.objects.get(case_id=family.pk)
    assert report.conclusion == "PARTIAL"
    told = next(row for row in report.sources if row["code"] == "HJ")
    assert told["state"] == "未反馈"
    assert "不等于无财产" in told["note"]


# —— silence is never "no property"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.fixed_dictionaries(
        {
            source: st.lists(st.sampled_from(RESULTS), min_size=2, max_size=2)
            for source in ("CL", "BDC", "GS", "CK", "SB")
        }
    )
)
def test_only_a_source_that_spoke_of_everybody_lets_a_condition_be_met(
    two_people: Family, said: dict[str, list[str]]
) -> None:
    from django.db import transaction

    with transaction.atomic(), two_people.at(), fence(PLATFORM):
        run = queries.latest_run(two_people.pk)
        subjects = list(run.subjects.order_by("seq"))
        for source, results in said.items():
            inquiry = run.inquiries.get(source=source)
            for subject, result in zip(subjects, results, strict=True):
                _tell(inquiry, subject, result)
        case = Case.objects.get(pk=two_people.pk)
        outcome = evidence.assess(case, evidence.verified(case, clock.today()), clock.today())
        speaking, silent = set(queries.spoke(run)), set(queries.silent_codes(run))
        transaction.set_rollback(True)

    expected = {source for source, results in said.items() if set(results) <= contract.SPEAKING}
    assert speaking == expected
    assert silent == {"HJ", "HY", "SW", "SF", *said} - expected
    met = {each.key: each.met for each in outcome.conditions}
    for key, source in NEEDS.items():
        if key in met and source not in expected:
            assert met[key] is not True, f"{key} is met although {source} kept silent"


@pytest.fixture(scope="module")
def two_people(module_city: City) -> Family:
    family = module_city.walk_to("AUTHORISED", story="old_couple")
    verifier = family.staff("TOWN_VERIFIER")
    with family.at(), queue.collected(), fence(verifier):
        verification.start_verification(verifier, family.uid)
    return family


def _tell(inquiry: Inquiry, subject: Any, result: str) -> None:
    answer = Answer(
        inquiry=inquiry,
        subject=subject,
        result=result,
        as_of=date(2019, 9, 1),
        digest="0" * 64,
        received_at=clock.now(),
    )
    answer.rows = json.dumps([])
    answer.save(force_insert=True)


@pytest.mark.parametrize("fault", ["500", "late"])
def test_a_car_behind_a_silent_registry_is_found_before_anybody_decides(city: City, fault: str) -> None:
    """VER-10: the report says PARTIAL, the law cannot tell, the supplement finds the car, the case goes back."""
    with city.faults(CL=fault):
        family = city.walk_to("VERIFYING", story="bought_car")
        family.now = _after(family, 8)
        family.until("TOWN_APPROVAL")
    lead, verifier = family.staff("TOWN_LEAD"), family.staff("TOWN_VERIFIER")
    with fence(PLATFORM):
        assert Report.objects.get(case_id=family.pk).conclusion == "PARTIAL"

    with family.at():
        with fence(lead), refused("E_ASSESSMENT"):
            decision.approve(lead, family.uid)
        with queue.collected() as jobs, fence(verifier):
            verification.start_followup(verifier, family.uid)
            with refused("E_REPEAT"):
                verification.start_followup(verifier, family.uid)
        city.walker.ask_departments(jobs)
        with fence(verifier):
            verification.conclude_followup(verifier, family.uid)

    assert len(jobs) == 1  # only the registry that had kept silent
    assert family.case.state == "INVESTIGATING"
    with fence(PLATFORM):
        second = queries.latest_report(family.pk)
        assert (second.conclusion, [each.code for each in second.findings.all()]) == ("NOT_FIT", ["F-CAR"])
        assert len(second.sources) == 9  # what the other eight said before still stands


@pytest.mark.parametrize(("story", "ends"), [("disabled_child", "GRANTED"), ("bought_car", "INVESTIGATING")])
def test_no_grant_on_a_partial_report_before_the_silent_source_has_spoken(
    city: City, story: str, ends: str
) -> None:
    """Approved by the head on his own reasons; the sheet hangs, the money waits for the registry."""
    with city.faults(CL="500"):
        family = city.walk_to("VERIFYING", story=story)
        family.now = _after(family, 8)
        family.until("TOWN_APPROVAL")
    lead, clerk, verifier = (family.staff(f"TOWN_{role}") for role in ("LEAD", "CLERK", "VERIFIER"))
    with family.at(), fence(lead):
        decision.approve(lead, family.uid, override_reason="车管部门系统故障，已入户核实没有车辆")
    _hang_out(family, clerk)

    with family.at():
        with fence(clerk), refused("E_VERIFICATION", "机动车"):
            objection.end_publicity(clerk, family.uid)
        with queue.collected() as jobs, fence(verifier):
            verification.start_followup(verifier, family.uid)
        city.walker.ask_departments(jobs)
        with fence(verifier):
            verification.conclude_followup(verifier, family.uid)
        if ends == "GRANTED":
            with fence(verifier), refused("E_STATE", "完整"):
                verification.start_followup(verifier, family.uid)
            with fence(clerk):
                objection.end_publicity(clerk, family.uid)

    assert family.case.state == ends
    with fence(PLATFORM):
        assert not Posting.objects.filter(case_id=family.pk, removed_on__isnull=True).exists()


def _hang_out(family: Family, clerk: Any) -> None:
    """The sheet with its two photos, until the day after the last."""
    with fence(PLATFORM):
        posting = Posting.objects.get(case_id=family.pk)
    for moment, word in ((family.now, "START"), (clock.instant(posting.ends_on, 17), "END")):
        with family.at(moment), fence(clerk):
            objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment=word)
    family.now = clock.instant(posting.ends_on + timedelta(days=1))


# —— re-check


def test_a_recheck_asks_only_what_is_disputed_and_sees_the_new_answer(city: City) -> None:
    """VER-24, AS-08."""
    family = city.walk_to("RECHECK", story="recheck_car_sold")
    family.step()
    with fence(PLATFORM):
        run = queries.latest_run(family.pk)
        assert run.kind == "RECHECK"
        assert list(run.inquiries.values_list("source", flat=True)) == ["CL"]
        assert len(queries.spoke(run)) == 9

    family.until("MAY_APPLY")

    with fence(PLATFORM):
        reports = Report.objects.filter(case_id=family.pk).order_by("id")
        assert [each.conclusion for each in reports] == ["NOT_FIT", "FIT"]
        assert not Finding.objects.filter(report=reports[1], level="BLOCK").exists()


def test_a_registry_silent_at_the_recheck_takes_nothing_back(city: City) -> None:
    family = city.walk_to("RECHECK", story="recheck_car_sold")
    with city.faults(CL="500"):
        family.step()
    verifier = family.staff("TOWN_VERIFIER")
    late = _after(family, 8)

    with family.at(late), fence(verifier):
        verification.conclude_recheck(verifier, family.uid)

    assert family.case.state == "VER_NOT_FIT"


def test_a_recheck_is_begun_once(city: City) -> None:
    family = city.walk_to("RECHECK", story="recheck_car_sold")
    verifier = family.staff("TOWN_VERIFIER")

    with family.at(), queue.collected(), fence(verifier):
        verification.start_recheck(verifier, family.uid)
        with refused("E_REPEAT"):
            verification.start_recheck(verifier, family.uid)


def test_an_objection_on_the_eleventh_day_is_late(city: City) -> None:
    """AS-08: the tenth working day is in time."""
    family = city.walk_to("VER_NOT_FIT", story="bought_car").receive("W07")
    told = family.now.date()
    calendar = parameters.calendar()

    late = clock.instant(calendar.add_working_days(told, 11).on)
    with family.at(late), fence(family.citizen), refused("E_LATE"):
        verification.object_to_report(family.citizen, family.uid, reason="车已卖出")
    with family.at(clock.instant(calendar.add_working_days(told, 10).on, 23)), fence(family.citizen):
        verification.object_to_report(family.citizen, family.uid, reason="车已卖出")
    assert family.case.state == "RECHECK"


# —— consent, agreement, withdrawal


def test_no_question_leaves_after_the_consent_has_ended(asked_nobody: Family) -> None:
    before = len(simulated.calls)
    with fence(PLATFORM):
        Authorisation.objects.filter(pk=asked_nobody.case.authorisation_id).update(valid_to=date(2019, 9, 2))

    with asked_nobody.at():
        state = _ask(asked_nobody, "CL")

    assert state == "FAILED"
    assert "授权书已失效" in _inquiry(asked_nobody, "CL").last_error
    assert len(simulated.calls) == before


def test_no_question_leaves_without_the_agreement_it_was_begun_under(asked_nobody: Family) -> None:
    """VER-35: the verifier left the post while his questions waited."""
    before = len(simulated.calls)
    verifier = asked_nobody.staff("TOWN_VERIFIER")
    ConfidentialityAgreement.objects.filter(staff_id=verifier.id).update(ended_on=date(2019, 9, 2))

    with asked_nobody.at():
        assert _ask(asked_nobody, "CL") == "FAILED"
    assert len(simulated.calls) == before


class _Meanwhile(httpx.BaseTransport):
    """Something happens in the office while the department is being asked."""

    def __init__(self, inner: httpx.Client, happens: Any) -> None:
        self.inner, self.happens = inner, happens

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.happens()
        response = self.inner.request(
            request.method, request.url.path, content=request.read(), headers=request.headers
        )
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)


def _line_while(city: City, happens: Any) -> Transport:
    client = httpx.Client(transport=_Meanwhile(city.console(), happens), base_url="http://departments")
    return Transport("", "jiuzhu-demo", "simulated-exchange-secret", client=client)


def test_an_answer_that_comes_after_the_withdrawal_is_not_kept(city: City, asked_nobody: Family) -> None:
    """VER-23."""
    citizen = asked_nobody.citizen

    def withdraw() -> None:
        with fence(citizen):
            withdrawal.withdraw(citizen, asked_nobody.uid, reason="不想申请了")

    with asked_nobody.at():
        _ask(asked_nobody, "HJ", _line_while(city, withdraw))

    assert asked_nobody.case.state == "TERMINATED"
    assert _answers(asked_nobody, "HJ") == []
    with fence(PLATFORM):
        assert queries.latest_run(asked_nobody.pk).state == Run.STOPPED


# —— jobs that run twice, workers that die


def test_the_same_job_twice_has_one_effect(asked_nobody: Family) -> None:
    with asked_nobody.at():
        _ask(asked_nobody, "HJ")
        before = len(simulated.calls)
        assert _ask(asked_nobody, "HJ") == "ANSWERED"

    assert len(simulated.calls) == before
    assert _answers(asked_nobody, "HJ") == [(1, "HIT")]


def test_two_workers_with_the_same_question_keep_one_answer(city: City, asked_nobody: Family) -> None:
    """The second one was answered while the first was still being asked."""
    with asked_nobody.at():
        _ask(asked_nobody, "HJ", _line_while(city, lambda: _ask(asked_nobody, "HJ")))

    assert _answers(asked_nobody, "HJ") == [(1, "HIT")]
    assert _inquiry(asked_nobody, "HJ").attempts == 1


def test_a_failure_after_somebody_elses_success_changes_nothing(city: City, asked_nobody: Family) -> None:
    def answered_then_broken() -> None:
        _ask(asked_nobody, "HJ")
        raise httpx.ConnectError("line cut")

    with asked_nobody.at():
        _ask(asked_nobody, "HJ", _line_while(city, answered_then_broken))

    assert _inquiry(asked_nobody, "HJ").state == "ANSWERED"
    assert _inquiry(asked_nobody, "HJ").last_error == ""


def test_a_worker_that_dies_between_answer_and_commit_leaves_nothing_half(
    asked_nobody: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(acts, "record", killed)
        with asked_nobody.at(), pytest.raises(KeyboardInterrupt):
            _ask(asked_nobody, "HJ")
    assert _answers(asked_nobody, "HJ") == []
    assert _inquiry(asked_nobody, "HJ").state == "QUEUED"

    with asked_nobody.at():
        assert _ask(asked_nobody, "HJ") == "ANSWERED"
    asked = [call["requestId"] for call in simulated.calls if call["source"] == "HJ"][:2]
    assert len(asked) == 2
    assert asked[0] == asked[1]  # the department can tell that it is the same question
    assert _answers(asked_nobody, "HJ") == [(1, "HIT")]


def test_a_corrected_answer_is_another_version_and_the_same_one_is_not(asked_nobody: Family) -> None:
    inquiry = _inquiry(asked_nobody, "HJ")
    first = contract.Answer(0, "PENDING", (), date(2019, 9, 3))
    second = contract.Answer(0, "HIT", ({"zt": "正常"},), date(2019, 9, 3))

    with asked_nobody.at(), fence(PLATFORM):
        acts._keep(inquiry, Reply((first,), "T1"))
        acts._keep(inquiry, Reply((first,), "T1"))
        acts._keep(inquiry, Reply((second,)))

        run = queries.latest_run(asked_nobody.pk)
        assert [each.result for each in queries.latest_answers(run)["HJ"]] == ["HIT"]
    assert _answers(asked_nobody, "HJ") == [(1, "PENDING"), (2, "HIT")]


def test_the_second_recheck_is_the_countys(city: City) -> None:
    """VER-24: the town did the first one; its verifier is told who does the next."""
    family = city.family("bought_car", town=COUNTY_DECIDES)
    family.facts["behaviour"] |= {"objects_to_report": True}
    family.until("RECHECK").until("VER_NOT_FIT")
    citizen, verifier = family.citizen, family.staff("TOWN_VERIFIER")
    with fence(PLATFORM):
        told_on = family.case.steps.filter(to_state="VER_NOT_FIT").latest("seq").on
    family.now = clock.instant(told_on, 17)
    with family.at(), fence(citizen):
        verification.object_to_report(citizen, family.uid, reason="车辆是别人借名登记的。")
    with family.at(), fence(verifier), refused("E_AUTH", "县级核对机构"):
        verification.start_recheck(verifier, family.uid)

    county = family.staff("COUNTY_VERIFIER")
    with family.at(), queue.collected() as jobs, fence(county):
        verification.start_recheck(county, family.uid)
    with family.at():
        city.walker.ask_departments(jobs)
    with family.at(), fence(verifier), refused("E_AUTH", "县级核对机构"):
        verification.conclude_recheck(verifier, family.uid)
    with family.at(), fence(county):
        verification.conclude_recheck(county, family.uid)

    assert family.case.state == "VER_NOT_FIT"
    with fence(PLATFORM):
        kinds = list(Run.objects.filter(case_id=family.pk).order_by("id").values_list("kind", "route"))
    assert kinds[1:] == [("RECHECK", "OWN"), ("RECHECK", "COUNTY")]
