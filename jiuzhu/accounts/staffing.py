"""Acts of the administrator: accounts opened and closed, posts given and ended, access renewed (ORG-14, VER-31, VER-35).

A password is made here, shown once and kept as a hash; its owner changes it before anything else and enrols the
second factor at first sign-in.
"""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from jiuzhu.accounts.actor import SYSTEM, Actor
from jiuzhu.accounts.models import (
    ApiToken,
    ConfidentialityAgreement,
    Organisation,
    Post,
    Seal,
    Staff,
    Training,
)
from jiuzhu.accounts.organisations import COUNTY_LEVEL, villages_of
from jiuzhu.accounts.queries import posts_of
from jiuzhu.accounts.roles import ROLES, has_power, role_name
from jiuzhu.audit.acts import record
from jiuzhu.core import clock, names
from jiuzhu.core.refusal import Refusal

EMPLOYMENT = {
    "ESTABLISHED": "在编",
    "REALLOCATED": "调剂编制",
    "PURCHASED": "购买服务",
    "VILLAGE": "村（居）协理员",
}
_LEVELS = {Organisation.TOWN: ("TOWN", "VILLAGE"), Organisation.CITY: ("CITY",)} | {
    kind: ("COUNTY",) for kind in COUNTY_LEVEL
}
# roles that nobody holds beside another one, and pairs kept apart (domain 1.2)
_ALONE = ("SYSADMIN", "AUDITOR", "COUNTY_FINANCE")
_APART = ({"TOWN_PAYROLL", "TOWN_LEAD"}, {"CENTER_STAFF", "COUNTY_APPROVER"})
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def roles_at(organ: Organisation) -> list[str]:
    """The roles that exist at an organ."""
    levels = _LEVELS[organ.kind]
    return [role.code for role in ROLES.values() if set(role.level.split()) & set(levels)]


@transaction.atomic
def open_account(
    actor: Actor, *, username: str, name: str, organ_id: int, role: str, **post: object
) -> tuple[Staff, str]:
    """A person with a first post; returns the account and its first password. Raises E_AUTH, E_INPUT, E_NOT_FOUND."""
    _may_manage(actor, "开设账号")
    username, name = username.strip(), names.normalise(name)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,39}", username):
        raise Refusal("E_INPUT", field="工号", problem="应为3到40位字母、数字、点或横线")
    if not name:
        raise Refusal("E_INPUT", field="姓名", problem="不能为空")
    if Staff.objects.filter(username__iexact=username).exists():
        raise Refusal("E_INPUT", field="工号", problem=f"{username}已经有账号，一人一号，不得共用")
    password = _password()
    staff = Staff.objects.create_user(username, password, name=name, password_given=True)
    record(actor, "account.open", about=staff, staff=username)
    give_post(actor, staff.id, organ_id=organ_id, role=role, **post)  # type: ignore[arg-type]
    return staff, password


@transaction.atomic
def give_post(
    actor: Actor,
    staff_id: int,
    *,
    organ_id: int,
    role: str,
    villages: tuple[str, ...] = (),
    employment: str = "ESTABLISHED",
    full_time: bool = True,
) -> Post:
    """A role at an organ from today on. Raises E_AUTH, E_NOT_FOUND, E_INPUT, E_SOD."""
    _may_manage(actor, "分配岗位")
    staff = _staff(staff_id)
    organ = Organisation.objects.filter(pk=organ_id).first()
    if organ is None:
        raise Refusal("E_NOT_FOUND", what="单位")
    if role not in roles_at(organ):
        raise Refusal("E_INPUT", field="岗位", problem=f"{organ.name}没有“{role_name(role)}”岗位")
    if employment not in EMPLOYMENT:
        raise Refusal("E_INPUT", field="用工性质", problem="请从列表选择")
    if role == "VILLAGE_ASSIST":
        known = {each.code for each in villages_of(organ)}
        if not villages or not set(villages) <= known:
            raise Refusal("E_INPUT", field="村（居）", problem=f"请选择{organ.name}的村（居）")
    held = posts_of(staff, clock.today())
    if any(each.role == role and each.organ_id == organ.id for each in held):
        raise Refusal("E_INPUT", field="岗位", problem="此人已在这个岗位")
    _check_apart(staff, {each.role for each in held}, role)
    post = Post.objects.create(
        staff=staff,
        organ=organ,
        role=role,
        village_codes=list(villages) if role == "VILLAGE_ASSIST" else [],
        employment=employment,
        full_time=full_time,
        starts_on=clock.today(),
    )
    record(actor, "post.give", about=post, staff=staff.username, post_role=role, at_organ=organ.code)
    return post


@transaction.atomic
def end_post(actor: Actor, post_id: int, *, last_day: date) -> Post:
    """The post ends with ``last_day``; tokens end now, a verifier's agreement with the last such post (VER-35).

    Raises E_AUTH, E_NOT_FOUND, E_INPUT.
    """
    _may_manage(actor, "办理离岗")
    today = clock.today()
    post = Post.objects.select_for_update().filter(pk=post_id).select_related("staff").first()
    if post is None or (post.ends_on and post.ends_on < today):
        raise Refusal("E_NOT_FOUND", what="在任岗位")
    if post.staff_id == actor.id and post.id == actor.post_id:
        raise Refusal("E_SOD", who=actor.name, why="不能给自己正在使用的岗位办理离岗")
    if not max(post.starts_on, today - timedelta(days=1)) <= last_day <= today + timedelta(days=366):
        raise Refusal("E_INPUT", field="最后在岗日", problem="最早昨天，最晚一年内，不早于上岗日")
    post.ends_on = last_day
    post.save(update_fields=["ends_on"])
    _end_tokens([post])
    others = [each for each in posts_of(post.staff, last_day + timedelta(days=1)) if each.id != post.id]
    if post.role.endswith("VERIFIER") and not any(each.role.endswith("VERIFIER") for each in others):
        _end_agreements(post.staff, last_day + timedelta(days=1))
    record(actor, "post.end", about=post, staff=post.staff.username, post_role=post.role, on=str(last_day))
    return post


