"""Moves of referrals and leads as a table: role × state → done or refused; every end is reached, nothing hangs."""

from __future__ import annotations

import pytest

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.roles import ROLES
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.catalogue import all_notices
from jiuzhu.onedoor._act import check_may_move
from jiuzhu.onedoor.matters import seed
from jiuzhu.onedoor.models import DepartmentAnswer, Lead, MatterEntry, Referral
from jiuzhu.onedoor.table import (
    LEAD,
    LEAD_ENDS,
    LEAD_STATES,
    REFERRAL,
    REFERRAL_STATES,
    RESULTS,
)
from jiuzhu.workflow.clocks import deadlines

EVERYBODY = (*ROLES, "APPLICANT", "PUBLIC", "SYSTEM")
THINGS = ((Lead, LEAD, LEAD_STATES), (Referral, REFERRAL, REFERRAL_STATES))


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize(("model", "table", "states"), THINGS, ids=["lead", "referral"])
def test_each_role_makes_exactly_the_moves_of_its_rows(
    role: str, model: type, table: object, states: dict[str, object]
) -> None:
    actor = Actor(kind="STAFF", id=1, name="某人", role=role)
    for row in table:  # type: ignore[attr-defined]
        for state in states:
            if not row.sources:
                continue
            try:
                check_may_move(actor, model(state=state), row.key)
                said = "done"
            except Refusal as refusal:
                said = refusal.code
            if role not in row.roles:
                assert said == "E_AUTH", (row.key, state)
            else:
                assert said == ("done" if state in row.sources else "E_STATE"), (row.key, state)


@pytest.mark.parametrize(("model", "table", "states"), THINGS, ids=["lead", "referral"])
def test_every_state_is_reached_and_every_open_state_can_be_left(
    model: type, table: object, states: dict[str, object]
) -> None:
    rows = tuple(table)  # type: ignore[arg-type]
    reached = {target for row in rows for target in row.targets}
    left = {source for row in rows for source in row.sources}
    ends = set(LEAD_ENDS) if model is Lead else {"CLOSED"}

    assert reached == set(states)
    assert left == set(states) - ends


def test_somebody_with_a_desk_can_end_whatever_is_open() -> None:
    """No department and no queue is needed to bring a thing to its end: never silently lost."""
    for table, states, ends in ((LEAD, LEAD_STATES, set(LEAD_ENDS)), (REFERRAL, REFERRAL_STATES, {"CLOSED"})):
        for start in set(states) - ends:
            seen, ahead = set[str](), {start}
            while ahead:
                state = ahead.pop()
                seen.add(state)
                for row in table:
                    if state in row.sources and "TOWN_CLERK" in row.roles:
                        ahead |= set(row.targets) - seen
            assert seen & ends, start


def test_clocks_and_papers_of_the_rows_exist() -> None:
    for row in (*LEAD, *REFERRAL):
        named = {*row.starts, *row.stops, *row.may_start} - {"*"}
        assert named <= set(deadlines()), row.key
        assert set(row.papers) <= set(all_notices()), row.key


def test_every_matter_a_city_begins_with_says_who_is_competent_under_which_article() -> None:
    lines = seed()
    assert {"MEDICAL", "EDUCATION", "HOUSING", "EMPLOYMENT", "DISASTER"} <= {each["code"] for each in lines}
    for each in lines:
        entry = MatterEntry(**each)
        assert entry.department("莘县").startswith("莘县"), each["code"]
        assert entry.title and entry.plain and entry.article and entry.doc_no and entry.phone, each["code"]
        assert entry.answer_wd is None or 1 <= entry.answer_wd <= 30, each["code"]


def test_results_and_answers_have_words() -> None:
    assert {"HELPED", "NOT_FIT", "PASSED_ON", "EXPLAINED", "RECALLED"} == set(RESULTS)
    assert {kind for kind, _ in DepartmentAnswer.KINDS} == {"TAKEN", "RETURNED", "DONE"}
