"""From which month a benefit is paid (AMT-06)."""

from __future__ import annotations

from datetime import date

from jiuzhu.core.calendar import next_month
from jiuzhu.policy.parameters import ParameterSet


def first_month(*, granted_on: date, approved_on: date, parameters: ParameterSet) -> date:
    """First day of the month after the effective decision: the grant (default) or the approval, as published.

    民发〔2021〕57号第二十一条, 民发〔2012〕220号第二十九条: granted 2019-10-31 → 2019-11, granted 2019-11-01 → 2019-12.
    """
    return next_month(granted_on if parameters["first_month_basis"] == "GRANTED" else approved_on)
