"""Acts: one row of ``ACTS`` is one endpoint with its own typed body; the function is the one the screens call."""

import base64
import binascii
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Status

from jiuzhu.accounts.models import Organisation
from jiuzhu.api import schemas
from jiuzhu.api.api import api
from jiuzhu.api.reads import shown
from jiuzhu.cases import queries
from jiuzhu.cases.acts import (
    acceptance,
    afterwards,
    application,
    authorisation,
    conversion,
    decision,
    events,
    intention,
    investigation,
    materials,
    objection,
    review,
    service,
    verification,
    withdrawal,
)
from jiuzhu.cases.acts.emergency import handing_over, registering, reporting, supplementing
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.vault import uploads
from jiuzhu.vault.uploads import Picture


def picture(text: str) -> Picture:
    """base64 (or a data URL) → a checked picture. Raises E_UPLOAD_TYPE, E_UPLOAD_SIZE."""
    try:
        return uploads.picture(base64.b64decode(text.rpartition(",")[2], validate=True), "图片")
    except (binascii.Error, ValueError):
        raise Refusal("E_UPLOAD_TYPE", name="图片") from None


def key_of(request: HttpRequest) -> str | None:
    """Idempotency-Key: any UUID; the same key never acts twice."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        return None
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise Refusal("E_INPUT", field="Idempotency-Key", problem="应为 UUID") from None


def seen_of(request: HttpRequest, body: schemas.ActIn) -> int | None:
    """The version acted on: body's ``seen``, else If-Match."""
    if body.seen is not None:
        return body.seen
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if tag and not tag.isdigit():
        raise Refusal("E_INPUT", field="If-Match", problem="请原样传回 ETag")
    return int(tag) if tag else None


@dataclass(frozen=True)
class ActRow:
    """``call(actor, uid, fields, seen, once)``; ``title`` is the summary in the description."""

    name: str
    title: str
    body: type[schemas.ActIn]
    call: Callable[..., Any]


