"""Tokens for /api/v1: tied to one post, scoped like its screens, kept as a digest only."""

from __future__ import annotations

import secrets
from datetime import timedelta

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import ApiToken, Post
from jiuzhu.accounts.queries import actor_for
from jiuzhu.audit.acts import record
from jiuzhu.core import clock, sealing
from jiuzhu.core.refusal import Refusal

LONGEST_DAYS = 366


def _digest(token: str) -> str:
    return sealing.index(token, "api.token")


def issue(actor: Actor, post: Post, *, label: str, days: int) -> str:
    """A new token in full; it is shown once and never again. Raises E_INPUT."""
    if not 0 < days <= LONGEST_DAYS:
        raise Refusal("E_INPUT", field="有效天数", problem=f"应为1到{LONGEST_DAYS}天")
    token = f"jz_{secrets.token_urlsafe(32)}"
    now = clock.now()
    kept = ApiToken.objects.create(
        post=post,
        label=label.strip()[:60],
        digest=_digest(token),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(actor, "token.issue", about=kept, post=post.id, days=days)
    return token


def revoke(actor: Actor, token_id: int) -> None:
    """End a token at once. Raises E_NOT_FOUND."""
    if not ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=clock.now()):
        raise Refusal("E_NOT_FOUND", what="接口令牌")
    record(actor, "token.revoke", token=token_id)


def actor_of(token: str, client: str) -> Actor | None:
    """Whoever holds a valid token, in that post today; None for an unknown, expired, revoked or orphaned one."""
    now = clock.now()
    kept = (
        ApiToken.objects.filter(digest=_digest(token), revoked_at__isnull=True, expires_at__gt=now)
        .select_related("post__staff", "post__organ")
        .first()
    )
    if kept is None or not kept.post.staff.is_active:
        return None
    post, today = kept.post, now.date()
    if post.starts_on > today or (post.ends_on and post.ends_on < today):
        return None
    return actor_for(post, today, f"api {client}")
