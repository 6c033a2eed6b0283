"""What a person may try with a case or a benefit: each act once, with input drawn where it matters.

Moves of a case come from the table test (``CALLS``: a new move has its act there), so that a new aid type is driven
by its registry line alone; moves of a change and of an ending support come from their own tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import towns_of, villages_of
from jiuzhu.accounts.queries import colleagues
from jiuzhu.aid_types import registry
from jiuzhu.benefits import support_table
from jiuzhu.benefits import table as change_table
from jiuzhu.benefits.acts import changes, consents, recovery, reviews, support, support_stop
from jiuzhu.benefits.models import Change, Overpay, Review, WorkOffer
from jiuzhu.cases.acts import (
    acceptance,
    application,
    archive,
    authorisation,
    conversion,
    decision,
    events,
    investigation,
    materials,
    objection,
    obligors,
    service,
    timekeeping,
    transfer,
    verification,
)
from jiuzhu.cases.acts import support as rating
from jiuzhu.cases.acts.emergency import announcing, handing_over, registering, supplementing
from jiuzhu.cases.guards import PROVIDED_MATERIALS
from jiuzhu.cases.models import Case, Entitlement, Transfer
from jiuzhu.cases.models.support import Institution, SupportSpan
from jiuzhu.cases.tests.test_moves_table import CALLS
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.people.models import Person
from jiuzhu.policy import changes as law
from jiuzhu.publicity.models import Posting
from jiuzhu.verification import queries as findings
from jiuzhu.workflow.clocks import EXTENSION_REASONS

Draw = Callable[[st.SearchStrategy[Any]], Any]
Call = Callable[[Actor], Any]
SIGNATURE, PHOTO = drawn_picture("signature"), drawn_picture("photo")
CLERK, LEAD, VERIFIER, FAMILY = "TOWN_CLERK", "TOWN_LEAD", "TOWN_VERIFIER", "APPLICANT"
ACCOUNT = {"bank_code": "103", "bank_name": "中国农业银行"}
CARER_NO = "371599196503152120"


@dataclass(frozen=True)
class Try:
    """``roles`` are those who may; somebody else may try as well and is refused. ``position``: the second of a role."""

    name: str
    roles: tuple[str, ...]
    call: Call
    position: int = 0


def one_of(draw: Draw, options: Any) -> Any:
    rows = list(options)
    return rows[draw(st.integers(0, len(rows) - 1))]


# —— a case


def moves(case: Case, draw: Draw) -> dict[str, Call]:
    """Every move of the case's table."""
    uid, persons = case.uid, list(Person.objects.filter(household=case.household).order_by("id"))
    own = _with_input(case, persons, draw)
    keys = {row.key for row in registry.get(case.aid_type).moves if row.sources}
    return {key: own.get(key) or _plain(key, uid) for key in sorted(keys)}


def _plain(key: str, uid: Any) -> Call:
    return lambda actor: CALLS[key](actor, uid)


