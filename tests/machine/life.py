"""A family, its cases and benefits under random acts of everybody: what must hold holds after every step.

One example is one family of one kind of aid in one savepoint, undone at its end. A refusal must leave every table as
it was; whatever else is raised fails. ``begin`` lets the family's own story go first for a while, so that late states
are met as often as early ones.
"""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from departments import app as simulated
from departments import bank, world
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Delegation, Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit import queries as audit
from jiuzhu.benefits.models import Change, Review
from jiuzhu.cases import clocks, dossier
from jiuzhu.cases.acts import authority, intention
from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.cases.models import Case, CaseClock, Entitlement, EntitlementMember, Step
from jiuzhu.core import clock
from jiuzhu.core.calendar import next_month
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import invariants, queue
from jiuzhu.infra.chores import Chores
from jiuzhu.infra.payroll_walk import BUILD_DAY, PayrollWalk
from jiuzhu.infra.urgent_walk import urgent_walk
from jiuzhu.infra.walk import citizen_of
from jiuzhu.jobs import benefits as benefit_jobs
from jiuzhu.jobs import tasks
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.policy import changes as law
from jiuzhu.policy.regimes import regime as regime_of
from jiuzhu.publicity.models import Posting
from jiuzhu.verification.models import Inquiry
from jiuzhu.workflow.states import TERMINAL
from tests.families import COUNTY_DECIDES, DELEGATED, ZONE, City, Family, check_sentence, snapshot
from tests.machine import hands
from tests.machine.hands import Try

TOWNS = (DELEGATED, COUNTY_DECIDES, ZONE)
HANGS = ("RESULT_PUBLICITY", "PRELIM_PUBLICITY", "OBJECTION", "APPRAISAL")
ENDED = ("REFUSED", "TERMINATED", "NOT_ACCEPTED")
STRANGERS = ("TOWN_CLERK", "TOWN_VERIFIER", "TOWN_LEAD", "COUNTY_APPROVER", "COUNTY_SUPERVISOR", "APPLICANT", "FOREIGNER", "CENTER_STAFF", "AUDITOR")  # fmt: skip


def stories_of(aid: AidType) -> list[str]:
    """Stories of the made-up world that ask for this aid; one alone asks for whatever has no story yet."""
    names = [name for name, _ in (*world.STORIES, *world.OTHER_AIDS)]
    first = {name: world.family(57, place) for place, name in enumerate(names)}
    asked = [
        name
        for name, facts in first.items()
        if (aid.urgent if "urgent" in facts else facts.get("aid_type", registry.ORDINARY) == aid.code)
    ]
    return asked or ["single_elder"]


