"""The family moves (CH-MOVE1 within the county, CH-MOVE2 to another): the dossier follows, nothing begins anew.

The township it leaves asks, the one it comes to takes over. Open cases go at once with their clocks; a benefit is
paid by the old county through the month of the transfer and by the new one from the next. It stays one entitlement
with one number, and one living sum a month is a unique key of the ledger: two counties never both pay a month.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases.acts._act import acting, locked, table_of
from jiuzhu.cases.authority import authority_of
from jiuzhu.cases.models import Case, Entitlement, Transfer
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.parameters import queries as parameters
from jiuzhu.people.models import Household
from jiuzhu.people.queries import members_of
from jiuzhu.workflow.states import STATES

CHECK_WORKING_DAYS = "limit.transfer_check_wd"
# while something hangs in the village, or the county is on its way, the move waits for the end of it; so it does
# for aid that is given where the need arose
_WAIT = ("PRELIM_PUBLICITY", "RESULT_PUBLICITY", "OBJECTION", "APPRAISAL", "COUNTY_VISIT")


def request_transfer(
    actor: Actor,
    uid: UUID | str,
    *,
    to_town_id: int,
    reason: str,
    hukou_moved: bool = False,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Transfer:
    """The clerk of the township the family leaves asks the other one to take it over; nothing has moved yet."""
    with transaction.atomic():
        case = locked(actor, uid)
        if actor.role != "TOWN_CLERK":
            raise Refusal("E_AUTH", role=role_name(actor.role), act="办理转出", why="")
        check_recusal(actor, case)
        if len(reason.strip()) < 2:
            raise Refusal("E_INPUT", field="迁移情况", problem="请写明迁往哪里、户籍和居住情况")
        target = Organisation.objects.filter(pk=to_town_id, kind=Organisation.TOWN).first()
        if target is None or target.id == case.household.town_id:
            raise Refusal("E_INPUT", field="迁入乡镇（街道）", problem="请选择另一个乡镇（街道）")
        household = case.household
        open_cases, benefits = _affected(household)
        if not open_cases and not benefits:
            raise Refusal("E_STATE", act="办理转出", state="没有在办案件和待遇，可直接在迁入地申请")
        _refuse_waiting(open_cases)
        today = clock.today()
        old, new = county_of(household.town, today), county_of(target, today)
        try:
            with transaction.atomic():
                made = Transfer.objects.create(
                    household=household,
                    kind=Transfer.WITHIN if old.id == new.id else Transfer.BETWEEN,
                    applicant_name=case.applicant.name,
                    members_count=members_of(household, today).count(),
                    what=_words(open_cases, benefits),
                    from_town=household.town,
                    from_county=old,
                    from_village=household.village_code,
                    to_town=target,
                    to_county=new,
                    hukou_moved=hukou_moved,
                    reason=reason.strip()[:400],
                    sent_at=clock.now(),
                    sent_by=actor.name,
                )
        except IntegrityError as clash:
            raise Refusal("E_DUP", why="该家庭已有转移在办") from clash
        record(
            actor,
            "transfer.request",
            about=made,
            case_no=case.case_no,
            person_uid=case.applicant.uid,
            kind=made.kind,
            to=target.code,
        )
        return made


def _affected(household: Household) -> tuple[list[Case], list[Entitlement]]:
    with fence(PLATFORM):
        cases = Case.objects.filter(household=household, open=True).select_related("town", "county")
        benefits = Entitlement.objects.filter(household=household, state__in=Entitlement.RUNNING)
        return list(cases.order_by("id")), list(benefits.order_by("id"))


def _words(open_cases: list[Case], benefits: list[Entitlement]) -> str:
    said = [
        f"{registry.get(each.aid_type).short_name}案件{each.case_no}（{STATES[each.state].name}）"
        for each in open_cases
    ]
    said += [f"{registry.get(each.aid_type).short_name}待遇{each.number}" for each in benefits]
    return "；".join(said)[:400]


def _refuse_waiting(open_cases: list[Case]) -> None:
    for each in open_cases:
        if each.state in _WAIT or table_of(each).find("CH-MOVE", each.state, each.regime) is None:
            raise Refusal("E_STATE", act="办理转移", state=STATES[each.state].name)


def _sent(actor: Actor, uid: UUID | str, act: str) -> Transfer:
    """A transfer under way under its lock, for a clerk of the township it goes to."""
    row = Transfer.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if row is None or (not actor.is_staff) or row.to_town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="转移单")
    if actor.role != "TOWN_CLERK":
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")
    return row


def accept_transfer(
    actor: Actor,
    uid: UUID | str,
    *,
    village_code: str,
    address: str = "",
    seen: Any = None,
    once: Any = None,
) -> Transfer:
    """The new township takes over: dossier and open cases at once, W38 for both; the lists follow the month."""
    with transaction.atomic():
        row = _sent(actor, uid, "接收转入")
        if row.state != Transfer.SENT:
            raise Refusal("E_STATE", act="接收转入", state=WORDS[row.state])
        if village_code not in {each.code for each in villages_of(row.to_town)}:
            raise Refusal("E_INPUT", field="村（居）", problem="请选择本乡镇（街道）的村（居）")
        with fence(PLATFORM):
            _take_over(actor, row, village_code, address.strip())
    return row


def _take_over(actor: Actor, row: Transfer, village_code: str, address: str) -> None:
    household = Household.objects.select_for_update().get(pk=row.household_id)
    open_cases, _ = _affected(household)
    _refuse_waiting(open_cases)
    household.town, household.village_code = row.to_town, village_code
    household.address = address or household.address
    household.save()
    for case in open_cases:
        _move_case(actor, row, case, village_code)
    today = clock.today()
    days = int(parameters.plain_values(row.to_county, on=today, regime="P2019")[CHECK_WORKING_DAYS])
    row.state, row.to_village = Transfer.ACCEPTED, village_code
    row.answered_at, row.answered_by = clock.now(), actor.name
    row.paid_until = today.replace(day=1)
    row.check_due_on = parameters.calendar().add_working_days(today, days).on
    row.save()
    there = {"town": row.to_town, "county": row.to_county, "village_code": village_code}
    running = Entitlement.objects.filter(household=household, state__in=Entitlement.RUNNING)
    # the file a running benefit rests on goes with it: who looks after the family from now on acts on it
    Case.objects.filter(open=False, pk__in=running.values("case_id")).update(**there)
    running.update(**there)
    first = add_months(row.paid_until, 1)
    documents.issue(
        actor,
        "W38",
        {
            "applicant_name": row.applicant_name,
            "dossier_no": household.dossier_no,
            "members_count": row.members_count,
            "what": row.what,
            "from_organ": row.from_town.organ_name,
            "to_organ": row.to_town.organ_name,
            "kind": KINDS[row.kind],
            "hukou": "已迁入" if row.hukou_moved else "未迁，居住地变动",
            "reason": row.reason,
            "moved_on": today,
            "paid_until": f"{row.paid_until:%Y年%-m月}",
            "paid_from": f"{first:%Y年%-m月}",
            "check_due_on": row.check_due_on,
            "hotline": row.to_town.phone,
        },
        organ=row.to_town,
        regime="P2019",
        household=household,
        addressee=row.applicant_name,
    )
    record(actor, "transfer.accept", about=row, kind=row.kind, cases=len(open_cases))


def _move_case(actor: Actor, row: Transfer, case: Case, village_code: str) -> None:
    """One step of the case: another township, the same clocks; whoever has the authority there decides."""
    mover = replace(PLATFORM, name=actor.name, organ=actor.organ)
    with acting(
        mover,
        case.uid,
        "CH-MOVE",
        reason=f"由{row.from_town.name}转入{row.to_town.name}：{row.reason}"[:1000],
    ) as act:
        act.change(town=row.to_town, county=row.to_county, village_code=village_code)
        state = case.state
        if state in ("COUNTY_REVIEW", "TOWN_APPROVAL"):
            authority = authority_of(act.case, act.today)
            state = "TOWN_APPROVAL" if authority == "TOWN" else "COUNTY_REVIEW"
            if state == "COUNTY_REVIEW" and case.state == "TOWN_APPROVAL":
                act.start("CLK-CO")
        act.to(state)
        act.note(transfer=str(row.uid), former_town=row.from_town.code, town=row.to_town.code)


def return_transfer(
    actor: Actor, uid: UUID | str, *, reason: str, seen: Any = None, once: Any = None
) -> Transfer:
    """Sent back with a reason: the family stays where it was, nothing has moved."""
    with transaction.atomic():
        row = _sent(actor, uid, "退回转入")
        if row.state != Transfer.SENT:
            raise Refusal("E_STATE", act="退回转入", state=WORDS[row.state])
        if len(reason.strip()) < 2:
            raise Refusal("E_REASONS", act="退回转入")
        row.state, row.answer = Transfer.RETURNED, reason.strip()[:400]
        row.answered_at, row.answered_by = clock.now(), actor.name
        row.save()
        record(actor, "transfer.return", about=row)
        return row


def conclude_check(
    actor: Actor, uid: UUID | str, *, finding: str, seen: Any = None, once: Any = None
) -> Transfer:
    """The new township has verified the family again (twenty working days); a change found goes its own way (5.3)."""
    with transaction.atomic():
        row = _sent(actor, uid, "登记核实结果")
        if row.state != Transfer.ACCEPTED:
            raise Refusal("E_STATE", act="登记核实结果", state=WORDS[row.state])
        if len(finding.strip()) < 2:
            raise Refusal("E_REASONS", act="登记核实结果")
        row.state, row.finding = Transfer.CHECKED, finding.strip()[:400]
        row.checked_on, row.checked_by = clock.today(), actor.name
        row.save()
        record(actor, "transfer.check", about=row, late=row.checked_on > row.check_due_on)
        return row


WORDS = {"SENT": "待接收", "ACCEPTED": "已接收，待核实", "CHECKED": "已核实", "RETURNED": "已退回"}
KINDS = {"CH-MOVE1": "县内转移", "CH-MOVE2": "跨县转移"}
