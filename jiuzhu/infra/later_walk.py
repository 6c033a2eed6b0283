"""What time brings to a family in benefit, walked by the real acts: changes it reports, reviews, notices (section 5)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.benefits import queries, standing, table
from jiuzhu.benefits.acts import changes, reviews
from jiuzhu.benefits.models import Change, Review
from jiuzhu.cases import consents
from jiuzhu.cases.acts import authorisation, service
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import queue
from jiuzhu.infra.walk import Walker, drawn_picture, later, on_day
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Membership, Person
from jiuzhu.policy import changes as law
from jiuzhu.verification.models import Inquiry

Note = Callable[[str, str], None]
# another change or review of the same thing is under way: the clerk comes back to it
WAIT_FOR = ("E_CHANGE_OPEN", "E_CHANGE_CONFLICT")
TRIES, PAUSE_WD = 8, 10
LOOK_AHEAD = timedelta(days=15)


def later_walk(walker: Walker, case: Case, family: dict[str, Any], note: Note) -> Iterator[datetime]:
    """Everything the family's story holds for the time after the first payment, one thing after the other."""
    for plan in family.get("later", ()):
        entitlement = _running(case)
        if entitlement is None:
            return
        month = add_months(entitlement.first_month, plan["after_months"])
        wanted = max(month + timedelta(days=plan["day"] - 1), clock.today() + timedelta(days=1))
        yield on_day(parameters.calendar().roll_forward(wanted).on, 10)
        if not (yield from _told(walker, case, family, plan, note)):
            return
        if plan.get("away_months"):
            yield from _home_again(walker, case, family, plan, note)


def _told(
    walker: Walker, case: Case, family: dict[str, Any], plan: dict[str, Any], note: Note
) -> Generator[datetime, None, bool]:
    """One change, told again later while another of the same thing is open; False where nothing can be told any more."""
    for _ in range(TRIES):
        entitlement = _running(case)
        if entitlement is None or plan["kind"] not in {each.code for each in queries.kinds_for(entitlement)}:
            return False
        try:
            change = _report(walker, entitlement, family, plan)
        except Refusal as refused:
            if refused.code not in WAIT_FOR:
                raise
            yield later(PAUSE_WD)
            continue
        note(f"change_{plan['kind']}", case.case_no)
        yield from change_walk(walker, change, note, examined=False)
        break
    return True


def _home_again(
    walker: Walker, case: Case, family: dict[str, Any], plan: dict[str, Any], note: Note
) -> Iterator[datetime]:
    """AS-57: who was away comes home when he was due, joins again and signs."""
    person = family["people"][plan["person"]]
    with fence(PLATFORM):
        known = Membership.objects.filter(household=case.household, left_on__isnull=True)
        away = next((each for each in known if each.person.id_no == person["id_no"]), None)
    if away is None or away.exclude_until is None:
        return
    yield on_day(parameters.calendar().roll_forward(away.exclude_until + timedelta(days=2)).on, 10)
    if (yield from _told(walker, case, family, {"kind": law.ADD, "comes": person}, note)):
        entitlement = _running(case)
        if entitlement is not None:
            _sign(walker, entitlement)


def _running(case: Case) -> Entitlement | None:
    with fence(PLATFORM):
        return (
            Entitlement.objects.select_related("town", "county", "case", "household")
            .filter(case=case, state__in=(Entitlement.ACTIVE, Entitlement.GRADUAL))
            .first()
        )


def _report(walker: Walker, entitlement: Entitlement, family: dict[str, Any], plan: dict[str, Any]) -> Change:
    clerk = walker.staff("TOWN_CLERK", entitlement.town)
    today = clock.today()
    with fence(clerk):
        given = _given(walker, clerk, entitlement, family, plan)
        return changes.report(
            clerk,
            entitlement.id,
            plan["kind"],
            given,
            happened_on=today - timedelta(days=3) if plan.get("why") else None,
            reporter_name=entitlement.case.applicant.name,
        )


