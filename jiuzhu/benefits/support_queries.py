"""Reads about supported people, always on behalf of someone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.aid_types import registry
from jiuzhu.benefits import support_table as table
from jiuzhu.benefits.models import SelfCareReport, SupportStop
from jiuzhu.cases.models import Case, Entitlement, Institution, SelfCareRating, SupportSpan
from jiuzhu.core import clock
from jiuzhu.core.id_numbers import mask_account
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.vault.models import StoredFile

DEATH = "DEATH"
RATE_DAYS = 30  # how long before a rating ends the clerk is told


@dataclass(frozen=True)
class ToDo:
    """One supported person somebody has to do something about, and until when."""

    case: Case
    what: str
    due_on: date | None
    stop: SupportStop | None = None


def _mine(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """First fence: the asker's towns and villages."""
    if actor.kind == "SYSTEM":
        return rows
    rows = rows.filter(entitlement__town_id__in=actor.towns)
    return rows.filter(entitlement__village_code__in=actor.villages) if actor.villages else rows


def to_check(actor: Actor) -> list[ToDo]:
    """TK-12: whoever is no longer supported and alive is checked at once for other aid."""
    rows = SupportStop.objects.filter(state=table.STOPPED, other_aid_on__isnull=True).exclude(reason=DEATH)
    found = _mine(actor, rows).select_related("entitlement__case__applicant").order_by("closed_on")
    return [ToDo(each.entitlement.case, "核查是否符合低保、临时救助", each.closed_on, each) for each in found]


def to_rate(actor: Actor) -> list[ToDo]:
    """CLK-SC: reported changes of self-care not yet rated again."""
    rows = SelfCareReport.objects.filter(closed_on__isnull=True)
    found = _mine(actor, rows).select_related("entitlement__case__applicant").order_by("due_on")
    return [ToDo(each.entitlement.case, "重新评估自理能力", each.due_on) for each in found]


def to_renew_rating(actor: Actor) -> list[ToDo]:
    """DQ-39: ratings of supported people that have ended or end within thirty days."""
    newest = SelfCareRating.objects.filter(case=OuterRef("case")).order_by("-seq").values("valid_to")[:1]
    found = (
        _supported(actor)
        .annotate(rated_to=Subquery(newest))
        .filter(rated_to__lte=clock.today() + timedelta(days=RATE_DAYS))
    )
    reported = SelfCareReport.objects.filter(closed_on__isnull=True)
    return [
        ToDo(each.case, "自理能力评估到期，重新评估", each.rated_to)
        for each in found.exclude(pk__in=reported.values("entitlement_id")).order_by("rated_to")
    ]


def _supported(actor: Actor) -> QuerySet[Entitlement]:
    """Supported people of the asker's towns."""
    codes = [aid.code for aid in registry.all_types() if aid.support]
    rows = Entitlement.objects.filter(aid_type__in=codes, state__in=Entitlement.RUNNING)
    rows = rows if actor.kind == "SYSTEM" else rows.filter(town_id__in=actor.towns)
    return rows.select_related("case__applicant")


def to_choose(actor: Actor) -> list[ToDo]:
    """Granted, and nobody has said yet where the person is to live (TK-10)."""
    rows = _supported(actor).filter(support_spans__isnull=True)
    return [ToDo(each.case, "选定集中或分散供养", each.first_month) for each in rows.order_by("first_month")]


def to_agree(actor: Actor) -> list[ToDo]:
    """DQ-41: at home and no longer able to do everything alone, with nobody bound to care for him, or not any more."""
    rows = SupportSpan.objects.filter(
        mode=SupportSpan.SCATTERED, to_month__isnull=True, entitlement__state__in=Entitlement.RUNNING
    )
    found = []
    for span in _mine(actor, rows).select_related("entitlement__case__applicant", "agreement"):
        case = span.entitlement.case
        support = registry.get(case.aid_type).support
        level = case.ratings.order_by("-seq").values_list("level", flat=True).first()
        if support is None or level in support.alone_without_agreement:
            continue
        if span.agreement is None or span.agreement.ends_on < clock.today():
            ends_on = span.agreement.ends_on if span.agreement else None
            found.append(ToDo(case, "签订照料服务协议，或改为集中供养", ends_on))
    return found


def to_end(actor: Actor) -> list[ToDo]:
    """TK-12: ends of support under way, as far as this person acts next: the clerk, or whoever decides today (ORG-04)."""
    rows = _mine(actor, SupportStop.objects.filter(open=True)).select_related(
        "entitlement__case__applicant", "entitlement__town", "posting", "notice"
    )
    found = []
    for stop in rows.prefetch_related("posting__photos"):
        role, what, due_on = _next_step(stop, clock.today())
        if role == "TOWN_LEAD":
            town, aid_type = stop.entitlement.town, stop.entitlement.aid_type
            role = role if decide_authority(town, aid_type, clock.today()) == "TOWN" else "COUNTY_APPROVER"
        if what and actor.role == role:
            found.append(ToDo(stop.entitlement.case, what, due_on, stop))
    return sorted(found, key=lambda each: each.due_on or date.max)


