"""After the grant: where a person is supported, who cares for him, his self-care rated again (TK-08, TK-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.roles import role_name
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import Support
from jiuzhu.audit.acts import record
from jiuzhu.benefits import standing
from jiuzhu.benefits.acts import changes
from jiuzhu.benefits.models import SelfCareReport
from jiuzhu.cases import guards, papers
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.acts.support import keep_rating, rating_words
from jiuzhu.cases.evidence import parameter_set
from jiuzhu.cases.models import (
    CareAgreement,
    Case,
    Entitlement,
    EntitlementAmount,
    Institution,
    SelfCareRating,
    SupportSpan,
)
from jiuzhu.cases.permissions import check_may_do
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.calendar import add_months, next_month
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.models import PayLine
from jiuzhu.people import acts as people
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.policy import changes as law
from jiuzhu.policy.evidence import SelfCare
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture
from jiuzhu.workflow import clocks

CLERK = ("TOWN_CLERK",)
KEEPERS_OF_HOMES = ("COUNTY_APPROVER", "COUNTY_SUPERVISOR", "CENTER_STAFF")


@dataclass
class Supported:
    """A person in support under the case's lock."""

    actor: Actor
    case: Case
    entitlement: Entitlement
    support: Support

    @property
    def person(self) -> Person:
        return self.case.for_person or self.case.applicant

    @property
    def level(self) -> str:
        """The level of the latest rating."""
        return str(self.case.ratings.order_by("-seq").values_list("level", flat=True).first() or "")

    @property
    def needs_agreement(self) -> bool:
        """DQ-41: at home only with an agreement, unless he cares for himself."""
        return self.level not in self.support.alone_without_agreement

    @property
    def agreement(self) -> CareAgreement | None:
        return self.entitlement.care_agreements.filter(ended_on__isnull=True).first()


def supported(
    actor: Actor, uid: UUID | str, act: str, *, roles: tuple[str, ...] = CLERK, running: bool = True
) -> Supported:
    """Lock → may this person → is somebody supported here. Raises E_NOT_FOUND, E_AUTH, E_SOD, E_STATE."""
    case = locked(actor, uid)
    check_may_do(actor, case, roles, act)
    support = registry.get(case.aid_type).support
    entitlement = Entitlement.objects.select_for_update().filter(case=case).first()
    if support is None or entitlement is None:
        raise Refusal("E_STATE", act=act, state="本案没有供养待遇")
    if running and entitlement.state not in Entitlement.RUNNING:
        raise Refusal("E_STATE", act=act, state="供养已终止")
    return Supported(actor, case, entitlement, support)


def first_free_month(entitlement: Entitlement) -> date:
    """The next month, or the first one that no list has taken."""
    last = PayLine.objects.filter(entitlement=entitlement, pay_kind__in=("REGULAR", "ARREARS")).aggregate(
        last=Max("pay_month")
    )["last"]
    upcoming = next_month(clock.today())
    return max(upcoming, add_months(last, 1)) if last else upcoming


def issue(actor: Actor, case: Case, code: str, *, organ: Organisation, **more: Any) -> Document:
    """One paper about the support, from the case's facts and what the act adds."""
    today = clock.today()
    return documents.issue(
        actor,
        code,
        papers.common(case, today) | more,
        organ=organ,
        regime=case.regime,
        household=case.household,
        case_id=case.id,
        addressee=case.applicant.name,
    )


# —— homes


def register_institution(
    actor: Actor, *, name: str, bank_code: str, bank_name: str, number: str, beds: int = 0
) -> Institution:
    """A home that keeps supported people, with the account its money goes to. Raises E_AUTH, E_INPUT, E_DUP."""
    if actor.role not in KEEPERS_OF_HOMES:
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记供养服务机构", why="")
    digits = "".join(number.split())
    if len(name.strip()) < 3 or not bank_name.strip() or not bank_code:
        raise Refusal("E_INPUT", field="供养服务机构", problem="请填写机构名称和开户行")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        raise Refusal("E_INPUT", field="机构账号", problem="应为8到32位数字")
    home, new = Institution.objects.get_or_create(
        county_id=actor.organ_id,
        name=name.strip()[:80],
        defaults={
            "bank_code": bank_code,
            "bank_name": bank_name.strip()[:60],
            "account_no": digits,
            "beds": max(0, beds),
            "opened_on": clock.today(),
        },
    )
    if not new:
        raise Refusal("E_DUP", why=f"{home.name}已经登记")
    record(actor, "support.institution", about=home, name=home.name)
    return home


