"""Reads on cases, always on behalf of someone; what he may not see does not exist for him."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import offers, registry
from jiuzhu.audit.acts import record
from jiuzhu.cases import authority, consents, guards, homecomings, in_hand
from jiuzhu.cases import clocks as case_clocks
from jiuzhu.cases.homecomings import Homecoming
from jiuzhu.cases.models import (
    Case,
    CaseClock,
    Correction,
    Decision,
    Entitlement,
    Evidence,
    Pause,
    Step,
    Transfer,
)
from jiuzhu.cases.permissions import check_may_see
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.id_numbers import age_on, mask, mask_account, mask_phone
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import ObligorExcuse
from jiuzhu.people.queries import account_on, members_of
from jiuzhu.policy import composition
from jiuzhu.policy import evidence as law_evidence
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import PostingPhoto
from jiuzhu.vault.models import StoredFile
from jiuzhu.verification import queries as verification
from jiuzhu.workflow.clocks import OWN_REQUEST, OWN_REQUEST_LIMIT, ClockState, deadlines
from jiuzhu.workflow.states import STATES
from jiuzhu.workflow.table import Move

PAGE = 50
EXCUSES = ObligorExcuse.KINDS


def visible(actor: Actor) -> QuerySet[Case]:
    """The first fence: cases of the asker's area (the database's own fence stands behind it)."""
    rows = Case.objects.select_related("applicant", "household", "town", "county", "authorisation")
    if actor.kind == "SYSTEM":
        return rows
    if actor.is_citizen:
        return rows.filter(household_id=actor.household_id)
    if not has_power(actor.role, "case.read"):
        return rows.none()
    rows = rows.filter(town_id__in=actor.towns)
    return rows.filter(village_code__in=actor.villages) if actor.villages else rows


def case_for(actor: Actor, uid: UUID | str, *, purpose: str = "办理案件") -> Case:
    """One case; looking at it is recorded (VER-32). A foreign or unknown one is E_NOT_FOUND."""
    try:
        case = visible(actor).filter(uid=uid).first()
    except (ValidationError, ValueError):
        case = None
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    check_may_see(actor, case)
    record(
        actor, "case.read", about=case, case_no=case.case_no, person_uid=case.applicant.uid, purpose=purpose
    )
    return case


def case_begun_with(actor: Actor, once: UUID | str) -> Case:
    """The case whose first word carried this token; E_NOT_FOUND outside the area."""
    case = visible(actor).filter(steps__move__in=("D1", "E1"), steps__once=once).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    return case


def case_of_id(actor: Actor, case_id: int) -> Case:
    """A case known by its number inside the database (a posting keeps it); E_NOT_FOUND outside the area."""
    case = visible(actor).filter(pk=case_id).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    return case


@dataclass(frozen=True)
class Row:
    """A case in a list: its nearest deadline and what this person can do about it now."""

    case: Case
    state: Any
    clock: ClockState | None
    moves: tuple[Move, ...]
    paused: bool = False  # the time of the whole case stands still
    unserved: bool = False  # a paper lies here that the family does not have in hand (DOC-03)

    @property
    def stands_still(self) -> bool:
        """Whether the nearest deadline does; a step's own clock runs on while the case is paused."""
        return self.paused and self.clock is not None and deadlines()[self.clock.clock].pausable

    @property
    def colour(self) -> str:
        return self.clock.colour if self.clock else ""

    @property
    def due_on(self) -> date | None:
        return self.clock.due_on if self.clock else None


def _rows(actor: Actor, cases: list[Case]) -> list[Row]:
    running = CaseClock.objects.filter(case__in=cases, ended_at__isnull=True).select_related(
        "case", "case__county", "case__town"
    )
    nearest: dict[int, CaseClock] = {}
    for row in running:
        best = nearest.get(row.case_id)
        if best is None or (row.due_on or date.max) < (best.due_on or date.max):
            nearest[row.case_id] = row
    now = clock.now()
    paused = Pause.objects.filter(case__in=cases, ends_on__isnull=True).select_related("case")
    still = {each.case_id for each in paused if stands_still(each.case)}
    waiting = set(_unserved(actor).filter(case_id__in=[case.id for case in cases]))
    return [
        Row(
            case=case,
            state=STATES[case.state],
            clock=case_clocks.state_of(nearest[case.id], now=now) if case.id in nearest else None,
            moves=available_moves(actor, case),
            paused=case.id in still,
            unserved=case.id in waiting,
        )
        for case in cases
    ]


