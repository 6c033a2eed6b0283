"""Aid type × regime × move × role, generated from the registry's tables: whoever is not in the row is refused,
whatever is not the time too. A new aid type is covered by its registry line alone; a new move needs its act here.

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
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases.acts import (
    acceptance,
    afterwards,
    application,
    authorisation,
    decision,
    events,
    intention,
    investigation,
    objection,
    review,
    support,
    verification,
    withdrawal,
)
from jiuzhu.cases.acts._act import ALL_GUARDS, acting
from jiuzhu.cases.acts.emergency import handing_over, registering, reporting, supplementing
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import check_may_move
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.walk import drawn_picture, participants
from jiuzhu.workflow.states import STATES, TERMINAL
from jiuzhu.workflow.table import Move
from tests.families import City, Family, check_sentence, snapshot

EVERY = [(aid, regime) for aid in registry.all_types() for regime in sorted(aid.regimes)]
EVERY_TYPE = pytest.mark.parametrize(
    ("aid", "regime"), EVERY, ids=[f"{aid.code}-{regime}" for aid, regime in EVERY]
)
ROLES_ASKING = [*ROLES, "APPLICANT", "SYSTEM"]
Call = Callable[[Actor, Any], Any]
UIDS: dict[int, Any] = {}


def _directly(key: str) -> Call:
    def call(actor: Actor, uid: Any) -> Any:
        with acting(actor, uid, key, reason="期限届满"):
            pass

    return call


def _applicant(uid: Any) -> Any:
    return Case.objects.filter(uid=uid).values_list("applicant__uid", flat=True).first()


def _sign(actor: Actor, uid: Any) -> Any:
    return authorisation.sign(actor, uid, person_uid=_applicant(uid), picture=drawn_picture("signature"))


def _appraise(vote: str) -> Call:
    return lambda actor, uid: objection.conclude_appraisal(
        actor, uid, participants=participants(vote), chair="王敏", minutes={}
    )


def _deliver(actor: Actor, uid: Any) -> Any:
    return handing_over.deliver(
        actor, uid, kind="CASH", amount_fen=100, second_id=0, picture=drawn_picture("signature")
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
    "D11r": lambda a, uid: verification.verify_again(a, uid),
    "D11x": _directly("D11x"),
    "D12": lambda a, uid: acceptance.accept(a, uid),
    "D13": lambda a, uid: acceptance.ask_for_correction(a, uid, items=["photo"]),
    "D14": lambda a, uid: acceptance.accept(a, uid),
    "D15": _directly("D15"),
    "D16": lambda a, uid: acceptance.not_accept(a, uid, reason="不属本辖区", codes=["RC-OTHER"]),
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
    "CH-MOVE": _directly("CH-MOVE"),
    "CONV": _directly("CONV"),
    "VER-CV": lambda a, uid: verification.carry_report(a, uid),
    "DTH": lambda a, uid: events.record_death(
        a, uid, person_uid=_applicant(uid), died_on=clock.today(), proof="死亡证明"
    ),
    "REL-04": lambda a, uid: events.file_kin(a, uid, official="陈立本", post="村委员", relation="兄弟"),
    "D31": lambda a, uid: decision.terminate(a, uid, reason="拒不配合"),
    "D31w": lambda a, uid: withdrawal.withdraw(a, uid, reason="自愿放弃"),
    "E2": lambda a, uid: _deliver(a, uid),
    "E2s": lambda a, uid: _deliver(a, uid),
    "E2o": lambda a, uid: handing_over.record_oral_approval(
        a, uid, amount_fen=100, approver_name="周海", approver_post="副局长"
    ),
    "E2c": lambda a, uid: handing_over.countersign(a, uid),
    "E6c": lambda a, uid: afterwards.consent(a, uid, picture=drawn_picture("signature")),
    "E6v": lambda a, uid: afterwards.start(a, uid),
    "E6r": lambda a, uid: afterwards.conclude(a, uid, fit=True),
    "E3": lambda a, uid: registering.complete_registration(
        a,
        uid,
        severity="LIGHT",
        persons=1,
        cause="01",
        reason="住房起火",
        picture=drawn_picture("signature"),
    ),
    "E3b": lambda a, uid: registering.return_registration(a, uid, reason="金额不符"),
    "E3c": lambda a, uid: registering.seal_registration(a, uid),
    "E4": lambda a, uid: supplementing.ask_for_supplement(
        a, uid, severity="HEAVY", persons=2, opinion="建议追加"
    ),
    "E4a": lambda a, uid: supplementing.approve_supplement(a, uid),
    "E4r": lambda a, uid: supplementing.refuse_supplement(a, uid, codes=["RC-FALSE"], reason="损失不实"),
    "E5": lambda a, uid: reporting.reject(a, uid, codes=["RC-FALSE"], reason="没有火情"),
    "E8": _directly("E8"),
    "TAX-P": _directly("TAX-P"),
    "ORG-04": _directly("ORG-04"),
    "ORG-06": _directly("ORG-06"),
    "TK-08": lambda a, uid: support.rate_self_care(
        a, uid, items={}, assessor="", second_assessor="", witness="", signatures=[]
    ),
    "VER-10": lambda a, uid: verification.conclude_followup(a, uid),
}
# an act that makes two moves chooses by the state; asked in another state it speaks of the ordinary one
SAME_ACT = {"D9": "D11", "D14": "D12", "E2s": "E2"}


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


def _states(aid: AidType) -> list[str]:
    return sorted({state for row in aid.moves for state in (*row.sources, *row.targets)})


def _keys(aid: AidType) -> list[str]:
    """Moves of a case that exists: the first one, without a source, opens it."""
    return sorted({row.key for row in aid.moves if row.sources})


def _put(family: Family, aid: AidType, state: str, regime: str) -> None:
    with fence(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET aid_type = %s, state = %s, open = %s, regime = %s WHERE id = %s",
            [aid.code, state, state not in TERMINAL, regime, family.pk],
        )


def _rows(aid: AidType, key: str, regime: str) -> tuple[Move, ...]:
    return tuple(row for row in aid.moves.named(key) if regime in row.regimes)


def _wanted(aid: AidType, key: str, role: str, state: str, regime: str) -> set[str]:
    """The codes the table allows for this asker in this state; empty when the row lets him try."""
    if role in ROLES and not has_power(role, "case.read"):
        return {"E_NOT_FOUND"}
    if key == "D3" and state == "INTENT" and role == "TOWN_VERIFIER":
        return {"E_NOAUTH"}  # AS-01: said more precisely than "not now"
    rows = _rows(aid, key, regime)
    if key in SAME_ACT and not any(state in row.sources for row in rows):
        rows = _rows(aid, SAME_ACT[key], regime)
    elif key in SAME_ACT.values():
        twin = next(each for each, same in SAME_ACT.items() if same == key)
        if any(state in row.sources for row in _rows(aid, twin, regime)):
            rows = _rows(aid, twin, regime)
    if not any(role in row.roles for row in rows):
        return {"E_AUTH"}
    here = [row for row in rows if state in row.sources]
    if not here:
        return {"E_STATE"}
    return set() if any(role in row.roles for row in here) else {"E_AUTH"}


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.code)
def test_every_move_of_every_table_has_its_act_here(aid: AidType) -> None:
    assert set(_keys(aid)) <= set(CALLS)


def _asked(aid: AidType, key: str, regime: str) -> list[tuple[str, str]]:
    """Every role in a state where the move begins, and the first role that may in every other state: (state, role)."""
    rows = _rows(aid, key, regime)
    if not rows:  # a move of other regimes: nobody, at any time
        return [(state, "TOWN_LEAD") for state in _states(aid)]
    starts = sorted({state for row in rows for state in row.sources})
    able = next(role for row in rows for role in ROLES_ASKING if role in row.roles)
    here = [(starts[0], role) for role in ROLES_ASKING]
    here += [
        (state, role) for state in starts[1:3] for role in ("TOWN_CLERK", "TOWN_LEAD", "COUNTY_APPROVER")
    ]
    return here + [(state, able) for state in _states(aid) if state not in starts]


def _refused_wrongly(
    family: Family, aid: AidType, regime: str, key: str, askers: dict[str, Actor]
) -> list[tuple[Any, ...]]:
    wrong = []
    for state, role in _asked(aid, key, regime):
        wanted = _wanted(aid, key, role, state, regime)
        if not wanted:
            continue
        _put(family, aid, state, regime)
        with fence(askers[role]):
            try:
                CALLS[key](askers[role], UIDS[family.pk or 0])
                wrong.append((key, state, role, wanted, "done"))
            except Refusal as refusal:
                check_sentence(refusal)
                if {refusal.code} != wanted:
                    wrong.append((key, state, role, wanted, refusal.code))
    return wrong


@EVERY_TYPE
def test_every_role_where_a_move_begins_and_every_other_state(
    city: City, family: Family, askers: dict[str, Actor], aid: AidType, regime: str
) -> None:
    """The real acts: refused with the code the table says, in a full sentence, and nothing is written."""
    UIDS[family.pk or 0] = family.uid
    former = registry.get(family.case.aid_type)
    with family.at():
        before = snapshot()
        wrong = [each for key in _keys(aid) for each in _refused_wrongly(family, aid, regime, key, askers)]
        _put(family, former, "INTENT", "P2019")
        assert snapshot() == before
    assert wrong == []


@EVERY_TYPE
def test_every_role_in_every_state_by_the_one_question_all_acts_ask(
    city: City, family: Family, askers: dict[str, Actor], aid: AidType, regime: str
) -> None:
    case, wrong = family.case, []
    case.regime, case.aid_type = regime, aid.code
    for key in _keys(aid):
        for state in _states(aid):
            case.state = state
            for role, actor in askers.items():
                may = any(role in row.roles and state in row.sources for row in _rows(aid, key, regime))
                try:
                    check_may_move(actor, case, aid.moves, key)
                    said = "done"
                except Refusal as refusal:
                    said = refusal.code
                if (said == "done") != may or said not in ("done", "E_AUTH", "E_STATE"):
                    wrong.append((key, state, role, said))
    assert wrong == []


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.code)
def test_clocks_and_papers_of_the_table_exist(aid: AidType) -> None:
    from jiuzhu.documents.catalogue import all_notices
    from jiuzhu.workflow.clocks import deadlines

    for row in aid.moves:
        assert set(row.starts + row.may_start) <= set(deadlines()), row.key
        assert {clock_id for clock_id in row.stops if clock_id != "*"} <= set(deadlines()), row.key
        assert set(row.papers + row.optional_papers) <= set(all_notices()), row.key
        assert set(row.sources + row.targets) <= set(STATES), row.key
        assert set(row.guards) <= set(ALL_GUARDS), row.key
        assert row.roles <= {*ROLES, "APPLICANT", "PUBLIC", "SYSTEM"}, row.key
    assert aid.total_clock in deadlines()


@EVERY_TYPE
def test_the_table_leaves_no_state_without_a_way_on(aid: AidType, regime: str) -> None:
    """Every open state can be reached and left; every end is an end."""
    rows = [row for row in aid.moves if regime in row.regimes]
    sources = {state for row in rows for state in row.sources}
    targets = {state for row in rows for state in row.targets}

    assert targets - sources == {state for state in targets - sources if state in TERMINAL}
    assert sources <= targets


@EVERY_TYPE
def test_every_paper_of_a_move_has_a_title_in_the_aid_s_own_words(aid: AidType, regime: str) -> None:
    from jiuzhu.documents import aid_words, catalogue, engine

    for code in {code for row in aid.moves for code in (*row.papers, *row.optional_papers)}:
        words = aid_words.words(aid, regime) | {"applicant_name": "示例"}
        title = engine.title(catalogue.notice(code), words, regime)
        assert title and "—" not in title and "{" not in title, code


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
            intention.register_intention(
                actor,
                town_id=town.id,
                village_code=village,
                area_type="RURAL",
                people=people,
                channel="WINDOW",
            )
        assert caught.value.code == "E_AUTH", role
        check_sentence(caught.value)