def _given(
    walker: Walker, clerk: Actor, entitlement: Entitlement, family: dict[str, Any], plan: dict[str, Any]
) -> dict[str, Any]:
    numbers = {each.id_no: each for each in Person.objects.filter(household=entitlement.household)}

    def uid(position: int) -> str:
        return str(numbers[family["people"][position]["id_no"]].uid)

    if plan["kind"] == law.DEL:
        counted = {each.ref for each in standing.standing(entitlement).evidence.members}
        known = [n for n, each in enumerate(family["people"]) if each["id_no"] in numbers]
        rest = [uid(n) for n in known if n != plan["person"] and uid(n) in counted]
        return {
            "person": uid(plan["person"]),
            "why": plan["why"],
            "payee": rest[0] if rest else "",
            "away_until": add_months(clock.today(), plan["away_months"]) if "away_months" in plan else None,
        }
    if plan["kind"] == law.ADD:
        keys = ("name", "relation", "id_no", "labour", "employment", "education")
        return {"entry": {key: plan["comes"][key] for key in keys}, "signed": True}
    if plan["kind"] == law.INC:
        row = {
            "member": uid(plan["person"]),
            "kind": plan["income"],
            "month_fen": plan["month_yuan"] * 100,
            "verified": True,
        }
        return {"incomes": [row], "new_work": plan.get("new_work", False)}
    if plan["kind"] == law.ACC:
        return {
            "holder": uid(0),
            "bank_code": "403",
            "bank_name": "中国邮政储蓄银行",
            "number": f"6217{entitlement.id:08d}{clock.today():%m%d}9",
        }
    if plan["kind"] == law.JOB:
        for number in range(3):
            changes.offer_work(
                clerk,
                entitlement.id,
                person=uid(plan["person"]),
                offered_on=clock.today() - timedelta(days=30 - 10 * number),
                what="镇环卫所保洁岗位",
                refused=True,
                reason="不愿意去",
            )
        return {"person": uid(plan["person"])}
    return {key: plan[key] for key in ("why",) if key in plan}


def change_walk(walker: Walker, change: Change, note: Note, *, examined: bool) -> Iterator[datetime]:
    """A change on its way: examined by the clerk, decided by whoever has the authority, its notice served."""
    town, county = change.entitlement.town, change.entitlement.county
    if not examined:
        yield later(3)
        clerk = walker.staff("TOWN_CLERK", town)
        with fence(clerk):
            changes.examine(clerk, change.uid, text="经入户和邻里了解，情况属实。")
    yield later(2)
    decided = _decide(walker, change, town, county)
    note(f"decided_{_result(change)}", change.number)
    yield later(1)
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        case = change.entitlement.case
        if decided.state == table.DECIDED:
            changes.serve(clerk, change.uid, mode="IN_PERSON", picture=drawn_picture("signature"))
        if service.waiting_papers(clerk, case):  # how long gradual exit lasts (W37)
            service.serve_all(clerk, case.uid, mode="IN_PERSON", picture=drawn_picture("signature"))


def _decide(walker: Walker, change: Change, town: Organisation, county: Organisation) -> Change:
    """Where something else took effect since the examination, the clerk reckons once more first."""
    decider = _decider(walker, change, town, county)
    try:
        with fence(decider):
            return changes.decide(decider, change.uid, result=_own_end(change))
    except Refusal as refused:
        if refused.code != "E_CHANGE_STALE":
            raise
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        changes.examine(clerk, change.uid, text="其他变更生效后重新测算，情况属实。")
    with fence(decider):
        return changes.decide(decider, change.uid, result=_own_end(change))


def _own_end(change: Change) -> str:
    """Support ends with a posting of its own, never with a change (TK-12); otherwise what was reckoned."""
    with fence(PLATFORM):
        kept = change.examinations.order_by("-id").first()
        supported = queries.is_supported(change.entitlement)
    return law.KEEP if supported and kept.result == law.STOP else ""


