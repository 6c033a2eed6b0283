"""A county with entitled families for tests and the bench: made directly, because how they came to be is tested elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Post
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.queries import actor_for
from jiuzhu.cases.models import Assessment, Case, Decision, Entitlement, EntitlementAmount, Evidence
from jiuzhu.core import clock
from jiuzhu.core.id_numbers import check_character
from jiuzhu.infra import demo
from jiuzhu.people.models import BankAccount, Household, Membership, Person

GRANTED = date(2019, 10, 15)
FIRST = date(2019, 11, 1)
TOWNS = ("371502101", "371502102")


@dataclass
class City:
    """A demo county, its two towns and the people who pay."""

    county: Organisation
    towns: list[Organisation]
    entitlements: list[Entitlement] = field(default_factory=list)

    def staff(self, role: str, organ: Organisation | None = None, position: int = 0) -> Actor:
        posts = Post.objects.filter(role=role, organ=organ or self.county).select_related("staff", "organ")
        return actor_for(posts.order_by("id")[position], clock.today())

    @property
    def builder(self) -> Actor:
        return self.staff("CENTER_STAFF")

    @property
    def checker(self) -> Actor:
        return self.staff("CENTER_STAFF", position=1)

    @property
    def finance(self) -> Actor:
        return self.staff("COUNTY_FINANCE")

    def payroll(self, town: int = 0) -> Actor:
        return self.staff("TOWN_PAYROLL", self.towns[town])


def make(families: int = 4, **named: Any) -> City:
    """The demo staff and ``families`` rural families entitled from 2019-11, spread over both towns."""
    demo.make()
    towns = list(Organisation.objects.filter(code__in=TOWNS).order_by("code"))
    city = City(county_of(towns[0], GRANTED), towns)
    with fence(PLATFORM):
        for index in range(families):
            city.entitlements.append(family(city, index, **named))
    return city


def family(
    city: City,
    index: int,
    *,
    name: str = "",
    town: int | None = None,
    base_fen: int = 30000,
    topup_fen: int = 0,
    first_month: date = FIRST,
    account: str | None = "",
    state: str = "ACTIVE",
) -> Entitlement:
    """One family of one person; ``account`` None means none."""
    organ = city.towns[index % len(city.towns) if town is None else town]
    village = villages_of(organ)[0].code
    now = clock.instant(GRANTED)
    household = Household.objects.create(
        dossier_no=f"T{organ.code}{index:05d}",
        town=organ,
        village_code=village,
        area_type="RURAL",
        opened_at=now,
    )
    body = f"3715991968{1 + index // 900 % 12:02d}{10 + index // 45 % 19:02d}{100 + index % 900:03d}"
    person = Person(
        household=household,
        name=name or f"张{'明秀国桂'[index % 4]}{'英兰强军'[index // 4 % 4]}",
        name_key="x",
        sex="1",
        born_on=date(1968, 3, 12),
    )
    person.id_no = body + check_character(body)
    person.save()
    Membership.objects.create(household=household, person=person, relation="0", joined_on=GRANTED)
    if account is not None:
        kept = BankAccount(
            household=household,
            holder=person,
            holder_name=person.name,
            bank_code="314",
            bank_name="农村商业银行",
            valid_from=GRANTED,
        )
        kept.number = account or f"62309100{index:011d}"
        kept.save()
    case = Case.objects.create(
        case_no=f"T{index:08d}{organ.code}",
        aid_type="DIBAO",
        exclusive_group="LIVING",
        regime="P2019",
        state="GRANTED",
        household=household,
        applicant=person,
        town=organ,
        county=city.county,
        village_code=village,
        area_type="RURAL",
        channel="WINDOW",
        open=False,
        opened_at=now,
    )
    decision = _decision(city, case, base_fen, topup_fen)
    entitlement = Entitlement.objects.create(
        number=f"DY{case.case_no}",
        case=case,
        decision=decision,
        household=household,
        aid_type="DIBAO",
        area_type="RURAL",
        town=organ,
        county=city.county,
        village_code=village,
        payee=person,
        state=state,
        first_month=first_month,
        created_at=now,
    )
    EntitlementAmount.objects.create(
        entitlement=entitlement,
        from_month=first_month,
        members_count=1,
        base_fen=base_fen,
        topup_fen=topup_fen,
        decision=decision,
    )
    return entitlement


def _decision(city: City, case: Case, base_fen: int, topup_fen: int) -> Decision:
    now = clock.instant(GRANTED)
    evidence = Evidence.objects.create(
        case=case,
        seq=1,
        kind=Evidence.INVESTIGATED,
        as_of=GRANTED,
        body={},
        digest="0",
        at=now,
        by_name="王敏",
    )
    assessment = Assessment.objects.create(
        case=case,
        evidence=evidence,
        regime="P2019",
        parameters={},
        outcome={},
        conclusion="ELIGIBLE",
        amount_fen=base_fen + topup_fen,
        made_at=now,
        digest="0",
    )
    approver = city.staff("COUNTY_APPROVER")
    return Decision.objects.create(
        case=case,
        round=1,
        kind="APPROVE",
        authority="COUNTY",
        organ=city.county,
        decider_id=approver.id,
        role="COUNTY_APPROVER",
        decided_on=GRANTED,
        decided_at=now,
        assessment=assessment,
        amount_fen=max(base_fen + topup_fen, 1),
        base_fen=base_fen,
        topup_fen=topup_fen,
        members_count=1,
    )


def multiply(city: City, times: int) -> None:
    """``times`` more families like the first, in a few statements (for size, not for telling apart)."""
    first = city.entitlements[0]
    with fence(PLATFORM), connection.cursor() as cursor:
        for sql in _MULTIPLY:
            cursor.execute(sql, {"n": times, "first": first.id, "household": first.household_id})


def _copy(table: str, changed: dict[str, str], where: str) -> str:
    """``INSERT … SELECT`` of one row many times with some columns replaced; the column list comes from the model."""
    model = next(
        each
        for each in (Household, Person, Membership, BankAccount, Case, Entitlement, EntitlementAmount)
        if each._meta.db_table == table
    )
    columns = [each.column for each in model._meta.concrete_fields if each.column != "id"]
    values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    source, test = where.split(" WHERE ")
    return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t {source} WHERE {test}'


_OWN = "JOIN people_household h ON h.dossier_no LIKE 'M%%'"
_MULTIPLY = (
    _copy(
        "people_household",
        {"dossier_no": "'M' || lpad(n::text, 9, '0')", "uid": "gen_random_uuid()"},
        "CROSS JOIN generate_series(1, %(n)s) n WHERE t.id = %(household)s",
    ),
    _copy(
        "people_person",
        {
            "household_id": "h.id",
            "uid": "gen_random_uuid()",
            "id_no_index": "h.dossier_no",
        },
        f"{_OWN} WHERE t.household_id = %(household)s",
    ),
    _copy(
        "people_membership",
        {"household_id": "p.household_id", "person_id": "p.id"},
        "JOIN people_person p ON p.id_no_index LIKE 'M%%' WHERE t.household_id = %(household)s",
    ),
    _copy(
        "people_bankaccount",
        {
            "household_id": "p.household_id",
            "holder_id": "p.id",
            "uid": "gen_random_uuid()",
            "number_index": "p.id_no_index",
        },
        "JOIN people_person p ON p.id_no_index LIKE 'M%%' WHERE t.household_id = %(household)s",
    ),
    _copy(
        "cases_case",
        {
            "household_id": "p.household_id",
            "applicant_id": "p.id",
            "uid": "gen_random_uuid()",
            "case_no": "p.id_no_index",
        },
        "JOIN people_person p ON p.id_no_index LIKE 'M%%' WHERE t.household_id = %(household)s",
    ),
    _copy(
        "cases_entitlement",
        {
            "household_id": "c.household_id",
            "payee_id": "c.applicant_id",
            "case_id": "c.id",
            "number": "c.case_no",
        },
        "JOIN cases_case c ON c.case_no LIKE 'M%%' WHERE t.id = %(first)s",
    ),
    _copy(
        "cases_entitlementamount",
        {"entitlement_id": "e.id"},
        "JOIN cases_entitlement e ON e.number LIKE 'M%%' WHERE t.entitlement_id = %(first)s",
    ),
)