class Life(RuleBasedStateMachine):
    """``driven`` counts what was done, refused and passed over all examples."""

    city: ClassVar[City]
    aid: ClassVar[AidType]
    ahead: ClassVar[st.SearchStrategy[int]] = st.integers(0, 16)
    driven: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        cache.clear()
        for kept in (simulated.tickets, simulated.register.planted, bank.batches):
            kept.clear()  # every life meets the same departments
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.began, self.digest = False, None
        self.known_steps, self.known_clocks = 0, dict[int, Any]()
        self.driven["examples"] += 1

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Which family, where, under which rules, and how far its own story goes before everybody interferes."""
        regime = data.draw(st.sampled_from(sorted(self.aid.regimes)), "regime")
        story = data.draw(st.sampled_from(stories_of(self.aid)), "story")
        town = data.draw(st.sampled_from(TOWNS), "town")
        ahead = data.draw(self.ahead, "ahead")
        first = regime_of(regime).starts_on
        start = date(first.year, 9, 2)
        self.city._used.clear()
        if regime != "P2019":
            self.city.publish("regime_policy", "BY_DATE")
        self.family = Family(
            self.city,
            self.city.facts(story, town) | {"aid_type": self.aid.code},
            clock.instant(start),
        )
        if self.aid.urgent:
            self.family._walk = urgent_walk(self.city.walker, self.family.facts, self.family._note)
        self.payroll = PayrollWalk(self.city.walker, [], BankFront(self.city.line()))
        with clock.at(start):
            self.chores = Chores(
                self.city.walker, list(Organisation.objects.filter(kind__in=("COUNTY", "DISTRICT", "ZONE")))
            )
            self.chores._top_up(county_of(Organisation.objects.get(code=town), start), start)
        self.family.step()
        for _ in range(ahead):
            if not self.family.step():
                break
        self.now: datetime = self.family.now
        self.began = True
        self.check()

    # —— who and what

    def cases(self) -> list[Case]:
        with fence(PLATFORM):
            rows = Case.objects.select_related(
                "town", "county", "household", "applicant", "authorisation", "for_person"
            )
            return list(rows.order_by("open", "id"))

    def case(self, data: st.DataObject) -> Case:
        """Mostly an open one, sometimes a former."""
        cases = self.cases()
        running = [each for each in cases if each.open] if data.draw(st.integers(0, 4)) else []
        return self._one(running or cases, data)

    def _one(self, rows: list[Any], data: st.DataObject) -> Any:
        return rows[data.draw(st.integers(0, len(rows) - 1))]

    def benefits(self) -> list[Entitlement]:
        with fence(PLATFORM):
            rows = Entitlement.objects.select_related(
                "case__town",
                "case__county",
                "case__household",
                "case__applicant",
                "town",
                "county",
                "household",
            )
            return list(rows.order_by("id"))

    def actor(self, role: str, case: Case, position: int = 0) -> Actor | None:
        if role == "APPLICANT":
            return citizen_of(case)
        organ = case.town if role.startswith(("TOWN", "VILLAGE")) else case.county
        if role == "FOREIGNER":
            role, organ = "TOWN_CLERK", Organisation.objects.get(code="371581101")
        if role == "NEW_CLERK":
            role, organ = "TOWN_CLERK", hands.moved_to(case.household_id) or case.town
        try:
            with clock.at(self.now):
                return self.city.staff(role, organ, position)
        except IndexError:
            return None

    # —— one try

    def attempt(self, attempted: Try, case: Case, data: st.DataObject, *, stranger: bool = False) -> None:
        """Somebody tries something: it is done and everything holds, or it is refused and nothing has changed."""
        roles = STRANGERS if stranger else attempted.roles
        role = data.draw(st.sampled_from(sorted(set(roles))), "role")
        actor = self.actor(role, case, attempted.position)
        if actor is None:
            return
        self.now += timedelta(minutes=1)
        if self.digest is None:
            self.digest = snapshot()
        with clock.at(self.now), queue.collected() as jobs:
            try:
                with fence(actor):
                    attempted.call(actor)
            except Refusal as refusal:
                check_sentence(refusal)
                after = snapshot()
                changed = {name for name in after if after[name] != self.digest[name]}
                assert not changed, f"{attempted.name} was refused ({refusal.code}) and yet changed {changed}"
                self.driven["refused"] += 1
                self.driven[f"{attempted.name} {refusal.code}"] += 1
                return
        self.driven["done"] += 1
        self.driven[attempted.name] += 1
        if jobs:
            with clock.at(self.now):
                self.city.walker.ask_departments(jobs)
        self.check()

    # —— rules: cases

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """The work that belongs to the state, then one of the moves that lead on."""
        case = self.case(data)
        with fence(PLATFORM), clock.at(self.now):
            waiting = list(hands.work(case, data.draw))
        for each in waiting:
            self.attempt(each, case, data)
        self._answers(case)
        self._lawful(data, ending=False)

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        self._lawful(data, ending=False)

    @rule(data=st.data())
    def end_it(self, data: st.DataObject) -> None:
        """Withdrawn, refused, terminated, given up."""
        if not data.draw(st.integers(0, 2)):
            self._lawful(data, ending=True)

    def _lawful(self, data: st.DataObject, *, ending: bool) -> None:
        """A move the table allows somebody now."""
        case = self.case(data)
        rows = [
            row
            for row in registry.get(case.aid_type).moves.from_state(case.state, case.regime)
            if (set(row.targets) <= set(ENDED)) == ending and row.roles - {"SYSTEM", "PUBLIC"}
        ]
        if rows:
            key = data.draw(st.sampled_from([row.key for row in rows]), "move")
            roles = next(row.roles for row in rows if row.key == key)
            self._try_move(key, tuple(roles - {"SYSTEM", "PUBLIC"}), case, data)

    def _try_move(
        self, key: str, roles: tuple[str, ...], case: Case, data: st.DataObject, **more: Any
    ) -> None:
        with fence(PLATFORM), clock.at(self.now):
            calls = hands.moves(case, data.draw)
        if key in calls:
            self.attempt(Try(key, roles, calls[key]), case, data, **more)

    @rule(data=st.data())
    def wrong_move(self, data: st.DataObject) -> None:
        """Any move by anybody at any time."""
        case = self.case(data)
        keys = sorted({row.key for row in registry.get(case.aid_type).moves if row.sources})
        self._try_move(data.draw(st.sampled_from(keys), "key"), (), case, data, stranger=True)

    @rule(data=st.data(), stranger=st.booleans())
    def beside(self, data: st.DataObject, stranger: bool) -> None:
        """Clocks stopped, papers handed over, files closed, families moving and changing their aid."""
        case = self.case(data)
        with fence(PLATFORM), clock.at(self.now):
            tried = hands.beside(case, data.draw)
        self.attempt(tried, case, data, stranger=stranger)

    @rule(data=st.data())
    def come_again(self, data: st.DataObject) -> None:
        """The same family asks for another aid, or for the same once more."""
        case, aid = (
            self.case(data),
            registry.get(
                data.draw(st.sampled_from(sorted(each.code for each in registry.all_types())), "aid")
            ),
        )
        facts, town = self.family.facts, case.town
        village = villages_of(town)[data.draw(st.integers(0, 1), "village")].code
        people = [
            {key: each[key] for key in ("name", "id_no", "relation", "labour", "employment")}
            for each in facts["people"]
        ]
        place: dict[str, Any] = {"town_id": town.id, "village_code": village}

        def call(actor: Actor) -> Any:
            if aid.urgent:
                one = {key: people[0][key] for key in ("name", "id_no")}
                return reporting.report_emergency(actor, **place, **one, cause="01")
            return intention.register_intention(
                actor,
                **place,
                area_type=case.area_type,
                people=people,
                channel="WINDOW",
                aid_type=aid.code,
            )

        self.attempt(Try(f"come again for {aid.code}", ("TOWN_CLERK",), call), case, data)

    # —— rules: time

    @rule(days=st.sampled_from((1, 1, 2, 4, 8, 15, 40)))
    def wait(self, days: int) -> None:
        """Days pass; every night the platform does by itself what is due."""
        day = parameters.calendar().roll_forward(self.now.date() + timedelta(days=days)).on
        self.now = clock.instant(day, 0, 30)
        with clock.at(self.now), queue.collected():
            tasks.lapse()
            tasks.new_day()
            benefit_jobs.take_effect()
            benefit_jobs.new_day()
        self.now = clock.instant(day, 9)
        self._changed("night")

    @rule()
    def departments(self) -> None:
        """Late answers come in."""
        for case in self.cases():
            self._answers(case)

    def _answers(self, case: Case) -> None:
        with fence(PLATFORM):
            waiting = Inquiry.objects.filter(run__case_id=case.id, run__state="RUNNING").exclude(
                state="ANSWERED"
            )
            jobs = [("verification.ask", {"inquiry_id": pk}) for pk in waiting.values_list("id", flat=True)]
        if jobs:
            with clock.at(self.now):
                self.city.walker.ask_departments(jobs)
            self._changed("answers")

    @rule(data=st.data())
    def delegation(self, data: st.DataObject) -> None:
        """The county takes the towns' authority back, or gives it again (ORG-05)."""
        if data.draw(st.integers(0, 3)):
            return
        case = self.case(data)
        with fence(PLATFORM):
            held = Delegation.objects.filter(county=case.county).order_by("id").first()
        if held is None:
            return
        to = data.draw(st.sampled_from(("ACTIVE", "SUSPENDED")))
        tried = Try(
            f"delegation {to}",
            ("CITY_OFFICER",),
            lambda a: authority.move_delegation(
                a, held.id, to, effective_on=clock.today(), reason="县政府决定"
            ),
        )
        self.attempt(tried, case, data)

    # —— rules: benefits

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(data=st.data(), stranger=st.sampled_from((False, False, True)))
    def change(self, data: st.DataObject, stranger: bool) -> None:
        benefit = self._one(self.benefits(), data)
        with fence(PLATFORM), clock.at(self.now):
            running = list(Change.objects.filter(entitlement=benefit, open=True).order_by("id"))
            if running and data.draw(st.integers(0, 3)):
                tried = hands.change_step(self._one(running, data), data.draw)
            else:
                kind = data.draw(st.sampled_from(sorted(law.KINDS)), "kind")
                tried = hands.report_change(benefit, kind, data.draw)
        self.attempt(tried, benefit.case, data, stranger=stranger)

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(data=st.data())
    def review(self, data: st.DataObject) -> None:
        """The day of the review comes nearer and somebody takes a step."""
        with fence(PLATFORM), clock.at(self.now):
            waiting = list(
                Review.objects.filter(state__in=(Review.PLANNED, Review.RUNNING)).select_related(
                    "entitlement__case__town", "entitlement__case__county"
                )
            )
        if not waiting:
            self.wait(40)
            return
        review = self._one(waiting, data)
        case = next(each for each in self.cases() if each.id == review.entitlement.case_id)
        clerks = [actor.id for position in (0, 1) if (actor := self.actor("TOWN_CLERK", case, position))]
        self.attempt(hands.review_step(review, clerks, data.draw), case, data)
        with fence(PLATFORM):
            jobs = [
                ("verification.ask", {"inquiry_id": pk})
                for pk in Inquiry.objects.filter(run__kind="REVIEW", run__state="RUNNING")
                .exclude(state="ANSWERED")
                .values_list("id", flat=True)
            ]
        with clock.at(self.now):
            self.city.walker.ask_departments(jobs)
        self._changed("review")

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(data=st.data(), stranger=st.sampled_from((False, False, True)))
    def money(self, data: st.DataObject, stranger: bool) -> None:
        benefit = self._one(self.benefits(), data)
        with fence(PLATFORM), clock.at(self.now):
            tried = hands.money_step(benefit, data.draw)
        self.attempt(tried, benefit.case, data, stranger=stranger)

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(data=st.data(), stranger=st.sampled_from((False, False, False, True)))
    def support(self, data: st.DataObject, stranger: bool) -> None:
        """Only where the aid is more than money."""
        found = [each for each in self.benefits() if registry.get(each.aid_type).support]
        if found:
            benefit = self._one(found, data)
            case = next(each for each in self.cases() if each.id == benefit.case_id)
            with fence(PLATFORM), clock.at(self.now):
                tried = hands.support_step(case, benefit, data.draw)
            self.attempt(tried, case, data, stranger=stranger)

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(returned=st.booleans())
    def pay_day(self, returned: bool) -> None:
        """The month's list of every county that pays this family, sent and perhaps answered by the bank."""
        with fence(PLATFORM):
            self.payroll.counties = list(
                Organisation.objects.filter(pk__in=Entitlement.objects.values("county"))
            )
        day = self.now.date()
        if day.day >= BUILD_DAY:
            day = next_month(day)
        self.wait((day.replace(day=BUILD_DAY) - self.now.date()).days)
        self._payroll()
        if returned:
            self.wait(2)
            self._payroll()
        self._changed("pay_day")

    def _payroll(self) -> None:
        with clock.at(self.now):
            try:
                with transaction.atomic():
                    self.payroll.day(self.now.date())
            except Refusal as refusal:
                check_sentence(refusal)
                self.driven[f"pay {refusal.code}"] += 1

    @precondition(lambda self: self.began and Entitlement.objects.exists())
    @rule(more=st.integers(1, 6))
    def new_standard(self, more: int) -> None:
        """The city raises the standard; the county brings its benefits to it (DYN-40)."""
        month = self.now.date().replace(day=1)
        with clock.at(self.now):
            for area_type in ("URBAN", "RURAL"):
                self.city.publish("dibao.standard", 60_000 + 1000 * more, since=month, area_type=area_type)
            cache.clear()
            for county in Organisation.objects.filter(pk__in=[each.county_id for each in self.benefits()]):
                try:
                    with transaction.atomic():
                        self.chores._standard(county, self.now.date())
                except Refusal as refusal:
                    check_sentence(refusal)
                    self.driven[f"standard {refusal.code}"] += 1
        self._changed("new_standard")

    # —— what must hold

    def _changed(self, name: str) -> None:
        self.driven[name] += 1
        self.digest = None
        self.check()

    def check(self) -> None:
        self.digest = None
        with fence(PLATFORM), clock.at(self.now):
            self._sets_hold()
            self._steps_follow_the_table()
            self._clocks_run_forwards()
            self._months_are_whole()
            for case in Case.objects.select_related("authorisation"):
                self._case_is_whole(case)
            assert [(case.case_no, codes) for case, codes in dossier.incomplete()] == []

    def _sets_hold(self) -> None:
        for each in invariants.INVARIANTS:
            with connection.cursor() as cursor:
                cursor.execute(each.sql)
                assert cursor.fetchall() == [], f"{each.rule} {each.title}"

    def _steps_follow_the_table(self) -> None:
        """Every step is a row of the aid's table: from, to and who."""
        for step in Step.objects.filter(pk__gt=self.known_steps).select_related("case").order_by("id"):
            rows = registry.get(step.case.aid_type).moves.named(step.move)
            fitting = [
                row
                for row in rows
                if (step.from_state in row.sources or not (step.from_state or row.sources))
                and step.to_state in row.targets
            ]
            assert fitting, f"{step.move}: {step.from_state} → {step.to_state} is no row"
            assert any(step.role in row.roles for row in fitting) or step.actor_kind == "SYSTEM", step.role
            self.known_steps = step.pk

    def _clocks_run_forwards(self) -> None:
        """A pause or an extension makes a day later; nothing makes it earlier, and what has ended stays as it ended."""
        for row in CaseClock.objects.select_related("case__county", "case__town"):
            used = clocks.state_of(row).used if row.ended_at is None else row.used_days
            now = (row.started_at, row.due_on, used)
            if former := self.known_clocks.get(row.pk):
                ended, before = former
                assert all(later >= earlier for earlier, later in zip(before, now, strict=True)), (
                    f"{row.clock} ran backwards: {before} → {now}"
                )
                assert not ended or (ended, before) == (row.ended_at, now), f"{row.clock} had ended"
            if row.ended_at:
                assert row.ended_at >= row.started_at, row.clock
            self.known_clocks[row.pk] = (row.ended_at, now)

    def _months_are_whole(self) -> None:
        rows = list(
            EntitlementMember.objects.select_related("entitlement").order_by(
                "person_id", "group", "from_month"
            )
        )
        for one, two in itertools.pairwise(rows):
            if (one.person_id, one.group) == (two.person_id, two.group):
                assert one.to_month and one.to_month < two.from_month, "two benefits in one month"
        for row in rows:
            last = row.entitlement.last_month
            assert last is None or (row.to_month and row.to_month <= last), "in a benefit that has ended"

    def _case_is_whole(self, case: Case) -> None:
        steps = list(case.steps.order_by("seq"))
        running = [row.clock for row in case.clocks.filter(ended_at__isnull=True)]
        hanging = Posting.objects.filter(case_id=case.id, removed_on__isnull=True).exclude(
            kind__in=("NOTICE", Posting.ANNOUNCEMENT, Posting.STOPPING)
        )
        assert [each.seq for each in steps] == list(range(1, case.version + 1))
        assert all(one.at <= two.at for one, two in itertools.pairwise(steps))
        assert case.open == (case.state not in TERMINAL)
        assert len(set(running)) == len(running)
        assert hanging.count() == (1 if case.state in HANGS else 0), case.state
        granted = registry.get(case.aid_type).certificate and case.state == "GRANTED"
        assert not granted or hasattr(case, "entitlement")
        if case.state in ENDED:
            others = Case.objects.filter(authorisation=case.authorisation_id).exclude(pk=case.pk)
            shared = [each for each in others if each.open or each.state in ("GRANTED", "CLOSED")]
            kept = case.authorisation is None or shared or any(each.move == "CONV" for each in steps)
            assert kept or case.authorisation.state == "ENDED", (case.case_no, case.state)

    def teardown(self) -> None:
        try:
            if self.began:
                with fence(PLATFORM), clock.at(self.now):
                    assert list(audit.verify()) == []
                    broken = list(invariants.violations())
                    assert broken == [], broken
        finally:
            self.undo.close()
