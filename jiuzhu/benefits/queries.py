"""Reads on benefits in course, always on behalf of someone; the fence keeps them to the asker's area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import decide_authority, village_name
from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE
from jiuzhu.benefits import facts, permissions, standing, table
from jiuzhu.benefits.models import (
    Alert,
    Change,
    ChangeStep,
    Fading,
    Notice,
    Overpay,
    PlaceAlert,
    Review,
    StandardBatch,
    StandardLine,
    Suspension,
    WorkOffer,
)
from jiuzhu.cases import consents
from jiuzhu.cases.models import Decision, Entitlement, EntitlementAmount, KinFiling
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import queries as money
from jiuzhu.people.models import Authorisation, Membership, Signature
from jiuzhu.people.queries import account_on
from jiuzhu.policy import changes as law
from jiuzhu.policy.conditions import show
from jiuzhu.policy.outcome import Outcome
from jiuzhu.verification.models import Inquiry, Report

STATE_WORDS = {
    Entitlement.ACTIVE: ("在保", "green"),
    Entitlement.SUSPENDED: ("暂停", "orange"),
    Entitlement.GRADUAL: ("渐退", "yellow"),
    Entitlement.STOPPED: ("已停发", "grey"),
    Entitlement.CLOSED: ("已归档", "grey"),
    Entitlement.VOID: ("未生效", "grey"),
}


RUNNING = Entitlement.RUNNING
ALERT_RESULTS, PLACE_RESULTS = Alert.RESULTS, PlaceAlert.RESULTS


def visible_entitlements(actor: Actor) -> QuerySet[Entitlement]:
    """The first fence: benefits of the asker's area or household."""
    if actor.kind == "SYSTEM":
        return Entitlement.objects.all()
    if actor.is_citizen:
        return Entitlement.objects.filter(household_id=actor.household_id)
    if not has_power(actor.role, "case.read"):
        return Entitlement.objects.none()
    found = Entitlement.objects.filter(town_id__in=actor.towns)
    return found.filter(village_code__in=actor.villages) if actor.villages else found


def benefits(
    actor: Actor,
    *,
    state: str = "",
    aid_type: str = "",
    town: int | None = None,
    review: str = "",
    name: str = "",
    pending: str = "",
) -> QuerySet[Entitlement]:
    """The 在保台账: benefits in the asker's area with today's amount; ``review`` is due, late or soon,
    ``pending`` a key of PENDING.
    """
    today = clock.today()
    month = today.replace(day=1)
    now = EntitlementAmount.objects.filter(
        Q(to_month__isnull=True) | Q(to_month__gte=month),
        entitlement=OuterRef("pk"),
        superseded_at__isnull=True,
        from_month__lte=month,
    )
    found = (
        visible_entitlements(actor)
        .select_related("case__applicant", "town", "household")
        .annotate(
            month_fen=Subquery(now.values(sum=F("base_fen") + F("topup_fen") + F("care_fen"))[:1]),
            persons=Subquery(now.values("members_count")[:1]),
        )
    )
    given = {"state": state, "aid_type": aid_type, "town_id": town}
    found = found.filter(**{key: value for key, value in given.items() if value})
    if not state:
        found = found.exclude(state=Entitlement.VOID)
    if name:
        found = found.filter(case__applicant__name__startswith=name)
    if pending:
        found = found.filter(pk__in=PENDING[pending][1](actor))
    if review:
        found = found.filter(state__in=Entitlement.RUNNING)
        late = today - timedelta(days=law.LATE_DAYS)
        soon = today + timedelta(days=law.PROMPT_DAYS)
        found = found.filter(
            {
                "late": Q(next_review_on__lte=late),
                "due": Q(next_review_on__lte=today),
                "soon": Q(next_review_on__lte=soon),
            }[review]
        )
    return found.order_by("id")


