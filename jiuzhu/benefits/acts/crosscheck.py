"""The monthly cross-check of everybody in benefit (DYN-04, SUP-20): registers and our own books against those paid.

Registers are asked under the standing consent, by a verifier with an agreement, once a month a family: deaths,
vehicles, companies. Marriages, dwellings, social insurance, banks and prisons are asked along only when no run of the
case, a review or an earlier month's, has asked them for ``alert.wide_months`` months: what a review is told stands in
its report. What they say unlike what is known becomes an alert that a person looks into; nothing is stopped by itself.
Who is away on our own books is not asked about; when he was due home is told by the books (RETURNED).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.organisations import county_level_organs
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.audit.acts import record
from jiuzhu.benefits import standing, statements
from jiuzhu.benefits.acts._act import limits_of, values
from jiuzhu.benefits.acts.alerts import Seen, tell
from jiuzhu.benefits.acts.reviews import signed_members, verified
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.queue import defer
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import queries as money
from jiuzhu.people.models import Person
from jiuzhu.policy import findings, watching
from jiuzhu.policy.evidence import Evidence, SelfCare
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Inquiry, Run

KIND = "CROSS"
# deaths, vehicles, companies: what changes between two reviews and is quick to ask for (DYN-04)
SOURCES = ("SW", "CL", "GS")
# marriages, dwellings, contributions and pensions, deposits, prisons: only when nobody asked for some months
WIDE_SOURCES = ("HY", "BDC", "SB", "CK", "SF")
# what a finding of a monthly register is called as an alert (SUP-20 names them apart)
_FOUND = {"CL": "VEHICLE", "GS": "COMPANY"}
_URGENT = frozenset({"DEATH", "DUPLICATE", watching.PRISON})
_USES = {"PENSION": ("alert.pension_age",), "NO_CHANGE": ("alert.quiet_months",)}


# —— our own books, every night


def look_through(today: date) -> int:
    """What our own books say of everybody in benefit: deaths told elsewhere, two aids at once, ages, failed pay."""
    with transaction.atomic(), fence(PLATFORM):
        added = tell(_of_books(today))
        if added:
            record(PLATFORM, "benefit.crosscheck", count=added)
        return added


def _limits(today: date) -> dict[str, list[int]]:
    """Each county's limits for the statement, side by side."""
    counties = [(each.id, limits_of(each, today)) for each in county_level_organs()]
    return {
        "counties": [number for number, _ in counties],
        "quiet": [values["alert.quiet_months"] for _, values in counties],
        "pension": [values["alert.pension_age"] for _, values in counties],
    }


