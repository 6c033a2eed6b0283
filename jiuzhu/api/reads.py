"""Reads: whoever asks sees what the same post sees on the screens; looks are recorded there and here alike."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query

from jiuzhu.accounts import queries as accounts
from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry
from jiuzhu.api.api import api
from jiuzhu.api.schemas import CaseOut, ClockOut, HomecomingOut, Page, PaperOut, StepOut
from jiuzhu.cases import queries
from jiuzhu.cases.acts import application
from jiuzhu.core import clock
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.intake import places
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.parameters import declarations
from jiuzhu.workflow.states import STATES


def cursor(given: str) -> int | None:
    """An opaque key of a page; E_INPUT for one that was made up."""
    if not given:
        return None
    if not given.isdigit() or len(given) > 18:
        raise Refusal("E_INPUT", field="after", problem="请原样传回上一页的 next")
    return int(given)


def shown(actor: Any, case: Any, row: Any = None) -> dict[str, Any]:
    """A case in the interface's words."""
    state = STATES[case.state]
    moves = row.moves if row else queries.available_moves(actor, case)
    return {
        "uid": case.uid,
        "case_no": case.case_no,
        "version": case.version,
        "state": case.state,
        "state_name": state.name,
        "plain": state.plain,
        "regime": case.regime,
        "aid_type": case.aid_type,
        "applicant": case.applicant.name,
        "town": case.town.name,
        "county": case.county.name,
        "village_code": case.village_code,
        "open": case.open,
        "due_on": row.due_on if row else None,
        "colour": row.colour if row else "",
        "unserved": bool(row and row.unserved),
        "moves": sorted({move.key for move in moves}),
    }


@api.get("/me", summary="当前令牌的岗位", tags=["基础"])
def me(request: HttpRequest) -> dict[str, Any]:
    actor = request.asker
    return {"name": actor.name, "role": actor.role, "organ": actor.organ, "level": actor.level}


@api.get("/places", summary="县（市、区）和镇街", tags=["基础"])
def place_list(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "code": each["organ"].code,
            "name": each["organ"].name,
            "kind": each["organ"].kind,
            "towns": [{"code": town.code, "name": town.name} for town in each["towns"]],
        }
        for each in accounts.tree(clock.today())
    ]


@api.get("/places/{code}/villages", summary="村（居）", tags=["基础"])
def villages(request: HttpRequest, code: str) -> list[dict[str, str]]:
    town = Organisation.objects.filter(code=code, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return [{"code": number, "name": name} for number, name in places.village_choices(town)]


@api.get("/codes/{scheme}", summary="代码表", tags=["基础"])
def codes(request: HttpRequest, scheme: str) -> dict[str, str]:
    try:
        return choices(scheme)
    except KeyError:
        raise Refusal("E_NOT_FOUND", what="代码表") from None


@api.get("/moves", summary="办理步骤表", tags=["基础"])
def moves(request: HttpRequest, aid_type: str = registry.ORDINARY) -> list[dict[str, Any]]:
    known = {aid.code: aid for aid in registry.all_types()}
    if aid_type not in known:
        raise Refusal("E_NOT_FOUND", what="救助类别")
    return [
        {
            "key": move.key,
            "title": move.title,
            "from": list(move.sources),
            "to": list(move.targets),
            "roles": sorted(move.roles),
            "guards": list(move.guards),
            "papers": list(move.papers),
            "clocks": list(move.starts),
            "regimes": sorted(move.regimes),
        }
        for move in known[aid_type].moves
    ]


@api.get("/parameters", summary="现行标准和参数", tags=["基础"])
def values(request: HttpRequest, area_type: str = "RURAL", regime: str = "P2019") -> list[dict[str, Any]]:
    if area_type not in ("URBAN", "RURAL") or regime not in ("P2019", "P2021", "P2025"):
        raise Refusal("E_INPUT", field="城乡或制度版本", problem="没有这个取值")
    county = accounts.county_level_of(request.asker, clock.today())
    found = parameters.parameter_set(county, on=clock.today(), area_type=area_type, regime=regime)
    return [
        {
            "key": key,
            "title": each.title,
            "unit": each.unit,
            "value": str(each.value) if each.value is not None else None,
            "source": each.source,
            "article": each.article,
            "is_sample": each.is_sample,
        }
        for key, each in ((key, found.why(key)) for key in declarations())
    ]


@api.get("/today", response=list[CaseOut], summary="今日待办", tags=["案件"])
def today(request: HttpRequest) -> list[dict[str, Any]]:
    return [shown(request.asker, row.case, row) for row in queries.due_today(request.asker)]


@api.get("/homecomings", response=list[HomecomingOut], summary="该回家的成员（AS-57）", tags=["案件"])
def due_home(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "case_uid": case.uid,
            "case_no": case.case_no,
            "person_uid": each.person.uid,
            "name": each.person.name,
            "due_on": each.due_on,
            "to_sign": each.to_sign,
            "to_ask": each.to_ask,
        }
        for case, each in queries.due_home(request.asker)
    ]


