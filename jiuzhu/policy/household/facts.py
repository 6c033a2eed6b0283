"""Facts of a household that conditions name: small pure functions, each with its article. ``None`` = not known.

Property and people are here, income in ``income``, every sum in ``sums``.
"""

from __future__ import annotations

from jiuzhu.core.calendar import add_months
from jiuzhu.policy.evidence import Asset, Evidence
from jiuzhu.policy.household import sums
from jiuzhu.policy.household.income import edge_line_fen, per_capita_fen
from jiuzhu.policy.parameters import ParameterSet

ADULT_AGE = 18


# —— property


def owned(evidence: Evidence, kind: str) -> list[Asset]:
    """What counted members (or the family) own of a kind, without what was exempted (PR-21)."""
    counted = {member.ref for member in evidence.counted}
    return [
        asset
        for asset in evidence.assets
        if asset.kind == kind and not asset.exempt and (not asset.member or asset.member in counted)
    ]


def known_cash_fen(evidence: Evidence) -> int:
    """PR-01: of every member the more of what was declared and what departments found, so nothing counts twice."""
    found: dict[str, list[int]] = {}
    for asset in owned(evidence, "cash"):
        found.setdefault(asset.member, [0, 0])[asset.verified] += asset.value_fen
    return sum(max(sums) for sums in found.values())


def cash_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-01: deposits, securities, funds, insurance value, claims, as far as sums are known."""
    return known_cash_fen(evidence)


def banks_say_over(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """PR-01 as banks answer it: over the limit or not, without a sum; ``None`` while they are silent.

    Banks that answered with balances instead of the flag did not say "over".
    """
    if evidence.over_limit is None and "CK" in evidence.answered:
        return False
    return evidence.over_limit


def cash_limit_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-01: 24 × monthly standard for every counted member, fen."""
    standard = parameters["dibao.standard"]
    if standard is None:
        return None
    return int(sums.cash_limit(standard, parameters["prop.cash_months"], len(evidence.counted)))


def cars(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-02: cars, vans, trucks, boats; two- and three-wheelers only beyond one for every adult."""
    adults = sum(member.age(evidence.as_of) >= ADULT_AGE for member in evidence.counted)
    small = sums.small_vehicles_over(len(owned(evidence, "small_vehicle")), adults)
    return len(owned(evidence, "vehicle")) + int(small)


def dwellings_under(evidence: Evidence, area_line_m2: int) -> int | None:
    """PR-03 with a given line of floor area per head, square metres; ``None`` when a second home's area is unknown."""
    homes = owned(evidence, "dwelling")
    if len(homes) == 2 and not all(asset.area_m2_tenths for asset in homes):
        return None
    area = sum(asset.area_m2_tenths for asset in homes)
    return int(sums.dwellings(len(homes), area, area_line_m2, len(evidence.counted)))


def dwellings(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-03: dwellings that count; a second one does not while the family is short of floor area."""
    return dwellings_under(evidence, parameters["prop.housing_area_pc"])


def nonresidential(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-04: shops, offices, parking places; none counts while it is the only home."""
    rooms = owned(evidence, "nonresidential")
    only_home = len(rooms) == 1 and rooms[0].label == "唯一住所" and not owned(evidence, "dwelling")
    return 0 if only_home else len(rooms)


def companies(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-05: companies with capital in which a member invests or is legal representative."""
    return len(owned(evidence, "company"))


def machines(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-07: combines, excavators, large tractors."""
    return len(owned(evidence, "machine"))


def recent_purchases(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-08: dwellings bought, or decorated to a high standard (``new_house``), within 24 months."""
    months, today = parameters["prop.purchase_months"], evidence.as_of
    bought = [home.bought_on for home in owned(evidence, "dwelling") if home.bought_on]
    lately = sum(day <= today < add_months(day, months) for day in bought)
    return lately + len(owned(evidence, "new_house"))


def transferred_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """PR-09: what was given away without reason within twelve months, fen."""
    return sum(asset.value_fen for asset in owned(evidence, "transfer"))


def transfer_limit_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """PR-09: 24 × monthly standard, fen."""
    standard = parameters["dibao.standard"]
    return None if standard is None else int(sums.cash_limit(standard, parameters["prop.transfer_months"], 1))


# —— people


def counted_members(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """HH-20: N."""
    return len(evidence.counted)


def unsigned_adults(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """DB-01 (d): counted members without authorisation."""
    return sum(not member.authorised for member in evidence.counted)


CHILD_ALLOWANCES = ("ORPHAN", "UNCARED_CHILD")


def on_other_aid(evidence: Evidence, parameters: ParameterSet, regime: str) -> int:
    """DB-01 (e): counted members already on dibao or tekun; an orphan's allowance is neither (AID-01)."""
    return sum(
        bool(member.other_aid) and member.other_aid not in CHILD_ALLOWANCES for member in evidence.counted
    )


def local_members(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """DB-01 (a), HH-21: counted members registered here; one is enough. Not known while it hangs on an unknown one."""
    known = [member.local_hukou for member in evidence.counted]
    local = sum(each is True for each in known)
    return None if not local and (None in known or not known) else local


def refuses(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool:
    """DB-01 (d): the family refuses authorisation or investigation."""
    return not evidence.co_operates


FACTS = {
    function.__name__: function
    for function in (
        counted_members,
        per_capita_fen,
        edge_line_fen,
        cash_fen,
        banks_say_over,
        cash_limit_fen,
        cars,
        dwellings,
        nonresidential,
        companies,
        machines,
        recent_purchases,
        transferred_fen,
        transfer_limit_fen,
        unsigned_adults,
        on_other_aid,
        local_members,
        refuses,
    )
}