# —— who cares at home (W31)


def _carer(who: Supported, name: str, relation: str, number: str, duties: str, ends_on: date) -> str:
    """The carer's ID number; he is somebody else, and it is said what he does and until when."""
    today = clock.today()
    found = id_numbers.parse(number, on=today).number
    if len(name) < 2 or len(duties.strip()) < 4 or not relation.strip():
        raise Refusal("E_INPUT", field="照料人", problem="请填写姓名、与本人关系和照料内容")
    if found == who.person.id_no:
        raise Refusal("E_INPUT", field="照料人", problem="不能是本人")
    if ends_on <= today:
        raise Refusal("E_INPUT", field="协议期满", problem="应晚于今天")
    return found


def sign_agreement(
    actor: Actor,
    uid: UUID | str,
    *,
    carer_name: str,
    carer_relation: str,
    carer_id_no: str,
    bank_code: str,
    bank_name: str,
    number: str,
    duties: str,
    ends_on: date,
    person_signature: Picture | None,
    carer_signature: Picture | None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> CareAgreement:
    """W31 between township, carer and person; a former one ends today. Its money goes to the carer (TK-10).

    Raises E_INPUT, E_SEAL, E_STATE.
    """
    with transaction.atomic():
        who, today = supported(actor, uid, "签订照料服务协议"), clock.today()
        name = carer_name.strip()
        carer_number = _carer(who, name, carer_relation, carer_id_no, duties, ends_on)
        if person_signature is None or carer_signature is None:
            raise Refusal("E_SEAL", missing="本人（监护人）和照料人签字")
        account = people.set_account(
            who.case.household,
            holder=None,
            holder_name=name,
            bank_code=bank_code,
            bank_name=bank_name.strip(),
            number=number,
            on=today,
            purpose=BankAccount.CARE,
            for_person=who.person,
        )
        former = who.agreement
        if former:
            former.ended_on, former.end_reason = today, f"由与{name}的新协议代替"
            former.save(update_fields=["ended_on", "end_reason"])
        agreement = CareAgreement(
            entitlement=who.entitlement,
            carer_name=name[:60],
            carer_relation=carer_relation.strip()[:30],
            duties=duties.strip()[:400],
            level=who.level,
            care_fen=amount_in_force(who.entitlement).care_fen,
            account=account,
            starts_on=today,
            ends_on=ends_on,
            person_signature=files.keep(person_signature.content, person_signature.mime),
            carer_signature=files.keep(carer_signature.content, carer_signature.mime),
            signed_by_id=actor.id,
            at=clock.now(),
        )
        agreement.carer_id_no = carer_number
        paper = issue(actor, who.case, "W31", organ=who.case.town, **_agreement_words(who, agreement))
        agreement.paper_no = paper.doc_no or paper.code
        agreement.save(force_insert=True)
        _carry_on(who, former, agreement)
        record(
            actor,
            "support.agreement",
            about=agreement,
            case_no=who.case.case_no,
            person_uid=who.person.uid,
        )
        return agreement


def _carry_on(who: Supported, former: CareAgreement | None, agreement: CareAgreement) -> None:
    """A person at home goes on with the new carer from the next month that no list has taken."""
    span = who.entitlement.support_spans.filter(to_month__isnull=True).first()
    if span is None or span.mode != SupportSpan.SCATTERED or span.agreement_id == agreement.id:
        return
    if span.agreement_id and (former is None or span.agreement_id != former.id):
        return
    _open_span(
        who,
        mode=SupportSpan.SCATTERED,
        institution=None,
        agreement=agreement,
        chosen_by=span.chosen_by,
        signature_id=agreement.person_signature_id,
    )


def _agreement_words(who: Supported, agreement: CareAgreement) -> dict[str, Any]:
    return {
        "person_name": who.person.name,
        "carer_name": agreement.carer_name,
        "carer_relation": agreement.carer_relation,
        "level": who.support.levels.get(agreement.level, "未评定"),
        "duties": agreement.duties,
        "care_fen": agreement.care_fen,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "bank_name": agreement.account.bank_name,
        "account_name": agreement.account.holder_name,
        "signatures": papers.pictures(
            [
                (agreement.person_signature, "本人（监护人）"),
                (agreement.carer_signature, f"照料人：{agreement.carer_name}"),
            ]
        ),
    }


# —— the person's choice


def choose_support(
    actor: Actor,
    uid: UUID | str,
    *,
    mode: str,
    institution_id: int | None = None,
    chosen_by: str = "本人",
    signature: Picture | None,
    seen: int | None = None,
    once: UUID | str | None = None,
) -> SupportSpan:
    """In a home or at home, as the person (or his guardian) chooses; a later wish holds from the next month (CH-MODE).

    At home without an agreement is impossible unless he cares for himself (DQ-41). Raises E_INPUT, E_SEAL, E_DOC,
    E_STATE.
    """
    with transaction.atomic():
        who = supported(actor, uid, "选择供养方式")
        if mode not in SupportSpan.MODES:
            raise Refusal("E_INPUT", field="供养方式", problem="请选择集中供养或分散供养")
        if signature is None:
            raise Refusal("E_SEAL", missing="本人（监护人）签字")
        if not who.level:
            raise Refusal("E_DOC", missing="生活自理能力评估表")
        home = _home(who, institution_id) if mode == SupportSpan.CENTRAL else None
        agreement = who.agreement if mode == SupportSpan.SCATTERED else None
        if mode == SupportSpan.SCATTERED and who.needs_agreement and agreement is None:
            raise Refusal("E_DOC", missing="照料服务协议（半护理、全护理的，分散供养必须先签协议）")
        if home:
            people.set_account(
                who.case.household,
                holder=None,
                holder_name=home.name,
                bank_code=home.bank_code,
                bank_name=home.bank_name,
                number=home.account_no,
                on=clock.today(),
                purpose=BankAccount.ALL,
                for_person=who.person,
            )
        kept = files.keep(signature.content, signature.mime)
        span = _open_span(
            who,
            mode=mode,
            institution=home,
            agreement=agreement,
            chosen_by=chosen_by.strip()[:60] or "本人",
            signature_id=kept.id,
        )
        record(
            actor,
            "support.choose",
            about=span,
            case_no=who.case.case_no,
            person_uid=who.person.uid,
            mode=mode,
        )
        return span


def _home(who: Supported, institution_id: int | None) -> Institution:
    home = Institution.objects.filter(
        pk=institution_id, county=who.case.county, closed_on__isnull=True
    ).first()
    if home is None:
        raise Refusal("E_INPUT", field="供养服务机构", problem="请选择本县（市、区）的机构")
    return home


def _open_span(
    who: Supported,
    *,
    mode: str,
    institution: Institution | None,
    agreement: CareAgreement | None,
    chosen_by: str,
    signature_id: int,
) -> SupportSpan:
    """The first choice holds from the first month of support, a later one from the next free month."""
    former = who.entitlement.support_spans.filter(to_month__isnull=True).first()
    month = first_free_month(who.entitlement) if former else who.entitlement.first_month
    if former:
        same = (former.mode, former.institution_id, former.agreement_id) == (
            mode,
            institution.id if institution else None,
            agreement.id if agreement else None,
        )
        if same:
            raise Refusal("E_STATE", act="选择供养方式", state=f"已是{SupportSpan.MODES[mode]}")
        if former.from_month >= month:
            raise Refusal(
                "E_STATE",
                act="选择供养方式",
                state=f"{former.from_month:%Y年%m月}起的方式已经选定，生效后再变更",
            )
        former.to_month = add_months(month, -1)
        former.save(update_fields=["to_month"])
    return SupportSpan.objects.create(
        entitlement=who.entitlement,
        mode=mode,
        institution=institution,
        agreement=agreement,
        agreement_needed=who.needs_agreement,
        from_month=month,
        chosen_by=chosen_by,
        chosen_on=clock.today(),
        signature_id=signature_id,
        by_id=who.actor.id,
        at=clock.now(),
    )


# —— rated again


def rate_again(
    actor: Actor,
    uid: UUID | str,
    *,
    items: dict[str, bool],
    assessor: str,
    second_assessor: str,
    witness: str,
    signatures: list[Picture | None],
    organisation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> SelfCareRating:
    """W30 once more, ending a reported change (CLK-SC). Another sum for care is a change of its own (CH-CARE): examined,
    decided by whoever has authority, with its notice served before less is paid (DYN-11).
    """
    given: dict[str, Any] = {
        "items": items,
        "assessor": assessor,
        "second_assessor": second_assessor,
        "witness": witness,
        "signatures": signatures,
    }
    with transaction.atomic():
        who = supported(actor, uid, "重新评估自理能力", roles=("TOWN_CLERK", "COUNTY_SUPERVISOR"))
        guards.check_rating(who.case, given)
        rating = keep_rating(actor, who.case, organisation=organisation, **given)
        issue(actor, who.case, "W30", organ=who.case.county, **rating_words(rating))
        who.entitlement.self_care_reports.filter(closed_on__isnull=True).update(
            rating=rating, closed_on=clock.today()
        )
        if care_fen_by(who, rating) != amount_in_force(who.entitlement).care_fen:
            rated = {"member": str(who.person.uid)} | rating.items
            changes.open_change(actor, who.entitlement, law.CARE, {"self_care": rated})
        record(
            actor,
            "support.rate_again",
            about=rating,
            case_no=who.case.case_no,
            person_uid=who.person.uid,
            level=rating.level,
        )
        return rating


def amount_in_force(entitlement: Entitlement) -> EntitlementAmount:
    """The latest amount that has not been replaced."""
    return entitlement.amounts.filter(superseded_at__isnull=True).order_by("-from_month").first()


def care_fen_by(who: Supported, rating: SelfCareRating) -> int:
    """What the law gives for this level today."""
    rated = SelfCare(member=str(who.person.uid), **rating.items)
    today = clock.today()
    known = replace(standing.standing(who.entitlement).evidence, as_of=today, self_care=rated)
    limits = parameter_set(who.case, today)
    return standing.assess(who.entitlement.aid_type, known, limits, who.case.regime).care_fen


def report_self_care(
    actor: Actor,
    uid: UUID | str,
    *,
    text: str,
    reporter_name: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> SelfCareReport:
    """A change of self-care is reported: rated again within ten working days (民发〔2021〕43号第二十三条)."""
    with transaction.atomic():
        who = supported(actor, uid, "登记自理能力变化", roles=("TOWN_CLERK", "VILLAGE_ASSIST"))
        if len(text.strip()) < 4:
            raise Refusal("E_INPUT", field="变化情况", problem="请写清楚哪些事不能自己做了，或者恢复了")
        if who.entitlement.self_care_reports.filter(closed_on__isnull=True).exists():
            raise Refusal("E_STATE", act="登记自理能力变化", state="已有一份报告待重新评估")
        today = clock.today()
        due = clocks.due(
            "CLK-SC",
            started_at=clock.now(),
            regime=who.case.regime,
            parameters={},
            calendar=parameters.calendar(),
        )
        report = SelfCareReport.objects.create(
            entitlement=who.entitlement,
            text=text.strip()[:400],
            reporter_name=(reporter_name.strip() or actor.name)[:60],
            reported_on=today,
            due_on=due.due_on,
        )
        record(actor, "support.self_care_report", about=report, case_no=who.case.case_no)
        return report
