"""Active discovery (WF-03): a lead is registered once, visited in time and followed to an end; none is dropped."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.queries import colleagues
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases.models import Case
from jiuzhu.core import clock, id_numbers, names
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor import known
from jiuzhu.onedoor._act import DoorAct, acting, finish, take_number
from jiuzhu.onedoor.models import Declining, Informant, Lead, LeadReport, LeadVisit, Referral
from jiuzhu.onedoor.table import LEAD, LEAD_STATES
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

# which sources a role may name; a data warning comes from the platform itself
_MAY_NAME = {
    "VILLAGE_ASSIST": ("VILLAGE",),
    "TOWN_CLERK": ("STAFF", "GRID", "HOTLINE", "PUBLIC"),
    "TOWN_LEAD": ("STAFF", "GRID", "HOTLINE", "PUBLIC"),
    "APPLICANT": ("PUBLIC",),
    "PUBLIC": ("PUBLIC",),
    "SYSTEM": ("DATA", "HOTLINE", "GRID"),
}


def _may_report(actor: Actor, town: Organisation, village_code: str, source: str) -> None:
    (row,) = LEAD.named("L1")
    if actor.role not in row.roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act=row.title, why="")
    if source not in _MAY_NAME[actor.role]:
        raise Refusal("E_INPUT", field="线索来源", problem="请选择线索从哪里来")
    if actor.is_staff and (
        town.id not in actor.towns or (actor.villages and village_code not in actor.villages)
    ):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=row.title, why="不在本辖区。")


def _checked(name: str, id_no: str, text: str, source: str, order_no: str) -> tuple[str, str]:
    tidy = names.normalise(name)
    if not tidy or len(tidy) > 60:
        raise Refusal("E_INPUT", field="姓名", problem="请填写有困难的人的姓名，不知道就写大家怎样称呼")
    if len(text.strip()) < 4:
        raise Refusal("E_INPUT", field="看到的情况", problem="请写清楚看到了什么")
    if source == "HOTLINE" and not order_no.strip():
        raise Refusal("E_INPUT", field="热线工单号", problem="热线转来的线索须填写工单号")
    number = id_numbers.parse(id_no, on=clock.today()).number if id_no.strip() else ""
    return tidy, number


def report(
    actor: Actor,
    *,
    town_id: int,
    village_code: str,
    source: str,
    name: str,
    text: str,
    id_no: str = "",
    phone: str = "",
    address: str = "",
    incapable: bool = False,
    order_no: str = "",
    photo: Picture | None = None,
    informant: str = "",
    informant_phone: str = "",
    once: UUID | str | None = None,
) -> Lead:
    """L1: somebody in hardship was noticed. A word about a person already followed joins that lead.

    Raises E_INPUT, E_ID, E_AUTH, E_REPEAT, E_HOTLINE_TWICE.
    """
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None or village_code not in {each.code for each in villages_of(town)}:
        raise Refusal("E_INPUT", field="村（居）", problem="请选择村（居）")
    _may_report(actor, town, village_code, source)
    tidy, number = _checked(name, id_no, text, source, order_no)
    order_no = order_no.strip()[:40] if source == "HOTLINE" else ""
    try:
        with transaction.atomic(), fence(PLATFORM):
            lead = known.open_lead(name=tidy, id_no=number, village_code=village_code)
            joined = lead is not None
            if lead is None:
                lead = _new(actor, town, village_code, tidy, number, phone, address, incapable)
            else:
                _learn(lead, number, incapable)
            said = _say(actor, lead, source, order_no, text, photo, once)
            if informant.strip() or informant_phone.strip():
                _seal(said, informant, informant_phone)
            record(actor, "lead.report", about=lead, case_no=lead.number, source=source, joined=joined)
            return lead
    except IntegrityError as clash:
        if "one_report_per_hotline_order" in str(clash):
            raise Refusal("E_HOTLINE_TWICE", order_no=order_no) from clash
        if "one_open_lead" in str(clash):  # somebody registered the same person at this very moment
            raise Refusal("E_REPEAT", case_no=tidy) from clash
        if "once" in str(clash):
            raise Refusal("E_REPEAT", case_no="困难线索") from clash
        raise


def _new(
    actor: Actor,
    town: Organisation,
    village_code: str,
    name: str,
    number: str,
    phone: str,
    address: str,
    incapable: bool,
) -> Lead:
    now = clock.now()
    person = known.person_of(name=name, id_no=number, village_code=village_code)
    if person and (person.household.town_id != town.id or (number and person.name_key != name)):
        person = None  # lives elsewhere on record, or number and name do not fit: the visit finds out
    lead = Lead(
        number=take_number("XS", county_of(town, now.date()).code, now.date()),
        town=town,
        village_code=village_code,
        state="",
        incapable=incapable,
        household=person.household if person else None,
        person=person,
        handler=_least_busy(town, now.date()),
        reported_at=now,
    )
    lead.name, lead.id_no, lead.phone = name, number, phone.strip()[:20]
    lead.address = address.strip()[:120]
    (row,) = LEAD.named("L1")
    finish(DoorAct(actor=actor, row=lead, move=row, at=now))
    return lead


def _learn(lead: Lead, number: str, incapable: bool) -> None:
    """What the second word adds to the first: the number, the incapacity."""
    if number and not lead.id_no:
        lead.id_no = number
    lead.incapable = lead.incapable or incapable
    lead.save(update_fields=["id_no_sealed", "id_no_index", "incapable"])


def _say(
    actor: Actor,
    lead: Lead,
    source: str,
    order_no: str,
    text: str,
    photo: Picture | None,
    once: UUID | str | None,
) -> LeadReport:
    said = LeadReport(
        lead=lead,
        source=source,
        order_no=order_no,
        photo=files.keep(photo.content, photo.mime) if photo else None,
        staff_id=actor.id if actor.is_staff else None,
        at=clock.now(),
        once=once or None,
    )
    said.text = text.strip()[:1000]
    said.save(force_insert=True)
    return said


def _seal(said: LeadReport, name: str, phone: str) -> None:
    told = Informant(report=said)
    told.name, told.phone = name.strip()[:60], phone.strip()[:20]
    told.save(force_insert=True)


def _least_busy(town: Organisation, on: date) -> Staff | None:
    """The town's clerk with the fewest open leads; nobody where the town has no clerk."""
    clerks = colleagues(town.id, on, roles=("TOWN_CLERK",))
    load = dict(
        Lead.objects.filter(town=town, open=True, handler__in=clerks)
        .values_list("handler_id")
        .annotate(count=Count("id"))
    )
    return min(clerks, key=lambda each: (load.get(each.id, 0), each.id), default=None)


