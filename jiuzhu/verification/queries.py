"""What is known of a run: who answered, who is silent, what was seen, what was found (section 8)."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.acts import record
from jiuzhu.connectors import contract, registry
from jiuzhu.connectors.contract import Answer as Said
from jiuzhu.connectors.contract import Subject as Asked
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.observation import Observation
from jiuzhu.parameters import queries as parameters
from jiuzhu.verification.models import Answer, Finding, FindingAnswer, Inquiry, Report, Run

RESULT_WORDS = {
    "HIT": "已反馈",
    "NONE": "已反馈，无登记",
    "OVER_LIMIT": "已反馈，超过限额",
    "WITHIN_LIMIT": "已反馈，未超限额",
    "MISMATCH": "姓名与号码不符",
    "NOT_COVERED": "该来源未覆盖",
    "REFUSED": "对方拒绝",
    "ERROR": "对方返回错误",
    "PENDING": "尚未反馈",
}


def latest_run(case_id: int) -> Run | None:
    return Run.objects.filter(case_id=case_id).order_by("-id").first()


def asked_about(case_id: int) -> set[int]:
    """Persons departments were asked about for a case, or are being asked about."""
    runs = Run.objects.filter(case_id=case_id).exclude(state=Run.STOPPED)
    return set(runs.values_list("subjects__person_id", flat=True)) - {None}


def latest_report(case_id: int) -> Report | None:
    return Report.objects.filter(case_id=case_id).select_related("run").order_by("-id").first()


def looked_through(run: Run) -> list[Run]:
    """The run and, when it only asked some sources again, the reports it builds on; the newest first (VER-24)."""
    runs = [run]
    while runs[-1].kind in ("RECHECK", "FOLLOWUP", "CARRIED"):
        if runs[-1].carried_from:
            runs.append(runs[-1].carried_from)
            continue
        earlier = (
            Run.objects.filter(case_id=run.case_id, id__lt=runs[-1].id, state=Run.REPORTED)
            .order_by("-id")
            .first()
        )
        if earlier is None:
            break
        runs.append(earlier)
    return runs


def latest_answers(run: Run) -> dict[str, list[Answer]]:
    """What is known of each person from each source. Needs sight level L2 or the platform's own eyes.

    Within a run the newest version counts. A source asked again that keeps silent takes nothing back:
    the former answer stands until there is a new one.
    """
    known: dict[tuple[str, int], Answer] = {}
    for each in reversed(looked_through(run)):
        for key, answer in _newest(each).items():
            if answer.result in contract.SPEAKING or key not in known:
                known[key] = answer
    by_source: dict[str, list[Answer]] = defaultdict(list)
    for (source, _), answer in known.items():
        by_source[source].append(answer)
    return by_source


def _newest(run: Run) -> dict[tuple[str, int], Answer]:
    rows = (
        Answer.objects.filter(inquiry__run=run)
        .select_related("inquiry", "subject", "subject__person")
        .order_by("version")
    )
    return {(each.inquiry.source, each.subject.person_id): each for each in rows}


def spoke(run: Run) -> tuple[str, ...]:
    """Sources that said something of every subject. Anything less is silence, and silence is never "no property"."""
    with fence(PLATFORM):
        subjects = set(run.subjects.values_list("person_id", flat=True))
        return tuple(
            sorted(
                source
                for source, answers in latest_answers(run).items()
                if {each.subject.person_id for each in answers if each.result in contract.SPEAKING}
                >= subjects
            )
        )


def _inquiries(run: Run) -> list[Inquiry]:
    """One inquiry a source, the newest, in the order they were first put."""
    newest: dict[str, Inquiry] = {}
    for each in reversed(looked_through(run)):
        for inquiry in each.inquiries.order_by("id"):
            newest[inquiry.source] = inquiry
    return list(newest.values())


def silent_codes(run: Run) -> list[str]:
    """Mandatory sources that did not speak of every subject."""
    speaking = spoke(run)
    return [each.source for each in _inquiries(run) if each.mandatory and each.source not in speaking]


def silent_sources(run: Run) -> list[str]:
    """The names of :func:`silent_codes`."""
    return [name_of("source", code) for code in silent_codes(run)]


def waiting_sources(run: Run | None, on: date, timeout_wd: int) -> list[str]:
    """Mandatory sources not yet answered and not yet over their time (VER-10)."""
    if run is None:
        return ["尚未发起核对"]
    started = clock.local(run.started_at).date()
    over = parameters.calendar().working_days_between(started, on) >= timeout_wd
    waiting = run.inquiries.filter(mandatory=True).exclude(state__in=(Inquiry.ANSWERED,))
    return [] if over else [name_of("source", each.source) for each in waiting]


def observations_of(run: Run) -> tuple[list[Observation], dict[str, str]]:
    """What the departments said, in our words, and ID number → person uid. Opened by the platform only."""
    observations, refs = [], {}
    with fence(PLATFORM):
        for source, answers in latest_answers(run).items():
            connector = registry.get(source)
            for answer in answers:
                person = answer.subject.person
                number = person.id_no
                refs[number] = str(person.uid)
                said = Said(
                    answer.subject.seq,
                    answer.result,
                    tuple(json.loads(answer.rows or "[]")),
                    answer.as_of,
                    answer.coverage,
                )
                observations += connector.observations(said, Asked(answer.subject.seq, person.name, number))
    return observations, refs


def coverage_table(run: Run) -> list[dict[str, str]]:
    """One row a source: state in words, and the note that silence is not absence (W05)."""
    speaking, rows = spoke(run), []
    with fence(PLATFORM):
        answers = latest_answers(run)
    for inquiry in _inquiries(run):
        results = {each.result for each in answers.get(inquiry.source, ())}
        if inquiry.source in speaking:
            state, note = "已反馈", ""
        elif results:
            state, note = (
                "部分反馈",
                "、".join(sorted(RESULT_WORDS[each] for each in results - contract.SPEAKING))
                + "；不视为没有财产",
            )
        else:
            state, note = "未反馈", (inquiry.last_error or "尚未应答") + "；未反馈不等于无财产"
        rows.append(
            {"code": inquiry.source, "name": name_of("source", inquiry.source), "state": state, "note": note}
        )
    return rows


def _answered(finding: Finding, outcomes: tuple[str, ...]) -> bool:
    """Answered here, or the very same thing was answered in an earlier report of the case."""
    return FindingAnswer.objects.filter(
        outcome__in=outcomes,
        finding__report__case_id=finding.report.case_id,
        finding__report_id__lte=finding.report_id,
        finding__code=finding.code,
        finding__person=finding.person_id,
        finding__body__value=finding.body["value"],
    ).exists()


def accepted(case_id: int) -> set[tuple[str, str, str]]:
    """(finding code, person, value) of a case that were explained or exempted in any of its reports."""
    rows = FindingAnswer.objects.filter(
        finding__report__case_id=case_id, outcome__in=("EXPLAINED", "EXEMPTED")
    ).values_list("finding__code", "finding__person__uid", "finding__body__value")
    return {(code, str(uid or ""), value) for code, uid, value in rows}


def open_blocking(report: Report | None) -> list[Finding]:
    """BLOCK findings that nobody explained or exempted."""
    return _without(report, "BLOCK", ("EXPLAINED", "EXEMPTED"))


def blocking_reasons(report: Report | None) -> list[str]:
    """Why the family does not fit, as W07 says it: reason, fact, limit, article."""
    return [
        f"{name_of('reason', each.reason_code) or each.code}：{each.body['sentence']}（限额{each.body['limit']}；{each.body['article']}）"
        for each in open_blocking(report)
    ]


def unanswered_differences(report: Report | None) -> list[Finding]:
    """DIFF findings without an answer (VER-11)."""
    return _without(report, "DIFF", ("CONFIRMED", "EXPLAINED", "EXEMPTED"))


def _without(report: Report | None, level: str, outcomes: tuple[str, ...]) -> list[Finding]:
    if report is None:
        return []
    with fence(PLATFORM):
        found = report.findings.filter(level=level).select_related("report").order_by("id")
        return [each for each in found if not _answered(each, outcomes)]


def progress(run: Run) -> list[dict[str, Any]]:
    """How each inquiry stands, for the waiting screen."""
    return [
        {
            "source": each.source,
            "name": name_of("source", each.source),
            "state": each.state,
            "attempts": each.attempts,
            "answered_at": each.answered_at,
            "error": each.last_error,
        }
        for each in run.inquiries.order_by("id")
    ]


def report_view(actor: Actor, case_id: int, case_no: str) -> dict[str, Any] | None:
    """The report as far as this person may see it (VER-30): L0 pass or fail, L1 categories, L2 figures. Recorded."""
    report = latest_report(case_id)
    if report is None:
        return None
    view: dict[str, Any] = {
        "report": report,
        "conclusion": report.conclusion,
        "level": actor.level,
        "findings": [],
        "sources": [],
    }
    if actor.level >= 1:
        record(
            actor, "verification.read", about=report, case_no=case_no, level=actor.level, purpose="办理案件"
        )
        view["sources"] = report.sources
        for finding in report.findings.select_related("person").order_by("level", "id"):
            body = dict(finding.body)
            if actor.level < 2:
                body |= {
                    "value": "（核对人员可见）",
                    "limit": body.get("limit", ""),
                    "sentence": name_of("reason", finding.reason_code) or finding.code,
                }
            view["findings"].append(
                {
                    "id": finding.id,
                    "code": finding.code,
                    "level": finding.level,
                    "body": body,
                    "answers": list(finding.answers.all()),
                    "person": finding.person,
                }
            )
    return view


def queries_today(staff_id: int, at: datetime) -> int:
    """Persons this officer had checked today (VER-33)."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(
        run.subjects.count() for run in Run.objects.filter(verifier_id=staff_id, started_at__gte=start)
    )


def due_again(now: datetime) -> list[int]:
    """Ids of questions to be put again at ``now``, the longest waiting first (at most 500)."""
    return list(
        Inquiry.objects.filter(run__state=Run.RUNNING, next_try_at__lte=now)
        .exclude(state__in=(Inquiry.ANSWERED, Inquiry.FAILED))
        .order_by("next_try_at")
        .values_list("id", flat=True)[:500]
    )
