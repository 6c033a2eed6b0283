"""The one door for machines: receptions, referrals, leads; the same acts and refusals as on the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema, Status

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.models import Organisation
from jiuzhu.api.acts import key_of, picture, seen_of
from jiuzhu.api.api import api
from jiuzhu.api.reads import cursor
from jiuzhu.api.schemas import ActIn, PersonIn
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.onedoor import leads, queries, receptions, referrals


class ReceptionIn(Schema):
    """A family at the one door: on record (``household``) or told here (``people`` and where it lives)."""

    town_code: str = Field(max_length=12)
    household: UUID | None = None
    village_code: str = Field("", max_length=12)
    area_type: str = Field("", max_length=6)
    people: list[PersonIn] = Field([], max_length=20)
    address: str = Field("", max_length=120)
    need: str = Field(max_length=600, description="需要什么帮助")
    causes: list[str] = Field([], max_length=9)
    own: list[str] = Field([], max_length=8, description="民政救助类别代码")
    other: list[str] = Field([], max_length=12, description="其他部门事项代码，见 /matters")
    consent: bool = Field(False, description="本人同意转交所选部门")
    for_person: str = Field("", max_length=18, description="为一个人的救助（如特困）为谁申请：公民身份号码")
    lead: UUID | None = None


class LeadIn(Schema):
    town_code: str = Field(max_length=12)
    village_code: str = Field(max_length=12)
    source: str = Field(max_length=10, description="VILLAGE GRID HOTLINE PUBLIC STAFF")
    name: str = Field(max_length=60)
    text: str = Field(max_length=1000)
    id_no: str = Field("", max_length=24)
    phone: str = Field("", max_length=20)
    address: str = Field("", max_length=120)
    incapable: bool = False
    order_no: str = Field("", max_length=40, description="热线工单号")
    informant: str = Field("", max_length=60)
    informant_phone: str = Field("", max_length=20)


class ReasonIn(ActIn):
    reason: str = Field(max_length=300)


class CaseNoIn(ActIn):
    case_no: str = Field(max_length=30)


class VisitIn(ActIn):
    visited_on: date
    found: bool
    text: str = Field(max_length=1000)
    companion: str = Field("", max_length=60)
    incapable: bool | None = None
    id_no: str = Field("", max_length=24)


class DeclineIn(ActIn):
    mode: str = Field(max_length=10, description="SIGNED 或 WITNESSED")
    words: str = Field(max_length=600)
    witness: str = Field("", max_length=60)
    leaflet_given: bool = False
    picture: str = Field(max_length=4_000_000, description="签名图片，base64")


class AssignIn(ActIn):
    staff_id: int = Field(ge=1, le=2**31 - 1)


class HowIn(ActIn):
    how: str = Field(max_length=60)


class AnswerIn(ActIn):
    kind: str = Field(max_length=10, description="TAKEN RETURNED DONE")
    text: str = Field(max_length=1000)
    helped: bool | None = None
    officer: str = Field("", max_length=60)


class PassOnIn(ActIn):
    code: str = Field(max_length=12)


class CloseIn(ActIn):
    result: str = Field(max_length=10, description="HELPED NOT_FIT EXPLAINED")
    told: str = Field(max_length=600)


def _town(code: str) -> Organisation:
    town = Organisation.objects.filter(code=code, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return town


def _timed(row: Any) -> dict[str, Any]:
    return {
        "uid": row.item.uid,
        "number": row.item.number,
        "version": row.item.version,
        "state": row.item.state,
        "state_name": row.place.name,
        "open": row.item.open,
        "due_on": row.clock.due_on if row.clock else None,
        "clock": row.clock.name if row.clock else "",
        "colour": row.colour,
        "late": row.item.late,
        "town": row.item.town.name,
        "village_code": row.item.village_code,
        "moves": sorted({move.key for move in row.moves}),
    }


def _referral(row: Any) -> dict[str, Any]:
    return _timed(row) | {
        "matter": row.item.matter,
        "matter_name": row.title,
        "department": row.item.department,
        "applicant": row.item.person.name,
        "result": row.item.result,
    }


def _lead(row: Any) -> dict[str, Any]:
    return _timed(row) | {
        "name": row.item.name,
        "incapable": row.item.incapable,
        "handler": row.item.handler.name if row.item.handler else "",
        "reason": row.item.reason,
    }


@api.get("/matters", summary="一门受理事项表", tags=["一门受理"])
def matters(
    request: HttpRequest,
    on: date | None = None,
) -> list[dict[str, Any]]:
    """As it holds for the asker's county (or the city) on a day, today unless said; ``offered`` false is no longer taken."""
    day = on or clock.today()
    county = accounts.county_level_of(request.asker, clock.today())
    return [
        {
            "code": each.code,
            "title": each.title,
            "plain": each.plain,
            "department": each.department(
                "县（市、区）" if county.kind == Organisation.CITY else county.name
            ),
            "phone": each.phone,
            "answer_working_days": each.answer_wd,
            "article": each.article,
            "offered": each.offered,
            "scope": each.scope.name,
            "effective_from": each.effective_from,
            "effective_to": each.effective_to,
            "doc_no": each.doc_no,
        }
        for each in queries.matters_on(county, day)
    ]


