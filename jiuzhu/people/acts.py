"""Writing persons, households and consents. Numbers are checked by GB 11643; nobody is in two households at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.core import clock, id_numbers, names
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import queries
from jiuzhu.people.models import (
    Authorisation,
    BankAccount,
    CitizenAccount,
    DossierCounter,
    Household,
    Membership,
    Obligor,
    ObligorExcuse,
    Person,
    Signature,
)
from jiuzhu.vault import files
from jiuzhu.vault.counters import next_number
from jiuzhu.vault.fields import blind

MEMBER_FIELDS = [
    "marital",
    "education",
    "health",
    "disability_category",
    "disability_grade",
    "disability_until",
    "serious_illness",
    "labour",
    "employment",
    "student_stage",
    "hukou_division",
    "hukou_type",
    "residence_division",
    "exclude_code",
    "exclude_until",
    "lacks_capacity",
]


def _dossier_no(town: Organisation) -> str:
    return f"{town.code}{next_number(DossierCounter, town_code=town.code):06d}"


@transaction.atomic
def register_household(
    actor: Actor,
    *,
    town: Organisation,
    village_code: str,
    area_type: str,
    people: list[dict[str, Any]],
    address: str = "",
) -> Household:
    """Register a family, or find the one the applicant already has; ``people[0]`` is the applicant.

    Each person: name, id_no, relation, phone and the fields of 2.1. Raises E_ID, E_INPUT, E_DUP.
    """
    today = clock.today()
    if not people or people[0].get("relation") != "0":
        raise Refusal("E_INPUT", field="家庭成员", problem="第一位应为申请人本人")
    for each in people[1:]:
        _check_relation(each)
    numbers = [id_numbers.parse(each["id_no"], on=today).number for each in people]
    if len(set(numbers)) != len(numbers):
        raise Refusal("E_INPUT", field="家庭成员", problem="同一号码填写了两次")
    known = queries.find_by_number(numbers[0])
    household = _known_household(known, town) if known else None
    if household is None:
        household = Household(
            dossier_no=_dossier_no(town),
            town=town,
            village_code=village_code,
            area_type=area_type,
            opened_at=clock.now(),
        )
        household.address = address
        household.save(force_insert=True)
    for entry, number in zip(people, numbers, strict=True):
        _member(household, entry, number, today)
    return household


def _known_household(person: Person, town: Organisation) -> Household:
    if person.household.town_id != town.id:
        raise Refusal("E_DUP", why=f"{person.name}已在其他乡镇（街道）建档，请办理转移")
    return person.household


def _member(household: Household, entry: dict[str, Any], number: str, today: date) -> None:
    parsed = id_numbers.parse(number)
    name = names.normalise(str(entry.get("name", "")))
    if not name or len(name) > 60:
        raise Refusal("E_INPUT", field="姓名", problem="请按身份证填写姓名")
    person = queries.find_by_number(number)
    if person and person.household_id != household.id:
        raise Refusal("E_DUP", why=f"{name}已登记在另一个家庭")
    if person and person.name_key != name:
        raise Refusal("E_INPUT", field="姓名", problem=f"与档案中该号码的姓名不一致（填写为{name}）")
    if person is None:
        person = Person(household=household, name=name, name_key=name, sex=parsed.sex, born_on=parsed.born_on)
        person.id_no = parsed.number
        person.phone = str(entry.get("phone", ""))
        person.save(force_insert=True)
    elif entry.get("phone"):
        person.phone = str(entry["phone"])
        person.save(update_fields=["phone_sealed", "phone_index"])
    values = {field: entry[field] for field in MEMBER_FIELDS if entry.get(field) not in (None, "")}
    current = Membership.objects.filter(household=household, person=person, left_on__isnull=True).first()
    if current is None:
        Membership.objects.create(
            household=household, person=person, relation=entry["relation"], joined_on=today, **values
        )
    elif values:
        Membership.objects.filter(pk=current.pk).update(**values)


def _check_relation(entry: dict[str, Any]) -> None:
    if entry.get("relation") not in choices("relation") or entry["relation"] == "0":
        raise Refusal("E_INPUT", field="与申请人关系", problem="请从选项中选择")


def add_member(household: Household, entry: dict[str, Any]) -> Person:
    """One person more in a family that is registered already, or one of it who is home again. Raises E_ID, E_INPUT, E_DUP."""
    number = id_numbers.parse(entry.get("id_no", ""), on=clock.today()).number
    _check_relation(entry)
    _member(household, entry, number, clock.today())
    return Person.objects.get(household=household, id_no_index=blind(number, "id_no_index"))


def come_home(person: Person) -> None:
    """Not away any more."""
    person.memberships.filter(left_on__isnull=True).update(exclude_code="", exclude_until=None)


def part(person: Person, *, on: date) -> None:
    """A person is in the household up to this day."""
    person.memberships.filter(left_on__isnull=True, joined_on__lte=on).update(left_on=on)


def unjoin(person: Person, *, joined_on: date) -> None:
    """He was registered as joining and does not; whoever had been of the family before stays of it."""
    person.memberships.filter(left_on__isnull=True, joined_on=joined_on).update(left_on=joined_on)


def go_away(person: Person, *, situation: str, until: date | None) -> None:
    """Away for a time (HH-11, HH-12, HH-15): of the family still, counted again once he is home (AS-57)."""
    person.memberships.filter(left_on__isnull=True).update(exclude_code=situation, exclude_until=until)


def note_death(person: Person, *, on: date | None) -> None:
    """The day of death, every list looks at it; None where it was not true."""
    person.died_on = on
    person.save(update_fields=["died_on"])


@transaction.atomic
def register_recipient(
    actor: Actor,
    *,
    town: Organisation,
    village_code: str,
    area_type: str,
    name: str,
    id_no: str = "",
    age: int | None = None,
    sex: str = "",
    phone: str = "",
    address: str = "",
) -> tuple[Household, Person]:
    """Somebody helped where the emergency happens, wherever he lives (TA-01): known here, or a new dossier of one.

    Without a number, an estimated ``age`` will do until the registration. Raises E_ID, E_INPUT.
    """
    today = clock.today()
    plain = names.normalise(name)
    if not plain or len(plain) > 60:
        raise Refusal("E_INPUT", field="姓名", problem="请填写姓名，不知道的写“无名氏”")
    parsed = id_numbers.parse(id_no, on=today) if id_no.strip() else None
    known = queries.find_by_number(parsed.number) if parsed else None
    if known and known.name_key != plain:
        raise Refusal("E_INPUT", field="姓名", problem=f"与档案中该号码的姓名不一致（填写为{plain}）")
    if known and known.household.town_id == town.id:
        return known.household, known
    if parsed is None and not 0 <= (-1 if age is None else age) <= 120:
        raise Refusal("E_INPUT", field="公民身份号码", problem="不知道号码的，请填写大约年龄")
    household = Household(
        dossier_no=_dossier_no(town),
        town=town,
        village_code=village_code,
        area_type=area_type,
        opened_at=clock.now(),
    )
    household.address = address
    household.save(force_insert=True)
    person = Person(
        household=household,
        name=plain,
        name_key=plain,
        sex=parsed.sex if parsed else sex if sex in ("1", "2") else "0",
        born_on=parsed.born_on if parsed else date(today.year - (age or 0), 1, 1),
        shares_number=known is not None,
    )
    person.id_no = parsed.number if parsed else ""
    person.phone = phone
    person.save(force_insert=True)
    Membership.objects.create(household=household, person=person, relation="0", joined_on=today)
    return household, person


def identify(actor: Actor, person: Person, id_no: str) -> Person:
    """The number of somebody helped without one (E3). Raises E_ID, E_INPUT when another number is on record."""
    parsed = id_numbers.parse(id_no, on=clock.today())
    if person.id_no:
        if person.id_no != parsed.number:
            raise Refusal("E_INPUT", field="公民身份号码", problem="与登记的号码不一致")
        return person
    known = queries.find_by_number(parsed.number)
    if known and known.name_key != person.name_key:
        raise Refusal("E_INPUT", field="公民身份号码", problem="该号码登记在另一个姓名名下，请核对")
    person.shares_number = known is not None
    person.id_no, person.sex, person.born_on = parsed.number, parsed.sex, parsed.born_on
    person.save(update_fields=["shares_number", "id_no_sealed", "id_no_index", "sex", "born_on"])
    return person


def add_obligor(
    household: Household, *, supports: Person, name: str, relation: str, id_no: str, facts: dict[str, Any]
) -> Obligor:
    """A supporter who lives apart; found again by number and supported person."""
    number = id_numbers.parse(id_no, on=clock.today()).number if id_no else ""
    obligor = Obligor(
        household=household, supports=supports, name=names.normalise(name), relation=relation, facts=facts
    )
    obligor.id_no = number
    obligor.save(force_insert=True)
    return obligor


def open_authorisation(
    household: Household, *, number: str, aid_types: list[str], sources: list[str], purpose: str
) -> Authorisation:
    """A consent to be signed by every adult member (W02)."""
    return Authorisation.objects.create(
        household=household,
        number=number,
        aid_types=aid_types,
        sources=sources,
        purpose=purpose,
        opened_at=clock.now(),
    )


@transaction.atomic
def sign(
    actor: Actor,
    authorisation: Authorisation,
    *,
    person: Person | None = None,
    obligor: Obligor | None = None,
    image: bytes,
    mime: str,
    mode: str,
    on_behalf_of: str = "",
    witness_id: int | None = None,
) -> Signature:
    """Keep one signature: finger or pen on the screen, or a photo of the signed paper. Once a person.

    Either a member of the household or a supporter who lives apart signs (TK-05); whoever was not asked when the others
    signed, also to a consent that is in force already (VER-21, AS-57).
    """
    signer = person or obligor
    assert signer is not None
    current = Authorisation.objects.select_for_update().get(pk=authorisation.pk)
    if current.state not in (Authorisation.DRAFT, Authorisation.IN_FORCE):
        raise Refusal("E_STATE", act="签署授权", state="授权书已失效")
    if signer.household_id != authorisation.household_id:
        raise Refusal("E_SCOPE", what=f"{signer.name}不是该家庭成员")
    if Signature.objects.filter(authorisation=authorisation, person=person, obligor=obligor).exists():
        raise Refusal("E_REPEAT", case_no=authorisation.number)
    return Signature.objects.create(
        authorisation=authorisation,
        person=person,
        obligor=obligor,
        signer_name=signer.name if not on_behalf_of else actor.name,
        on_behalf_of=on_behalf_of,
        mode=mode,
        image=files.keep(image, mime),
        signed_at=clock.now(),
        witness_id=witness_id,
        channel=actor.kind,
    )


def missing_signers(
    authorisation: Authorisation, on: date, *, regime: str, obligors: bool = False
) -> list[str]:
    """Adults of the household who have not signed (D2); guardians answer for those without capacity.

    Whoever is in prison, in service or dead is not waited for (2.1, AS-57).
    With ``obligors`` the supporters who live apart sign too, unless it was written down why not (TK-05).
    """
    missing = [each.name for each in queries.unsigned(authorisation, on, regime)]
    return missing + (unsigned_obligors(authorisation) if obligors else [])


def unsigned_obligors(authorisation: Authorisation) -> list[str]:
    """Supporters who have neither signed nor been excused with a reason (TK-05)."""
    answered = set(authorisation.signatures.values_list("obligor_id", flat=True))
    answered |= set(authorisation.excuses.values_list("obligor_id", flat=True))
    return [each.name for each in authorisation.household.obligors.order_by("id") if each.id not in answered]


def renew_authorisation(former: Authorisation, *, sources: tuple[str, ...]) -> Authorisation:
    """The same consent to be signed anew, for the sources of today; once it is in force the former ends (VER-21)."""
    own = former.number.split("-")[0]
    made = Authorisation.objects.filter(Q(number=own) | Q(number__startswith=f"{own}-")).count()
    return Authorisation.objects.create(
        household=former.household,
        number=f"{own}-{made + 1}",
        aid_types=former.aid_types,
        sources=list(sources),
        purpose=former.purpose,
        renews=former,
        opened_at=clock.now(),
    )


def bring_into_force(authorisation: Authorisation, on: date, months: int) -> None:
    """All have signed: the consent holds from today, at most ``months`` (VER-21)."""
    authorisation.state = Authorisation.IN_FORCE
    authorisation.signed_on, authorisation.valid_to = on, add_months(on, months)
    authorisation.save(update_fields=["state", "signed_on", "valid_to"])


def end_authorisation(
    authorisation: Authorisation, at: datetime, *, state: str = Authorisation.ENDED
) -> None:
    authorisation.state, authorisation.ended_at = state, at
    authorisation.save(update_fields=["state", "ended_at"])


def keep_away(household: Household, person_uid: UUID | str, *, until: date) -> Membership:
    """He was due home and is not: away until another day (AS-57). Raises E_NOT_FOUND, E_INPUT."""
    today = clock.today()
    rows = queries.returned(household, today)
    found = next((each for each in rows if str(each.person.uid) == str(person_uid)), None)
    if found is None:
        raise Refusal("E_NOT_FOUND", what="应返回的家庭成员")
    if until < today:
        raise Refusal("E_INPUT", field="预计返回日期", problem="不能早于今天")
    found.exclude_until = until
    found.save(update_fields=["exclude_until"])
    return found


def note_certificate(person: Person, *, category: str, grade: str, until: date | None) -> None:
    """The disability certificate a member holds now, and until when; all empty when he holds none any more (SUP-20)."""
    person.memberships.filter(left_on__isnull=True).update(
        disability_category=category, disability_grade=grade, disability_until=until
    )


def excuse_obligor(
    actor: Actor, authorisation: Authorisation, obligor: Obligor, *, kind: str, reason: str
) -> ObligorExcuse:
    """A supporter refuses or cannot be found: said with a reason, and the consent goes on without him (TK-05)."""
    if kind not in ObligorExcuse.KINDS:
        raise Refusal("E_INPUT", field="未签字原因", problem="请选择拒绝签字或查找不到")
    if len(reason.strip()) < 4:
        raise Refusal("E_REASONS", act="登记义务人未签字")
    usable = (Authorisation.DRAFT, Authorisation.IN_FORCE)
    if authorisation.state not in usable or obligor.household_id != authorisation.household_id:
        raise Refusal("E_STATE", act="登记义务人未签字", state="授权书已签署齐全或已失效")
    signed = Signature.objects.filter(authorisation=authorisation, obligor=obligor).exists()
    if signed or ObligorExcuse.objects.filter(authorisation=authorisation, obligor=obligor).exists():
        raise Refusal("E_REPEAT", case_no=authorisation.number)
    return ObligorExcuse.objects.create(
        authorisation=authorisation,
        obligor=obligor,
        kind=kind,
        reason=reason.strip()[:200],
        by_name=actor.name,
        at=clock.now(),
    )


def check_account(number: str) -> str:
    """Digits only, 8–32 of them; E_INPUT otherwise."""
    digits = "".join(str(number).split())
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        raise Refusal("E_INPUT", field="银行账号", problem="应为8到32位数字")
    return digits


@transaction.atomic
def set_account(
    household: Household,
    *,
    holder: Person | None,
    bank_code: str,
    bank_name: str,
    number: str,
    on: date,
    purpose: str = "",
    for_person: Person | None = None,
    holder_name: str = "",
) -> BankAccount:
    """The account paid into from ``on``; the former one ends the day before.

    ``purpose`` with ``for_person``: another account of one person's aid (see :class:`BankAccount`).
    """
    digits = check_account(number)
    kept = household.accounts.filter(purpose=purpose, for_person=for_person)
    current = kept.filter(valid_to__isnull=True).first()
    name = holder.name if holder else holder_name
    if current and current.number == digits and current.holder_name == name:
        return current
    for former in kept.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)):
        _end_account(former, on)
    account = BankAccount(
        household=household,
        holder=holder,
        holder_name=name,
        bank_code=bank_code,
        bank_name=bank_name,
        valid_from=on,
        purpose=purpose,
        for_person=for_person,
    )
    account.number = digits
    account.save(force_insert=True)
    return account


def _end_account(former: BankAccount, on: date) -> None:
    """The day before ``on`` is its last; one that begins no earlier goes, unless something is paid into it already."""
    if former.valid_from < on:
        former.valid_to = on - timedelta(days=1)
        former.save(update_fields=["valid_to"])
        return
    try:
        former.delete()
    except ProtectedError as used:
        raise Refusal("E_STATE", act="变更账户", state="今天登记的账户已经使用，请明天再变更") from used


def record_death(person: Person, died_on: date, on: date) -> None:
    """HH-14: from that day on he no longer belongs to the household; an account of his own is paid no more."""
    if not person.born_on <= died_on <= on:
        raise Refusal("E_INPUT", field="去世日期", problem="应在出生之后、今天或之前")
    if person.died_on is not None:
        raise Refusal("E_STATE", act="登记去世", state=f"{person.name}已于{person.died_on}登记去世")
    person.died_on = died_on
    person.save(update_fields=["died_on"])
    for row in Membership.objects.filter(person=person, left_on__isnull=True):
        row.left_on = max(died_on, row.joined_on)
        row.save(update_fields=["left_on"])
    for account in BankAccount.objects.filter(holder=person, valid_to__isnull=True):
        account.valid_to = max(died_on, account.valid_from)
        account.save(update_fields=["valid_to"])


# relation to the former applicant → relation to the new one, by who the new one was (GB/T 4761: 5 holds parents-in-law)
_CHILDREN = {"1": "5", "2": "7", "3": "7", "5": "6"}
_AFTER: dict[str, dict[str, str]] = {
    "1": {"2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "21": "21", "22": "22"},
    "2": _CHILDREN,
    "3": _CHILDREN,
    "5": {"1": "22", "2": "4", "3": "4", "5": "1"},
    "7": {"5": "5", "6": "6", "7": "7"},
}


def change_applicant(
    household: Household, person: Person, *, relations: dict[str, str] | None = None
) -> dict[str, str]:
    """Another adult speaks for the family; relations are to him now. Returns them by person (``relations`` win)."""
    rows = {row.person_id: row for row in household.memberships.filter(left_on__isnull=True)}
    chosen = rows.get(person.id)
    if chosen is None:
        raise Refusal("E_INPUT", field="新的申请人", problem="应为共同生活的成年家庭成员")
    table, now = _AFTER.get(chosen.relation, {}), {}
    for row in rows.values():
        uid = str(row.person.uid)
        row.relation = "0" if row is chosen else (relations or {}).get(uid) or table.get(row.relation, "8")
        row.save(update_fields=["relation"])
        now[uid] = row.relation
    return now


def open_account(person: Person) -> CitizenAccount:
    """A citizen who proved who he is may look at his own household."""
    account, _ = CitizenAccount.objects.get_or_create(person=person, defaults={"opened_at": clock.now()})
    return account