def consents_due(actor: Actor) -> QuerySet[Entitlement]:
    """Families whose consent an adult at home has not signed, or that ends within thirty days or has (VER-21, DQ-14)."""
    today = clock.today()
    at_home = Q(exclude_code="") | Q(exclude_until__lt=today)
    signed = Signature.objects.filter(
        authorisation=OuterRef(OuterRef("case__authorisation")), person=OuterRef("person")
    )
    unsigned = Membership.objects.filter(
        at_home,
        Q(left_on__isnull=True) | Q(left_on__gte=today),
        ~Exists(signed),
        household=OuterRef("household"),
        joined_on__lte=today,
        person__died_on__isnull=True,
        person__born_on__lte=add_months(today, -18 * 12),
    )
    holds = Q(
        case__authorisation__state=Authorisation.IN_FORCE,
        case__authorisation__valid_to__gte=today + timedelta(days=consents.RENEW_DAYS),
    )
    running = visible_entitlements(actor).filter(state__in=Entitlement.RUNNING)
    return running.filter(~holds | Exists(unsigned))


def fadings_due(actor: Actor) -> QuerySet[Entitlement]:
    """Gradual exits whose last month has begun and of which the family was not told yet (DYN-20, AS-39)."""
    over = Fading.objects.filter(
        entitlement=OuterRef("pk"),
        ended_month__isnull=True,
        last_month__lte=clock.today().replace(day=1),
    )
    told = Change.objects.filter(entitlement=OuterRef("pk"), open=True, kind=law.END)
    return visible_entitlements(actor).filter(Exists(over), ~Exists(told), state=Entitlement.GRADUAL)


def pauses_due(actor: Actor) -> QuerySet[Entitlement]:
    """Suspensions in their last month or beyond it: to be resumed with arrears, or stopped (DYN-13)."""
    over = Suspension.objects.filter(
        entitlement=OuterRef("pk"), ended_on__isnull=True, until_month__lte=clock.today().replace(day=1)
    )
    return visible_entitlements(actor).filter(Exists(over), state=Entitlement.SUSPENDED)


# what a benefit may be waiting for: words of the list, the benefits
PENDING: dict[str, tuple[str, Callable[[Actor], QuerySet[Entitlement]]]] = {
    "consent": ("核对授权待签署", consents_due),
    "pause": ("暂停到期", pauses_due),
    "fading": ("渐退期满", fadings_due),
}


@dataclass(frozen=True)
class Consent:
    """The family's leave to ask departments, as it stands; who has not signed the one that waits for signatures, by name
    and by reference.
    """

    number: str
    signed_on: date | None
    valid_to: date | None
    holds: bool
    ends_soon: bool
    renewing: bool
    unsigned: tuple[str, ...]
    unsigned_refs: tuple[str, ...]


def consent_of(entitlement: Entitlement) -> Consent | None:
    """None where there is none, or nobody needs it any more."""
    case, today = entitlement.case, clock.today()
    own = case.authorisation
    if own is None or entitlement.state not in Entitlement.RUNNING:
        return None
    waits = consents.unsigned(case, today)
    return Consent(
        number=own.number,
        signed_on=own.signed_on,
        valid_to=own.valid_to,
        holds=consents.holds(case, today),
        ends_soon=consents.ends_soon(case, today),
        renewing=consents.renewal_of(case) is not None,
        unsigned=tuple(each.name for each in waits),
        unsigned_refs=tuple(str(each.uid) for each in waits),
    )


def benefit(actor: Actor, entitlement_id: int) -> Entitlement:
    """One benefit, or E_NOT_FOUND."""
    found = benefits(actor).filter(pk=entitlement_id).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="待遇")
    return found


@dataclass(frozen=True)
class Member:
    """A person of the benefit in words."""

    ref: str
    name: str
    relation: str
    born_on: date
    since: date
    until: date | None
    payee: bool
    certificate: str


def members(entitlement: Entitlement) -> list[Member]:
    rows = {each.person_id: each for each in entitlement.household.memberships.order_by("id")}
    return [
        Member(
            str(each.person.uid),
            each.person.name,
            name_of("relation", rows[each.person_id].relation) if each.person_id in rows else "",
            each.person.born_on,
            each.from_month,
            each.to_month,
            each.person_id == entitlement.payee_id,
            facts.certificate_words(facts.held_by(rows.get(each.person_id)), none=""),
        )
        for each in entitlement.members.select_related("person").order_by("from_month", "id")
    ]