@api.post("/receptions", response={201: dict}, summary="一门受理", tags=["一门受理"])
def receive(request: HttpRequest, body: ReceptionIn) -> Any:
    actor = request.asker
    people = [{key: value for key, value in each.dict().items() if value != ""} for each in body.people]
    done = receptions.receive(
        actor,
        town_id=_town(body.town_code).id,
        household_uid=body.household,
        village_code=body.village_code,
        area_type=body.area_type,
        people_rows=people,
        address=body.address,
        need=body.need,
        causes=body.causes,
        own=body.own,
        other=body.other,
        consent=body.consent,
        for_person=body.for_person,
        lead_uid=body.lead,
        channel="API",
        once=key_of(request),
    )
    return Status(201, _reception(actor, done.uid))


class ExplainIn(Schema):
    text: str = Field(max_length=300, description="怎样答复家庭的")


@api.post(
    "/receptions/{uid}/matters/{code}/explain",
    response=dict,
    summary="没有登记成的事项答复家庭",
    tags=["一门受理"],
)
def explain(request: HttpRequest, uid: UUID, code: str, body: ExplainIn) -> dict[str, Any]:
    queries.reception_for(request.asker, uid)
    receptions.explain(request.asker, uid, code, text=body.text)
    return _reception(request.asker, uid)


