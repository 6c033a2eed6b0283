"""Starting a run, asking departments, keeping answers, reporting. Every query is bound to consent, purpose, agreement."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, Actor
from jiuzhu.accounts.queries import agreement_in_force
from jiuzhu.audit.acts import record
from jiuzhu.connectors import registry
from jiuzhu.connectors.contract import ConnectorFailure, InquiryRequest, Reply, Transport
from jiuzhu.connectors.contract import Subject as Asked
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Authorisation, Household, Person
from jiuzhu.policy.findings import Finding as Found
from jiuzhu.verification import queries
from jiuzhu.verification.models import Answer, Finding, FindingAnswer, Inquiry, Report, Run, Subject

# a source that fails is asked again hourly until its seven working days are over (VER-10), holidays included
MAX_ATTEMPTS = 400


@transaction.atomic
def start_run(
    actor: Actor,
    *,
    case_id: int,
    case_no: str,
    household: Household,
    authorisation: Authorisation,
    aid_type: str,
    people: list[Person],
    sources: tuple[str, ...],
    mandatory: tuple[str, ...],
    kind: str,
    route: str,
) -> Run:
    """Open a run and queue one inquiry a source. Refuses people and sources outside the consent (VER-22)."""
    today = clock.today()
    agreement = agreement_in_force(actor.id, today)
    if agreement is None:
        raise Refusal("E_CONF", who=actor.name, on=today.isoformat())
    _check_scope(authorisation, people, sources, aid_type, today)
    run = Run.objects.create(
        number=f"{case_no}-{Run.objects.filter(case_id=case_id).count() + 1}",
        case_id=case_id,
        case_no=case_no,
        household=household,
        authorisation=authorisation,
        aid_type=aid_type,
        kind=kind,
        route=route,
        verifier_id=actor.id,
        organ_id=actor.organ_id,
        agreement=agreement,
        as_of=today,
        started_at=clock.now(),
    )
    Subject.objects.bulk_create(
        Subject(run=run, seq=seq, person=person, role="MEMBER") for seq, person in enumerate(people)
    )
    Inquiry.objects.bulk_create(
        Inquiry(run=run, source=source, mandatory=source in mandatory, request_id=uuid.uuid4())
        for source in sources
    )
    record(
        actor,
        "verification.start",
        about=run,
        case_no=case_no,
        purpose=authorisation.purpose,
        persons=len(people),
        sources=list(sources),
    )
    return run


def carry_over(
    former: Run, *, case_id: int, case_no: str, authorisation: Authorisation, aid_type: str
) -> Run:
    """The answers of a report still in force serve the case that continues the former one; nobody is asked again."""
    run = Run.objects.create(
        number=f"{case_no}-{Run.objects.filter(case_id=case_id).count() + 1}",
        case_id=case_id,
        case_no=case_no,
        household=former.household,
        authorisation=authorisation,
        aid_type=aid_type,
        kind="CARRIED",
        route=former.route,
        verifier_id=former.verifier_id,
        organ_id=former.organ_id,
        agreement_id=former.agreement_id,
        carried_from=former,
        as_of=former.as_of,
        started_at=clock.now(),
    )
    for each in former.subjects.order_by("seq"):
        Subject.objects.create(run=run, seq=each.seq, person_id=each.person_id, role=each.role)
    return run


def _check_scope(
    authorisation: Authorisation, people: list[Person], sources: tuple[str, ...], aid_type: str, today: date
) -> None:
    """AS-01, AS-04, VER-22: in force, these people signed or stand under it, these sources, this purpose."""
    if authorisation.state != Authorisation.IN_FORCE or (
        authorisation.valid_to and authorisation.valid_to < today
    ):
        raise Refusal("E_NOAUTH", why="授权书未生效或已到期。")
    if aid_type not in authorisation.aid_types:
        raise Refusal("E_SCOPE", what="授权书没有勾选该救助类别")
    foreign = [person.name for person in people if person.household_id != authorisation.household_id]
    if foreign:
        raise Refusal("E_SCOPE", what=f"{'、'.join(foreign)}不在授权人员范围内")
    outside = [source for source in sources if source not in authorisation.sources]
    if outside:
        raise Refusal("E_SCOPE", what=f"来源{'、'.join(outside)}不在授权范围内")


def covered(authorisation: Authorisation, sources: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the sources the consent names: a register connected later is asked from the next signature on (VER-22)."""
    return tuple(each for each in sources if each in authorisation.sources)


