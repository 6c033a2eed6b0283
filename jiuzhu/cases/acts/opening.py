"""What every way to open a case fixes and refuses: its number, its kind of aid, a second case (AID-01)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases.models import Case, Entitlement, EntitlementMember, Step
from jiuzhu.cases.models.case import CaseCounter, CaseMember
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Household, Person
from jiuzhu.vault.counters import next_number


def case_no(prefix: str, county: Organisation, day: str) -> str:
    """The next number of the county and the day, under the prefix of the kind of aid."""
    key = f"{prefix}{county.code}{day}"
    return f"{key}{next_number(CaseCounter, key=key):05d}"


def refuse_repeat(move: str, once: UUID | str | None) -> None:
    """The form's own token was used: the first click made the case, this one makes nothing."""
    done = Step.objects.filter(move=move, once=once).select_related("case").first() if once else None
    if done:
        raise Refusal("E_REPEAT", case_no=done.case.case_no)


def offered_type(aid_type: str, regime: str) -> AidType:
    """The aid type, where it exists under the regime (2.0)."""
    for aid in registry.offered(regime):
        if aid.code == aid_type and aid.moves.named("D1"):
            return aid
    raise Refusal("E_INPUT", field="救助类别", problem="现行制度下没有这一类别，请重新选择")


def refuse_second(
    aid: AidType,
    household: Household,
    concerned: list[Person],
    alone: Person | None,
    today: date,
    renew_days: int,
) -> None:
    """AID-01: one open case of a group, and no second aid of the same kind; another kind is a conversion.

    A status that ends within ``renew_days`` may be asked for again before it ends (EDG-01).
    """
    same = Case.objects.filter(exclusive_group=aid.exclusive_group, open=True)
    if alone is None and same.filter(household=household, for_person__isnull=True).exists():
        raise Refusal("E_DUP", why="该家庭已有在办案件")
    if CaseMember.objects.filter(
        person__in=concerned, exclusive_group=aid.exclusive_group, open=True
    ).exists():
        raise Refusal("E_DUP", why="该家庭（成员）已有在办案件")
    running = EntitlementMember.objects.filter(
        Q(to_month__isnull=True) | Q(to_month__gte=today.replace(day=1)),
        person__in=concerned,
        group=aid.exclusive_group,
        entitlement__aid_type=aid.code,
        entitlement__state__in=Entitlement.RUNNING,
    ).exclude(entitlement__valid_to__lte=today + timedelta(days=renew_days))
    if running.exists():
        raise Refusal("E_DUP", why=f"有家庭成员已在享受{aid.short_name}，家庭情况有变化请办理变更")
