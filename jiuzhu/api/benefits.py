"""Benefits in course for machines: the ledger, changes and their moves; the same acts and refusals as the screens."""

from dataclasses import asdict
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema, Status

from jiuzhu.api.acts import key_of
from jiuzhu.api.api import api
from jiuzhu.api.reads import cursor
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import changes, consents
from jiuzhu.cases.acts import authorisation
from jiuzhu.core.refusal import Refusal


class IncomeIn(Schema):
    member: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    month_fen: int = Field(ge=0, le=10**12)


class AssetIn(Schema):
    member: str = Field(max_length=40)
    kind: str = Field(max_length=20)
    label: str = Field("", max_length=60)
    value_fen: int = Field(ge=0, le=10**12)


class NewMemberIn(Schema):
    """CH-ADD: the person who joins."""

    name: str = Field(max_length=60)
    id_no: str = Field(max_length=18)
    relation: str = Field(max_length=3, description="与申请人关系（代码表 relation）")
    labour: str = Field("", max_length=8)
    employment: str = Field("", max_length=8)
    health: str = Field("", max_length=8)


class GivenIn(Schema):
    """What is reported; which fields matter depends on the kind (see ``acts.changes.report``)."""

    entry: NewMemberIn | None = None
    signed: bool = Field(False, description="CH-ADD：成年人已在授权书上签字")
    person: str | None = Field(None, max_length=40)
    payee: str | None = Field(None, max_length=40)
    why: str | None = Field(None, max_length=20)
    away_until: date | None = Field(None, description="CH-DEL：服刑、戒毒、服役的，预计返回日期")
    incomes: list[IncomeIn] = []
    assets: list[AssetIn] = []
    new_work: bool = False
    review_class: str | None = Field(None, max_length=1)
    holder: str | None = Field(None, max_length=40)
    bank_code: str | None = Field(None, max_length=12)
    bank_name: str | None = Field(None, max_length=60)
    number: str | None = Field(None, max_length=40)
    decision_no: str | None = Field(None, max_length=80)
    disability_category: str = Field("", max_length=1, description="CH-CERT：残疾类别；不再持证的留空")
    disability_grade: str = Field("", max_length=1, description="CH-CERT：残疾等级；不再持证的留空")
    disability_until: date | None = Field(None, description="CH-CERT：新证有效期至")


class ChangeIn(Schema):
    kind: Literal[
        "CH-ADD",
        "CH-DEL",
        "CH-INC",
        "CH-CLS",
        "CH-ACC",
        "CH-CERT",
        "CH-JOB",
        "CH-SUS",
        "CH-RES",
        "CH-END",
        "CH-REIN",
    ]
    given: GivenIn
    happened_on: date | None = None
    reporter_name: str = Field("", max_length=60)


class MoveIn(Schema):
    """``seen`` is the version acted on; the other fields belong to single moves."""

    seen: int | None = None
    text: str = Field("", max_length=1000)
    admonition: str = Field("", max_length=400, description="超过三个月才报告的，批评教育情况（DYN-10）")
    result: str = Field("", max_length=10)
    explanation: str = Field("", max_length=1000)
    reason: str = Field("", max_length=400)
    mode: str = Field("POST", max_length=12)
    receiver: str = Field("", max_length=60)
    note: str = Field("", max_length=60)


# which fields of the body each move takes
MOVES = {
    "examine": (changes.examine, ("text", "admonition")),
    "send-back": (changes.send_back, ("reason",)),
    "decide": (changes.decide, ("result", "explanation")),
    "serve": (changes.serve, ("mode", "receiver", "note")),
    "drop": (changes.drop, ("reason",)),
}


def _benefit(entitlement: Any) -> dict[str, Any]:
    return {
        "id": entitlement.id,
        "number": entitlement.number,
        "case_uid": entitlement.case.uid,
        "applicant": entitlement.case.applicant.name,
        "aid_type": entitlement.aid_type,
        "area_type": entitlement.area_type,
        "town": entitlement.town.name,
        "village_code": entitlement.village_code,
        "state": entitlement.state,
        "members_count": entitlement.persons,
        "month_fen": entitlement.month_fen,
        "first_month": entitlement.first_month,
        "last_month": entitlement.last_month,
        "stop_reason": entitlement.stop_reason,
        "review_class": entitlement.review_class,
        "next_review_on": entitlement.next_review_on,
    }


