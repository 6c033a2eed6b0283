"""Reads of the one door, always on behalf of someone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Post, Staff
from jiuzhu.accounts.organisations import (
    COUNTY_LEVEL,
    county_of,
    heir_of,
    towns_of,
    village_name,
    villages_of,
)
from jiuzhu.accounts.queries import colleagues
from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases.models import Case
from jiuzhu.core import clock, id_numbers, names
from jiuzhu.core.id_numbers import age_on, mask, mask_phone
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor import known, matters, receptions, table
from jiuzhu.onedoor._act import check_may_see, clock_state, regime_today
from jiuzhu.onedoor.models import AskedMatter, Lead, LeadReport, MatterEntry, Reception, Referral, Station
from jiuzhu.people.models import Household, Person
from jiuzhu.people.queries import members_of
from jiuzhu.vault.fields import blind
from jiuzhu.vault.models import StoredFile
from jiuzhu.workflow.clocks import ClockState
from jiuzhu.workflow.table import Move

PAGE = 50
RESULTS, SOURCES = table.RESULTS, table.SOURCES
REFERRAL_STATES, LEAD_STATES = table.REFERRAL_STATES, table.LEAD_STATES


# —— finding a family


@dataclass(frozen=True)
class Hit:
    """A family found: enough to choose the right one, no numbers in full."""

    household: Household
    person: Person
    village: str
    members: int
    known: list[known.Known]

    @property
    def id_no(self) -> str:
        return mask(self.person.id_no)

    @property
    def age(self) -> int:
        return age_on(self.person.born_on, clock.today())


def find_families(actor: Actor, q: str) -> list[Hit]:
    """By ID number or by full name, in the asker's own area; looking is recorded. E_INPUT for a short word."""
    q = "".join(q.split())
    if not (actor.is_staff and has_power(actor.role, "case.read")):
        return []
    if len(q) < 2:
        raise Refusal("E_INPUT", field="姓名或公民身份号码", problem="请填写完整的姓名或号码")
    people = Person.objects.filter(died_on__isnull=True, household__town_id__in=actor.towns)
    if actor.villages:
        people = people.filter(household__village_code__in=actor.villages)
    if any(char.isdigit() for char in q):
        number = id_numbers.parse(q, on=clock.today()).number
        people = people.filter(id_no_index=blind(number, "id_no_index"))
    else:
        people = people.filter(name_key=names.normalise(q))
    found = list(people.select_related("household__town").order_by("id")[:20])
    record(actor, "person.search", purpose="一门受理", found=len(found))
    return [
        Hit(
            household=each.household,
            person=each,
            village=village_name(each.household.village_code),
            members=len(members_of(each.household, clock.today())),
            known=known.of_household(each.household),
        )
        for each in found
    ]


def family_view(actor: Actor, household_uid: UUID | str) -> dict[str, Any]:
    """What is on record of a family, so that nothing is asked twice; numbers masked."""
    household = receptions.known_family(actor, household_uid)
    today = clock.today()
    return {
        "household": household,
        "village": village_name(household.village_code),
        "known": known.of_household(household),
        "members": [
            {
                "name": each.person.name,
                "id_no": mask(each.person.id_no),
                "phone": mask_phone(each.person.phone) if each.person.phone else "",
                "age": age_on(each.person.born_on, today),
                "relation_code": each.relation,
            }
            for each in members_of(household, today)
        ],
    }


def who_came(actor: Actor, household_uid: UUID | str) -> dict[str, Any]:
    """The first of a family on record, for the page that helps at once; only a clerk gets the number, on record."""
    household = receptions.known_family(actor, household_uid)
    head = members_of(household, clock.today())[0].person
    told = {"name": head.name, "village": household.village_code, "age": age_on(head.born_on, clock.today())}
    if actor.role != "TOWN_CLERK":
        return told
    record(actor, "person.carry", about=head, to="急难救助")
    return told | {"id_no": head.id_no, "phone": head.phone}


def own_matters(town: Organisation) -> list[Any]:
    """Aid types of the platform in force today."""
    return list(receptions.own_types(town))


def urgent_matters(town: Organisation) -> list[Any]:
    """Aid that is given first and registered afterwards: it has a page of its own and waits for no tick."""
    regime = regime_today(town, clock.today())
    return [aid for aid in registry.offered(regime) if aid.urgent]


def other_matters(town: Organisation) -> list[MatterEntry]:
    """What other departments are competent for in a town's county today (ORG-15)."""
    today = clock.today()
    return matters.offered(county_of(heir_of(town), today), today)


