"""Windows of the family count from the day it has the paper in hand: to object, to complete, to apply (D7, D14, D11).

A paper nobody handed over takes no right away: its window does not run out (CLK-OBJW starts with W07 received).
"""

from __future__ import annotations

from datetime import date, timedelta

from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.documents.models import Document, Service
from jiuzhu.parameters import queries as parameters

OPENED_BY = {"CLK-OBJW": "W07", "CLK-CORR": "W14"}
ON_THE_WAY = ("W06", "W07", "W13", "W14")  # papers that lead on to a decision
# A clock ends when every paper it promised (some aid has no certificate) is in the family's hands.
ENDED_BY = {"CLK-RN": ("W22",), "CLK-CARD": ("W23", "W24")}


def received_on(case: Case, code: str) -> date | None:
    """The day the latest paper of this kind came into the family's hands."""
    paper = Document.objects.filter(case_id=case.id, code=code).exclude(state=Document.VOID)
    latest = paper.order_by("-id").values("id")[:1]
    return Service.objects.filter(document_id__in=latest).values_list("served_on", flat=True).first()


def ran_out(case: Case, on: date) -> bool:
    """Whether the last day of the window that runs is over, and the family had its paper."""
    running = case.clocks.filter(clock__in=OPENED_BY, ended_at__isnull=True, due_on__lt=on)
    return any(received_on(case, OPENED_BY[each.clock]) for each in running)


def apply_until(case: Case) -> date:
    """The last day to apply (D5); never near while the family does not have W06 in hand."""
    return last_day_to_apply(case, received_on(case, "W06") or clock.today())


def last_day_to_apply(case: Case, told_on: date) -> date:
    values = parameters.plain_values(case.county, on=clock.today(), regime=case.regime)
    return told_on + timedelta(days=int(values["apply_window_days"]))
