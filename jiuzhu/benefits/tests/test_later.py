"""Suspension, recovery, standards, reviews (DYN-01..03, 13, 22, 40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits import queries, standing
from jiuzhu.benefits.acts import changes, recovery, reviews, standard
from jiuzhu.benefits.models import Overpay, Review, StandardBatch, Suspension
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home, Place
from jiuzhu.benefits.tests.test_changes import decide, earning, examine, report, serve
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.payments import queries as money
from jiuzhu.payments.models import Due, PayLine
from jiuzhu.policy import changes as law
from jiuzhu.vault.uploads import Picture
from tests.families import City, refused

DAY = date(2020, 3, 10)
SIGNED = Picture(homes._PIXEL, "image/png", None, "")


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2019, 12, 1)):
        yield homes.place()


@pytest.fixture
def home(place: Place) -> Iterator[Home]:
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        yield made


def done(home: Home, kind: str, given: dict[str, Any], **more: Any) -> Any:
    change = report(home, kind, given, **more)
    examine(home, change)
    return decide(home, change)


def lines(home: Home) -> list[tuple[str, str, int]]:
    with fence(PLATFORM):
        return [
            (f"{line.pay_month:%Y-%m}", line.pay_kind, line.total_fen // 100)
            for line in PayLine.objects.filter(entitlement_id=home.entitlement_id).order_by("pay_month", "id")
        ]


# —— suspension


def test_a_suspended_family_is_not_listed_and_gets_every_month_back_when_it_resumes(home: Home) -> None:
    """DYN-13: three months at most; resumed with arrears, each month its own line."""
    other = home.city.home([ADULT], granted_on=date(2019, 12, 21))
    home.city.pay(date(2020, 3, 1))
    done(home, "CH-SUS", {"why": "UNTRACEABLE"})
    with fence(PLATFORM):
        pause = Suspension.objects.get()
        assert (pause.from_month, pause.until_month) == (date(2020, 4, 1), date(2020, 6, 1))
        assert home.entitlement.state == "SUSPENDED"
        course = queries.course(home.entitlement)
        assert course[-4:] == [("2020-03", 450), ("2020-04", 0), ("2020-05", 0), ("2020-06", 0)]
        (sums,) = [each for each in queries.differences(pause.change) if each.label == "每月金额"]
        assert (sums.before, sums.after) == ("450.00元", "暂停发放")
    for month in (4, 5):
        with clock.at(date(2020, month, 2)):
            home.city.pay(date(2020, month, 1))
    with clock.at(date(2020, 5, 20)):
        done(home, "CH-RES", {})
    with clock.at(date(2020, 6, 2)):
        home.city.pay(date(2020, 6, 1))

    assert lines(home)[-3:] == [
        ("2020-04", "ARREARS", 450),
        ("2020-05", "ARREARS", 450),
        ("2020-06", "REGULAR", 450),
    ]
    assert len(lines(other)) == 6


def test_a_family_suspended_may_only_resume_or_leave(home: Home) -> None:
    done(home, "CH-SUS", {"why": "ACCOUNT"})
    with refused("E_BENEFIT_STATE", "暂停"):
        report(home, "CH-SUS", {"why": "ACCOUNT"})
    change = done(home, "CH-END", {"why": "ST-NOCOOP"})
    serve(home, change)
    assert home.entitlement.state == "STOPPED"
    with fence(PLATFORM):
        assert not Suspension.objects.filter(ended_on__isnull=True).exists()


def test_a_wrong_stop_is_undone_by_a_decision_and_the_months_are_owed(home: Home) -> None:
    """REINSTATE: only from STOPPED, on a document of appeal or correction."""
    home.city.home([ADULT], granted_on=date(2019, 12, 21))
    home.city.pay(date(2020, 3, 1))
    serve(home, done(home, "CH-END", {"why": "ST-PROP"}))
    for month in (4, 5):
        with clock.at(date(2020, month, 2)):
            home.city.pay(date(2020, month, 1))
    with clock.at(date(2020, 5, 10)):
        done(home, "CH-REIN", {"decision_no": "聊政复决字〔2020〕3号"})
        assert home.entitlement.state == "ACTIVE"
    with clock.at(date(2020, 6, 2)):
        home.city.pay(date(2020, 6, 1))
    assert [each[0] for each in lines(home)][-3:] == ["2020-04", "2020-05", "2020-06"]


# —— recovery


def over(home: Home) -> Overpay:
    home.city.pay(date(2020, 3, 1))
    lead = home.city.staff("TOWN_LEAD")
    with fence(lead):
        return recovery.claim(
            lead, home.entitlement_id, amount_fen=30000, months=[date(2020, 3, 1)], cause="未如实报告收入"
        )


def test_money_comes_back_by_instalments_within_thirty_percent_and_with_a_signature(home: Home) -> None:
    overpay = over(home)
    lead = home.city.staff("TOWN_LEAD")
    with fence(lead):
        with refused("E_SEAL", "同意抵扣"):
            recovery.plan(lead, overpay.id, way="OFFSET", instalments=3)
        with refused("E_OVERPAY", "135.00"):
            recovery.plan(lead, overpay.id, way="OFFSET", instalments=2, consent=SIGNED)
        recovery.plan(lead, overpay.id, way="OFFSET", instalments=3, consent=SIGNED)
    with fence(PLATFORM):
        assert list(Due.objects.order_by("from_month").values_list("amount_fen", flat=True)) == [10000] * 3
        assert Document.objects.filter(code="W39").count() == 1
    for month in (4, 5, 6):
        with clock.at(date(2020, month, 2)):
            home.city.pay(date(2020, month, 1))
    assert [total for _, _, total in lines(home)[-3:]] == [350, 350, 350]
    with fence(PLATFORM):
        assert recovery.settle(PLATFORM) == 1
        assert Overpay.objects.get().closed_on


def test_cash_brought_back_counts_once_and_closes_the_matter(home: Home) -> None:
    overpay = over(home)
    lead, clerk = home.city.staff("TOWN_LEAD"), home.city.staff("TOWN_CLERK")
    with fence(lead):
        recovery.plan(lead, overpay.id, way="CASH", instalments=2)
    with fence(clerk):
        recovery.repay(clerk, overpay.id, amount_fen=20000, paid_on=DAY, voucher_no="P1")
        overpay.refresh_from_db()
        parts = [(part["fen"], part["state"]) for part in queries.instalments(overpay)]
        assert parts == [(15000, "已缴回"), (15000, "已缴回50.00元")]
        with refused("E_OVERPAY", "已登记"):
            recovery.repay(clerk, overpay.id, amount_fen=10000, paid_on=DAY, voucher_no="P1")
        with refused("E_OVERPAY", "100.00"):
            recovery.repay(clerk, overpay.id, amount_fen=10001, paid_on=DAY, voucher_no="P2")
        recovery.repay(clerk, overpay.id, amount_fen=10000, paid_on=DAY, voucher_no="P2")
        assert queries.overpays(clerk).count() == 0


# —— a new standard


def raise_standard(since: date, yuan: int) -> None:
    City.publish("dibao.standard", yuan * 100, since=since, area_type="RURAL")
    cache.clear()  # published in the past, as far as the clock of this test goes


def batch_of(home: Home, since: date) -> StandardBatch:
    center = home.city.staff("CENTER_STAFF")
    with fence(center):
        batch = standard.open_batch(center, aid_type="DIBAO", area_type="RURAL", since=since)
    standard.compute(batch.id)
    with fence(PLATFORM):
        return StandardBatch.objects.get(pk=batch.id)


def test_the_standard_rises_as_47_says(home: Home) -> None:
    """450 → 480 in the country, three persons: 450 → 540 from the next list, 270 for the three months listed."""
    for month in (1, 2, 3):
        with clock.at(date(2020, month, 3)):
            home.city.pay(date(2020, month, 1))
    raise_standard(date(2020, 1, 1), 480)
    batch = batch_of(home, date(2020, 1, 1))
    assert (batch.state, batch.families, batch.month_fen, batch.arrears_fen) == ("COMPUTED", 1, 9000, 27000)
    first, second = home.city.staff("CENTER_STAFF"), home.city.staff("CENTER_STAFF", 1)
    with fence(first), refused("E_SOD"):
        standard.confirm(first, batch.id)
    with fence(second):
        standard.confirm(second, batch.id)
        standard.apply(second, batch.id)
    assert home.amounts() == [("2020-01", "2020-03", 450), ("2020-04", "", 540)]
    with fence(PLATFORM):
        assert Document.objects.filter(code="W41-B").count() == 1
        assert not Document.objects.filter(code="W36").exists()
    with clock.at(date(2020, 4, 2)):
        run = home.city.pay(date(2020, 4, 1))
    assert run.total_fen == 81000
    with fence(second), refused("E_STANDARD", "不能撤销"):
        standard.undo(second, batch.id, reason="文件有误")


def told_of_less(home: Home) -> None:
    """450 until March, listed; 270 from April by a notice that was served."""
    home.city.pay(date(2020, 3, 1))
    change = report(home, "CH-INC", earning(home, 1200))
    examine(home, change)
    decide(home, change)
    serve(home, change)
    assert home.amounts() == [("2020-01", "2020-03", 450), ("2020-04", "", 270)]


def test_whoever_was_told_of_less_gets_more_than_he_was_told_by_the_new_standard(home: Home) -> None:
    """450 → 480 from April: (480 − 360) × 3 = 360, less than March's 450 but more than the 270 of his notice (DYN-11)."""
    told_of_less(home)
    raise_standard(date(2020, 4, 1), 480)
    batch = batch_of(home, date(2020, 4, 1))
    second = home.city.staff("CENTER_STAFF", 1)
    with fence(second):
        standard.confirm(second, batch.id)
        standard.apply(second, batch.id)
    assert home.amounts() == [("2020-01", "2020-03", 450), ("2020-04", "", 360)]