def matter_names() -> list[tuple[str, str]]:
    """Every matter that was ever published, by its latest name: for filters."""
    rows = MatterEntry.objects.filter(state=MatterEntry.PUBLISHED).order_by("rank", "effective_from", "id")
    return list({each.code: each.title for each in rows}.items())


def matters_on(county: Organisation | None, on: date) -> list[MatterEntry]:
    """The register on a day: as it holds for a county, or every line of the city and its counties."""
    if county is None:
        return list(matters.published_on(on))
    return list(matters.in_force(county, on).values())


def matter_drafts() -> list[MatterEntry]:
    """Lines that wait for a second person."""
    rows = MatterEntry.objects.filter(state=MatterEntry.DRAFT).select_related("scope", "entered_by")
    return list(rows.order_by("effective_from", "id"))


def matters_to_come(on: date) -> list[MatterEntry]:
    """Published lines whose day is still ahead."""
    rows = MatterEntry.objects.filter(state=MatterEntry.PUBLISHED, effective_from__gt=on)
    return list(rows.select_related("scope").order_by("effective_from", "rank", "id"))


def matter_history(code: str) -> list[MatterEntry]:
    """Every published line of one matter, the newest first. Raises E_NOT_FOUND."""
    rows = MatterEntry.objects.filter(code=code, state=MatterEntry.PUBLISHED)
    found = list(rows.select_related("scope", "published_by").order_by("-effective_from", "-id"))
    if not found:
        raise Refusal("E_NOT_FOUND", what="事项")
    return found


# —— receptions


def reception_for(actor: Actor, uid: UUID | str) -> Reception:
    found = Reception.objects.select_related("household", "person", "town", "lead").filter(uid=uid).first()
    if found is None or not receptions.may_see(actor, found):
        raise Refusal("E_NOT_FOUND", what="受理登记")
    record(actor, "reception.read", about=found, case_no=found.number, person_uid=found.person.uid)
    return found


def matters_of(reception: Reception) -> list[dict[str, Any]]:
    """Every ticked matter with where it stands."""
    rows = []
    for each in reception.matters.select_related(
        "case", "person", "referral__town", "referral__entry"
    ).order_by("id"):
        if each.kind == each.OWN:
            rows.append(
                {
                    "own": True,
                    "code": each.code,
                    "title": registry.get(each.code).name,
                    "case": each.case,
                    "refused": each.refused_because,
                    "person": each.person.name if each.person else "",
                    "due_on": each.due_on if not each.told else None,
                    "told": each.told,
                    "told_on": each.told_on,
                }
            )
        else:
            rows.append(
                {
                    "own": False,
                    "code": each.code,
                    "title": each.referral.entry.title,
                    "referral": each.referral,
                    "state": REFERRAL_STATES[each.referral.state],
                    "clock": clock_state(each.referral),
                }
            )
    return rows


def receptions_of(actor: Actor, *, limit: int = 20) -> list[Reception]:
    """The newest of the asker's area."""
    rows = Reception.objects.select_related("person", "town")
    rows = _in_area(actor, rows)
    return list(rows.order_by("-id")[:limit])


def _in_area(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if actor.kind == "SYSTEM":
        return rows
    if actor.is_citizen:
        return rows.filter(household_id=actor.household_id)
    if not has_power(actor.role, "case.read"):
        return rows.none()
    rows = rows.filter(town_id__in=actor.towns)
    return rows.filter(village_code__in=actor.villages) if actor.villages else rows


# —— referrals and leads in lists


@dataclass(frozen=True)
class Row:
    """One referral or lead in a list: where it stands, until when, what this person may do."""

    item: Any
    place: table.Place
    clock: ClockState | None
    moves: tuple[Move, ...]

    @property
    def colour(self) -> str:
        return self.clock.colour if self.clock else ""

    @property
    def title(self) -> str:
        return self.item.entry.title if isinstance(self.item, Referral) else ""


def row_of(actor: Actor, item: Any) -> Row:
    """One referral or lead as a list shows it."""
    is_lead = isinstance(item, Lead)
    moves = table.rows_of(table.LEAD if is_lead else table.REFERRAL, item.state)
    return Row(
        item=item,
        place=(LEAD_STATES if is_lead else REFERRAL_STATES)[item.state],
        clock=clock_state(item),
        moves=tuple(move for move in moves if actor.role in move.roles),
    )


def referrals(
    actor: Actor,
    *,
    state: str = "",
    matter_code: str = "",
    overdue: bool = False,
    open_only: bool = False,
    q: str = "",
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Row], int | None]:
    """The nearest deadline first while open ones are asked for, else newest first; ``(rows, next)``."""
    rows = _in_area(actor, Referral.objects.select_related("town", "person", "entry"))
    if state:
        rows = rows.filter(state=state)
    if matter_code:
        rows = rows.filter(matter=matter_code)
    if overdue:
        rows = rows.filter(open=True, due_on__lt=clock.today())
    if open_only:
        rows = rows.filter(open=True)
    if q:
        rows = rows.filter(person__name__icontains=q) | rows.filter(number__icontains=q)
    return _paged(actor, rows, open_only or overdue, after, limit)


