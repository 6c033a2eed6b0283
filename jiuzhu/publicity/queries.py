"""Postings for everybody: nothing but the whitelist columns ever leaves this module (PUBL-02, PUBL-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from jiuzhu.accounts.models import Organisation
from jiuzhu.publicity.models import Posting

PAGE = 20
STOPPING = Posting.STOPPING


@dataclass(frozen=True)
class Sheet:
    """What hangs on the village board, no more."""

    token: str
    applicant_name: str
    members_count: int
    aid_type: str
    amount_fen: int
    village_name: str
    town_name: str
    posted_on: date
    ends_on: date
    hotline: str
    kind: str
    open: bool


def _sheet(posting: Posting, on: date) -> Sheet:
    return Sheet(
        token=posting.token,
        applicant_name=posting.applicant_name,
        members_count=posting.members_count,
        aid_type=posting.aid_type,
        amount_fen=posting.amount_fen,
        village_name=posting.village_name,
        town_name=posting.town.name,
        posted_on=posting.posted_on,
        ends_on=posting.ends_on,
        hotline=posting.hotline,
        kind=posting.kind,
        open=posting.kind != Posting.ANNOUNCEMENT
        and posting.removed_on is None
        and posting.posted_on <= on <= posting.ends_on,
    )


def sheets(
    on: date,
    *,
    towns: list[Organisation] | None = None,
    village_code: str = "",
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Sheet], int | None]:
    """Sheets that hang on a day, the newest first, paged by key: ``(sheets, next)``. ``towns`` None = the whole city."""
    rows = Posting.objects.filter(
        Q(removed_on__isnull=True) | Q(removed_on__gt=on), posted_on__lte=on, ends_on__gte=on
    ).select_related("town")
    if towns is not None:
        rows = rows.filter(town__in=towns)
    if village_code:
        rows = rows.filter(village_code=village_code)
    if after:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: limit + 1])
    more = found[limit - 1].id if len(found) > limit else None
    return [_sheet(each, on) for each in found[:limit]], more


def sheet(token: str, on: date) -> Sheet | None:
    """One sheet by its public number while it hangs, and until it is taken down."""
    posting = Posting.objects.filter(token=token, removed_on__isnull=True).select_related("town").first()
    return _sheet(posting, on) if posting else None


def to_photograph(town_ids: tuple[int, ...], villages: tuple[str, ...], on: date) -> list[dict[str, object]]:
    """For the assistant: sheets of his villages that hang, and which photo is due (PUBL-01)."""
    rows = Posting.objects.filter(town_id__in=town_ids, removed_on__isnull=True).prefetch_related("photos")
    rows = rows.exclude(kind=Posting.ANNOUNCEMENT)
    if villages:
        rows = rows.filter(village_code__in=villages)
    found = []
    for each in rows.order_by("ends_on", "id"):
        taken = {photo.moment for photo in each.photos.all()}
        found.append(
            {
                "case_id": each.case_id,
                "token": each.token,
                "applicant_name": each.applicant_name,
                "village_name": each.village_name,
                "place": each.place,
                "posted_on": each.posted_on,
                "ends_on": each.ends_on,
                "start_taken": "START" in taken,
                "end_taken": "END" in taken,
                "end_due": on >= each.ends_on,
            }
        )
    return found
