"""At the family's home: two people, photos, signatures, differences explained (D17, D18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Staff
from jiuzhu.cases import evidence, papers
from jiuzhu.cases.acts._act import Act, acting, locked
from jiuzhu.cases.guards import latest_investigation
from jiuzhu.cases.models import Case, Investigation, Investigator, Photo
from jiuzhu.cases.permissions import check_may_do
from jiuzhu.core import clock
from jiuzhu.core.id_numbers import age_on
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Person
from jiuzhu.policy.outcome import Outcome
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.verification.models import FindingAnswer
from jiuzhu.workflow.states import STATES

INVESTIGATORS = ("TOWN_CLERK", "TOWN_VERIFIER", "TOWN_LEAD")


def start_investigation(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D17: a new round; whoever starts it is one of the investigators. A recent visit of the case this one continues
    is carried over with its photos and signatures, and may be submitted as it is or made anew.
    """
    with acting(actor, uid, "D17", seen=seen, once=once) as act:
        former = _recent_visit(act)
        if former is None:
            open_round(act.case, actor)
        else:
            _carry_round(act, former)
    return act.case


def _recent_visit(act: Act) -> Investigation | None:
    """The last submitted visit of the origin, while a report made that day would still be in force (VER-20)."""
    case = act.case
    if case.origin_id is None:
        return None
    days = int(parameters.plain_values(case.county, on=act.today, regime=case.regime)["report_valid_days"])
    rounds = Investigation.objects.filter(case_id=case.origin_id, submitted_at__isnull=False)
    last = rounds.order_by("-round").first()
    if last is None or last.visited_at is None:
        return None
    return last if act.today <= clock.local(last.visited_at).date() + timedelta(days=days) else None


def _carry_round(act: Act, former: Investigation) -> None:
    case = act.case
    round_ = Investigation.objects.create(
        case=case,
        round=1,
        started_on=act.today,
        visited_at=former.visited_at,
        living=former.living,
        conclusion=f"（沿用案件{former.case.case_no}的入户调查）{former.conclusion}",
        present_member=former.present_member,
        present_signature=former.present_signature,
        neighbours=former.neighbours,
    )
    for each in former.investigators.order_by("id"):
        Investigator.objects.create(
            investigation=round_,
            case=case,
            staff_id=each.staff_id,
            signature=each.signature,
            signed_at=each.signed_at,
        )
    for photo in former.photos.order_by("id"):
        Photo.objects.create(
            case=case,
            investigation=round_,
            kind=photo.kind,
            file=photo.file,
            taken_at=photo.taken_at,
            place=photo.place,
            uploaded_at=photo.uploaded_at,
            uploaded_by=photo.uploaded_by,
        )
    act.note(carried_from=former.case.case_no)


def open_round(case: Case, actor: Actor) -> Investigation:
    last = latest_investigation(case)
    round_ = Investigation.objects.create(
        case=case, round=last.round + 1 if last else 1, started_on=clock.today()
    )
    if actor.is_staff and actor.role == "TOWN_CLERK":
        Investigator.objects.create(investigation=round_, case=case, staff_id=actor.id)
    return round_


def _current(
    actor: Actor, uid: UUID | str, roles: tuple[str, ...] = INVESTIGATORS
) -> tuple[Case, Investigation]:
    """The running round; only investigators work on it, and none who is related to the family (ORG-03)."""
    case = locked(actor, uid)
    check_may_do(actor, case, roles, "入户调查")
    round_ = latest_investigation(case)
    if case.state != "INVESTIGATING" or round_ is None:
        raise Refusal("E_STATE", act="填写入户调查表", state=STATES[case.state].name)
    return case, round_


def add_investigator(
    actor: Actor, uid: UUID | str, *, staff_id: int, seen: Any = None, once: Any = None
) -> Investigator:
    """Name a second (third) investigator of the same township."""
    with transaction.atomic():
        case, round_ = _current(actor, uid)
        staff = Staff.objects.filter(pk=staff_id, posts__organ=case.town, is_active=True).distinct().first()
        if staff is None:
            raise Refusal("E_INPUT", field="调查人员", problem="请选择本乡镇（街道）工作人员")
        return Investigator.objects.get_or_create(investigation=round_, staff=staff, defaults={"case": case})[
            0
        ]


def sign_as_investigator(
    actor: Actor, uid: UUID | str, *, picture: Picture, seen: Any = None, once: Any = None
) -> Investigator:
    """An investigator's own signature, drawn by himself in his own session."""
    with transaction.atomic():
        case, round_ = _current(actor, uid)
        one, _ = Investigator.objects.get_or_create(
            investigation=round_, staff_id=actor.id, defaults={"case": case}
        )
        one.signature, one.signed_at = files.keep(picture.content, picture.mime), clock.now()
        one.save(update_fields=["signature", "signed_at"])
        return one