@transaction.atomic
def renew_access(actor: Actor, staff_id: int) -> str:
    """A forgotten password or a lost telephone: new password (returned once), second factor to be enrolled anew."""
    _may_manage(actor, "重设密码")
    staff = _staff(staff_id)
    if staff.id == actor.id:
        raise Refusal("E_SOD", who=actor.name, why="不能给自己重设，请由另一名管理员办理")
    password = _password()
    staff.set_password(password)
    staff.password_given = True
    staff.save(update_fields=["password", "password_given"])
    Authenticator.objects.filter(user=staff).delete()
    record(actor, "account.renew", about=staff, staff=staff.username)
    return password


@transaction.atomic
def close_account(actor: Actor, staff_id: int) -> Staff:
    """No sign-in from now on; open sessions, tokens and agreements end at once. Raises E_AUTH, E_NOT_FOUND, E_SOD."""
    _may_manage(actor, "停用账号")
    staff, today = _staff(staff_id), clock.today()
    if staff.id == actor.id:
        raise Refusal("E_SOD", who=actor.name, why="不能停用自己的账号，请由另一名管理员办理")
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    _end_tokens(posts_of(staff, today))
    _end_agreements(staff, today)
    record(actor, "account.close", about=staff, staff=staff.username)
    return staff


@transaction.atomic
def record_training(actor: Actor, staff_id: int, *, held_on: date, topic: str, hours_tenths: int) -> Training:
    """A line of the checklist: training within twelve months (ORG-07). Raises E_AUTH, E_NOT_FOUND, E_INPUT."""
    _may_manage(actor, "登记培训")
    staff, today = _staff(staff_id), clock.today()
    if not today - timedelta(days=366) <= held_on <= today:
        raise Refusal("E_INPUT", field="培训日期", problem="应在最近一年内，不晚于今天")
    if not topic.strip():
        raise Refusal("E_INPUT", field="培训内容", problem="不能为空")
    if not 0 < hours_tenths <= 2000:
        raise Refusal("E_INPUT", field="学时", problem="应大于0，不超过200学时")
    kept = Training.objects.create(
        staff=staff, held_on=held_on, topic=topic.strip()[:120], hours_tenths=hours_tenths
    )
    record(actor, "training.record", about=kept, staff=staff.username)
    return kept


@transaction.atomic
def register_seal(actor: Actor, organ_id: int, *, registered_on: date) -> Seal:
    """The organ's seal, without which it issues no paper (ORG-07, DOC-04); a new one ends the one before.

    Raises E_AUTH, E_NOT_FOUND, E_INPUT.
    """
    _may_manage(actor, "登记印章")
    organ = Organisation.objects.filter(pk=organ_id).first()
    if organ is None:
        raise Refusal("E_NOT_FOUND", what="单位")
    if registered_on > clock.today():
        raise Refusal("E_INPUT", field="启用日期", problem="不能晚于今天")
    former = Seal.objects.filter(organ=organ, kind="OFFICIAL", ended_on__isnull=True)
    if former.filter(registered_on__gte=registered_on).exists():
        raise Refusal("E_INPUT", field="启用日期", problem="应晚于现用印章的启用日期")
    former.update(ended_on=registered_on - timedelta(days=1))
    seal = Seal.objects.create(organ=organ, registered_on=registered_on, is_demo=False)
    record(actor, "seal.register", about=seal, at_organ=organ.code)
    return seal


def _may_manage(actor: Actor, act: str) -> None:
    if actor.kind != SYSTEM and not has_power(actor.role, "accounts.manage"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")


def _staff(staff_id: int) -> Staff:
    staff = Staff.objects.select_for_update().filter(pk=staff_id, is_active=True).first()
    if staff is None:
        raise Refusal("E_NOT_FOUND", what="在用账号")
    return staff


def _check_apart(staff: Staff, held: set[str], role: str) -> None:
    """One person must not check himself: administrator, auditor and finance stand alone, some pairs apart."""
    for other in held:
        alone = (role in _ALONE or other in _ALONE) and role != other
        if alone or {role, other} in _APART:
            raise Refusal(
                "E_SOD", who=staff.name, why=f"不能同时担任“{role_name(other)}”和“{role_name(role)}”"
            )


def _end_tokens(posts: list[Post]) -> None:
    ApiToken.objects.filter(post__in=posts, revoked_at__isnull=True).update(revoked_at=clock.now())


def _end_agreements(staff: Staff, on: date) -> None:
    running = ConfidentialityAgreement.objects.filter(staff=staff, ended_on__isnull=True, valid_to__gte=on)
    running.update(ended_on=on)


def _password() -> str:
    """Twelve letters and digits that nobody confuses, in three groups: 60 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
