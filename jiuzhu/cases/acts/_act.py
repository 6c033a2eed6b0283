"""How every act writes: lock → may this person → may this case now → change + step + clocks + audit together.

    with acting(actor, case_uid, "D12", seen=version, once=token) as act:
        act.change(accepted_on=act.today)
        act.paper("W13")

Nothing half-done remains: the whole block is one transaction, and a refusal inside undoes it all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.cases import clocks, dossier, guards, papers, temporary_guards
from jiuzhu.cases.models import Case, CaseMember, Step
from jiuzhu.cases.permissions import check_may_move, check_may_see
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import steady
from jiuzhu.documents.models import Document
from jiuzhu.publicity import acts as publicity
from jiuzhu.workflow.states import TERMINAL
from jiuzhu.workflow.table import Move, MoveTable

ALL_GUARDS = guards.GUARDS | temporary_guards.GUARDS


def table_of(case: Case) -> MoveTable:
    """The moves of the case's aid type."""
    return registry.get(case.aid_type).moves


@dataclass
class Act:
    """One move being made. ``given`` is what the person handed in; guards read it, bodies use it.

    ``happened_at``: when the event itself was, where that is not when it is written down (E1, E2); clocks count from it.
    """

    actor: Actor
    case: Case
    move: Move
    at: datetime
    reason: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    target: str = ""
    documents: list[Document] = field(default_factory=list)
    extra_starts: tuple[str, ...] = ()
    step: Step | None = None
    happened_at: datetime | None = None

    @property
    def today(self) -> date:
        return self.at.date()

    def change(self, **fields: Any) -> None:
        """Set columns of the case; written with the step."""
        for name, value in fields.items():
            setattr(self.case, name, value)

    def to(self, state: str) -> None:
        """Choose among the row's targets."""
        if state not in self.move.targets:
            raise LookupError(f"{self.move.key} does not lead to {state}")
        self.target = state

    def note(self, **facts: Any) -> None:
        """Keep small facts with the step (codes, numbers, ids; no personal data)."""
        self.facts.update(facts)

    def start(self, clock_id: str) -> None:
        """Start a clock that only some outcomes of the move start, with the aid's own days where it has such (CLK-CO15)."""
        known = next((each for each in self.move.may_start if each in (clock_id, f"{clock_id}15")), None)
        if known is None:
            raise LookupError(f"{self.move.key} does not start {clock_id}")
        self.extra_starts += (known,)

    def paper(self, code: str, **data: Any) -> Document:
        """Issue a document of this move in the same transaction (numbered, hashed, stored)."""
        document = papers.issue_for(self, code, **data)
        self.documents.append(document)
        return document


def locked(actor: Actor, case_uid: UUID | str) -> Case:
    """The case under a row lock, if the asker may see it."""
    found = Case.objects.select_for_update(of=("self",)).select_related("town", "county")
    case = found.filter(uid=case_uid).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    check_may_see(actor, case)
    return case


# refusals an investigator asks about later: the attempt stays on record though nothing was done (AS-01, AS-03)
_NOTED = frozenset({"E_NOAUTH", "E_CONF", "E_SCOPE", "E_SOD", "E_AUTH"})


@contextmanager
def attempt(actor: Actor, case_uid: UUID | str, key: str) -> Iterator[None]:
    """Whatever is tried inside without consent, agreement, right or distance is written down when it is refused."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        if refusal.code in _NOTED and not transaction.get_connection().needs_rollback:
            case = Case.objects.filter(uid=case_uid).first()
            number = case.case_no if case else ""
            record(actor, "case.refused", about=case, case_no=number, move=key, code=refusal.code)
        raise


@contextmanager
def acting(
    actor: Actor,
    case_uid: UUID | str,
    key: str,
    *,
    seen: int | None = None,
    once: UUID | str | None = None,
    reason: str = "",
    **given: Any,
) -> Iterator[Act]:
    """Make one move. ``seen`` is the version of the page acted on, ``once`` the form's own token."""
    with steady(), attempt(actor, case_uid, key):
        case = locked(actor, case_uid)
        if once and Step.objects.filter(case=case, once=once).exists():
            raise Refusal("E_REPEAT", case_no=case.case_no)
        row = check_may_move(actor, case, table_of(case), key)
        if seen is not None and int(seen) != case.version:
            raise Refusal("E_STALE", case_no=case.case_no)
        act = Act(actor=actor, case=case, move=row, at=clock.now(), reason=reason, given=given)
        for name in row.guards:
            ALL_GUARDS[name](act)
        yield act
        finish(act, once=once)


def finish(act: Act, *, once: UUID | str | None = None) -> Step:
    """Check the mandatory papers, then write case, step, clocks and audit entry."""
    _check_papers(act)
    case, row = act.case, act.move
    from_state = case.state
    case.state = act.target or row.target
    case.version += 1
    ends = case.state in TERMINAL and from_state not in TERMINAL
    if ends:
        _check_dossier(act)
        _close(act)
    case.save()
    act.step = Step.objects.create(
        case=case,
        seq=case.version,
        move=row.key,
        event=row.event,
        title=row.title,
        from_state=from_state if row.sources else "",
        to_state=case.state,
        actor_kind=act.actor.kind,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        role=act.actor.role,
        organ=act.actor.organ,
        at=act.at,
        on=act.today,
        reason=act.reason,
        facts=act.facts,
        papers=[document.doc_no or document.code for document in act.documents],
        once=once or None,
    )
    stops = ("*",) if ends else row.stops  # whatever ends a case ends what ran in it
    clocks.apply(
        act.step, stops=stops, starts=row.starts + act.extra_starts, at=act.happened_at or act.step.at
    )
    record(
        act.actor,
        f"case.{row.event}",
        about=case,
        case_no=case.case_no,
        person_uid=case.applicant.uid,
        step=act.step.seq,
        to=case.state,
        papers=act.step.papers,
    )
    return act.step


def _check_papers(act: Act) -> None:
    issued = {document.code for document in act.documents}
    missing = [code for code in act.move.papers if code not in issued]
    if missing:
        raise Refusal("E_DOC", missing="、".join(papers.title(code, act.case) for code in missing))


def _check_dossier(act: Act) -> None:
    """WF-02: nothing ends without the papers of its whole way."""
    missing = sorted({code for each in dossier.lacking(act.case) for code in each})
    if missing:
        raise Refusal("E_DOC", missing="、".join(papers.title(code, act.case) for code in missing))


def _close(act: Act) -> None:
    publicity.take_down(act.case.id, act.today)
    act.case.open = False
    act.case.closed_on = act.today
    CaseMember.objects.filter(case=act.case).update(open=False)
