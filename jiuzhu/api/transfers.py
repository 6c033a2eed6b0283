"""Moving a family to another township: ask, take over, send back, say what was found (CH-MOVE)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema, Status

from jiuzhu.accounts.models import Organisation
from jiuzhu.api.api import api
from jiuzhu.cases import queries
from jiuzhu.cases.acts import transfer
from jiuzhu.core.refusal import Refusal


class TransferOut(Schema):
    uid: UUID
    kind: str
    state: str
    applicant: str
    what: str
    from_town: str
    to_town: str
    paid_until: date | None
    check_due_on: date | None
    finding: str


class MoveIn(Schema):
    to_town: str = Field(max_length=12, description="迁入乡镇（街道）机构代码")
    reason: str = Field(max_length=400)
    hukou_moved: bool = False


class TakeIn(Schema):
    village_code: str = Field(max_length=12)
    address: str = Field("", max_length=120)


class SendBackIn(Schema):
    reason: str = Field(max_length=400)


class CheckIn(Schema):
    finding: str = Field(max_length=400)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "kind": row.kind,
        "state": row.state,
        "applicant": row.applicant_name,
        "what": row.what,
        "from_town": row.from_town.name,
        "to_town": row.to_town.name,
        "paid_until": row.paid_until,
        "check_due_on": row.check_due_on,
        "finding": row.finding,
    }


@api.get("/transfers", response=list[TransferOut], summary="转出转入", tags=["转移"])
def transfer_list(request: HttpRequest, open_only: bool = False) -> list[dict[str, Any]]:
    return [_shown(each["row"]) for each in queries.transfers(request.asker, open_only=open_only)]


@api.post("/cases/{uid}/transfer", response={201: TransferOut}, summary="转出（CH-MOVE）", tags=["转移"])
def send(request: HttpRequest, uid: UUID, body: MoveIn) -> Any:
    town = Organisation.objects.filter(code=body.to_town, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    made = transfer.request_transfer(
        request.asker, uid, to_town_id=town.id, reason=body.reason, hukou_moved=body.hukou_moved
    )
    return Status(201, _shown(made))


@api.post("/transfers/{uid}/accept", response=TransferOut, summary="接收转入", tags=["转移"])
def take(request: HttpRequest, uid: UUID, body: TakeIn) -> dict[str, Any]:
    return _shown(transfer.accept_transfer(request.asker, uid, **body.dict()))


@api.post("/transfers/{uid}/return", response=TransferOut, summary="退回转入", tags=["转移"])
def send_back(request: HttpRequest, uid: UUID, body: SendBackIn) -> dict[str, Any]:
    return _shown(transfer.return_transfer(request.asker, uid, reason=body.reason))


@api.post("/transfers/{uid}/check", response=TransferOut, summary="登记核实结果", tags=["转移"])
def check(request: HttpRequest, uid: UUID, body: CheckIn) -> dict[str, Any]:
    return _shown(transfer.conclude_check(request.asker, uid, finding=body.finding))
