"""What is already known of somebody: so that nobody is registered, helped or visited twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Case, EntitlementMember
from jiuzhu.core import clock
from jiuzhu.onedoor.models import Lead
from jiuzhu.people.models import Household, Person
from jiuzhu.vault.fields import blind


@dataclass(frozen=True)
class Known:
    """One thing the platform knows of a person or household, in words; ``case`` where there is one to open."""

    words: str
    case: Any = None


def person_of(*, name: str, id_no: str, village_code: str) -> Person | None:
    """By number anywhere in the city, else by name where the village has only one of it. Call behind a wide fence."""
    if id_no:
        return (
            Person.objects.filter(id_no_index=blind(id_no, "id_no_index"))
            .select_related("household", "household__town")
            .first()
        )
    found = Person.objects.filter(
        name_key=name, household__village_code=village_code, died_on__isnull=True
    ).select_related("household", "household__town")[:2]
    return found[0] if len(found) == 1 else None


def open_lead(*, name: str, id_no: str, village_code: str) -> Lead | None:
    """A lead about the same person that is still followed: same number, or same name in the same village."""
    same = Q(village_code=village_code, name_index=blind(name, "name_index"))
    if id_no:
        numbered = Q(id_no_index=blind(id_no, "id_no_index"))
        # two people of one name are told apart by their numbers
        same = numbered | (same & Q(id_no_index=""))
    return Lead.objects.filter(same, open=True).order_by("id").first()


def of_household(household: Household) -> list[Known]:
    """Open cases and running benefits of a household."""
    found = [
        Known(f"{registry.get(case.aid_type).short_name}正在办理，案号{case.case_no}", case)
        for case in Case.objects.filter(household=household, open=True).order_by("id")
    ]
    running = (
        EntitlementMember.objects.filter(
            Q(to_month__isnull=True) | Q(to_month__gte=clock.today().replace(day=1)),
            person__household=household,
        )
        .select_related("person", "entitlement")
        .order_by("id")
    )
    named: dict[str, list[str]] = {}
    for each in running:
        named.setdefault(registry.get(each.entitlement.aid_type).short_name, []).append(each.person.name)
    return found + [Known(f"正在享受{aid}：{'、'.join(names)}") for aid, names in named.items()]