def _of_books(today: date) -> Iterator[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(
            statements.WATCH, _limits(today) | {"today": today, "since": today - timedelta(days=31)}
        )
        for entitlement, county, person, kind, key, text in cursor.fetchall():
            level, uses = "E" if kind in _URGENT else "W", _USES.get(kind, ())
            yield Seen(entitlement, county, kind, key, text, level, person, uses=uses)
    running = Entitlement.objects.filter(state__in=(Entitlement.ACTIVE, Entitlement.GRADUAL))
    failing = Entitlement.objects.filter(pk__in=money.failing(running)).order_by("id")
    for entitlement, county in failing.values_list("id", "county_id"):
        yield Seen(
            entitlement, county, "ACCOUNT", f"{today:%Y-%m}", "连续两个月没有到账，核实账户；必要时暂停发放"
        )
    yield from _of_support(today)


# —— supported people against their own rules (DQ-38, DQ-40)


def _of_support(today: date) -> Iterator[Seen]:
    """One statement for all of them; the law is asked of each, with the limits of his county read once."""
    supported = {aid.code: aid for aid in registry.all_types() if aid.support}
    counties = {each.id: each for each in county_level_organs()}

    @cache
    def limits(county_id: int, area_type: str) -> tuple[ParameterSet, str]:
        county = counties[county_id]
        regime = regime_today(county, today)
        return parameters.parameter_set(county, on=today, area_type=area_type, regime=regime), regime

    with connection.cursor() as cursor:
        cursor.execute(statements.SUPPORTED, {"aid_types": list(supported), "month": today.replace(day=1)})
        for entitlement, county, aid_type, area_type, body, *rated, care_fen in cursor:
            family = replace(Evidence.from_dict(json.loads(body)), as_of=today)
            for kind, words in _unlike(
                supported[aid_type], family, _Rating.of(*rated), care_fen, *limits(county, area_type)
            ):
                yield Seen(entitlement, county, kind, f"{today:%Y-%m}", words, "E")


@dataclass(frozen=True)
class _Rating:
    """The newest rating of a supported person: what he is able to do, and the level it gave."""

    able: SelfCare
    level: str

    @staticmethod
    def of(member: str | None, items: str | None, level: str | None) -> _Rating | None:
        return _Rating(SelfCare(member=member, **json.loads(items)), level) if member else None


def _unlike(
    aid: AidType,
    family: Evidence,
    rating: _Rating | None,
    care_fen: int | None,
    limits: ParameterSet,
    regime: str,
) -> Iterator[tuple[str, str]]:
    """The law asked again of one supported person: age and disability, and the sum his level of self-care gives."""
    if rating:
        family = replace(family, self_care=rating.able)
    outcome = standing.assess(aid.code, family, limits, regime)
    if any(each.key == aid.support.cannot_work for each in outcome.not_met):
        yield "DQ-38", "按年龄、残疾和就学情况，已不属于无劳动能力"
    if rating and care_fen is not None and care_fen != outcome.care_fen:
        level = aid.support.levels[rating.level]
        yield "DQ-40", f"按{level}应发照料护理{yuan(outcome.care_fen)}元，现发{yuan(care_fen)}元"


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
    allowed = verification_acts.covered(case.authorisation, registry.get(entitlement.aid_type).sources)
    lately = _asked_lately(entitlement, clock.today())
    asked = (*SOURCES, *(each for each in WIDE_SOURCES if each not in lately))
    sources = tuple(each for each in asked if each in allowed)
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


def _asked_lately(entitlement: Entitlement, today: date) -> set[str]:
    """Registers asked about the family in the last months, by whatever run: its report or its alerts said it all."""
    months = limits_of(entitlement.county, today)["alert.wide_months"]
    since = clock.instant(add_months(today, -months))
    rows = Inquiry.objects.filter(run__case_id=entitlement.case_id, run__started_at__gt=since)
    return set(rows.exclude(state=Inquiry.FAILED).values_list("source", flat=True))


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
    tell(_of_registers(run, entitlement, today, regime))
    Run.objects.filter(pk=run.pk).update(state=Run.REPORTED, ended_at=clock.now())
    return True


def _of_registers(run: Run, entitlement: Entitlement, today: date, regime: str) -> Iterator[Seen]:
    said = standing.standing(entitlement).evidence
    known = verified(entitlement, run, today, regime)
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
                entitlement.county_id,
                "DEATH",
                f"{person.id if person else 0}",
                f"死亡登记：{name}已于{died}去世",
                "E",
                person.id if person else None,
                "SW",
            )
    found = findings.find(said, outcome, observations, refs)
    for each in found:
        if each.source in _FOUND:
            person = persons.get(each.person)
            yield Seen(
                entitlement.id,
                entitlement.county_id,
                _FOUND[each.source],
                f"{each.code}:{each.person}:{each.value}",
                each.sentence,
                "E" if each.level == findings.BLOCK else "W",
                person.id if person else None,
                each.source,
            )
    over = {each.source for each in found if each.level == findings.BLOCK}
    explained = verification.accepted(run.case_id)
    for event in watching.happened(said, observations, refs):
        person = persons.get(event.person)
        if (event.finding, event.person, event.value) in explained:
            continue
        yield Seen(
            entitlement.id,
            entitlement.county_id,
            event.kind,
            event.key,
            f"{person.name}，{event.sentence}" if person else event.sentence,
            "E" if event.source in over or event.kind in _URGENT else "W",
            person.id if person else None,
            event.source,
            (registry.get(entitlement.aid_type).cash_months,) if event.kind == watching.DEPOSIT else (),
        )