def test_a_change_within_the_months_already_listed_is_left_to_an_officer(home: Home) -> None:
    """From March, when he still earned less: what March is owed does not follow from April's reckoning."""
    told_of_less(home)
    raise_standard(date(2020, 3, 1), 480)
    batch = batch_of(home, date(2020, 3, 1))
    with fence(PLATFORM):
        assert (batch.families, batch.left_out) == (0, 1)
        assert batch.lines.get().note == "另有已决定的变更"


def test_a_batch_is_undone_before_a_list_took_it(home: Home) -> None:
    home.city.pay(date(2020, 3, 1))
    before = home.amounts()
    raise_standard(date(2020, 1, 1), 480)
    batch = batch_of(home, date(2020, 1, 1))
    second = home.city.staff("CENTER_STAFF", 1)
    with fence(second):
        standard.confirm(second, batch.id)
        standard.apply(second, batch.id)
        assert home.amounts() != before
        standard.undo(second, batch.id, reason="文件有误")
    assert home.amounts() == before
    with fence(PLATFORM):
        assert Due.objects.filter(end__isnull=True).count() == 0
    with clock.at(date(2020, 4, 2)):
        assert home.city.pay(date(2020, 4, 1)).total_fen == 45000


def test_whoever_changed_meanwhile_stops_the_batch_and_nothing_is_changed(home: Home) -> None:
    raise_standard(date(2020, 3, 1), 480)
    batch = batch_of(home, date(2020, 3, 1))
    change = done(home, "CH-INC", earning(home, 600))
    assert change.state == "DONE"
    second = home.city.staff("CENTER_STAFF", 1)
    with fence(second):
        standard.confirm(second, batch.id)
        with refused("E_STANDARD", "1户"):
            standard.apply(second, batch.id)


