"""区划变动 for machines: townships merged from a day on, with the same right and refusals as on the screen (ORG-01)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Schema, Status

from jiuzhu.accounts.models import Organisation
from jiuzhu.api.acts import key_of
from jiuzhu.api.api import api
from jiuzhu.cases.acts import divisions
from jiuzhu.core.refusal import Refusal

_TAG = ["区划变动"]


class MergerIn(Schema):
    town: str = Field(max_length=12, description="撤销的乡镇（街道）代码")
    into: str = Field(max_length=12, description="并入的乡镇（街道）代码")
    effective_on: date | None = Field(None, description="生效日期；不写为今天，立即并入")
    doc_no: str = Field(max_length=60, description="批准文件号")


def _id(code: str) -> int:
    found = Organisation.objects.filter(code=code, kind=Organisation.TOWN).first()
    if found is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return int(found.id)


def _merger(each: Any) -> dict[str, Any]:
    return {
        "uid": each.uid,
        "town": each.town.code,
        "town_name": each.town.name,
        "into": each.into.code,
        "into_name": each.into.name,
        "effective_on": each.effective_on,
        "doc_no": each.doc_no,
        "state": "DONE" if each.done_at else "WITHDRAWN" if each.withdrawn_at else "AHEAD",
    }


@api.get("/mergers", summary="乡镇撤并登记", tags=_TAG)
def listing(request: HttpRequest) -> list[dict[str, Any]]:
    return [_merger(each) for each in divisions.mergers(request.asker)]


@api.get("/mergers/preview", response=dict, summary="撤并前看数量", tags=_TAG)
def preview(
    request: HttpRequest, town: str = Query(max_length=12), into: str = Query(max_length=12)
) -> dict[str, Any]:
    seen = divisions.preview_merge(request.asker, town_id=_id(town), into_id=_id(into))
    return _numbers(seen) | {"from_county": seen["from_county"].name, "to_county": seen["to_county"].name}


def _numbers(seen: dict[str, Any]) -> dict[str, int]:
    return {name: seen[name] for name in ("families", "open_cases", "benefits", "people")}


@api.post("/mergers", response={201: dict}, summary="登记乡镇撤并", tags=_TAG)
def merge(request: HttpRequest, body: MergerIn) -> Any:
    """A later day waits for the nightly job; today's is made at once. The numbers are today's."""
    done = divisions.merge_town(
        request.asker,
        town_id=_id(body.town),
        into_id=_id(body.into),
        doc_no=body.doc_no,
        effective_on=body.effective_on,
        once=key_of(request),
    )
    return Status(201, _merger(done["merger"]) | _numbers(done))


@api.post("/mergers/{uid}/withdraw", response=dict, summary="撤销尚未生效的撤并", tags=_TAG)
def withdraw(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    return _merger(divisions.withdraw_merger(request.asker, uid))
