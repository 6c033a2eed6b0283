"""Shapes of the interface. Money is fen, dates are ISO, ids are uids; personal numbers are masked."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from jiuzhu.aid_types import registry


class CaseOut(Schema):
    """A case as a list or an act's answer shows it. ``version`` goes back as ``seen`` or If-Match."""

    uid: UUID
    case_no: str
    version: int
    state: str
    state_name: str
    plain: str
    regime: str
    aid_type: str
    applicant: str
    town: str
    county: str
    village_code: str
    open: bool
    due_on: date | None = None
    colour: str = ""
    unserved: bool = Field(False, description="有文书还没有送达（只对负责送达的人）")
    moves: list[str] = []


class Page(Schema):
    """``next`` is passed as ``after``; null at the end."""

    items: list[CaseOut]
    next: str | None


class ClockOut(Schema):
    clock: str
    name: str
    started_at: datetime
    ended_at: datetime | None
    due_on: date | None
    colour: str
    left: int
    unit: str
    breached: bool
    why: list[str]
    article: str


class StepOut(Schema):
    seq: int
    move: str
    title: str
    from_state: str
    to_state: str
    at: datetime
    actor_name: str
    role: str
    organ: str
    reason: str
    papers: list[str]


class PaperOut(Schema):
    uid: UUID
    code: str
    title: str
    doc_no: str
    issued_on: date
    state: str
    sha256: str
    template_version: str
    needs_service: bool
    url: str


class HomecomingOut(Schema):
    """A member whose time away is over; ``keep-away`` says that he is not home yet."""

    case_uid: UUID
    case_no: str
    person_uid: UUID
    name: str
    due_on: date = Field(description="原定在外到哪一天")
    to_sign: bool = Field(description="须先签授权")
    to_ask: bool = Field(description="须补充核对")


class PersonIn(Schema):
    """One person of a new intention; the first one is the applicant (relation 0)."""

    name: str = Field(max_length=60, description="姓名")
    id_no: str = Field(max_length=24, description="公民身份号码")
    relation: str = Field("0", max_length=3, description="与申请人关系（代码表 relation）")
    phone: str = Field("", max_length=20)
    marital: str = Field("", max_length=3)
    education: str = Field("", max_length=3)
    health: str = Field("", max_length=3)
    disability_category: str = Field("", max_length=1)
    disability_grade: str = Field("", max_length=1)
    disability_until: date | None = Field(None, description="残疾证有效期至")
    serious_illness: str = Field("", max_length=20)
    labour: str = Field("", max_length=10)
    employment: str = Field("", max_length=3)
    exclude_code: Literal["", "PRISON", "DRUG_ISOLATION", "CONSCRIPT", "MISSING"] = Field(
        "", description="现在不在家：服刑、强制隔离戒毒、服义务兵役、宣告失踪"
    )
    exclude_until: date | None = Field(None, description="预计返回日期（刑期、服役期满）")


class ObligorIn(Schema):
    """A supporter who lives apart."""

    supports: str = Field(max_length=18, description="由其赡养（抚养、扶养）的家庭成员的公民身份号码")
    name: str = Field(max_length=60)
    relation: str = Field("", max_length=3)
    id_no: str = Field("", max_length=18)


class IntentionIn(Schema):
    town_code: str = Field(max_length=12, description="乡镇（街道）机构代码")
    village_code: str = Field(max_length=12)
    area_type: str = Field(description="URBAN 或 RURAL")
    people: list[PersonIn] = Field(min_length=1, max_length=20)
    hardship: str = Field("", max_length=1000)
    causes: list[str] = Field([], max_length=9)
    address: str = Field("", max_length=120)
    aid_type: str = Field(registry.ORDINARY, max_length=16, description="救助类别代码")
    for_person: str = Field("", max_length=18, description="只救助一人时，该人的公民身份号码")
    obligors: list[ObligorIn] = Field([], max_length=20, description="不共同生活的赡养（抚养、扶养）人")


class ActIn(Schema):
    """What every act takes besides its own fields."""

    seen: int | None = Field(None, description="所依据的案件版本；也可用 If-Match")


PLACE = Field(
    "", max_length=10, description="WINDOW 群众到窗口，HOME 上门，AGENT 村（居）代办；空：不在工作人员面前"
)