def transport() -> Transport:
    """The signed line to the exchange."""
    return Transport(settings.DEPARTMENTS_URL, settings.DEPARTMENTS_KEY, settings.DEPARTMENTS_SECRET)


def ask(inquiry: Inquiry, line: Transport, *, limit_fen: Callable[[], int]) -> str:
    """Put one question (again) and keep what came back; returns the inquiry's state.

    The call itself runs outside any transaction; only storing is one. Repeating is harmless: the request id is
    the same, and an answer is kept once a version.
    """
    if inquiry.state in (Inquiry.ANSWERED, Inquiry.FAILED) or inquiry.run.state != Run.RUNNING:
        return inquiry.state
    forbidden = _why_not(inquiry.run)
    if forbidden:
        return _failed(inquiry, ConnectorFailure(forbidden, again=False))
    try:
        reply = _call(inquiry, line, limit_fen)
    except ConnectorFailure as failure:
        return _failed(inquiry, failure)
    return _keep(inquiry, reply)


def _why_not(run: Run) -> str:
    """VER-23, VER-31: consent and agreement must still hold when the question leaves the house, not only at the start."""
    today, agreement = clock.today(), run.agreement
    consent = run.authorisation.renewals.filter(state=Authorisation.IN_FORCE).first() or run.authorisation
    if consent.state != Authorisation.IN_FORCE or (consent.valid_to and consent.valid_to < today):
        return "授权书已失效，停止核对"
    ended = agreement.ended_on is not None and agreement.ended_on <= today
    if ended or not agreement.signed_on <= today <= agreement.valid_to:
        return "核对人员的保密协议已失效，停止核对"
    return ""


def _call(inquiry: Inquiry, line: Transport, limit_fen: Callable[[], int]) -> Reply:
    run, connector = inquiry.run, registry.get(inquiry.source)
    if inquiry.ticket:
        return connector.poll(inquiry.ticket, line)
    subjects = tuple(
        Asked(each.seq, each.person.name, each.person.id_no)
        for each in run.subjects.select_related("person").order_by("seq")
    )
    return connector.submit(
        InquiryRequest(
            request_id=str(inquiry.request_id),
            source=inquiry.source,
            matter_code=run.aid_type,
            purpose=run.authorisation.purpose,
            case_no=run.case_no,
            authorisation_no=run.authorisation.number,
            operator=run.verifier.name,
            organ=run.organ.organ_name,
            agreement_no=run.agreement.number,
            subjects=subjects,
            as_of=run.as_of,
            limit_fen=limit_fen,
        ),
        line,
    )


def _locked(inquiry: Inquiry) -> tuple[Inquiry, Run]:
    """Inquiry and run under their locks: a withdrawal and an answer never cross each other."""
    run = Run.objects.select_for_update().get(pk=inquiry.run_id)
    return Inquiry.objects.select_for_update().get(pk=inquiry.pk), run


@transaction.atomic
def _failed(inquiry: Inquiry, failure: ConnectorFailure) -> str:
    inquiry, run = _locked(inquiry)
    if inquiry.state == Inquiry.ANSWERED or run.state != Run.RUNNING:
        return inquiry.state  # somebody else's try succeeded, or nobody may know any more
    inquiry.attempts += 1
    inquiry.last_error = failure.reason[:200]
    again = failure.again and inquiry.attempts < MAX_ATTEMPTS
    inquiry.state = inquiry.state if again else Inquiry.FAILED
    inquiry.next_try_at = _next_try(inquiry) if again else None
    inquiry.save()
    record(PLATFORM, "verification.failure", about=inquiry, case_no=run.case_no, again=again)
    return inquiry.state


def _next_try(inquiry: Inquiry) -> datetime:
    """Seconds at first, then minutes, at last every hour."""
    return clock.now() + timedelta(seconds=min(3600, 5 * 2 ** min(inquiry.attempts, 10)))