def _next_step(stop: SupportStop, on: date) -> tuple[str, str, date | None]:
    """Who acts next (the lead stands for whoever decides), what he does and by when; no words while the sheet hangs."""
    if stop.state == table.PROPOSED:
        return "TOWN_LEAD", "核准终止供养并公示", stop.proposed_on
    if stop.state == table.OBJECTED:
        return "TOWN_LEAD", "调查终止公示的异议", stop.answer_by
    if stop.state == table.DECIDED:
        served = stop.notice.state == Document.SERVED
        return "TOWN_CLERK", "告知书已送达，办理终止" if served else "送达终止告知书", stop.notice.issued_on
    taken = {each.moment for each in stop.posting.photos.all()}
    if "START" not in taken:
        return "TOWN_CLERK", "张贴终止公示并拍照", stop.posting.posted_on
    if on <= stop.posting.ends_on:
        return "", "", None
    if "END" not in taken:
        return "TOWN_CLERK", "终止公示期满，拍照", stop.posting.ends_on
    return "TOWN_LEAD", "公示期满，决定是否终止供养", stop.posting.ends_on


def todo(actor: Actor) -> list[ToDo]:
    """Everything that waits for this person, the nearest first."""
    found = to_end(actor)
    if actor.role == "TOWN_CLERK":
        for each in (to_rate, to_renew_rating, to_choose, to_agree, to_check):
            found += each(actor)
    return sorted(found, key=lambda each: each.due_on or date.max)


def institutions(county_id: int) -> list[Institution]:
    return list(Institution.objects.filter(county_id=county_id, closed_on__isnull=True).order_by("name"))


def view(case: Case) -> dict[str, Any] | None:
    """How the person of a case is supported, in words; nothing where the aid is only money."""
    support = registry.get(case.aid_type).support
    if support is None:
        return None
    ratings = [
        {
            "rated_on": each.rated_on,
            "valid_to": each.valid_to,
            "expired": each.valid_to < clock.today(),
            "level": support.levels[each.level],
            "unable": [support.items[item] for item, able in each.items.items() if not able],
            "who": f"{each.assessor}、{each.second_assessor}，见证人{each.witness}",
        }
        for each in case.ratings.order_by("-seq")
    ]
    entitlement = Entitlement.objects.filter(case=case).first()
    if entitlement is None:
        return {"ratings": ratings, "entitlement": None}
    agreement = entitlement.care_agreements.filter(ended_on__isnull=True).select_related("account").first()
    level = case.ratings.order_by("-seq").values_list("level", flat=True).first()
    return {
        "ratings": ratings,
        "entitlement": entitlement,
        "running": entitlement.state in Entitlement.RUNNING,
        "needs_agreement": level not in support.alone_without_agreement,
        "spans": [
            {
                "mode": SupportSpan.MODES[each.mode],
                "where": each.institution.name if each.institution else "",
                "carer": each.agreement.carer_name if each.agreement else "",
                "from_month": each.from_month,
                "to_month": each.to_month,
                "chosen_by": each.chosen_by,
            }
            for each in entitlement.support_spans.select_related("institution", "agreement").order_by(
                "-from_month"
            )
        ],
        "agreement": {
            "carer": agreement.carer_name,
            "relation": agreement.carer_relation,
            "duties": agreement.duties,
            "ends_on": agreement.ends_on,
            "expired": agreement.ends_on < clock.today(),
            "care_fen": agreement.care_fen,
            "account": mask_account(agreement.account.number),
        }
        if agreement
        else None,
        "report": entitlement.self_care_reports.filter(closed_on__isnull=True).first(),
        "reasons": support.stop_reasons,
        "items": support.items,
        "stops": [_stop_view(each, support.stop_reasons) for each in _stops(entitlement)],
        "funeral": getattr(entitlement, "funeral_aid", None),
    }


def _stops(entitlement: Entitlement) -> list[SupportStop]:
    return list(entitlement.support_stops.select_related("posting", "notice").order_by("-id"))


def _stop_view(stop: SupportStop, reasons: Any) -> dict[str, Any]:
    taken = set(stop.posting.photos.values_list("moment", flat=True)) if stop.posting else set()
    return {
        "row": stop,
        "state": table.STATES[stop.state],
        "colour": table.COLOURS[stop.state],
        "reason": reasons[stop.reason],
        "steps": list(stop.steps.order_by("id")),
        "over": bool(stop.posting) and clock.today() > stop.posting.ends_on,
        "photos": taken,
        "death": stop.reason == DEATH,
        "check_open": stop.state == table.STOPPED and stop.reason != DEATH and stop.other_aid_on is None,
    }


def wish(case: Case, number: int) -> StoredFile:
    """The signature under a voluntary exit of a case the asker may see (TK-12)."""
    found = SupportStop.objects.filter(pk=number, entitlement__case=case, wish__isnull=False).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="图片")
    return found.wish


def open_stop(case: Case) -> SupportStop | None:
    return SupportStop.objects.filter(entitlement__case=case, open=True).first()


def moves(actor: Actor, case: Case) -> list[table.StopMove]:
    """What this role may do about the end of the support now."""
    entitlement = Entitlement.objects.filter(case=case).first()
    if entitlement is None or registry.get(case.aid_type).support is None:
        return []
    stop = open_stop(case)
    if stop is None:
        move = table.MOVES["propose"]
        return [move] if actor.role in move.roles and entitlement.state in Entitlement.RUNNING else []
    return [move for move in table.MOVES.values() if stop.state in move.sources and actor.role in move.roles]
