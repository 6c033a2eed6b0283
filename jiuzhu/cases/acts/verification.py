"""Verification first (D3–D8): start it, report it, tell the family, hear its objection."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.aid_types import registry
from jiuzhu.cases import evidence, guards, homecomings, in_hand
from jiuzhu.cases.acts._act import Act, acting, attempt, locked
from jiuzhu.cases.acts.investigation import assess_anew, open_round
from jiuzhu.cases.guards import GUARDS
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.permissions import check_may_do, check_may_move
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.queue import defer
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.people.models import Authorisation, Person
from jiuzhu.people.queries import present_members
from jiuzhu.policy import findings
from jiuzhu.publicity import acts as publicity
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Finding, Inquiry, Report, Run
from jiuzhu.workflow.states import STATES

CONCLUSIONS = {
    "FIT": "未发现不符合规定的情形",
    "NOT_FIT": "存在不符合规定的情形",
    "PARTIAL": "部分来源未反馈，其余未发现不符合规定的情形",
}


def start_run(
    act: Act,
    *,
    kind: str,
    route: str,
    sources: tuple[str, ...] | None = None,
    mandatory: tuple[str, ...] | None = None,
    persons: list[Person] | None = None,
) -> Run:
    """Open the run and queue its questions, about everybody at home unless told whom; jobs exist only if the act commits.

    Whoever came home and has not signed yet is not asked about (VER-22, AS-57).
    """
    case, aid = act.case, registry.get(act.case.aid_type)
    waiting = homecomings.unsigned(case, act.today)
    at_home = present_members(case.household, act.today, case.regime)
    run = verification_acts.start_run(
        act.actor,
        case_id=case.id,
        case_no=case.case_no,
        household=case.household,
        authorisation=case.authorisation,
        aid_type=case.aid_type,
        people=persons or [each.person for each in at_home if each.person_id not in waiting],
        sources=sources or verification_acts.covered(case.authorisation, aid.sources),
        mandatory=mandatory or aid.mandatory_sources,
        kind=kind,
        route=route,
    )
    for inquiry in run.inquiries.all():
        defer("verification.ask", inquiry_id=inquiry.id)
    return run


def start_verification(
    actor: Actor,
    uid: UUID | str,
    *,
    route: str = "OWN",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D3: the township runs it itself, or passes it to the county (W04)."""
    if route not in ("OWN", "COUNTY"):
        raise Refusal("E_INPUT", field="核对方式", problem="请选择本级核对或提请县级核对")
    _refuse_without_consent(actor, uid)
    with acting(actor, uid, "D3", seen=seen, once=once, route=route) as act:
        run = start_run(act, kind="FIRST", route=route)
        act.note(run=run.number, route=route)
        if route == "COUNTY":
            asked = run.inquiries.order_by("id").values_list("source", flat=True)
            act.paper("W04", sources=[name_of("source", code) for code in asked])
    return act.case


def _refuse_without_consent(actor: Actor, uid: UUID | str) -> None:
    """AS-01: a verifier who begins before everybody has signed is told so, and the attempt is written down."""
    with attempt(actor, uid, "D3"):
        case = locked(actor, uid)
        if case.state == "INTENT" and actor.role == "TOWN_VERIFIER":
            raise Refusal("E_NOAUTH", why="家庭成员还没有全部签署授权书。")


def limit_fen(case: Case) -> int:
    """PR-01 limit sent to the banks, which answer over or within (data minimisation)."""
    opened_on = clock.local(case.opened_at).date()
    values = evidence.parameter_set(case, opened_on)
    counted = len(evidence.declared(case, opened_on).counted)
    return int(
        values[registry.get(case.aid_type).cash_months] * (values["dibao.standard"] or 0) * max(1, counted)
    )


