"""Walking a made-up family through the real acts: it says, signs, forgets, objects and withdraws as its story tells.

A walk is a generator: it yields the instant at which it wants to act next; the driver sets the clock and resumes.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from PIL import Image, ImageDraw

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Post
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.accounts.queries import actor_for
from jiuzhu.aid_types import registry
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
    obligors,
    review,
    service,
    support,
    verification,
    withdrawal,
)
from jiuzhu.cases.guards import latest_posting
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.core.steady import remembered
from jiuzhu.infra import queue
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Person
from jiuzhu.people.queries import adults_of
from jiuzhu.vault.uploads import Picture, picture
from jiuzhu.verification import queries as findings
from jiuzhu.verification.models import Inquiry
from jiuzhu.workflow.states import TERMINAL

Walk = Iterator[datetime]


@functools.cache
def drawn_picture(kind: str) -> Picture:
    """A small drawn picture standing for a signature or a photo (simulated, says so on itself)."""
    image = Image.new("RGB", (320, 200 if kind != "signature" else 90), "white")
    pen = ImageDraw.Draw(image)
    if kind == "signature":
        pen.line([(20, 60), (60, 25), (90, 70), (130, 30), (180, 65), (300, 40)], fill="black", width=4)
    else:
        pen.rectangle([(40, 70), (280, 180)], outline="gray", width=3)
        pen.polygon([(30, 70), (160, 15), (290, 70)], outline="gray")
        pen.text((90, 120), f"SIMULATED {kind}", fill="gray")
    out = io.BytesIO()
    image.save(out, "PNG")
    return picture(out.getvalue(), kind)


@remembered
def _holding(role: str, organ: Organisation, position: int, on: date) -> Actor:
    posts = Post.objects.filter(role=role, organ=organ).select_related("staff", "organ").order_by("id")
    return actor_for(posts[position], on, client="simulate")


class Walker:
    """Knows the staff of the demo towns and the line to the departments."""

    def __init__(self, line: Any, departments: httpx.Client | None = None) -> None:
        self.line, self.departments = line, departments

    def staff(self, role: str, organ: Organisation, position: int = 0) -> Actor:
        """The person holding a role at an organ today."""
        return _holding(role, organ, position, clock.today())

    def ask_departments(self, jobs: list[queue.Job]) -> None:
        """Run the questions an act queued, as the worker would."""
        for name, arguments in jobs:
            if name == "verification.ask":
                verification.ask_source(arguments["inquiry_id"], self.line)


def later(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant on the n-th working day after today (0 = today, a little later)."""
    today = clock.today()
    if not days:
        return clock.now() + timedelta(minutes=20)
    return clock.instant(parameters.calendar().add_working_days(today, days).on, hour, minute)


def on_day(day: date, hour: int = 9) -> datetime:
    return clock.instant(day, hour)


def family_walk(
    walker: Walker, family: dict[str, Any], note: Callable[[str, str], None]
) -> Iterator[datetime]:
    """One family from its first word to its end; returns its case. ``note(event, case_no)`` counts what happened."""
    case = _first_word(walker, family)
    note("opened", case.case_no)
    town = case.town
    citizen = citizen_of(case)
    signers = _sign(walker, case, citizen, family)
    if not signers:
        note("waiting_for_signature", case.case_no)
        yield later(15)
        with fence(citizen):
            withdrawal.withdraw(citizen, case.uid, reason="家庭成员不同意签署授权")
        note("withdrawn", case.case_no)
        hand_over(walker, case, citizen, family)
        return case
    if not _asks_later(case):
        yield later(1)
        yield from _verify(walker, case, family)
        yield later(0)
        hand_over(walker, case, citizen, family)
        state = state_of(case)
        if state == "VER_NOT_FIT":
            went_on = yield from _not_fit(walker, case, family, citizen, note)
            if not went_on:
                return case
    yield later(2, 10)
    _apply(case, citizen, family)
    yield later(1, 9, 30)
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        if family["behaviour"].get("forgets"):
            acceptance.ask_for_correction(
                clerk, case.uid, items=list(family["behaviour"]["forgets"]), explanation="请一次补齐。"
            )
    hand_over(walker, case, citizen, family)
    if family["behaviour"].get("forgets"):
        yield later(4)
        _supply(case, citizen, family)
        yield later(0)
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        acceptance.accept(clerk, case.uid, file_kin=True)
    note("accepted", case.case_no)
    yield later(0)
    hand_over(walker, case, citizen, family)
    if family["behaviour"].get("withdraws_after") == "ACCEPTED":
        yield later(2)
        with fence(citizen):
            withdrawal.withdraw(citizen, case.uid, reason="家庭情况好转，自愿放弃")
        note("withdrawn", case.case_no)
        hand_over(walker, case, citizen, family)
        return case
    yield from go_on(walker, case, family, note)
    return case