def amounts(entitlement: Entitlement) -> list[EntitlementAmount]:
    """Spans in force, the first first."""
    return list(entitlement.amounts.filter(superseded_at__isnull=True).order_by("from_month"))


def course(entitlement: Entitlement, months: int = 24) -> list[tuple[str, int]]:
    """Month by month what was and will be paid, for the chart; nothing while payment is suspended, and no further."""
    today = clock.today().replace(day=1)
    start = max(entitlement.first_month, add_months(today, 6 - months))
    end, pause = add_months(today, 5), suspension_of(entitlement)
    if pause:
        end = max(today, min(end, pause.until_month))
    spans = amounts(entitlement)
    shown, month = [], start
    while month <= end:
        span = next(
            (
                each
                for each in spans
                if each.from_month <= month and (each.to_month is None or each.to_month >= month)
            ),
            None,
        )
        yuan = 0 if pause and month >= pause.from_month else standing.total(span) // 100
        shown.append((f"{month:%Y-%m}", yuan))
        month = add_months(month, 1)
    return shown


def payments(entitlement: Entitlement, count: int = 24) -> list[Any]:
    return list(money.paid_lines(entitlement.id)[:count])


def dues(entitlement: Entitlement) -> list[Any]:
    return list(money.dues_of(entitlement.id))


def suspension_of(entitlement: Entitlement) -> Suspension | None:
    return Suspension.objects.filter(entitlement=entitlement, ended_on__isnull=True).first()


def fading_of(entitlement: Entitlement) -> Fading | None:
    return Fading.objects.filter(entitlement=entitlement, ended_month__isnull=True).first()


def offers(entitlement: Entitlement) -> list[WorkOffer]:
    return list(
        WorkOffer.objects.filter(entitlement=entitlement).select_related("person").order_by("-offered_on")
    )


def papers(entitlement: Entitlement) -> list[Document]:
    """Papers of the time after the grant."""
    codes = ("W35", "W36", "W37", "W38", "W39")
    return list(Document.objects.filter(case_id=entitlement.case_id, code__in=codes).order_by("-id"))


# —— changes


def changes(
    actor: Actor, *, entitlement: int | None = None, open_only: bool = False, state: str = ""
) -> QuerySet[Change]:
    """Changes in the asker's area, the nearest deadline first."""
    found = Change.objects.filter(entitlement__in=visible_entitlements(actor)).select_related(
        "entitlement__case__applicant", "entitlement__town", "person"
    )
    if entitlement:
        found = found.filter(entitlement_id=entitlement)
    if open_only:
        found = found.filter(open=True)
    if state:
        found = found.filter(state=state)
    return found.order_by("due_on", "id") if open_only else found.order_by("-id")


def change(actor: Actor, uid: UUID | str) -> Change:
    found = changes(actor).filter(uid=uid).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="变更")
    return found


@dataclass(frozen=True)
class Difference:
    """One fact before and after."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def differences(given: Change) -> list[Difference]:
    """What the examination compared: persons, income, sums, conditions that changed their answer."""
    kept = given.examinations.order_by("-id").first()
    if kept is None:
        return []
    names = facts.names_of(given.entitlement)
    called = registry.get(given.entitlement.aid_type).paper_words
    rows = [
        Difference(called["counted_word"], *(_persons(each, names) for each in (kept.before, kept.after))),
        Difference("每月金额", *_sums(given, kept)),
    ]
    if given.kind == law.CERT:
        held, former = given.facts["certificate"], given.facts["former"]
        words = (facts.certificate_words(each) for each in (former, held))
        rows.insert(1, Difference(f"{names.get(held['member'], '成员')}的残疾证", *words))
    if kept.outcome_before and kept.outcome_after:
        old, new = Outcome.from_dict(kept.outcome_before), Outcome.from_dict(kept.outcome_after)
        rows.insert(
            1, Difference(called["income_word"], _yuan(old.per_capita_fen), _yuan(new.per_capita_fen))
        )
        rows.append(Difference("测算结论", old.words, new.words))
        before = {each.key: each for each in old.conditions}
        words = {True: "符合", False: "不符合", None: "不能判断"}
        for each in new.conditions:
            was = before.get(each.key)
            if was and was.met is not each.met:
                rows.append(
                    Difference(
                        each.title,
                        f"{words[was.met]}（{show(was.value, was.unit)}）",
                        f"{words[each.met]}（{show(each.value, each.unit)}）",
                    )
                )
    return rows


def _sums(given: Change, kept: Any) -> tuple[str, str]:
    """The month's sum before and after; a suspension leaves it as it is and stops its payment."""
    old, new = _yuan(kept.old_fen), _yuan(_new_fen(given, kept))
    words = law.RESULTS[law.SUSPEND]
    return {law.SUSPEND: (old, words), law.RESUME: (words, new)}.get(kept.result, (old, new))