def _result(change: Change) -> str:
    with fence(PLATFORM):
        return str(Change.objects.get(pk=change.pk).decision.result)


def _decider(walker: Walker, change: Change, town: Organisation, county: Organisation) -> Actor:
    local = decide_authority(town, change.entitlement.aid_type, clock.today()) == "TOWN"
    return walker.staff("TOWN_LEAD", town) if local else walker.staff("COUNTY_APPROVER", county)


# —— reviews


def due_reviews(counties: list[Organisation], today: date, walked: set[int]) -> list[int]:
    """Planned reviews of these counties that fall due soon and that nobody walks yet."""
    with fence(PLATFORM):
        rows = Review.objects.filter(
            state=Review.PLANNED,
            due_on__lte=today + LOOK_AHEAD,
            entitlement__county__in=counties,
            entitlement__state__in=(Entitlement.ACTIVE, Entitlement.GRADUAL),
        )
        return [pk for pk in rows.order_by("id").values_list("id", flat=True) if pk not in walked]


def review_walk(walker: Walker, review_id: int, note: Note) -> Iterator[datetime]:
    """Asked anew, visited, concluded; whatever follows from it is decided and told (DYN-02)."""
    with fence(PLATFORM):
        review = Review.objects.select_related("entitlement__town").get(pk=review_id)
    entitlement = review.entitlement
    if not _still(review_id):
        return
    _sign(walker, entitlement)
    verifier = walker.staff("TOWN_VERIFIER", entitlement.town)
    with queue.collected() as jobs, fence(verifier):
        reviews.start(verifier, review_id)
    walker.ask_departments(jobs)
    yield later(2, 15)
    if not _still(review_id):
        return
    with fence(PLATFORM):
        review.refresh_from_db()
        waiting = list(
            Inquiry.objects.filter(run_id=review.run_id, run__state="RUNNING")
            .exclude(state="ANSWERED")
            .values_list("id", flat=True)
        )
    walker.ask_departments([("verification.ask", {"inquiry_id": pk}) for pk in waiting])
    verifier = walker.staff("TOWN_VERIFIER", entitlement.town)
    with fence(verifier):
        reviews.issue_report(verifier, review_id)
    one, two = (walker.staff("TOWN_CLERK", entitlement.town, position) for position in (0, 1))
    change = None
    for _ in range(TRIES):
        try:
            with fence(one):
                reviews.visit(
                    one, review_id, officers=[one.id, two.id], text="入户查看，家庭情况与核对一致。"
                )
                change = reviews.conclude(one, review_id, text="经核对和入户，按测算办理。")
            break
        except Refusal as refused:
            if refused.code not in WAIT_FOR:
                raise
        yield later(PAUSE_WD)
        if not _still(review_id):
            return
    if change is None:
        return
    note("reviewed", change.number)
    yield from change_walk(walker, change, note, examined=True)


def _sign(walker: Walker, entitlement: Entitlement) -> None:
    """Who came of age or joined signs the consent; one that ends is signed anew by everybody (VER-21)."""
    clerk, today = walker.staff("TOWN_CLERK", entitlement.town), clock.today()
    with fence(clerk):
        case = entitlement.case
        if consents.ends_soon(case, today) and not consents.renewal_of(case):
            authorisation.renew(clerk, case.uid)
        for person in consents.unsigned(case, today):
            authorisation.sign(
                clerk, case.uid, person_uid=person.uid, picture=drawn_picture("signature"), place="HOME"
            )


def _still(review_id: int) -> bool:
    """The benefit still runs and the review is open."""
    with fence(PLATFORM):
        return Review.objects.filter(
            pk=review_id,
            state__in=(Review.PLANNED, Review.RUNNING),
            entitlement__state__in=Entitlement.RUNNING,
        ).exists()
