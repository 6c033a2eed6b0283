"""Reads on persons and households, always on behalf of someone."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.acts import record
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import BankAccount, Household, Membership, Person
from jiuzhu.vault.fields import blind

REVEALABLE = {"id_no": "公民身份号码", "phone": "电话", "account": "银行账号"}


def members_of(household: Household, on: date) -> QuerySet[Membership]:
    """Who is in the household on a day, the applicant first."""
    return (
        household.memberships.filter(Q(left_on__isnull=True) | Q(left_on__gte=on), joined_on__lte=on)
        .select_related("person")
        .order_by("relation", "id")
    )


def adults_of(household: Household, on: date) -> list[Membership]:
    return [each for each in members_of(household, on) if id_numbers.age_on(each.person.born_on, on) >= 18]


def find_by_number(number: str) -> Person | None:
    """Whoever has this number anywhere in the city: only to prevent duplicates, never to show (E_DUP)."""
    with fence(PLATFORM):
        return (
            Person.objects.filter(id_no_index=blind(number, "id_no_index"))
            .select_related("household", "household__town")
            .first()
        )


def account_on(household: Household, on: date, person: Person | None = None) -> BankAccount | None:
    """The household's account; of one ``person`` aided alone his own, where he has one."""
    rows = household.accounts.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    own = rows.filter(for_person=person, purpose=BankAccount.OWN).first() if person else None
    return own or rows.filter(purpose="").first()


def reveal(actor: Actor, person_uid: str, field: str, *, purpose: str, case_no: str = "") -> str:
    """Show one masked value: an act with a purpose, recorded before the value leaves (VER-32)."""
    person = Person.objects.filter(uid=person_uid).select_related("household").first()
    if person is None or field not in REVEALABLE:
        raise Refusal("E_NOT_FOUND", what="人员")
    if len(purpose.strip()) < 2:
        raise Refusal("E_INPUT", field="查看用途", problem="请写明为什么需要查看完整号码")
    record(
        actor,
        "person.reveal",
        about=person,
        person_uid=person.uid,
        purpose=purpose.strip(),
        case_no=case_no,
        field=field,
    )
    if field == "account":
        account = account_on(person.household, clock.today(), person)
        return account.number if account else ""
    return getattr(person, field)
