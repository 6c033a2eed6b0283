"""Reads on the month's money, always on behalf of someone. Accounts and numbers leave masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Division, Organisation
from jiuzhu.accounts.organisations import towns_of, village_name
from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.id_numbers import mask_account
from jiuzhu.core.names import mask as mask_name
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import permissions, statements, table
from jiuzhu.payments.models import LIVING, BankFile, Due, LineMark, LineResult, PayLine, PayRun, RunStep
from jiuzhu.policy.regimes import regime_on

PAGE = 50
KINDS = {"REGULAR": "", "TA": "一次性", "ARREARS": "补发", "SETTLEMENT": "结清", "FUNERAL": "丧葬费"}
PARTS = {PayLine.BASE: "", PayLine.CARE: "照料护理费"}


def title_of(run: PayRun) -> str:
    """2019年11月农村低保（R1）"""
    again = "" if run.kind == "REGULAR" else f"（重发{run.kind}）"
    aid = registry.get(run.aid_type).name
    return f"{run.month.year}年{run.month.month}月{name_of('area_type', run.area_type)}{aid}{again}"


def runs(
    actor: Actor, *, month: date | None = None, state: str = "", aid_type: str = "", area_type: str = ""
) -> QuerySet[PayRun]:
    """Runs of the asker's county, newest first."""
    found = PayRun.objects.select_related("county").order_by("-month", "-id")
    counties = permissions.county_ids(actor)
    if counties is not None:
        found = found.filter(county_id__in=counties)
    given = {"month": month, "state": state, "aid_type": aid_type, "area_type": area_type}
    return found.filter(**{name: value for name, value in given.items() if value})


def values_of(county: Organisation) -> dict[str, Any]:
    """Today's values of the county that lists are made by."""
    today = clock.today()
    return parameters.plain_values(county, on=today, regime=regime_on(today, "BY_DATE"))


def opens_on(county: Organisation, month: date) -> date:
    """The first day on which the list of a month may be made: the cut-off day of the month before (PAY-02)."""
    return add_months(month, -1).replace(day=int(values_of(county)["pay.cutoff_day"]))


def lists_due(actor: Actor) -> list[PayRun]:
    """Lists of this month, and of the next once they may be made, that the asker's county lacks: not yet in the books."""
    if not (has_power(actor.role, "payroll.build") and actor.organ_id):
        return []
    county, this_month = Organisation.objects.get(pk=actor.organ_id), clock.today().replace(day=1)
    months = [
        month for month in (this_month, add_months(this_month, 1)) if opens_on(county, month) <= clock.today()
    ]
    pairs = [
        (aid.code, area) for aid in registry.all_types() if aid.has_money for area in choices("area_type")
    ]
    given = {
        "county": county.id,
        "aid_types": [aid for aid, _ in pairs],
        "area_types": [area for _, area in pairs],
        "towns": [town.id for town in towns_of(county, clock.today())],
    }
    due = list[PayRun]()
    with connection.cursor() as cursor:
        for month in months:
            cursor.execute(statements.LISTS_DUE, given | {"month": month})
            due += [
                PayRun(month=month, aid_type=aid, area_type=area, kind="REGULAR")
                for aid, area in cursor.fetchall()
            ]
    return due


def to_move(actor: Actor) -> list[tuple[PayRun, list[table.RunMove]]]:
    """Runs that wait for this very person, the oldest month first, with the steps forward he may make."""
    under_way = runs(actor).exclude(state="PUBLISHED").order_by("month", "id")
    found = [(run, [move for move in allowed(actor, run) if move.key != "send_back"]) for run in under_way]
    return [(run, moves) for run, moves in found if moves]


def returned_count(actor: Actor) -> int:
    """Returned lines in sight that can still be paid again, for whoever corrects accounts or pays again."""
    if not any(has_power(actor.role, power) for power in ("payroll.check_town", "payroll.build")):
        return 0
    failed = LineResult.objects.exclude(code="00").exclude(code__in=table.NEVER_AGAIN)
    return failed.filter(line__run__in=runs(actor).order_by(), line__reissues__isnull=True).count()


def run_for(actor: Actor, run_id: int) -> PayRun:
    """One run, or E_NOT_FOUND."""
    run = runs(actor).filter(pk=run_id).first()
    if run is None:
        raise Refusal("E_NOT_FOUND", what="发放批次")
    return run


