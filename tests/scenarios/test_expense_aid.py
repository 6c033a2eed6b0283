"""支出型临时救助 from the first word to CLOSED: AS-37 and the ways of 3.5."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from departments import bank
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import delegation_for, villages_of
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import changes
from jiuzhu.cases import evidence
from jiuzhu.cases.acts import (
    acceptance,
    application,
    decision,
    expense,
    intention,
    investigation,
    objection,
    review,
    verification,
)
from jiuzhu.cases.models import Case, Decision, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.documents.models import Document
from jiuzhu.infra import queue, walk
from jiuzhu.payments.acts import building, checking, returning, sending
from jiuzhu.payments.models import BankFile, PayLine
from jiuzhu.policy.household import spending
from jiuzhu.vault import files
from tests.families import COUNTY_DECIDES, DELEGATED, City, refused

START = date(2019, 9, 2)


class Expense:
    """A family whose bills outgrew it, walked by the real acts."""

    def __init__(self, city: City, code: str, *, story: str = "single_elder") -> None:
        self.city, self.facts = city, city.facts(story, code)
        self.town = Organisation.objects.get(code=code)
        self.now = clock.instant(START)
        people = [
            {key: each[key] for key in ("name", "relation", "id_no", *walk._MEMBER_KEYS) if key in each}
            for each in self.facts["people"]
        ]
        somebody = Actor(kind="CITIZEN", id=None, name=people[0]["name"], role="APPLICANT")
        with self.at(), fence(somebody):
            self.pk = intention.register_intention(
                somebody,
                town_id=self.town.id,
                village_code=villages_of(self.town)[0].code,
                area_type="URBAN",
                people=people,
                channel="ONLINE",
                causes=["21"],
                aid_type="TA_EXPENSE",
            ).pk
        self.citizen = walk.citizen_of(self.case)

    def at(self, days: int = 0) -> Any:
        self.now += timedelta(days=days, minutes=5)
        return clock.at(self.now)

    @property
    def case(self) -> Case:
        with fence(PLATFORM):
            return Case.objects.select_related(
                "town", "county", "household", "applicant", "authorisation"
            ).get(pk=self.pk)

    def staff(self, role: str, position: int = 0) -> Actor:
        organ = self.case.town if role.startswith("TOWN") else self.case.county
        return self.city.staff(role, organ, position)

    def year_income(self) -> int:
        """Y as the law sees it once departments have answered."""
        with fence(PLATFORM), self.at():
            known = evidence.verified(self.case, clock.today())
            year = spending.year_income_fen(known, evidence.parameter_set(self.case, clock.today()), "P2019")
        assert year is not None
        return year

    def form(self, spent_fen: int) -> None:
        case = self.case
        with fence(PLATFORM):
            body = walk._form(case, self.facts, complete=True)
            who = body["account"]["holder"]
        body["spendings"] = [{"person": who, "kind": "MEDICAL", "self_paid_fen": spent_fen}]
        with self.at(), fence(self.citizen):
            application.save_draft(self.citizen, case.uid, body)

    def apply(self, spent_fen: int = 5_000_000) -> Expense:
        case = self.case
        with self.at():
            walk._sign(self.city.walker, case, self.citizen, self.facts)
        self.form(spent_fen)
        with self.at(), fence(self.citizen):
            application.submit_application(self.citizen, case.uid, commitment=True)
        clerk = self.staff("TOWN_CLERK")
        with self.at(1), fence(clerk):
            acceptance.accept(clerk, case.uid, file_kin=True)
        return self

    def ask(self) -> Expense:
        verifier = self.staff("TOWN_VERIFIER")
        with self.at(1), queue.collected() as jobs, fence(verifier):
            verification.start_verification(verifier, self.case.uid)
        with self.at():
            self.city.walker.ask_departments(jobs)
        return self

    def visit(self, spent_over_fen: int | None = None) -> Expense:
        clerk, verifier = self.staff("TOWN_CLERK"), self.staff("TOWN_VERIFIER")
        with self.at(1), fence(clerk):
            investigation.start_investigation(clerk, self.case.uid)
        with self.at(1), fence(verifier):
            verification.issue_report(verifier, self.case.uid)
        if spent_over_fen is not None:
            year = self.year_income()
            with fence(PLATFORM):
                body = evidence.draft_body(self.case)
            body["spendings"][0]["self_paid_fen"] = year * 3 // 5 + spent_over_fen
            with self.at(), fence(clerk):
                application.save_draft(clerk, self.case.uid, body)
        with self.at():
            walk._visit(self.case, clerk, self.staff("TOWN_CLERK", 1))
        return self

    def forward(self) -> Expense:
        lead = self.staff("TOWN_LEAD")
        with self.at(1), fence(lead):
            review.forward(lead, self.case.uid, opinion="支出属实，建议救助。")
        return self

    def decide(self) -> Expense:
        role = "TOWN_LEAD" if self.case.state == "TOWN_APPROVAL" else "COUNTY_APPROVER"
        with self.at(1), fence(self.staff(role)) as decider:
            decision.approve(decider, self.case.uid)
        return self

    def post_out(self) -> Expense:
        clerk = self.staff("TOWN_CLERK")
        for moment, days in (("START", 0), ("END", 10)):
            with self.at(days), fence(clerk):
                objection.photograph_posting(
                    clerk, self.case.uid, picture=walk.drawn_picture("posting"), moment=moment
                )
        with self.at(), fence(clerk):
            objection.end_publicity(clerk, self.case.uid)
        return self


def to_decision(city: City, code: str, beyond_yuan: int) -> Expense:
    return Expense(city, code).apply().ask().visit(beyond_yuan * 100).forward()


@pytest.mark.parametrize(
    ("code", "beyond", "amount", "state"),
    [
        (DELEGATED, 18_000, 620_000, "COUNTY_REVIEW"),
        (DELEGATED, 11_200, 348_000, "TOWN_APPROVAL"),
        (COUNTY_DECIDES, 11_200, 348_000, "COUNTY_REVIEW"),
        (COUNTY_DECIDES, 10_000, 300_000, "TOWN_APPROVAL"),
    ],
)
def test_as_37_the_sum_decides_who_decides(
    city: City, code: str, beyond: int, amount: int, state: str
) -> None:
    family = to_decision(city, code, beyond)

    with fence(PLATFORM):
        assert family.case.assessments.order_by("-id").first().amount_fen == amount
    assert family.case.state == state


def test_as_37_granted_posted_granted_paid_closed(city: City) -> None:
    family = to_decision(city, DELEGATED, 11_200).decide()
    assert family.case.state == "RESULT_PUBLICITY"
    family.post_out()

    case = family.case
    with fence(PLATFORM):
        entitlement = Entitlement.objects.get(case=case)
        month = entitlement.first_month
        assert (entitlement.last_month, entitlement.amounts.get().to_month) == (month, month)
        assert entitlement.amounts.get().base_fen == 348_000
        with family.at(), refused("E_STATE"):
            expense.close_paid(case.uid, paid_fen=347_999)
        with family.at():
            expense.close_paid(case.uid, paid_fen=348_000)
            assert expense.close_paid(case.uid, paid_fen=348_000) is None
        codes = set(Document.objects.filter(case_id=case.pk).values_list("code", flat=True))
    assert family.case.state == "CLOSED"
    assert {"W01", "W02", "W09", "W13", "W16", "W19", "W21", "W25", "W23"} <= codes
    assert "W24" not in codes and "W06" not in codes


def test_what_is_given_once_has_no_later_change(city: City) -> None:
    family = to_decision(city, DELEGATED, 11_200).decide().post_out()
    clerk = city.staff("TOWN_CLERK", family.town)
    with fence(PLATFORM):
        entitlement = Entitlement.objects.select_related("case").get(case=family.case)

    with family.at(), fence(clerk), refused("E_BENEFIT_STATE", "一次性救助"):
        changes.report(clerk, entitlement.id, "CH-SUS", {"why": "ACCOUNT"})
    with fence(PLATFORM):
        assert queries.kinds_for(entitlement) == []


def test_clk_tax_runs_from_acceptance_to_the_decision(city: City) -> None:
    family = to_decision(city, DELEGATED, 11_200)
    with fence(PLATFORM):
        row = family.case.clocks.get(clock="CLK-TAX")
        assert row.ended_at is None
        assert not family.case.clocks.filter(clock="CLK-T20").exists()
    family.decide()
    with fence(PLATFORM):
        row.refresh_from_db()
        assert row.ended_at is not None and not row.breached


def test_the_form_without_spending_is_not_submitted(city: City) -> None:
    family = Expense(city, DELEGATED)
    with family.at():
        walk._sign(city.walker, family.case, family.citizen, family.facts)
    with fence(PLATFORM):
        body = walk._form(family.case, family.facts, complete=True)
    with family.at(), fence(family.citizen):
        application.save_draft(family.citizen, family.case.uid, body)
        with refused("E_DOC", "自付必要支出"):
            application.submit_application(family.citizen, family.case.uid, commitment=True)


def test_nobody_visits_before_departments_are_asked(city: City) -> None:
    family = Expense(city, DELEGATED).apply()
    clerk = family.staff("TOWN_CLERK")

    with family.at(1), fence(clerk), refused("E_VERIFICATION", "还没有开始核对"):
        investigation.start_investigation(clerk, family.case.uid)


def test_the_database_refuses_a_town_s_decision_above_its_limit(city: City) -> None:
    family = to_decision(city, DELEGATED, 11_200)
    lead = family.staff("TOWN_LEAD")
    with family.at(1), fence(PLATFORM):
        case = family.case
        row = {
            "case": case,
            "round": 1,
            "kind": "APPROVE",
            "authority": "TOWN",
            "organ": case.town,
            "delegation": delegation_for(case.town, case.aid_type, clock.today()),
            "decider_id": lead.id,
            "role": "TOWN_LEAD",
            "decided_on": clock.today(),
            "decided_at": clock.now(),
            "assessment": case.assessments.last(),
            "pays": "ONCE",
        }
        for amount, limit in ((500_001, 500_000), (500_001, 600_000), (500_001, None)):
            with pytest.raises(IntegrityError), transaction.atomic():
                Decision.objects.create(**row, amount_fen=amount, limit_fen=limit)
        with transaction.atomic():
            Decision.objects.create(**row, amount_fen=500_000, limit_fen=500_000)
            transaction.set_rollback(True)


def test_a_family_on_dibao_is_asked_for_its_spending_only(city: City) -> None:
    """TA-13: no departments asked, no income looked at again."""
    granted = city.family("single_elder", town=DELEGATED).to_the_end()
    family = Expense.__new__(Expense)
    family.city, family.facts, family.town = city, granted.facts, granted.case.town
    family.now = clock.instant(date(2019, 12, 2))
    people = [
        {"name": each["name"], "relation": each["relation"], "id_no": each["id_no"]}
        for each in granted.facts["people"]
    ]
    citizen = granted.citizen
    with family.at(), fence(citizen):
        family.pk = intention.register_intention(
            citizen,
            town_id=granted.case.town.id,
            village_code=granted.case.village_code,
            area_type=granted.case.area_type,
            people=people,
            channel="ONLINE",
            causes=["21"],
            aid_type="TA_EXPENSE",
        ).pk
    family.citizen = citizen
    family.apply(6_000_000)
    clerk = family.staff("TOWN_CLERK")

    with family.at(1), fence(clerk):
        investigation.start_investigation(clerk, family.case.uid)
    with family.at(1):
        walk._visit(family.case, clerk, family.staff("TOWN_CLERK", 1))

    with fence(PLATFORM):
        outcome = family.case.assessments.last().outcome
    assert outcome["conclusion"] == "QUALIFIED"
    assert {each["key"] for each in outcome["conditions"]} == {
        "ratio",
        "repeat",
        "authorised",
        "co_operation",
    }
    family.forward()
    assert family.case.state in ("TOWN_APPROVAL", "COUNTY_REVIEW")


def test_one_sum_goes_through_the_pay_run_once_and_the_case_closes_with_the_bank_s_return(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "_draw", lambda account: 999)  # the bank has nothing against any account
    family = to_decision(city, DELEGATED, 11_200).decide().post_out()
    case = family.case
    with fence(PLATFORM):
        month = Entitlement.objects.get(case=case).first_month
    staff = {role: family.staff(role) for role in ("CENTER_STAFF", "COUNTY_FINANCE", "TOWN_PAYROLL")}
    second = family.staff("CENTER_STAFF", 1)

    def by(actor: Actor, act: Any, *given: Any) -> Any:
        with family.at(), fence(actor), queue.collected():
            return act(actor, *given)

    run = by(staff["CENTER_STAFF"], building.build_run, case.county_id, "TA_EXPENSE", "URBAN", month)
    by(staff["TOWN_PAYROLL"], checking.check_town, run.id)
    by(second, checking.check_county, run.id)
    by(staff["COUNTY_FINANCE"], checking.confirm, run.id)
    by(staff["COUNTY_FINANCE"], sending.write_bank_file, run.id)
    with fence(PLATFORM):
        line = PayLine.objects.get(entitlement__case=case)
        sent = files.read(BankFile.objects.get(run=run, direction="OUT").file)
    assert (line.total_fen, line.pay_kind, family.case.state) == (348_000, "TA", "GRANTED")
    by(staff["COUNTY_FINANCE"], returning.read_return_file, run.id, bank.make_return(sent))

    assert family.case.state == "CLOSED"
    with family.at(40), refused("E_PAY_EMPTY"):
        by(
            staff["CENTER_STAFF"],
            building.build_run,
            case.county_id,
            "TA_EXPENSE",
            "URBAN",
            add_months(month, 1),
        )
