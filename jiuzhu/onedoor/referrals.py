"""Passing a matter on to the department that is competent, and not letting it drop (ORG-15, W50, CLK-REF)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.organisations import county_of, heir_of, village_name
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import check_may_see as check_may_see_case
from jiuzhu.connectors.contract import ConnectorFailure, Transport
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.infra.queue import defer
from jiuzhu.onedoor._act import ANSWER, DoorAct, acting, clock_state, finish, regime_today
from jiuzhu.onedoor.desk import Desk, Said, Slip, line
from jiuzhu.onedoor.matters import offered_matter
from jiuzhu.onedoor.models import DepartmentAnswer, Lead, MatterEntry, Reception, Referral
from jiuzhu.onedoor.table import REFERRAL
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Household, Person

# states a department's answer leads to
_AFTER = {"TAKEN": "TAKEN", "RETURNED": "RETURNED", "DONE": "ANSWERED"}
REMIND_EVERY = timedelta(days=7)


def answer_days(town: Any, about: MatterEntry) -> int:
    """Working days the department has: the matter's own, else the county's value."""
    today = clock.today()
    values = parameters.plain_values(county_of(town, today), on=today, regime=regime_today(town, today))
    return about.answer_wd or int(values["referral.answer_wd"])


def _w50(
    actor: Actor,
    about: MatterEntry,
    told: dict[str, Any],
    *,
    household: Household,
    person: Person,
    town: Any,
    case: Case | None,
) -> Document:
    """W50: who asks for what, until when an answer is owed; sent to the department's desk or by hand."""
    said = told | {
        "applicant_name": person.name,
        "id_no": person.id_no,
        "phone": person.phone or "无",
        "matter": about.title,
        "answer_within": f"{answer_days(town, about)}个工作日",
        "hotline": town.phone or "12345",
    }
    return documents.issue(
        actor,
        "W50",
        said if actor.is_staff else said | {"signer_name": "网上自助办理"},
        organ=town,
        regime=regime_today(town, clock.today()),
        household=household,
        case_id=case.id if case else None,
        addressee=told["department"],
    )


