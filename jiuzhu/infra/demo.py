"""The demo city's staff: every role of domain 1.2, two pilot towns, one county town, one zone town. Demo only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import (
    ConfidentialityAgreement,
    Delegation,
    DelegationStep,
    Kin,
    Organisation,
    Post,
    Seal,
    Staff,
    Training,
)
from jiuzhu.accounts.organisations import county_of, towns_of, villages_of
from jiuzhu.accounts.queries import actor_for
from jiuzhu.aid_types import registry
from jiuzhu.core import clock
from jiuzhu.funds import acts as fund_acts
from jiuzhu.funds import queries as funds

TOWNS = ("371502101", "371502102", "371522001", "371522102", "371581101", "371521103", "371502009")
_TOWN_ROLES = (
    ("clerk", "TOWN_CLERK", "王敏"),
    ("clerk2", "TOWN_CLERK", "赵强"),
    ("verifier", "TOWN_VERIFIER", "李静"),
    ("lead", "TOWN_LEAD", "张建国"),
    ("payroll", "TOWN_PAYROLL", "孙丽"),
)
_COUNTY_ROLES = (
    ("approver", "COUNTY_APPROVER", "周海"),
    ("cverifier", "COUNTY_VERIFIER", "吴芳"),
    ("supervisor", "COUNTY_SUPERVISOR", "郑伟"),
    ("center", "CENTER_STAFF", "冯娟"),
    ("center2", "CENTER_STAFF", "韩雪"),
    ("finance", "COUNTY_FINANCE", "陈刚"),
)
_CITY_ROLES = (
    ("city", "CITY_OFFICER", "刘洋"),
    ("city2", "CITY_OFFICER", "高明"),
    ("auditor", "AUDITOR", "何清"),
    ("admin", "SYSADMIN", "林涛"),
)


@transaction.atomic
def make(start: date | None = None, *, funds_on: date | None = None) -> list[dict[str, Any]]:
    """Staff, posts, agreements, seals, trainings and the three pilots' delegations, in force from ``start``; reserve
    funds are opened on ``funds_on`` where there are none (then their months are closed from there on).
    """
    if not settings.DEMO:
        raise RuntimeError("the demo city exists only where settings.DEMO is true")
    start = start or date(2019, 7, 1)
    city = Organisation.objects.get(kind=Organisation.CITY)
    for short, role, name in _CITY_ROLES:
        _staff(f"{short}", name, role, city, start)
    counties: dict[str, Organisation] = {}
    for code in TOWNS:
        town = Organisation.objects.get(code=code)
        county = county_of(town, start)
        counties[county.code] = county
        _town(town, start)
    for county in counties.values():
        _seal(county, start)
        for short, role, name in _COUNTY_ROLES:
            _staff(f"{short}-{county.code}", name, role, county, start)
    for county in Organisation.objects.filter(code__in=("371502", "371581", "371521")):
        _delegate(county, start)
    for county in counties.values():
        _entrust(county, start)
        for town in towns_of(county, start):
            if town.code in TOWNS:
                _open_fund(town, county, start, funds_on or start)
    return accounts()


def _staff(
    username: str, name: str, role: str, organ: Organisation, start: date, villages: tuple[str, ...] = ()
) -> Staff:
    staff = Staff.objects.filter(username=username).first()
    if staff is None:
        staff = Staff.objects.create_user(username, settings.DEMO_PASSWORD, name=name, is_demo=True)
        Post.objects.create(
            staff=staff, organ=organ, role=role, starts_on=start, village_codes=list(villages)
        )
        Training.objects.create(staff=staff, held_on=start, topic="社会救助业务培训", hours_tenths=80)
        if role.endswith("VERIFIER"):
            _agreements(staff, organ, start)
    return staff


def _agreements(staff: Staff, organ: Organisation, start: date) -> None:
    """One three-year agreement after another, so that a long simulation stays lawful (VER-35)."""
    for number in range(4):
        signed = start + timedelta(days=1095 * number)
        ConfidentialityAgreement.objects.create(
            staff=staff,
            organ=organ,
            number=f"BM{staff.username}-{number + 1}",
            signed_on=signed,
            valid_to=signed + timedelta(days=1094),
        )


def _seal(organ: Organisation, start: date) -> None:
    Seal.objects.get_or_create(
        organ=organ, kind="OFFICIAL", defaults={"registered_on": start, "is_demo": True}
    )


def _town(town: Organisation, start: date) -> None:
    _seal(town, start)
    for short, role, name in _TOWN_ROLES:
        _staff(f"{short}-{town.code}", name, role, town, start)
    for number, village in enumerate(villages_of(town)):
        if number == 0:
            _staff(f"village-{village.code}", "马秀兰", "VILLAGE_ASSIST", town, start, (village.code,))
    if not Kin.objects.filter(organ=town).exists():
        Kin.objects.create(
            official_name="示例村委员",
            official_post="村民委员会委员",
            organ=town,
            relation="父子",
            village_code="",
        )


def _delegate(county: Organisation, start: date) -> None:
    """The pilots decide what the law lets their towns decide only there; small sums are entrusted apart (2.0)."""
    if Delegation.objects.filter(county=county).exists():
        return
    delegation = Delegation.objects.create(
        county=county,
        aid_types=[aid.code for aid in registry.all_types() if aid.pilots_only],
        authority_doc_no=f"{county.short_name}政字〔2019〕18号（示例）",
        issued_by=f"{county.name}人民政府",
        issued_on=start,
        valid_from=start,
        duty_split="乡镇（街道）：受理、核对、调查、审核、审批、公示。县级：指导培训、抽查监督、资金发放、异议复核。",
    )
    DelegationStep.objects.create(
        delegation=delegation, state="ACTIVE", effective_on=start, reason="试点启用", at=clock.now()
    )


def _entrust(county: Organisation, start: date) -> None:
    """Small sums of temporary aid are every town's to decide (国务院令第649号第四十八条)."""
    aids = [aid.code for aid in registry.all_types() if aid.town_limit]
    if Delegation.objects.filter(county=county, aid_types=aids).exists():
        return
    delegation = Delegation.objects.create(
        county=county,
        aid_types=aids,
        authority_doc_no=f"{county.short_name}民字〔2019〕9号（示例）",
        issued_by=f"{county.name}人民政府",
        issued_on=start,
        valid_from=start,
        duty_split="乡镇（街道）：小额临时救助的受理、审核、审批和先行救助。县级：超过额度的审批、备用金拨付、抽查监督。",
    )
    DelegationStep.objects.create(
        delegation=delegation, state="ACTIVE", effective_on=start, reason="委托启用", at=clock.now()
    )


OPENING_FEN = 5_000_000


def _open_fund(town: Organisation, county: Organisation, start: date, on: date) -> None:
    """Fifty thousand yuan to begin with, entered by finance and confirmed by the centre, as any other money."""
    finance, center = (
        actor_for(Post.objects.get(staff__username=f"{short}-{county.code}"), start)
        for short in ("finance", "center")
    )
    with clock.at(clock.instant(on)), fence(PLATFORM):
        if funds.balance_of(town):
            return
        top_up = fund_acts.propose_top_up(
            finance,
            town.id,
            amount_fen=OPENING_FEN,
            document_no=f"{county.short_name}财社〔{on:%Y}〕21号（示例）",
        )
        fund_acts.confirm_top_up(center, top_up.id)


def accounts() -> list[dict[str, Any]]:
    """The demo accounts as the start page and the command line show them."""
    posts = (
        Post.objects.filter(staff__is_demo=True)
        .select_related("staff", "organ")
        .order_by("organ__code", "id")
    )
    return [
        {
            "username": post.staff.username,
            "name": post.staff.name,
            "role": post.role,
            "organ": post.organ.organ_name,
            "post": post.id,
        }
        for post in posts
    ]
