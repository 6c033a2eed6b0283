"""Role × step, generated from the table of moves: whoever is not in the row is refused, whatever is not the time too.

One case is put into every state by hand (nothing but the table is asked before the refusal), and the real act
functions are called by every role of domain 1.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, SYSTEM, Actor, fence
from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.aid_types import registry
from jiuzhu.cases.acts import application, decision, events, investigation, objection, review, verification
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import check_may_move
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.walk import drawn_picture, participants
from jiuzhu.workflow.states import STATES, TERMINAL
from jiuzhu.workflow.table import Move
from tests.families import City, Family, check_sentence, snapshot

TABLE = registry.get("DIBAO").moves
REGIMES = ("P2019", "P2021", "P2025")
STATES_IN_USE = sorted({state for row in TABLE for state in (*row.sources, *row.targets)})
ROLES_ASKING = [*ROLES, "APPLICANT", "SYSTEM"]
Call = Callable[[Actor, Any], Any]


def _directly(key: str) -> Call:
    def call(actor: Actor, uid: Any) -> Any:
        with acting(actor, uid, key, reason="期限届满"):
            pass

    return call


def _applicant(uid: Any) -> Any:
    return Case.objects.filter(uid=uid).values_list("applicant__uid", flat=True).first()


def _sign(actor: Actor, uid: Any) -> Any:
    return application.sign(actor, uid, person_uid=_applicant(uid), picture=drawn_picture("signature"))


def _appraise(vote: str) -> Call:
    return lambda actor, uid: objection.conclude_appraisal(
        actor, uid, participants=participants(vote), chair="王敏", minutes={}
    )


CALLS: dict[str, Call] = {
    "D2": _sign,
    "D3": lambda a, uid: verification.start_verification(a, uid),
    "D4": lambda a, uid: verification.issue_report(a, uid),
    "D5": lambda a, uid: verification.notify_may_apply(a, uid),
    "D6": lambda a, uid: verification.notify_not_fit(a, uid, confirmed=True),
    "D7": lambda a, uid: verification.object_to_report(a, uid, reason="车已卖出"),
    "D8": lambda a, uid: verification.conclude_recheck(a, uid),
    "D9": lambda a, uid: application.submit_application(a, uid, commitment=True),
    "D10": _directly("D10"),
    "D11": lambda a, uid: application.submit_application(a, uid, commitment=True),
    "D11r": lambda a, uid: application.verify_again(a, uid),
    "D11x": _directly("D11x"),
    "D12": lambda a, uid: application.accept(a, uid),
    "D13": lambda a, uid: application.ask_for_correction(a, uid, items=["photo"]),
    "D14": lambda a, uid: application.accept(a, uid),
    "D15": _directly("D15"),
    "D16": lambda a, uid: application.not_accept(a, uid, reason="不属本辖区", codes=["RC-OTHER"]),
    "D17": lambda a, uid: investigation.start_investigation(a, uid),
    "D18": lambda a, uid: investigation.submit_investigation(a, uid),
    "D19": lambda a, uid: review.forward(a, uid, opinion="同意上报"),
    "D20": lambda a, uid: review.return_to_investigation(a, uid, reason="收入不清"),
    "D21": lambda a, uid: decision.require_county_visit(a, uid, reason="有疑点"),
    "D22": lambda a, uid: decision.record_county_visit(a, uid, officers=["郑伟", "冯娟"], result="属实"),
    "D23": lambda a, uid: decision.approve(a, uid),
    "D24": lambda a, uid: decision.refuse(a, uid, codes=["RC-INC"], reason="收入超过标准"),
    "D19p": lambda a, uid: objection.end_preliminary_publicity(a, uid),
    "D25": lambda a, uid: objection.end_publicity(a, uid),
    "D26": lambda a, uid: objection.receive_objection(a, uid, content="他家有车没有报"),
    "D27": lambda a, uid: objection.call_appraisal(a, uid, planned_at=clock.now(), place="村委会"),
    "D27r": lambda a, uid: objection.reinvestigate(a, uid, reason="乡镇自行核实"),
    "D28": _appraise("TRUE"),
    "D29": _appraise("NOT_TRUE"),
    "D30": _appraise("DISPUTED"),
    "CLK-AC": _directly("CLK-AC"),
    "DTH": lambda a, uid: events.record_death(
        a, uid, person_uid=_applicant(uid), died_on=clock.today(), proof="死亡证明"
    ),
    "REL-04": lambda a, uid: events.file_kin(a, uid, official="陈立本", post="村委员", relation="兄弟"),
    "D31": lambda a, uid: decision.terminate(a, uid, reason="拒不配合"),
    "D31w": lambda a, uid: application.withdraw(a, uid, reason="自愿放弃"),
    "ORG-04": _directly("ORG-04"),
    "ORG-06": _directly("ORG-06"),
    "VER-10": lambda a, uid: verification.conclude_followup(a, uid),
}
# an act that makes two moves chooses by the state; asked in another state it speaks of the ordinary one
SAME_ACT = {"D9": "D11", "D14": "D12"}


@pytest.fixture(scope="module")
def family(module_city: City) -> Family:
    family = module_city.family("will_not_sign")
    family.step()
    return family


@pytest.fixture(scope="module")
def askers(module_city: City, family: Family) -> dict[str, Actor]:
    found = {role: family.staff(role) for role in ROLES if role != "VILLAGE_ASSIST"}
    clerk = found["TOWN_CLERK"]
    found["VILLAGE_ASSIST"] = Actor(
        **{**clerk.__dict__, "role": "VILLAGE_ASSIST", "villages": (family.case.village_code,), "level": 0}
    )
    found["APPLICANT"] = family.citizen
    found["SYSTEM"] = PLATFORM
    return found


def _put(family: Family, state: str, regime: str) -> None:
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = %s, open = %s, regime = %s WHERE id = %s",
            [state, state not in TERMINAL, regime, family.pk],
        )


def _rows(key: str, regime: str) -> tuple[Move, ...]:
    return tuple(row for row in TABLE.named(key) if regime in row.regimes)


def _wanted(key: str, role: str, state: str, regime: str) -> set[str]:
    """The codes the table allows for this asker in this state; empty when the row lets him try."""
    if role in ROLES and not has_power(role, "case.read"):
        return {"E_NOT_FOUND"}
    if key == "D3" and state == "INTENT" and role == "TOWN_VERIFIER":
        return {"E_NOAUTH"}  # AS-01: said more precisely than "not now"
    rows = _rows(key, regime)
    if key in SAME_ACT and not any(state in row.sources for row in rows):
        rows = _rows(SAME_ACT[key], regime)
    elif key in SAME_ACT.values():
        twin = next(each for each, same in SAME_ACT.items() if same == key)
        if any(state in row.sources for row in _rows(twin, regime)):
            rows = _rows(twin, regime)
    if not any(role in row.roles for row in rows):
        return {"E_AUTH"}
    here = [row for row in rows if state in row.sources]
    if not here:
        return {"E_STATE"}
    return set() if any(role in row.roles for row in here) else {"E_AUTH"}


def test_every_move_of_the_table_has_its_act_here() -> None:
    assert set(CALLS) | {"D1"} == {row.key for row in TABLE}


def _asked(key: str, regime: str) -> list[tuple[str, str]]:
    """Every role in a state where the move begins, and the first role that may in every other state: (state, role)."""
    rows = _rows(key, regime)
    if not rows:  # a move of other regimes: nobody, at any time
        return [(state, "TOWN_LEAD") for state in STATES_IN_USE]
    starts = sorted({state for row in rows for state in row.sources})
    able = next(role for row in rows for role in ROLES_ASKING if role in row.roles)
    here = [(starts[0], role) for role in ROLES_ASKING]
    here += [
        (state, role) for state in starts[1:3] for role in ("TOWN_CLERK", "TOWN_LEAD", "COUNTY_APPROVER")
    ]
    return here + [(state, able) for state in STATES_IN_USE if state not in starts]


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("key", sorted(CALLS))
def test_every_role_where_a_move_begins_and_every_other_state(
    city: City, family: Family, askers: dict[str, Actor], key: str, regime: str
) -> None:
    """The real act: refused with the code the table says, in a full sentence, and nothing is written."""
    uid, wrong = family.uid, []
    with family.at():
        before = snapshot()
        for state, role in _asked(key, regime):
            wanted = _wanted(key, role, state, regime)
            if not wanted:
                continue
            _put(family, state, regime)
            with fence(askers[role]):
                try:
                    CALLS[key](askers[role], uid)
                    wrong.append((state, role, wanted, "done"))
                except Refusal as refusal:
                    check_sentence(refusal)
                    if {refusal.code} != wanted:
                        wrong.append((state, role, wanted, refusal.code))
        _put(family, "INTENT", "P2019")
        assert snapshot() == before
    assert wrong == []


@pytest.mark.parametrize("regime", REGIMES)
def test_every_role_in_every_state_by_the_one_question_all_acts_ask(
    city: City, family: Family, askers: dict[str, Actor], regime: str
) -> None:
    case, wrong = family.case, []
    case.regime = regime
    for key in sorted(CALLS):
        for state in STATES_IN_USE:
            case.state = state
            for role, actor in askers.items():
                may = any(role in row.roles and state in row.sources for row in _rows(key, regime))
                try:
                    check_may_move(actor, case, TABLE, key)
                    said = "done"
                except Refusal as refusal:
                    said = refusal.code
                if (said == "done") != may or said not in ("done", "E_AUTH", "E_STATE"):
                    wrong.append((key, state, role, said))
    assert wrong == []


@pytest.mark.parametrize("row", list(TABLE), ids=lambda row: f"{row.key}-{'-'.join(row.sources)[:20]}")
def test_every_role_of_a_row_may_try(city: City, family: Family, askers: dict[str, Actor], row: Move) -> None:
    case = family.case
    for state in row.sources:
        case.state = state
        for role in row.roles & set(askers):
            for case.regime in row.regimes:
                assert state in check_may_move(askers[role], case, TABLE, row.key).sources


def test_clocks_and_papers_of_the_table_exist() -> None:
    from jiuzhu.documents.catalogue import all_notices
    from jiuzhu.workflow.clocks import deadlines

    for row in TABLE:
        assert set(row.starts + row.may_start) <= set(deadlines()), row.key
        assert {clock_id for clock_id in row.stops if clock_id != "*"} <= set(deadlines()), row.key
        assert set(row.papers + row.optional_papers) <= set(all_notices()), row.key
        assert set(row.sources + row.targets) <= set(STATES), row.key


@pytest.mark.parametrize("regime", REGIMES)
def test_the_table_leaves_no_state_without_a_way_on(regime: str) -> None:
    """Every open state can be reached and left; every end is an end."""
    sources = {state for row in TABLE for state in row.sources if regime in row.regimes}
    targets = {state for row in TABLE for state in row.targets if regime in row.regimes}

    assert targets - sources == {state for state in targets if state in TERMINAL}
    assert sources <= targets


def test_a_citizen_registers_himself_and_staff_only_their_own_area(
    city: City, family: Family, askers: dict[str, Actor]
) -> None:
    """D1 has no case yet, so its table is asked separately."""
    town, village = family.case.town, family.case.village_code
    people = [{"name": "示例丙", "id_no": "371599194508081051", "relation": "0"}]
    for role, actor in askers.items():
        if role in ("TOWN_CLERK", "VILLAGE_ASSIST") or actor.kind in (CITIZEN, SYSTEM):
            continue
        with family.at(), fence(actor), pytest.raises(Refusal) as caught:
            application.register_intention(
                actor,
                town_id=town.id,
                village_code=village,
                area_type="RURAL",
                people=people,
                channel="WINDOW",
            )
        assert caught.value.code == "E_AUTH", role
        check_sentence(caught.value)