@api.get("/receptions/{uid}", response=dict, summary="一次受理的各个事项", tags=["一门受理"])
def reception(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    return _reception(request.asker, uid)


def _reception(actor: Any, uid: UUID) -> dict[str, Any]:
    found = queries.reception_for(actor, uid)
    return {
        "uid": str(found.uid),
        "number": found.number,
        "applicant": found.person.name,
        "matters": [
            {
                "code": each["code"],
                "title": each["title"],
                "case_no": each["case"].case_no if each["own"] and each["case"] else None,
                "case": str(each["case"].uid) if each["own"] and each["case"] else None,
                "refused": each.get("refused", ""),
                "due_on": each.get("due_on"),
                "told": each.get("told", ""),
                "referral": str(each["referral"].uid) if not each["own"] else None,
            }
            for each in queries.matters_of(found)
        ],
    }


@api.get("/referrals", summary="转办事项", tags=["一门受理"])
def referral_list(
    request: HttpRequest,
    state: str = Query("", max_length=16),
    overdue: bool = False,
    open_only: bool = False,
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows, more = queries.referrals(
        request.asker,
        state=state.replace("\x00", ""),
        overdue=overdue,
        open_only=open_only,
        after=cursor(after),
        limit=limit,
    )
    return {"items": [_referral(row) for row in rows], "next": str(more) if more else None}


@api.get("/referrals/{uid}", summary="一份转办单和部门答复", tags=["一门受理"])
def referral(request: HttpRequest, uid: UUID, response: HttpResponse) -> dict[str, Any]:
    actor = request.asker
    found = queries.referral_for(actor, uid)
    response["ETag"] = f'"{found.version}"'
    return _referral(queries.row_of(actor, found)) | {
        "need": found.need,
        "failure": found.failure,
        "told": found.told,
        "answers": [
            {
                "kind": each.kind,
                "text": each.text,
                "helped": each.helped,
                "answered_on": each.answered_on,
                "late": each.late,
                "simulated": each.simulated,
            }
            for each in found.answers.order_by("received_at", "id")
        ],
    }


@api.get("/referrals/{uid}/slip", summary="转办单原件（PDF）", tags=["一门受理"])
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = request.asker
    found = queries.referral_for(actor, uid)
    return HttpResponse(referrals.read_slip(actor, found), content_type="application/pdf")


@api.get("/leads", summary="困难线索", tags=["一门受理"])
def lead_list(
    request: HttpRequest,
    state: str = Query("", max_length=16),
    overdue: bool = False,
    open_only: bool = False,
    mine: bool = False,
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows, more = queries.leads(
        request.asker,
        state=state.replace("\x00", ""),
        overdue=overdue,
        open_only=open_only,
        mine=mine,
        after=cursor(after),
        limit=limit,
    )
    return {"items": [_lead(row) for row in rows], "next": str(more) if more else None}


@api.post("/leads", response={201: dict}, summary="登记困难线索（L1）", tags=["一门受理"])
def report(request: HttpRequest, body: LeadIn) -> Any:
    actor = request.asker
    given = body.dict(exclude={"town_code"})
    done = leads.report(actor, town_id=_town(body.town_code).id, once=key_of(request), **given)
    return Status(201, _lead(queries.row_of(actor, queries.lead_for(actor, done.uid))))


@api.get("/leads/{uid}", summary="一条困难线索", tags=["一门受理"])
def lead(request: HttpRequest, uid: UUID, response: HttpResponse) -> dict[str, Any]:
    actor = request.asker
    found = queries.lead_for(actor, uid)
    response["ETag"] = f'"{found.version}"'
    view = queries.lead_view(actor, found)
    return _lead(queries.row_of(actor, found)) | {
        "known": [each.words for each in view["known"]],
        "reports": [
            {
                "id": each["report"].id,
                "source": each["report"].source,
                "order_no": each["report"].order_no,
                "text": each["report"].text,
                "answered": each["report"].answered_at is not None,
                "suggested_answer": each["suggested"],
            }
            for each in view["reports"]
        ],
    }


class OrderIn(Schema):
    answer: str = Field(max_length=600)


@api.post("/leads/{uid}/orders/{report_id}", summary="答复热线工单，只答一次", tags=["一门受理"])
def answer_order(request: HttpRequest, uid: UUID, report_id: int, body: OrderIn) -> dict[str, Any]:
    actor = request.asker
    queries.lead_for(actor, uid)
    if not 0 < report_id < 2**31:
        raise Refusal("E_NOT_FOUND", what="热线工单")
    said = leads.answer_order(actor, report_id, answer=body.answer)
    return {"order_no": said.order_no, "answer": said.answer}


@dataclass(frozen=True)
class DoorRow:
    """One act: its name in the address, its words, its body, the function the screens call."""

    name: str
    title: str
    body: type[ActIn]
    call: Callable[..., Any]


def _decline(actor: Any, uid: UUID, **fields: Any) -> Any:
    return leads.decline(actor, uid, **fields | {"picture": picture(fields["picture"])})


LEAD_ACTS = (
    DoorRow("assign", "指派经办人（L2）", AssignIn, leads.assign),
    DoorRow("visit", "登记上门情况（L3）", VisitIn, leads.visit),
    DoorRow("help", "已帮助申请，按案号（L4）", CaseNoIn, leads.help_with_case_no),
    DoorRow("already-helped", "已在救助，办结（L5）", ReasonIn, leads.already_helped),
    DoorRow("decline", "本人谢绝帮助（L6）", DeclineIn, _decline),
    DoorRow("not-found", "查无此人（L7）", ReasonIn, leads.not_found),
    DoorRow("not-needed", "暂不需要救助（L8）", ReasonIn, leads.not_needed),
)
REFERRAL_ACTS = (
    DoorRow("hand-over", "登记已送达（R2h）", HowIn, referrals.note_delivered),
    DoorRow("note-answer", "登记部门答复（R3h）", AnswerIn, referrals.note_answer),
    DoorRow("remind", "催办（R4）", ActIn, referrals.remind),
    DoorRow("pass-on", "改转其他部门（R5）", PassOnIn, referrals.pass_on),
    DoorRow("close", "告知家庭并办结（R6）", CloseIn, referrals.close),
    DoorRow("recall", "撤回（R7）", ReasonIn, referrals.recall),
)


def _endpoint(row: DoorRow, things: str, find: Callable[..., Any], show: Callable[[Any], Any]) -> None:
    def act(request: HttpRequest, uid: UUID, body: Any, response: HttpResponse) -> dict[str, Any]:
        actor = request.asker
        find(actor, uid)
        try:
            fields = body.dict(exclude={"seen"})
            row.call(actor, uid, **fields, seen=seen_of(request, body), once=key_of(request))
        except Refusal as refused:
            if refused.code != "E_REPEAT":  # the same key again: what the first call did stands
                raise
        found = find(actor, uid)
        response["ETag"] = f'"{found.version}"'
        return dict(show(queries.row_of(actor, found)))

    act.__annotations__["body"] = row.body
    act.__name__ = f"{things}_{row.name}".replace("-", "_")
    api.post(
        f"/{things}/{{uid}}/acts/{row.name}",
        response=dict,
        summary=row.title,
        tags=["一门受理"],
        operation_id=f"act_{act.__name__}",
    )(act)


for _row in LEAD_ACTS:
    _endpoint(_row, "leads", queries.lead_for, _lead)
for _row in REFERRAL_ACTS:
    _endpoint(_row, "referrals", queries.referral_for, _referral)
