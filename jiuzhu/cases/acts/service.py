"""Handing papers over (DOC-03): the day of service starts the remedies and ends the clock that promised it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.cases import clocks, in_hand, one_visit
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.models import Case
from jiuzhu.cases.queries import papers_of
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document, Service
from jiuzhu.vault.uploads import Picture

MODES = choices("service_mode")


class Proof(TypedDict, total=False):
    """Who took it, his signature as a picture, the number of a letter."""

    receiver: str
    picture: Picture | None
    note: str


def serve_paper(
    actor: Actor, uid: UUID | str, document_id: int, *, mode: str, **proof: Unpack[Proof]
) -> Service:
    """Staff record how a paper was handed over; in person needs the receiver's signature, by post the number.

    Raises E_AUTH, E_NOT_FOUND, E_SEAL (signature missing), E_STATE (served already).
    """
    with _serving(actor, uid, mode) as case:
        return _serve(actor, case, _paper(actor, case, document_id), mode=mode, **proof)


def serve_all(actor: Actor, uid: UUID | str, *, mode: str, **proof: Unpack[Proof]) -> list[Service]:
    """Everything the family does not have yet, handed over at once with one signature: all of it or nothing.

    Raises E_AUTH, E_NOT_FOUND (the way), E_SEAL, E_STATE (nothing waits).
    """
    with _serving(actor, uid, mode) as case:
        waiting = waiting_papers(actor, case)
        if not waiting:
            raise Refusal("E_STATE", act="送达文书", state="没有等待送达的文书")
        return [_serve(actor, case, paper, mode=mode, **proof) for paper in waiting]


def waiting_papers(actor: Actor, case: Case) -> list[Document]:
    """Papers of the case that have to be in the family's hands and are not."""
    return [each for each in papers_of(actor, case) if each.needs_service and each.state == Document.ISSUED]


@contextmanager
def _serving(actor: Actor, uid: UUID | str, mode: str) -> Iterator[Case]:
    if not has_power(actor.role, "documents.serve"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act="送达文书", why="")
    if mode not in MODES:
        raise Refusal("E_NOT_FOUND", what="送达方式")
    with transaction.atomic():
        yield locked(actor, uid)


def receive_paper(actor: Actor, uid: UUID | str, document_id: int) -> Service | None:
    """The family opens a paper on the phone: that is electronic service. ``None`` when it was served before."""
    with transaction.atomic():
        case = locked(actor, uid)
        paper = _paper(actor, case, document_id)
        if paper.state != Document.ISSUED or not paper.needs_service:
            return None
        return _serve(actor, case, paper, mode="ELECTRONIC", receiver=actor.name)


def _paper(actor: Actor, case: Case, document_id: int) -> Document:
    for paper in papers_of(actor, case):
        if paper.id == int(document_id):
            return paper
    raise Refusal("E_NOT_FOUND", what="文书")


def _serve(
    actor: Actor,
    case: Case,
    paper: Document,
    *,
    mode: str,
    receiver: str = "",
    picture: Picture | None = None,
    note: str = "",
) -> Service:
    service = documents.serve(
        actor,
        paper,
        mode=mode,
        receiver=f"{receiver or case.applicant.name}{f'（{note}）' if note else ''}",
        proof=picture.content if picture else None,
        mime=picture.mime if picture else "image/png",
    )
    waiting = set(
        Document.objects.filter(case_id=case.id, state=Document.ISSUED).values_list("code", flat=True)
    )
    for clock_id, code in in_hand.OPENED_BY.items():
        if paper.code == code:
            clocks.restart(case, clock_id, service.served_at)
    if mode == one_visit.WINDOW:
        one_visit.note(actor, case, "领取文书", place=mode)
    for clock_id, codes in in_hand.ENDED_BY.items():
        if paper.code in codes and waiting.isdisjoint(codes):
            clocks.stop(case, clock_id, service.served_at)
    return service
