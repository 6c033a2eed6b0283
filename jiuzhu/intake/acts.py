"""Writing what is handed in beside the case."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake.models import Assistance, ChangeReport
from jiuzhu.onedoor import leads
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

# whose word a lead from a change report is
NEED_SOURCE = {"VILLAGE_ASSIST": "VILLAGE", "TOWN_CLERK": "STAFF", "TOWN_LEAD": "STAFF"}


def note_assistance(
    actor: Actor, case: Any, *, ground: str, principal: str, proof: Picture | None, seen: int | None = None
) -> Assistance:
    """Record on whose authority the assistant acts; written authority needs its photo. Raises E_AUTH, E_INPUT."""
    if actor.role not in ("VILLAGE_ASSIST", "TOWN_CLERK"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="代办登记", why="")
    if ground not in dict(Assistance.GROUNDS):
        raise Refusal("E_INPUT", field="委托方式", problem="请选择申请人怎样委托")
    if ground == Assistance.WRITTEN and proof is None:
        raise Refusal("E_INPUT", field="委托书照片", problem="书面委托须拍照留存")
    noted = Assistance.objects.create(
        household_id=case.household_id,
        case_uid=case.uid,
        ground=ground,
        principal=principal,
        proof=files.keep(proof.content, proof.mime) if proof else None,
        staff_id=actor.id,
        at=clock.now(),
    )
    record(actor, "intake.assist", about=noted, case_no=case.case_no, ground=ground)
    return noted


def report_change(
    actor: Actor,
    *,
    town_id: int,
    village_code: str,
    kind: str,
    person: str,
    text: str,
    happened_on: date | None = None,
    photo: Picture | None = None,
    household_id: int | None = None,
    once: UUID | str | None = None,
) -> ChangeReport:
    """A change becomes a message to the town. Raises E_INPUT, E_AUTH (not the reporter's village), E_REPEAT."""
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None or village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择村（居）")
    if actor.is_staff and (
        town_id not in actor.towns or (actor.villages and village_code not in actor.villages)
    ):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="上报变化", why="不在本辖区。")
    if kind not in dict(ChangeReport.KINDS):
        raise Refusal("E_INPUT", field="事项", problem="请选择发生了什么")
    if kind == "DEATH" and not person.strip():
        raise Refusal("E_INPUT", field="去世人员", problem="请填写去世人员姓名")
    if kind == "DEATH" and happened_on is None:
        raise Refusal("E_INPUT", field="发生日期", problem="请填写去世日期")
    if happened_on and happened_on > clock.today():
        raise Refusal("E_INPUT", field="发生日期", problem="不能晚于今天")
    if kind != "DEATH" and len(text.strip()) < 4:
        raise Refusal("E_INPUT", field="情况说明", problem="请写清楚发生了什么")
    if kind == "NEED" and not person.strip():
        raise Refusal(
            "E_INPUT", field="是谁（姓名）", problem="请填写有困难的人的姓名，不知道就写大家怎样称呼"
        )
    report = ChangeReport(
        town=town,
        village_code=village_code,
        household_id=household_id,
        kind=kind,
        happened_on=happened_on,
        photo=files.keep(photo.content, photo.mime) if photo else None,
        channel="AGENT" if actor.is_staff else "ONLINE",
        reporter_name=actor.name,
        reporter_id=actor.id if actor.is_staff else None,
        once=once or None,
        at=clock.now(),
    )
    report.person, report.text = person.strip()[:80], text.strip()[:1000]
    try:
        with transaction.atomic():
            if kind == "NEED":
                report.lead = leads.report(
                    actor,
                    town_id=town_id,
                    village_code=village_code,
                    source=NEED_SOURCE.get(actor.role, "PUBLIC"),
                    name=person,
                    text=text,
                    photo=photo,
                    informant=actor.name if actor.is_citizen else "",
                    once=once,
                )
            if kind == "NEED" and actor.is_citizen:  # who told us is sealed with the lead, not written here
                report.reporter_name, report.household_id = "群众", None
            if report.lead:  # followed there to an end: nobody has to answer it here a second time
                report.answered_at, report.answered_by = report.at, "系统"
                report.answer = f"已登记为困难线索{report.lead.number}，限期上门"
            with fence(PLATFORM):
                report.save(force_insert=True)
            record(actor, "change.report", about=report, kind=kind, village=village_code)
    except IntegrityError as clash:
        if "once" in str(clash):
            raise Refusal("E_REPEAT", case_no="变化报告") from clash
        raise
    return report


def answer_change(actor: Actor, report_id: int, *, answer: str) -> ChangeReport:
    """The town clerk says what was done about it; once. Raises E_AUTH, E_NOT_FOUND, E_INPUT, E_STATE."""
    if actor.role not in ("TOWN_CLERK", "TOWN_LEAD"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="答复变化报告", why="")
    if len(answer.strip()) < 2:
        raise Refusal("E_INPUT", field="办理情况", problem="请写明怎样处理")
    with transaction.atomic():
        report = (
            ChangeReport.objects.select_for_update().filter(pk=report_id, town_id__in=actor.towns).first()
        )
        if report is None:
            raise Refusal("E_NOT_FOUND", what="变化报告")
        if report.answered_at:
            raise Refusal("E_STATE", act="答复变化报告", state="已答复")
        report.answered_at, report.answered_by, report.answer = clock.now(), actor.name, answer.strip()[:200]
        report.save(update_fields=["answered_at", "answered_by", "answer"])
        record(actor, "change.answer", about=report)
    return report