@dataclass(frozen=True)
class Sums:
    """Counts and fen of a run as far as the asker sees its lines."""

    lines: int
    total_fen: int
    held_count: int
    held_fen: int
    paid_count: int
    paid_fen: int
    failed_count: int
    failed_fen: int

    @property
    def due_count(self) -> int:
        return self.lines - self.held_count

    @property
    def due_fen(self) -> int:
        return self.total_fen - self.held_fen


def _held() -> Exists:
    return Exists(LineMark.objects.filter(line=OuterRef("pk"), kind=LineMark.HELD))


def lines_of(run: PayRun) -> QuerySet[PayLine]:
    return PayLine.objects.filter(run=run).annotate(held=_held())


def unheld(run: PayRun) -> QuerySet[PayLine]:
    """The lines that go to the bank, in order."""
    return lines_of(run).filter(held=False).order_by("line_no")


def sums_of(run: PayRun) -> Sums:
    """Sums of the lines in sight (a town sees its own)."""
    paid, failed = Q(result__code="00"), Q(result__isnull=False) & ~Q(result__code="00")
    found = lines_of(run).aggregate(
        lines=Count("id"),
        all_fen=Sum("total_fen"),
        held_count=Count("id", filter=Q(held=True)),
        held_fen=Sum("total_fen", filter=Q(held=True)),
        paid_count=Count("id", filter=paid),
        paid_fen=Sum("total_fen", filter=paid),
        failed_count=Count("id", filter=failed),
        failed_fen=Sum("total_fen", filter=failed),
    )
    found["total_fen"] = found.pop("all_fen")
    return Sums(**{name: int(value or 0) for name, value in found.items()})


def prompts(actor: Actor, run: PayRun) -> list[tuple[int, str, str]]:
    """``(line id, code, level)`` of everything to be looked at in the asker's towns; E blocks sending (PAY-04)."""
    towns = None if actor.kind == "SYSTEM" else list(actor.towns)
    with fence(PLATFORM), connection.cursor() as cursor:
        supported = registry.get(run.aid_type).support is not None
        values = {"run": run.id, "today": clock.today(), "towns": towns, "supported": supported}
        cursor.execute(statements.PROMPTS, values)
        return [(int(line), str(code), str(level)) for line, code, level in cursor.fetchall()]


def open_errors(run: PayRun) -> list[tuple[int, str]]:
    """``(line number, code)`` of error prompts neither held nor waived."""
    errors = [(line, code) for line, code, level in prompts(PLATFORM, run) if level == "E"]
    if not errors:
        return []
    waived = set(
        LineMark.objects.filter(line__run=run, kind=LineMark.WAIVED).values_list("line_id", "prompt")
    )
    numbers = dict(unheld(run).filter(pk__in=[line for line, _ in errors]).values_list("id", "line_no"))
    return sorted(
        (numbers[line], code) for line, code in errors if line in numbers and (line, code) not in waived
    )


@dataclass
class LineView:
    """A line as a screen may show it: masked, and only money for finance."""

    id: int
    pk: int
    line_no: int
    payee: str
    account: str
    bank: str
    total_fen: int
    pay_month: date
    kind: str
    extra_fen: int = 0
    place: str = ""
    members_count: int | None = None
    base_fen: int | None = None
    topup_fen: int | None = None
    care_fen: int | None = None
    sent: bool = False
    held: bool = False
    held_reason: str = ""
    code: str = ""
    answer: str = ""
    reissue_of: str = ""
    reissued_as: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def state(self) -> tuple[str, str]:
        """Words and colour."""
        if self.held:
            return "暂缓", "grey"
        if not self.code:
            return ("银行处理中", "yellow") if self.sent else ("待发", "blue")
        if self.code == "00":
            return "已到账", "green"
        return ("已重发", "yellow") if self.reissued_as else ("被退回", "red")


_SHOWN = {
    "": Q(),
    "failed": Q(result__isnull=False) & ~Q(result__code="00"),
    "held": Q(held=True),
    "paid": Q(result__code="00"),
}


