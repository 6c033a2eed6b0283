"""Ending a person's support: proposed → posted seven days → decided → told → ended; then the funeral (TK-11, TK-12)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import decide_authority, village_name
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.benefits import support_table as table
from jiuzhu.benefits.acts.effect import end_reviews
from jiuzhu.benefits.acts.support import Supported, amount_in_force, first_free_month, issue, supported
from jiuzhu.benefits.models import FuneralAid, Overpay, SupportStop, SupportStopStep
from jiuzhu.cases import papers
from jiuzhu.cases.acts import continuation
from jiuzhu.cases.evidence import parameter_set
from jiuzhu.cases.models import Case, Objection
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.calendar import add_months, next_month
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document, Service
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import queries as money
from jiuzhu.payments.acts import owing
from jiuzhu.payments.models import Due
from jiuzhu.people import acts as people
from jiuzhu.people.models import BankAccount
from jiuzhu.publicity import acts as publicity
from jiuzhu.publicity.models import Posting
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.workflow import clocks

Once = UUID | str | None
DEATH = "DEATH"
OBJECTION_CLOCK = "CLK-OBJ15"


@dataclass
class Act:
    """One move of one stop under its lock."""

    who: Supported
    stop: SupportStop
    move: table.StopMove
    note: str = ""
    papers: list[Document] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.who.case


def _check(who: Supported, stop: SupportStop, move: table.StopMove) -> None:
    """Role and authority first, then whether it may be now; who proposed does not decide (ORG-03, ORG-04)."""
    actor = who.actor
    if stop.state not in move.sources:
        raise Refusal("E_STATE", act=move.title, state=table.STATES[stop.state])
    if actor.role in ("TOWN_LEAD", "COUNTY_APPROVER") and move.key != "object":
        authority = decide_authority(who.case.town, who.case.aid_type, clock.today())
        if (authority == "TOWN") != (actor.role == "TOWN_LEAD"):
            raise Refusal("E_AUTH", role=role_name(actor.role), act=move.title, why="审批权当日不在本级。")
        if actor.id == stop.proposed_by_id:
            raise Refusal("E_SOD", who=actor.name, why="提出过本次终止，不能作出决定")


@contextmanager
def _moving(actor: Actor, uid: UUID | str, key: str, *, seen: int | None, once: Once) -> Iterator[Act]:
    """Lock → may this person → may this stop now → change, step and audit together."""
    move = table.MOVES[key]
    with transaction.atomic():
        who = supported(actor, uid, move.title, roles=tuple(move.roles), running=False)
        if once and SupportStopStep.objects.filter(once=once).exists():
            raise Refusal("E_REPEAT", case_no=who.case.case_no)
        stop = who.entitlement.support_stops.filter(open=True).first()
        if stop is None:
            raise Refusal("E_STATE", act=move.title, state="没有正在办理的终止")
        _check(who, stop, move)
        if seen is not None and int(seen) != stop.version:
            raise Refusal("E_STALE", case_no=who.case.case_no)
        act = Act(who, stop, move)
        yield act
        _finish(act, once)


def _finish(act: Act, once: Once) -> None:
    stop, actor = act.stop, act.who.actor
    stop.state, stop.version = act.move.target, stop.version + 1
    if stop.state in (table.STOPPED, table.DROPPED):
        stop.open, stop.closed_on = False, clock.today()
    stop.save()
    SupportStopStep.objects.create(
        stop=stop,
        move=act.move.key,
        state=stop.state,
        by_id=actor.id if actor.is_staff else None,
        by_name=actor.name,
        role=actor.role,
        at=clock.now(),
        note=act.note[:1000],
        papers=[paper.doc_no or paper.code for paper in act.papers],
        once=once or None,
    )
    record(
        actor,
        f"support.stop_{act.move.key}",
        about=stop,
        case_no=act.case.case_no,
        person_uid=act.who.person.uid,
        state=stop.state,
    )


# —— propose


def propose(
    actor: Actor,
    uid: UUID | str,
    *,
    reason: str,
    facts: str,
    happened_on: date | None = None,
    wish: Picture | None = None,
    seen: int | None = None,
    once: Once = None,
) -> SupportStop:
    """A reason of TK-12 with its facts; a voluntary exit needs the person's signature, a death its day.

    Raises E_INPUT, E_REASONS, E_SEAL, E_STATE (one is under way).
    """
    move = table.MOVES["propose"]
    with transaction.atomic():
        who = supported(actor, uid, move.title, roles=tuple(move.roles))
        if once and SupportStopStep.objects.filter(once=once).exists():
            raise Refusal("E_REPEAT", case_no=who.case.case_no)
        if reason not in who.support.stop_reasons:
            raise Refusal("E_INPUT", field="终止原因", problem="请选择原因")
        if len(facts.strip()) < 4:
            raise Refusal("E_REASONS", act=move.title)
        if reason == DEATH and (happened_on is None or happened_on > clock.today()):
            raise Refusal("E_INPUT", field="去世日期", problem="请填写去世日期，不能晚于今天")
        if reason == DEATH:  # at once: the list that is made while the sheet hangs must not pay him
            people.note_death(who.person, on=happened_on)
        if reason == "VOLUNTARY" and wish is None:
            raise Refusal("E_SEAL", missing="本人（监护人）自愿退出的签字")
        if who.entitlement.support_stops.filter(open=True).exists():
            raise Refusal("E_STATE", act=move.title, state="已在办理终止")
        stop = SupportStop.objects.create(
            entitlement=who.entitlement,
            reason=reason,
            happened_on=happened_on,
            proposed_by_id=actor.id,
            proposed_on=clock.today(),
            wish=files.keep(wish.content, wish.mime) if wish else None,
        )
        _finish(Act(who, stop, move, note=facts.strip()), once)
        return stop


# —— posted, objected, posted again


def post(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> SupportStop:
    """Whoever has authority agrees; the sheet hangs for seven days (民发〔2021〕43号第二十六条)."""
    with _moving(actor, uid, "post", seen=seen, once=once) as act:
        _hang(act)
    return act.stop


def _hang(act: Act) -> None:
    case, today = act.case, clock.today()
    values = parameters.plain_values(case.county, on=today, regime=case.regime)
    end = parameters.calendar().publicity_end(
        today, int(values["publicity_days"]), bool(values["publicity_roll"])
    )
    now = amount_in_force(act.who.entitlement)
    last = Posting.objects.filter(case_id=case.id).order_by("-round").first()
    sheet = {
        "applicant_name": act.who.person.name,
        "members_count": 1,
        "amount_fen": now.base_fen + now.topup_fen + now.care_fen,
        "village_name": village_name(case.village_code),
        "hotline": case.county.phone or case.town.phone,
    }
    posting = Posting.objects.create(
        token=secrets.token_hex(8),
        case_id=case.id,
        round=last.round + 1 if last else 1,
        kind=Posting.STOPPING,
        town=case.town,
        village_code=case.village_code,
        aid_type=case.aid_type,
        posted_on=today,
        ends_on=end.on,
        posted_at=clock.now(),
        posted_by_id=act.who.actor.id,
        **sheet,
    )
    act.stop.posting, act.stop.answer_by = posting, None
    act.papers.append(
        documents.issue(
            act.who.actor,
            "W25-ZZ",
            sheet
            | {
                "public_url": publicity.public_url(posting.token),
                "aid_type": case.aid_type,
                "starts_on": posting.posted_on,
                "ends_on": posting.ends_on,
            },
            organ=case.town,
            regime=case.regime,
            household=case.household,
            case_id=case.id,
        )
    )
    act.note = f"公示至{end.on}"


def object_to_stop(
    actor: Actor,
    uid: UUID | str,
    *,
    content: str,
    anonymous: bool = False,
    objector: str = "",
    contact: str = "",
    channel: str = "WINDOW",
    seen: int | None = None,
    once: Once = None,
) -> SupportStop:
    """Within the window, named or not, always with facts: the township looks into it within fifteen working days."""
    if len(content.strip()) < 5:
        raise Refusal("E_INPUT", field="异议内容", problem="请写明具体事实（不少于5个字）")
    with _moving(actor, uid, "object", seen=seen, once=once) as act:
        posting, at = act.stop.posting, clock.now()
        if not posting.posted_on <= at.date() <= posting.ends_on:
            raise Refusal("E_LATE", what="终止公示异议", on=posting.ends_on.isoformat())
        row = Objection(
            case=act.case,
            posting=posting,
            received_at=at,
            channel=channel,
            content=content.strip(),
            anonymous=anonymous or not objector,
        )
        row.objector, row.contact = ("", "") if anonymous else (objector, contact)
        row.save(force_insert=True)
        publicity.take_down(act.case.id, at.date())
        act.stop.answer_by = clocks.due(
            OBJECTION_CLOCK,
            started_at=at,
            regime=act.case.regime,
            parameters={},
            calendar=parameters.calendar(),
        ).due_on
        act.note = f"异议须于{act.stop.answer_by}前调查处理"
    return act.stop


def object_publicly(token: str, *, content: str, objector: str = "", contact: str = "") -> None:
    """From the posting's own page; nothing but the sheet is ever said."""
    posting = Posting.objects.filter(token=token, kind=Posting.STOPPING).first()
    if posting is None:
        raise Refusal("E_NOT_FOUND", what="公示")
    with fence(PLATFORM):
        case = Case.objects.get(pk=posting.case_id)
        object_to_stop(
            replace(PLATFORM, name="群众", role="PUBLIC"),
            case.uid,
            content=content,
            anonymous=not objector,
            objector=objector,
            contact=contact,
            channel="ONLINE",
        )