def _plain(act: Callable[..., Any]) -> Callable[..., Any]:
    """The body's fields are the act's own arguments."""

    def call(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
        return act(actor, uid, **fields, **versions)

    return call


def _drawn(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same with a picture among the fields."""

    def call(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
        return act(actor, uid, **fields | {"picture": picture(fields["picture"])}, **versions)

    return call


def _deliver(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    second = fields["second_picture"]
    drawn = {"picture": picture(fields["picture"]), "second_picture": picture(second) if second else None}
    return handing_over.deliver(actor, uid, **fields | drawn, **versions)


def _sign(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    return authorisation.sign(
        actor,
        uid,
        person_uid=fields["person"],
        picture=picture(fields["picture"]),
        mode=fields["mode"],
        on_behalf_of=fields["on_behalf_of"],
        place=fields["place"],
        **versions,
    )


def _form(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    body = dict(application.prefilled(actor, uid))
    for name, value in fields.items():
        if value is not None:
            body[name] = value
    for row in body.get("incomes", ()):
        row["person"] = str(row["person"])
    if body.get("account"):
        body["account"]["holder"] = str(body["account"]["holder"])
    return application.save_draft(actor, uid, body, **versions)


def _visit(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    living = {name: fields[name] for name in ("housing", "income_note", "expense_note", "health_note")}
    visited = fields["visited_at"]
    return investigation.record_visit(
        actor,
        uid,
        visited_at=visited if visited.tzinfo else visited.replace(tzinfo=clock.SHANGHAI),
        living=living,
        conclusion=fields["conclusion"],
        present_uid=fields["present"],
        **versions,
    )


def _meeting(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    planned = fields["planned_at"]
    return objection.call_appraisal(
        actor,
        uid,
        planned_at=planned if planned.tzinfo else planned.replace(tzinfo=clock.SHANGHAI),
        place=fields["place"],
        **versions,
    )


def _serve(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    case = queries.case_for(actor, uid)
    how = {
        "mode": fields["mode"],
        "receiver": fields["receiver"],
        "picture": picture(fields["picture"]) if fields["picture"] else None,
        "note": fields["note"],
    }
    if fields["paper"] is None:
        return service.serve_all(actor, uid, **how)
    return service.serve_paper(actor, uid, queries.paper_for(actor, case, fields["paper"]).id, **how)


S = schemas
ACTS = (
    ActRow("sign", "签署授权（D2）", S.SignIn, _sign),
    ActRow("start-verification", "开始核对（D3）", S.RouteIn, _plain(verification.start_verification)),
    ActRow("issue-report", "出具核对报告（D4）", S.ActIn, _plain(verification.issue_report)),
    ActRow("notify-may-apply", "告知可正式申请（D5）", S.ActIn, _plain(verification.notify_may_apply)),
    ActRow("notify-not-fit", "告知核对不符合（D6）", S.NotFitIn, _plain(verification.notify_not_fit)),
    ActRow("object-to-report", "对核对结果提出异议（D7）", S.ReasonIn, _plain(verification.object_to_report)),
    ActRow("start-recheck", "开始复查", S.ActIn, _plain(verification.start_recheck)),
    ActRow("conclude-recheck", "出具复查结果（D8）", S.ActIn, _plain(verification.conclude_recheck)),
    ActRow("answer-finding", "处理核对发现（VER-11）", S.FindingIn, _plain(verification.answer_finding)),
    ActRow("save-form", "保存申请表", S.FormIn, _form),
    ActRow("submit", "提交申请（D11、D9）", S.CommitIn, _plain(application.submit_application)),
    ActRow("add-material", "提交材料", S.MaterialIn, _drawn(materials.add_material)),
    ActRow("accept", "受理（D12、D14）", S.AcceptIn, _plain(acceptance.accept)),
    ActRow(
        "ask-for-correction", "一次性告知补正（D13）", S.CorrectionIn, _plain(acceptance.ask_for_correction)
    ),
    ActRow("not-accept", "不予受理（D16）", S.CodedIn, _plain(acceptance.not_accept)),
    ActRow("withdraw", "撤回申请", S.ReasonIn, _plain(withdrawal.withdraw)),
    ActRow("verify-again", "报告过期重新核对", S.ActIn, _plain(verification.verify_again)),
    ActRow("start-investigation", "开始入户调查（D17）", S.ActIn, _plain(investigation.start_investigation)),
    ActRow("add-investigator", "加入调查人员", S.InvestigatorIn, _plain(investigation.add_investigator)),
    ActRow("record-visit", "入户情况", S.VisitIn, _visit),
    ActRow("add-photo", "入户照片", S.PictureIn, _drawn(investigation.add_photo)),
    ActRow("sign-as-present", "在场成员签字", S.PictureIn, _drawn(investigation.sign_as_present)),
    ActRow("sign-as-investigator", "调查人签字", S.PictureIn, _drawn(investigation.sign_as_investigator)),
    ActRow(
        "submit-investigation", "提交入户调查表（D18）", S.ActIn, _plain(investigation.submit_investigation)
    ),
    ActRow("forward", "提出审核意见（D19）", S.ForwardIn, _plain(review.forward)),
    ActRow("return", "退回补充调查（D20）", S.ReasonIn, _plain(review.return_to_investigation)),
    ActRow("require-county-visit", "要求县级核查（D21）", S.ReasonIn, _plain(decision.require_county_visit)),
    ActRow(
        "record-county-visit", "登记县级核查（D22）", S.CountyVisitIn, _plain(decision.record_county_visit)
    ),
    ActRow("approve", "拟批准（D23）", S.ApproveIn, _plain(decision.approve)),
    ActRow("refuse", "不予批准（D24）", S.CodedIn, _plain(decision.refuse)),
    ActRow("photograph-posting", "公示照片", S.BoardIn, _drawn(objection.photograph_posting)),
    ActRow("end-publicity", "公示无异议正式批准（D25）", S.ActIn, _plain(objection.end_publicity)),
    ActRow(
        "end-preliminary-publicity",
        "初审公示期满（D19p）",
        S.ActIn,
        _plain(objection.end_preliminary_publicity),
    ),
    ActRow("receive-objection", "登记公示异议（D26）", S.ObjectionIn, _plain(objection.receive_objection)),
    ActRow("call-appraisal", "组织民主评议（D27）", S.MeetingIn, _meeting),
    ActRow(
        "conclude-appraisal", "登记评议结果（D28–D30）", S.AppraisalIn, _plain(objection.conclude_appraisal)
    ),
    ActRow("reinvestigate", "异议重新调查（D27r）", S.ReasonIn, _plain(objection.reinvestigate)),
    ActRow("terminate", "终止办理（D31）", S.EndIn, _plain(decision.terminate)),
    ActRow("record-death", "登记家庭成员去世（HH-14）", S.DeathIn, _plain(events.record_death)),
    ActRow("keep-away", "登记成员还没有回家（AS-57）", S.AwayIn, _plain(events.keep_away)),
    ActRow("convert", "改办其他救助", S.ConvertIn, _plain(conversion.convert)),
    ActRow("carry-report", "沿用有效核对报告（VER-CV）", S.ActIn, _plain(verification.carry_report)),
    ActRow("file-kin", "登记近亲属备案（REL-04）", S.KinIn, _plain(events.file_kin)),
    ActRow("deliver-aid", "先行救助、再次发放（E2）", S.AidIn, _deliver),
    ActRow("countersign", "第二经办人签认（E2）", S.ActIn, _plain(handing_over.countersign)),
    ActRow("consent-afterwards", "签署核对授权（E6）", S.AfterConsentIn, _drawn(afterwards.consent)),
    ActRow("verify-afterwards", "补做核对（E6）", S.ActIn, _plain(afterwards.start)),
    ActRow("report-afterwards", "登记补做核对结果（E6）", S.AfterCheckIn, _plain(afterwards.conclude)),
    ActRow("record-oral-approval", "登记县级口头同意", S.OralIn, _plain(handing_over.record_oral_approval)),
    ActRow(
        "complete-registration", "补登记（E3）", S.RegistrationIn, _drawn(registering.complete_registration)
    ),
    ActRow("return-registration", "退回补登记", S.ReasonIn, _plain(registering.return_registration)),
    ActRow("seal-registration", "盖章办结（E3）", S.ActIn, _plain(registering.seal_registration)),
    ActRow(
        "ask-for-supplement", "提请追加救助（E4）", S.SupplementIn, _plain(supplementing.ask_for_supplement)
    ),
    ActRow(
        "approve-supplement", "同意追加", S.SupplementDecisionIn, _plain(supplementing.approve_supplement)
    ),
    ActRow("refuse-supplement", "不同意追加", S.CodedIn, _plain(supplementing.refuse_supplement)),
    ActRow("reject-emergency", "急难情况不实（E5）", S.CodedIn, _plain(reporting.reject)),
    ActRow("serve-paper", "送达文书（DOC-03）", S.ServeIn, _serve),
)


@api.post("/cases", response={201: schemas.CaseOut}, summary="登记意愿（D1）", tags=["动作"])
def register(request: HttpRequest, body: schemas.IntentionIn) -> Any:
    actor = request.asker
    town = Organisation.objects.filter(code=body.town_code, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    people = [{key: value for key, value in each.dict().items() if value != ""} for each in body.people]
    key = key_of(request)
    try:
        case = intention.register_intention(
            actor,
            town_id=town.id,
            village_code=body.village_code,
            area_type=body.area_type,
            people=people,
            channel="API",
            hardship=body.hardship,
            causes=body.causes,
            address=body.address,
            aid_type=body.aid_type,
            for_person=body.for_person,
            obligors=[each.dict() for each in body.obligors],
            once=key,
        )
    except Refusal as refused:
        if refused.code != "E_REPEAT" or key is None:  # the same key again: the case it made stands
            raise
        case = queries.case_begun_with(actor, key)
    return Status(201, shown(actor, queries.case_for(actor, case.uid)))


@api.post("/emergencies", response={201: schemas.CaseOut}, summary="登记急难（E1）", tags=["动作"])
def report_emergency(request: HttpRequest, body: schemas.EmergencyIn) -> Any:
    actor = request.asker
    town = Organisation.objects.filter(code=body.town_code, kind=Organisation.TOWN).first()
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    told = body.dict(exclude={"town_code"})
    key = key_of(request)
    try:
        case = reporting.report_emergency(actor, town_id=town.id, channel="API", once=key, **told)
    except Refusal as refused:
        if refused.code != "E_REPEAT" or key is None:
            raise
        case = queries.case_begun_with(actor, key)
    return Status(201, shown(actor, queries.case_for(actor, case.uid)))


def endpoint(row: ActRow) -> None:
    def act(request: HttpRequest, uid: UUID, body: Any, response: HttpResponse) -> dict[str, Any]:
        actor = request.asker
        fields = body.dict(exclude={"seen"})
        queries.case_for(actor, uid)
        try:
            row.call(actor, uid, fields, seen=seen_of(request, body), once=key_of(request))
        except Refusal as refused:
            if refused.code != "E_REPEAT":  # the same key again: what the first call did stands
                raise
        case = queries.case_for(actor, uid)
        response["ETag"] = f'"{case.version}"'
        return shown(actor, case)

    act.__annotations__["body"] = row.body
    act.__name__ = row.name.replace("-", "_")
    api.post(
        f"/cases/{{uid}}/acts/{row.name}",
        response=schemas.CaseOut,
        summary=row.title,
        tags=["动作"],
        operation_id=f"act_{act.__name__}",
    )(act)


for _row in ACTS:
    endpoint(_row)