def test_families_the_formula_cannot_answer_for_are_named_not_changed(home: Home) -> None:
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=home.entitlement_id).update(state="GRADUAL")
    raise_standard(date(2020, 3, 1), 480)
    batch = batch_of(home, date(2020, 3, 1))
    assert (batch.families, batch.left_out) == (0, 1)
    second = home.city.staff("CENTER_STAFF", 1)
    with fence(second), refused("E_STANDARD", "没有可以提高"):
        standard.confirm(second, batch.id)


def test_without_a_published_standard_there_is_no_batch(home: Home) -> None:
    center = home.city.staff("CENTER_STAFF")
    with fence(center), refused("E_STANDARD", "没有从2020年05月起施行"):
        standard.open_batch(center, aid_type="DIBAO", area_type="RURAL", since=date(2020, 5, 1))


# —— reviews


def test_reviews_are_planned_thirty_days_before_and_once(home: Home) -> None:
    """DYN-01: −30 yellow, due orange, +15 red, +60 suspension proposed."""
    due = home.entitlement.next_review_on
    assert due == date(2020, 12, 20)
    assert reviews.plan(date(2020, 11, 19)) == 0
    assert reviews.plan(date(2020, 11, 20)) == 1
    assert reviews.plan(date(2020, 12, 25)) == 0
    colours = [
        law.review_colour(due, each)
        for each in (date(2020, 11, 19), date(2020, 11, 20), due, date(2021, 1, 4))
    ]
    assert colours == ["GREEN", "YELLOW", "ORANGE", "RED"]
    assert not law.suspension_proposed(due, date(2021, 2, 17))
    assert law.suspension_proposed(due, date(2021, 2, 18))