def go_on(walker: Walker, case: Case, family: dict[str, Any], note: Callable[[str, str], None]) -> Walk:
    """From wherever the case stands after its acceptance to its end."""
    town, county, citizen = case.town, case.county, citizen_of(case)
    while (state := state_of(case)) not in TERMINAL:
        if state == "ACCEPTED":
            if _asks_later(case):
                yield from _ask_beside(walker, case)
            yield from _investigate(walker, case, town)
        elif state == "INVESTIGATING":
            yield from _investigate(walker, case, town, again=True)
        elif state in objection.POSTED:
            yield from _publicity(walker, case, family, town, county, note)
        else:
            yield later(2, 10)
            yield from _county_visit(walker, case, county)
            _rate(walker, case, family)
            _decide(walker, case, town, county, note)
    state = state_of(case)
    note(state.lower(), case.case_no)
    yield later(1, 15)
    hand_over(walker, case, citizen, family)


def hand_over(walker: Walker, case: Case, citizen: Actor, family: dict[str, Any]) -> None:
    """Every third family reads its papers on the phone, the others sign for them at the door (DOC-03)."""
    online = family["index"] % 3 == 0
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(citizen if online else clerk):
        for paper in queries.papers_of(citizen, case):
            if not paper.needs_service or paper.state != "ISSUED":
                continue
            if online:
                service.receive_paper(citizen, case.uid, paper.id)
            else:
                service.serve_paper(
                    clerk, case.uid, paper.id, mode="IN_PERSON", picture=drawn_picture("signature")
                )


def state_of(case: Case) -> str:
    with fence(PLATFORM):
        return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def citizen_of(case: Case) -> Actor:
    return Actor(
        kind=CITIZEN,
        id=None,
        name=case.applicant.name,
        role="APPLICANT",
        person_id=case.applicant_id,
        household_id=case.household_id,
        client="simulate",
    )


_MEMBER_KEYS = [
    "exclude_code",
    "exclude_until",
    "marital",
    "education",
    "health",
    "disability_category",
    "disability_grade",
    "serious_illness",
    "labour",
    "employment",
]


def _first_word(walker: Walker, family: dict[str, Any]) -> Case:
    town = Organisation.objects.get(code=family["town"])
    villages = villages_of(town)
    index = family["index"]
    channel = ("ONLINE", "WINDOW", "AGENT")[index % 3]
    village = villages[0 if channel == "AGENT" else family["village"] % len(villages)]
    people = [
        {key: person[key] for key in ("name", "relation", *_MEMBER_KEYS) if key in person}
        | {"id_no": person.get("typed_id_no", person["id_no"]), "hukou_division": village.code}
        for person in family["people"]
    ]
    people[0]["phone"] = family["phone"]
    actor = Actor(kind=CITIZEN, id=None, name=people[0]["name"], role="APPLICANT", client="simulate")
    if channel == "WINDOW":
        actor = walker.staff("TOWN_CLERK", town)
    elif channel == "AGENT":
        actor = walker.staff("VILLAGE_ASSIST", town)
    with fence(actor):
        return intention.register_intention(
            actor,
            town_id=town.id,
            village_code=village.code,
            area_type=family["area"],
            people=people,
            channel=channel,
            hardship=family["hardship"],
            causes=family["causes"],
            address=f"{village.name}{family['address']}",
            aid_type=family.get("aid_type", registry.ORDINARY),
            for_person=family.get("for_person", ""),
            obligors=[
                {key: each[key] for key in ("supports", "name", "relation", "id_no", "facts") if key in each}
                for each in family.get("obligors", ())
            ],
        )


def _sign(walker: Walker, case: Case, citizen: Actor, family: dict[str, Any]) -> bool:
    """Every adult signs on the phone; returns whether all did."""
    unwilling = family["behaviour"].get("unsigned", ())
    with fence(citizen):
        for person in _adults(case):
            position = next(i for i, each in enumerate(family["people"]) if each["name"] == person.name)
            if position not in unwilling:
                authorisation.sign(
                    citizen, case.uid, person_uid=person.uid, picture=drawn_picture("signature")
                )
    if registry.get(case.aid_type).obligors_sign:
        _obligors_sign(walker, case, family)
    return state_of(case) == "AUTHORISED"