def run_lines(
    actor: Actor, run: PayRun, *, show: str = "", town: int | None = None, only: list[int] | None = None
) -> QuerySet[PayLine]:
    """Lines of a run in the asker's sight, for paging by ``line_no``; ``show`` is "", failed, held or paid."""
    permissions.check_may_see(actor, run)
    found = lines_of(run).select_related("account", "town", "result").filter(_SHOWN.get(show, Q()))
    if town:
        found = found.filter(town_id=town)
    return found if only is None else found.filter(pk__in=only)


def line_views(
    actor: Actor, run: PayRun, lines: list[PayLine], noticed: list[tuple[int, str, str]]
) -> list[LineView]:
    """One page of lines in words. Finance gets money only: no place, no persons, no parts."""
    ids = [line.id for line in lines]
    marks = list(LineMark.objects.filter(line_id__in=ids))
    waived = {(mark.line_id, mark.prompt) for mark in marks if mark.kind == LineMark.WAIVED}
    reasons = {mark.line_id: mark.reason for mark in marks if mark.kind == LineMark.HELD}
    again = {
        former: title_of(run)
        for former, run in (
            (line.reissue_of_id, line.run)
            for line in PayLine.objects.filter(reissue_of_id__in=ids).select_related("run")
        )
    }
    notes: dict[int, list[tuple[str, str]]] = {}
    for line_id, code, level in noticed:
        if line_id in set(ids):
            done = (line_id, code) in waived
            words = statements.PROMPT_WORDS[code] + ("（已放行）" if done else "")
            notes.setdefault(line_id, []).append(
                (words, "grey" if done else "red" if level == "E" else "orange")
            )
    money_only = not sees_people(actor)
    codes = {line.village_code for line in lines}
    villages = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    views = []
    for line in lines:
        result = getattr(line, "result", None)
        view = LineView(
            id=line.id,
            pk=line.id,
            line_no=line.line_no,
            payee=mask_name(line.payee_name),
            account=mask_account(line.account.number),
            bank=line.bank_name,
            total_fen=line.total_fen,
            pay_month=line.pay_month,
            kind="、".join(filter(None, [KINDS[line.pay_kind], PARTS[line.part]])),
            extra_fen=line.arrears_fen - line.deduction_fen,
            sent=run.state not in table.UNSENT,
            held=bool(line.held),
            held_reason=reasons.get(line.id, ""),
            code=result.code if result else "",
            answer=answer_words(result) if result else "",
            reissued_as=again.get(line.id, ""),
        )
        if not money_only:
            view.payee = line.payee_name
            view.place = f"{line.town.name}{villages.get(line.village_code, '')}"
            view.members_count, view.base_fen, view.topup_fen = (
                line.members_count,
                line.base_fen,
                line.topup_fen,
            )
            view.care_fen = line.care_fen
            view.notes = notes.get(line.id, [])
        else:
            view.notes = [note for note in notes.get(line.id, []) if note[1] == "red"][:1]
        views.append(view)
    return views


def answer_words(result: Any) -> str:
    """The bank's answer: our words, and the bank's own where it said something else."""
    words = name_of("bank_return", result.code)
    return (
        words
        if result.code == "00" or not result.text or result.text == words
        else f"{words}（{result.text}）"
    )


def sees_people(actor: Actor) -> bool:
    """Finance sees money only (domain 1.2)."""
    return actor.role != "COUNTY_FINANCE"


@dataclass(frozen=True)
class LeftOut:
    name: str
    dossier_no: str
    place: str
    why: str


def left_out(actor: Actor, run: PayRun) -> list[LeftOut]:
    """Families in force that month that stand on no list, and why (at most 200)."""
    permissions.check_may_see(actor, run)
    if run.kind != "REGULAR" or not sees_people(actor):
        return []
    towns = [town.id for town in towns_of(run.county, clock.today())]
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            statements.LEFT_OUT,
            {
                "towns": [town for town in towns if actor.kind == "SYSTEM" or town in actor.towns],
                "aid_type": run.aid_type,
                "area_type": run.area_type,
                "month": run.month,
                "today": clock.today(),
                "supported": registry.get(run.aid_type).support is not None,
            },
        )
        rows = cursor.fetchall()
    return [LeftOut(name, dossier, village_name(village), why) for village, name, dossier, why in rows]