def _with_input(case: Case, persons: list[Person], draw: Draw) -> dict[str, Call]:
    """Moves that say more than the table test tells them."""
    uid = case.uid

    def second(actor: Actor) -> int:
        return int(
            next(
                (
                    each.id
                    for each in colleagues(actor.organ_id, clock.today(), (CLERK,))
                    if each.id != actor.id
                ),
                0,
            )
        )

    def deliver(actor: Actor) -> Any:
        return handing_over.deliver(
            actor,
            uid,
            kind=one_of(draw, ("CASH", "GOODS", "TRANSFER")),
            amount_fen=draw(st.integers(1, 30)) * 10_000,
            what="棉被两床",
            second_id=second(actor),
            picture=SIGNATURE,
            second_picture=one_of(draw, (None, SIGNATURE)),
            good_reason=one_of(draw, ("", "同一事由确有困难")),
        )

    def register(actor: Actor) -> Any:
        return registering.complete_registration(
            actor,
            uid,
            severity=one_of(draw, ("LIGHT", "MEDIUM", "HEAVY", "EXTREME")),
            persons=draw(st.integers(1, 4)),
            cause=one_of(draw, registry.get(case.aid_type).hardship_causes),
            reason="住房起火",
            picture=SIGNATURE,
            unknown_identity="身上没有证件，正在查找",
            override_reason=one_of(draw, ("", "家中还有重病人需要照料")),
        )

    def rate(actor: Actor) -> Any:
        items = registry.get(case.aid_type).support.items
        return rating.rate_self_care(actor, uid, **rated(items, draw))

    def die(actor: Actor) -> Any:
        return events.record_death(
            actor,
            uid,
            person_uid=one_of(draw, persons).uid,
            died_on=clock.today() - timedelta(days=draw(st.integers(0, 40))),
            proof="村委会证明",
            applicant_uid=one_of(draw, [None, *(each.uid for each in persons)]),
        )

    return {
        "D2": lambda a: authorisation.sign(a, uid, person_uid=one_of(draw, persons).uid, picture=SIGNATURE),
        "D3": lambda a: verification.start_verification(a, uid, route=one_of(draw, ("OWN", "COUNTY"))),
        "D12": lambda a: acceptance.accept(a, uid, file_kin=draw(st.booleans())),
        "D14": lambda a: acceptance.accept(a, uid, file_kin=True),
        "D13": lambda a: acceptance.ask_for_correction(
            a, uid, items=[one_of(draw, PROVIDED_MATERIALS)], explanation="请补齐"
        ),
        "D23": lambda a: decision.approve(a, uid, override_reason=one_of(draw, ("", "家中特殊困难，集体研究决定"))),
        "D31": lambda a: decision.terminate(a, uid, reason="拒不配合", codes=["RC-NOCOOP"]),
        "DTH": die,
        "REL-04": lambda a: events.file_kin(
            a, uid, official=one_of(draw, ("", "陈立本")), post="村委员", relation="兄弟"
        ),
        "CONV": lambda a: convert(a, case, draw),
        "E2": deliver,
        "E2s": deliver,
        "E2o": lambda a: handing_over.record_oral_approval(
            a, uid, amount_fen=draw(st.integers(1, 60)) * 10_000, approver_name="周海", approver_post="副局长"
        ),
        "E3": register,
        "E4": lambda a: supplementing.ask_for_supplement(
            a, uid, severity=one_of(draw, ("HEAVY", "EXTREME")), persons=draw(st.integers(1, 4)), opinion="建议追加"
        ),
        "E4a": lambda a: supplementing.approve_supplement(
            a, uid, override_reason=one_of(draw, ("", "家中特殊困难，集体研究决定"))
        ),
        "E8": lambda a: announcing.announce_month(a, case.town_id, clock.today()),
        "TK-08": rate,
    }  # fmt: skip


def rated(items: Any, draw: Draw) -> dict[str, Any]:
    return {
        "items": {item: draw(st.booleans()) for item in items},
        "assessor": "孙医生",
        "second_assessor": "钱护士",
        "witness": "邻居老周",
        "signatures": [SIGNATURE] * 3,
        "organisation": "镇卫生院",
    }


def convert(actor: Actor, case: Case, draw: Draw) -> Any:
    return conversion.convert(
        actor, case.uid, aid_type=one_of(draw, [aid.code for aid in registry.all_types()]), agreed=True
    )