def _obligors_sign(walker: Walker, case: Case, family: dict[str, Any]) -> None:
    """Supporters sign before the clerk; ``absent`` says why one does not (TK-05)."""
    clerk = walker.staff("TOWN_CLERK", case.town)
    absent = {each["name"]: each["absent"] for each in family.get("obligors", ()) if each.get("absent")}
    with fence(clerk):
        for obligor in case.household.obligors.order_by("id"):
            if kind := absent.get(obligor.name):
                obligors.excuse_obligor(
                    clerk, case.uid, obligor_id=obligor.id, kind=kind, reason="多次上门、电话联系均未果。"
                )
            else:
                authorisation.sign(
                    clerk, case.uid, obligor_id=obligor.id, picture=drawn_picture("signature"), mode="PAPER"
                )


def _adults(case: Case) -> list[Person]:
    return [each.person for each in adults_of(case.household, clock.today())]


def _verify(walker: Walker, case: Case, family: dict[str, Any]) -> Walk:
    """Own run or through the county; answers by the simulator; report; the family is told."""
    verifier = walker.staff("TOWN_VERIFIER", case.town)
    route = "COUNTY" if family["index"] % 4 == 0 else "OWN"
    with queue.collected() as jobs, fence(verifier):
        verification.start_verification(verifier, case.uid, route=route)
    walker.ask_departments(jobs)
    yield later(2, 15)
    again = [("verification.ask", {"inquiry_id": pk}) for pk in _pending(case)]
    walker.ask_departments(again)
    reporter = (
        walker.staff("COUNTY_VERIFIER", case.county)
        if route == "COUNTY"
        else walker.staff("TOWN_VERIFIER", case.town)
    )
    with fence(reporter):
        verification.issue_report(reporter, case.uid)
    yield later(1)
    _tell(walker, case)


def _asks_later(case: Case) -> bool:
    """Where departments are asked only after acceptance, beside the visit (3.5)."""
    return any("ACCEPTED" in row.sources for row in registry.get(case.aid_type).moves.named("D3"))


def _ask_beside(walker: Walker, case: Case) -> Walk:
    verifier = walker.staff("TOWN_VERIFIER", case.town)
    with queue.collected() as jobs, fence(verifier):
        verification.start_verification(verifier, case.uid, route="OWN")
    walker.ask_departments(jobs)
    yield later(2, 15)
    walker.ask_departments([("verification.ask", {"inquiry_id": pk}) for pk in _pending(case)])
    verifier = walker.staff("TOWN_VERIFIER", case.town)
    with fence(verifier):
        verification.issue_report(verifier, case.uid)


def _pending(case: Case) -> list[int]:
    with fence(PLATFORM):
        return list(
            Inquiry.objects.filter(run__case_id=case.id, run__state="RUNNING")
            .exclude(state="ANSWERED")
            .values_list("id", flat=True)
        )


def _tell(walker: Walker, case: Case) -> None:
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(clerk):
        if findings.open_blocking(findings.latest_report(case.id)):
            verification.notify_not_fit(clerk, case.uid, confirmed=True)
        else:
            verification.notify_may_apply(clerk, case.uid)


def _not_fit(
    walker: Walker, case: Case, family: dict[str, Any], citizen: Actor, note: Callable[[str, str], None]
) -> Iterator[datetime]:
    """The family objects, insists, or lets it lapse. Returns whether it goes on to apply."""
    note("told_not_fit", case.case_no)
    if family["behaviour"].get("objects_to_report"):
        yield later(3)
        if family["behaviour"].get("sells_car") and walker.departments:
            _sell_car(walker, family)
        with fence(citizen):
            verification.object_to_report(citizen, case.uid, reason="车辆已经卖出，有过户证明。")
        yield later(1)
        verifier = walker.staff("TOWN_VERIFIER", case.town)
        with queue.collected() as jobs, fence(verifier):
            verification.start_recheck(verifier, case.uid)
        walker.ask_departments(jobs)
        yield later(2)
        verifier = walker.staff("TOWN_VERIFIER", case.town)
        with fence(verifier):
            verification.conclude_recheck(verifier, case.uid)
        yield later(0)
        hand_over(walker, case, citizen, family)
        if state_of(case) == "MAY_APPLY":
            note("recheck_fit", case.case_no)
            return True
    if family["behaviour"].get("insists"):
        return True
    yield on_day(parameters.calendar().add_working_days(clock.today(), 11).on, 8)
    withdrawal.lapse(case.uid, "D10")
    note("lapsed", case.case_no)
    return False