def write(
    actor: Actor,
    *,
    household: Household,
    person: Person,
    town: Any,
    village_code: str,
    code: str,
    need: str,
    reception: Reception | None = None,
    case: Case | None = None,
    lead: Lead | None = None,
    former: Referral | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R1: one numbered slip W50, queued for delivery in the same transaction. Raises E_INPUT, E_DUP."""
    now = clock.now()
    county = county_of(town, now.date())
    about = offered_matter(county, now.date(), code)
    if len(need.strip()) < 4:
        raise Refusal("E_INPUT", field="群众诉求", problem="请写清需要什么帮助")
    if Referral.objects.filter(person=person, matter=code, open=True).exists():
        raise Refusal("E_DUP", why=f"{person.name}的“{about.title}”已经转办，还没有办结")
    department = about.department(county.name)
    told = {
        "department": department,
        "village_name": village_name(village_code),
        "reception_no": reception.number if reception else (case.case_no if case else "无"),
        "need": need.strip()[:600],
    }
    paper = _w50(actor, about, told, household=household, person=person, town=town, case=case)
    referral = Referral(
        number=paper.doc_no,
        town=town,
        village_code=village_code,
        household=household,
        person=person,
        reception=reception,
        case=case,
        lead=lead,
        former=former,
        matter=code,
        entry=about,
        department=department,
        document=paper,
        state="",
        opened_at=now,
    )
    referral.need = need.strip()[:600]
    (row,) = REFERRAL.named("R1")
    try:
        with transaction.atomic():
            finish(DoorAct(actor=actor, row=referral, move=row, at=now), once=once)
    except IntegrityError as clash:
        if "one_open_referral_of_a_matter" in str(clash):
            raise Refusal("E_DUP", why=f"{person.name}的“{about.title}”已经转办") from clash
        raise
    defer("onedoor.deliver", referral_id=referral.id)
    return referral


def refer_case(
    actor: Actor, case_uid: UUID | str, *, code: str, need: str, once: UUID | str | None = None
) -> Referral:
    """One click after 不予受理 (D16): what is not ours is passed on, with what the family already told us."""
    if actor.role != "TOWN_CLERK":
        raise Refusal("E_AUTH", role=role_name(actor.role), act="开转办单", why="")
    with transaction.atomic():
        case = Case.objects.select_related("household", "applicant", "town").filter(uid=case_uid).first()
        if case is None:
            raise Refusal("E_NOT_FOUND", what="案件")
        check_may_see_case(actor, case)
        return write(
            actor,
            household=case.household,
            person=case.applicant,
            town=case.town,
            village_code=case.village_code,
            code=code,
            need=need.strip() or case.hardship,
            case=case,
            once=once,
        )


def _slip(referral: Referral) -> Slip:
    waits = clock_state(referral) if referral.clock == ANSWER else None
    if waits is None:  # not delivered yet: what the clock will say
        days = answer_days(referral.town, referral.entry)
        by = parameters.calendar().add_working_days(clock.today(), days).on
    else:
        by = waits.due_on
    return Slip(
        uid=str(referral.uid),
        number=referral.number,
        matter=referral.entry.title,
        name=referral.person.name,
        id_no=referral.person.id_no,
        phone=referral.person.phone,
        village=village_name(referral.village_code),
        need=referral.need,
        from_organ=referral.town.organ_name,
        from_phone=referral.town.phone,
        answer_by=by,
    )


def _known(referral_id: int) -> Referral:
    return Referral.objects.select_related("town", "person", "entry").get(pk=referral_id)


def _failed(referral: Referral, failed: ConnectorFailure) -> None:
    Referral.objects.filter(pk=referral.pk).update(tries=referral.tries + 1, failure=failed.reason[:200])


def deliver(referral_id: int, transport: Transport | None = None) -> bool:
    """R2: hand the slip to the department's inbox; False when it could not be delivered (tried again later).

    The call runs outside any transaction. A referral that cannot be delivered stays on the clerk's list.
    """
    with fence(PLATFORM):
        referral = _known(referral_id)
        if referral.state != "OPEN":
            return True
        if not referral.entry.desk:
            _failed(referral, ConnectorFailure("对方没有收件箱，请送纸质转办单", again=False))
            return True
        try:
            receipt = Desk(referral.entry.desk, transport or line()).hand_in(_slip(referral))
        except ConnectorFailure as failed:
            _failed(referral, failed)
            return False
        try:
            with acting(PLATFORM, Referral, referral.uid, "R2") as act:
                act.change(delivered_at=act.at, receipt=receipt, tries=referral.tries + 1, failure="")
        except Refusal as refused:
            if refused.code != "E_STATE":  # another job handed it in meanwhile; an inbox keeps a slip once
                raise
        return True


def fetch_answers(referral_id: int, transport: Transport | None = None) -> str:
    """R3: ask what the department has said and keep every new answer once; returns the referral's state."""
    with fence(PLATFORM):
        referral = _known(referral_id)
        if referral.state not in ("SENT", "TAKEN") or not referral.receipt or not referral.entry.desk:
            return referral.state
        desk = Desk(referral.entry.desk, transport or line())
        try:
            said = desk.answers(str(referral.uid))
        except ConnectorFailure as failed:
            _failed(referral, failed)
            return referral.state
        if referral.failure:
            Referral.objects.filter(pk=referral.pk).update(failure="")
        for each in said:
            if DepartmentAnswer.objects.filter(referral=referral, seq=each.seq).exists():
                continue
            try:
                _take(PLATFORM, referral, "R3", each)
            except Refusal:  # closed in the meantime
                break
        return Referral.objects.get(pk=referral_id).state


def _take(
    actor: Actor,
    referral: Referral,
    key: str,
    said: Said,
    *,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    with acting(actor, Referral, referral.uid, key, seen=seen, once=once) as act:
        running = clock_state(act.row, now=act.at)
        answer = DepartmentAnswer(
            referral=act.row,
            seq=said.seq,
            kind=said.kind,
            helped=said.helped if said.kind == "DONE" else None,
            officer=said.officer,
            answered_on=said.on or act.today,
            received_at=act.at,
            late=bool(running and running.breached),
            simulated=said.simulated,
            by_hand=key == "R3h",
        )
        answer.text = said.text
        answer.save(force_insert=True)
        act.to(_AFTER[said.kind])
        if said.kind != "TAKEN":
            act.start("CLK-REFT")
        act.note(kind=said.kind)
    return act.row


def note_delivered(
    actor: Actor,
    uid: UUID | str,
    *,
    how: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R2h: the slip was carried or sent on paper, because the inbox does not answer. Raises E_INPUT."""
    if len(how.strip()) < 2:
        raise Refusal("E_INPUT", field="怎样送达", problem="请写明送给谁、怎样送的")
    with acting(actor, Referral, uid, "R2h", seen=seen, once=once) as act:
        act.change(delivered_at=act.at, receipt=how.strip()[:60], failure="")
        act.note(by_hand=True)
    return act.row


def note_answer(
    actor: Actor,
    uid: UUID | str,
    *,
    kind: str,
    text: str,
    helped: bool | None = None,
    officer: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R3h: a department answered by telephone or on paper. Raises E_INPUT."""
    if kind not in dict(DepartmentAnswer.KINDS):
        raise Refusal("E_INPUT", field="答复", problem="请选择部门怎样答复")
    if len(text.strip()) < 2:
        raise Refusal("E_INPUT", field="答复内容", problem="请写明部门怎么说")
    if kind == "DONE" and helped is None:
        raise Refusal("E_INPUT", field="是否已帮扶", problem="请选择部门是否已帮扶")
    with transaction.atomic():
        referral = Referral.objects.select_for_update().filter(uid=uid).first()
        if referral is None:
            raise Refusal("E_NOT_FOUND", what="转办单")
        # answers noted by hand count from 1001 on, so that a number of the department's own is never taken
        seq = 1001 + referral.answers.filter(by_hand=True).count()
        said = Said(seq, kind, helped, text.strip()[:1000], officer.strip()[:60], None, False)
        return _take(actor, referral, "R3h", said, seen=seen, once=once)


def remind(
    actor: Actor,
    uid: UUID | str,
    *,
    seen: int | None = None,
    once: UUID | str | None = None,
    transport: Transport | None = None,
) -> Referral:
    """R4: ask the department to hurry; once a day. The reminder stands even where the inbox does not answer."""
    with acting(actor, Referral, uid, "R4", seen=seen, once=once) as act:
        if act.row.reminded_on == act.today:
            raise Refusal("E_STATE", act="催办", state="今天已催办")
        act.to(act.row.state)
        act.change(reminded_on=act.today)
    if not act.row.entry.desk:
        return act.row
    try:
        Desk(act.row.entry.desk, transport or line()).remind(str(act.row.uid))
    except ConnectorFailure as failed:
        Referral.objects.filter(pk=act.row.pk).update(failure=f"催办未送到：{failed.reason}"[:200])
    return act.row


def to_remind() -> list[UUID]:
    """Overdue referrals nobody has reminded of for a week (daily job)."""
    today = clock.today()
    with fence(PLATFORM):
        waiting = Referral.objects.filter(state__in=("SENT", "TAKEN"), due_on__lt=today)
        return [
            each.uid
            for each in waiting
            if each.reminded_on is None or each.reminded_on <= today - REMIND_EVERY
        ]


def undelivered() -> list[int]:
    """Slips still waiting for their department's inbox (every ten minutes)."""
    with fence(PLATFORM):
        return list(
            Referral.objects.filter(state="OPEN").exclude(entry__desk="").values_list("id", flat=True)
        )


def unanswered() -> list[int]:
    with fence(PLATFORM):
        waiting = Referral.objects.filter(state__in=("SENT", "TAKEN")).exclude(entry__desk="")
        return list(waiting.values_list("id", flat=True))


def close(
    actor: Actor,
    uid: UUID | str,
    *,
    result: str,
    told: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R6: the family is told what came of it, in plain words, and the referral ends. Raises E_INPUT."""
    if result not in ("HELPED", "NOT_FIT", "EXPLAINED"):
        raise Refusal("E_INPUT", field="办结结果", problem="请选择结果")
    if len(told.strip()) < 4:
        raise Refusal("E_INPUT", field="怎样告知家庭", problem="请写清告诉了谁、结果是什么")
    with acting(actor, Referral, uid, "R6", seen=seen, once=once) as act:
        if act.row.state == "RETURNED" and result == "HELPED":
            raise Refusal("E_INPUT", field="办结结果", problem="部门已退回，请改转其他部门或向群众解释")
        act.change(result=result, told=told.strip()[:600])
        act.note(result=result)
    return act.row


def pass_on(
    actor: Actor,
    uid: UUID | str,
    *,
    code: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R5: sent back as not theirs; a new slip for another department takes its place. Returns the new one."""
    with acting(actor, Referral, uid, "R5", seen=seen, once=once) as act:
        former = act.row
        town = heir_of(former.town)
        about = offered_matter(county_of(town, act.today), act.today, code)
        if code == former.matter:
            raise Refusal("E_INPUT", field="转给哪个部门", problem="请选择另一个部门")
        act.change(result="PASSED_ON", told=f"已改转{about.title}主管部门")
        act.note(result="PASSED_ON", to_matter=code)
        successor = write(
            actor,
            household=former.household,
            person=former.person,
            town=town,
            village_code=former.village_code,
            code=code,
            need=former.need,
            reception=former.reception,
            case=former.case,
            lead=former.lead,
            former=former,
        )
    return successor


def recall(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Referral:
    """R7: the family does not want it any more. Raises E_REASONS."""
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="撤回转办")
    with acting(actor, Referral, uid, "R7", seen=seen, once=once) as act:
        act.change(result="RECALLED", told=reason.strip()[:600])
        act.note(result="RECALLED")
    return act.row


def read_slip(actor: Actor, referral: Referral) -> bytes:
    """The stored W50; opening it is recorded."""
    record(actor, "referral.slip", about=referral, case_no=referral.number)
    return documents.read_file(actor, referral.document)