def ask_source(inquiry_id: int, line: Any = None) -> str:
    """The queue's work: put one question for its case (fenced as the platform)."""
    with fence(PLATFORM):
        inquiry = Inquiry.objects.select_related(
            "run", "run__authorisation", "run__agreement", "run__organ", "run__verifier"
        ).get(pk=inquiry_id)
        case = Case.objects.select_related("household", "county", "authorisation").get(pk=inquiry.run.case_id)
        return verification_acts.ask(
            inquiry, line or verification_acts.transport(), limit_fen=lambda: limit_fen(case)
        )


def make_report(act: Act, run: Run, *, valid_to: date | None = None) -> Report:
    """W05: assess the verified family, compare with what it said, keep report and findings."""
    case = act.case
    with fence(PLATFORM):
        observations, refs = verification.observations_of(run)
        said = evidence.declared(case, act.today)
        known = evidence.verified(case, act.today)
        outcome = evidence.assess(case, known, act.today)
        found = findings.find(said, outcome, observations, refs)
        persons = {str(person.uid): person for person in Person.objects.filter(household=case.household)}
    days = int(parameters.plain_values(case.county, on=act.today, regime=case.regime)["report_valid_days"])
    report = verification_acts.report(
        act.actor,
        run,
        number=run.number,
        evidence=known.to_dict(),
        findings=found,
        refs=persons,
        summary={"per_capita_fen": outcome.per_capita_fen, "conclusion": outcome.conclusion},
        valid_to=valid_to or act.today + timedelta(days=days),
    )
    act.note(report=report.number, conclusion=report.conclusion)
    words = {"BLOCK": "超标", "DIFF": "差异", "HINT": "提示"}
    act.paper(
        "W05",
        conclusion=CONCLUSIONS[report.conclusion],
        data_on=report.data_on,
        valid_to_on=report.valid_to,
        sources_table=report.sources,
        findings=[
            {
                "level": words[each.level],
                "sentence": each.sentence,
                "value": each.value,
                "limit": each.limit,
                "article": each.article,
            }
            for each in found
        ],
        is_sample=outcome.is_sample,
    )
    return report