def _sell_car(walker: Walker, family: dict[str, Any]) -> None:
    owner = family["people"][0]
    cars = [car | {"sold_on": clock.today().isoformat()} for car in owner["truth"]["vehicles"]]
    assert walker.departments is not None
    walker.departments.post(
        "/console/people",
        json=[{"id_no": owner["id_no"], "name": owner["name"], "truth": owner["truth"] | {"vehicles": cars}}],
    )


def _form(case: Case, family: dict[str, Any], *, complete: bool) -> dict[str, Any]:
    uids = {person.name: str(person.uid) for person in Person.objects.filter(household_id=case.household_id)}
    at = [uids[each["name"]] for each in family["people"]]
    said = family["declared"]
    body: dict[str, Any] = {
        "incomes": [
            {
                "person": at[each["person"]],
                "category": each["category"],
                "kind": each["kind"],
                "month_fen": each["month_yuan"] * 100,
            }
            for each in said["incomes"]
        ],
        "exemptions": {at[int(position)]: code for position, code in said["exemptions"].items()},
        "kin": [
            {
                "person": at[each["person"]],
                "official": each["official"],
                "post": each["post"],
                "relation": each["relation"],
            }
            for each in said["kin"]
        ],
        "hardship": family["hardship"],
        "spendings": [
            {"person": at[each["person"]], "kind": each["kind"], "self_paid_fen": each["year_yuan"] * 100}
            for each in said.get("spendings", ())
        ],
    }
    if complete and registry.get(case.aid_type).has_money:
        body["account"] = said["account"] | {"holder": at[0]}
    return body


def _apply(case: Case, citizen: Actor, family: dict[str, Any]) -> None:
    with fence(citizen):
        complete = "bank_account" not in family["behaviour"].get("forgets", ())
        application.prefilled(citizen, case.uid)
        application.save_draft(citizen, case.uid, _form(case, family, complete=complete))
        application.submit_application(citizen, case.uid, commitment=True)


def _supply(case: Case, citizen: Actor, family: dict[str, Any]) -> None:
    """The family brings everything the one notice asked for."""
    with fence(citizen):
        materials.supply(citizen, case.uid, account=_form(case, family, complete=True)["account"])
        for item in family["behaviour"]["forgets"]:
            if item != "bank_account":
                materials.add_material(citizen, case.uid, kind=item, picture=drawn_picture("photo"))


def _investigate(walker: Walker, case: Case, town: Organisation, again: bool = False) -> Walk:
    """Two investigators at home, the record, the township's opinion."""
    yield later(1)
    one, two = walker.staff("TOWN_CLERK", town, 0), walker.staff("TOWN_CLERK", town, 1)
    if not again:
        with fence(one):
            investigation.start_investigation(one, case.uid)
    yield later(2, 14)
    _visit(case, one, two)
    yield later(1, 16)
    lead = walker.staff("TOWN_LEAD", town)
    with fence(lead):
        review.forward(lead, case.uid, opinion="经入户调查和审核，情况属实，意见见测算。")


def _visit(case: Case, one: Actor, two: Actor) -> None:
    with fence(one):
        present = _adults(case)[0]
        investigation.record_visit(
            one,
            case.uid,
            visited_at=clock.now() - timedelta(hours=2),
            living={
                "housing": "自有平房三间，陈设简单",
                "income_note": "与申报一致",
                "expense_note": "以医药、口粮为主",
                "health_note": "与申报一致",
            },
            conclusion="生活困难，申报情况基本属实。",
            present_uid=present.uid,
        )
        investigation.add_photo(one, case.uid, picture=drawn_picture("home"))
        investigation.sign_as_present(one, case.uid, picture=drawn_picture("signature"))
        for finding in findings.unanswered_differences(findings.latest_report(case.id)):
            verification.answer_finding(
                one,
                case.uid,
                finding_id=finding.id,
                outcome="CONFIRMED" if finding.code == "H-WAGE" else "EXPLAINED",
                reason="入户核实，情况已说明并留存证据。",
            )
    for each in (one, two):
        with fence(each):
            investigation.sign_as_investigator(each, case.uid, picture=drawn_picture("signature"))
    with fence(one):
        investigation.submit_investigation(one, case.uid)


def _rate(walker: Walker, case: Case, family: dict[str, Any]) -> None:
    """Who is supported is rated at home: ``unable`` names what he cannot do alone (W30)."""
    aid = registry.get(case.aid_type)
    if aid.support is None:
        return
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(clerk):
        if not case.ratings.exists():
            support.rate_self_care(clerk, case.uid, **rating(case, family, clerk))


