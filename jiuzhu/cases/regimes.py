"""Which body of rules a case of today pins, and what aid there is under it (0.3, 2.0)."""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import county_of
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.core import clock
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.regimes import regime_on


def regime_today(county: Organisation, on: date) -> str:
    """The regime a case accepted on this day pins, as the city has set it (``regime_policy``: SEED or BY_DATE)."""
    policy = parameters.plain_values(county, on=on, regime="P2019")["regime_policy"]
    return regime_on(on, str(policy))


def aids_on_offer(town: Organisation) -> tuple[AidType, ...]:
    """The aid types a family of this town may ask for today."""
    today = clock.today()
    return registry.offered(regime_today(county_of(town, today), today))
