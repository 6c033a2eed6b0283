"""Periodic review (5.2, DYN-01..03): planned by the calendar, asked anew under the standing consent, visited, concluded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Staff
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.benefits import facts as reported
from jiuzhu.benefits import papers, standing, statements, table
from jiuzhu.benefits.acts._act import Act, Once, finish, locked_entitlement, values
from jiuzhu.benefits.acts.changes import examination, open_change
from jiuzhu.benefits.models import Change, Review
from jiuzhu.benefits.permissions import check_role
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.queue import defer
from jiuzhu.people.models import Person
from jiuzhu.people.queries import present_members, unsigned
from jiuzhu.policy import changes as law
from jiuzhu.policy import findings
from jiuzhu.policy.evidence import Evidence
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.verification import acts as verification_acts
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Report, Run

CONCLUSIONS = {
    "FIT": "未发现不符合规定的情形",
    "NOT_FIT": "存在不符合规定的情形",
    "PARTIAL": "部分来源未反馈，其余未发现不符合规定的情形",
}


def plan(today: date) -> int:
    """One statement for the whole city: a review for every benefit due within thirty days; how many are new."""
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            statements.PLAN_REVIEWS, {"today": today, "until": today + timedelta(days=law.PROMPT_DAYS)}
        )
        added = int(cursor.rowcount)
        if added:
            record(PLATFORM, "benefit.plan_reviews", count=added)
    return added


def _locked(actor: Actor, review_id: int) -> tuple[Review, Entitlement]:
    of = Review.objects.filter(pk=review_id).values_list("entitlement_id", flat=True).first()
    if of is None:
        raise Refusal("E_NOT_FOUND", what="复核")
    entitlement = locked_entitlement(actor, of)
    review = Review.objects.select_for_update().get(pk=review_id)
    if review.state not in (Review.PLANNED, Review.RUNNING):
        raise Refusal("E_BENEFIT_STATE", state="复核已办结", act="复核")
    return review, entitlement


def start(actor: Actor, review_id: int) -> Review:
    """Ask the departments again (DYN-02). Raises E_AUTH, E_CONF, E_NOAUTH, E_NOT_SIGNED, E_SCOPE."""
    with transaction.atomic():
        review, entitlement = _locked(actor, review_id)
        check_role(actor, ("TOWN_VERIFIER",), "发起复核核对", entitlement)
        if review.state != Review.PLANNED:
            raise Refusal("E_BENEFIT_STATE", state="核对已发起", act="发起复核核对")
        case, aid = entitlement.case, registry.get(entitlement.aid_type)
        if case.authorisation is None:
            raise Refusal("E_NOAUTH", why="没有有效的授权书。")
        run = verification_acts.start_run(
            actor,
            case_id=case.id,
            case_no=case.case_no,
            household=entitlement.household,
            authorisation=case.authorisation,
            aid_type=entitlement.aid_type,
            people=signed_members(entitlement, clock.today()),
            sources=verification_acts.covered(case.authorisation, aid.sources),
            mandatory=aid.mandatory_sources,
            kind="REVIEW",
            route="OWN",
        )
        for inquiry in run.inquiries.all():
            defer("verification.ask", inquiry_id=inquiry.id)
        review.state, review.run_id = Review.RUNNING, run.id
        review.save(update_fields=["state", "run_id"])
    return review


def signed_members(entitlement: Entitlement, today: date) -> list[Person]:
    """Everybody at home; an adult who joined or came home later has to sign before he is asked about (VER-22, AS-57)."""
    regime = regime_today(entitlement.county, today)
    missing = unsigned(entitlement.case.authorisation, today, regime)
    if missing:
        raise Refusal("E_NOT_SIGNED", names="、".join(each.name for each in missing))
    return [each.person for each in present_members(entitlement.household, today, regime)]


def visit(
    actor: Actor,
    review_id: int,
    *,
    officers: list[int],
    text: str,
    visited_on: date | None = None,
    picture: Picture | None = None,
) -> Review:
    """Two officers at home: what they found, with a photo."""
    with transaction.atomic():
        review, entitlement = _locked(actor, review_id)
        check_role(actor, ("TOWN_CLERK",), "登记复核入户", entitlement)
        if Staff.objects.filter(pk__in=officers, is_active=True).count() < 2:
            raise Refusal("E_INVESTIGATION", why="复核入户须两人以上")
        if len(text.strip()) < 2:
            raise Refusal("E_INPUT", field="入户情况", problem="请填写")
        on = visited_on or clock.today()
        if on > clock.today():
            raise Refusal("E_INPUT", field="入户日期", problem="不能晚于今天")
        review.visitors, review.visit_text, review.visited_on = sorted(set(officers)), text.strip()[:1000], on
        if picture:
            review.visit_photo = files.keep(picture.content, picture.mime)
        review.save()
        record(actor, "benefit.review_visit", about=review, case_no=entitlement.case.case_no)
    return review


def issue_report(actor: Actor, review_id: int) -> Report:
    """W05 of the review, by the verifier who asked; silent sources are named, never taken for "nothing"."""
    with transaction.atomic():
        review, entitlement = _locked(actor, review_id)
        check_role(actor, ("TOWN_VERIFIER",), "出具复核核对报告", entitlement)
        run = _run(review)
        if run is None or run.state != Run.RUNNING:
            raise Refusal("E_VERIFICATION", why="没有进行中的核对")
        today = clock.today()
        regime = regime_today(entitlement.county, today)
        limits = values(entitlement, regime, today)
        waiting = verification.waiting_sources(run, today, int(limits["verify.source_timeout_wd"]))
        if waiting:
            raise Refusal("E_VERIFICATION", why=f"{'、'.join(waiting)}尚未反馈")
        with fence(PLATFORM):
            said = standing.standing(entitlement).evidence
            known = verified(entitlement, run, today, regime)
            outcome = standing.assess(entitlement.aid_type, known, limits, regime)
            observations, refs = verification.observations_of(run)
            found = findings.find(said, outcome, observations, refs, answered=known.answered)
            persons = {str(each.uid): each for each in Person.objects.filter(household=entitlement.household)}
        report = verification_acts.report(
            actor,
            run,
            number=run.number,
            evidence=known.to_dict(),
            findings=found,
            refs=persons,
            summary={"per_capita_fen": outcome.per_capita_fen, "conclusion": outcome.conclusion},
            valid_to=today + timedelta(days=int(limits["report_valid_days"])),
        )
        words = {"BLOCK": "超标", "DIFF": "差异", "HINT": "提示"}
        papers.issue(
            actor,
            entitlement,
            "W05",
            organ=entitlement.town,
            regime=regime,
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


def _run(review: Review) -> Run | None:
    return Run.objects.filter(pk=review.run_id).first() if review.run_id else None


def verified(entitlement: Entitlement, run: Run, on: date, regime: str) -> Evidence:
    """The established family with what the departments say now put in; what was explained earlier is not asked again."""
    family = standing.standing(entitlement).evidence
    with fence(PLATFORM):
        observations, refs = verification.observations_of(run)
        spoken, explained = verification.spoke(run), verification.accepted(run.case_id)
    now = replace(family, as_of=on, answered=spoken)
    return findings.with_observations(now, observations, refs, regime=regime, explained=explained)


def needs_visit(review: Review) -> bool:
    """DYN-02: class C always, others when the report found something."""
    report = Report.objects.filter(run_id=review.run_id).first() if review.run_id else None
    return review.review_class == "C" or (
        report is not None and report.findings.exclude(level="HINT").exists()
    )


def conclude(
    actor: Actor,
    review_id: int,
    *,
    text: str,
    given: dict[str, Any] | None = None,
    once: Once = None,
) -> Change:
    """The clerk's finding: the verified family, with what was seen at home, before the law; a decision follows.

    ``given`` holds incomes, assets and ``new_work`` as they are now (see ``changes.report``).
    """
    if len(text.strip()) < 2:
        raise Refusal("E_INPUT", field="复核意见", problem="请填写")
    with transaction.atomic():
        review, entitlement = _locked(actor, review_id)
        check_role(actor, ("TOWN_CLERK",), "形成复核意见", entitlement)
        run = _run(review)
        if run is None or run.state != Run.REPORTED:
            raise Refusal("E_REVIEW", why="还没有复核核对报告")
        if needs_visit(review) and review.visited_on is None:
            raise Refusal("E_REVIEW", why="C类家庭或核对有发现的，须先入户")
        today = clock.today()
        known = verified(entitlement, run, today, regime_today(entitlement.county, today))
        facts = reported.moneys(entitlement, known, given or {})
        change = open_change(actor, entitlement, law.REV, {}, review_id=review.id, once=once)
        change.facts = facts | {"new_work": bool((given or {}).get("new_work"))}
        act = Act(actor, change, entitlement, table.MOVES["examine"], clock.now())
        after = law.after(known, change.facts, act.today)
        kept = examination(act, text, after=after)
        act.note = law.RESULTS[kept.result]
        finish(act)
    return change