def rating(case: Case, family: dict[str, Any], clerk: Actor) -> dict[str, Any]:
    """What two assessors and a witness found, as the acts of rating take it."""
    known = registry.get(case.aid_type).support
    assert known is not None
    return {
        "items": {item: item not in family.get("unable", ()) for item in known.items},
        "assessor": clerk.name,
        "second_assessor": "孙医生",
        "witness": "邻居老周",
        "signatures": [drawn_picture("signature")] * 3,
        "organisation": "镇卫生院",
    }


def _county_visit(walker: Walker, case: Case, county: Organisation) -> Walk:
    supervisor = walker.staff("COUNTY_SUPERVISOR", county)
    with fence(supervisor):
        current = Case.objects.get(pk=case.pk)
        needed = (
            current.county_visit_required
            and not current.county_visits.filter(visited_on__isnull=False).exists()
        )
        if needed:
            decision.require_county_visit(supervisor, case.uid, reason="近亲属备案案件，须县级入户核查")
    if needed:
        yield later(2)
        with fence(supervisor):
            decision.record_county_visit(
                supervisor, case.uid, officers=["郑伟", "周海助理"], result="情况属实", supports=True
            )
        yield later(1)


def _decide(
    walker: Walker, case: Case, town: Organisation, county: Organisation, note: Callable[[str, str], None]
) -> None:
    local = state_of(case) == "TOWN_APPROVAL"
    decider = walker.staff("TOWN_LEAD", town) if local else walker.staff("COUNTY_APPROVER", county)
    with fence(decider):
        outcome = queries.outcome_of(case)
        assert outcome is not None
        if outcome.conclusion == "QUALIFIED":
            decision.approve(decider, case.uid)
            note("approved", case.case_no)
        else:
            codes = list(outcome.reasons) or ["RC-MEMBER"]
            decision.refuse(
                decider,
                case.uid,
                codes=codes,
                reason="；".join(each.sentence for each in outcome.not_met) or "家庭情况无法查清。",
            )
            note("decided_no", case.case_no)


def _publicity(
    walker: Walker,
    case: Case,
    family: dict[str, Any],
    town: Organisation,
    county: Organisation,
    note: Callable[[str, str], None],
) -> Walk:
    """Photos, perhaps an objection and a meeting; else the quiet end."""
    clerk = walker.staff("TOWN_CLERK", town)
    posting = latest_posting(case)
    assert posting is not None
    with fence(clerk):
        objection.photograph_posting(clerk, case.uid, picture=drawn_picture("posting"), moment="START")
    behaviour = family["behaviour"]
    if behaviour.get("objection_on_day") and posting.round == 1:
        yield on_day(posting.posted_on + timedelta(days=behaviour["objection_on_day"]), 18)
        objection.object_publicly(posting.token, content="听说他家儿子在外地有收入，请核实。")
        note("objected", case.case_no)
        yield later(1)
        clerk = walker.staff("TOWN_CLERK", town)
        with fence(clerk):
            objection.call_appraisal(clerk, case.uid, planned_at=later(2, 15), place="村委会会议室")
        yield later(2, 15)
        clerk = walker.staff("TOWN_CLERK", town)
        with fence(clerk):
            objection.conclude_appraisal(
                clerk, case.uid, participants=participants(behaviour["vote"]), chair=clerk.name, minutes={}
            )
        note("appraised", case.case_no)
        behaviour["objection_on_day"] = 0
        return
    yield on_day(posting.ends_on, 17)
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        objection.photograph_posting(clerk, case.uid, picture=drawn_picture("posting"), moment="END")
    yield on_day(parameters.calendar().add_working_days(posting.ends_on, 1).on, 9)
    clerk = walker.staff("TOWN_CLERK", town)
    end = objection.end_publicity
    if state_of(case) == "PRELIM_PUBLICITY":
        end = objection.end_preliminary_publicity
    with fence(clerk):
        end(clerk, case.uid)


def participants(vote: str) -> list[dict[str, Any]]:
    """Twelve people, eight of them representatives, voting so that the meeting ends as the story says."""
    agree = {"TRUE": 10, "NOT_TRUE": 2, "DISPUTED": 6}[vote]
    capacities = ["TOWN", "COMMITTEE", "COMMITTEE", "PARTY"] + ["REPRESENTATIVE"] * 8
    return [
        {
            "name": f"评议员{number + 1:02d}",
            "capacity": capacity,
            "vote": "TRUE" if number < agree else "NOT_TRUE",
            "signed": True,
        }
        for number, capacity in enumerate(capacities)
    ]
