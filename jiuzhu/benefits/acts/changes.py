"""Typed changes (5.3): report → examine with the law asked again → decide → notice served → effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import delegation_for
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.benefits import facts as reported
from jiuzhu.benefits import papers, standing, table
from jiuzhu.benefits.acts import effect, pausing
from jiuzhu.benefits.acts._act import (
    Act,
    Once,
    finish,
    locked_entitlement,
    moving,
    refuse_repeat,
    values,
)
from jiuzhu.benefits.models import (
    Change,
    ChangeCounter,
    ChangeDecision,
    Examination,
    Fading,
    Notice,
    WorkOffer,
)
from jiuzhu.benefits.permissions import check_authority, check_role
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document, Service
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.policy import changes as law
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Line, Outcome
from jiuzhu.policy.regimes import regime as regime_of
from jiuzhu.vault import files
from jiuzhu.vault.counters import next_number
from jiuzhu.vault.uploads import Picture

E = Entitlement
STATES = {
    E.ACTIVE: "在保",
    E.SUSPENDED: "暂停",
    E.GRADUAL: "渐退",
    E.STOPPED: "已停发",
    E.CLOSED: "已结清归档",
    E.VOID: "未生效",
}
# in which states of the benefit a kind may be reported (5.1)
_WHILE = {law.RES: (E.SUSPENDED,), law.REIN: (E.STOPPED,), law.SUS: (E.ACTIVE, E.GRADUAL)}


# —— report


def report(
    actor: Actor,
    entitlement_id: int,
    kind: str,
    given: dict[str, Any],
    *,
    happened_on: date | None = None,
    reporter_name: str = "",
    report_id: int | None = None,
    proof: Picture | None = None,
    once: Once = None,
) -> Change:
    """Register a typed change; W35 where the family reports it. Conflicts are named at once.

    ``given`` by kind: ADD ``entry`` (person fields), ``signed``; DEL ``person``, ``why``, ``payee``, ``away_until``; INC ``incomes``,
    ``assets``, ``new_work``; CLS ``review_class``; ACC ``holder``, ``bank_code``, ``bank_name``, ``number``; CARE
    ``self_care``; CERT ``person``, ``disability_category``, ``disability_grade``, ``disability_until``; JOB ``person``; SUS, END ``why``; REIN ``decision_no``. Raises E_AUTH, E_INPUT, E_BENEFIT_STATE,
    E_CHANGE_OPEN, E_CHANGE_CONFLICT, E_OFFERS.
    """
    shape = law.KINDS.get(kind)
    if shape is None or kind == law.REV:
        raise Refusal("E_INPUT", field="变更事项", problem="请选择变更事项")
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, table.MOVES["report"].roles, f"登记变更（{shape.title}）", entitlement)
        refuse_repeat(once)
        return open_change(
            actor,
            entitlement,
            kind,
            given,
            happened_on=happened_on,
            reporter_name=reporter_name,
            report_id=report_id,
            proof=proof,
            once=once,
        )


def open_change(
    actor: Actor,
    entitlement: Entitlement,
    kind: str,
    given: dict[str, Any],
    *,
    happened_on: date | None = None,
    reporter_name: str = "",
    report_id: int | None = None,
    proof: Picture | None = None,
    review_id: int | None = None,
    once: Once = None,
) -> Change:
    """The row, its W35 and its first step; called by acts that have asked for permission."""
    shape, at = law.KINDS[kind], clock.now()
    today = at.date()
    if registry.get(entitlement.aid_type).pays == ONCE:
        raise Refusal("E_BENEFIT_STATE", state="一次性救助", act=shape.title)
    if happened_on and happened_on > today:
        raise Refusal("E_INPUT", field="发生日期", problem="不能晚于今天")
    if entitlement.state not in _WHILE.get(kind, E.RUNNING):
        raise Refusal("E_BENEFIT_STATE", state=STATES[entitlement.state], act=shape.title)
    person, facts = _facts(actor, entitlement, kind, given, happened_on)
    subject = f"person:{person.uid}" if shape.about == "person" and person else shape.about
    _refuse_conflicts(entitlement, kind, facts, subject, review_id)
    if happened_on and law.told_late(kind, happened_on, today):
        facts = facts | {"told_late": True}
    regime = regime_today(entitlement.county, today)
    change = Change(
        number=_number(entitlement.town, today.year),
        entitlement=entitlement,
        kind=kind,
        subject=subject,
        person=person,
        regime=regime,
        facts=facts,
        happened_on=happened_on,
        reported_on=today,
        reported_at=at,
        reporter_id=actor.id if actor.is_staff else None,
        reporter_name=reporter_name.strip()[:60] or actor.name,
        report_id=report_id,
        proof=files.keep(proof.content, proof.mime) if proof else None,
        review_id=review_id,
    )
    change.due_on = pausing.due_day(change)
    change.account = given.get("number", "") if kind == law.ACC else ""
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as clash:
        raise Refusal("E_CHANGE_OPEN", number="") from clash
    act = Act(actor, change, entitlement, table.MOVES["report"], at)
    if shape.reported:
        names = reported.names_of(entitlement)
        act.papers.append(papers.report_form(actor, change, shape.title, reported.told(kind, facts, names)))
    finish(act, once=once)
    return change


def _number(town: Organisation, year: int) -> str:
    key = f"{town.code}{year}"
    return f"BG{key}{next_number(ChangeCounter, key=key):05d}"


def _facts(
    actor: Actor, entitlement: Entitlement, kind: str, given: dict[str, Any], happened_on: date | None
) -> tuple[Any, dict[str, Any]]:
    family = standing.standing(entitlement).evidence
    if kind == law.ADD and entitlement.case.for_person_id:
        raise Refusal("E_STATE", act="增加家庭成员", state="本案只救助一人，家庭可另行申请")
    if kind in (law.DEL, law.END) and registry.get(entitlement.aid_type).support:
        raise Refusal("E_STATE", act=law.KINDS[kind].title, state="终止供养须先公示，请在“供养”页提出")
    if kind == law.ADD:
        return reported.joining(entitlement, given.get("entry", {}), signed=bool(given.get("signed")))
    if kind == law.DEL:
        return _leaving(entitlement, family, given, happened_on)
    if kind == law.INC:
        facts = reported.moneys(entitlement, family, given)
        if not facts["incomes"] and not facts["assets"]:
            raise Refusal("E_INPUT", field="收入、财产", problem="请填写变化后的收入或财产")
        return None, facts | {"new_work": bool(given.get("new_work"))}
    if kind == law.CLS:
        if given.get("review_class") not in ("A", "B", "C"):
            raise Refusal("E_INPUT", field="复核类别", problem="请选择A、B或C类")
        return None, {"review_class": given["review_class"]}
    if kind == law.ACC:
        holder = reported.person_of(entitlement, given.get("holder"))
        bank = str(given.get("bank_name", "")).strip()
        people.check_account(str(given.get("number", "")))
        if not bank or not given.get("bank_code"):
            raise Refusal("E_INPUT", field="开户行", problem="请填写")
        return holder, {"holder": str(holder.uid), "bank_code": given["bank_code"], "bank_name": bank[:60]}
    if kind == law.CARE:
        return _rated(entitlement, given)
    if kind == law.CERT:
        return reported.certificate(entitlement, family, given)
    if kind == law.JOB:
        return _refusing(entitlement, given)
    if kind in (law.SUS, law.END):
        known = law.WHY_SUSPENDED if kind == law.SUS else law.WHY_STOPPED
        if given.get("why") not in known:
            raise Refusal("E_INPUT", field="原因", problem="请选择原因")
        return None, {"why": given["why"]}
    if kind == law.REIN:
        if len(str(given.get("decision_no", "")).strip()) < 2:
            raise Refusal("E_INPUT", field="复议决定或纠正文书", problem="请填写文号")
        return None, {"decision_no": str(given["decision_no"]).strip()[:80]}
    return None, {}


def _rated(entitlement: Entitlement, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """CH-CARE rests on a rating by two before a witness (W30), never on what is typed here (TK-08)."""
    rating = entitlement.case.ratings.select_related("person").order_by("-seq").first()
    if rating is None:
        raise Refusal("E_INPUT", field="变更事项", problem="该救助类别没有自理能力等级")
    found = {"member": str(rating.person.uid)} | rating.items
    if given.get("self_care") != found:
        raise Refusal("E_DOC", missing="生活自理能力评估表（请先在“供养”页重新评估）")
    return rating.person, {"self_care": found}


def _leaving(
    entitlement: Entitlement, family: Evidence, given: dict[str, Any], happened_on: date | None
) -> tuple[Any, dict[str, Any]]:
    person = reported.person_of(entitlement, given.get("person"))
    if given.get("why") not in law.WHY_GONE:
        raise Refusal("E_INPUT", field="原因", problem="请选择原因")
    if given["why"] == law.DEATH and happened_on is None:
        raise Refusal("E_INPUT", field="发生日期", problem="请填写去世日期")
    refs = {each.ref for each in family.members}
    if str(person.uid) not in refs:
        raise Refusal("E_INPUT", field="家庭成员", problem=f"{person.name}不在保障家庭中")
    facts = {"gone": [str(person.uid)], "why": given["why"]} | _away(entitlement, given, happened_on)
    if entitlement.payee_id == person.id and len(refs) > 1:
        heir = reported.person_of(entitlement, given.get("payee"))
        if heir.id == person.id or str(heir.uid) not in refs:
            raise Refusal("E_INPUT", field="新的领款人", problem="请选择其他家庭成员")
        facts["payee"] = str(heir.uid)
    return person, facts


def _away(entitlement: Entitlement, given: dict[str, Any], happened_on: date | None) -> dict[str, str]:
    """Until when somebody is away, as far as it is known; HH-12 is not the law of every regime."""
    today = clock.today()
    isolated = given["why"] == "DRUG_ISOLATION"
    if isolated and not regime_of(regime_today(entitlement.county, today)).leaves_out_isolated_and_missing:
        raise Refusal("E_INPUT", field="原因", problem="按现行规定，强制隔离戒毒的人员仍计入家庭")
    until = given.get("away_until")
    if not until:
        return {}
    if given["why"] not in law.AWAY or until <= (happened_on or today):
        raise Refusal("E_INPUT", field="预计返回日期", problem="服刑、戒毒、服役的填写，须晚于发生日期")
    return {"until": until.isoformat()}


_IN_A_ROW = 3


def _refusing(entitlement: Entitlement, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """LAB-05: three refusals in a row without good reason."""
    person = reported.person_of(entitlement, given.get("person"))
    row = 0
    for offer in WorkOffer.objects.filter(entitlement=entitlement, person=person).order_by(
        "-offered_on", "-id"
    ):
        if not offer.refused:
            break
        row += not offer.justified
        if row == _IN_A_ROW:
            return person, {"person": str(person.uid)}
    raise Refusal("E_OFFERS", who=person.name, count=row)


def _refuse_conflicts(
    entitlement: Entitlement, kind: str, facts: dict[str, Any], subject: str, review_id: int | None
) -> None:
    """A second open change of the same thing; a change against an open review, case or exit."""
    open_ones = list(Change.objects.filter(entitlement=entitlement, open=True))
    for other in open_ones:
        if other.subject == subject:
            raise Refusal("E_CHANGE_OPEN", number=f"{law.KINDS[other.kind].title}，{other.number}")
    death = facts.get("why") == law.DEATH
    if not death and any(each.kind == law.END for each in open_ones):
        raise Refusal("E_CHANGE_CONFLICT", why="正在办理退出救助")
    if kind == law.END and any(each.kind == law.ADD for each in open_ones):
        raise Refusal("E_CHANGE_CONFLICT", why="正在办理增加家庭成员")
    running = entitlement.reviews.filter(state="RUNNING").exclude(pk=review_id or 0)
    if law.KINDS[kind].about == "money" and running.exists():
        raise Refusal("E_CHANGE_CONFLICT", why="定期复核正在进行，收入、财产变化请并入复核")
    case = Case.objects.filter(
        household_id=entitlement.household_id, open=True, exclusive_group=entitlement.case.exclusive_group
    ).first()
    if case and kind in (law.ADD, law.REIN):
        raise Refusal("E_CHANGE_CONFLICT", why=f"该家庭有在办案件{case.case_no}")


# —— examine


def examine(
    actor: Actor,
    uid: UUID | str,
    *,
    text: str,
    admonition: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Examination:
    """Freeze the family before and after, ask the law again, say what follows (DYN-02, DYN-03, DYN-20, DYN-21).

    A family that told too late is spoken to, and that is written down (DYN-10); an unfit one is stopped as any other.
    """
    if len(text.strip()) < 2:
        raise Refusal("E_INPUT", field="核实情况", problem="请写明怎样核实的、结果如何")
    with moving(actor, uid, "examine", seen=seen, once=once) as act:
        if act.change.facts.get("told_late"):
            if len(admonition.strip()) < 4:
                raise Refusal(
                    "E_INPUT", field="批评教育情况", problem="超过三个月才报告，请写明怎样批评教育的"
                )
            text = f"{text.strip()}\n未按时报告，已批评教育：{admonition.strip()}"
        found = examination(act, text)
        act.note = _outcome_words(found.result, found.old_fen, found.new_fen)
    return found


def examination(act: Act, text: str, *, after: Evidence | None = None) -> Examination:
    """What follows from a change today; also used by reviews with the verified family."""
    change, entitlement = act.change, act.entitlement
    stands = standing.standing(entitlement)
    month = law.effective_month(decided_on=act.today, died_on=_died(change))
    now = standing.amount_on(entitlement, month)
    kept = Examination(
        change=change,
        before=stands.evidence.to_dict(),
        after=stands.evidence.to_dict(),
        outcome_before=standing.plain(stands.outcome),
        basis_digest=stands.digest,
        old_fen=standing.total(now),
        base_fen=now.base_fen if now else 0,
        topup_fen=now.topup_fen if now else 0,
        care_fen=now.care_fen if now else 0,
        members_count=now.members_count if now else 0,
        text=text.strip()[:1000],
        by_id=act.actor.id if act.actor.is_staff else None,
        at=act.at,
    )
    shape = law.KINDS[change.kind]
    if shape.reassessed:
        _reassess(act, kept, after or law.after(stands.evidence, change.facts, act.today), stands)
    elif change.kind == law.JOB:
        _share_removed(kept, stands)
    else:
        _plain_result(kept, change)
    kept.save(force_insert=True)
    return kept


def _died(change: Change) -> date | None:
    return change.happened_on if change.facts.get("why") == law.DEATH else None


def _reassess(act: Act, kept: Examination, family: Evidence, stands: standing.Standing) -> None:
    change, entitlement = act.change, act.entitlement
    limits = values(entitlement, change.regime, act.today)
    # only a review looks at the whole family: what registers say happened since the last one is told on (SUP-20)
    known_on = act.today if change.review_id else stands.evidence.as_of
    # who decides that a family stays though a source was silent settles it: later changes do not doubt it again
    answered = tuple(sorted({*stands.evidence.answered, *family.answered}))
    kept.after = replace(family, as_of=known_on, answered=answered).to_dict()
    if not family.counted:
        kept.result, kept.options, kept.reason = (
            law.STOP,
            [law.STOP],
            "ST-DEATH" if _died(change) else "ST-OTHER",
        )
        kept.base_fen = kept.topup_fen = kept.care_fen = kept.members_count = 0
        return
    outcome = standing.assess(entitlement.aid_type, family, limits, change.regime)
    kept.outcome_after = standing.plain(outcome)
    before = stands.outcome
    same_people = before is not None and before.counted == outcome.counted
    banded = same_people and change.kind not in (law.CARE, law.CERT)
    kept.result = law.result_of(
        kept.old_fen,
        outcome,
        former_per_head_fen=before.per_capita_fen if before else 0,
        standard_fen=limits["dibao.standard"],
        band=limits["review.no_change_band"] if banded else None,
    )
    if change.kind == law.CERT:
        before_it = replace(stands.evidence, as_of=act.today)
        without = standing.assess(entitlement.aid_type, before_it, limits, change.regime)
        kept.result = kept.result if law.hangs_on_certificate(without, outcome) else law.KEEP
    kept.options = [kept.result]
    if kept.result in (law.INCREASE, law.DECREASE):
        kept.base_fen, kept.topup_fen, kept.care_fen = outcome.base_fen, outcome.topup_fen, outcome.care_fen
        kept.members_count = outcome.counted
    if kept.result == law.KEEP and not same_people:
        kept.members_count = outcome.counted
    if kept.result == law.STOP:
        _ending(act, kept, outcome)


def _ending(act: Act, kept: Examination, outcome: Outcome) -> None:
    """Not below the standard any more: stop, or gradual exit where new work did it; in gradual exit, whether it goes on."""
    change, entitlement = act.change, act.entitlement
    limits = values(entitlement, change.regime, act.today)
    if entitlement.state == E.GRADUAL and law.fades_on(outcome, limits):
        kept.result, kept.options = law.KEEP, [law.KEEP]
        return
    used = sum(_months(each) for each in Fading.objects.filter(entitlement=entitlement))
    worked = registry.get(entitlement.aid_type).fades and bool(change.facts.get("new_work"))
    months = law.may_fade(outcome, limits, new_work=worked, used=used)
    if months and entitlement.state == E.ACTIVE:
        kept.result, kept.options, kept.months = law.GRADUAL, [law.GRADUAL, law.STOP], months
        kept.reason = law.stop_reason(outcome)
        return
    kept.reason = law.stop_reason(outcome)
    kept.base_fen = kept.topup_fen = kept.care_fen = 0
    # what cannot be told, or meets another kind of aid, is for an officer to decide (DB-03); support ends with a posting
    # of its own, the change meanwhile without it (TK-12)
    supported = registry.get(entitlement.aid_type).support is not None
    kept.options = [law.STOP] if outcome.not_met and not supported else [law.STOP, law.KEEP]


def _months(fading: Fading) -> int:
    last = fading.ended_month or fading.last_month
    return max(0, (last.year - fading.from_month.year) * 12 + last.month - fading.from_month.month + 1)


def _share_removed(kept: Examination, stands: standing.Standing) -> None:
    """DYN-30."""
    former, count = kept.base_fen, kept.members_count
    kept.base_fen = law.share_kept(former, count)
    kept.members_count = count - 1
    kept.result = law.DECREASE if kept.base_fen else law.STOP
    kept.options = [kept.result]
    if kept.result == law.STOP:
        kept.topup_fen = kept.care_fen = kept.members_count = 0
    words = f"{former // 100}元 × {count - 1} ÷ {count}，不足一元的进到元"
    if stands.outcome:
        line = Line("停发拒绝就业成员的份额", words, kept.base_fen, "DYN-30", "民发〔2021〕57号第三十四条")
        after = replace(
            stands.outcome,
            base_fen=kept.base_fen,
            amount_fen=kept.new_fen,
            lines=(*stands.outcome.lines, line),
        )
        kept.outcome_after = standing.plain(after)


def _plain_result(kept: Examination, change: Change) -> None:
    results = {law.SUS: law.SUSPEND, law.RES: law.RESUME, law.REIN: law.REINSTATE, law.END: law.STOP}
    kept.result = results.get(change.kind, law.KEEP)
    kept.options = [kept.result]
    if change.kind == law.END:
        kept.base_fen = kept.topup_fen = kept.care_fen = kept.members_count = 0
        kept.reason = change.facts["why"]


# —— decide


def send_back(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: Once = None
) -> Change:
    """Not clear enough to decide: examine again."""
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="退回核实")
    with moving(actor, uid, "send_back", seen=seen, once=once) as act:
        act.note = reason.strip()
    return act.change


def decide(
    actor: Actor,
    uid: UUID | str,
    *,
    result: str = "",
    explanation: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Change:
    """By whoever has authority today. Less needs W36 in the family's hands first; anything else takes effect at once.

    ``result`` chooses among what the examination offers. Raises E_AUTH, E_SOD, E_CHANGE_STALE, E_RESULT.
    """
    with moving(actor, uid, "decide", seen=seen, once=once) as act:
        kept = act.change.examinations.order_by("-id").first()
        if standing.standing(act.entitlement).digest != kept.basis_digest:
            raise Refusal("E_CHANGE_STALE")
        result = result or kept.result
        if result not in kept.options:
            raise Refusal("E_RESULT", proposed=law.RESULTS[kept.result], asked=law.RESULTS.get(result, "—"))
        if result == law.STOP and registry.get(act.entitlement.aid_type).support:
            raise Refusal(
                "E_STATE", act="停发", state="终止供养须先公示七天，请在“供养”页提出终止；本次可决定金额不变"
            )
        decision = write_decision(act, kept, result, explanation)
        if act.change.review_id:
            effect.finish_review(act.change, decision)
        carry_out(act, decision)
    return act.change


def write_decision(act: Act, kept: Examination, result: str, explanation: str) -> ChangeDecision:
    """The decision row; the database itself refuses one without authority or distance."""
    actor, entitlement, change = act.actor, act.entitlement, act.change
    authority = check_authority(actor, entitlement, act.move.title)
    stays = result == law.GRADUAL or (result == law.KEEP and kept.result == law.STOP)
    new_fen = 0 if result == law.STOP else kept.old_fen if stays else kept.new_fen
    try:
        with transaction.atomic():
            return ChangeDecision.objects.create(
                change=change,
                examination=kept,
                result=result,
                authority=authority,
                organ_id=actor.organ_id,
                delegation=delegation_for(entitlement.town, entitlement.aid_type, act.today)
                if authority == "TOWN"
                else None,
                decider_id=actor.id,
                role=actor.role,
                decided_on=act.today,
                decided_at=act.at,
                effective_month=_effective(change, act.today),
                old_fen=kept.old_fen,
                new_fen=new_fen,
                reason=kept.reason,
                explanation=explanation.strip()[:1000] or kept.text,
            )
    except IntegrityError as refused:
        code = "E_SOD" if "E_SOD" in str(refused) else "E_AUTH"
        raise Refusal(
            code,
            who=actor.name,
            why="参加过本次登记、核实或入户，不能作出决定",
            role=actor.organ,
            act=act.move.title,
        ) from refused


def _effective(change: Change, today: date) -> date:
    if change.facts.get("fading_ends"):
        return add_months(date.fromisoformat(change.facts["fading_ends"]), 1)
    return law.effective_month(decided_on=today, died_on=_died(change))


def carry_out(act: Act, decision: ChangeDecision) -> None:
    """Notice first where less is paid, effect at once otherwise."""
    act.note = _outcome_words(decision.result, decision.old_fen, decision.new_fen)
    if decision.result in law.LESS:
        _tell_less(act, decision)
        act.target = table.DECIDED
        return
    effect.take(act.actor, act.change, decision, act.papers)


def _outcome_words(result: str, old_fen: int, new_fen: int) -> str:
    """减发，900元→450元; where the sum stays, only what it is."""
    words = law.RESULTS[result]
    if old_fen == new_fen:
        return f"{words}（每月{old_fen // 100}元）"
    return f"{words}，{old_fen // 100}元→{new_fen // 100}元"


def _tell_less(act: Act, decision: ChangeDecision) -> None:
    """W36: facts, basis, old and new amount, month, remedies (DYN-12); served within three working days."""
    entitlement, kept = act.entitlement, decision.examination
    paper = papers.notice(
        act.actor,
        act.change,
        decision,
        action=registry.get(entitlement.aid_type).stop_word if decision.result == law.STOP else "减发",
        lines=papers.lines(Outcome.from_dict(kept.outcome_after) if kept.outcome_after else None),
    )
    Notice.objects.create(
        change=act.change,
        entitlement=entitlement,
        document=paper,
        old_fen=decision.old_fen,
        new_fen=decision.new_fen,
        effective_month=decision.effective_month,
        serve_by=parameters.calendar().add_working_days(act.today, 3).on,
    )
    act.papers.append(paper)


# —— serve, drop


def serve(
    actor: Actor,
    uid: UUID | str,
    *,
    mode: str,
    receiver: str = "",
    picture: Picture | None = None,
    note: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Change:
    """Hand W36 over; the change takes effect with it, never in a month before it (DYN-11, E_NOTICE)."""
    with moving(actor, uid, "serve", seen=seen, once=once) as act:
        paper = act.change.notices.order_by("-id").first().document
        if paper.state == Document.ISSUED:
            name = receiver or paper.addressee
            documents.serve(
                actor,
                paper,
                mode=mode,
                receiver=f"{name}{f'（{note}）' if note else ''}",
                proof=picture.content if picture else None,
                mime=picture.mime if picture else "image/png",
            )
        served_on = Service.objects.get(document=paper).served_on
        effect.take(actor, act.change, act.change.decision, act.papers, served_on=served_on)
    return act.change


def take_effect(uid: UUID | str) -> Change:
    """A notice the family opened on the phone was served with it: the platform lets the change take effect."""
    with moving(PLATFORM, uid, "serve") as act:
        paper = act.change.notices.order_by("-id").first().document
        served_on = Service.objects.get(document=paper).served_on
        effect.take(PLATFORM, act.change, act.change.decision, act.papers, served_on=served_on)
        act.note = "电子送达"
    return act.change


def drop(actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: Once = None) -> Change:
    """Nothing changed after all, or reported by mistake: end it with a reason; the row stays."""
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="终结变更")
    with moving(actor, uid, "drop", seen=seen, once=once) as act:
        act.note = reason.strip()
        if act.change.kind == law.ADD and act.change.person:
            people.unjoin(act.change.person, joined_on=act.change.reported_on)
    return act.change


def offer_work(
    actor: Actor,
    entitlement_id: int,
    *,
    person: str,
    offered_on: date,
    what: str,
    refused: bool,
    reason: str = "",
    justified: bool = False,
) -> WorkOffer:
    """LAB-05, DYN-05: note an introduction to suitable work and how it went."""
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, ("TOWN_CLERK",), "登记就业介绍", entitlement)
        member = reported.person_of(entitlement, person)
        if offered_on > clock.today() or len(what.strip()) < 2:
            raise Refusal("E_INPUT", field="就业介绍", problem="请填写介绍的工作和日期")
        noted, _ = WorkOffer.objects.get_or_create(
            person=member,
            offered_on=offered_on,
            what=what.strip()[:200],
            defaults={
                "entitlement": entitlement,
                "refused": refused,
                "reason": reason.strip()[:200],
                "justified": justified,
                "by_id": actor.id,
                "at": clock.now(),
            },
        )
    return noted


def end_fading(actor: Actor, entitlement_id: int, *, once: Once = None) -> Change:
    """The last month of gradual exit has begun: W36 for the month after it (DYN-20, AS-39)."""
    with transaction.atomic():
        entitlement = locked_entitlement(actor, entitlement_id)
        check_role(actor, table.MOVES["decide"].roles, "渐退期满停发", entitlement)
        check_authority(actor, entitlement, "渐退期满停发")
        refuse_repeat(once)
        fading = Fading.objects.filter(entitlement=entitlement, ended_month__isnull=True).first()
        if fading is None:
            raise Refusal("E_BENEFIT_STATE", state=STATES[entitlement.state], act="渐退期满停发")
        if clock.today() < fading.last_month:
            raise Refusal(
                "E_NOTICE_EARLY",
                last=f"{fading.last_month:%Y年%m月}",
                since=f"{fading.last_month:%Y年%m月%d日}",
            )
        change = open_change(PLATFORM, entitlement, law.END, {"why": "ST-INC"}, reporter_name="渐退期满")
        change.facts = change.facts | {"fading_ends": fading.last_month.isoformat()}
        act = Act(PLATFORM, change, entitlement, table.MOVES["examine"], clock.now())
        kept = examination(act, "渐退期已满。")
        finish(act)
        act = Act(actor, change, entitlement, table.MOVES["decide"], clock.now())
        decision = write_decision(act, kept, law.STOP, "渐退期已满，家庭收入不再低于保障标准。")
        carry_out(act, decision)
        finish(act, once=once)
    return change
