"""After the posting: photos, the quiet end that grants, or objection and appraisal (D25–D30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases import clocks, guards
from jiuzhu.cases.acts._act import Act, acting, locked
from jiuzhu.cases.acts.continuation import grant
from jiuzhu.cases.acts.investigation import open_round
from jiuzhu.cases.acts.posting import post
from jiuzhu.cases.acts.review import post_opinion, to_authority
from jiuzhu.cases.models import Appraisal, Attendance, Case, Decision, Objection, Pause
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.shares import share_words
from jiuzhu.parameters import queries as parameters
from jiuzhu.publicity import acts as publicity
from jiuzhu.publicity.models import Posting, PostingPhoto
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.workflow.states import STATES

CAPACITIES = {
    "TOWN": "乡镇（街道）工作人员",
    "COMMITTEE": "村（居）民委员会成员",
    "PARTY": "村（居）党组织成员、党员代表",
    "REPRESENTATIVE": "村（居）民代表",
}
VOTES = {"TRUE": "属实", "NOT_TRUE": "不属实", "ABSTAIN": "弃权"}
POSTED = ("RESULT_PUBLICITY", "PRELIM_PUBLICITY")
_RESULTS = {"TRUE": ("D28", "属实"), "NOT_TRUE": ("D29", "不属实"), "DISPUTED": ("D30", "争议较大")}


def photograph_posting(
    actor: Actor, uid: UUID | str, *, picture: Picture, moment: str, seen: Any = None, once: Any = None
) -> PostingPhoto:
    """The sheet on the board, at the start and at the end (PUBL-01)."""
    with transaction.atomic():
        case = locked(actor, uid)
        if actor.role not in ("VILLAGE_ASSIST", "TOWN_CLERK"):
            raise Refusal("E_AUTH", role=role_name(actor.role), act="上传公示照片", why="")
        posting = guards.latest_posting(case)
        ending = posting is not None and posting.kind == Posting.STOPPING and posting.removed_on is None
        if posting is None or (case.state not in POSTED and not ending):
            raise Refusal("E_STATE", act="上传公示照片", state=STATES[case.state].name)
        if moment not in ("START", "END") or (moment == "END" and clock.today() < posting.ends_on):
            raise Refusal("E_PUBL", why=f"期满照片应在公示期满（{posting.ends_on}）当日或之后拍摄")
        check_recusal(actor, case)
        photo, _ = PostingPhoto.objects.get_or_create(  # a second click brings the same picture again
            posting=posting,
            file=files.keep(picture.content, picture.mime),
            moment=moment,
            defaults={
                "taken_at": picture.taken_at or clock.now(),
                "by_id": actor.id if actor.is_staff else None,
            },
        )
        return photo


def end_publicity(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D25: seven days without objection; the grant, the entitlement, the notice and the certificate.

    The three working days for handing them over count from the last day of the posting (CLK-CARD, AS-21).
    """
    with transaction.atomic():
        with acting(actor, uid, "D25", seen=seen, once=once) as act:
            grant(act)
        ended_on = guards.latest_posting(act.case).ends_on
        clocks.restart(act.case, "CLK-CARD", clock.instant(ended_on, 23, 59, 59))
    return act.case


