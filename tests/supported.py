"""One old person alone, for tests of support (tests.families walks families)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from departments import world
from jiuzhu.core import clock
from tests.families import DELEGATED, FIRST_DAY, City, Family


def old_man(
    city: City,
    *,
    town: str = DELEGATED,
    born: str = "1958-05-01",
    obligors: tuple[dict[str, Any], ...] = (),
    unable: tuple[str, ...] = ("walk", "bathe"),
    start: date = FIRST_DAY,
    **person: Any,
) -> Family:
    """One person alone without income, known to the departments, who asks for tekun."""
    facts = deepcopy(city.facts("single_elder", town))
    (one,) = facts["people"]
    first17 = f"{one['id_no'][:6]}{born.replace('-', '')}{one['id_no'][14:17]}"
    one |= {"id_no": first17 + world.check_character(first17), "born_on": born} | person
    one["truth"] |= {"pension_yuan": 0}
    facts["declared"] |= {"incomes": [], "exemptions": {}}
    facts |= {"aid_type": "TEKUN", "unable": unable, "behaviour": {}}
    facts["obligors"] = [{"supports": one["id_no"]} | each for each in obligors]
    city.console().post("/console/people", json=[{key: one[key] for key in ("id_no", "name", "truth")}])
    return Family(city, facts, clock.instant(start))


def number(first17: str) -> str:
    return first17 + world.check_character(first17)