def _new_fen(given: Change, kept: Any) -> int:
    decision = getattr(given, "decision", None)
    if decision:
        return decision.new_fen
    return kept.old_fen if kept.result in (law.GRADUAL, law.KEEP) else kept.new_fen


def _persons(body: dict[str, Any], names: dict[str, str]) -> str:
    counted = [names.get(each["ref"], "成员") for each in body["members"] if not each.get("exclude")]
    return f"{len(counted)}人：{'、'.join(counted)}" if counted else "无"


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}元"


def told(given: Change) -> list[str]:
    return facts.told(given.kind, given.facts, facts.names_of(given.entitlement))


def waiting(actor: Actor) -> QuerySet[Change]:
    """Open changes on which this person's role acts next."""
    moves = [
        move
        for move in table.MOVES.values()
        if actor.role in move.roles and move.key in ("examine", "decide")
    ]
    states = {table.REPORTED if move.key == "examine" else table.EXAMINED for move in moves}
    return changes(actor, open_only=True).filter(state__in=states)


def unserved(actor: Actor) -> QuerySet[Change]:
    """Changes whose W36 is not yet in the family's hands, of suspensions too, the nearest deadline first (K12)."""
    cases = visible_entitlements(actor).values("case_id")
    issued = Document.objects.filter(code="W36", state=Document.ISSUED, case_id__in=cases)
    found = changes(actor).filter(entitlement__case_id__in=issued.values("case_id"))
    numbers = list(issued.values_list("doc_no", flat=True))
    told = ChangeStep.objects.filter(change=OuterRef("pk"), papers__overlap=numbers)
    return found.filter(Exists(told)).order_by("due_on", "id")


def due_to_take_effect() -> list[UUID]:
    """Changes whose notice was served some other way (opened on the phone) and that are not in effect yet."""
    served = Notice.objects.filter(document__state=Document.SERVED, change__state=table.DECIDED)
    return list(served.values_list("change__uid", flat=True))


def overpays(actor: Actor, *, open_only: bool = True) -> QuerySet[Overpay]:
    found = Overpay.objects.filter(entitlement__in=visible_entitlements(actor)).select_related(
        "entitlement__case__applicant", "entitlement__town", "change"
    )
    return (found.filter(closed_on__isnull=True) if open_only else found).order_by("found_on", "id")


def recoveries_to_plan(actor: Actor) -> QuerySet[Overpay]:
    """Overpaid money of which nobody has settled yet how it comes back (DYN-22), for whoever settles it."""
    found = overpays(actor).filter(plan="")
    return found.filter(entitlement__in=_decided_by(actor, Entitlement.objects.filter(overpays__in=found)))


def allowed(actor: Actor, given: Change) -> list[table.ChangeMove]:
    return permissions.allowed(actor, given)


def is_supported(entitlement: Entitlement) -> bool:
    """Whether it is support (供养), which ends with a posting."""
    return registry.get(entitlement.aid_type).support is not None


def account_of_the_dead(entitlement: Entitlement) -> str:
    """Who died whose account the benefit is still paid into; "" where that is not so (PAY-07)."""
    if entitlement.state not in Entitlement.RUNNING:
        return ""
    account = account_on(entitlement.household, clock.today(), entitlement.case.for_person)
    holder = account.holder if account else None
    return holder.name if holder and holder.died_on else ""


