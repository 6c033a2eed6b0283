"""Who works here: turning a post into an actor, agreements in force, posts on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, Q

from jiuzhu.accounts.actor import STAFF, Actor
from jiuzhu.accounts.models import (
    ConfidentialityAgreement,
    Delegation,
    Kin,
    Organisation,
    Post,
    Seal,
    Staff,
    Training,
)
from jiuzhu.accounts.organisations import COUNTY_LEVEL, county_of, delegation_state, towns_of
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


def colleagues(organ_id: int, on: date, roles: tuple[str, ...] = ()) -> list[Staff]:
    """Active staff with a post (one of ``roles``, or any) at an organ on a day, by name."""
    held = {"posts__role__in": roles} if roles else {}
    return list(
        Staff.objects.filter(
            Q(posts__ends_on__isnull=True) | Q(posts__ends_on__gte=on),
            **held,
            posts__organ_id=organ_id,
            posts__starts_on__lte=on,
            is_active=True,
        )
        .exclude(posts__role="VILLAGE_ASSIST")
        .distinct()
        .order_by("name", "id")
    )


def delegations(on: date) -> list[dict[str, Any]]:
    """Every delegation with its state on a day and its dated steps, by county."""
    return [
        {
            "delegation": each,
            "state": delegation_state(each, on),
            "steps": list(each.steps.select_related("by").order_by("-effective_on", "-id")),
            "towns": [town.name for town in each.towns.order_by("code")],
        }
        for each in Delegation.objects.select_related("county").order_by("county__code", "id")
    ]


def tree(on: date) -> list[dict[str, Any]]:
    """The administrative tree of a day: counties and zones with their towns, and the statistical parent (ORG-02)."""
    organs = Organisation.objects.filter(kind__in=COUNTY_LEVEL).order_by("code")
    return [{"organ": organ, "towns": towns_of(organ, on, former=False)} for organ in organs]


def staff_of(on: date, *, wanted: str = "", assistants: bool = False, most: int = 60) -> list[dict[str, Any]]:
    """Posts held on a day with agreement and last training; ``wanted`` is part of a name, number or organ.

    At most ``most`` and one more, so that the caller can say that there are others.
    """
    posts = (
        Post.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, staff__is_active=True
        )
        .select_related("staff", "organ")
        .order_by("organ__code", "id")
    )
    if wanted:
        posts = posts.filter(
            Q(staff__name__icontains=wanted)
            | Q(staff__username__icontains=wanted)
            | Q(organ__name__icontains=wanted)
        )
    if not assistants:
        posts = posts.exclude(role="VILLAGE_ASSIST")
    posts = posts[: most + 1]
    trained = dict(
        Training.objects.filter(staff__in=[each.staff_id for each in posts])
        .values_list("staff_id")
        .annotate(last=Max("held_on"))
    )
    return [
        {
            "post": each,
            "agreement": agreement_in_force(each.staff_id, on) if each.role.endswith("VERIFIER") else None,
            "needs_agreement": each.role.endswith("VERIFIER"),
            "trained_on": trained.get(each.staff_id),
        }
        for each in posts
    ]


def chains_of(actor: Actor) -> list[str]:
    """Audit chains an organ may read: its own and those of its towns."""
    towns = Organisation.objects.filter(pk__in=actor.towns).values_list("code", flat=True)
    return [actor.organ_code, *towns]


def county_level_of(actor: Actor, on: date) -> Organisation:
    """The county or zone whose values an asker sees: his own, his town's, or for the city the city itself."""
    organ = Organisation.objects.get(pk=actor.organ_id)
    return county_of(organ, on) if organ.kind == Organisation.TOWN else organ


def staff_by_id(staff_id: int) -> Staff | None:
    """An account in use."""
    return Staff.objects.filter(pk=staff_id, is_active=True).first()


def organs() -> list[Organisation]:
    """Every authority: the city, counties and zones, townships."""
    return list(Organisation.objects.order_by("code"))


def sealed_organs(on: date) -> set[int]:
    """The organs whose seal is registered on a day."""
    seals = Seal.objects.filter(registered_on__lte=on).exclude(ended_on__lt=on)
    return set(seals.values_list("organ_id", flat=True))