def steps_of(run: PayRun) -> list[RunStep]:
    return list(run.steps.select_related("town").order_by("id"))


def towns_waiting(run: PayRun) -> list[str]:
    """Names of towns that have not checked their lines yet."""
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(statements.UNCHECKED_TOWNS, {"run": run.id})
        ids = [row[0] for row in cursor.fetchall()]
    return list(Organisation.objects.filter(pk__in=ids).order_by("code").values_list("name", flat=True))


def files_of(actor: Actor, run: PayRun) -> list[BankFile]:
    permissions.check_may_see(actor, run)
    return list(run.bank_files.select_related("file").order_by("id"))


def allowed(actor: Actor, run: PayRun) -> list[table.RunMove]:
    """What the asker may do with the run now."""
    moves = permissions.allowed(actor, run)
    if any(move.key == "check_town" for move in moves):
        own = run.steps.filter(move="check_town", town_id=actor.organ_id).exists()
        if own or not PayLine.objects.filter(run=run, town_id=actor.organ_id).exists():
            moves = [move for move in moves if move.key != "check_town"]
    return moves


def may_reissue(actor: Actor, run: PayRun) -> bool:
    return has_power(actor.role, "payroll.build") and run.state in ("RETURNED", "RECONCILED", "PUBLISHED")


def returned_lines(actor: Actor, run: PayRun) -> list[PayLine]:
    """Failed lines not yet issued again."""
    return list(
        run_lines(actor, run, show="failed")
        .filter(reissues__isnull=True)
        .select_related("account", "result")
        .order_by("line_no")
    )


def needs_other_account(line: PayLine) -> bool:
    """Whether the bank says the account is wrong and the family still has the same one."""
    if line.result.code not in table.OTHER_ACCOUNT:
        return False
    former = line.account
    kept = former.household.accounts.filter(purpose=former.purpose, for_person=former.for_person)
    current = kept.filter(valid_to__isnull=True).first()
    return current is None or current.id == line.account_id


def ready_again(line: PayLine) -> bool:
    """Whether a failed line may be re-issued as things stand."""
    return line.result.code not in table.NEVER_AGAIN and not needs_other_account(line)


def all_returned(actor: Actor, *, limit: int = 100) -> list[tuple[PayRun, list[PayLine]]]:
    """Returned lines in sight not yet issued again, by run, the newest run first (at most ``limit`` a run)."""
    with_some = runs(actor).filter(
        Exists(PayLine.objects.filter(run=OuterRef("pk"), reissues__isnull=True).filter(_SHOWN["failed"]))
    )
    return [(run, returned_lines(actor, run)[:limit]) for run in with_some]