def kinds_for(entitlement: Entitlement) -> list[law.Kind]:
    """What may be reported of this benefit now."""
    aid = registry.get(entitlement.aid_type)
    if aid.pays == ONCE:  # given once and for all, nothing of it changes
        return []
    running = entitlement.state in Entitlement.RUNNING
    supported, own = aid.support is not None, entitlement.case.for_person_id is not None
    found = []
    for kind in law.KINDS.values():
        wanted = {
            law.ADD: running and not own,  # nobody joins one person's own aid
            law.DEL: running and not supported,  # a supported person's death or leaving ends his support
            law.RES: entitlement.state == Entitlement.SUSPENDED,
            law.REIN: entitlement.state == Entitlement.STOPPED,
            law.SUS: entitlement.state in (Entitlement.ACTIVE, Entitlement.GRADUAL),
            law.CARE: False,  # by a rating on the support page (W30)
            law.END: running and not supported,  # support ends with a posting, on its own page
            law.JOB: running and not supported,
            law.REV: False,
        }
        if wanted.get(kind.code, running):
            found.append(kind)
    return found


def place_words(entitlement: Entitlement) -> str:
    return f"{entitlement.town.name}{village_name(entitlement.village_code)}"


def aid_words(entitlement: Entitlement) -> str:
    return f"{name_of('area_type', entitlement.area_type)}{registry.get(entitlement.aid_type).short_name}"


def reviews(actor: Actor, *, colour: str = "") -> QuerySet[Review]:
    """Open reviews, the longest overdue first."""
    found = (
        Review.objects.filter(
            entitlement__in=visible_entitlements(actor), state__in=(Review.PLANNED, Review.RUNNING)
        )
        .select_related("entitlement__case__applicant", "entitlement__town")
        .order_by("due_on", "id")
    )
    today = clock.today()
    late = today - timedelta(days=law.LATE_DAYS)
    spans = {
        "RED": Q(due_on__lte=late),
        "ORANGE": Q(due_on__gt=late, due_on__lte=today),
        "YELLOW": Q(due_on__gt=today),
    }
    return found.filter(spans[colour]) if colour in spans else found


# —— what one page needs besides


def fadings_to_end(actor: Actor) -> list[Entitlement]:
    """Gradual exits this person ends with W36: the decider of each town today."""
    return list(_decided_by(actor, fadings_due(actor)).order_by("id"))


def _decided_by(actor: Actor, rows: QuerySet[Entitlement]) -> QuerySet[Entitlement]:
    """Those of the benefits this person decides about today (ORG-04)."""
    if actor.role not in permissions.DECIDERS:
        return rows.none()
    wanted, mine = "TOWN" if actor.role == "TOWN_LEAD" else "COUNTY", Q(pk__in=[])
    pairs = set(rows.order_by().values_list("town_id", "aid_type"))
    towns = Organisation.objects.in_bulk({town for town, _ in pairs})
    for town, aid_type in pairs:
        if decide_authority(towns[town], aid_type, clock.today()) == wanted:
            mine |= Q(town_id=town, aid_type=aid_type)
    return rows.filter(mine)


def may_end_fading(actor: Actor, entitlement: Entitlement) -> bool:
    """The last month of gradual exit has begun, nobody has told the family yet, and this person decides."""
    return _decided_by(actor, fadings_due(actor).filter(pk=entitlement.pk)).exists()


def line_kind(line: Any) -> str:
    return money.KINDS[line.pay_kind] or "当月"


def line_words(line: Any) -> str:
    """What became of a pay line, in words."""
    result = getattr(line, "result", None)
    if result is None:
        return "办理中"
    return "已到账" if result.code == "00" else f"被退回：{money.answer_words(result)}"


def due_words(due: Any) -> str:
    end = getattr(due, "end", None)
    if end is None:
        return "待列入名单"
    if not end.line_id:
        return f"已撤销：{end.reason}"
    month = end.line.run.month
    return f"已列入{month.year}年{month.month}月名单"


def benefits_named(actor: Actor, *, person: str, village: str, household: int | None) -> list[Entitlement]:
    """Running benefits a report may speak of: of its household, else of a person of that name in that village."""
    found = benefits(actor).filter(state__in=Entitlement.RUNNING)
    if household:
        return list(found.filter(household_id=household)[:10])
    if not person.strip():
        return []
    named = found.filter(village_code=village, members__person__name=person.strip(), members__to_month=None)
    return list(named.distinct()[:10])