def work(case: Case, draw: Draw) -> Iterator[Try]:
    """What belongs to the state beside its moves; each is tried for itself."""
    uid, applicant = case.uid, str(case.applicant.uid)
    persons = list(Person.objects.filter(household=case.household).order_by("id"))
    if case.state == "INTENT":
        for person in persons:
            yield Try(
                "sign",
                (FAMILY,),
                lambda a, p=person: authorisation.sign(a, uid, person_uid=p.uid, picture=SIGNATURE),
            )
        for obligor in case.household.obligors.order_by("id"):
            yield Try(
                "sign",
                (CLERK,),
                lambda a, o=obligor: authorisation.sign(
                    a, uid, obligor_id=o.id, picture=SIGNATURE, mode="PAPER"
                ),
            )
            yield Try(
                "excuse",
                (CLERK,),
                lambda a, o=obligor: obligors.excuse_obligor(
                    a, uid, obligor_id=o.id, kind="REFUSED", reason="多次上门不愿签字"
                ),
            )
    if case.state in ("AUTHORISED", "MAY_APPLY", "VER_NOT_FIT", "INVESTIGATING"):
        yield Try(
            "draft",
            (FAMILY if case.state != "INVESTIGATING" else CLERK,),
            lambda a: application.save_draft(a, uid, form(case, draw)),
        )
    if case.state == "RECHECK":
        yield Try("recheck", (VERIFIER,), lambda a: verification.start_recheck(a, uid))
    if case.state in ("VERIFIED", "INVESTIGATING"):
        report = findings.latest_report(case.id)
        for finding in findings.open_blocking(report) + findings.unanswered_differences(report):
            yield Try(
                "answer",
                (CLERK,),
                lambda a, f=finding: verification.answer_finding(
                    a,
                    uid,
                    finding_id=f.id,
                    outcome=one_of(draw, ("CONFIRMED", "EXPLAINED", "EXEMPTED")),
                    reason="入户核实，有证据",
                ),
            )
    if case.state in ("APPLIED", "CORRECTION"):
        yield Try("account", (FAMILY,), lambda a: materials.supply(a, uid, account=account(applicant)))
        yield Try(
            "material",
            (FAMILY,),
            lambda a: materials.add_material(a, uid, kind=one_of(draw, PROVIDED_MATERIALS), picture=PHOTO),
        )
    if case.state == "INVESTIGATING":
        present = one_of(draw, persons)
        yield Try(
            "visit",
            (CLERK,),
            lambda a: investigation.record_visit(
                a,
                uid,
                visited_at=clock.now() - timedelta(minutes=5),
                present_uid=present.uid,
                living={"housing": "平房"},
                conclusion="情况属实",
            ),
        )
        yield Try("photo", (CLERK,), lambda a: investigation.add_photo(a, uid, picture=drawn_picture("home")))
        yield Try("present", (CLERK,), lambda a: investigation.sign_as_present(a, uid, picture=SIGNATURE))
        for position in (0, 1):
            yield Try(
                "investigator",
                (CLERK,),
                lambda a: investigation.sign_as_investigator(a, uid, picture=SIGNATURE),
                position,
            )
    if Posting.objects.filter(case_id=case.id, removed_on__isnull=True).exists():
        for moment in ("START", "END"):
            yield Try(
                "posted",
                (CLERK,),
                lambda a, m=moment: objection.photograph_posting(
                    a, uid, picture=drawn_picture("posting"), moment=m
                ),
            )


def form(case: Case, draw: Draw) -> dict[str, Any]:
    applicant = str(case.applicant.uid)
    body: dict[str, Any] = {
        "incomes": [{"person": applicant, "category": "W", "kind": "务工工资", "month_fen": draw(st.integers(0, 12)) * 10_000}],
        "account": account(applicant),
        "hardship": "收入不够生活。",
    }  # fmt: skip
    if registry.get(case.aid_type).asks_spending:
        body["spendings"] = [
            {"person": applicant, "kind": "MEDICAL", "self_paid_fen": draw(st.integers(1, 8)) * 1_000_000}
        ]
    return body


def account(holder: str) -> dict[str, Any]:
    return ACCOUNT | {"holder": holder, "number": "6228480000001234567"}


