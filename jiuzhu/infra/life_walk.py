"""A whole life with the office: whatever the family comes for, then what time brings (the simulation's families)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import MONTHLY
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.infra.later_walk import later_walk
from jiuzhu.infra.support_walk import settle, supported_later
from jiuzhu.infra.urgent_walk import urgent_walk
from jiuzhu.infra.walk import Walker, family_walk, state_of


def life(walker: Walker, family: dict[str, Any], note: Callable[[str, str], None]) -> Iterator[datetime]:
    """One family; who asks for an aid that does not exist yet is told so and goes home."""
    if "urgent" in family:
        yield from urgent_walk(walker, family, note)
        return
    today = clock.today()
    county = county_of(Organisation.objects.get(code=family["town"]), today)
    aid = registry.get(family.get("aid_type", registry.ORDINARY))
    if regime_today(county, today) not in aid.regimes:
        note("not_offered", "")
        return
    case = yield from family_walk(walker, family, note)
    if state_of(case) != "GRANTED" or aid.pays != MONTHLY:
        return
    if aid.support is None:
        yield from later_walk(walker, case, family, note)
    else:
        settle(walker, case, family)
        yield from supported_later(walker, case, family, note)