def _change(actor: Any, change: Any) -> dict[str, Any]:
    kept, decision, effect = (
        queries.examination(change),
        queries.decision_of(change),
        queries.effect_of(change),
    )
    return {
        "uid": change.uid,
        "number": change.number,
        "version": change.version,
        "benefit": change.entitlement_id,
        "kind": change.kind,
        "state": change.state,
        "told": queries.told(change),
        "reported_on": change.reported_on,
        "happened_on": change.happened_on,
        "due_on": change.due_on,
        "result": decision.result if decision else kept.result if kept else None,
        "options": kept.options if kept else [],
        "old_fen": kept.old_fen if kept else None,
        "new_fen": decision.new_fen if decision else kept.new_fen if kept else None,
        "effective_month": decision.effective_month if decision else None,
        "from_month": effect.from_month if effect else None,
        "arrears_fen": effect.arrears_fen if effect else 0,
        "overpaid_fen": effect.overpaid_fen if effect else 0,
        "moves": [move.key.replace("_", "-") for move in queries.allowed(actor, change)],
    }


@api.get("/benefits", summary="在保台账", tags=["动态管理"])
def benefits(
    request: HttpRequest,
    state: str = Query("", max_length=10),
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows = queries.benefits(request.asker, state=state)
    key = cursor(after)
    if key:
        rows = rows.filter(id__gt=key)
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return {
        "items": [_benefit(each) for each in found[:limit]],
        "next": str(found[limit - 1].id) if more else None,
    }


@api.get("/benefits/{int:number}", summary="一份待遇：人员、金额、变更", tags=["动态管理"])
def benefit(request: HttpRequest, number: int) -> dict[str, Any]:
    found = queries.benefit(request.asker, number)
    return _benefit(found) | {
        "members": [
            {
                "ref": each.ref,
                "name": each.name,
                "relation": each.relation,
                "from_month": each.since,
                "to_month": each.until,
                "payee": each.payee,
            }
            for each in queries.members(found)
        ],
        "amounts": [
            {
                "from_month": each.from_month,
                "to_month": each.to_month,
                "members_count": each.members_count,
                "base_fen": each.base_fen,
                "topup_fen": each.topup_fen,
                "care_fen": each.care_fen,
                "ground": each.ground,
            }
            for each in queries.amounts(found)
        ],
        "consent": asdict(consent) if (consent := queries.consent_of(found)) else None,
        "changes": [
            _change(request.asker, each) for each in queries.changes(request.asker, entitlement=found.id)
        ],
    }


@api.post(
    "/benefits/{int:number}/consent", response={201: dict}, summary="重新签署核对授权", tags=["动态管理"]
)
def renew_consent(request: HttpRequest, number: int) -> Any:
    found = queries.benefit(request.asker, number)
    fresh = authorisation.renew(request.asker, found.case.uid)
    return Status(201, {"number": fresh.number, "sources": fresh.sources})


class WithdrawnIn(Schema):
    reason: str = Field(max_length=200)


@api.post(
    "/benefits/{int:number}/consent/withdrawal", response=dict, summary="撤回核对授权", tags=["动态管理"]
)
def withdraw_consent(request: HttpRequest, number: int, body: WithdrawnIn) -> dict[str, Any]:
    consents.withdraw(request.asker, number, reason=body.reason)
    return benefit(request, number)


@api.post("/benefits/{int:number}/changes", response={201: dict}, summary="登记变更", tags=["动态管理"])
def report(request: HttpRequest, number: int, body: ChangeIn) -> Any:
    given = {key: value for key, value in body.given.dict().items() if value is not None}
    made = changes.report(
        request.asker,
        number,
        body.kind,
        given,
        happened_on=body.happened_on,
        reporter_name=body.reporter_name,
        once=key_of(request),
    )
    return Status(201, _change(request.asker, queries.change(request.asker, made.uid)))


@api.get("/changes", summary="待遇变更", tags=["动态管理"])
def change_list(
    request: HttpRequest, after: str = "", limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    rows = queries.changes(request.asker)
    key = cursor(after)
    if key:
        rows = rows.filter(id__lt=key)
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return {
        "items": [_change(request.asker, each) for each in found[:limit]],
        "next": str(found[limit - 1].id) if more else None,
    }


@api.get("/changes/{uuid:uid}", summary="一项变更", tags=["动态管理"])
def change(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    return _change(request.asker, queries.change(request.asker, uid))


@api.post("/changes/{uuid:uid}/acts/{move}", response=dict, summary="推进变更", tags=["动态管理"])
def act(request: HttpRequest, uid: UUID, move: str, body: MoveIn, response: HttpResponse) -> dict[str, Any]:
    if move not in MOVES:
        raise Refusal("E_NOT_FOUND", what="办理步骤")
    actor = request.asker
    queries.change(actor, uid)
    call, fields = MOVES[move]
    named = {name: getattr(body, name) for name in fields}
    try:
        call(actor, uid, **named, seen=body.seen, once=key_of(request))
    except Refusal as refused:
        if refused.code != "E_REPEAT":  # the same key again: what the first call did stands
            raise
    found = queries.change(actor, uid)
    response["ETag"] = f'"{found.version}"'
    return _change(actor, found)