def line_for(actor: Actor, line_id: int) -> tuple[PayLine, PayRun]:
    """One line in sight and its run, or E_NOT_FOUND."""
    line = (
        PayLine.objects.annotate(held=_held())
        .select_related("run__county", "account", "town", "result")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    permissions.check_may_see(actor, line.run)
    return line, line.run


def prompt_words(code: str) -> str:
    return statements.PROMPT_WORDS[code]


def why_no_reissue(run: PayRun) -> str:
    """Said when nothing could be re-issued."""
    with fence(PLATFORM):
        failed = list(
            lines_of(run).filter(_SHOWN["failed"], reissues__isnull=True).select_related("result", "account")
        )
    if not failed:
        return "没有被退回的笔"
    waiting = sum(needs_other_account(line) for line in failed)
    return f"{waiting}笔的账户还没有更正" if waiting else "退回的笔须人工核实（重复交易）"


def household_members(actor: Actor, line_id: int) -> list[tuple[int, str]]:
    """Who may be the owner of the account: ``(person id, name)`` of the line's household."""
    line = PayLine.objects.filter(pk=line_id).select_related("account__household").first()
    if line is None:
        raise Refusal("E_NOT_FOUND", what="发放笔")
    return list(line.account.household.persons.filter(died_on__isnull=True).values_list("id", "name"))


def banks() -> dict[str, str]:
    return choices("bank")


@dataclass(frozen=True)
class MonthSum:
    month: date
    families: int
    paid_fen: int
    due_fen: int


def by_month(actor: Actor, *, months: int = 12) -> list[MonthSum]:
    """Sums by month in the asker's sight, oldest first; re-issues count where they were paid."""
    mine = PayLine.objects.all()
    counties = permissions.county_ids(actor)
    if counties is not None:
        mine = mine.filter(run__county_id__in=counties)
    rows = (
        mine.values("run__month")
        .annotate(
            families=Count("household_id", distinct=True),
            paid=Sum("total_fen", filter=Q(result__code="00")),
            due=Sum("total_fen", filter=Q(reissue_of__isnull=True)),
        )
        .order_by("-run__month")[:months]
    )
    return [
        MonthSum(row["run__month"], row["families"], int(row["paid"] or 0), int(row["due"] or 0))
        for row in reversed(rows)
    ]


def by_town(run: PayRun) -> list[dict[str, Any]]:
    """Sums of a run by town in sight."""
    return list(
        lines_of(run)
        .values("town_id", "town__name")
        .annotate(
            lines=Count("id"),
            total=Sum("total_fen"),
            paid=Sum("total_fen", filter=Q(result__code="00")),
            failed=Count("id", filter=_SHOWN["failed"]),
        )
        .order_by("town__code")
    )


def pay_lists(actor: Actor, run: PayRun) -> list[Document]:
    """W41 of a run (finance, centre, audit: the county's; town: its own)."""
    permissions.check_may_see(actor, run)
    found = Document.objects.filter(code="W41", organ=run.county, issued_at__gte=run.created_at).order_by(
        "id"
    )
    step = run.steps.filter(move="send").first()
    if step is None:
        return []
    found = found.filter(issued_at__date=clock.local(step.at).date())
    own = [paper for paper in found if f'"{run.batch_no}"' in paper.data]
    if actor.organ_kind == Organisation.TOWN:
        name = Organisation.objects.get(pk=actor.organ_id).name
        own = [paper for paper in own if paper.addressee == name]
    return own


def pay_list_file(actor: Actor, run: PayRun, paper_id: int) -> tuple[str, bytes]:
    """Title and PDF of a pay list; opening it is recorded."""
    paper = next((each for each in pay_lists(actor, run) if each.id == paper_id), None)
    if paper is None:
        raise Refusal("E_NOT_FOUND", what="花名册")
    return paper.title, documents.read_file(actor, paper)


# —— for everybody


@dataclass(frozen=True)
class PublicLine:
    """All that is ever published of a payment (PUBL-02): no number, no account, no reason."""

    payee_name: str
    members_count: int
    total_fen: int


@dataclass(frozen=True)
class PublicList:
    village_name: str
    aid_name: str
    area: str
    month: date
    published_at: datetime
    lines: tuple[PublicLine, ...]


def public_list(village_code: str, month: date) -> list[PublicList]:
    """Published payments of one village and month; nothing before PUBLISHED, only what reached the family (PAY-05)."""
    with fence(PLATFORM):
        found: dict[tuple[str, str], list[PayLine]] = {}
        lines = (
            PayLine.objects.filter(
                village_code=village_code,
                run__month=month.replace(day=1),
                run__state="PUBLISHED",
                result__code="00",
            )
            .select_related("run")
            .order_by("payee_name", "id")
        )
        for line in lines:
            found.setdefault((line.run.aid_type, line.run.area_type), []).append(line)
        published = {
            step.run_id: step.at
            for step in RunStep.objects.filter(move="publish", run__in={line.run_id for line in lines})
        }
    return [
        PublicList(
            village_name=village_name(village_code),
            aid_name=registry.get(aid_type).name,
            area=name_of("area_type", area_type),
            month=month.replace(day=1),
            published_at=max(published[line.run_id] for line in own),
            lines=tuple(PublicLine(line.payee_name, line.members_count, line.total_fen) for line in own),
        )
        for (aid_type, area_type), own in found.items()
    ]


def opened_record(actor: Actor, run: PayRun) -> None:
    """Looking at a list of names and sums is recorded (VER-32)."""
    record(actor, "payroll.read", about=run, batch=run.batch_no)


def due_for_return() -> list[int]:
    """Runs at the bank; what the job asks about."""
    return list(PayRun.objects.filter(state="SENT_TO_BANK").values_list("id", flat=True))


def dues_of(entitlement_id: int, causes: str = "") -> QuerySet[Due]:
    """One-off sums of an entitlement, oldest first; ``causes`` is how their causes begin."""
    found = Due.objects.filter(entitlement_id=entitlement_id, cause__startswith=causes)
    return found.select_related("end", "end__line").order_by("from_month", "id")


@dataclass(frozen=True)
class Listed:
    """One month's living sum as listed. ``kept_back``: held, or returned by the bank, and not paid again so far."""

    month: date
    fen: int
    kept_back: bool


def paid_lines(entitlement_id: int) -> QuerySet[PayLine]:
    """Every line of an entitlement, the newest first; the caller has been allowed to see the entitlement."""
    return (
        PayLine.objects.filter(entitlement_id=entitlement_id)
        .select_related("run", "result")
        .order_by("-pay_month", "-id")
    )


def _living(entitlement_id: int) -> QuerySet[PayLine]:
    return PayLine.objects.filter(entitlement_id=entitlement_id, pay_kind__in=LIVING, reissue_of__isnull=True)


def listed_months(entitlement_id: int, since: date) -> list[Listed]:
    """Living sums that lists took for the months from ``since``."""
    again = Exists(PayLine.objects.filter(reissue_of=OuterRef("pk")))
    rows = (
        _living(entitlement_id)
        .filter(pay_month__gte=since)
        .annotate(held=_held(), again=again)
        .order_by("pay_month", "id")
        .values_list(
            "pay_month", "base_fen", "topup_fen", "care_fen", "total_fen", "held", "result__code", "again"
        )
    )
    found: dict[date, Listed] = {}
    for month, base, topup, care, whole, held, code, redone in rows:
        former = found.get(month, Listed(month, 0, False))
        back = (held or code not in (None, "00")) and not redone
        found[month] = Listed(month, former.fen + (base + topup + care or whole), former.kept_back or back)
    return list(found.values())


def waiting_dues(entitlement_id: int) -> bool:
    """Something is owed or to be kept that no list has taken."""
    return Due.objects.filter(entitlement_id=entitlement_id, end__isnull=True).exists()


def unpaid_lines(entitlement_id: int) -> bool:
    """A line whose money has not arrived and that was not issued again."""
    again = Exists(PayLine.objects.filter(reissue_of=OuterRef("pk")))
    lines = PayLine.objects.filter(entitlement_id=entitlement_id).exclude(result__code="00")
    return bool(lines.filter(~again).exists())


def failed_in_a_row(entitlement_id: int) -> bool:
    """PAY-08: the latest two months both came back from the bank, and neither was paid since."""
    return entitlement_id in failing([entitlement_id])


def failing(entitlements: Any) -> set[int]:
    """Which of these entitlements were not paid for their latest two listed months (PAY-08)."""
    again = PayLine.objects.filter(
        entitlement=OuterRef("entitlement"),
        pay_month=OuterRef("pay_month"),
        part=PayLine.BASE,
        result__code="00",
    )
    lines = (
        PayLine.objects.filter(
            entitlement__in=entitlements, part=PayLine.BASE, pay_kind__in=LIVING, reissue_of__isnull=True
        )
        .filter(result__isnull=False)
        .annotate(paid_after=Exists(again))
        .order_by("entitlement_id", "-pay_month")
        .values_list("entitlement_id", "result__code", "paid_after")
    )
    latest: dict[int, list[bool]] = {}
    for entitlement, code, paid_after in lines.iterator():
        row = latest.setdefault(entitlement, [])
        if len(row) < 2:
            row.append(code != "00" and not paid_after)
    return {entitlement for entitlement, row in latest.items() if row == [True, True]}


def first_unlisted(entitlement_id: int, first_month: date) -> date:
    """The first month after every month a list has taken."""
    last = _living(entitlement_id).aggregate(last=Max("pay_month"))["last"]
    return add_months(last, 1) if last else first_month


def next_list_month(county_id: int, aid_type: str, area_type: str, today: date) -> date:
    """The month whose list is still to be made."""
    runs = PayRun.objects.filter(county_id=county_id, aid_type=aid_type, area_type=area_type, kind="REGULAR")
    last = runs.aggregate(last=Max("month"))["last"]
    return add_months(last, 1) if last else today.replace(day=1)
