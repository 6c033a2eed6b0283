"""May this person deal with this benefit, this change? Area, role, authority, distance (ORG-03, ORG-04)."""

from __future__ import annotations

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.benefits.models import Change
from jiuzhu.benefits.table import MOVES, STATES, ChangeMove
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.permissions import check_recusal
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal

# what the platform does by itself: a notice opened on the phone is served
_PLATFORM = frozenset({"serve"})
DECIDERS = ("TOWN_LEAD", "COUNTY_APPROVER")


def check_may_see(actor: Actor, entitlement: Entitlement) -> None:
    """A foreign family's benefit does not exist for the asker."""
    if actor.kind == "SYSTEM":
        return
    if actor.is_citizen:
        visible = entitlement.household_id == actor.household_id
    else:
        visible = has_power(actor.role, "case.read") and entitlement.town_id in actor.towns
        if actor.villages:
            visible = visible and entitlement.village_code in actor.villages
    if not visible:
        raise Refusal("E_NOT_FOUND", what="待遇")


def check_role(
    actor: Actor, roles: frozenset[str] | tuple[str, ...], act: str, entitlement: Entitlement
) -> None:
    """Role first, then nearness to the family (回避)."""
    if actor.role not in roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")
    check_recusal(actor, entitlement.case)


def check_may_move(actor: Actor, change: Change, key: str) -> ChangeMove:
    """The move, if this person may make it now. Raises E_NOT_FOUND, E_AUTH, E_CHANGE_STATE, E_SOD."""
    move = MOVES[key]
    check_may_see(actor, change.entitlement)
    if not (actor.kind == "SYSTEM" and key in _PLATFORM):
        check_role(actor, move.roles, move.title, change.entitlement)
    if change.state not in move.sources:
        raise Refusal("E_CHANGE_STATE", act=move.title, state=STATES[change.state])
    if actor.role in DECIDERS and key in ("decide", "send_back"):
        check_authority(actor, change.entitlement, move.title)
    if key == "decide":
        check_distance(actor, change)
    return move


def check_authority(actor: Actor, entitlement: Entitlement, act: str) -> str:
    """TOWN or COUNTY, whoever decides this family's aid today; E_AUTH for the other (ORG-04)."""
    authority = decide_authority(entitlement.town, entitlement.aid_type, clock.today())
    if (authority == "TOWN") != (actor.role == "TOWN_LEAD"):
        why = (
            "本乡镇没有有效的审批授权，由县级决定。" if authority == "COUNTY" else "已下放乡镇（街道）决定。"
        )
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why=why)
    return authority


def check_distance(actor: Actor, change: Change) -> None:
    """Who reported, examined, visited or verified does not decide (ORG-03)."""
    hands = {change.reporter_id, *change.examinations.values_list("by_id", flat=True)}
    if actor.id in hands:
        raise Refusal("E_SOD", who=actor.name, why="登记或核实过本次变更，不能作出决定")


def allowed(actor: Actor, change: Change) -> list[ChangeMove]:
    """Moves this person may make on this change now; what the page offers."""
    found = []
    for key in MOVES:
        try:
            found.append(check_may_move(actor, change, key))
        except Refusal:
            continue
    return found