def examination(given: Change) -> Any:
    return given.examinations.order_by("-id").first()


def outcome_after(given: Change) -> Outcome | None:
    kept = examination(given)
    return Outcome.from_dict(kept.outcome_after) if kept and kept.outcome_after else None


def decision_of(given: Change) -> Any:
    return getattr(given, "decision", None)


def effect_of(given: Change) -> Any:
    return getattr(given, "effect", None)


def notice_of(given: Change) -> Any:
    return given.notices.select_related("document").order_by("-id").first()


def word_to_serve(given: Change) -> Document | None:
    """The W36 of a change that waits for nothing else (a suspension) and is not in the family's hands."""
    numbers = [number for papers in given.steps.values_list("papers", flat=True) for number in papers]
    issued = Document.objects.filter(code="W36", state=Document.ISSUED, doc_no__in=numbers)
    return issued.filter(case_id=given.entitlement.case_id).first()


def steps(given: Change) -> list[dict[str, Any]]:
    """The trace in the words of the timeline."""
    return [
        {
            "at": each.at,
            "title": table.MOVES[each.move].title,
            "actor_name": each.by_name,
            "role": each.role,
            "organ": "",
            "reason": each.note,
            "papers": each.papers,
        }
        for each in given.steps.order_by("id")
    ]


def review(actor: Actor, number: int) -> Review:
    found = (
        Review.objects.filter(entitlement__in=visible_entitlements(actor), pk=number)
        .select_related("entitlement__case__applicant", "entitlement__town")
        .first()
    )
    if found is None:
        raise Refusal("E_NOT_FOUND", what="复核")
    return found


def review_words(given: Review) -> str:
    if given.state == Review.DONE:
        return f"已办结：{law.RESULTS.get(given.result, '')}"
    if given.state == Review.ENDED:
        return "待遇已停发，不再复核"
    if given.state == Review.PLANNED:
        return "待发起核对"
    if review_report(given) is None:
        return "核对中"
    return "待决定" if change_of_review(given) else "待形成意见"


def review_report(given: Review) -> Any:
    return Report.objects.filter(run_id=given.run_id).first() if given.run_id else None


def review_findings(actor: Actor, given: Review) -> list[str]:
    """What was found, for those who may see findings (VER-30)."""
    report = review_report(given)
    return (
        [each.body["sentence"] for each in report.findings.order_by("id")] if report and actor.level else []
    )


def review_inquiries(given: Review) -> tuple[int, int]:
    """Sources answered, and asked."""
    if not given.run_id:
        return 0, 0
    asked = Inquiry.objects.filter(run_id=given.run_id)
    return asked.filter(state=Inquiry.ANSWERED).count(), asked.count()


def change_of_review(given: Review) -> Change | None:
    return Change.objects.filter(review_id=given.id).exclude(state=table.DROPPED).first()


def overpay(actor: Actor, number: int) -> Overpay:
    found = overpays(actor, open_only=False).filter(pk=number).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="追回事项")
    return found


def instalments(given: Overpay) -> list[dict[str, Any]]:
    """Agreed parts with the list that took each; parts to be brought back with what of each has been."""
    if given.plan == Overpay.CASH:
        return _brought_back(given)
    return [
        {"month": each.from_month, "fen": each.amount_fen, "state": due_words(each)}
        for each in money.dues_of(given.entitlement_id, f"recovery:{given.id}:")
    ]


def _brought_back(given: Overpay) -> list[dict[str, Any]]:
    """What the family paid fills the parts one after another."""
    left = sum(given.repayments.values_list("amount_fen", flat=True))
    parts = []
    for fen in law.instalments(given.amount_fen, given.instalments):
        paid = min(left, fen)
        left -= paid
        words = "已缴回" if paid == fen else f"已缴回{_yuan(paid)}" if paid else "待缴回"
        parts.append({"month": None, "fen": fen, "state": words})
    return parts


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from one day's to another's; at most five years."""
    months, month = [], first.replace(day=1)
    while month <= last and len(months) < 60:
        months.append(month)
        month = add_months(month, 1)
    return months


def batches(actor: Actor) -> list[StandardBatch]:
    """Of the asker's county, the newest first."""
    return list(StandardBatch.objects.filter(county_id=actor.organ_id).order_by("-id")[:50])


