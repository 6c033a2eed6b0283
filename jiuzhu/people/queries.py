"""Reads on persons and households, always on behalf of someone."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.acts import record
from jiuzhu.core import clock, id_numbers
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Authorisation, BankAccount, Household, Membership, Person
from jiuzhu.policy import composition
from jiuzhu.policy import evidence as law
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


def placement(each: Membership, on: date, regime: str) -> law.Placement:
    """Whether a member counts on a day and the rule that says so (2.1). The dead do not, whatever was declared (HH-14);
    who was away for a time counts again from the day after (AS-57). Who cannot work at all cannot live alone (HH-03).
    """
    person, situation = each.person, each.exclude_code
    if each.exclude_until and each.exclude_until < on:
        situation = ""
    if person.died_on and person.died_on <= on:
        situation = "DEAD"
    return composition.place(
        law.Person(
            ref=str(person.uid),
            relation=each.relation,
            born_on=person.born_on,
            student=each.employment == "8",
            student_stage=each.student_stage,
            can_live_alone=each.labour != "NONE",
            has_support_duty=each.relation in ("4", "5", "6", "7"),
            situation=situation,
        ),
        on=on,
        regime=regime,
    )


def present_members(household: Household, on: date, regime: str) -> list[Membership]:
    """Members who are not away in prison, in service or dead: they sign, and departments are asked about them."""
    return [
        each for each in members_of(household, on) if placement(each, on, regime).rule not in composition.AWAY
    ]


def unsigned(authorisation: Authorisation, on: date, regime: str) -> list[Person]:
    """Adults at home who have not signed (D2, VER-21): whoever is in prison, in service or dead is not waited for (AS-57)."""
    signed = set(authorisation.signatures.values_list("person_id", flat=True))
    return [
        each.person
        for each in present_members(authorisation.household, on, regime)
        if id_numbers.age_on(each.person.born_on, on) >= 18 and each.person_id not in signed
    ]


def _back(rows: QuerySet[Membership], on: date) -> QuerySet[Membership]:
    return rows.exclude(exclude_code="").filter(exclude_until__lt=on, person__died_on__isnull=True)


def returned(household: Household, on: date) -> list[Membership]:
    """Living members whose time away is over (AS-57)."""
    return list(_back(members_of(household, on), on))


def homes_of_returned(on: date) -> QuerySet[Membership, int]:
    """Ids of the households, as far as the asker sees, in which somebody's time away is over."""
    there = Membership.objects.filter(Q(left_on__isnull=True) | Q(left_on__gte=on), joined_on__lte=on)
    return _back(there, on).values_list("household_id", flat=True)


def find_by_number(number: str) -> Person | None:
    """Whoever has this number anywhere in the city: only to prevent duplicates, never to show (E_DUP)."""
    with fence(PLATFORM):
        return (
            Person.objects.filter(id_no_index=blind(number, "id_no_index"))
            .select_related("household", "household__town")
            .order_by("shares_number", "id")
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
