"""办理指南: every kind of aid of today's rules in the law's own words, its time, what to bring, what to do against it.

Conditions come from the folders of the aid types and times from the published values: a new type or value is in the
guide by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiuzhu.accounts.models import Organisation
from jiuzhu.aid_types import registry, self_check
from jiuzhu.aid_types.base import MONTHLY, ONCE, AidType
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.intake import places
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.outcome import ConditionResult
from jiuzhu.ui.tables import Column, Page, Table
from jiuzhu.workflow.clocks import deadlines, limit_of

_GIVES = {MONTHLY: "按月发到银行卡", ONCE: "一次性救助"}


@dataclass(frozen=True)
class Entry:
    """One kind of aid: what it gives, its conditions with their articles, and the time it takes in words."""

    aid: AidType
    gives: str
    conditions: tuple[ConditionResult, ...]
    time: str


def guide(request: HttpRequest) -> HttpResponse:
    """For everybody, without signing in; a county may have other sums, never other conditions."""
    today, city = clock.today(), Organisation.objects.get(kind=Organisation.CITY)
    regime = regime_today(city, today)
    values = parameters.parameter_set(city, on=today, area_type="URBAN", regime=regime)

    def days(clock_id: str) -> str:
        deadline = deadlines()[clock_id]
        number, _ = limit_of(deadline, regime=regime, parameters=values)
        unit = {"wd": "个工作日", "cal": "天", "publicity": "天", "hours": "小时"}[
            deadline.unit_under(regime)
        ]
        return f"{number}{unit}"

    return render(
        request,
        "portal/guide.html",
        {
            "page_title": "办理指南",
            "back_url": "/",
            "aids": [
                Entry(
                    aid,
                    _GIVES.get(aid.pays) or f"只认定，不发钱，{aid.valid_months(values)}个月有效",
                    self_check.conditions(aid, values, regime, today),
                    f"报告后{days('CLK-TA24')}内先行救助，{days('CLK-TA5')}内补办手续"
                    if aid.urgent
                    else f"受理后{days(aid.total_clock)}内告诉您结果",
                )
                for aid in registry.offered(regime)
            ],
            "standards": _standards(today, regime),
            "times": {
                name: days(clock_id)
                for name, clock_id in (
                    ("start", "CLK-VS"),
                    ("report", "CLK-VR"),
                    ("object", "CLK-OBJW"),
                    ("recheck", "CLK-RC"),
                    ("posted", "CLK-PUB"),
                )
            },
            "apply_days": values["apply_window_days"],
        },
    )


def _standards(on: date, regime: str) -> Table:
    """Today's dibao standards of every county."""

    def standard(county: Organisation, area_type: str) -> Any:
        return parameters.parameter_set(county, on=on, area_type=area_type, regime=regime)["dibao.standard"]

    return Table(
        columns=[
            Column("name", "县（市、区）"),
            Column(lambda county: standard(county, "URBAN"), "城市（元/月）", kind="money"),
            Column(lambda county: standard(county, "RURAL"), "农村（元/月）", kind="money"),
        ],
        page=Page(rows=places.counties(), size=0),
        numbered=False,
        slim=True,
    )