def beside(case: Case, draw: Draw) -> Try:
    """Something else a person may do with a case at any time."""
    uid = case.uid
    persons = list(Person.objects.filter(household=case.household).order_by("id"))
    papers = list(
        Document.objects.filter(case_id=case.id, needs_service=True, state=Document.ISSUED).order_by("id")
    )
    posting = Posting.objects.filter(case_id=case.id).order_by("-id").first()
    other = [
        each
        for each in sorted(towns_of(case.county, clock.today()), key=lambda town: town.code)
        if each.id != case.town_id
    ] + list(
        Organisation.objects.filter(code__in=("371502101", "371522001", "371581101"))
        .exclude(pk=case.town_id)
        .order_by("code")
    )
    sent = Transfer.objects.filter(household=case.household).order_by("-id").first()
    tries = [
        Try("pause", (LEAD,), lambda a: timekeeping.pause_clock(a, uid, kind=one_of(draw, timekeeping.PAUSES), reason="住院", document_no="1号")),
        Try("resume", (LEAD,), lambda a: timekeeping.resume_clock(a, uid)),
        Try("extend", timekeeping.EXTENDERS, lambda a: timekeeping.extend_total(a, uid, reason=one_of(draw, EXTENSION_REASONS), explanation="多地取证")),
        Try("followup", (VERIFIER,), lambda a: verification.start_followup(a, uid)),
        Try("archive", (CLERK, "CENTER_STAFF"), lambda a: archive.close_dossier(a, uid)),
        Try("convert", (CLERK,), lambda a: convert(a, case, draw)),
        Try("move away", (CLERK,), lambda a: transfer.request_transfer(a, uid, to_town_id=one_of(draw, other).id, reason="随子女居住")),
        Try("consent anew", (CLERK, FAMILY), lambda a: authorisation.renew(a, uid)),
        Try("sign late", (CLERK, FAMILY), lambda a: authorisation.sign(a, uid, person_uid=one_of(draw, persons).uid, picture=SIGNATURE)),
        Try("object", (FAMILY,), lambda a: objection.object_publicly(posting.token if posting else "none", content="他家有一辆车没有报")),
    ]  # fmt: skip
    for paper in papers[:1]:
        tries += [
            Try("serve", (CLERK,), lambda a, p=paper: service.serve_paper(a, uid, p.id, mode=one_of(draw, ("IN_PERSON", "AGENT")), receiver="本人", picture=SIGNATURE)),
            Try("receive", (FAMILY,), lambda a, p=paper: service.receive_paper(a, uid, p.id)),
        ]  # fmt: skip
    if sent:
        village = villages_of(sent.to_town)[0].code
        tries += [
            Try("take over", ("NEW_CLERK",), lambda a: transfer.accept_transfer(a, sent.uid, village_code=village)),
            Try("send back", ("NEW_CLERK",), lambda a: transfer.return_transfer(a, sent.uid, reason="没有居住")),
            Try("checked", ("NEW_CLERK",), lambda a: transfer.conclude_check(a, sent.uid, finding="情况属实")),
        ]  # fmt: skip
    return one_of(draw, tries)


# —— a benefit


def given(kind: str, benefit: Entitlement, draw: Draw) -> dict[str, Any]:
    """What is told with a change of this kind."""
    persons = list(Person.objects.filter(household=benefit.household).order_by("id"))
    who, heir = str(one_of(draw, persons).uid), str(one_of(draw, persons).uid)
    if kind == law.ADD:
        return {"entry": {"name": "示例丁", "relation": "2", "id_no": "371599201203052113", "labour": "MINOR", "employment": "8"}, "signed": True}  # fmt: skip
    if kind == law.DEL:
        until = clock.today() + timedelta(days=draw(st.integers(-10, 700))) if draw(st.booleans()) else None
        return {"person": who, "why": one_of(draw, law.WHY_GONE), "payee": heir, "away_until": until}
    if kind == law.INC:
        row = {"member": who, "kind": "wage", "month_fen": draw(st.integers(0, 20)) * 10_000}
        return {"incomes": [row], "new_work": draw(st.booleans())}
    if kind == law.CLS:
        return {"review_class": one_of(draw, "ABC")}
    if kind == law.ACC:
        return ACCOUNT | {"holder": who, "number": f"62284800{draw(st.integers(10**8, 10**9))}"}
    if kind == law.CARE:
        last = benefit.case.ratings.order_by("-seq").first()
        return {"self_care": {"member": str(last.person.uid)} | last.items} if last else {}
    if kind == law.CERT:
        until = clock.today() + timedelta(days=draw(st.integers(-1, 3650)))
        return {"person": who, "disability_category": "4", "disability_grade": one_of(draw, "1234"), "disability_until": until}  # fmt: skip
    if kind == law.JOB:
        return {"person": who}
    if kind == law.REIN:
        return {"decision_no": "复议1号"}
    reasons = {law.SUS: law.WHY_SUSPENDED, law.END: law.WHY_STOPPED}
    return {"why": one_of(draw, reasons[kind])} if kind in reasons else {}