def _unserved(actor: Actor) -> QuerySet[Document, int]:
    """Cases with a paper the asker has to hand over. Notices of changes and of the end of support are told of there; what
    led to a decision is of no use to anybody once the case has ended.
    """
    if not has_power(actor.role, "documents.serve"):
        return Document.objects.none().values_list("case_id", flat=True)
    waiting = Document.objects.filter(state=Document.ISSUED, needs_service=True, case_id__isnull=False)
    under_way = Exists(Case.objects.filter(pk=OuterRef("case_id"), open=True))
    useful = waiting.exclude(code__startswith="W36").filter(~Q(code__in=in_hand.ON_THE_WAY) | under_way)
    return useful.values_list("case_id", flat=True)


def to_serve(actor: Actor) -> QuerySet[Case]:
    """Cases of the asker's area with papers the family does not have in hand yet, open or decided (DOC-03, CLK-RN)."""
    return visible(actor).filter(pk__in=_unserved(actor))


def listing(
    actor: Actor,
    *,
    state: str = "",
    town: int | str = "",
    village: str = "",
    q: str = "",
    open_only: bool = False,
    unserved: bool = False,
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Row], int | None]:
    """Newest first, keyset paged: ``(rows, next)`` where ``next`` is passed as ``after`` for the following page."""
    cases = to_serve(actor) if unserved else visible(actor)
    if state:
        cases = cases.filter(state=state)
    if town:
        cases = cases.filter(town_id=town)
    if village:
        cases = cases.filter(village_code=village)
    if open_only:
        cases = cases.filter(open=True)
    if q:
        cases = cases.filter(
            Q(case_no__icontains=q) | Q(applicant__name__icontains=q) | Q(household__dossier_no=q)
        )
    if after:
        cases = cases.filter(id__lt=after)
    found = list(cases.order_by("-id")[: limit + 1])
    more = found[limit - 1].id if len(found) > limit else None
    return _rows(actor, found[:limit]), more


# may happen at almost any time, so they are nobody's task of today
_OCCASIONAL = ("D31", "D31w", "D26", "VER-10", "DTH", "REL-04", "CONV", "VER-CV", "E2c", "E6c", "E6v", "E6r")


def _today_of(row: Row) -> Row | None:
    """The row as a task of today. Who only hands over a paper is not told of the time others have for the case."""
    if any(move.key not in _OCCASIONAL for move in row.moves):
        return row
    if not row.unserved:
        return None
    own = row.clock is not None and row.clock.clock in in_hand.ENDED_BY
    return row if own else replace(row, clock=None)


def due_today(actor: Actor, *, limit: int = 100) -> list[Row]:
    """What this person can act on now, the nearest deadline first; papers of whatever case until the family has them."""
    mine = {
        state
        for aid in registry.all_types()
        for row in aid.moves
        if actor.role in row.roles and row.key not in _OCCASIONAL
        for state in row.sources
    }
    cases = (
        visible(actor)
        .filter(Q(open=True, state__in=mine) | Q(pk__in=list(_unserved(actor))))
        .annotate(due=Min("clocks__due_on", filter=Q(clocks__ended_at__isnull=True)))
        .order_by(F("due").asc(nulls_last=True), "id")[:limit]
    )
    rows = [row for row in map(_today_of, _rows(actor, list(cases))) if row]
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.case.id))


def due_home(actor: Actor) -> list[tuple[Case, Homecoming]]:
    """AS-57: whose time away is over, as far as this person acts next: the clerk first, the verifier once he has signed."""
    if actor.role == "TOWN_CLERK":
        return homecomings.due_home(visible(actor), clock.today())
    if actor.role != "TOWN_VERIFIER":
        return []
    return [
        (case, each)
        for case, each in homecomings.due_home(visible(actor), clock.today())
        if each.to_ask and not each.to_sign
    ]


def available_moves(actor: Actor, case: Case) -> tuple[Move, ...]:
    """What this role may do in this state; guards are asked when it is done."""
    moves = registry.get(case.aid_type).moves.from_state(case.state, case.regime)
    return tuple(move for move in moves if actor.role in move.roles)


def timeline(actor: Actor, case: Case) -> list[Step]:
    """Every step made, oldest first."""
    return list(Step.objects.filter(case=case).order_by("seq"))


