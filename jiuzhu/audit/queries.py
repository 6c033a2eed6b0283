"""Reading the record: who looked, and whether a row was changed, removed or slipped in (line 10 of the issue)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from jiuzhu.audit.acts import canonical
from jiuzhu.audit.models import AuditEntry, ChainHead
from jiuzhu.core import sealing


@dataclass(frozen=True)
class Break:
    """One thing wrong with a chain: which row, and what."""

    chain: str
    seq: int
    what: str


def verify() -> Iterator[Break]:
    """Walk every chain; yields nothing when the record is whole."""
    chains = set(AuditEntry.objects.values_list("chain", flat=True).distinct()) | set(
        ChainHead.objects.values_list("chain", flat=True)
    )
    for chain in sorted(chains):
        yield from _verify_chain(chain)


def _verify_chain(chain: str) -> Iterator[Break]:
    previous, expected = "", 1
    for entry in AuditEntry.objects.filter(chain=chain).order_by("seq", "id").iterator():
        if entry.seq > expected:
            for missing in range(expected, min(entry.seq, expected + 100)):
                yield Break(chain, missing, "记录缺失（被删除）")
            previous = entry.previous
        elif entry.seq < expected:
            yield Break(chain, entry.seq, "多出的记录（被插入）")
            continue
        if entry.previous != previous:
            yield Break(chain, entry.seq, "与上一条不相连（被插入或改动）")
        if sealing.chain(entry.previous, canonical(entry)) != entry.digest:
            yield Break(chain, entry.seq, "内容被改动")
        previous, expected = entry.digest, entry.seq + 1
    head = ChainHead.objects.filter(chain=chain).first()
    if head is None or head.seq != expected - 1 or head.digest != previous:
        last = head.seq if head else 0
        what = "末尾记录缺失（被删除）" if last >= expected else "末尾多出记录（被插入）"
        yield Break(chain, max(last, expected - 1), what)


def search(
    chains: list[str] | None,
    *,
    person_uid: str = "",
    case_no: str = "",
    who: str = "",
    action: str = "",
    after: int | None = None,
    limit: int = 50,
) -> QuerySet[AuditEntry]:
    """Who looked at this person, at this case, what this officer did. ``chains``: organs the asker may see, or all."""
    entries = AuditEntry.objects.all()
    if chains is not None:
        entries = entries.filter(chain__in=chains)
    if person_uid:
        entries = entries.filter(person_uid=person_uid)
    if case_no:
        entries = entries.filter(case_no=case_no)
    if who:
        entries = entries.filter(Q(actor_name=who) | Q(actor_id=who))
    if action:
        entries = entries.filter(action__startswith=action)
    if after:
        entries = entries.filter(id__lt=after)
    return entries.order_by("-id")[:limit]
