"""Who works here: turning a post into an actor, agreements in force, posts on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from jiuzhu.accounts.actor import STAFF, Actor
from jiuzhu.accounts.models import ConfidentialityAgreement, Kin, Post, Staff
from jiuzhu.accounts.organisations import towns_of
from jiuzhu.accounts.roles import ROLES, sees_cases


def posts_of(staff: Staff, on: date) -> list[Post]:
    """The posts a person holds on a day."""
    return list(
        Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), staff=staff, starts_on__lte=on)
        .select_related("organ", "staff")
        .order_by("id")
    )


def actor_for(post: Post, on: date, client: str = "") -> Actor:
    """The actor a person is while working in ``post`` on ``on``; area and sight come from role and tree."""
    sees = sees_cases(post.role)
    return Actor(
        kind=STAFF,
        id=post.staff_id,
        name=post.staff.name,
        role=post.role,
        post_id=post.id,
        organ=post.organ.organ_name,
        organ_id=post.organ_id,
        organ_code=post.organ.code,
        organ_kind=post.organ.kind,
        towns=tuple(town.id for town in towns_of(post.organ, on)) if sees else (),
        villages=tuple(post.village_codes),
        level=ROLES[post.role].sight,
        client=client,
    )


def agreement_in_force(staff_id: int | None, on: date) -> ConfidentialityAgreement | None:
    """The W43 that binds a person on a day (VER-31)."""
    return (
        ConfidentialityAgreement.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            staff_id=staff_id,
            signed_on__lte=on,
            valid_to__gte=on,
        )
        .order_by("-signed_on")
        .first()
    )


def kin_of_officials(id_no_indexes: list[str]) -> list[Kin]:
    """Entries of the staff-and-committee relatives register that match these blind indexes (REL-03)."""
    return list(Kin.objects.filter(id_no_index__in=id_no_indexes).select_related("organ"))


def colleagues(organ_id: int, on: date) -> list[Staff]:
    """Active staff with a post at an organ on a day, by name."""
    return list(
        Staff.objects.filter(
            Q(posts__ends_on__isnull=True) | Q(posts__ends_on__gte=on),
            posts__organ_id=organ_id,
            posts__starts_on__lte=on,
            is_active=True,
        )
        .exclude(posts__role="VILLAGE_ASSIST")
        .distinct()
        .order_by("name", "id")
    )
