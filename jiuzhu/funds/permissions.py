"""Who may touch a town's reserve fund: role power, then area."""

from __future__ import annotations

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core.refusal import Refusal


def check_power(actor: Actor, power: str, act: str) -> None:
    if not has_power(actor.role, power):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")


def town_for(actor: Actor, town_id: int) -> Organisation:
    """The town, if it lies in the asker's area; a foreign one does not exist for him."""
    town = Organisation.objects.filter(pk=town_id, kind=Organisation.TOWN).first()
    if town is None or (actor.kind != "SYSTEM" and town.id not in actor.towns):
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return town