def record_visit(
    actor: Actor,
    uid: UUID | str,
    *,
    visited_at: datetime,
    living: dict[str, str],
    conclusion: str,
    present_uid: UUID | str,
    neighbours: list[dict[str, str]] | None = None,
    seen: Any = None,
    once: Any = None,
) -> Investigation:
    """What was seen and said; may be saved as often as needed until it is submitted."""
    with transaction.atomic():
        case, round_ = _current(actor, uid)
        present = Person.objects.filter(uid=present_uid, household=case.household).first()
        if present is None or age_on(present.born_on, clock.today()) < 18:
            raise Refusal("E_INPUT", field="在场成员", problem="应为成年家庭成员")
        if visited_at > clock.now() or (
            case.accepted_on and clock.local(visited_at).date() < case.accepted_on
        ):
            raise Refusal("E_INPUT", field="入户时间", problem="应在受理之后、现在之前")
        round_.visited_at, round_.living, round_.conclusion = visited_at, living, conclusion
        round_.present_member, round_.neighbours = present, neighbours or []
        round_.save()
        return round_


def sign_as_present(
    actor: Actor, uid: UUID | str, *, picture: Picture, seen: Any = None, once: Any = None
) -> Investigation:
    """The present family member signs on the investigator's screen."""
    with transaction.atomic():
        _, round_ = _current(actor, uid)
        round_.present_signature = files.keep(picture.content, picture.mime)
        round_.save(update_fields=["present_signature"])
        return round_


def add_photo(
    actor: Actor, uid: UUID | str, *, picture: Picture, kind: str = "home", seen: Any = None, once: Any = None
) -> Photo:
    """A photo of the visit with what its EXIF says of time and place."""
    with transaction.atomic():
        case, round_ = _current(actor, uid, (*INVESTIGATORS, "VILLAGE_ASSIST"))
        photo, _ = Photo.objects.get_or_create(  # a second click brings the same picture again
            case=case,
            investigation=round_,
            kind=kind,
            file=files.keep(picture.content, picture.mime),
            defaults={
                "taken_at": picture.taken_at,
                "place": picture.place,
                "uploaded_at": clock.now(),
                "uploaded_by": actor.name,
            },
        )
        return photo


def submit_investigation(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D18: complete or refused; the evidence is frozen and the law gives its answer."""
    with acting(actor, uid, "D18", seen=seen, once=once) as act:
        case = act.case
        round_ = latest_investigation(case)
        round_.submitted_at = act.at
        round_.save(update_fields=["submitted_at"])
        assess_anew(act)
        act.paper("W16", **_record(case, round_))
        for each in round_.neighbours:
            act.paper(
                "W17", visited_on=act.today, investigators=_names(round_), content=each.get("content", "")
            )
    return act.case


def assess_anew(act: Act) -> Outcome:
    """Freeze the family as it is known today and keep the law's answer to it."""
    case = act.case
    known = evidence.verified(case, act.today)
    frozen = evidence.freeze(case, known, kind="INVESTIGATED", by=act.actor.name)
    outcome = evidence.assess(case, known, act.today)
    evidence.keep_assessment(case, frozen, outcome)
    act.note(evidence=frozen.seq, conclusion=outcome.conclusion, amount_fen=outcome.amount_fen)
    return outcome


def _names(round_: Investigation) -> list[str]:
    return [each.staff.name for each in round_.investigators.select_related("staff").order_by("id")]


def _record(case: Case, round_: Investigation) -> dict[str, Any]:
    living = round_.living
    answers = FindingAnswer.objects.filter(finding__report__case_id=case.id).select_related("finding")
    signatures = [
        (each.signature, each.staff.name)
        for each in round_.investigators.select_related("staff", "signature")
        if each.signature
    ]
    signatures.append((round_.present_signature, round_.present_member.name))
    return {
        "visited_at": clock.local(round_.visited_at).isoformat(),
        "investigators": _names(round_),
        "present_name": round_.present_member.name,
        "housing": living.get("housing", "—"),
        "income_note": living.get("income_note", "—"),
        "expense_note": living.get("expense_note", "—"),
        "health_note": living.get("health_note", "—"),
        "differences": "；".join(f"{each.finding.body['sentence']}：{each.reason}" for each in answers)
        or "无",
        "conclusion": round_.conclusion,
        "photos": papers.pictures(
            [(photo.file, f"照片{n}") for n, photo in enumerate(round_.photos.select_related("file")[:3], 1)]
        ),
        "signatures": papers.pictures(signatures),
    }
