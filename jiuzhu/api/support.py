"""Acts about supported people and their obligors: the functions the screens call, one row each (TK-02..TK-12)."""

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Field

from jiuzhu.api.acts import ActRow, endpoint, picture
from jiuzhu.api.schemas import ActIn, ObjectionIn, ReasonIn
from jiuzhu.benefits.acts import support, support_stop
from jiuzhu.cases import queries
from jiuzhu.cases.acts import authorisation, obligors
from jiuzhu.cases.acts import support as rating
from jiuzhu.vault.uploads import Picture

_PICTURE = 4_000_000


class NewObligorIn(ActIn):
    name: str = Field(max_length=60)
    relation: str = Field(max_length=3, description="是本人的（代码表 relation）")
    supports: UUID | None = None
    id_no: str = Field("", max_length=18)


class ExcuseIn(ReasonIn):
    obligor_id: int = Field(ge=1, le=2**31)
    kind: str = Field(description="REFUSED 拒绝签字 或 NOT_FOUND 查找不到")


class AbilityIn(ActIn):
    obligor_id: int = Field(ge=1, le=2**31)
    age: int | None = None
    standing: str = Field("", max_length=16)
    disability_category: str = Field("", max_length=1)
    disability_grade: str = Field("", max_length=1)
    situation: str = Field("", max_length=12)
    own_year_fen: int | None = Field(None, ge=0, le=10**12)
    property_fits: bool | None = None


class ObligorSignIn(ActIn):
    obligor_id: int = Field(ge=1, le=2**31)
    picture: str = Field(max_length=_PICTURE)
    mode: str = Field("SCREEN", max_length=8)


class RatingIn(ActIn):
    items: dict[str, bool] = Field(description="六项：eat dress bed toilet walk bathe，能为 true")
    assessor: str = Field(max_length=60)
    second_assessor: str = Field(max_length=60)
    witness: str = Field(max_length=60)
    organisation: str = Field("", max_length=80)
    signatures: list[str] = Field(max_length=3, description="两名评估人、见证人的签名图片，base64")


class AgreementIn(ActIn):
    carer_name: str = Field(max_length=60)
    carer_relation: str = Field(max_length=30)
    carer_id_no: str = Field(max_length=24)
    bank_code: str = Field(max_length=12)
    bank_name: str = Field(max_length=60)
    number: str = Field(max_length=40)
    duties: str = Field(max_length=400)
    ends_on: date
    person_signature: str = Field(max_length=_PICTURE)
    carer_signature: str = Field(max_length=_PICTURE)


class ChoiceIn(ActIn):
    mode: str = Field(description="CENTRAL 集中 或 SCATTERED 分散")
    institution_id: int | None = None
    chosen_by: str = Field("本人", max_length=60)
    signature: str = Field(max_length=_PICTURE)


class ReportIn(ActIn):
    text: str = Field(max_length=400)
    reporter_name: str = Field("", max_length=60)


class ProposeIn(ReasonIn):
    facts: str = Field(max_length=1000)
    happened_on: date | None = None
    wish: str = Field("", max_length=_PICTURE, description="自愿退出时本人签字，base64")


class FindingsIn(ActIn):
    findings: str = Field(max_length=1000)


class ResultIn(ActIn):
    result: str = Field(max_length=200)


class ServeStopIn(ActIn):
    mode: str = Field(max_length=12)
    receiver: str = Field("", max_length=60)
    picture: str = Field("", max_length=_PICTURE)


class FuneralIn(ActIn):
    arranger_name: str = Field(max_length=60)
    arranger_relation: str = Field(max_length=30)
    arranger_id_no: str = Field(max_length=24)
    bank_code: str = Field(max_length=12)
    bank_name: str = Field(max_length=60)
    number: str = Field(max_length=40)
    proof: str = Field(max_length=14_000_000)


def _read(text: str) -> Picture | None:
    return picture(text) if text else None


def _with_pictures(act: Any, *names: str) -> Any:
    """The body's fields are the act's arguments, the named ones pictures."""

    def call(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
        return act(actor, uid, **fields | {name: _read(fields[name]) for name in names}, **versions)

    return call


def _rate(actor: Any, uid: UUID, fields: dict[str, Any], **versions: Any) -> Any:
    """Before the grant as a step of the case, after it as a new rating of the supported person."""
    granted = queries.case_for(actor, uid).state == "GRANTED"
    signatures = [_read(each) for each in fields.pop("signatures")]
    act = support.rate_again if granted else rating.rate_self_care
    return act(actor, uid, **fields, signatures=signatures, **versions)


ACTS = (
    ActRow("add-obligor", "登记法定义务人（TK-05）", NewObligorIn, _with_pictures(obligors.add_obligor)),
    ActRow(
        "sign-obligor",
        "义务人签署授权（TK-05）",
        ObligorSignIn,
        _with_pictures(authorisation.sign, "picture"),
    ),
    ActRow("excuse-obligor", "义务人未签字说明（TK-05）", ExcuseIn, _with_pictures(obligors.excuse_obligor)),
    ActRow(
        "describe-obligor", "义务人能力情况（TK-02）", AbilityIn, _with_pictures(obligors.describe_obligor)
    ),
    ActRow("rate-self-care", "自理能力评估（TK-08）", RatingIn, _rate),
    ActRow(
        "report-self-care", "登记自理能力变化（CLK-SC）", ReportIn, _with_pictures(support.report_self_care)
    ),
    ActRow(
        "sign-care-agreement",
        "签订照料服务协议（W31）",
        AgreementIn,
        _with_pictures(support.sign_agreement, "person_signature", "carer_signature"),
    ),
    ActRow(
        "choose-support",
        "选定供养方式（TK-10）",
        ChoiceIn,
        _with_pictures(support.choose_support, "signature"),
    ),
    ActRow("propose-stop", "提出终止供养（TK-12）", ProposeIn, _with_pictures(support_stop.propose, "wish")),
    ActRow("post-stop", "核准并公示终止", ActIn, _with_pictures(support_stop.post)),
    ActRow("object-to-stop", "登记终止异议", ObjectionIn, _with_pictures(support_stop.object_to_stop)),
    ActRow("repost-stop", "调查属实重新公示", FindingsIn, _with_pictures(support_stop.repost)),
    ActRow("drop-stop", "不终止，继续供养", ReasonIn, _with_pictures(support_stop.drop)),
    ActRow("decide-stop", "决定终止供养", ActIn, _with_pictures(support_stop.decide)),
    ActRow("serve-stop", "送达终止告知书", ServeStopIn, _with_pictures(support_stop.serve, "picture")),
    ActRow("note-other-aid", "核查其他救助", ResultIn, _with_pictures(support_stop.note_other_aid)),
    ActRow(
        "pay-funeral", "登记丧葬费（TK-11）", FuneralIn, _with_pictures(support_stop.pay_funeral, "proof")
    ),
)

for _row in ACTS:
    endpoint(_row)
