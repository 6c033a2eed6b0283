"""The monthly cross-check of everybody in benefit (DYN-04, SUP-20): registers and our own books against those paid.

Registers are asked under the standing consent, by a verifier with an agreement, once a month a family. What they say
unlike what is known becomes an alert that a person looks into; nothing is stopped by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit.acts import record
from jiuzhu.benefits import standing, statements
from jiuzhu.benefits.acts._act import locked_entitlement, regime_today, values
from jiuzhu.benefits.acts.reviews import signed_members, verified
from jiuzhu.benefits.models import Alert
from jiuzhu.benefits.permissions import check_role
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.queue import defer
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import queries as money
from jiuzhu.people.models import Person
from jiuzhu.policy import findings
from jiuzhu.policy.evidence import SelfCare
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Run

KIND, RESULTS = "CROSS", Alert.RESULTS
# deaths, vehicles, companies: what changes between two reviews and is quick to ask for (DYN-04)
SOURCES = ("SW", "CL", "GS")
TITLES = {
    "DEATH": "有人去世",
    "DUPLICATE": "重复享受",
    "ADULT": "年满18周岁",
    "PENSION": "年满60周岁",
    "ACCOUNT": "连续两月未到账",
    "RETURNED": "家庭成员返回",
    "NO_CHANGE": "C类长期无变化",
    "REGISTER": "部门信息不一致",
    "DQ-38": "不再属于无劳动能力",
    "DQ-40": "照料金额与等级不符",
}
_URGENT = frozenset({"DEATH", "DUPLICATE"})
_ANSWER_DAYS = {"E": 5, "W": 20}


@dataclass(frozen=True)
class Seen:
    """One fact about one family, before it is known whether it was told already."""

    entitlement_id: int
    kind: str
    key: str
    text: str
    level: str = "W"
    person_id: int | None = None
    source: str = ""


def _raise(facts: Iterable[Seen]) -> int:
    """Alerts for facts not told before; how many are new."""
    today, calendar = clock.today(), parameters.calendar()
    due = {level: calendar.add_working_days(today, days).on for level, days in _ANSWER_DAYS.items()}
    before = Alert.objects.count()
    Alert.objects.bulk_create(
        (
            Alert(
                entitlement_id=each.entitlement_id,
                person_id=each.person_id,
                kind=each.kind,
                level=each.level,
                key=f"{each.kind}:{each.entitlement_id}:{each.key}"[:120],
                source=each.source,
                text=each.text[:300],
                found_on=today,
                due_on=due[each.level],
            )
            for each in facts
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )
    return Alert.objects.count() - before


# —— our own books, every night


def look_through(today: date) -> int:
    """What our own books say of everybody in benefit: deaths told elsewhere, two aids at once, ages, failed pay."""
    with transaction.atomic(), fence(PLATFORM):
        added = _raise(_of_books(today))
        if added:
            record(PLATFORM, "benefit.crosscheck", count=added)
        return added


def _of_books(today: date) -> Iterator[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(statements.WATCH, {"today": today, "since": today - timedelta(days=31)})
        for entitlement, person, kind, key, text in cursor.fetchall():
            yield Seen(entitlement, kind, key, text, "E" if kind in _URGENT else "W", person)
    running = Entitlement.objects.filter(state__in=(Entitlement.ACTIVE, Entitlement.GRADUAL))
    for entitlement in sorted(money.failing(running)):
        yield Seen(entitlement, "ACCOUNT", f"{today:%Y-%m}", "连续两个月没有到账，核实账户；必要时暂停发放")
    yield from _of_support(today)


# —— supported people against their own rules (DQ-38, DQ-40)


def _of_support(today: date) -> Iterator[Seen]:
    for aid in registry.all_types():
        if aid.support is None:
            continue
        rows = Entitlement.objects.filter(aid_type=aid.code, state__in=Entitlement.RUNNING)
        for entitlement in rows.select_related("case", "county", "decision__assessment__evidence"):
            yield from _of_supported(aid, entitlement, today)


def _of_supported(aid: AidType, entitlement: Entitlement, today: date) -> Iterator[Seen]:
    """The law asked again of one supported person: age and disability, and the sum his level of self-care gives."""
    regime = regime_today(entitlement.county, today)
    rating = entitlement.case.ratings.select_related("person").order_by("-seq").first()
    family = replace(standing.standing(entitlement).evidence, as_of=today)
    if rating:
        family = replace(family, self_care=SelfCare(member=str(rating.person.uid), **rating.items))
    outcome = standing.assess(aid.code, family, values(entitlement, regime, today), regime)
    month = f"{today:%Y-%m}"
    if any(each.key == aid.support.cannot_work for each in outcome.not_met):
        words = "按年龄、残疾和就学情况，已不属于无劳动能力"
        yield Seen(entitlement.id, "DQ-38", month, words, "E")
    now = standing.amount_on(entitlement, today.replace(day=1))
    if rating and now and now.care_fen != outcome.care_fen:
        words = f"按{aid.support.levels[rating.level]}应发照料护理{yuan(outcome.care_fen)}元，现发{yuan(now.care_fen)}元"
        yield Seen(entitlement.id, "DQ-40", month, words, "E")


# —— registers, once a month


def families(actor: Actor) -> list[Entitlement]:
    """Families of the verifier's towns that were not asked about this month."""
    since = clock.instant(clock.today().replace(day=1))
    asked = Run.objects.filter(kind=KIND, started_at__gte=since).values("case_id")
    return list(
        Entitlement.objects.filter(town_id__in=actor.towns, state__in=Entitlement.RUNNING)
        .exclude(case_id__in=asked)
        .filter(case__authorisation__state="IN_FORCE")
        .select_related("case__authorisation", "household")
        .order_by("id")
    )