def clocks_of(case: Case, *, now: datetime | None = None) -> list[tuple[CaseClock, ClockState]]:
    """Every clock of the case with its state computed, running ones first."""
    rows = (
        CaseClock.objects.filter(case=case)
        .select_related("case", "case__county", "case__town")
        .order_by(F("ended_at").asc(nulls_first=True), "id")
    )
    moment = now or clock.now()
    return [(row, case_clocks.state_of(row, ended_at=row.ended_at, now=moment)) for row in rows]


def papers_of(actor: Actor, case: Case) -> list[Document]:
    """Papers of the case; the village sees only public ones, the family what is addressed to it."""
    papers = (
        Document.objects.filter(case_id=case.id)
        .select_related("organ")
        .prefetch_related("services")
        .order_by("id")
    )
    if actor.is_citizen:
        return [each for each in papers if each.code in FAMILY_PAPERS]
    if actor.level == 0:
        return [each for each in papers if each.code in ("W01", "W25")]
    return list(papers)


FAMILY_PAPERS = (
    "W01",
    "W02",
    "W03",
    "W06",
    "W07",
    "W08",
    "W09",
    "W10",
    "W12",
    "W13",
    "W14",
    "W15",
    "W22",
    "W23",
    "W24",
    "W25",
    "W29",
    "W35",
    "W36",
    "W37",
    "W39",
    "W31",
    "W36-TK",
)


def paper_for(actor: Actor, case: Case, document_uid: UUID | str) -> Document:
    """One paper of the case the asker may open."""
    for document in papers_of(actor, case):
        if str(document.uid) == str(document_uid):
            return document
    raise Refusal("E_NOT_FOUND", what="文书")


def outcome_of(case: Case) -> Outcome | None:
    """The latest kept assessment."""
    assessment = case.assessments.order_by("-id").first()
    return Outcome.from_dict(assessment.outcome) if assessment else None


def offers_of(case: Case) -> list[dict[str, Any]]:
    """What else the same evidence fits when it does not fit what was asked for (DB-04, DB-05): a proposal only."""
    outcome, known = outcome_of(case), evidence_of(case)
    if outcome is None or known is None or not case.open:
        return []
    values = parameters.parameter_set(
        case.county, on=known.as_of, area_type=case.area_type, regime=case.regime
    )
    names = {str(uid): name for uid, name in case.household.persons.values_list("uid", "name")}
    return [
        {
            "aid": each.aid,
            "person": names.get(each.person, ""),
            "ref": each.person,
            "amount_fen": each.outcome.amount_fen,
            "outcome": each.outcome,
        }
        for each in offers.others(known, outcome, values, case.regime)
    ]


def may_renew(entitlement: Any) -> bool:
    """Whether a status ends soon enough to be asked for again (EDG-01)."""
    if entitlement.valid_to is None or entitlement.state not in entitlement.RUNNING:
        return False
    values = parameters.plain_values(entitlement.county, on=clock.today(), regime=entitlement.case.regime)
    return bool(entitlement.valid_to <= clock.today() + timedelta(days=int(values["status.renew_days"])))


def ending_soon(actor: Actor, *, limit: int = 100) -> list[Any]:
    """Statuses of the asker's area whose end is near and that nobody has asked to renew yet, the nearest first."""
    cases = visible(actor).filter(entitlement__valid_to__isnull=False, entitlement__state__in=("ACTIVE",))
    rows = cases.select_related("entitlement", "entitlement__county", "applicant", "town")
    renewing = set(visible(actor).filter(open=True).values_list("household_id", "aid_type"))
    return [
        case
        for case in rows.order_by("entitlement__valid_to")[:limit]
        if may_renew(case.entitlement) and (case.household_id, case.aid_type) not in renewing
    ]


def pause_of(case: Case) -> Pause | None:
    """The pause that lasts, with its ground, paper and words; nothing while clocks run."""
    return case.pauses.select_related("approved_by").filter(ends_on__isnull=True).first()


def stands_still(case: Case) -> bool:
    """Whether time is paused now: at the family's own request ten working days at most, then it runs on by itself."""
    pause = pause_of(case)
    if pause is None or pause.kind != OWN_REQUEST:
        return pause is not None
    return case_clocks.own_request_days(case, clock.today()) < OWN_REQUEST_LIMIT


def evidence_of(case: Case) -> law_evidence.Evidence | None:
    frozen = Evidence.objects.filter(case=case).order_by("-seq").first()
    return law_evidence.Evidence.from_dict(frozen.body) if frozen else None


