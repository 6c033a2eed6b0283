"""Issuing, serving and voiding papers. An issued paper is stored once and never rendered again (DOC-01..07)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL, parent_of
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import aid_words, catalogue, engine, numbering
from jiuzhu.documents.models import Counter, Document, Service
from jiuzhu.people.models import Household
from jiuzhu.vault import files
from jiuzhu.vault.counters import next_number


def short_name(organ: Organisation, on: date) -> str:
    """``东昌`` for a county, ``东昌沙镇`` for its town (DOC-01)."""
    if organ.kind in (*COUNTY_LEVEL, Organisation.CITY):
        return organ.short_name
    county = parent_of(organ, on)
    return f"{county.short_name if county else ''}{organ.short_name}"


def take_number(organ: Organisation, code: str, year: int) -> int:
    """Next number of (organ, kind, year): the counter row is locked until the paper is stored, so no gaps."""
    return next_number(Counter, organ=organ.id, code=code, year=year)


@transaction.atomic
def issue(
    actor: Actor,
    code: str,
    data: dict[str, Any],
    *,
    organ: Organisation,
    regime: str,
    household: Household | None = None,
    case_id: int | None = None,
    addressee: str = "",
    audience: Organisation | None = None,
    event_on: date | None = None,
    authorised: bool = True,
) -> Document:
    """Check (DOC-06), number, render, hash and store one paper, in the words of the aid it names (``aid_type``).

    ``authorised`` says whether ``organ`` may issue this kind today (E_ORGAN otherwise); ``event_on`` is the
    day of what the paper tells of. Raises E_DOC, E_ORGAN, E_SEAL; nothing is numbered then.
    """
    notice, data = catalogue.notice(code), aid_words.spoken(data, regime)
    title = engine.title(notice, data, regime)
    now = clock.now()
    if not authorised:
        raise Refusal("E_ORGAN", organ=organ.organ_name, title=title)
    seq = take_number(organ, notice.code, now.year) if notice.numbered else None
    doc_no = (
        numbering.document_number(short_name(organ, now.date()), notice.kind_word, now.year, seq)
        if seq
        else ""
    )
    full = data | {
        "organ_name": organ.organ_name,
        "doc_no": doc_no,
        "issued_on": now.date(),
        "signer_name": data.get("signer_name") or actor.name,
        "has_seal": organ.seals.filter(ended_on__isnull=True).exists(),
    }
    _refuse_failures(notice, full, regime=regime, organ=organ, event_on=event_on)
    rendered = engine.render(notice.slug, full, regime=regime)
    document = Document(
        code=notice.code,
        slug=notice.slug,
        title=title,
        organ=organ,
        year=now.year,
        seq=seq,
        doc_no=doc_no,
        household=household,
        case_id=case_id,
        regime=regime,
        addressee=addressee,
        audience=audience,
        template_version=rendered.template_version,
        sha256=rendered.sha256,
        file=files.keep(rendered.pdf, "application/pdf"),
        pages=rendered.pages,
        issued_on=now.date(),
        issued_at=now,
        signer_id=actor.id if actor.is_staff else None,
        signer_name=full["signer_name"],
        needs_service=notice.served,
    )
    document.data = json.dumps(full, ensure_ascii=False, default=str)
    document.save(force_insert=True)
    return document


def _refuse_failures(
    notice: Any, data: dict[str, Any], *, regime: str, organ: Organisation, event_on: date | None
) -> None:
    failures = catalogue.check_before_issue(
        notice,
        data,
        basis=aid_words.basis(notice, str(data.get("aid_type", "")), regime),
        organ_kind=organ.kind,
        event_on=event_on,
        issued_on=data["issued_on"],
    )
    if failures:
        raise Refusal("E_DOC", missing="；".join(failures))


_INTO_HIS_HAND = ("IN_PERSON", "WINDOW")
_WORDS = {Document.DRAFT: "草稿", Document.SERVED: "已送达", Document.VOID: "已作废"}


@transaction.atomic
def serve(
    actor: Actor,
    document: Document,
    *,
    mode: str,
    receiver: str,
    proof: bytes | None = None,
    mime: str = "image/png",
) -> Service:
    """Record service (DOC-03). Whoever takes it himself signs for it; a paper is served once."""
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.state != Document.ISSUED:
        raise Refusal("E_STATE", act="送达文书", state=_WORDS[locked.state])
    if mode in _INTO_HIS_HAND and not proof:
        raise Refusal("E_SEAL", missing="受送达人签字")
    now = clock.now()
    service = Service.objects.create(
        document=locked,
        mode=mode,
        served_on=now.date(),
        served_at=now,
        receiver=receiver,
        proof=files.keep(proof, mime) if proof else None,
        by_id=actor.id if actor.is_staff else None,
    )
    locked.state = Document.SERVED
    locked.save(update_fields=["state"])
    record(actor, "document.serve", about=locked, mode=mode)
    return service


def read_file(actor: Actor, document: Document) -> bytes:
    """The stored bytes of an issued paper; reading is itself recorded."""
    record(actor, "document.read", about=document)
    return files.read(document.file)