class SignIn(ActIn):
    person: UUID
    picture: str = Field(max_length=4_000_000, description="签名图片，base64（PNG 或 JPEG）")
    mode: str = Field("SCREEN", description="SCREEN 手写屏 或 PAPER 纸质")
    on_behalf_of: str = Field("", max_length=20)
    place: str = PLACE


class PictureIn(ActIn):
    picture: str = Field(max_length=14_000_000, description="图片，base64")


class MaterialIn(PictureIn):
    kind: str = Field(max_length=40)
    place: str = PLACE


class IncomeIn(Schema):
    person: UUID
    category: str = Field(max_length=1)
    kind: str = Field(max_length=40)
    month_fen: int = Field(ge=0, le=10**10)


class AccountIn(Schema):
    holder: UUID
    bank_code: str = Field(max_length=12)
    bank_name: str = Field("", max_length=60)
    number: str = Field(max_length=40)


class FormIn(ActIn):
    """The one form; parts left out stay as they were saved."""

    incomes: list[IncomeIn] | None = None
    assets: list[dict[str, Any]] | None = None
    account: AccountIn | None = None
    exemptions: dict[str, str] | None = None
    other_aid: dict[str, str] | None = Field(
        None, description="成员 uid → 正在领取的儿童基本生活费（代码表 child_allowance）"
    )
    kin: list[dict[str, Any]] | None = None
    hardship: str | None = Field(None, max_length=1000)
    obligors: list[dict[str, Any]] | None = None


class ReasonIn(ActIn):
    reason: str = Field(max_length=1000)


class RouteIn(ActIn):
    route: str = Field("OWN", description="OWN 本级 或 COUNTY 委托县级")


class CommitIn(ActIn):
    commitment: bool
    place: str = PLACE


class NotFitIn(ActIn):
    confirmed: bool
    explanation: str = Field("", max_length=1000)


class AcceptIn(ActIn):
    file_kin: bool = False
    received: list[str] = []
    place: str = PLACE


class CorrectionIn(ActIn):
    items: list[str] = Field(min_length=1, max_length=20)
    explanation: str = Field("", max_length=1000)


class CodedIn(ReasonIn):
    codes: list[str] = Field(min_length=1, max_length=15)


class EmergencyIn(Schema):
    """E1. A number may be unknown; then a guess of the age."""

    town_code: str = Field(max_length=9)
    village_code: str = Field(max_length=12)
    name: str = Field(max_length=60)
    cause: str = Field(max_length=2, description="代码表 ta_cause，01 至 08")
    id_no: str = Field("", max_length=18)
    age: int | None = Field(None, ge=0, le=120)
    phone: str = Field("", max_length=20)
    place: str = Field("", max_length=120)
    summary: str = Field("", max_length=400)
    reporter_name: str = Field("", max_length=60)
    reported_at: datetime | None = None


class AidIn(ActIn):
    """E2, E2s."""

    kind: str = Field("CASH", description="CASH TRANSFER GOODS REFERRAL")
    amount_fen: int = Field(ge=0, le=10**9)
    second_id: int = Field(ge=1, le=2**31)
    picture: str = Field(max_length=4_000_000, description="受助人签字或指印，base64")
    second_picture: str = Field(
        "", max_length=4_000_000, description="第二经办人签字，base64；空的由本人以 countersign 签认"
    )
    what: str = Field("", max_length=200)
    receiver_name: str = Field("", max_length=60)
    delivered_at: datetime | None = None
    good_reason: str = Field("", max_length=200)


class AfterConsentIn(ActIn):
    """E6c."""

    picture: str = Field(max_length=4_000_000, description="受助人在授权书上的签字，base64")
    mode: str = Field("SCREEN", description="SCREEN PAPER")
    on_behalf_of: str = Field("", max_length=60)


class AfterCheckIn(ActIn):
    """E6r."""

    fit: bool
    words: str = Field("", max_length=400, description="明显不符合的必填")
    false_statement: bool = Field(False, description="本人隐瞒或者虚报")


class OralIn(ActIn):
    amount_fen: int = Field(ge=1, le=10**9)
    approver_name: str = Field(max_length=60)
    approver_post: str = Field(max_length=60)
    said_at: datetime | None = None