def report_of(actor: Actor, case: Case) -> dict[str, Any] | None:
    """The verification report as far as this person may see it (VER-30)."""
    return verification.report_view(actor, case.id, case.case_no)


def report_expired(case: Case) -> bool:
    """Whether the latest report may no longer carry an application (AS-58)."""
    report = verification.latest_report(case.id)
    return report is not None and report.valid_to < clock.today()


def asked_again(case: Case) -> bool:
    """Whether departments have been asked since the latest report: what comes next is its successor."""
    run, report = verification.latest_run(case.id), verification.latest_report(case.id)
    return run is not None and (report is None or report.run_id != run.id)


def followup_due(case: Case) -> bool:
    """Whether departments have to be asked again after acceptance, or are being asked (VER-10, VER-20, AS-57)."""
    run, report = verification.latest_run(case.id), verification.latest_report(case.id)
    if run is None or report is None:
        return False
    running = run.kind == "FOLLOWUP" and run.state == run.RUNNING
    today = clock.today()
    if running or report.valid_to < today or verification.silent_codes(report.run):
        return True
    return bool(homecomings.to_ask(case, today))


def verification_progress(case: Case) -> list[dict[str, Any]]:
    run = verification.latest_run(case.id)
    return verification.progress(run) if run else []


def household_view(actor: Actor, case: Case) -> dict[str, Any]:
    """The family with numbers masked; full values only through ``people.queries.reveal``."""
    today = clock.today()
    signed = set()
    if consent := consents.to_sign(case):
        signed = set(consent.signatures.values_list("person_id", flat=True))
    members = [
        {
            "uid": str(each.person.uid),
            "name": each.person.name,
            "relation": name_of("relation", each.relation),
            "relation_code": each.relation,
            "sex": name_of("sex", each.person.sex),
            "age": age_on(each.person.born_on, today),
            "born_on": each.person.born_on,
            "adult": age_on(each.person.born_on, today) >= 18,
            "id_no": mask(each.person.id_no),
            "phone": mask_phone(each.person.phone) if each.person.phone else "",
            "health": name_of("health", each.health),
            "labour": name_of("labour", each.labour),
            "employment": name_of("employment", each.employment),
            "disability": f"{name_of('disability_category', each.disability_category)}{name_of('disability_grade', each.disability_grade)}"
            + (f"（证到{each.disability_until}）" if each.disability_until else "")
            if each.disability_grade
            else "",
            "signed": each.person_id in signed,
            "away": _away_words(each, today),
        }
        for each in members_of(case.household, today)
    ]
    account = account_on(case.household, today, case.for_person)
    return {
        "members": members,
        "account": {
            "holder": account.holder_name,
            "bank": account.bank_name,
            "number": mask_account(account.number),
        }
        if account
        else None,
        "address": case.household.address,
        "obligors": list(case.household.obligors.select_related("supports")),
    }


def _away_words(member: Any, on: date) -> str:
    """Where a member is who does not count, and until when (AS-57)."""
    if not member.exclude_code or (member.exclude_until and member.exclude_until < on):
        return ""
    until = f"，到{member.exclude_until}" if member.exclude_until else ""
    return f"{composition.SITUATIONS.get(member.exclude_code, '不计入')}{until}"


def rated(case: Case) -> bool:
    """Whether self-care was rated and the rating still holds (DQ-39)."""
    return case.ratings.filter(valid_to__gte=clock.today()).exists()


def obligors_of(case: Case) -> list[dict[str, Any]]:
    """Supporters who live apart: who signed, who did not and why, what is known of their ability (TK-02, TK-05)."""
    consent = case.authorisation
    signed = set(consent.signatures.values_list("obligor_id", flat=True)) if consent else set()
    excuses = {each.obligor_id: each for each in consent.excuses.all()} if consent else {}
    return [
        {
            "id": each.id,
            "name": each.name,
            "relation": name_of("relation", each.relation),
            "supports": each.supports.name,
            "facts": each.facts,
            "signed": each.id in signed,
            "excuse": f"{ObligorExcuse.KINDS[excuses[each.id].kind]}：{excuses[each.id].reason}"
            if each.id in excuses
            else "",
        }
        for each in case.household.obligors.select_related("supports").order_by("id")
    ]


