"""A township merged into another, a county renamed or given another code: one act of the city's officer (ORG-01, AS-60).

Numbers of dossiers, cases and papers never change. Of a merged township the families, cases and benefits go to its
successor with their clocks, its people work there from that day, and whatever history names the former one is seen
by the successor (``organisations.towns_of``). Delegation and payment follow the successor's county from that day.
A merger may be entered ahead: the nightly job makes it on its day, until then it may be withdrawn.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from jiuzhu.accounts import acts as accounts
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Merger, Organisation
from jiuzhu.accounts.organisations import county_of, heir_of
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.cases import queries
from jiuzhu.cases.acts.decision import follow_authority
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Household

FARTHEST = timedelta(days=1096)
_DOC_NO = 60


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
    """What would move today, in numbers: families, open cases, benefits in force, people at work."""
    _may(actor)
    return _counted(*_pair(town_id, into_id))


def _counted(town: Organisation, into: Organisation) -> dict[str, Any]:
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


def merge_town(
    actor: Actor,
    *,
    town_id: int,
    into_id: int,
    doc_no: str,
    effective_on: date | None = None,
    once: UUID | str | None = None,
) -> dict[str, Any]:
    """From ``effective_on`` (today unless said) the town is part of the other; a later day is entered and waits.

    Returns what moves (as previewed), the ``merger``, and for today's how many cases changed hands (``moved``, else
    None). Raises E_AUTH, E_INPUT, E_DUP (either town is already to be merged), E_REPEAT.
    """
    with transaction.atomic():
        counted = preview_merge(actor, town_id=town_id, into_id=into_id)
        town, into, today = counted["town"], counted["into"], clock.today()
        if once and Merger.objects.filter(once=once).exists():
            raise Refusal("E_REPEAT", case_no=f"{town.name}并入{into.name}")
        if not 2 <= len(doc_no.strip()) <= _DOC_NO:
            raise Refusal("E_INPUT", field="批准文件号", problem="区划变动须有批准文件，文号不超过60个字")
        day = effective_on or today
        if day < today or day > today + FARTHEST:
            raise Refusal("E_INPUT", field="生效日期", problem="应为今天或以后三年内的日期")
        _check_not_ahead(town, into)
        merger = Merger.objects.create(
            town=town,
            into=into,
            effective_on=day,
            doc_no=doc_no.strip(),
            entered_by_id=actor.id,
            entered_at=clock.now(),
            once=once or None,
        )
        if day > today:
            record(
                actor,
                "division.plan",
                about=town,
                into=into.code,
                effective_on=day.isoformat(),
                doc_no=merger.doc_no,
            )
            return counted | {"merger": merger, "moved": None}
        return counted | {"merger": merger, "moved": _take_effect(actor, merger, counted)}


def _check_not_ahead(town: Organisation, into: Organisation) -> None:
    """A township is merged once; none is merged into one that will itself be gone."""
    list(Organisation.objects.select_for_update().filter(pk__in=(town.pk, into.pk)).order_by("pk"))
    found = ahead().filter(town__in=(town, into)).first()
    if found:
        raise Refusal(
            "E_DUP", why=f"{found.town.name}已登记自{found.effective_on}起并入{found.into.name}，须先撤销"
        )


def ahead() -> QuerySet[Merger]:
    """Mergers that wait for their day, the nearest first."""
    waiting = Merger.objects.filter(done_at__isnull=True, withdrawn_at__isnull=True)
    return waiting.select_related("town", "into", "entered_by").order_by("effective_on", "id")


def mergers(actor: Actor) -> list[Merger]:
    """Everything ever entered, for whoever changes divisions; the latest day first. Raises E_AUTH."""
    _may(actor)
    rows = Merger.objects.select_related("town", "into", "entered_by", "withdrawn_by")
    return list(rows.order_by("-effective_on", "-id")[:200])


def withdraw_merger(actor: Actor, uid: UUID | str) -> Merger:
    """It will not come to that. Raises E_AUTH, E_NOT_FOUND, E_STATE (done or withdrawn)."""
    _may(actor)
    with transaction.atomic():
        merger = Merger.objects.select_for_update(of=("self",)).select_related("town").filter(uid=uid).first()
        if merger is None:
            raise Refusal("E_NOT_FOUND", what="撤并")
        if merger.done_at or merger.withdrawn_at:
            raise Refusal("E_STATE", act="撤销撤并", state="已生效" if merger.done_at else "已撤销")
        merger.withdrawn_by_id, merger.withdrawn_at = actor.id, clock.now()
        merger.save(update_fields=["withdrawn_by", "withdrawn_at"])
        record(actor, "division.withdraw", about=merger.town, doc_no=merger.doc_no)
        return merger


def take_effect(today: date) -> int:
    """Mergers whose day has come (nightly job; one missed is made up, with its own day). Returns how many."""
    made = 0
    for uid in ahead().filter(effective_on__lte=today).values_list("uid", flat=True):
        with transaction.atomic():
            merger = ahead().select_for_update(of=("self",)).filter(uid=uid).first()
            if merger is None:  # withdrawn or made in the meantime
                continue
            _take_effect(PLATFORM, merger, _counted(merger.town, heir_of(merger.into)))
            made += 1
    return made


def _take_effect(actor: Actor, merger: Merger, counted: dict[str, Any]) -> int:
    """The former township ends with the day before. Returns how many waiting cases changed hands."""
    town, into, today = counted["town"], counted["into"], clock.today()
    accounts.end_town(town, into, on=merger.effective_on - timedelta(days=1))
    with fence(PLATFORM):
        Household.objects.filter(town=town).update(town=into)
        place = {"town": into, "county": counted["to_county"]}
        Case.objects.filter(town=town).update(**place)
        Entitlement.objects.filter(town=town).update(**place)
        moved = sum(follow_authority(uid) is not None for uid in queries.misplaced(today))
    merger.done_at = clock.now()
    merger.save(update_fields=["done_at"])
    record(
        actor,
        "division.merge",
        about=town,
        into=into.code,
        doc_no=merger.doc_no,
        families=counted["families"],
        cases=counted["open_cases"],
    )
    return moved


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