def receive_objection(
    actor: Actor,
    uid: UUID | str,
    *,
    content: str,
    anonymous: bool = False,
    objector: str = "",
    contact: str = "",
    channel: str = "WINDOW",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D26: within the window, named or anonymous, always with facts; payment has not begun.

    Another one while the first is being handled joins it: the meeting answers both.
    """
    with acting(actor, uid, "D26", seen=seen, once=once, content=content) as act:
        if act.case.state not in POSTED:
            act.to(act.case.state)
        posting = guards.latest_posting(act.case)
        objection = Objection(
            case=act.case,
            posting=posting,
            received_at=act.at,
            channel=channel,
            content=content,
            anonymous=anonymous or not objector,
        )
        objection.objector, objection.contact = ("", "") if anonymous else (objector, contact)
        objection.save(force_insert=True)
        paper = act.paper(
            "W26",
            received_at=act.at.isoformat(),
            channel=name_of("channel", channel),
            objector="匿名" if objection.anonymous else "实名（信息密封保存）",
            content=content,
        )
        if act.case.state == "PRELIM_PUBLICITY":
            _pause(act, paper.doc_no or paper.code)
    return act.case


def _pause(act: Act, document_no: str) -> None:
    """PAU-3: before the decision (P2021 on) the total clock stands still while an objection is handled."""
    if not act.case.pauses.filter(ends_on__isnull=True).exists():
        Pause.objects.create(
            case=act.case,
            kind="PAU-3",
            starts_on=act.today,
            reason="公示异议处理",
            document_no=document_no,
            at=act.at,
        )
        clocks.rebuild(act.case)


def _resume(act: Act) -> None:
    """The objection is answered: the total clock runs on (WD-10)."""
    for pause in act.case.pauses.filter(kind="PAU-3", ends_on__isnull=True):
        pause.ends_on = act.today
        pause.save(update_fields=["ends_on"])
        clocks.rebuild(act.case)


def end_preliminary_publicity(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D19p: seven days without objection; the opinion goes to whoever decides (民发〔2021〕57号第十九条)."""
    with acting(actor, uid, "D19p", seen=seen, once=once) as act:
        publicity.take_down(act.case.id, act.today)
        to_authority(act)
    return act.case


def reinvestigate(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D27r: from P2021 on the township may look into an objection itself, without a meeting."""
    with acting(actor, uid, "D27r", seen=seen, once=once, reason=reason) as act:
        close_objections(act)
        publicity.take_down(act.case.id, act.today)
        open_round(act.case, actor)
    return act.case


_HANDLING = ("D26", "D27", "D27r", "D28", "D29", "D30")


def may_see_objector(actor: Actor, case: Case) -> bool:
    """PUBL-06: whoever handles the objection, and the county's supervisor; nobody else in the house."""
    if actor.role == "COUNTY_SUPERVISOR":
        return True
    handling = case.steps.filter(move__in=_HANDLING, actor_kind="STAFF", actor_id=actor.id)
    return actor.is_staff and handling.exists()


def see_objector(actor: Actor, uid: UUID | str, objection_id: int, *, purpose: str) -> str:
    """Open the sealed name and contact for a purpose; recorded before it leaves, without the name itself."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_recusal(actor, case)
        if not may_see_objector(actor, case):
            raise Refusal("E_AUTH", role=role_name(actor.role), act="查看异议人", why="异议人信息保密。")
        objection = case.objections.filter(pk=objection_id).first()
        if objection is None:
            raise Refusal("E_NOT_FOUND", what="异议")
        if len(purpose.strip()) < 2:
            raise Refusal("E_INPUT", field="查看用途", problem="请写明为什么需要查看异议人")
        record(
            actor, "objection.reveal", about=objection, case_no=case.case_no, purpose=purpose.strip()[:200]
        )
        if objection.anonymous:
            return "匿名"
        return f"{objection.objector} {objection.contact}".strip()


def close_objections(act: Act) -> None:
    """Open objections are answered by looking into the case again; the total clock runs on."""
    Objection.objects.filter(case=act.case, result="").update(
        result="REINVESTIGATED", handler=act.actor.name, answered_on=act.today
    )
    _resume(act)


def object_publicly(token: str, *, content: str, objector: str = "", contact: str = "") -> None:
    """Anybody may object from the posting's page; the answer never says more than the sheet does."""
    posting = Posting.objects.filter(token=token).first()
    if posting is None:
        raise Refusal("E_NOT_FOUND", what="公示")
    with fence(PLATFORM):
        case = Case.objects.get(pk=posting.case_id)
        public = replace(PLATFORM, name="群众", role="PUBLIC")
        receive_objection(
            public,
            case.uid,
            content=content,
            anonymous=not objector,
            objector=objector,
            contact=contact,
            channel="ONLINE",
        )


def call_appraisal(
    actor: Actor,
    uid: UUID | str,
    *,
    planned_at: datetime,
    place: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D27: the township calls the meeting (S: 对公示有异议的，由乡镇组织民主评议)."""
    if not place.strip():
        raise Refusal("E_INPUT", field="会议地点", problem="请填写")
    with acting(actor, uid, "D27", seen=seen, once=once) as act:
        objection = act.case.objections.filter(result="").order_by("-id").first()
        Appraisal.objects.create(
            case=act.case,
            objection=objection,
            called_on=act.today,
            planned_at=planned_at,
            place=place.strip(),
        )
        values = parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)
        act.paper(
            "W27",
            planned_at=planned_at.isoformat(),
            place=place.strip(),
            people_min=values["appraisal_min"],
            representatives_share=share_words(values["appraisal.reps_share"]),
        )
    return act.case


def conclude_appraisal(
    actor: Actor,
    uid: UUID | str,
    *,
    participants: list[dict[str, Any]],
    chair: str,
    minutes: dict[str, str],
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D28, D29 or D30 by the vote on truth alone (APP-01..04)."""
    case = Case.objects.filter(uid=uid).select_related("county").first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    _check_attendance(participants)
    key, words = _RESULTS[_vote(case, participants)]
    with acting(actor, uid, key, seen=seen, once=once, participants=participants, chair=chair) as act:
        appraisal = act.case.appraisals.order_by("-id").first()
        appraisal.held_at, appraisal.chair, appraisal.minutes = act.at, chair, minutes
        appraisal.result = {"D28": "TRUE", "D29": "NOT_TRUE", "D30": "DISPUTED"}[key]
        appraisal.save()
        for each in participants:
            Attendance.objects.create(
                appraisal=appraisal,
                name=each["name"].strip(),
                capacity=each["capacity"],
                vote=each["vote"],
                signed=each.get("signed", True),
            )
        _appraisal_paper(act, appraisal, words)
        _answer_objection(act.case, appraisal, actor, act)
        _resume(act)
        if key == "D28":
            _repost_or_grant(act)
        else:
            publicity.take_down(act.case.id, act.today)
            open_round(act.case, actor)
    return act.case


def _check_attendance(participants: list[dict[str, Any]]) -> None:
    """Everybody has a name, a capacity and a vote we know; who and how many is the guards' question."""
    for each in participants:
        if each.get("capacity") not in CAPACITIES:
            raise Refusal("E_INPUT", field="参会身份", problem="请从列表中选择")
        if each.get("vote") not in VOTES:
            raise Refusal("E_INPUT", field="表决意见", problem="只能是属实、不属实或弃权")
        if not str(each.get("name") or "").strip():
            raise Refusal("E_QUORUM", why="参会人员姓名为空或重复")


def _vote(case: Case, participants: list[dict[str, Any]]) -> str:
    values = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)
    return guards.vote_of(participants, values)


def _appraisal_paper(act: Act, appraisal: Appraisal, words: str) -> None:
    act.paper(
        "W28",
        held_at=clock.local(appraisal.held_at).isoformat(),
        place=appraisal.place,
        chair=appraisal.chair,
        result=words,
        minutes_policy=appraisal.minutes.get("policy", "已宣讲"),
        minutes_case=appraisal.minutes.get("case", "已介绍"),
        minutes_debate=appraisal.minutes.get("debate", "已评议"),
        participants=[
            {
                "name": each.name,
                "capacity": CAPACITIES[each.capacity],
                "vote": VOTES[each.vote],
                "signed": "已签名" if each.signed else "未签名",
            }
            for each in appraisal.attendance.order_by("id")
        ],
    )


def _answer_objection(case: Case, appraisal: Appraisal, actor: Actor, act: Act) -> None:
    Objection.objects.filter(case=case, result="").update(
        result=appraisal.result, handler=actor.name, answered_on=act.today
    )


def _repost_or_grant(act: Act) -> None:
    """D28: posted once more for seven days (Q4), or on at once where the county set it so."""
    values = parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)
    again = bool(values["repost_after_appraisal"])
    if "PRELIM_PUBLICITY" in act.move.targets:
        post_opinion(act) if again else to_authority(act)
    elif again:
        act.to("RESULT_PUBLICITY")
        decision = act.case.decisions.filter(kind=Decision.APPROVE).order_by("-round").first()
        post(act, members_count=decision.members_count, amount_fen=decision.amount_fen)
    else:
        act.to("GRANTED")
        grant(act)
