"""Reviews, recovery, new standards, alerts and the clock of a change for machines; the same acts as the screens (section 5)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Schema, Status

from jiuzhu.api.acts import key_of, picture
from jiuzhu.api.api import api
from jiuzhu.api.benefits import AssetIn, IncomeIn, change
from jiuzhu.api.reads import cursor
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import alerts as watch
from jiuzhu.benefits.acts import crosscheck, ending, pausing, recovery, reviews, standard
from jiuzhu.core.refusal import Refusal

_TAG = ["动态管理"]


def _page(rows: Any, limit: int, shown: Any) -> dict[str, Any]:
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return {
        "items": [shown(each) for each in found[:limit]],
        "next": str(found[limit - 1].id) if more else None,
    }


# —— reviews


def _review(row: Any) -> dict[str, Any]:
    made = queries.change_of_review(row)
    answered, asked = queries.review_inquiries(row)
    return {
        "id": row.id,
        "benefit": row.entitlement_id,
        "applicant": row.entitlement.case.applicant.name,
        "review_class": row.review_class,
        "due_on": row.due_on,
        "state": row.state,
        "progress": queries.review_words(row),
        "asked": asked,
        "answered": answered,
        "visited_on": row.visited_on,
        "needs_visit": reviews.needs_visit(row),
        "change": made.uid if made else None,
        "result": row.result,
    }


class ReviewVisitIn(Schema):
    officers: list[int] = Field(min_length=2, max_length=10)
    text: str = Field(max_length=1000)
    visited_on: date | None = None
    picture: str = Field("", max_length=4_000_000, description="入户照片，base64")


class ReviewOpinionIn(Schema):
    text: str = Field(max_length=1000)
    incomes: list[IncomeIn] = []
    assets: list[AssetIn] = []
    new_work: bool = False


@api.get("/reviews", summary="定期复核（5.2）", tags=_TAG)
def review_list(
    request: HttpRequest,
    colour: Literal["", "RED", "ORANGE", "YELLOW"] = "",
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows = queries.reviews(request.asker, colour=colour).order_by("id")
    key = cursor(after)
    return _page(rows.filter(id__gt=key) if key else rows, limit, _review)


@api.get("/reviews/{int:number}", summary="一次复核", tags=_TAG)
def review(request: HttpRequest, number: int) -> dict[str, Any]:
    return _review(queries.review(request.asker, number))


@api.post("/reviews/{int:number}/acts/start", summary="发起复核核对", tags=_TAG)
def review_start(request: HttpRequest, number: int) -> dict[str, Any]:
    queries.review(request.asker, number)
    reviews.start(request.asker, number)
    return review(request, number)


@api.post("/reviews/{int:number}/acts/report", summary="出具复核核对报告", tags=_TAG)
def review_report(request: HttpRequest, number: int) -> dict[str, Any]:
    queries.review(request.asker, number)
    reviews.issue_report(request.asker, number)
    return review(request, number)


@api.post("/reviews/{int:number}/acts/visit", summary="登记复核入户", tags=_TAG)
def review_visit(request: HttpRequest, number: int, body: ReviewVisitIn) -> dict[str, Any]:
    queries.review(request.asker, number)
    fields = body.dict(exclude={"picture"})
    seen = picture(body.picture) if body.picture else None
    reviews.visit(request.asker, number, picture=seen, **fields)
    return review(request, number)


@api.post("/reviews/{int:number}/acts/conclude", summary="形成复核意见", tags=_TAG)
def review_conclude(request: HttpRequest, number: int, body: ReviewOpinionIn) -> dict[str, Any]:
    queries.review(request.asker, number)
    given = body.dict(exclude={"text"})
    made = reviews.conclude(request.asker, number, text=body.text, given=given, once=key_of(request))
    return change(request, made.uid)


# —— recovery


def _overpay(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "benefit": row.entitlement_id,
        "applicant": row.entitlement.case.applicant.name,
        "cause": row.cause,
        "months": row.months,
        "amount_fen": row.amount_fen,
        "returned_fen": recovery.returned_fen(row),
        "plan": row.plan,
        "instalments": row.instalments,
        "found_on": row.found_on,
        "closed_on": row.closed_on,
    }


class ClaimIn(Schema):
    amount_fen: int = Field(ge=1, le=10**12)
    months: list[date] = Field(min_length=1, max_length=120)
    cause: str = Field(max_length=200)


class PlanIn(Schema):
    way: Literal["CASH", "OFFSET"]
    instalments: int = Field(1, ge=1, le=60)
    consent: str = Field("", max_length=4_000_000, description="家庭同意抵扣的签字，base64")


class RepayIn(Schema):
    amount_fen: int = Field(ge=1, le=10**12)
    paid_on: date
    voucher_no: str = Field(max_length=60)


@api.get("/recoveries", summary="追回多发（DYN-22）", tags=_TAG)
def recoveries(
    request: HttpRequest, open_only: bool = True, after: str = "", limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    rows = queries.overpays(request.asker, open_only=open_only).order_by("id")
    key = cursor(after)
    return _page(rows.filter(id__gt=key) if key else rows, limit, _overpay)


@api.get("/recoveries/{int:number}", summary="一项追回", tags=_TAG)
def recovery_one(request: HttpRequest, number: int) -> dict[str, Any]:
    found = queries.overpay(request.asker, number)
    parts = queries.instalments(found)
    return _overpay(found) | {"parts": parts}


@api.post("/benefits/{int:number}/recoveries", response={201: dict}, summary="认定多发", tags=_TAG)
def claim(request: HttpRequest, number: int, body: ClaimIn) -> Any:
    queries.benefit(request.asker, number)
    made = recovery.claim(request.asker, number, **body.dict())
    return Status(201, recovery_one(request, made.id))


@api.post("/recoveries/{int:number}/acts/plan", summary="确定追回方式（W39）", tags=_TAG)
def plan(request: HttpRequest, number: int, body: PlanIn) -> dict[str, Any]:
    queries.overpay(request.asker, number)
    signed = picture(body.consent) if body.consent else None
    recovery.plan(request.asker, number, way=body.way, instalments=body.instalments, consent=signed)
    return recovery_one(request, number)


@api.post("/recoveries/{int:number}/acts/repay", summary="登记缴回", tags=_TAG)
def repay(request: HttpRequest, number: int, body: RepayIn) -> dict[str, Any]:
    queries.overpay(request.asker, number)
    recovery.repay(request.asker, number, **body.dict())
    return recovery_one(request, number)


# —— a new standard for everybody


def _batch(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "aid_type": row.aid_type,
        "area_type": row.area_type,
        "since": row.since,
        "old_fen": row.old_fen,
        "new_fen": row.new_fen,
        "state": row.state,
        "version": row.version,
        "todo": row.todo,
        "done": row.done,
        "families": row.families,
        "left_out": row.left_out,
        "month_fen": row.month_fen,
        "arrears_fen": row.arrears_fen,
        "paper_no": row.paper_no,
    }


class BatchIn(Schema):
    aid_type: str = Field(max_length=16)
    area_type: Literal["URBAN", "RURAL"]
    since: date = Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))


class BatchActIn(Schema):
    seen: int | None = None
    reason: str = Field("", max_length=200, description="撤销时必填")


_BATCH_ACTS = {"confirm": standard.confirm, "apply": standard.apply, "undo": standard.undo}


@api.get("/standards", summary="提高标准的批次（DYN-40）", tags=_TAG)
def standards(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_batch(each) for each in queries.batches(request.asker)], "next": None}


@api.get("/standards/{int:number}", summary="一个批次和它的名单", tags=_TAG)
def standard_one(
    request: HttpRequest, number: int, after: str = "", limit: int = Query(100, ge=1, le=500)
) -> dict[str, Any]:
    found = queries.batch(request.asker, number)
    rows = found.lines.select_related("entitlement").order_by("id")
    key = cursor(after)
    lines = _page(
        rows.filter(id__gt=key) if key else rows,
        limit,
        lambda line: {
            "benefit": line.entitlement_id,
            "members_count": line.members_count,
            "old_fen": line.old_fen,
            "new_fen": line.base_fen + line.topup_fen + line.care_fen,
            "from_month": line.from_month,
            "arrears_fen": line.arrears_fen,
            "note": line.note,
        },
    )
    return _batch(found) | {"lines": lines}


@api.post("/standards", response={201: dict}, summary="编制调标名单", tags=_TAG)
def standard_open(request: HttpRequest, body: BatchIn) -> Any:
    made = standard.open_batch(request.asker, **body.dict())
    return Status(201, _batch(made))


@api.post("/standards/{int:number}/acts/{act}", response=dict, summary="确认、生效、撤销", tags=_TAG)
def standard_act(request: HttpRequest, number: int, act: str, body: BatchActIn) -> dict[str, Any]:
    if act not in _BATCH_ACTS:
        raise Refusal("E_NOT_FOUND", what="办理步骤")
    queries.batch(request.asker, number)
    more = {"reason": body.reason} if act == "undo" else {}
    return _batch(_BATCH_ACTS[act](request.asker, number, seen=body.seen, **more))


# —— the cross-check


def _alert(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "benefit": row.entitlement_id,
        "kind": row.kind,
        "level": row.level,
        "source": row.source,
        "person": row.person.name if row.person else "",
        "text": row.text,
        "found_on": row.found_on,
        "due_on": row.due_on,
        "limits": row.limits,
        "result": row.result,
        "answer": row.answer,
        "answered_on": row.answered_on,
    }


class AlertAnswerIn(Schema):
    result: Literal["CONFIRMED", "FALSE", "EXPLAINED"]
    text: str = Field(max_length=400)


@api.get("/alerts", summary="比对预警（SUP-20）", tags=_TAG)
def alerts(
    request: HttpRequest,
    open_only: bool = True,
    kind: str = Query("", max_length=16),
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows = queries.alerts(request.asker, open_only=open_only, kind=kind).order_by("id")
    key = cursor(after)
    return _page(rows.filter(id__gt=key) if key else rows, limit, _alert)


@api.post("/alerts/ask", summary="发起本月比对（DYN-04）", tags=_TAG)
def ask(request: HttpRequest) -> dict[str, Any]:
    asked, left = crosscheck.ask(request.asker)
    return {"asked": asked, "left": left}


@api.post("/alerts/{int:number}/acts/answer", summary="登记查清结果", tags=_TAG)
def answer(request: HttpRequest, number: int, body: AlertAnswerIn) -> dict[str, Any]:
    queries.alert(request.asker, number)
    watch.answer(request.asker, number, **body.dict())
    return _alert(queries.alert(request.asker, number))


def _place_alert(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "town": row.town.code,
        "village": row.village_code,
        "kind": row.kind,
        "text": row.text,
        "found_on": row.found_on,
        "due_on": row.due_on,
        "limits": row.limits,
        "result": row.result,
        "answer": row.answer,
        "answered_on": row.answered_on,
    }


@api.get("/place-alerts", summary="村镇预警（SUP-20）", tags=_TAG)
def place_alerts(
    request: HttpRequest, open_only: bool = True, after: str = "", limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    rows = queries.place_alerts(request.asker, open_only=open_only).order_by("id")
    key = cursor(after)
    return _page(rows.filter(id__gt=key) if key else rows, limit, _place_alert)


@api.post("/place-alerts/{int:number}/acts/answer", summary="登记村镇预警查清结果", tags=_TAG)
def place_answer(request: HttpRequest, number: int, body: AlertAnswerIn) -> dict[str, Any]:
    queries.place_alert(request.asker, number)
    watch.answer_place(request.asker, number, **body.dict())
    return _place_alert(queries.place_alert(request.asker, number))


# —— the clock of a change, the end of a benefit


class PauseIn(Schema):
    kind: Literal["PAU-1", "PAU-2", "PAU-4"]
    reason: str = Field(max_length=400)
    document_no: str = Field(max_length=80)
    seen: int | None = None


class ResumeIn(Schema):
    seen: int | None = None


@api.post("/changes/{uuid:uid}/clock/pause", summary="暂停变更计时（CLK-CHG）", tags=_TAG)
def pause(request: HttpRequest, uid: UUID, body: PauseIn) -> dict[str, Any]:
    queries.change(request.asker, uid)
    pausing.pause(request.asker, uid, **body.dict())
    return change(request, uid)


@api.post("/changes/{uuid:uid}/clock/resume", summary="恢复变更计时", tags=_TAG)
def resume(request: HttpRequest, uid: UUID, body: ResumeIn) -> dict[str, Any]:
    queries.change(request.asker, uid)
    pausing.resume(request.asker, uid, seen=body.seen)
    return change(request, uid)


@api.post("/benefits/{int:number}/acts/close", summary="结清归档（5.1）", tags=_TAG)
def close(request: HttpRequest, number: int) -> dict[str, Any]:
    queries.benefit(request.asker, number)
    done = ending.close(request.asker, number)
    return {"id": done.id, "number": done.number, "state": done.state}
