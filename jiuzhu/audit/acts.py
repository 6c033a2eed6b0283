"""Writing the record. One call, one entry, in the same transaction as what it tells of."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from jiuzhu.audit.models import AuditEntry, ChainHead
from jiuzhu.core import clock, sealing

_CHAINED = [
    "chain",
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "organ",
    "action",
    "object_type",
    "object_id",
    "case_no",
    "person_uid",
    "purpose",
    "detail",
    "client",
]


def canonical(entry: AuditEntry) -> bytes:
    """The bytes a link is computed over: every column but the link itself, in a fixed order."""
    values = {name: getattr(entry, name) for name in _CHAINED}
    values["at"] = clock.local(entry.at).isoformat(timespec="microseconds")
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")).encode()


def _head(chain: str) -> ChainHead:
    """The end of a chain under its lock; a chain begins with its first entry."""
    head = ChainHead.objects.select_for_update().filter(chain=chain).first()
    if head is None:
        ChainHead.objects.get_or_create(chain=chain)
        head = ChainHead.objects.select_for_update().get(chain=chain)
    return head


@transaction.atomic(savepoint=False)
def record(
    actor: Any,
    action: str,
    *,
    about: Any = None,
    case_no: str = "",
    person_uid: Any = None,
    purpose: str = "",
    **detail: Any,
) -> AuditEntry:
    """Append one entry to the chain of the actor's organ.

    ``actor`` has kind, id, name, role, organ, organ_code, client (see ``accounts.actor.Actor``).
    ``detail`` holds codes and counts, never personal data.
    """
    chain = actor.organ_code or actor.kind
    head = _head(chain)
    entry = AuditEntry(
        chain=chain,
        seq=head.seq + 1,
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=str(actor.id or ""),
        actor_name=actor.name,
        role=actor.role,
        organ=actor.organ,
        action=action,
        object_type=about._meta.label_lower if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        case_no=case_no,
        person_uid=person_uid,
        purpose=purpose,
        detail=json.loads(json.dumps(detail, default=str)),
        client=actor.client,
        previous=head.digest,
    )
    entry.digest = sealing.chain(head.digest, canonical(entry))
    entry.save(force_insert=True)
    head.seq, head.digest = entry.seq, entry.digest
    head.save(update_fields=["seq", "digest"])
    return entry