def _answer(act: Act, result: str) -> None:
    Objection.objects.filter(case=act.case, posting=act.stop.posting, result="").update(
        result=result, answered_on=clock.today(), handler=act.who.actor.name
    )


def repost(
    actor: Actor, uid: UUID | str, *, findings: str, seen: int | None = None, once: Once = None
) -> SupportStop:
    """The objection was looked into and the ground stands: the sheet hangs again."""
    if len(findings.strip()) < 4:
        raise Refusal("E_REASONS", act="重新公示")
    with _moving(actor, uid, "repost", seen=seen, once=once) as act:
        _answer(act, "STOP_STANDS")
        _hang(act)
        act.note = f"{findings.strip()}；{act.note}"
    return act.stop


def drop(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: Once = None
) -> SupportStop:
    """The ground does not hold: support goes on as it was."""
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="不终止，继续供养")
    with _moving(actor, uid, "drop", seen=seen, once=once) as act:
        if act.stop.posting:
            _answer(act, "STOP_DROPPED")
        if act.stop.reason == DEATH:
            people.note_death(act.who.person, on=None)
        publicity.take_down(act.case.id, clock.today())
        act.note = reason.strip()
    return act.stop


# —— decided, told, ended


def decide(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> SupportStop:
    """Seven days without objection: W36-TK is issued; support ends only once it was served (DYN-11, DQ-48)."""
    with _moving(actor, uid, "decide", seen=seen, once=once) as act:
        stop, today = act.stop, clock.today()
        if today <= stop.posting.ends_on:
            raise Refusal("E_PUBL", why=f"公示至{stop.posting.ends_on}（含当日）")
        if Objection.objects.filter(case=act.case, posting=stop.posting, result="").exists():
            raise Refusal("E_PUBL", why="有异议尚未处理完毕")
        taken = set(stop.posting.photos.values_list("moment", flat=True))
        if taken != {"START", "END"}:
            raise Refusal("E_PUBL", why="缺少张贴或期满时的公示照片")
        publicity.take_down(act.case.id, today)
        now, month = amount_in_force(act.who.entitlement), _ends_from(act)
        stop.notice = issue(
            actor,
            act.case,
            "W36-TK",
            organ=Organisation.objects.get(pk=actor.organ_id),
            person_name=act.who.person.name,
            entitlement_no=act.who.entitlement.number,
            reasons=[act.who.support.stop_reasons[stop.reason]],
            explanation=stop.steps.order_by("id").first().note,
            old_fen=now.base_fen + now.topup_fen + now.care_fen,
            effective_month=month,
            wish=papers.pictures([(stop.wish, "本人（监护人）签字")]) if stop.wish else [],
        )
        act.papers.append(stop.notice)
        act.note = f"自{month:%Y年%m月}起终止，告知书送达后生效"
    return act.stop


def _ends_from(act: Act) -> date:
    """The first month without money: after the month of death, else the next one no list has taken."""
    if act.stop.reason == DEATH and act.stop.happened_on:
        return next_month(act.stop.happened_on)
    return first_free_month(act.who.entitlement)


def serve(
    actor: Actor,
    uid: UUID | str,
    *,
    mode: str,
    receiver: str = "",
    picture: Picture | None = None,
    seen: int | None = None,
    once: Once = None,
) -> SupportStop:
    """The notice is handed over and support ends from the next month; after a death it went to the arranger."""
    with _moving(actor, uid, "serve", seen=seen, once=once) as act:
        stop, entitlement = act.stop, act.who.entitlement
        if stop.notice.state == Document.ISSUED:
            documents.serve(
                actor,
                stop.notice,
                mode=mode,
                receiver=receiver.strip() or act.who.person.name,
                proof=picture.content if picture else None,
                mime=picture.mime if picture else "image/png",
            )
        served_on = Service.objects.get(document=stop.notice).served_on
        due_until = add_months(_ends_from(act), -1)
        # a month some list has taken stays in the books; what was paid of it after a death is asked back
        stop.last_month = max(
            due_until, add_months(money.first_unlisted(entitlement.id, entitlement.first_month), -1)
        )
        _ask_back(act, due_until)
        end_reviews(entitlement)
        continuation.stop(entitlement, last_month=stop.last_month, reason=f"ST-{stop.reason}")
        entitlement.support_spans.filter(to_month__isnull=True, from_month__lte=stop.last_month).update(
            to_month=stop.last_month
        )
        entitlement.care_agreements.filter(ended_on__isnull=True).update(
            ended_on=clock.today(), end_reason="供养终止"
        )
        act.note = f"{served_on}送达，发放到{due_until:%Y年%m月}"
    return act.stop


def _ask_back(act: Act, due_until: date) -> None:
    """DYN-21: months paid after a death."""
    paid = [
        each
        for each in money.listed_months(act.who.entitlement.id, next_month(due_until))
        if not each.kept_back
    ]
    if act.stop.reason == DEATH and paid:
        Overpay.objects.create(
            entitlement=act.who.entitlement,
            number=f"ZH{act.who.entitlement.number}",
            amount_fen=sum(each.fen for each in paid),
            months=[each.month for each in paid],
            cause="供养对象去世后仍发放",
            found_on=clock.today(),
        )


# —— whoever is no longer supported is looked at at once


def note_other_aid(actor: Actor, uid: UUID | str, *, result: str) -> SupportStop:
    """A former supported person is checked at once for other aid; what came of it (民发〔2021〕43号第二十七条)."""
    with transaction.atomic():
        who = supported(actor, uid, "核查其他救助", running=False)
        stop = who.entitlement.support_stops.filter(state=table.STOPPED, other_aid_on__isnull=True).first()
        if stop is None or stop.reason == DEATH:
            raise Refusal("E_STATE", act="核查其他救助", state="没有待核查的人员")
        if len(result.strip()) < 4:
            raise Refusal("E_REASONS", act="核查其他救助")
        stop.other_aid, stop.other_aid_on = result.strip()[:200], clock.today()
        stop.save(update_fields=["other_aid", "other_aid_on"])
        record(actor, "support.other_aid", about=stop, case_no=who.case.case_no, person_uid=who.person.uid)
        return stop


# —— the funeral


def pay_funeral(
    actor: Actor,
    uid: UUID | str,
    *,
    arranger_name: str,
    arranger_relation: str,
    arranger_id_no: str,
    bank_code: str,
    bank_name: str,
    number: str,
    proof: Picture | None,
    seen: int | None = None,
    once: Once = None,
) -> FuneralAid:
    """TK-11: twelve months of basic living to whoever arranges the funeral, owed once, on the next list.

    Raises E_AUTH, E_INPUT, E_SEAL, E_STATE (not ended by death), E_DUP (paid already).
    """
    with transaction.atomic():
        who = supported(actor, uid, "登记丧葬费", roles=("TOWN_LEAD", "COUNTY_APPROVER"), running=False)
        authority = decide_authority(who.case.town, who.case.aid_type, clock.today())
        if (authority == "TOWN") != (actor.role == "TOWN_LEAD"):
            raise Refusal("E_AUTH", role=role_name(actor.role), act="登记丧葬费", why="审批权当日不在本级。")
        stop = who.entitlement.support_stops.filter(state=table.STOPPED, reason=DEATH).first()
        if stop is None:
            raise Refusal("E_STATE", act="登记丧葬费", state="没有因死亡终止供养的记录")
        if FuneralAid.objects.filter(entitlement=who.entitlement).exists():
            raise Refusal("E_DUP", why="丧葬费已经登记，只发一次")
        if len(arranger_name.strip()) < 2 or not arranger_relation.strip():
            raise Refusal("E_INPUT", field="丧事经办人", problem="请填写姓名和与本人的关系")
        if proof is None:
            raise Refusal("E_SEAL", missing="殡葬证明照片")
        return _pay(
            who, stop, arranger_name, arranger_relation, arranger_id_no, (bank_code, bank_name, number), proof
        )


def _pay(
    who: Supported,
    stop: SupportStop,
    name: str,
    relation: str,
    id_no: str,
    bank: tuple[str, str, str],
    proof: Picture,
) -> FuneralAid:
    number, today = id_numbers.parse(id_no, on=clock.today()).number, clock.today()
    account = people.set_account(
        who.case.household,
        holder=None,
        holder_name=name.strip(),
        bank_code=bank[0],
        bank_name=bank[1].strip(),
        number=bank[2],
        on=today,
        purpose=BankAccount.ONCE,
        for_person=who.person,
    )
    aid = FuneralAid(
        entitlement=who.entitlement,
        person=who.person,
        died_on=stop.happened_on,
        arranger_name=name.strip()[:60],
        arranger_relation=relation.strip()[:30],
        account=account,
        amount_fen=who.support.funeral_fen(parameter_set(who.case, stop.happened_on)),
        proof=files.keep(proof.content, proof.mime),
        by_id=who.actor.id,
        at=clock.now(),
    )
    aid.arranger_id_no = number
    try:
        with transaction.atomic():
            aid.save(force_insert=True)
    except IntegrityError as clash:
        raise Refusal("E_DUP", why="丧葬费已经登记，只发一次") from clash
    owing.owe(
        who.actor,
        [
            owing.Owed(
                who.entitlement.id,
                Due.FUNERAL,
                aid.amount_fen,
                next_month(today),
                f"funeral:{who.entitlement.number}",
                f"{who.person.name}丧葬费，付给{aid.arranger_name}",
                account_id=account.id,
            )
        ],
    )
    record(who.actor, "support.funeral", about=aid, case_no=who.case.case_no, amount_fen=aid.amount_fen)
    return aid