@pytest.mark.parametrize(("silent", "offered"), [("", ["KEEP"]), ("CK", ["STOP", "KEEP"])])
def test_a_review_from_the_questions_to_the_next_date(
    city: City, monkeypatch: pytest.MonkeyPatch, silent: str, offered: list[str]
) -> None:
    """DYN-02: asked again under the standing consent, visited, concluded, decided by another; the next date is set.

    A silent source is no "nothing": an officer says that the family stays, and later changes do not doubt it again.
    """
    from jiuzhu.cases.acts import verification

    family = city.family("plain_poor").to_the_end()
    with fence(PLATFORM):
        entitlement = Entitlement.objects.get(case_id=family.pk)
        due, was = entitlement.next_review_on, entitlement.amounts.get()
    verifier, clerk, lead = (family.staff(role) for role in ("TOWN_VERIFIER", "TOWN_CLERK", "TOWN_LEAD"))
    spoke = reviews.verification.spoke
    monkeypatch.setattr(
        reviews.verification, "spoke", lambda run: tuple(each for each in spoke(run) if each != silent)
    )
    with clock.at(due):
        reviews.plan(due)
        with fence(PLATFORM):
            review = Review.objects.get(entitlement=entitlement)
        with fence(verifier):
            reviews.start(verifier, review.id)
        with fence(PLATFORM):
            from jiuzhu.verification.models import Inquiry

            inquiries = list(Inquiry.objects.filter(run__kind="REVIEW").values_list("id", flat=True))
        for inquiry in inquiries:
            verification.ask_source(inquiry, city.line())
        with fence(verifier):
            reviews.issue_report(verifier, review.id)
        with fence(PLATFORM):
            review.refresh_from_db()
        if reviews.needs_visit(review):
            with fence(clerk), refused("E_REVIEW", "入户"):
                reviews.conclude(clerk, review.id, text="情况没有变化")
        with fence(clerk):
            reviews.visit(
                clerk, review.id, officers=[clerk.id, verifier.id], text="在家，情况如前", picture=SIGNED
            )
            change = reviews.conclude(clerk, review.id, text="情况没有明显变化")
        with fence(PLATFORM):
            kept = change.examinations.get()
            assert (kept.result, kept.options) == (offered[0], offered), queries.differences(change)
        with fence(lead):
            decided = changes.decide(lead, change.uid, result="KEEP").decision
            assert decided.new_fen == decided.old_fen > 0
    with fence(PLATFORM):
        review.refresh_from_db()
        entitlement.refresh_from_db()
        assert (review.state, review.result) == ("DONE", "KEEP")
        assert "CK" in standing.standing(entitlement).evidence.answered
        assert entitlement.next_review_on > due
        assert entitlement.amounts.filter(superseded_at__isnull=True).get() == was


