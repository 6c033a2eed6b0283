"""Whatever happens to a family in whatever order: no month twice, nothing less before the notice, every sum accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.models import Effect
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE, Home, Place
from jiuzhu.benefits.tests.test_changes import decide, examine, report, serve
from jiuzhu.cases.models import EntitlementAmount
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Service
from jiuzhu.infra import invariants
from jiuzhu.payments.models import Due, PayLine

FIRST = date(2020, 1, 1)
_EVENTS = ("income", "income", "leaves", "suspend", "resume", "end", "reinstate", "nothing", "nothing")


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(date(2019, 12, 1)):
        yield homes.place()
        transaction.set_rollback(True)


def one(home: Home, event: str, draw: Any) -> None:
    """One event on a day of the month, served the same day or a month later."""
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "income": (
            "CH-INC",
            {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": draw(st.integers(0, 16)) * 10000}]},
        ),
        "leaves": ("CH-DEL", {"person": home.ref(draw(st.integers(1, 2))), "why": draw(st.sampled_from(["DEATH", "ARMY"]))}),
        "suspend": ("CH-SUS", {"why": "UNTRACEABLE"}),
        "resume": ("CH-RES", {}),
        "end": ("CH-END", {"why": "ST-VOLUNTARY"}),
        "reinstate": ("CH-REIN", {"decision_no": "复议1号"}),
    }  # fmt: skip
    kind, facts = given[event]
    try:
        with transaction.atomic():
            more = {"happened_on": clock.today()} if event == "leaves" else {}
            change = report(home, kind, facts, **more)
            examine(home, change)
            change = decide(home, change)
    except Refusal:
        return
    if change.state == "DECIDED":
        with clock.at(add_months(clock.today(), draw(st.integers(0, 1)))):
            serve(home, change)


def check(home: Home) -> None:
    with fence(PLATFORM):
        lines = list(PayLine.objects.filter(entitlement_id=home.entitlement_id))
        months = [line.pay_month for line in lines]
        assert len(months) == len(set(months))
        dues = sum(due.amount_fen for due in Due.objects.filter(end__line__isnull=False))
        spans = list(EntitlementAmount.objects.filter(entitlement_id=home.entitlement_id))
        for line in lines:
            living = line.base_fen + line.topup_fen
            fitting = [
                span
                for span in spans
                if span.from_month <= line.pay_month and span.base_fen + span.topup_fen == living
            ]
            assert fitting or not living, f"{line.pay_month} paid {living} without a ground"
        assert sum(line.arrears_fen - line.deduction_fen for line in lines) == dues
        for effect in Effect.objects.filter(change__decision__result__in=("DECREASE", "STOP")):
            served = Service.objects.get(document=effect.change.notices.get().document).served_on
            assert served.replace(day=1) <= effect.from_month
        broken = [
            each for each in invariants.INVARIANTS if each.rule in ("AID-01", "PAY-02", "PAY-06", "DYN-11")
        ]
        from django.db import connection

        for each in broken:
            with connection.cursor() as cursor:
                cursor.execute(each.sql)
                assert cursor.fetchall() == [], each.title


@given(data=st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_order_of_events_pays_twice_or_less_than_told(place: Place, data: Any) -> None:
    with transaction.atomic():
        home = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 900)], granted_on=date(2019, 12, 20))
        month = FIRST
        for _ in range(8):
            with clock.at(month.replace(day=3)):
                try:
                    with transaction.atomic():
                        place.pay(month)
                except Refusal:
                    pass
                event = data.draw(st.sampled_from(_EVENTS))
                if event != "nothing":
                    one(home, event, data.draw)
            check(home)
            month = add_months(month, 1)
        transaction.set_rollback(True)