@dataclass(frozen=True)
class StandardDue:
    """A published standard whose families nobody has adjusted yet."""

    aid_type: str
    area_type: str
    since: date
    old_fen: int
    new_fen: int
    families: int


def standards_due(actor: Actor) -> list[StandardDue]:
    """DYN-40: standards of the last year and of next month without a batch in the asker's county, the oldest first."""
    if not has_power(actor.role, "standard.batch"):
        return []
    county, month = Organisation.objects.get(pk=actor.organ_id), clock.today().replace(day=1)
    begun = parameters.begins(
        county, "dibao.standard", since=add_months(month, -12), until=add_months(month, 1)
    )
    if not begun:
        return []
    kept = StandardBatch.objects.filter(county=county).exclude(state=StandardBatch.UNDONE)
    have = set(kept.values_list("aid_type", "area_type", "since"))
    rows = Entitlement.objects.filter(county=county, state__in=Entitlement.RUNNING).order_by()
    counted = rows.values_list("aid_type", "area_type").annotate(count=Count("id"))
    running = {(aid_type, area): count for aid_type, area, count in counted}
    return [
        StandardDue(aid.code, area, since, old, new, running[aid.code, area])
        for since, areas in begun
        if since.day == 1
        for area in ([areas] if areas else ["RURAL", "URBAN"])
        for old, new in [_standards(county, area, since)]
        for aid in registry.all_types()
        if aid.restate and old and new and old != new
        if (aid.code, area) in running and (aid.code, area, since) not in have
    ]


def _standards(county: Organisation, area_type: str, since: date) -> tuple[int | None, int | None]:
    """The standard of the day before and of the day."""
    found = []
    for day in (since - timedelta(days=1), since):
        regime = regime_today(county, day)
        values = parameters.parameter_set(county, on=day, area_type=area_type, regime=regime)
        found.append(values["dibao.standard"])
    return found[0], found[1]


def batches_to_confirm(actor: Actor) -> list[StandardBatch]:
    """Computed lists of another person's, and confirmed ones that are not in effect."""
    if not has_power(actor.role, "standard.batch"):
        return []
    return [
        each
        for each in batches(actor)
        if each.state == StandardBatch.CONFIRMED
        or (each.state == StandardBatch.COMPUTED and each.computed_by_id != actor.id)
    ]


def batch(actor: Actor, number: int) -> StandardBatch:
    found = StandardBatch.objects.filter(county_id=actor.organ_id, pk=number).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="调标批次")
    return found


def batch_lines(given: StandardBatch, *, manual: bool) -> QuerySet[StandardLine]:
    rows = given.lines.select_related("entitlement__case__applicant", "entitlement__town")
    return rows.exclude(note="") if manual else rows.filter(note="")


def batch_places(given: StandardBatch) -> list[tuple[str, int]]:
    """Families by town, for the chart."""
    rows = given.lines.filter(note="").values_list("entitlement__town__name").annotate(count=Count("id"))
    return [(name, count) for name, count in rows.order_by("entitlement__town__name")]


# —— the cross-check


def alerts(
    actor: Actor, *, open_only: bool = True, entitlement: int | None = None, kind: str = "", level: str = ""
) -> QuerySet[Alert]:
    """Alerts of the asker's area, the nearest date first (SUP-20)."""
    found = Alert.objects.filter(entitlement__in=visible_entitlements(actor)).select_related(
        "entitlement__case__applicant", "entitlement__town", "person"
    )
    if actor.is_citizen:
        return found.none()
    if open_only:
        found = found.filter(result="")
    given = {"entitlement": entitlement, "kind": kind, "level": level}
    found = found.filter(**{key: value for key, value in given.items() if value})
    return found.order_by("due_on", "id")


def alert(actor: Actor, number: int) -> Alert:
    found = alerts(actor, open_only=False).filter(pk=number).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="预警")
    return found


def sees_places(actor: Actor) -> bool:
    """Who watches over townships reads what stands out about them: the county's supervisor, the auditor."""
    return has_power(actor.role, "audit.read")