def ask(actor: Actor) -> tuple[int, list[str]]:
    """Put the month's questions for every family of the town: how many asked, and which could not be and why."""
    _verifier(actor, "发起月度比对")
    asked, left = 0, []
    for entitlement in families(actor):
        try:
            with transaction.atomic():
                _ask_one(actor, entitlement)
        except Refusal as refusal:
            if refusal.code == "E_CONF":
                raise
            left.append(f"{entitlement.case.case_no}：{refusal.sentence}")
        else:
            asked += 1
    return asked, left


def _verifier(actor: Actor, act: str) -> None:
    if actor.role != "TOWN_VERIFIER":
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")


def _ask_one(actor: Actor, entitlement: Entitlement) -> None:
    case = entitlement.case
    allowed = registry.get(entitlement.aid_type).sources
    sources = tuple(each for each in SOURCES if each in allowed)
    run = verification_acts.start_run(
        actor,
        case_id=case.id,
        case_no=case.case_no,
        household=entitlement.household,
        authorisation=case.authorisation,
        aid_type=entitlement.aid_type,
        people=signed_members(entitlement, clock.today()),
        sources=sources,
        mandatory=sources,
        kind=KIND,
        route="OWN",
    )
    for inquiry in run.inquiries.all():
        defer("verification.ask", inquiry_id=inquiry.id)


def collect() -> int:
    """Every night: runs whose answers are all there, or late beyond their time, end with alerts; how many ended."""
    done = 0
    with fence(PLATFORM):
        for run in Run.objects.filter(kind=KIND, state=Run.RUNNING).order_by("id"):
            with transaction.atomic():
                done += _collect_one(run)
    return done


def _collect_one(run: Run) -> bool:
    entitlement = (
        Entitlement.objects.filter(case_id=run.case_id, state__in=Entitlement.RUNNING)
        .select_related("case", "county", "household", "decision__assessment__evidence")
        .first()
    )
    today = clock.today()
    if entitlement is None:
        Run.objects.filter(pk=run.pk).update(state=Run.STOPPED, ended_at=clock.now())
        return True
    regime = regime_today(entitlement.county, today)
    limits = values(entitlement, regime, today)
    if verification.waiting_sources(run, today, int(limits["verify.source_timeout_wd"])):
        return False
    _raise(_of_registers(run, entitlement, today, regime))
    Run.objects.filter(pk=run.pk).update(state=Run.REPORTED, ended_at=clock.now())
    return True


def _of_registers(run: Run, entitlement: Entitlement, today: date, regime: str) -> Iterator[Seen]:
    said = standing.standing(entitlement).evidence
    known = verified(entitlement, run, today)
    outcome = standing.assess(entitlement.aid_type, known, values(entitlement, regime, today), regime)
    observations, refs = verification.observations_of(run)
    persons = {str(each.uid): each for each in Person.objects.filter(household=entitlement.household)}
    for each in observations:
        if each.kind == "death" and each.subject in refs and each.attributes["died_on"] <= today:
            person = persons.get(refs[each.subject])
            died = each.attributes["died_on"]
            name = person.name if person else "家庭成员"
            yield Seen(
                entitlement.id,
                "DEATH",
                f"{person.id if person else 0}",
                f"死亡登记：{name}已于{died}去世",
                "E",
                person.id if person else None,
                "SW",
            )
    for found in findings.find(said, outcome, observations, refs):
        if found.source in SOURCES[1:]:
            person = persons.get(found.person)
            yield Seen(
                entitlement.id,
                "REGISTER",
                f"{found.code}:{found.person}:{found.value}",
                found.sentence,
                "E" if found.level == findings.BLOCK else "W",
                person.id if person else None,
                found.source,
            )


# —— what a person finds out


def answer(actor: Actor, alert_id: int, *, result: str, text: str) -> Alert:
    """Looked into: true, not true, or true and explained. What follows from it is a change, registered as any other."""
    if result not in Alert.RESULTS:
        raise Refusal("E_INPUT", field="查清结果", problem="请从列表中选择")
    if len(text.strip()) < 4:
        raise Refusal("E_INPUT", field="查清情况", problem="请写明怎样查清的")
    with transaction.atomic():
        of = Alert.objects.filter(pk=alert_id).values_list("entitlement_id", flat=True).first()
        if of is None:
            raise Refusal("E_NOT_FOUND", what="预警")
        entitlement = locked_entitlement(actor, of)
        check_role(actor, ("TOWN_CLERK",), "查清预警", entitlement)
        alert = Alert.objects.select_for_update().get(pk=alert_id)
        if alert.result:
            raise Refusal("E_REPEAT", case_no=entitlement.case.case_no)
        alert.result, alert.answer = result, text.strip()[:400]
        alert.answered_on, alert.answered_by_id = clock.today(), actor.id
        alert.save()
        record(actor, "benefit.alert", about=alert, case_no=entitlement.case.case_no, result=result)
    return alert
