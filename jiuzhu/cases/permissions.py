"""May this person touch this case? Area, role by the table of moves, recusal. Guards answer for the case itself."""

from __future__ import annotations

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Kin
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.cases.models import Case
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Household, Obligor, Person
from jiuzhu.workflow.states import STATES
from jiuzhu.workflow.table import Move, MoveTable

# the family itself, and who writes for it: signatures, supporters, the form, materials
FAMILY_SIDE = ("APPLICANT", "VILLAGE_ASSIST", "TOWN_CLERK")


def check_may_see(actor: Actor, case: Case) -> None:
    """First fence; the second is the database's own. A foreign case does not exist for the asker."""
    if actor.kind == "SYSTEM":
        return
    if actor.is_citizen:
        visible = case.household_id == actor.household_id
    else:
        visible = has_power(actor.role, "case.read") and case.town_id in actor.towns
        if actor.villages:
            visible = visible and case.village_code in actor.villages
        # the dossier may be elsewhere: help where the need arose, a family that has moved
        visible = visible and Household.objects.filter(pk=case.household_id).exists()
    if not visible:
        raise Refusal("E_NOT_FOUND", what="案件")


def check_may_move(actor: Actor, case: Case, table: MoveTable, key: str) -> Move:
    """The row that lets this role make this move now; E_AUTH when the role never may, E_STATE when not now."""
    rows = [row for row in table.named(key) if case.regime in row.regimes]
    if not any(actor.role in row.roles for row in rows):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=rows[0].title if rows else "这一步", why="")
    row = table.find(key, case.state, case.regime)
    if row is None:
        raise Refusal("E_STATE", act=rows[0].title, state=STATES[case.state].name)
    if actor.role not in row.roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act=row.title, why="")
    check_recusal(actor, case)
    return row


def check_may_do(actor: Actor, case: Case, roles: frozenset[str] | tuple[str, ...], act: str) -> None:
    """For work inside a state (signatures, photos, the form): the same two questions as for a move."""
    if actor.role not in roles:
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")
    check_recusal(actor, case)


def check_recusal(actor: Actor, case: Case) -> None:
    """ORG-03: a near relative of a household member or supporter acts in no step of the case (回避)."""
    if not actor.is_staff:
        return
    kin = set(Kin.objects.filter(staff_id=actor.id).values_list("id_no_index", flat=True)) - {""}
    if not kin:
        return
    indexes = set(Person.objects.filter(household_id=case.household_id).values_list("id_no_index", flat=True))
    indexes |= set(
        Obligor.objects.filter(household_id=case.household_id).values_list("id_no_index", flat=True)
    )
    if kin & indexes:
        raise Refusal("E_SOD", who=actor.name, why="与申请家庭成员有近亲属关系，应当回避")