@transaction.atomic
def _keep(inquiry: Inquiry, reply: Reply) -> str:
    locked, run = _locked(inquiry)
    if locked.state == Inquiry.ANSWERED or run.state != Run.RUNNING:
        return locked.state  # answered meanwhile, or the family took its consent back while we were asking
    now = clock.now()
    _keep_answers(locked, reply, now)
    locked.attempts += 1
    locked.sent_at = locked.sent_at or now
    locked.ticket = reply.ticket
    locked.state = Inquiry.ANSWERED if reply.complete else Inquiry.PENDING
    locked.answered_at = now if reply.complete else None
    locked.next_try_at = None if reply.complete else _next_try(locked)
    locked.last_error = ""
    locked.save()
    record(
        PLATFORM,
        "verification.answer",
        about=locked,
        case_no=run.case_no,
        answers=len(reply.answers),
        state=locked.state,
    )
    return locked.state


def _keep_answers(inquiry: Inquiry, reply: Reply, now: datetime) -> None:
    """One more version where something new is said; the same words again are the same answer."""
    subjects = {each.seq: each for each in Subject.objects.filter(run_id=inquiry.run_id)}
    last = {each.subject_id: each for each in Answer.objects.filter(inquiry=inquiry).order_by("version")}
    fresh = []
    for said in reply.answers:
        subject = subjects[said.seq]
        before = last.get(subject.id)
        if before is not None and before.digest == said.digest:
            continue
        answer = Answer(
            inquiry=inquiry,
            subject=subject,
            version=before.version + 1 if before else 1,
            result=said.result,
            as_of=said.as_of,
            coverage=said.coverage,
            digest=said.digest,
            received_at=now,
        )
        answer.rows = json.dumps(list(said.rows), ensure_ascii=False)
        fresh.append(answer)
        last[subject.id] = answer
    Answer.objects.bulk_create(fresh)


@transaction.atomic
def report(
    actor: Actor,
    run: Run,
    *,
    number: str,
    evidence: dict[str, Any],
    findings: list[Found],
    refs: dict[str, Person],
    summary: dict[str, Any],
    valid_to: date,
) -> Report:
    """Close a run with its report (VER-13). PARTIAL when a mandatory source is silent; it only proposes."""
    silent = queries.silent_sources(run)
    blocking = any(each.level == "BLOCK" for each in findings)
    made = Report.objects.create(
        run=run,
        number=number,
        case_id=run.case_id,
        household=run.household,
        kind=run.kind,
        conclusion="NOT_FIT" if blocking else "PARTIAL" if silent else "FIT",
        sources=queries.coverage_table(run),
        summary=summary,
        evidence=evidence,
        data_on=run.as_of,
        issued_on=clock.today(),
        issued_at=clock.now(),
        valid_to=valid_to,
        issuer_id=actor.id,
        organ_id=actor.organ_id,
    )
    for each in findings:
        Finding.objects.create(
            report=made,
            code=each.code,
            level=each.level,
            person=refs.get(each.person),
            source=each.source[:6],
            reason_code=each.reason_code,
            body={
                "value": each.value,
                "limit": each.limit,
                "article": each.article,
                "sentence": each.sentence,
            },
        )
    run.state, run.ended_at = Run.REPORTED, clock.now()
    run.save(update_fields=["state", "ended_at"])
    return made


def stop_runs(case_id: int) -> None:
    """Running queries of a case stop at once (withdrawal, VER-23)."""
    Run.objects.filter(case_id=case_id, state=Run.RUNNING).update(state=Run.STOPPED, ended_at=clock.now())


def answer_finding(actor: Actor, finding: Finding, *, outcome: str, reason: str) -> FindingAnswer:
    """Confirm, explain or exempt one finding, with a reason (VER-11, PR-21)."""
    if outcome not in ("CONFIRMED", "EXPLAINED", "EXEMPTED"):
        raise Refusal("E_INPUT", field="处理结果", problem="请选择确认、说明或豁免")
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="处理核对发现")
    answered = FindingAnswer.objects.create(
        finding=finding, outcome=outcome, reason=reason.strip(), by_id=actor.id, at=clock.now()
    )
    record(
        actor,
        "verification.answer_finding",
        about=finding,
        case_no=finding.report.run.case_no,
        outcome=outcome,
    )
    return answered
