"""The register of matters of other departments on a day: who is competent, how to reach them, how long they have.

What holds for a county is its own line, else the city's (ORG-15). ``matters.yaml`` is what a new city begins with.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Q, QuerySet

from jiuzhu.accounts.models import Organisation
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import remembered
from jiuzhu.onedoor.models import MatterEntry

# the day the regulation that names these matters came into force
SINCE = date(2014, 5, 1)


def seed() -> list[dict[str, Any]]:
    """The lines of matters.yaml as columns of the register."""
    path = Path(__file__).parent / "matters.yaml"
    return [
        {
            "code": code,
            "rank": rank,
            "title": entry["title"],
            "plain": entry["plain"],
            "organ": entry["department"],
            "of_county": entry.get("of_county", True),
            "desk": entry["desk"],
            "phone": str(entry["phone"]),
            "answer_wd": entry["answer_wd"],
            "article": entry["article"],
            "doc_no": entry["source"],
            "effective_from": SINCE,
            "state": MatterEntry.PUBLISHED,
        }
        for rank, (code, entry) in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")).items(), 1)
    ]


def published_on(on: date) -> QuerySet[MatterEntry]:
    """Every line in force on a day, of the city and of counties."""
    lasting = Q(effective_to__isnull=True) | Q(effective_to__gte=on)
    rows = MatterEntry.objects.filter(lasting, state=MatterEntry.PUBLISHED, effective_from__lte=on)
    return rows.select_related("scope").order_by("rank", "id")


@remembered
def in_force(county: Organisation, on: date) -> dict[str, MatterEntry]:
    """By code, in the order of the register; those not offered included."""
    rows = list(published_on(on).filter(Q(scope__kind=Organisation.CITY) | Q(scope=county)))
    own = {each.code: each for each in rows if each.scope_id == county.id}
    return {each.code: own.get(each.code, each) for each in rows}


def offered(county: Organisation, on: date) -> list[MatterEntry]:
    """What intake lists on that day."""
    return [each for each in in_force(county, on).values() if each.offered]


def offered_matter(county: Organisation, on: date, code: str) -> MatterEntry:
    """E_INPUT for a matter not offered in the county that day."""
    found = in_force(county, on).get(code)
    if found is None or not found.offered:
        raise Refusal("E_INPUT", field="事项", problem="请从列出的事项中选择")
    return found
