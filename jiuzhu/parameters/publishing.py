"""How any dated register is published: a draft, a second person, what held before ends the day before (STD-01)."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters.models import Published

Row = TypeVar("Row", bound=Published)


def check_may(actor: Actor, power: str, act: str) -> None:
    """E_AUTH for whoever has not the power."""
    if not has_power(actor.role, power):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")


def put_in_force(actor: Actor, model: type[Row], row_id: int, *, what: str, same: tuple[str, ...]) -> Row:
    """Publish a draft; the open row with equal ``same`` columns ends the day before. ``what`` names the register.

    Raises E_NOT_FOUND, E_STATE (not a draft, or not later than what is published), E_SOD (same person). Inside a
    transaction.
    """
    act = f"发布{what}"
    draft = model.objects.select_for_update().filter(pk=row_id).first()  # type: ignore[attr-defined]
    if draft is None:
        raise Refusal("E_NOT_FOUND", what=f"待发布的{what}")
    if draft.state != model.DRAFT:
        raise Refusal("E_STATE", act=act, state="已发布或已作废")
    if draft.entered_by_id == actor.id:
        raise Refusal("E_SOD", who=actor.name, why="是录入人，须由另一人复核发布")
    equal = {name: getattr(draft, name) for name in same}
    published = model.objects.select_for_update().filter(state=model.PUBLISHED, **equal)  # type: ignore[attr-defined]
    current = published.filter(effective_to__isnull=True).first()
    if current and current.effective_from >= draft.effective_from:
        raise Refusal("E_STATE", act=act, state=f"已有自{current.effective_from}起执行的{what}，须晚于该日")
    if current:
        current.effective_to = draft.effective_from - timedelta(days=1)
        current.save(update_fields=["effective_to"])
    draft.state, draft.published_by_id, draft.published_at = model.PUBLISHED, actor.id, clock.now()
    try:
        with transaction.atomic():
            draft.save(update_fields=["state", "published_by", "published_at"])
    except IntegrityError as clash:
        raise Refusal("E_STATE", act=act, state=f"与已发布的{what}日期重叠") from clash
    found: Row = draft
    return found


def take_back(model: type[Row], row_id: int) -> Row:
    """A draft nobody wants. Raises E_NOT_FOUND."""
    draft = model.objects.select_for_update().filter(pk=row_id, state=model.DRAFT).first()  # type: ignore[attr-defined]
    if draft is None:
        raise Refusal("E_NOT_FOUND", what="草稿")
    draft.state = model.WITHDRAWN
    draft.save(update_fields=["state"])
    found: Row = draft
    return found
