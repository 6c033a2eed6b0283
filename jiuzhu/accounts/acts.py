"""Delegation and its checklist, confidentiality agreements: who may decide, who may look (ORG-05..07, VER-35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import (
    ConfidentialityAgreement,
    Delegation,
    DelegationStep,
    Division,
    Organisation,
    OrganisationLink,
    Post,
    Seal,
    Staff,
    Training,
)
from jiuzhu.accounts.organisations import COUNTY_LEVEL, delegation_state, towns_of
from jiuzhu.accounts.queries import agreement_in_force
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import forget

NEXT = {
    "DRAFT": ("ACTIVE", "REVOKED"),
    "ACTIVE": ("SUSPENDED", "REVOKED"),
    "SUSPENDED": ("ACTIVE", "REVOKED"),
}
STATE_WORDS = {"DRAFT": "草案", "ACTIVE": "已启用", "SUSPENDED": "已暂停", "REVOKED": "已撤销"}
LONGEST_AGREEMENT = timedelta(days=1095)


@dataclass(frozen=True)
class Check:
    """One line of the checklist of a town (ORG-07)."""

    title: str
    seen: str
    good: bool


def readiness(town: Organisation, on: date, *, least_staff: int) -> list[Check]:
    """What a town must have before it may decide: staff, verifier, training, seal (ORG-07)."""
    posts = Post.objects.filter(organ=town, starts_on__lte=on).exclude(ends_on__lt=on)
    staff = set(
        posts.filter(full_time=True).exclude(role="VILLAGE_ASSIST").values_list("staff_id", flat=True)
    )
    verifiers = [
        each.staff_id
        for each in posts.filter(role="TOWN_VERIFIER")
        if agreement_in_force(each.staff_id, on) is not None
    ]
    trained = Training.objects.filter(
        staff_id__in=staff, held_on__gt=on - timedelta(days=366), held_on__lte=on
    ).exists()
    sealed = Seal.objects.filter(organ=town, registered_on__lte=on).exclude(ended_on__lt=on).exists()
    return [
        Check("专职人员", f"{len(staff)}人，应不少于{least_staff}人", len(staff) >= least_staff),
        Check("签订保密协议的核对人员", f"{len(verifiers)}人", bool(verifiers)),
        Check("近12个月业务培训", "有记录" if trained else "没有记录", trained),
        Check("公章登记", "已登记" if sealed else "未登记", sealed),
    ]


def covered_towns(delegation: Delegation, on: date) -> list[Organisation]:
    """The towns a delegation reaches: those named, or all of the county."""
    named = list(delegation.towns.order_by("code"))
    return named or towns_of(delegation.county, on, former=False)


def unready(delegation: Delegation, on: date, *, least_staff: int) -> list[str]:
    """Every missing item of every covered town, in words."""
    return [
        f"{town.name}：{check.title}（{check.seen}）"
        for town in covered_towns(delegation, on)
        for check in readiness(town, on, least_staff=least_staff)
        if not check.good
    ]


@transaction.atomic
def record_delegation(
    actor: Actor,
    *,
    county_id: int,
    aid_types: list[str],
    authority_doc_no: str,
    issued_on: date,
    valid_from: date,
    valid_to: date | None,
    town_ids: list[int],
    duty_split: str,
) -> Delegation:
    """A draft with its document number (ORG-05). Raises E_AUTH, E_NOT_FOUND, E_INPUT."""
    _may_record(actor)
    county = Organisation.objects.filter(pk=county_id, kind__in=COUNTY_LEVEL).first()
    if county is None:
        raise Refusal("E_NOT_FOUND", what="县（市、区）")
    if not authority_doc_no.strip():
        raise Refusal("E_INPUT", field="授权文件号", problem="县级人民政府的授权文件必须有文号")
    if not aid_types or not duty_split.strip():
        raise Refusal("E_INPUT", field="授权事项", problem="请选择救助类别并写明县乡职责")
    if valid_to and valid_to < valid_from:
        raise Refusal("E_INPUT", field="有效期", problem="止期早于起期")
    delegation = Delegation.objects.create(
        county=county,
        aid_types=aid_types,
        authority_doc_no=authority_doc_no.strip(),
        issued_by=f"{county.name}人民政府",
        issued_on=issued_on,
        valid_from=valid_from,
        valid_to=valid_to,
        duty_split=duty_split.strip(),
    )
    delegation.towns.set(Organisation.objects.filter(pk__in=town_ids, kind=Organisation.TOWN))
    _step(actor, delegation, "DRAFT", valid_from, "登记授权文件")
    return delegation


@transaction.atomic
def move_delegation(
    actor: Actor,
    delegation_id: int,
    to: str,
    *,
    effective_on: date,
    reason: str,
    pilots: list[str],
    pilot_only: bool,
    least_staff: int,
) -> Delegation:
    """ACTIVE only for a pilot whose towns are ready; SUSPENDED and REVOKED with a reason (ORG-05..07).

    Raises E_AUTH, E_NOT_FOUND, E_STATE, E_PILOT, E_READINESS, E_REASONS, E_INPUT.
    """
    _may_record(actor)
    delegation = Delegation.objects.select_for_update().filter(pk=delegation_id).first()
    if delegation is None:
        raise Refusal("E_NOT_FOUND", what="授权记录")
    today = clock.today()
    last = delegation.steps.order_by("-effective_on", "-id").first()
    state = last.state if last else delegation_state(delegation, today)
    if to not in NEXT.get(state, ()):
        raise Refusal("E_STATE", act=f"改为{STATE_WORDS.get(to, to)}", state=STATE_WORDS[state])
    if effective_on < today or (last and effective_on < last.effective_on):
        raise Refusal("E_INPUT", field="生效日期", problem="不能早于今天，也不能早于上一次变动")
    if not reason.strip():
        raise Refusal("E_REASONS", act=f"改为{STATE_WORDS[to]}")
    if to == "ACTIVE":
        pilots_matter = any(registry.get(code).pilots_only for code in delegation.aid_types)
        if pilot_only and pilots_matter and delegation.county.code not in pilots:
            raise Refusal("E_PILOT", county=delegation.county.name)
        missing = unready(delegation, today, least_staff=least_staff)
        if missing:
            raise Refusal("E_READINESS", missing="；".join(missing[:6]))
    _step(actor, delegation, to, effective_on, reason.strip())
    return delegation


def _may_record(actor: Actor) -> None:
    if not has_power(actor.role, "delegation.record"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记审批权下放", why="")


def _step(actor: Actor, delegation: Delegation, state: str, on: date, reason: str) -> None:
    DelegationStep.objects.create(
        delegation=delegation, state=state, effective_on=on, reason=reason, by_id=actor.id, at=clock.now()
    )
    record(actor, "delegation.step", about=delegation, state=state, county=delegation.county.code)
    forget()


@transaction.atomic
def sign_agreement(actor: Actor, staff_id: int, *, valid_to: date) -> ConfidentialityAgreement:
    """W43 for a verifier: at most three years; a new one follows the old (VER-35). Raises E_AUTH, E_INPUT."""
    if not has_power(actor.role, "accounts.manage"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="登记保密协议", why="")
    staff = Staff.objects.filter(pk=staff_id, is_active=True).first()
    today = clock.today()
    post = (
        Post.objects.filter(staff_id=staff_id, starts_on__lte=today).exclude(ends_on__lt=today).first()
        if staff
        else None
    )
    if staff is None or post is None:
        raise Refusal("E_NOT_FOUND", what="在岗人员")
    if not today < valid_to <= today + LONGEST_AGREEMENT:
        raise Refusal("E_INPUT", field="有效期", problem="应晚于今天，最长三年")
    count = ConfidentialityAgreement.objects.filter(staff=staff).count()
    agreement = ConfidentialityAgreement.objects.create(
        staff=staff,
        organ=post.organ,
        number=f"BM{staff.username}-{count + 1}",
        signed_on=today,
        valid_to=valid_to,
    )
    record(actor, "agreement.sign", about=agreement, staff=staff.username)
    return agreement


def end_town(town: Organisation, into: Organisation, *, on: date) -> None:
    """The township's last day: its place in the tree ends, its villages and its people belong to the successor."""
    tomorrow = on + timedelta(days=1)
    for link in OrganisationLink.objects.filter(child=town, valid_to__isnull=True):
        if link.valid_from > on:
            link.delete()
        else:
            link.valid_to = on
            link.save(update_fields=["valid_to"])
    Division.objects.filter(code=town.code).update(valid_to=on, successor=into.code)
    Division.objects.filter(stat_parent=town.code, valid_to__isnull=True).update(stat_parent=into.code)
    for post in Post.objects.filter(organ=town).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)):
        Post.objects.get_or_create(
            staff=post.staff,
            organ=into,
            role=post.role,
            ends_on=post.ends_on,
            defaults={
                "village_codes": post.village_codes,
                "employment": post.employment,
                "full_time": post.full_time,
                "starts_on": max(tomorrow, post.starts_on),
            },
        )
        if post.starts_on <= on:
            post.ends_on = on
            post.save(update_fields=["ends_on"])
    town.successor = into
    town.save(update_fields=["successor"])
    forget()


def rename_organ(
    organ: Organisation, *, code: str, name: str, organ_name: str, short_name: str, on: date
) -> None:
    """From ``on`` the organ is known by another code and name; the division it had ends the day before (ORG-01)."""
    former = organ.code
    if code != former:
        old = Division.objects.filter(code=former).first()
        Division.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "level": old.level if old else "county",
                "stat_parent": old.stat_parent if old else "",
                "valid_from": on,
            },
        )
        Division.objects.filter(code=former).update(valid_to=on - timedelta(days=1), successor=code)
        Division.objects.filter(stat_parent=former, valid_to__isnull=True).update(stat_parent=code)
        organ.division_id = code
    organ.code, organ.name, organ.organ_name, organ.short_name = code, name, organ_name, short_name
    organ.save()
    forget()