def leads(
    actor: Actor,
    *,
    state: str = "",
    source: str = "",
    overdue: bool = False,
    open_only: bool = False,
    mine: bool = False,
    q: str = "",
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Row], int | None]:
    """As :func:`referrals`. ``q`` is a lead's or a hotline order's number, or the person's full name."""
    if actor.is_citizen:
        return [], None
    rows = _in_area(actor, Lead.objects.select_related("town", "handler"))
    if state:
        rows = rows.filter(state=state)
    if source:
        rows = rows.filter(reports__source=source).distinct()
    if overdue:
        rows = rows.filter(open=True, due_on__lt=clock.today())
    if open_only:
        rows = rows.filter(open=True)
    if mine:
        rows = rows.filter(handler_id=actor.id)
    if q:
        named = rows.filter(name_index=blind(names.normalise(q), "name_index"))
        rows = named | rows.filter(number__iexact=q) | rows.filter(reports__order_no=q)
        rows = rows.distinct()
    return _paged(actor, rows, open_only or overdue, after, limit)


def _paged(
    actor: Actor, rows: QuerySet[Any], by_due: bool, after: int | None, limit: int
) -> tuple[list[Row], int | None]:
    if by_due:
        ordered = rows.order_by(F("due_on").asc(nulls_last=True), "id")
        start = after or 0
        found = list(ordered[start : start + limit + 1])
        more = start + limit if len(found) > limit else None
    else:
        if after:
            rows = rows.filter(id__lt=after)
        found = list(rows.order_by("-id")[: limit + 1])
        more = found[limit - 1].id if len(found) > limit else None
    return [row_of(actor, each) for each in found[:limit]], more