class RegistrationIn(ActIn):
    """E3."""

    severity: str = Field(max_length=8, description="LIGHT MEDIUM HEAVY EXTREME")
    persons: int = Field(ge=1, le=99)
    cause: str = Field(max_length=2)
    reason: str = Field(max_length=300)
    picture: str = Field(max_length=4_000_000, description="经办人签字，base64")
    id_no: str = Field("", max_length=18)
    unknown_identity: str = Field("", max_length=100)
    override_reason: str = Field("", max_length=200)


class SupplementIn(ActIn):
    severity: str = Field(max_length=8)
    persons: int = Field(ge=1, le=99)
    opinion: str = Field(max_length=1000)


class SupplementDecisionIn(ActIn):
    explanation: str = Field("", max_length=1000)
    override_reason: str = Field("", max_length=1000)
    meeting_no: str = Field("", max_length=80)
    meeting_on: date | None = None
    meeting_fen: int = Field(0, ge=0, le=10**10)


class EndIn(ReasonIn):
    codes: list[str] = Field(["RC-NOCOOP"], min_length=1, max_length=5)


class DeathIn(ActIn):
    person_uid: UUID
    died_on: date
    proof: str = Field(max_length=200)
    applicant_uid: UUID | None = Field(None, description="申请人去世时，改由谁作为申请人")


class AwayIn(ActIn):
    person_uid: UUID
    until: date = Field(description="预计返回日期")


class ConvertIn(ActIn):
    aid_type: str = Field(max_length=16)
    agreed: bool = Field(description="家庭已书面同意改办")
    person_uid: UUID | None = None


class KinIn(ActIn):
    official: str = Field("", max_length=60)
    post: str = Field("", max_length=80)
    relation: str = Field("", max_length=30)


class FindingIn(ActIn):
    finding_id: int = Field(ge=1, le=2**31)
    outcome: str = Field(description="CONFIRMED EXPLAINED EXEMPTED")
    reason: str = Field(max_length=400)


class InvestigatorIn(ActIn):
    staff_id: int = Field(ge=1, le=2**31)


class VisitIn(ActIn):
    visited_at: datetime
    housing: str = Field(max_length=500)
    income_note: str = Field(max_length=500)
    expense_note: str = Field(max_length=500)
    health_note: str = Field(max_length=500)
    conclusion: str = Field(max_length=1000)
    present: UUID


class ForwardIn(ActIn):
    opinion: str = Field(max_length=1000)
    supports: bool = True


class ApproveIn(ActIn):
    explanation: str = Field("", max_length=1000)
    override_reason: str = Field("", max_length=1000)


class CountyVisitIn(ActIn):
    officers: list[str] = Field(min_length=1, max_length=6)
    result: str = Field(max_length=1000)
    supports: bool = True


class BoardIn(PictureIn):
    moment: str = Field(description="START 开始 或 END 期满")


class ObjectionIn(ActIn):
    content: str = Field(max_length=2000)
    anonymous: bool = False
    objector: str = Field("", max_length=40)
    contact: str = Field("", max_length=40)


class MeetingIn(ActIn):
    planned_at: datetime
    place: str = Field(max_length=80)


class ParticipantIn(Schema):
    name: str = Field(max_length=30)
    capacity: str
    vote: str
    signed: bool = True


class AppraisalIn(ActIn):
    participants: list[ParticipantIn] = Field(max_length=200)
    chair: str = Field(max_length=30)
    minutes: dict[str, str] = {}


class ServeIn(ActIn):
    paper: UUID | None = Field(None, description="不填：待送达的全部文书一次送达")
    mode: str
    receiver: str = Field("", max_length=60)
    picture: str = Field("", max_length=14_000_000)
    note: str = Field("", max_length=40)


class RunOut(Schema):
    id: int
    county: str
    aid_type: str
    area_type: str
    month: date
    kind: str
    state: str
    lines_count: int
    total_fen: int
    moves: list[str] = []


class BuildIn(Schema):
    county_code: str = Field(max_length=12)
    aid_type: str = registry.ORDINARY
    area_type: str = "RURAL"
    month: date


class RunActIn(Schema):
    seen: int | None = None
    reason: str = Field("", max_length=200)


class ReturnIn(Schema):
    content: str = Field(max_length=30_000_000, description="回盘文件，base64")