def report_change(benefit: Entitlement, kind: str, draw: Draw) -> Try:
    told = given(kind, benefit, draw)
    happened = clock.today() - timedelta(days=draw(st.integers(0, 100)))
    roles = tuple(sorted(change_table.MOVES["report"].roles))
    return Try(
        f"report {kind}", roles, lambda a: changes.report(a, benefit.id, kind, told, happened_on=happened)
    )


def change_moves(change: Change, draw: Draw) -> dict[str, Call]:
    uid, kept = change.uid, change.examinations.order_by("-id").first()
    options = ["", *(kept.options if kept else ()), law.KEEP]
    return {
        "examine": lambda a: changes.examine(a, uid, text="已核实。"),
        "send_back": lambda a: changes.send_back(a, uid, reason="不清楚"),
        "decide": lambda a: changes.decide(a, uid, result=one_of(draw, options), explanation="情况属实"),
        "serve": lambda a: changes.serve(
            a, uid, mode=one_of(draw, ("IN_PERSON", "POST")), note="单号1", picture=SIGNATURE
        ),
        "drop": lambda a: changes.drop(a, uid, reason="误报"),
    }


def change_step(change: Change, draw: Draw) -> Try:
    here = [key for key, row in change_table.MOVES.items() if change.state in row.sources]
    calls = change_moves(change, draw)
    key = one_of(draw, here + here + sorted(calls))
    return Try(f"change {key}", tuple(sorted(change_table.MOVES[key].roles)), calls[key])


def review_step(review: Review, clerks: list[int], draw: Draw) -> Try:
    pk = review.id
    return one_of(
        draw,
        [
            Try("review start", (VERIFIER,), lambda a: reviews.start(a, pk)),
            Try("review report", (VERIFIER,), lambda a: reviews.issue_report(a, pk)),
            Try("review visit", (CLERK,), lambda a: reviews.visit(a, pk, officers=clerks, text="入户查看")),
            Try("review conclude", (CLERK,), lambda a: reviews.conclude(a, pk, text="按测算办理")),
        ],
    )


def money_step(benefit: Entitlement, draw: Draw) -> Try:
    """Work offered, gradual exit over, money that comes back."""
    persons = list(Person.objects.filter(household=benefit.household).order_by("id"))
    deciders = (LEAD, "COUNTY_APPROVER")
    month = clock.today().replace(day=1)
    tries = [
        Try("consent back", (CLERK, FAMILY), lambda a: consents.withdraw(a, benefit.id, reason="不愿意再查")),
        Try("fading over", deciders, lambda a: changes.end_fading(a, benefit.id)),
        Try("claim", deciders, lambda a: recovery.claim(a, benefit.id, amount_fen=draw(st.integers(1, 9)) * 1000, months=[month], cause="核定有误")),
    ]  # fmt: skip
    who = str(one_of(draw, persons).uid)
    days = WorkOffer.objects.filter(entitlement=benefit).count()
    tries.append(
        Try("offer work", (CLERK,), lambda a: changes.offer_work(a, benefit.id, person=who, offered_on=clock.today() - timedelta(days=days), what="保洁岗位", refused=True, reason="不愿意去"))
    )  # fmt: skip
    overpay = Overpay.objects.filter(entitlement=benefit, closed_on__isnull=True).first()
    if overpay:
        tries += [
            Try("recovery plan", deciders, lambda a: recovery.plan(a, overpay.id, way=one_of(draw, recovery.PLANS), instalments=draw(st.integers(1, 6)), consent=SIGNATURE)),
            Try("repay", (CLERK,), lambda a: recovery.repay(a, overpay.id, amount_fen=draw(st.integers(1, 9)) * 1000, paid_on=clock.today(), voucher_no=f"{clock.now():%Y%m%d%H%M}")),
        ]  # fmt: skip
    return one_of(draw, tries)


