"""A township merged into another, a county renamed or given another code: one act of the city's officer (ORG-01, AS-60).

Numbers of dossiers, cases and papers never change. Of a merged township the families, cases and benefits go to its
successor with their clocks, its people work there from that day, and whatever history names the former one is seen
by the successor (``organisations.towns_of``). Delegation and payment follow the successor's county from that day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from jiuzhu.accounts import acts as accounts
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases import queries
from jiuzhu.cases.acts.decision import follow_authority
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Household


def _may(actor: Actor) -> None:
    if not has_power(actor.role, "divisions.change"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记区划变动", why="")


def _pair(town_id: int, into_id: int) -> tuple[Organisation, Organisation]:
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN, successor__isnull=True).first()
    into = Organisation.objects.filter(pk=into_id, kind=Organisation.TOWN, successor__isnull=True).first()
    if town is None or into is None or town.id == into.id:
        raise Refusal("E_INPUT", field="乡镇（街道）", problem="请选择两个不同的、现有的乡镇（街道）")
    return town, into


def preview_merge(actor: Actor, *, town_id: int, into_id: int) -> dict[str, Any]:
    """What would move, in numbers: families, open cases, benefits in force, people at work."""
    _may(actor)
    town, into = _pair(town_id, into_id)
    today = clock.today()
    with fence(PLATFORM):
        return {
            "town": town,
            "into": into,
            "from_county": county_of(town, today),
            "to_county": county_of(into, today),
            "families": Household.objects.filter(town=town).count(),
            "open_cases": Case.objects.filter(town=town, open=True).count(),
            "benefits": Entitlement.objects.filter(town=town, state__in=Entitlement.RUNNING).count(),
            "people": town.posts.filter(ends_on__isnull=True).count(),
        }


def merge_town(actor: Actor, *, town_id: int, into_id: int, doc_no: str) -> dict[str, Any]:
    """The former township ends with yesterday. Returns what moved (as previewed) and how many cases changed hands."""
    with transaction.atomic():
        counted = preview_merge(actor, town_id=town_id, into_id=into_id)
        if not doc_no.strip():
            raise Refusal("E_INPUT", field="批准文件号", problem="区划变动须有批准文件")
        town, into, today = counted["town"], counted["into"], clock.today()
        accounts.end_town(town, into, on=today - timedelta(days=1))
        with fence(PLATFORM):
            Household.objects.filter(town=town).update(town=into)
            place = {"town": into, "county": counted["to_county"]}
            Case.objects.filter(town=town).update(**place)
            Entitlement.objects.filter(town=town).update(**place)
            moved = sum(follow_authority(uid) is not None for uid in queries.misplaced(today))
        record(
            actor,
            "division.merge",
            about=town,
            into=into.code,
            doc_no=doc_no.strip(),
            families=counted["families"],
            cases=counted["open_cases"],
        )
        return counted | {"moved": moved}


def renumber(
    actor: Actor, *, organ_id: int, code: str, name: str, organ_name: str, short_name: str, doc_no: str
) -> Organisation:
    """Another code or name for the same authority (撤县设区): it is shown by the new one, what it issued keeps its own."""
    _may(actor)
    if not doc_no.strip():
        raise Refusal("E_INPUT", field="批准文件号", problem="区划变动须有批准文件")
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9)) or not name.strip():
        raise Refusal("E_INPUT", field="新代码", problem="县级六位、乡镇九位数字，并填写新名称")
    with transaction.atomic():
        organ = Organisation.objects.select_for_update().filter(pk=organ_id).first()
        if organ is None or len(code) != len(organ.code):
            raise Refusal("E_NOT_FOUND", what="机关")
        if Organisation.objects.filter(code=code).exclude(pk=organ.pk).exists():
            raise Refusal("E_DUP", why=f"代码{code}已在使用")
        former = organ.code
        accounts.rename_organ(
            organ,
            code=code,
            name=name.strip(),
            organ_name=organ_name.strip() or organ.organ_name,
            short_name=short_name.strip() or organ.short_name,
            on=clock.today(),
        )
        record(actor, "division.renumber", about=organ, former=former, code=code, doc_no=doc_no.strip())
        return organ
