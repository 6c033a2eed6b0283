"""Who decides this case today: delegation (ORG-04), and for one-off aid the sum the town may decide (TA-20)."""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Case, Decision
from jiuzhu.parameters import queries as parameters


def limit_fen(case: Case, key: str, on: date) -> int:
    """A limit that the pilots of the delegation have higher (TA-11, TA-20)."""
    values = parameters.plain_values(case.county, on=on, regime=case.regime)
    pilot = case.county.code in values["city.pilot_counties"]
    return int(values[f"{key}_pilot" if pilot else key])


def town_limit_fen(case: Case, on: date) -> int | None:
    """The whole sum of a case the town may decide; ``None`` where sums do not matter."""
    key = registry.get(case.aid_type).town_limit
    return limit_fen(case, key, on) if key else None


def delivered_fen(case: Case) -> int:
    """Everything handed over so far, all stages together."""
    return sum(case.deliveries.values_list("amount_fen", flat=True))


def approved_fen(case: Case) -> int:
    """The whole sum decided for the case, by whoever had the authority; nothing before a decision."""
    decision = case.decisions.filter(kind=Decision.APPROVE).order_by("-round").first()
    return decision.amount_fen if decision else 0


def total_fen(case: Case) -> int:
    """What the case amounts to, all stages together: what was handed over, or what the law's answer proposes."""
    assessment = case.assessments.order_by("-id").first()
    return max(delivered_fen(case), assessment.amount_fen if assessment else 0)


def authority_of(case: Case, on: date) -> str:
    """TOWN or COUNTY: the town decides where it is entrusted and the whole sum is within its limit."""
    authority = decide_authority(case.town, case.aid_type, on)
    limit = town_limit_fen(case, on)
    if authority == "COUNTY" or limit is None:
        return authority
    return "TOWN" if total_fen(case) <= limit else "COUNTY"