# —— what nobody may forget


def test_dyn_22_money_without_a_plan_waits_for_who_settles_it(home: Home) -> None:
    home.city.pay(date(2020, 3, 1))
    lead = home.city.staff("TOWN_LEAD")
    with fence(lead):
        overpay = recovery.claim(
            lead, home.entitlement_id, amount_fen=20000, months=[date(2020, 3, 1)], cause="漏报养老金"
        )
    for role, is_his in (("TOWN_LEAD", True), ("COUNTY_APPROVER", False), ("TOWN_CLERK", False)):
        actor = home.city.staff(role)
        with fence(actor):
            assert queries.recoveries_to_plan(actor).exists() is is_his
    with fence(lead):
        recovery.plan(lead, overpay.id, way="CASH")
        assert not queries.recoveries_to_plan(lead).exists()


def pending(home: Home, role: str, what: str) -> bool:
    actor = home.city.staff(role)
    with fence(actor):
        return queries.benefits(actor, pending=what).filter(pk=home.entitlement_id).exists()


def test_dyn_13_a_suspension_in_its_last_month_is_on_the_clerks_list(home: Home) -> None:
    done(home, "CH-SUS", {"why": "UNTRACEABLE"})
    with clock.at(date(2020, 5, 31)):
        assert not pending(home, "TOWN_CLERK", "pause")
    with clock.at(date(2020, 6, 1)):
        assert pending(home, "TOWN_CLERK", "pause")
        done(home, "CH-RES", {})
        assert not pending(home, "TOWN_CLERK", "pause")


def test_dyn_20_a_gradual_exit_nobody_ended_is_told_to_the_decider_and_not_paid_on(home: Home) -> None:
    """Three months under the rules of 2019: April to June; July's line may not be sent, whoever would waive it."""
    earned = {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 150000}], "new_work": True}
    done(home, "CH-INC", earned)
    assert home.entitlement.state == "GRADUAL" and home.entitlement.fades_until == date(2020, 6, 1)

    def faded(month: int) -> set[str]:
        with clock.at(date(2020, month, 2)):
            run = home.city.pay(date(2020, month, 1))
        with fence(PLATFORM):
            return {code for _, code, _ in money.prompts(PLATFORM, run) if code == "FADED"}

    assert faded(5) == faded(6) == set()
    with clock.at(date(2020, 5, 31)):
        assert not pending(home, "TOWN_LEAD", "fading")
    with clock.at(date(2020, 6, 1)):
        assert pending(home, "TOWN_LEAD", "fading")
        for role, is_his in (("TOWN_LEAD", True), ("COUNTY_APPROVER", False), ("TOWN_CLERK", False)):
            actor = home.city.staff(role)
            with fence(actor):
                assert bool(queries.fadings_to_end(actor)) is is_his
                assert queries.may_end_fading(actor, home.entitlement) is is_his
    assert faded(7) == {"FADED"}
    lead = home.city.staff("TOWN_LEAD")
    with clock.at(date(2020, 7, 3)):
        with fence(lead):
            ending = changes.end_fading(lead, home.entitlement_id)
        assert not pending(home, "TOWN_LEAD", "fading")
        serve(home, ending)
        with fence(PLATFORM):
            july = PayLine.objects.get(pay_month=date(2020, 7, 1))
            assert (july.id, "FADED", "E") in money.prompts(PLATFORM, july.run)


def test_dyn_20_a_suspended_gradual_exit_is_owed_no_month_after_its_last(home: Home) -> None:
    earned = {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 150000}], "new_work": True}
    done(home, "CH-INC", earned)
    with clock.at(date(2020, 4, 6)):
        done(home, "CH-SUS", {"why": "ACCOUNT"})
    with clock.at(date(2020, 8, 20)):
        done(home, "CH-RES", {})
    with fence(PLATFORM):
        owed = Due.objects.filter(kind=Due.ARREARS).values_list("for_month", flat=True)
        assert sorted(owed)[-1] == date(2020, 6, 1)