def decisions_of(case: Case) -> list[Decision]:
    """Every decision made, the first first, with who decided for which organ."""
    return list(case.decisions.select_related("organ", "decider", "delegation").order_by("round"))


def kin_found(case: Case) -> list[str]:
    """Entries of the officials' register that match the family and are not filed yet, in words (REL-03)."""
    return [f"{each.official_name}（{each.official_post}）" for each in guards.undeclared_kin(case)]


def kin_to_file(case: Case) -> list[str]:
    """Near relatives found or declared and not yet filed, in words (REL-03)."""
    return [
        f"{each.member_name}与{each.official_name}（{each.official_post}）为{each.relation}"
        for each in case.kin_filings.filter(filed_at__isnull=True)
    ]


def correction_items(case: Case) -> list[dict[str, Any]]:
    """What the one correction notice asked for and whether it has come: code, name, given."""
    correction = Correction.objects.filter(case=case).first()
    if correction is None:
        return []
    missing = guards.missing_materials(case)
    given = set(case.materials.values_list("kind", flat=True))
    return [
        {
            "code": item,
            "name": guards.PROVIDED_MATERIALS[item],
            "given": item in given or (item == "bank_account" and item not in missing),
        }
        for item in correction.items
    ]


def investigation_of(case: Case) -> dict[str, Any] | None:
    """The current visit: its record, who went and signed, photos, differences still open (D18)."""
    round_ = guards.latest_investigation(case)
    if round_ is None:
        return None
    return {
        "round": round_,
        "present": round_.present_member,
        "investigators": list(round_.investigators.select_related("staff").order_by("id")),
        "photos": list(round_.photos.order_by("id")),
        "open_differences": verification.unanswered_differences(verification.latest_report(case.id)),
    }


def publicity_of(case: Case) -> dict[str, Any] | None:
    """The latest posting with its photos, objections and appraisals."""
    posting = guards.latest_posting(case)
    if posting is None:
        return None
    return {
        "posting": posting,
        "photos": list(posting.photos.order_by("id")),
        "objections": list(case.objections.order_by("id")),
        "appraisals": list(case.appraisals.order_by("id")),
        "over": clock.today() > posting.ends_on,
    }


def opinions_of(case: Case) -> list[dict[str, Any]]:
    """What was said on the way to the decision, oldest first: title, opinion, name, organ, on."""
    said: list[tuple[datetime, dict[str, Any]]] = []
    rounds = case.investigations.filter(submitted_at__isnull=False).prefetch_related("investigators__staff")
    for each in rounds:
        names = "、".join(one.staff.name for one in each.investigators.all())
        said.append((each.submitted_at, _said("入户调查", each.conclusion, names, case.town.organ_name)))
    for each in case.opinions.select_related("by"):
        word = "同意上报" if each.supports else "建议不予批准"
        said.append(
            (each.given_at, _said("乡镇审核", f"{word}。{each.text}", each.by.name, case.town.organ_name))
        )
    for each in case.county_visits.filter(visited_on__isnull=False):
        word = "情况属实" if each.supports else "情况不实"
        names = "、".join(each.officers)
        said.append(
            (
                clock.instant(each.visited_on, 12),
                _said("县级核查", f"{word}。{each.result}", names, case.county.organ_name),
            )
        )
    return [words | {"on": clock.local(at).date()} for at, words in sorted(said, key=lambda pair: pair[0])]


def _said(title: str, opinion: str, name: str, organ: str) -> dict[str, Any]:
    return {"title": title, "opinion": opinion, "name": name, "organ": organ}


def letter_preview(case: Case, key: str) -> list[str]:
    """What the letter of a move will tell the family, before it is issued: W07 for D6, W06 for D5."""
    if key == "D6":
        return verification.blocking_reasons(verification.latest_report(case.id))
    if key == "D5":
        return [
            f"核对结果符合规定，请在{in_hand.last_day_to_apply(case, clock.today()):%Y年%-m月%-d日}前提出正式申请。"
        ]
    return []


def visits_of(case: Case) -> list[dict[str, Any]]:
    """Every round of the visit at home, the last first: round, present, investigators, photos (VER-11, D18)."""
    rounds = case.investigations.select_related("present_member").order_by("-round")
    return [
        {
            "round": each,
            "present": each.present_member,
            "investigators": list(each.investigators.select_related("staff").order_by("id")),
            "photos": list(each.photos.order_by("id")),
        }
        for each in rounds
    ]