def carry_report(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """VER-CV: the report of the case this one continues is still in force; this aid's law looks at the same answers."""
    with acting(actor, uid, "VER-CV", seen=seen, once=once) as act:
        former = verification.latest_report(act.case.origin_id or 0)
        assert former is not None  # the guard has seen it
        run = verification_acts.carry_over(
            former.run,
            case_id=act.case.id,
            case_no=act.case.case_no,
            authorisation=act.case.authorisation,
            aid_type=act.case.aid_type,
        )
        make_report(act, run, valid_to=former.valid_to)
        act.note(carried_from=former.number)
    return act.case


def issue_report(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D4: by the verifier who ran it, or the county's when it was passed on."""
    with acting(actor, uid, "D4", seen=seen, once=once) as act:
        run = verification.latest_run(act.case.id)
        if run is None or run.state != Run.RUNNING:
            raise Refusal("E_VERIFICATION", why="没有进行中的核对")
        if run.route == "COUNTY" and actor.role != "COUNTY_VERIFIER":
            raise Refusal(
                "E_AUTH", role=actor.organ, act=act.move.title, why="本次核对已提请县级，由县级核对机构出具。"
            )
        make_report(act, run)
        if act.case.state in act.move.targets:  # beside the investigation the state stays (3.5)
            act.to(act.case.state)
    return act.case


def notify_may_apply(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D5, W06."""
    with acting(actor, uid, "D5", seen=seen, once=once) as act:
        _tell_may_apply(act)
    return act.case


def _tell_may_apply(act: Act) -> None:
    act.paper("W06", apply_until_on=in_hand.last_day_to_apply(act.case, act.today))


def notify_not_fit(
    actor: Actor,
    uid: UUID | str,
    *,
    confirmed: bool,
    explanation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D6, W07: with every reason, in plain words (S: 向申请人说明理由)."""
    with acting(actor, uid, "D6", seen=seen, once=once, confirmed=confirmed) as act:
        _tell_not_fit(act, explanation)
    return act.case


def _tell_not_fit(act: Act, explanation: str) -> None:
    blocking = verification.open_blocking(verification.latest_report(act.case.id))
    days = int(
        parameters.plain_values(act.case.county, on=act.today, regime=act.case.regime)["verify.objection_wd"]
    )
    until = parameters.calendar().add_working_days(act.today, days).on
    codes = [each.reason_code for each in blocking]
    act.note(codes=codes)
    act.paper(
        "W07",
        reasons=verification.blocking_reasons(verification.latest_report(act.case.id)),
        objection_until_on=until,
        explanation=explanation or "以上信息来自有关部门的登记，如与事实不符，请提供证据。",
    )


def object_to_report(
    actor: Actor, uid: UUID | str, *, reason: str, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D7: within ten working days; only the disputed sources are asked again (VER-24)."""
    with acting(actor, uid, "D7", seen=seen, once=once, reason=reason) as act:
        act.paper("W08", objection=reason, objected_on=act.today, recheck_result="待复查")
    return act.case


def start_recheck(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """Ask the sources behind the blocking findings again; the state stays RECHECK."""
    with transaction.atomic():
        case = locked(actor, uid)
        if case.state != "RECHECK":
            raise Refusal("E_STATE", act="开始复查", state=STATES[case.state].name)
        row = check_may_move(actor, case, registry.get(case.aid_type).moves, "D8")
        act = Act(actor=actor, case=case, move=row, at=clock.now())
        GUARDS["verifier_is_bound"](act)
        _refuse_running(case)
        _refuse_second_by_the_town(act)
        blocking = verification.open_blocking(verification.latest_report(case.id))
        route = "COUNTY" if actor.role == "COUNTY_VERIFIER" else "OWN"
        start_run(act, kind="RECHECK", route=route, sources=_only(act, {each.source for each in blocking}))
    return case


def _refuse_second_by_the_town(act: Act) -> None:
    """VER-24: whoever re-checked once does not judge his own re-check; the second one is the county's."""
    again = Run.objects.filter(case_id=act.case.id, kind="RECHECK", state=Run.REPORTED).exists()
    if again and act.actor.role != "COUNTY_VERIFIER":
        raise Refusal("E_AUTH", role=act.actor.organ, act="第二次复查", why="第二次复查由县级核对机构办理。")


def _refuse_running(case: Case) -> None:
    run = verification.latest_run(case.id)
    if run is not None and run.state == Run.RUNNING:
        raise Refusal("E_REPEAT", case_no=case.case_no)


def _only(act: Act, sources: set[str]) -> tuple[str, ...] | None:
    """The sources that are in question, in the aid type's order; all of them when none is (VER-24)."""
    return tuple(each for each in registry.get(act.case.aid_type).sources if each in sources) or None


def start_followup(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """VER-10, VER-20: after acceptance, ask again whoever was silent; everybody when the report has expired; and about
    a member who came home (AS-57).

    The state stays; :func:`conclude_followup` brings the new report.
    """
    with attempt(actor, uid, "VER-10"):
        case = locked(actor, uid)
        row = check_may_move(actor, case, registry.get(case.aid_type).moves, "VER-10")
        act = Act(actor=actor, case=case, move=row, at=clock.now())
        GUARDS["authorisation_in_force"](act)
        GUARDS["verifier_is_bound"](act)
        _refuse_running(case)
        report = verification.latest_report(case.id)
        if report is not None and report.valid_to >= act.today:
            silent, home = verification.silent_codes(report.run), homecomings.to_ask(case, act.today)
            if not silent and not home:
                raise Refusal("E_STATE", act="补充核对", state="核对报告完整且在有效期内")
            if home:  # every source; about all of them where some had been silent
                start_run(act, kind="FOLLOWUP", route="OWN", persons=None if silent else home)
            else:
                start_run(act, kind="FOLLOWUP", route="OWN", sources=_only(act, set(silent)))
        else:
            start_run(act, kind="FOLLOWUP", route="OWN")
    return case


# where a new finding would go unseen, the case goes back to the investigators
_PAST_INVESTIGATION = (
    "TOWN_REVIEW",
    "PRELIM_PUBLICITY",
    "COUNTY_REVIEW",
    "TOWN_APPROVAL",
    "RESULT_PUBLICITY",
)


def conclude_followup(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """VER-10: the supplementary report. What it newly finds is looked into before anybody decides or is paid."""
    with acting(actor, uid, "VER-10", seen=seen, once=once) as act:
        run = verification.latest_run(act.case.id)
        if run is None or run.state != Run.RUNNING or run.kind != "FOLLOWUP":
            raise Refusal("E_VERIFICATION", why="尚未发起补充核对")
        report = make_report(act, run)
        if act.case.state in _PAST_INVESTIGATION and (_news(report) or not _stands(act)):
            act.to("INVESTIGATING")
            publicity.take_down(act.case.id, act.today)
            open_round(act.case, actor)
        else:
            act.to(act.case.state)
    return act.case


def _news(report: Report) -> bool:
    return bool(verification.open_blocking(report) or verification.unanswered_differences(report))


def _stands(act: Act) -> bool:
    """The law is asked again with what is known now; a result already posted must come out the same."""
    outcome = assess_anew(act)
    if act.case.state not in ("RESULT_PUBLICITY", "PRELIM_PUBLICITY"):
        return True
    posted = guards.latest_posting(act.case)
    return outcome.conclusion == "QUALIFIED" and outcome.amount_fen == posted.amount_fen


def conclude_recheck(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """D8: a new report, then the one word or the other."""
    with acting(actor, uid, "D8", seen=seen, once=once) as act:
        run = verification.latest_run(act.case.id)
        if run is None or run.state != Run.RUNNING or run.kind != "RECHECK":
            raise Refusal("E_VERIFICATION", why="尚未开始复查")
        if run.route == "COUNTY" and actor.role != "COUNTY_VERIFIER":
            raise Refusal("E_AUTH", role=actor.organ, act=act.move.title, why="本次复查由县级核对机构办理。")
        make_report(act, run)
        if verification.open_blocking(verification.latest_report(act.case.id)):
            act.to("VER_NOT_FIT")
            act.start("CLK-OBJW")
            _tell_not_fit(act, "复查后仍不符合规定。")
        else:
            act.to("MAY_APPLY")
            _tell_may_apply(act)
    return act.case


def answer_finding(
    actor: Actor,
    uid: UUID | str,
    *,
    finding_id: int,
    outcome: str,
    reason: str,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Finding:
    """Confirm, explain or exempt one finding (VER-11, PR-21)."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, ("TOWN_CLERK", "TOWN_LEAD", "COUNTY_APPROVER"), "处理核对发现")
        if not case.open:
            raise Refusal("E_STATE", act="处理核对发现", state=STATES[case.state].name)
        finding = Finding.objects.filter(pk=finding_id, report__case_id=case.id).first()
        if finding is None:
            raise Refusal("E_NOT_FOUND", what="核对发现")
        verification_acts.answer_finding(actor, finding, outcome=outcome, reason=reason)
        return finding


def verify_again(
    actor: Actor, uid: UUID | str, *, seen: int | None = None, once: UUID | str | None = None
) -> Case:
    """AS-58: the report has expired before the application; back to verification under the same consent."""
    with acting(actor, uid, "D11r", seen=seen, once=once) as act:
        pass
    return act.case


def end_consent(case: Case, at: Any) -> None:
    """The consent ends with the case (VER-21), unless another case or a benefit in course still rests on it."""
    consent = case.authorisation
    if consent is None or consent.state not in (Authorisation.DRAFT, Authorisation.IN_FORCE):
        return
    others = Case.objects.filter(authorisation=consent).exclude(pk=case.pk)
    if not others.filter(Q(open=True) | Q(entitlement__state__in=Entitlement.RUNNING)).exists():
        for each in (consent, *consent.renewals.filter(state=Authorisation.DRAFT)):
            people.end_authorisation(each, at)