def place_alerts(
    actor: Actor, *, open_only: bool = True, kind: str = "", town: int | None = None
) -> QuerySet[PlaceAlert]:
    """What stands out about the asker's townships and villages, the nearest date first (SUP-20)."""
    if not sees_places(actor):
        return PlaceAlert.objects.none()
    found = PlaceAlert.objects.filter(town_id__in=actor.towns).select_related("town")
    if open_only:
        found = found.filter(result="")
    given = {"kind": kind, "town_id": town}
    return found.filter(**{key: value for key, value in given.items() if value}).order_by("due_on", "id")


def place_alert(actor: Actor, number: int) -> PlaceAlert:
    found = place_alerts(actor, open_only=False).filter(pk=number).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="预警")
    return found


def grants_behind(found: PlaceAlert) -> list[Decision]:
    """The grants a village stands out by, the newest first; none of a township's rate."""
    if not found.village_code:
        return []
    year, month = map(int, found.key.rsplit(":", 1)[1].split("-"))
    later = Decision.objects.filter(case=OuterRef("case"), round__gt=OuterRef("round"))
    rows = Decision.objects.filter(
        ~Exists(later),
        kind=Decision.APPROVE,
        case__town_id=found.town_id,
        case__village_code=found.village_code,
        decided_on__year=year,
        decided_on__month=month,
    )
    kin = KinFiling.objects.filter(case=OuterRef("case"))
    rows = rows.annotate(of_kin=Exists(kin)).select_related("case__applicant", "decider")
    return list(rows.order_by("-decided_on", "-id"))


def place_of(found: PlaceAlert) -> str:
    return found.town.name + (village_name(found.village_code) if found.village_code else "")


def limit_words(limits: list[dict[str, Any]]) -> list[str]:
    """The parameters something was raised and dated by: title, value, where it was published, article."""
    return [
        f"{each['title']}：{show(each['value'], each['unit'])}（{each['source']}，{each['article']}）"
        for each in limits
    ]


# —— in the family's words


def of_household(actor: Actor) -> list[dict[str, Any]]:
    """Benefits of the citizen's own household, for the list on the phone."""
    return [
        {
            "id": each.id,
            "aid": registry.get(each.aid_type).name,
            "state": STATE_WORDS[each.state][0],
            "fen": each.month_fen,
        }
        for each in benefits(actor)
        if actor.is_citizen
    ]


def plain_words(given: Change) -> str:
    """What a change means for the family."""
    if given.state == table.DROPPED:
        return "经核实，没有需要变更的，按原金额继续发放。"
    decision, effect = decision_of(given), effect_of(given)
    if decision is None:
        return f"正在核实，{given.due_on.year}年{given.due_on.month}月{given.due_on.day}日前办结；办结前按原金额发放。"
    if decision.result == law.GRADUAL:
        fading = given.fading
        last = fading.last_month
        return f"给予渐退期{fading.months}个月，到{last.year}年{last.month}月为止每月仍发{_yuan(decision.new_fen)}。"
    if effect is None:
        return "已作出决定，告知书送到您手中之后才会生效；不服可以申请行政复议或者提起诉讼。"
    month = f"从{effect.from_month.year}年{effect.from_month.month}月起"
    words = {
        law.INCREASE: f"{month}每月{_yuan(decision.new_fen)}，比原来增加{_yuan(decision.new_fen - decision.old_fen)}。",
        law.DECREASE: f"{month}每月{_yuan(decision.new_fen)}，原来是{_yuan(decision.old_fen)}。",
        law.STOP: f"{month}不再发放。生活又有困难的，可以重新申请。",
        law.SUSPEND: f"{month}暂停发放，查清后恢复并补发，或者停发。",
        law.RESUME: "已恢复发放，暂停的月份一并补发。",
        law.REINSTATE: "已恢复待遇，停发的月份一并补发。",
    }
    text = words.get(decision.result, f"金额不变，仍为每月{_yuan(decision.new_fen)}。")
    if effect.arrears_fen:
        text += f"此前月份的差额{_yuan(effect.arrears_fen)}随下次发放补给。"
    return text
