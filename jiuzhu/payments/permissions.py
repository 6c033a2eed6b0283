"""Who may do what to a run: power, county, state, and never two controlling steps by one person (ORG-03)."""

from __future__ import annotations

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL, county_of
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments.models import PayRun
from jiuzhu.payments.table import MOVES, STATES, RunMove

# what the platform does by itself: hand in, fetch the return
_PLATFORM = frozenset({"read_return"})


def county_ids(actor: Actor) -> set[int] | None:
    """Counties whose money the asker sees; None means every one (platform, city audit)."""
    if actor.kind == "SYSTEM":
        return None
    if not (actor.is_staff and has_power(actor.role, "payroll.read")):
        return set()
    if actor.organ_kind in COUNTY_LEVEL:
        return {actor.organ_id or 0}
    if actor.organ_kind == Organisation.TOWN:
        return {county_of(Organisation.objects.get(pk=actor.organ_id), clock.today()).id}
    return None


def check_may_see(actor: Actor, run: PayRun) -> None:
    """A foreign county's run does not exist for the asker."""
    counties = county_ids(actor)
    if counties is not None and run.county_id not in counties:
        raise Refusal("E_NOT_FOUND", what="发放批次")


def check_power(actor: Actor, move: RunMove) -> None:
    """E_AUTH unless the role carries one of the powers of the move."""
    if actor.kind == "SYSTEM" and move.key in _PLATFORM:
        return
    if not any(has_power(actor.role, power) for power in move.powers):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=move.title, why="")


def check_may_move(actor: Actor, run: PayRun, key: str) -> RunMove:
    """The move, if this person may make it now. Raises E_NOT_FOUND, E_AUTH, E_STATE, E_SOD."""
    move = MOVES[key]
    check_may_see(actor, run)
    check_power(actor, move)
    if run.state not in move.sources:
        raise Refusal("E_STATE", act=move.title, state=STATES[run.state])
    check_separation(actor, run, move)
    return move


def check_separation(actor: Actor, run: PayRun, move: RunMove) -> None:
    """Builder, town checker, county checker and finance are different people."""
    made = (
        run.steps.filter(by_id=actor.id, move__in=move.separate).order_by("-id").first() if actor.id else None
    )
    if made:
        raise Refusal(
            "E_SOD", who=actor.name, why=f"已办理本批次的“{MOVES[made.move].title}”，不能再办理“{move.title}”"
        )


def allowed(actor: Actor, run: PayRun) -> list[RunMove]:
    """Moves this person may make on this run now; what the page offers."""
    found = []
    for key in MOVES:
        try:
            found.append(check_may_move(actor, run, key))
        except Refusal:
            continue
    return found