def referral_for(actor: Actor, uid: UUID | str) -> Referral:
    found = (
        Referral.objects.select_related(
            "town", "person", "entry", "household", "document", "case", "reception", "former", "lead"
        )
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Refusal("E_NOT_FOUND", what="转办单")
    check_may_see(actor, found)
    record(actor, "referral.read", about=found, case_no=found.number, person_uid=found.person.uid)
    return found


def referral_view(actor: Actor, referral: Referral) -> dict[str, Any]:
    """Everything its page shows."""
    row = row_of(actor, referral)
    return {
        "referral": referral,
        "about": referral.entry,
        "place": row.place,
        "clock": row.clock,
        "moves": row.moves,
        "village": village_name(referral.village_code),
        "id_no": mask(referral.person.id_no),
        "phone": mask_phone(referral.person.phone) if referral.person.phone else "",
        "answers": list(referral.answers.order_by("received_at", "id")),
        "steps": list(referral.steps.order_by("-seq")),
        "result": RESULTS.get(referral.result, ""),
        "successor": Referral.objects.filter(former=referral).first(),
    }


def referrals_of_case(actor: Actor, case_uid: UUID | str) -> list[Row]:
    rows = _in_area(actor, Referral.objects.select_related("town", "person", "entry")).filter(
        case__uid=case_uid
    )
    return [row_of(actor, each) for each in rows.order_by("id")]


def origin_of_case(actor: Actor, case: Case) -> str:
    """Where a case came from, in words: lead, hotline order, reception; empty when it began by itself."""
    words = []
    lead = _in_area(actor, Lead.objects.all()).filter(case=case).first() if actor.is_staff else None
    if lead:
        words.append(f"困难线索{lead.number}")
        words += [f"热线工单{each.order_no}" for each in lead.reports.exclude(order_no="").order_by("id")]
    for each in _in_area(actor, Reception.objects.filter(matters__case=case)):
        words.append(f"一门受理{each.number}")
    return "，".join(words)


def referrals_for_family(actor: Actor) -> list[dict[str, Any]]:
    """What the family sees on its phone: plain words, the promised day, what the department said."""
    if not actor.household_id:
        return []
    return [
        referral_view(actor, each)
        for each in _in_area(
            actor, Referral.objects.select_related("town", "person", "household", "document")
        ).order_by("-id")[:20]
    ]


def receptions_for_family(actor: Actor) -> list[dict[str, Any]]:
    """Own matters of the family's receptions that are not yet a case: so that nothing seems lost."""
    if not actor.household_id:
        return []
    rows = _in_area(actor, Reception.objects.select_related("person", "town")).order_by("-id")[:10]
    return [
        {"reception": each, "waiting": waiting}
        for each in rows
        if (
            waiting := [
                one for one in matters_of(each) if one["own"] and one["case"] is None and not one["told"]
            ]
        )
    ]


def lead_for(actor: Actor, uid: UUID | str) -> Lead:
    found = (
        Lead.objects.select_related("town", "handler", "case", "household", "person").filter(uid=uid).first()
    )
    if found is None:
        raise Refusal("E_NOT_FOUND", what="困难线索")
    check_may_see(actor, found)
    record(actor, "lead.read", about=found, case_no=found.number)
    return found


def receipt_of(number: str) -> dict[str, Any]:
    """What anybody with the number of a word he gave may know: how far it is, never about whom or with what result.

    Raises E_NOT_FOUND.
    """
    with fence(PLATFORM):
        found = Lead.objects.filter(number__iexact=number.strip()[:30]).first() if number.strip() else None
    if found is None:
        raise Refusal("E_NOT_FOUND", what="这个编号，请核对后再查")
    word, plain, colour = _RECEIPT["CLOSED" if not found.open and found.state != "NOT_FOUND" else found.state]
    return {
        "number": found.number,
        "town": found.town,
        "reported_on": found.reported_at,
        "word": word,
        "plain": plain,
        "colour": colour,
        "due_on": found.due_on if found.state == "OPEN" else None,
    }


_RECEIPT = {
    "OPEN": ("已收到", "工作人员会上门查看。", "blue"),
    "VISITED": ("已上门", "工作人员已经上门看过，正在办理。", "blue"),
    "NOT_FOUND": ("没有找到人", "按您说的没有找到人。如果还能看到，请写清楚地点再反映一次。", "orange"),
    "CLOSED": ("已办结", "工作人员已经处理完。家庭情况属于个人隐私，不在这里公开。", "green"),
}


def lead_view(actor: Actor, lead: Lead) -> dict[str, Any]:
    """Everything its page shows; the informant is only said to exist."""
    row = row_of(actor, lead)
    reports = []
    for each in lead.reports.select_related("staff", "photo").order_by("id"):
        reports.append(
            {
                "report": each,
                "source": SOURCES[each.source],
                "sealed": hasattr(each, "informant") if actor.level else False,
                "suggested": suggested_answer(lead) if each.order_no and not each.answered_at else "",
            }
        )
    return {
        "lead": lead,
        "place": row.place,
        "clock": row.clock,
        "moves": row.moves,
        "village": village_name(lead.village_code),
        "id_no": mask(lead.id_no) if lead.id_no else "",
        "phone": mask_phone(lead.phone) if lead.phone else "",
        "known": known.of_household(lead.household) if lead.household else [],
        "reports": reports,
        "visits": list(lead.visits.select_related("staff", "photo").order_by("-id")),
        "declining": getattr(lead, "declining", None),
        "referrals": list(lead.referrals.order_by("id")),
        "steps": list(lead.steps.order_by("-seq")),
        "clerks": clerks_of(lead.town_id),
        "is_handler": actor.id == lead.handler_id,
    }


def suggested_answer(lead: Lead) -> str:
    """The hotline's answer from the outcome and the case's own state: typed once, not twice."""
    if lead.open:
        return ""
    visit = lead.visits.order_by("-id").first()
    seen = f"工作人员已于{visit.visited_on:%Y年%-m月%-d日}上门核实。" if visit else "已核实。"
    said = {
        "HELPED": f"已帮助其申请救助（编号{lead.case.case_no}），正在依法办理。" if lead.case else "",
        "ALREADY_HELPED": f"该户情况：{lead.reason}。",
        "DECLINED": "已当面讲解政策并留下明白纸，本人表示暂不需要帮助，今后有需要可随时申请。",
        "NOT_FOUND": "按反映的姓名、地址没有找到此人，如有新的情况请再反映。",
        "NOT_NEEDED": f"经了解：{lead.reason}。",
        "REFERRED": f"{lead.reason}，将跟踪办理结果。",
    }
    return seen + said[lead.state].replace("。。", "。")


def clerks_of(town_id: int) -> list[Staff]:
    return colleagues(town_id, clock.today(), roles=("TOWN_CLERK",))


def picture_of_lead(actor: Actor, lead: Lead, kind: str, number: int) -> StoredFile:
    """A picture of a lead (report, visit, declining), behind the fence."""
    found: Any = None
    if kind == "report":
        found = lead.reports.filter(pk=number, photo__isnull=False).select_related("photo").first()
    elif kind == "visit":
        found = lead.visits.filter(pk=number, photo__isnull=False).select_related("photo").first()
    elif kind == "declining" and hasattr(lead, "declining") and lead.declining.id == number:
        return lead.declining.picture
    if found is None:
        raise Refusal("E_NOT_FOUND", what="图片")
    return found.photo


def unopened_matters(actor: Actor) -> QuerySet[AskedMatter]:
    """Own matters refused at the door whose family has not been told yet, the nearest date first (CLK-OWN)."""
    rows = AskedMatter.objects.filter(
        reception__in=_in_area(actor, Reception.objects.all()),
        case__isnull=True,
        told="",
        due_on__isnull=False,
    )
    return rows.select_related("reception__person").order_by("due_on", "id")


def counts(actor: Actor) -> dict[str, Any]:
    """Where leads end and how referrals stand: for tiles and charts."""
    today = clock.today()
    leads_ = _in_area(actor, Lead.objects.all()) if actor.is_staff else Lead.objects.none()
    slips = _in_area(actor, Referral.objects.all())
    unopened = unopened_matters(actor) if actor.is_staff else AskedMatter.objects.none()
    ended = Counter(dict(leads_.values_list("state").annotate(count=Count("id"))))
    standing = Counter(dict(slips.values_list("state").annotate(count=Count("id"))))
    return {
        "leads": {state: ended[state] for state in LEAD_STATES},
        "leads_open": leads_.filter(open=True).count(),
        "leads_overdue": leads_.filter(open=True, due_on__lt=today).count(),
        "referrals": {state: standing[state] for state in REFERRAL_STATES},
        "referrals_open": slips.filter(open=True).count(),
        "referrals_overdue": slips.filter(open=True, due_on__lt=today).count(),
        "matters_open": unopened.count(),
        "matters_overdue": unopened.filter(due_on__lt=today).count(),
        "orders_open": LeadReport.objects.filter(lead__in=leads_, answered_at__isnull=True)
        .exclude(order_no="")
        .count(),
    }


def cases_of_lead(actor: Actor, lead: Lead) -> list[Case]:
    """Open cases of the lead's household the clerk may link."""
    if lead.household_id is None:
        return []
    return list(Case.objects.filter(household_id=lead.household_id, open=True).order_by("id"))


# —— service points (public)


@dataclass(frozen=True)
class Point:
    """A place where people are served; ``station`` None: the village has none yet (ORG-13)."""

    code: str
    name: str
    address: str
    phone: str
    opening_hours: str
    assistants: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        return not self.address


def windows(county: Organisation) -> list[Point]:
    """The county's assistance centre and every town's one-door window (ORG-10, ORG-11)."""
    organs = [county, *towns_of(county, clock.today())]
    return [_window(each) for each in organs]


def _window(organ: Organisation) -> Point:
    title = "社会救助中心" if organ.kind in COUNTY_LEVEL else "“一门受理、协同办理”窗口"
    return Point(organ.code, f"{organ.name}{title}", organ.window_address, organ.phone, organ.opening_hours)


def stations(town: Organisation) -> list[Point]:
    """Every village with its station and assistants; a village without one is listed, not hidden (ORG-13)."""
    today = clock.today()
    known_ = {each.village_code: each for each in Station.objects.filter(town=town)}
    helpers: dict[str, list[str]] = {}
    for post in Post.objects.filter(organ=town, role="VILLAGE_ASSIST").select_related("staff"):
        if post.starts_on <= today and (post.ends_on is None or post.ends_on >= today):
            for code in post.village_codes:
                helpers.setdefault(code, []).append(post.staff.name)
    found = []
    for village in villages_of(town):
        station = known_.get(village.code)
        found.append(
            Point(
                village.code,
                f"{village.name}社会救助工作站",
                station.address if station else "",
                station.phone if station else "",
                station.opening_hours if station else "",
                tuple(helpers.get(village.code, ())),
            )
        )
    return found
