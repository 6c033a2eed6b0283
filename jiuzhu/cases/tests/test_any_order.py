"""Everybody tries everything in any order: only refusals may be said, and the case stays in one piece."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import ROLES
from jiuzhu.cases import clocks, queries
from jiuzhu.cases.acts import (
    application,
    archive,
    investigation,
    objection,
    service,
    timekeeping,
    verification,
)
from jiuzhu.cases.models import Case
from jiuzhu.cases.tests.test_moves_table import CALLS
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.infra import queue
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.models import Person
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import queries as findings
from jiuzhu.verification.models import Inquiry
from jiuzhu.workflow.states import TERMINAL
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, check_sentence

STEPS = 160
# moves that would end every story at once, or send it round in circles
SELDOM = {"D31": 0.02, "D31w": 0.02, "D13": 0.2, "D16": 0.05, "D20": 0.1, "D21": 0.1, "D24": 0.2, "D26": 0.2}
HANGS = ("RESULT_PUBLICITY", "PRELIM_PUBLICITY", "OBJECTION", "APPRAISAL")
CONSENT = {"GRANTED": "IN_FORCE", "REFUSED": "ENDED", "TERMINATED": "ENDED", "NOT_ACCEPTED": "ENDED"}


class Monkey:
    """Knows every act there is, and the people; remembers what was done."""

    def __init__(self, city: City, family: Family, seed: int) -> None:
        self.city, self.family, self.random = city, family, random.Random(seed)
        self.now, self.done = family.now, list[str]()
        self.askers = {role: family.staff(role) for role in ROLES if role != "VILLAGE_ASSIST"}
        self.askers |= {"APPLICANT": family.citizen, "second clerk": family.staff("TOWN_CLERK", 1)}

    @property
    def uid(self) -> Any:
        return self.family.uid

    def act(self) -> None:
        """One try of one person; time goes on a little, sometimes a lot."""
        chosen = self.random.random()
        if chosen < 0.08:
            self.now += timedelta(days=self.random.choice((1, 1, 2, 3, 8, 15)))
        self.now += timedelta(minutes=self.random.randint(1, 90))
        name, role, call = self._lawful() if chosen < 0.6 else self._anything()
        actor = self.askers[role]
        with clock.at(self.now), queue.collected() as jobs:
            try:
                with transaction.atomic(), fence(actor):
                    call(actor, self.uid)
                self.done.append(f"{name} by {role}")
            except Refusal as refusal:
                check_sentence(refusal)
        with clock.at(self.now):
            if self.random.random() < 0.8:
                self.city.walker.ask_departments(jobs)

    def _lawful(self) -> tuple[str, str, Callable[[Actor, Any], Any]]:
        """A move the table allows somebody now, or the work that belongs to the state."""
        case = self.family.case
        work = self._work(case)
        if work and self.random.random() < 0.5:
            return work
        moves = [
            (row.key, role)
            for role, actor in self.askers.items()
            for row in queries.available_moves(actor, case)
            if row.key in CALLS and self.random.random() < SELDOM.get(row.key, 1)
        ]
        if not moves:
            return self._anything()
        key, role = self.random.choice(moves)
        return key, role, CALLS[key]

    def _work(self, case: Case) -> tuple[str, str, Callable[[Actor, Any], Any]] | None:
        by_state = {
            "INTENT": ("sign", "APPLICANT", self._sign_all),
            "VERIFYING": ("ask", "TOWN_VERIFIER", self._ask),
            "VERIFIED": ("explain", "TOWN_CLERK", self._answer),
            "RECHECK": ("recheck", "TOWN_VERIFIER", verification.start_recheck),
            "MAY_APPLY": ("draft", "APPLICANT", self._draft),
            "CORRECTION": ("supply", "APPLICANT", self._supply),
            "INVESTIGATING": ("visit", "TOWN_CLERK", self._visit),
            "RESULT_PUBLICITY": ("photos", "TOWN_CLERK", self._photos),
        }
        return by_state.get(case.state)

    def _anything(self) -> tuple[str, str, Callable[[Actor, Any], Any]]:
        extra: dict[str, Callable[[Actor, Any], Any]] = {
            "pause": lambda a, uid: timekeeping.pause_clock(
                a, uid, kind=self.random.choice(("PAU-1", "PAU-2")), reason="住院", document_no="1号"
            ),
            "resume": timekeeping.resume_clock,
            "extend": lambda a, uid: timekeeping.extend_total(
                a, uid, reason="HARD_INVESTIGATION", explanation="多地取证"
            ),
            "followup": verification.start_followup,
            "recheck": verification.start_recheck,
            "archive": archive.close_dossier,
            "serve": self._serve,
            "draft": self._draft,
            "supply": self._supply,
            "visit": self._visit,
            "photos": self._photos,
            "answer": self._answer,
            "lapse": self._jobs,
            "object": self._object,
        }
        name = self.random.choice([each for each in CALLS if each != "D31w"] + [*extra, *extra])
        return name, self.random.choice(list(self.askers)), (CALLS | extra)[name]

    def _sign_all(self, actor: Actor, uid: Any) -> None:
        for person in Person.objects.filter(household=self.family.case.household):
            if person.born_on.year < 2001 and Case.objects.get(uid=uid).state == "INTENT":
                try:
                    application.sign(actor, uid, person_uid=person.uid, picture=drawn_picture("signature"))
                except Refusal as refusal:
                    assert refusal.code == "E_REPEAT"

    def _ask(self, actor: Actor, uid: Any) -> None:
        with fence(PLATFORM):
            waiting = list(Inquiry.objects.filter(run__case_id=self.family.pk).values_list("id", flat=True))
        fault = self.random.choice(({}, {}, {"CL": "500"}, {"BDC": "not_covered"}, {"SB": "garbled"}))
        with self.city.faults(**fault):
            for inquiry_id in waiting:
                verification.ask_source(inquiry_id, self.city.line())

    def _answer(self, actor: Actor, uid: Any) -> None:
        report = findings.latest_report(self.family.pk)
        for finding in findings.open_blocking(report) + findings.unanswered_differences(report):
            outcome = self.random.choice(("CONFIRMED", "EXPLAINED", "EXEMPTED"))
            verification.answer_finding(
                actor, uid, finding_id=finding.id, outcome=outcome, reason="入户核实，有证据"
            )

    def _draft(self, actor: Actor, uid: Any) -> None:
        applicant = str(self.family.case.applicant.uid)
        application.save_draft(
            actor,
            uid,
            {
                "incomes": [{"person": applicant, "category": "W", "kind": "务工工资", "month_fen": 30000}],
                "account": {"holder": applicant, "bank_code": "103", "number": "6228480000001234567"},
            },
        )

    def _supply(self, actor: Actor, uid: Any) -> None:
        applicant = str(self.family.case.applicant.uid)
        application.supply(
            actor, uid, account={"holder": applicant, "bank_code": "103", "number": "6228480000007654321"}
        )
        application.add_material(actor, uid, kind="photo", picture=drawn_picture("photo"))

    def _visit(self, actor: Actor, uid: Any) -> None:
        present = self.family.case.applicant.uid
        visited = {"living": {"housing": "平房"}, "conclusion": "情况属实"}
        investigation.record_visit(
            actor, uid, visited_at=clock.now() - timedelta(minutes=5), present_uid=present, **visited
        )
        investigation.add_photo(actor, uid, picture=drawn_picture("home"))
        investigation.sign_as_present(actor, uid, picture=drawn_picture("signature"))
        investigation.sign_as_investigator(actor, uid, picture=drawn_picture("signature"))
        second = self.askers["second clerk"]
        with fence(second):
            investigation.sign_as_investigator(second, uid, picture=drawn_picture("signature"))

    def _photos(self, actor: Actor, uid: Any) -> None:
        for moment in ("START", "END"):
            objection.photograph_posting(actor, uid, picture=drawn_picture("posting"), moment=moment)

    def _object(self, actor: Actor, uid: Any) -> None:
        posting = Posting.objects.filter(case_id=self.family.pk).order_by("-id").first()
        objection.object_publicly(posting.token if posting else "none", content="他家有一辆车没有报")

    def _serve(self, actor: Actor, uid: Any) -> None:
        for paper in Document.objects.filter(case_id=self.family.pk, needs_service=True, state="ISSUED"):
            service.serve_paper(actor, uid, paper.id, mode="IN_PERSON", picture=drawn_picture("signature"))

    def _jobs(self, actor: Actor, uid: Any) -> None:
        from jiuzhu.jobs import tasks

        tasks.lapse()
        tasks.new_day()

    def check(self) -> None:
        """What must hold whatever was tried."""
        with fence(PLATFORM), clock.at(self.now):
            case = self.family.case
            steps = list(case.steps.order_by("seq"))
            running = list(case.clocks.filter(ended_at__isnull=True))
            hanging = (
                Posting.objects.filter(case_id=case.id, removed_on__isnull=True)
                .exclude(kind="NOTICE")
                .count()
            )
            assert [each.seq for each in steps] == list(range(1, case.version + 1))
            assert steps[-1].to_state == case.state
            assert all(one.to_state == two.from_state for one, two in itertools.pairwise(steps))
            assert case.open == (case.state not in TERMINAL)
            assert len({row.clock for row in running}) == len(running)
            assert hanging == (1 if case.state in HANGS else 0), case.state
            assert case.decisions.count() == sum(each.move in ("D23", "D24") for each in steps)
            assert (case.state == "GRANTED") == hasattr(case, "entitlement")
            if case.state in TERMINAL:
                assert {row.clock for row in running} <= {"CLK-RN", "CLK-CARD"}
                assert case.authorisation.state == CONSENT[case.state]
            clocks.rebuild(case)
            assert clocks.rebuild(case) == 0


DIBAO_STORIES = ("disabled_child", "bought_car", "near_relative", "single_elder")
OTHER_STORIES = ("tekun_elder", "medical_bills", "edge_couple", "rigid_bills")


def _try_everything(city: City, family: Family, seed: int) -> None:
    family.facts["behaviour"]["unsigned"] = [0]
    family.step()
    monkey = Monkey(city, family, seed)

    for _ in range(STEPS):
        monkey.act()
        monkey.check()
        if not family.case.open and len(monkey.done) > 60:
            break

    assert len(monkey.done) >= 5


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_tried_in_whatever_order_the_case_stays_whole(city: City, seed: int) -> None:
    town = DELEGATED if seed % 2 else COUNTY_DECIDES
    _try_everything(city, city.family(DIBAO_STORIES[seed % 4], town=town), seed)


@pytest.mark.parametrize("seed", range(8, 16))
def test_every_kind_of_aid_stays_whole_under_the_later_rules(city: City, seed: int) -> None:
    city.publish("regime_policy", "BY_DATE")
    town = DELEGATED if seed % 2 else COUNTY_DECIDES
    family = city.family(OTHER_STORIES[(seed // 2) % 4], town=town, start=date(2025, 2, 10))
    _try_everything(city, family, seed)