# —— support


def stop_moves(case: Case, draw: Draw) -> dict[str, Call]:
    uid, reasons = case.uid, registry.get(case.aid_type).support.stop_reasons
    return {
        "propose": lambda a: support_stop.propose(
            a, uid, reason=one_of(draw, reasons), facts="经核实属实", wish=SIGNATURE,
            happened_on=clock.today() - timedelta(days=draw(st.integers(0, 70))),
        ),
        "post": lambda a: support_stop.post(a, uid),
        "object": lambda a: support_stop.object_to_stop(a, uid, content="本人没有恢复劳动能力"),
        "repost": lambda a: support_stop.repost(a, uid, findings="调查属实"),
        "drop": lambda a: support_stop.drop(a, uid, reason="情况不属实"),
        "decide": lambda a: support_stop.decide(a, uid),
        "serve": lambda a: support_stop.serve(a, uid, mode="AGENT", receiver="侄女", picture=SIGNATURE),
    }  # fmt: skip


def support_step(case: Case, benefit: Entitlement, draw: Draw) -> Try:
    """Where a person is supported, by whom, how able he is, and the way to the end of it."""
    uid, items = case.uid, registry.get(case.aid_type).support.items
    home = Institution.objects.filter(county=case.county).order_by("id").first()
    stop = benefit.support_stops.filter(open=True).first()
    rows = support_table.MOVES
    here = [key for key, row in rows.items() if (stop.state if stop else "") in (row.sources or ("",))]
    calls = stop_moves(case, draw)
    key = one_of(draw, here + here + sorted(calls))
    deciders = (LEAD, "COUNTY_APPROVER")
    tries = [
        Try(f"stop {key}", tuple(sorted(rows[key].roles - {"PUBLIC"})), calls[key]),
        Try(f"stop {key}", tuple(sorted(rows[key].roles - {"PUBLIC"})), calls[key]),
        Try("agreement", (CLERK,), lambda a: support.sign_agreement(a, uid, carer_name="王小梅", carer_relation="侄女", carer_id_no=CARER_NO, number="6228480000007654321", duties="每日三餐，陪同就医", ends_on=clock.today() + timedelta(days=365), person_signature=SIGNATURE, carer_signature=SIGNATURE, **ACCOUNT)),
        Try("choose", (CLERK,), lambda a: support.choose_support(a, uid, mode=one_of(draw, SupportSpan.MODES), institution_id=home.id if home else None, signature=SIGNATURE)),
        Try("rate again", (CLERK, "COUNTY_SUPERVISOR"), lambda a: support.rate_again(a, uid, **rated(items, draw))),
        Try("self care", (CLERK,), lambda a: support.report_self_care(a, uid, text="摔伤后不能走路")),
        Try("home", ("COUNTY_SUPERVISOR",), lambda a: support.register_institution(a, name="示例敬老院", number="955880000000001", beds=80, **ACCOUNT)),
        Try("other aid", (CLERK,), lambda a: support_stop.note_other_aid(a, uid, result="已转办低保")),
        Try("funeral", deciders, lambda a: support_stop.pay_funeral(a, uid, arranger_name="王小梅", arranger_relation="侄女", arranger_id_no=CARER_NO, number="6228480000007654321", proof=PHOTO, **ACCOUNT)),
    ]  # fmt: skip
    return one_of(draw, tries)


def moved_to(household_id: int) -> Organisation | None:
    """The township a family is on its way to."""
    with fence(PLATFORM):
        row = Transfer.objects.filter(household_id=household_id).order_by("-id").first()
        return row.to_town if row else None