@api.get("/cases", response=Page, summary="案件列表", tags=["案件"])
def cases(
    request: HttpRequest,
    state: str = "",
    q: str = Query("", max_length=40),
    open_only: bool = False,
    unserved: bool = False,
    after: str = "",
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    rows, more = queries.listing(
        request.asker,
        state=state,
        q=q.replace("\x00", ""),
        open_only=open_only,
        unserved=unserved,
        after=cursor(after),
        limit=limit,
    )
    return {
        "items": [shown(request.asker, row.case, row) for row in rows],
        "next": str(more) if more else None,
    }


@api.get("/cases/{uid}", response=CaseOut, summary="一个案件", tags=["案件"])
def case(request: HttpRequest, uid: UUID, response: HttpResponse) -> dict[str, Any]:
    found = queries.case_for(request.asker, uid)
    response["ETag"] = f'"{found.version}"'
    return shown(request.asker, found)


@api.get("/cases/{uid}/household", summary="家庭成员（号码遮盖）", tags=["案件"])
def household(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    view = queries.household_view(request.asker, queries.case_for(request.asker, uid))
    return {
        "members": view["members"],
        "account": view["account"],
        "address": view["address"],
        "obligors": [{"name": each.name, "supports": each.supports.name} for each in view["obligors"]],
    }


@api.get("/cases/{uid}/form", summary="申请表（已预填）", tags=["案件"])
def form(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    body = dict(application.prefilled(request.asker, uid))
    if body.get("account"):
        body["account"] = {**body["account"], "number": ""}
    return body


@api.get("/cases/{uid}/sources", summary="各部门应答情况", tags=["核对"])
def sources(request: HttpRequest, uid: UUID) -> list[dict[str, Any]]:
    return queries.verification_progress(queries.case_for(request.asker, uid))


@api.get("/cases/{uid}/report", summary="核对报告（按查看级别）", tags=["核对"])
def report(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    view = queries.report_of(request.asker, queries.case_for(request.asker, uid))
    if view is None:
        raise Refusal("E_NOT_FOUND", what="核对报告")
    return {
        "number": view["report"].number,
        "conclusion": view["conclusion"],
        "issued_on": view["report"].issued_on,
        "valid_to": view["report"].valid_to,
        "level": view["level"],
        "sources": view["sources"],
        "findings": [
            {
                "id": each["id"],
                "code": each["code"],
                "level": each["level"],
                "body": each["body"],
                "answers": [{"outcome": one.outcome, "reason": one.reason} for one in each["answers"]],
            }
            for each in view["findings"]
        ],
    }


@api.get("/cases/{uid}/outcome", summary="条件与测算全过程", tags=["案件"])
def outcome(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    found = queries.outcome_of(queries.case_for(request.asker, uid))
    if found is None:
        raise Refusal("E_NOT_FOUND", what="测算结果")
    return found.to_dict()


@api.get("/cases/{uid}/clocks", response=list[ClockOut], summary="时限", tags=["案件"])
def clocks(request: HttpRequest, uid: UUID) -> list[dict[str, Any]]:
    return [
        {
            "clock": row.clock,
            "name": state.name,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
            "due_on": state.due_on,
            "colour": state.colour,
            "left": state.left,
            "unit": state.unit,
            "breached": state.breached,
            "why": list(state.why),
            "article": state.article,
        }
        for row, state in queries.clocks_of(queries.case_for(request.asker, uid))
    ]


@api.get("/cases/{uid}/timeline", response=list[StepOut], summary="办理轨迹", tags=["案件"])
def timeline(request: HttpRequest, uid: UUID) -> list[Any]:
    return queries.timeline(request.asker, queries.case_for(request.asker, uid))


@api.get("/cases/{uid}/papers", response=list[PaperOut], summary="文书", tags=["文书"])
def papers(request: HttpRequest, uid: UUID) -> list[dict[str, Any]]:
    found = queries.case_for(request.asker, uid)
    return [
        {
            "uid": each.uid,
            "code": each.code,
            "title": each.title,
            "doc_no": each.doc_no,
            "issued_on": each.issued_on,
            "state": each.state,
            "sha256": each.sha256,
            "template_version": each.template_version,
            "needs_service": each.needs_service,
            "url": f"/api/v1/cases/{uid}/papers/{each.uid}",
        }
        for each in queries.papers_of(request.asker, found)
    ]


@api.get("/cases/{uid}/papers/{paper}", summary="文书原件（PDF）", tags=["文书"])
def paper(request: HttpRequest, uid: UUID, paper: UUID) -> HttpResponse:
    found = queries.case_for(request.asker, uid)
    document = queries.paper_for(request.asker, found, paper)
    return HttpResponse(documents.read_file(request.asker, document), content_type="application/pdf")


@api.get("/cases/{uid}/publicity", summary="公示", tags=["公示"])
def publicity(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    view = queries.publicity_of(queries.case_for(request.asker, uid))
    if view is None:
        raise Refusal("E_NOT_FOUND", what="公示")
    sheet = view["posting"]
    return {
        "token": sheet.token,
        "round": sheet.round,
        "applicant": sheet.applicant_name,
        "members": sheet.members_count,
        "amount_fen": sheet.amount_fen,
        "posted_on": sheet.posted_on,
        "ends_on": sheet.ends_on,
        "over": view["over"],
        "photos": [each.moment for each in view["photos"]],
        "objections": len(view["objections"]),
    }