def picture_for(actor: Actor, case: Case, kind: str, number: int) -> StoredFile:
    """A picture of the case (photo of the visit, of the board, or a material), read behind the fence."""
    found = None
    if kind == "photo":
        found = case.photos.filter(pk=number).select_related("file").first()
    elif kind == "posting":
        found = (
            PostingPhoto.objects.filter(pk=number, posting__case_id=case.id).select_related("file").first()
        )
    elif kind == "material":
        found = case.materials.filter(pk=number, file__isnull=False).select_related("file").first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="图片")
    return found.file


def authority_of(case: Case) -> str:
    """Who would decide today: TOWN or COUNTY."""
    return authority.authority_of(case, clock.today())


def stage_counts(actor: Actor) -> dict[str, int]:
    """Open cases by state, for tiles and charts."""
    return dict(visible(actor).filter(open=True).order_by().values_list("state").annotate(Count("id")))


def lapsing(on: date) -> list[tuple[UUID, str]]:
    """Cases whose window ended before ``on`` and the move that follows by itself (daily job)."""
    keys = {
        "CLK-OBJW": ("VER_NOT_FIT", "D10"),
        "CLK-CORR": ("CORRECTION", "D15"),
        "CLK-AC": ("APPLIED", "CLK-AC"),
    }
    with fence(PLATFORM):
        waiting = Case.objects.filter(state="MAY_APPLY").select_related("county")
        unused = [(case.uid, "D11x") for case in waiting if on > in_hand.apply_until(case)]
        rows = CaseClock.objects.filter(ended_at__isnull=True, due_on__lt=on, clock__in=keys).select_related(
            "case"
        )
        return unused + [
            (row.case.uid, keys[row.clock][1])
            for row in rows
            if row.case.state == keys[row.clock][0]
            and (row.clock not in in_hand.OPENED_BY or in_hand.ran_out(row.case, on))
        ]


def misplaced(on: date) -> list[UUID]:
    """Cases waiting for a decision where the authority is no longer (or not yet known to be) today (ORG-06)."""
    place = {"TOWN_APPROVAL": "TOWN", "COUNTY_REVIEW": "COUNTY"}
    with fence(PLATFORM):
        return [
            case.uid
            for case in Case.objects.filter(state__in=place).select_related("town", "county")
            if authority.authority_of(case, on) != place[case.state]
        ]


def transfers(actor: Actor, *, open_only: bool = False) -> list[dict[str, Any]]:
    """Families that leave and families that come, the nearest day first, with which of the two it is for the asker."""
    if not has_power(actor.role, "case.read") or actor.villages:
        return []
    rows = Transfer.objects.filter(Q(from_town_id__in=actor.towns) | Q(to_town_id__in=actor.towns))
    if open_only:
        rows = rows.filter(state__in=(Transfer.SENT, Transfer.ACCEPTED))
    today = clock.today()
    return [
        {
            "row": each,
            "coming": each.to_town_id in actor.towns,
            "due_on": each.check_due_on if each.state == Transfer.ACCEPTED else None,
            "late": each.state == Transfer.ACCEPTED and each.check_due_on < today,
        }
        for each in rows.select_related("from_town", "from_county", "to_town", "to_county").order_by(
            F("check_due_on").asc(nulls_first=True), "-id"
        )[:200]
    ]


def transfers_to_do(actor: Actor) -> list[dict[str, Any]]:
    """Families that come and wait for this clerk: to be taken over, or to be looked at again."""
    if actor.role != "TOWN_CLERK":
        return []
    return [each for each in transfers(actor, open_only=True) if each["coming"]]


def may_move_away(case: Case) -> bool:
    """Whether there is anything another township could take over: a case under way or a benefit in force."""
    return case.open or case.household.entitlements.filter(state__in=Entitlement.RUNNING).exists()


def transfer_for(actor: Actor, uid: UUID | str) -> Transfer:
    """One transfer of the asker's own township or county; E_NOT_FOUND for any other."""
    for each in transfers(actor):
        if str(each["row"].uid) == str(uid):
            return each["row"]
    raise Refusal("E_NOT_FOUND", what="转移单")


def standing_still() -> list[Case]:
    """Cases whose total clock is paused: their promised day moves with every day that passes."""
    with fence(PLATFORM):
        return list(Case.objects.filter(pauses__ends_on__isnull=True, pauses__isnull=False).distinct())
