"""A decision comes true: amounts, members, account, state; what earlier lists paid otherwise is made good."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.benefits import papers as forms
from jiuzhu.benefits import standing
from jiuzhu.benefits.acts._act import values
from jiuzhu.benefits.models import Change, ChangeDecision, Effect, Fading, Overpay, Review, Suspension
from jiuzhu.cases.acts import continuation
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.payments import queries as money
from jiuzhu.payments.acts import owing
from jiuzhu.payments.models import Due
from jiuzhu.people import acts as people
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.policy import changes as law
from jiuzhu.policy.evidence import Evidence


def take(
    actor: Actor,
    change: Change,
    decision: ChangeDecision,
    papers: list[Document],
    *,
    served_on: date | None = None,
) -> Effect:
    """Write everything the decision means, from the first month no list has taken yet."""
    entitlement, kept, result = change.entitlement, decision.examination, decision.result
    unlisted = money.first_unlisted(entitlement.id, entitlement.first_month)
    month = law.starts(decision.effective_month, first_unlisted=unlisted, served_on=served_on)
    done = Effect(change=change, from_month=month, at=clock.now())
    _people(actor, change, decision, month)
    if result in (law.INCREASE, law.DECREASE) or (result == law.KEEP and _another_count(change, decision)):
        _return_from_fading(change, month)
        continuation.set_amount(
            entitlement,
            from_month=month,
            members_count=kept.members_count,
            base_fen=kept.base_fen,
            topup_fen=kept.topup_fen,
            care_fen=kept.care_fen,
            ground=change.number,
        )
    elif result == law.STOP:
        end_reviews(entitlement)
        _end_suspension_and_fading(change, month)
        continuation.stop(entitlement, last_month=add_months(month, -1), reason=decision.reason or "ST-OTHER")
    elif result == law.GRADUAL:
        _fade(actor, change, decision, month, papers)
    elif result == law.SUSPEND:
        _suspend(actor, change, decision, month, papers)
    elif result == law.RESUME:
        _resume(actor, change)
    elif result == law.REINSTATE:
        _reinstate(actor, change)
    _make_good(actor, change, decision, done)
    _other_facts(change)
    done.save(force_insert=True)
    return done


def end_reviews(entitlement: Entitlement) -> None:
    """What is ended is not reviewed any more."""
    Review.objects.filter(entitlement=entitlement, state__in=(Review.PLANNED, Review.RUNNING)).update(
        state=Review.ENDED, finished_on=clock.today()
    )


def _another_count(change: Change, decision: ChangeDecision) -> bool:
    now = standing.amount_on(change.entitlement, decision.effective_month)
    return now is not None and now.members_count != decision.examination.members_count


# —— people


def _people(actor: Actor, change: Change, decision: ChangeDecision, month: date) -> None:
    entitlement, person = change.entitlement, change.person
    if change.kind == law.DEL and person:
        if change.facts["why"] == law.DEATH:
            people.note_death(person, on=change.happened_on or clock.today())
        if situation := law.AWAY.get(change.facts["why"]):
            until = change.facts.get("until")
            people.go_away(person, situation=situation, until=date.fromisoformat(until) if until else None)
        else:
            people.part(person, on=change.happened_on or clock.today())
        if change.facts.get("payee"):
            heir = Person.objects.get(uid=change.facts["payee"])
            continuation.set_payee(entitlement, heir)
        if decision.result != law.STOP:
            continuation.leave(
                entitlement,
                [person],
                last_month=add_months(decision.effective_month, -1),
                reason="ST-DEATH" if change.facts["why"] == law.DEATH else "ST-OTHER",
            )
    if change.kind == law.ADD and person and decision.result != law.STOP:
        try:
            with transaction.atomic():
                continuation.join(entitlement, person, from_month=month)
        except IntegrityError as clash:
            raise Refusal("E_DUP", why=f"{person.name}已在享受低保或特困供养") from clash
        people.come_home(person)
    if change.kind == law.CERT and person:
        held = change.facts["certificate"]
        people.note_certificate(
            person,
            category=held["category"],
            grade=held["grade"],
            until=date.fromisoformat(held["until"]) if held["until"] else None,
        )
    if change.kind == law.ACC and person:
        people.set_account(
            entitlement.household,
            holder=person,
            bank_code=change.facts["bank_code"],
            bank_name=change.facts["bank_name"],
            number=change.account,
            on=clock.today(),
            purpose=BankAccount.OWN if entitlement.case.for_person_id else "",
            for_person=entitlement.case.for_person,
        )
        continuation.set_payee(entitlement, person)


def _other_facts(change: Change) -> None:
    """The class decides how soon the family is looked at again."""
    entitlement = change.entitlement
    if change.kind == law.CLS:
        limits = values(entitlement, change.regime, clock.today())
        entitlement.review_class = change.facts["review_class"]
        entitlement.next_review_on = law.next_review(clock.today(), entitlement.review_class, limits)
        entitlement.save(update_fields=["review_class", "next_review_on"])


def finish_review(change: Change, decision: ChangeDecision) -> None:
    """CLK-REV ends with the decision; class and next date follow the family as it is now (DYN-01)."""
    entitlement, today = change.entitlement, clock.today()
    review = Review.objects.get(pk=change.review_id)
    review.state, review.finished_on, review.result = Review.DONE, today, decision.result
    review.save(update_fields=["state", "finished_on", "result"])
    family = Evidence.from_dict(decision.examination.after)
    if family.counted:
        entitlement.review_class = registry.get(entitlement.aid_type).review_class(family)
    limits = values(entitlement, change.regime, today)
    entitlement.next_review_on = law.next_review(today, entitlement.review_class, limits)
    entitlement.save(update_fields=["review_class", "next_review_on"])


# —— what earlier lists paid


def _make_good(actor: Actor, change: Change, decision: ChangeDecision, done: Effect) -> None:
    """Months already listed at the former sum: arrears when it rose, recovery when a death was told late (DYN-21)."""
    listed = [
        each
        for each in money.listed_months(change.entitlement_id, decision.effective_month)
        if each.month < done.from_month and not each.kept_back
    ]
    if decision.result == law.INCREASE:
        done.arrears_fen = sum(max(0, decision.new_fen - each.fen) for each in listed)
        if done.arrears_fen:
            owing.owe(
                actor,
                [
                    owing.Owed(
                        change.entitlement_id,
                        Due.ARREARS,
                        done.arrears_fen,
                        done.from_month,
                        f"change:{change.number}",
                        f"变更{change.number}补发差额",
                    )
                ],
            )
    elif decision.result in law.LESS and change.facts.get("why") == law.DEATH:
        over = [each for each in listed if each.fen > decision.new_fen]
        done.overpaid_fen = sum(each.fen - decision.new_fen for each in over)
        if done.overpaid_fen:
            Overpay.objects.create(
                entitlement=change.entitlement,
                change=change,
                number=f"ZH{change.number}",
                amount_fen=done.overpaid_fen,
                months=[each.month for each in over],
                cause="成员去世后仍按原金额发放",
                found_on=clock.today(),
            )


# —— pause and gradual exit


def _suspend(
    actor: Actor, change: Change, decision: ChangeDecision, month: date, papers: list[Document]
) -> None:
    entitlement = change.entitlement
    limits = values(entitlement, change.regime, clock.today())
    Suspension.objects.create(
        entitlement=entitlement,
        change=change,
        reason=change.facts["why"],
        from_month=month,
        until_month=add_months(month, int(limits["suspend_max_months"]) - 1),
    )
    entitlement.state = Entitlement.SUSPENDED
    entitlement.save(update_fields=["state"])
    papers.append(forms.notice(actor, change, decision, action="暂停发放，查清后恢复并补发或者停发"))


def _resume(actor: Actor, change: Change) -> None:
    """Back to where it was; the months no list took are owed, each as its own (DYN-13)."""
    entitlement = change.entitlement
    pause = Suspension.objects.get(entitlement=entitlement, ended_on__isnull=True)
    _close(pause, change)
    fading = Fading.objects.filter(entitlement=entitlement, ended_month__isnull=True).exists()
    entitlement.state = Entitlement.GRADUAL if fading else Entitlement.ACTIVE
    entitlement.save(update_fields=["state"])
    _owe_missed(actor, entitlement, pause.from_month, change)


def _close(pause: Suspension, change: Change) -> None:
    pause.ended_on, pause.ended_by = clock.today(), change
    pause.save(update_fields=["ended_on", "ended_by"])


def _owe_missed(actor: Actor, entitlement: Entitlement, since: date, change: Change) -> None:
    listed = {each.month for each in money.listed_months(entitlement.id, since)}
    upcoming = money.next_list_month(
        entitlement.county_id, entitlement.aid_type, entitlement.area_type, clock.today()
    )
    owed, month, last = [], since, entitlement.fades_until
    while month < upcoming and (last is None or month <= last):
        fen = standing.total(standing.amount_on(entitlement, month))
        if month not in listed and fen:
            owed.append(
                owing.Owed(
                    entitlement.id,
                    Due.ARREARS,
                    fen,
                    upcoming,
                    f"change:{change.number}:{month:%Y-%m}",
                    f"补发{month:%Y年%m月}",
                    for_month=month,
                )
            )
        month = add_months(month, 1)
    owing.owe(actor, owed)


def _fade(
    actor: Actor, change: Change, decision: ChangeDecision, month: date, papers: list[Document]
) -> None:
    """DYN-20: the last amount for some months more; W37 says until when."""
    entitlement, months = change.entitlement, decision.examination.months
    last = add_months(month, months - 1)
    Fading.objects.create(
        entitlement=entitlement, change=change, from_month=month, last_month=last, months=months
    )
    entitlement.state, entitlement.fades_until = Entitlement.GRADUAL, last
    entitlement.save(update_fields=["state", "fades_until"])
    papers.append(forms.fading(actor, change, decision, months=months, from_month=month, last_month=last))


def _return_from_fading(change: Change, month: date) -> None:
    """Income fell below the standard again: an ordinary benefit; the months count."""
    entitlement = change.entitlement
    if entitlement.state == Entitlement.GRADUAL:
        _end_fading(entitlement, month, "收入重新低于保障标准")
        entitlement.state, entitlement.fades_until = Entitlement.ACTIVE, None
        entitlement.save(update_fields=["state", "fades_until"])


def _end_fading(entitlement: Entitlement, month: date, because: str) -> None:
    fading = Fading.objects.filter(entitlement=entitlement, ended_month__isnull=True).first()
    if fading:
        fading.ended_month, fading.ended_because = add_months(month, -1), because
        fading.save(update_fields=["ended_month", "ended_because"])


def _end_suspension_and_fading(change: Change, month: date) -> None:
    for pause in Suspension.objects.filter(entitlement=change.entitlement, ended_on__isnull=True):
        _close(pause, change)
    _end_fading(change.entitlement, month, "渐退期满" if change.facts.get("fading_ends") else "停发")


def _reinstate(actor: Actor, change: Change) -> None:
    """The stop was wrong: as if it had not been; months without a list are owed."""
    entitlement = change.entitlement
    entitlement.fades_until = None
    entitlement.save(update_fields=["fades_until"])
    since = add_months(entitlement.last_month, 1) if entitlement.last_month else entitlement.first_month
    former = standing.amount_on(entitlement, since)
    counted = {each.ref for each in Evidence.from_dict(change.decision.examination.after).counted}
    persons = [
        each
        for each in Person.objects.filter(household_id=entitlement.household_id)
        if str(each.uid) in counted
    ]
    try:
        with transaction.atomic():
            continuation.reinstate(entitlement, persons, from_month=since)
    except IntegrityError as clash:
        raise Refusal("E_DUP", why="有家庭成员已在享受其他生活救助") from clash
    continuation.set_amount(
        entitlement,
        from_month=since,
        members_count=former.members_count,
        base_fen=former.base_fen,
        topup_fen=former.topup_fen,
        care_fen=former.care_fen,
        ground=change.number,
    )
    _owe_missed(actor, entitlement, since, change)
