"""Payments for machines: runs, lines, the bank's files. The same acts and separation of duties as the screens."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status

from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry
from jiuzhu.api import schemas
from jiuzhu.api.acts import key_of
from jiuzhu.api.api import api
from jiuzhu.api.reads import cursor
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries
from jiuzhu.payments.acts import building, checking, returning, sending

MOVES = {
    "check-town": checking.check_town,
    "check-county": checking.check_county,
    "confirm": checking.confirm,
    "send": sending.write_bank_file,
    "reconcile": returning.reconcile,
    "publish": returning.publish,
    "send-back": checking.send_back,
}


def _shown(actor: Any, run: Any) -> dict[str, Any]:
    return {
        "id": run.id,
        "county": run.county.name,
        "aid_type": run.aid_type,
        "area_type": run.area_type,
        "month": run.month,
        "kind": run.kind,
        "state": run.state,
        "lines_count": run.lines_count,
        "total_fen": run.total_fen,
        "moves": [move.key for move in queries.allowed(actor, run)],
    }


@api.get("/runs", response=list[schemas.RunOut], summary="发放批次", tags=["资金"])
def runs(request: HttpRequest, after: str = "", limit: int = Query(20, ge=1, le=100)) -> list[dict[str, Any]]:
    found = queries.runs(request.asker).order_by("-id")
    key = cursor(after)
    if key:
        found = found.filter(id__lt=key)
    return [_shown(request.asker, run) for run in found[:limit]]


@api.post("/runs", response={201: schemas.RunOut}, summary="编制花名册", tags=["资金"])
def build(request: HttpRequest, body: schemas.BuildIn) -> Any:
    county = Organisation.objects.filter(code=body.county_code).first()
    if county is None:
        raise Refusal("E_NOT_FOUND", what="县（市、区）")
    if body.area_type not in ("URBAN", "RURAL"):
        raise Refusal("E_INPUT", field="城乡", problem="应为 URBAN 或 RURAL")
    if body.aid_type not in {aid.code for aid in registry.all_types()}:
        raise Refusal("E_NOT_FOUND", what="救助类别")
    run = building.build_run(
        request.asker, county.id, body.aid_type, body.area_type, body.month, once=key_of(request)
    )
    return Status(201, _shown(request.asker, run))


@api.get("/runs/{int:run_id}", response=schemas.RunOut, summary="一个批次", tags=["资金"])
def run(request: HttpRequest, run_id: int) -> dict[str, Any]:
    return _shown(request.asker, queries.run_for(request.asker, run_id))


@api.post("/runs/{int:run_id}/acts/{move}", response=schemas.RunOut, summary="推进批次", tags=["资金"])
def advance(request: HttpRequest, run_id: int, move: str, body: schemas.RunActIn) -> dict[str, Any]:
    act = MOVES.get(move)
    if act is None:
        raise Refusal("E_NOT_FOUND", what="动作")
    given: dict[str, Any] = {"reason": body.reason} if move == "send-back" else {}
    queries.run_for(request.asker, run_id)
    try:
        act(request.asker, run_id, seen=body.seen, once=key_of(request), **given)  # type: ignore[operator]
    except Refusal as refused:
        if refused.code != "E_REPEAT":
            raise
    return _shown(request.asker, queries.run_for(request.asker, run_id))


@api.post("/runs/{int:run_id}/return", response=schemas.RunOut, summary="读入回盘文件", tags=["资金"])
def read_return(request: HttpRequest, run_id: int, body: schemas.ReturnIn) -> dict[str, Any]:
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("E_INPUT", field="content", problem="应为 base64") from None
    returning.read_return_file(request.asker, run_id, content, once=key_of(request))
    return _shown(request.asker, queries.run_for(request.asker, run_id))