def assign(
    actor: Actor,
    uid: UUID | str,
    *,
    staff_id: int,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L2: the town's head gives the lead to another clerk; the clock runs on."""
    with acting(actor, Lead, uid, "L2", seen=seen, once=once) as act:
        clerks = {each.id: each for each in colleagues(act.row.town_id, act.today, roles=("TOWN_CLERK",))}
        if staff_id not in clerks:
            raise Refusal("E_INPUT", field="经办人", problem="请选择本乡镇（街道）经办人员")
        act.to(act.row.state)
        act.change(handler=clerks[staff_id])
        act.note(handler=staff_id)
    return act.row


def visit(
    actor: Actor,
    uid: UUID | str,
    *,
    visited_on: date,
    found: bool,
    text: str,
    companion: str = "",
    incapable: bool | None = None,
    id_no: str = "",
    photo: Picture | None = None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L3: somebody went and looked. Raises E_INPUT, E_ID."""
    if len(text.strip()) < 4:
        raise Refusal("E_INPUT", field="上门情况", problem="请写清楚看到了什么")
    with acting(actor, Lead, uid, "L3", seen=seen, once=once) as act:
        lead = act.row
        if visited_on > act.today or visited_on < clock.local(lead.reported_at).date():
            raise Refusal("E_INPUT", field="上门日期", problem="应在收到线索之后、今天之前")
        row = LeadVisit(
            lead=lead,
            visited_on=visited_on,
            staff_id=actor.id,
            companion=companion.strip()[:60],
            found=found,
            photo=files.keep(photo.content, photo.mime) if photo else None,
            at=act.at,
        )
        row.text = text.strip()[:1000]
        row.save(force_insert=True)
        if incapable is not None:
            act.change(incapable=incapable)
        if id_no.strip():
            number = id_numbers.parse(id_no, on=act.today).number
            _refuse_second(lead, number)
            act.change(id_no=number)
            _link_person(act)
        act.note(found=found)
    return act.row


def _refuse_second(lead: Lead, number: str) -> None:
    """E_DUP when the number learned at the visit belongs to a person another lead already follows."""
    with fence(PLATFORM):
        other = known.open_lead(name=lead.name, id_no=number, village_code=lead.village_code)
    if other and other.pk != lead.pk and other.id_no == number:
        raise Refusal("E_DUP", why=f"该号码的人已由线索{other.number}跟进")


def _link_person(act: DoorAct) -> None:
    """The number learned at the visit may show that the person is in a dossier of this town."""
    lead = act.row
    with fence(PLATFORM):
        person = known.person_of(name=lead.name, id_no=lead.id_no, village_code=lead.village_code)
    if person and person.household.town_id == lead.town_id:
        act.change(person=person, household=person.household)


def help_with_case_no(
    actor: Actor,
    uid: UUID | str,
    *,
    case_no: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L4 by the number of a case opened elsewhere (first aid in an emergency, the family's own application)."""
    case = Case.objects.filter(case_no__iexact=case_no.strip(), town_id__in=actor.towns).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    return help_with_case(actor, uid, case, seen=seen, once=once)


def help_with_case(
    actor: Actor,
    uid: UUID | str,
    case: Case,
    *,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L4: the person was helped to apply; the lead points at the intention (F43 art. 11)."""
    with acting(actor, Lead, uid, "L4", seen=seen, once=once) as act:
        if case.town_id != act.row.town_id:
            raise Refusal("E_INPUT", field="案件", problem="不是本乡镇（街道）的案件")
        act.change(case=case, household_id=case.household_id, reason=f"已登记意愿，案号{case.case_no}")
        act.note(case=case.case_no)
    return act.row


def refer(actor: Actor, uid: UUID | str, referral: Referral) -> Lead:
    """L9: what the person needs is another department's matter; the slip is out."""
    with acting(actor, Lead, uid, "L9") as act:
        act.change(
            household_id=referral.household_id,
            reason=f"已转{referral.department}，转办单{referral.number}",
        )
        act.note(referral=referral.number)
    return act.row


def already_helped(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L5: an open case or a benefit covers the need; said in words. Raises E_REASONS, E_LEAD_UNKNOWN."""
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="已在救助，办结")
    with acting(actor, Lead, uid, "L5", seen=seen, once=once) as act:
        lead = act.row
        facts = known.of_household(lead.household) if lead.household else []
        if not facts:
            raise Refusal("E_LEAD_UNKNOWN")
        act.change(reason=reason.strip()[:300])
        act.change(case=next((each.case for each in facts if each.case), None))
    return act.row


def decline(
    actor: Actor,
    uid: UUID | str,
    *,
    mode: str,
    picture: Picture,
    words: str,
    witness: str = "",
    leaflet_given: bool = False,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L6: help is declined, signed by the person or witnessed, with the leaflet left behind.

    Nobody without capacity declines for himself: he is helped to apply (F43 art. 11). Raises E_INCAPABLE,
    E_LEAFLET, E_INPUT, E_LEAD_UNSEEN.
    """
    if mode not in dict(Declining.MODES):
        raise Refusal("E_INPUT", field="记录方式", problem="请选择本人签字或见证人签字")
    if mode == Declining.WITNESSED and len(witness.strip()) < 2:
        raise Refusal("E_INPUT", field="见证人", problem="请填写见证人姓名")
    if not leaflet_given:
        raise Refusal("E_LEAFLET")
    if len(words.strip()) < 2:
        raise Refusal("E_INPUT", field="本人怎么说", problem="请用本人的话写明为什么不需要帮助")
    with acting(actor, Lead, uid, "L6", seen=seen, once=once) as act:
        _seen_in_person(act.row)
        _capable(act.row, "谢绝帮助")
        row = Declining(
            lead=act.row,
            mode=mode,
            picture=files.keep(picture.content, picture.mime),
            leaflet_given=True,
            at=act.at,
        )
        row.words = words.strip()[:600]
        row.witness = witness.strip()[:60] if mode == Declining.WITNESSED else ""
        row.save(force_insert=True)
        act.change(reason="本人谢绝帮助，已发政策明白纸")
        act.note(mode=mode)
    return act.row


def not_found(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L7: nobody by that name was found, after somebody went. Raises E_REASONS, E_STATE."""
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="查无此人")
    with acting(actor, Lead, uid, "L7", seen=seen, once=once) as act:
        if act.row.visits.filter(found=True).exists():
            raise Refusal("E_STATE", act="查无此人", state="已经见到本人")
        act.change(reason=reason.strip()[:300])
    return act.row


def not_needed(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Lead:
    """L8: seen at home, no help needed for now, with the reason. Raises E_REASONS, E_LEAD_UNSEEN."""
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="暂不需要救助")
    with acting(actor, Lead, uid, "L8", seen=seen, once=once) as act:
        _seen_in_person(act.row)
        act.change(reason=reason.strip()[:300])
    return act.row


def _seen_in_person(lead: Lead) -> None:
    if not lead.visits.filter(found=True).exists():
        raise Refusal("E_LEAD_UNSEEN")


def _capable(lead: Lead, act: str) -> None:
    if lead.incapable:
        raise Refusal("E_INCAPABLE", name=lead.name, act=act)


def answer_order(actor: Actor, report_id: int, *, answer: str, once: UUID | str | None = None) -> LeadReport:
    """The hotline order is answered once, when the lead has ended, with the text its outcome suggests.

    Raises E_AUTH, E_NOT_FOUND, E_STATE, E_INPUT.
    """
    if actor.role not in ("TOWN_CLERK", "TOWN_LEAD"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="答复热线工单", why="")
    if len(answer.strip()) < 8:
        raise Refusal("E_INPUT", field="答复内容", problem="请写清办理结果，不少于8个字")
    with transaction.atomic():
        said = (
            LeadReport.objects.select_for_update(of=("self",))
            .select_related("lead")
            .filter(pk=report_id, lead__town_id__in=actor.towns)
            .exclude(order_no="")
            .first()
        )
        if said is None:
            raise Refusal("E_NOT_FOUND", what="热线工单")
        if said.answered_at:
            raise Refusal("E_STATE", act="答复热线工单", state="已答复")
        if said.lead.open:
            raise Refusal("E_STATE", act="答复热线工单", state=LEAD_STATES[said.lead.state].name)
        said.answered_at, said.answered_by, said.answer = clock.now(), actor.name, answer.strip()[:600]
        said.save(update_fields=["answered_at", "answered_by", "answer_sealed"])
        record(actor, "lead.answer_order", about=said.lead, case_no=said.lead.number, order_no=said.order_no)
    return said


def informant_of(actor: Actor, report_id: int) -> Informant:
    """Who told us: for the lead's handler alone, and looking is recorded. Raises E_NOT_FOUND, E_SEALED."""
    said = LeadReport.objects.select_related("lead").filter(pk=report_id).first()
    if said is None or said.lead.town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="困难线索")
    told = Informant.objects.filter(report=said).first()
    if not actor.is_staff or actor.id != said.lead.handler_id:
        raise Refusal("E_SEALED")
    if told is None:
        raise Refusal("E_NOT_FOUND", what="反映人")
    record(actor, "lead.informant", about=said.lead, case_no=said.lead.number, purpose="联系反映人核实")
    return told


def ends(rows: Any) -> dict[str, int]:
    """How many leads ended where, for tiles and charts."""
    counted = dict(rows.filter(Q(open=False)).values_list("state").annotate(count=Count("id")))
    return {state: counted.get(state, 0) for state in LEAD_STATES if state not in ("OPEN", "VISITED")}
