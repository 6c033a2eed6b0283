"""Families in benefit for tests, made directly with a true assessment: how they came to be is tested elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType, Support
from jiuzhu.cases.models import (
    Assessment,
    Case,
    Decision,
    Entitlement,
    EntitlementAmount,
    EntitlementMember,
    Evidence,
    SelfCareRating,
)
from jiuzhu.core import clock
from jiuzhu.core.calendar import next_month
from jiuzhu.core.id_numbers import check_character
from jiuzhu.infra import demo
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.acts import building
from jiuzhu.payments.tests.city import City as Payers
from jiuzhu.people.models import Authorisation, BankAccount, Household, Membership, Person, Signature
from jiuzhu.policy import evidence as law
from jiuzhu.policy.household import edge
from jiuzhu.vault import files

DELEGATED, COUNTY_DECIDES = "371502101", "371522001"
_PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class Home:
    """One family with its benefit."""

    city: Place
    entitlement_id: int
    persons: list[Person] = field(default_factory=list)

    @property
    def entitlement(self) -> Entitlement:
        with fence(PLATFORM):
            return Entitlement.objects.select_related("case", "household").get(pk=self.entitlement_id)

    def ref(self, position: int) -> str:
        return str(self.persons[position].uid)

    def amounts(self) -> list[tuple[str, str, int]]:
        """``[(from, to, yuan)]`` as they stand."""
        with fence(PLATFORM):
            rows = EntitlementAmount.objects.filter(
                entitlement_id=self.entitlement_id, superseded_at__isnull=True
            ).order_by("from_month")
            return [
                (
                    f"{row.from_month:%Y-%m}",
                    f"{row.to_month:%Y-%m}" if row.to_month else "",
                    (row.base_fen + row.topup_fen + row.care_fen) // 100,
                )
                for row in rows
            ]


class Place:
    """A town of the demo city and who works there."""

    def __init__(self, town: str = DELEGATED) -> None:
        self.town = Organisation.objects.get(code=town)
        self.county = county_of(self.town, clock.today())
        self.payers = Payers(self.county, [self.town])
        self.made = 0

    def staff(self, role: str, position: int = 0) -> Actor:
        organ = self.town if role.startswith(("TOWN", "VILLAGE")) else self.county
        return self.payers.staff(role, organ, position)

    def pay(self, month: date, *, aid_type: str = "DIBAO", area: str = "RURAL") -> Any:
        """The month's list made by the centre."""
        with fence(self.staff("CENTER_STAFF")) as actor:
            return building.build_run(actor, self.county.id, aid_type, area, month)

    def home(
        self,
        members: list[dict[str, Any]],
        incomes: list[tuple[int, str, int]] = (),
        *,
        area: str = "RURAL",
        regime: str = "P2019",
        granted_on: date,
        answered: bool = True,
        aid_type: str = "DIBAO",
    ) -> Home:
        """``members`` as of ``policy.evidence.Member`` without ref; ``incomes`` (position, kind, yuan a month).

        Of a person's own aid (``aid_type``) the first member is the person, rated unable to walk and bathe alone.
        """
        with fence(PLATFORM), clock.at(granted_on):
            return self._home(
                members, list(incomes), area, regime, granted_on, answered, registry.get(aid_type)
            )

    def _home(
        self,
        members: list[dict[str, Any]],
        incomes: list[tuple[int, str, int]],
        area: str,
        regime: str,
        on: date,
        answered: bool,
        aid: AidType,
    ) -> Home:
        self.made += 1
        now, village = clock.now(), villages_of(self.town)[0].code
        household = Household.objects.create(
            dossier_no=f"H{self.town.code}{self.made:05d}",
            town=self.town,
            village_code=village,
            area_type=area,
            opened_at=now,
        )
        persons = [self._person(household, each, index, on) for index, each in enumerate(members)]
        account = BankAccount(
            household=household,
            holder=persons[0],
            holder_name=persons[0].name,
            bank_code="314",
            bank_name="农村商业银行",
            valid_from=on,
        )
        account.number = f"62309100{self.made:011d}"
        account.save()
        consent = Authorisation.objects.create(
            household=household,
            number=f"SQ{household.dossier_no}",
            aid_types=[aid.code],
            sources=list(aid.sources),
            purpose="社会救助",
            state=Authorisation.IN_FORCE,
            opened_at=now,
            signed_on=on,
            valid_to=on.replace(year=on.year + 3),
        )
        for person in persons:
            Signature.objects.create(
                authorisation=consent,
                person=person,
                signer_name=person.name,
                mode="SCREEN",
                image=files.keep(_PIXEL, "image/png"),
                signed_at=now,
                channel="STAFF",
            )
        case = Case.objects.create(
            case_no=f"H{self.made:06d}{self.town.code}",
            aid_type=aid.code,
            exclusive_group=aid.exclusive_group,
            regime=regime,
            state="GRANTED",
            household=household,
            applicant=persons[0],
            for_person=persons[0] if aid.per_person else None,
            town=self.town,
            county=self.county,
            village_code=village,
            area_type=area,
            channel="WINDOW",
            open=False,
            opened_at=now,
            accepted_on=on,
            authorisation=consent,
        )
        family = law.Evidence(
            as_of=on,
            aid_type=aid.code,
            area_type=area,
            members=tuple(
                law.Member(ref=str(person.uid), sex="1", **_known(each))
                for person, each in zip(persons, members, strict=True)
            ),
            incomes=tuple(
                law.Income(str(persons[who].uid), "T" if kind == "pension" else "W", kind, 1200 * yuan)
                for who, kind, yuan in incomes
            ),
            answered=aid.sources if answered else (),
            over_limit=False,
        )
        values = parameters.parameter_set(self.county, on=on, area_type=area, regime=regime)
        if aid.support:
            able = self._rated(case, persons[0], aid.support, on)
            family = replace(edge.alone(family, able.member, values, regime), self_care=able)
        outcome = aid.assess(family, values, regime)
        plain = json.loads(json.dumps(outcome.to_dict(), default=str))
        frozen = Evidence.objects.create(
            case=case,
            seq=1,
            kind=Evidence.INVESTIGATED,
            as_of=on,
            body=family.to_dict(),
            digest="0",
            at=now,
            by_name="王敏",
        )
        assessment = Assessment.objects.create(
            case=case,
            evidence=frozen,
            regime=regime,
            parameters=plain["parameters"],
            outcome=plain,
            conclusion=outcome.conclusion,
            amount_fen=outcome.amount_fen,
            made_at=now,
            digest="0",
        )
        approver = self.staff("COUNTY_APPROVER")
        decision = Decision.objects.create(
            case=case,
            round=1,
            kind="APPROVE",
            authority="COUNTY",
            organ=self.county,
            decider_id=approver.id,
            role="COUNTY_APPROVER",
            decided_on=on,
            decided_at=now,
            assessment=assessment,
            amount_fen=outcome.amount_fen,
            base_fen=outcome.base_fen,
            topup_fen=outcome.topup_fen,
            care_fen=outcome.care_fen,
            members_count=outcome.counted,
        )
        first = next_month(on)
        entitlement = Entitlement.objects.create(
            number=f"DY{case.case_no}",
            case=case,
            decision=decision,
            household=household,
            aid_type=aid.code,
            area_type=area,
            town=self.town,
            county=self.county,
            village_code=village,
            payee=persons[0],
            first_month=first,
            review_class="B",
            next_review_on=on.replace(year=on.year + 1),
            created_at=now,
        )
        EntitlementAmount.objects.create(
            entitlement=entitlement,
            from_month=first,
            members_count=outcome.counted,
            base_fen=outcome.base_fen,
            topup_fen=outcome.topup_fen,
            care_fen=outcome.care_fen,
            decision=decision,
        )
        for person in persons:
            EntitlementMember.objects.create(
                entitlement=entitlement, person=person, group=aid.exclusive_group, from_month=first
            )
        return Home(self, entitlement.id, persons)

    def _rated(self, case: Case, person: Person, support: Support, on: date) -> law.SelfCare:
        """W30 as it lies in the dossier."""
        items = {item: item not in ("walk", "bathe") for item in support.items}
        able = law.SelfCare(member=str(person.uid), **items)
        drawn = files.keep(_PIXEL, "image/png")
        SelfCareRating.objects.create(
            case=case,
            person=person,
            seq=1,
            items=items,
            level=support.level_of(able),
            rated_on=on,
            valid_to=on.replace(year=on.year + 2),
            assessor="孙医生",
            second_assessor="李护士",
            witness="邻居老周",
            assessor_signature=drawn,
            second_signature=drawn,
            witness_signature=drawn,
            at=clock.now(),
        )
        return able

    def _person(self, household: Household, each: dict[str, Any], index: int, on: date) -> Person:
        born = each["born_on"]
        body = f"371502{born:%Y%m%d}{(self.made * 7 + index * 2) % 900 + 100:03d}"
        name = f"{'赵钱孙李周吴郑王'[self.made % 8]}{'家国秀英'[index % 4]}{'明兰强军'[index // 4 % 4]}"
        person = Person(household=household, name=name, name_key=name, sex="1", born_on=born)
        person.id_no = body + check_character(body)
        person.save()
        Membership.objects.create(
            household=household,
            person=person,
            joined_on=on,
            **{key: value for key, value in each.items() if key in _DECLARED},
        )
        return person


_DECLARED = ("relation", "labour", "employment", "disability_category", "disability_grade")


def _known(each: dict[str, Any]) -> dict[str, Any]:
    return {"labour": "NONE"} | each


ADULT = {"relation": "0", "born_on": date(1970, 5, 1), "labour": "NONE"}
SPOUSE = {"relation": "1", "born_on": date(1972, 6, 2), "labour": "NONE"}
OLD = {"relation": "0", "born_on": date(1950, 3, 2), "labour": "NONE"}
CHILD = {"relation": "2", "born_on": date(1999, 3, 4), "labour": "NONE"}


def place(town: str = DELEGATED) -> Place:
    """The demo staff; ``town`` of the delegated county by default."""
    demo.make()
    return Place(town)
