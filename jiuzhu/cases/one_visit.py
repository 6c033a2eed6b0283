"""最多跑一次: how often the family had to come to the window (WF-05). Days are counted, not errands.

Written where the family does something before staff: the first word, a signature, the form, a material, a paper
fetched. At home, through the village's assistant or on a phone nobody had to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiuzhu.accounts.actor import Actor
from jiuzhu.cases.models import Case, WindowVisit
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal

WINDOW = "WINDOW"
PLACES = {WINDOW: "到窗口", "HOME": "上门办理", "AGENT": "村（居）代办"}
TARGET = 1


@dataclass(frozen=True)
class Coming:
    """One day the family came, and what was done on it."""

    on: date
    errands: tuple[str, ...]


def note(actor: Actor, case: Case, errand: str, *, place: str) -> None:
    """Keep that the family is at the window for ``errand``; elsewhere nothing is kept. Raises E_INPUT (unknown place).

    ``place`` empty: nobody said that the family came (a phone, another system).
    """
    if place and place not in PLACES:
        raise Refusal("E_INPUT", field="办理地点", problem="请从选项中选择")
    if place == WINDOW and actor.is_staff and not actor.villages:
        now = clock.now()
        WindowVisit.objects.create(case=case, on=now.date(), at=now, errand=errand[:40], by_id=actor.id)


def of(case: Case) -> list[Coming]:
    """The days the family came to the window, in order."""
    days: dict[date, list[str]] = {}
    for on, errand in WindowVisit.objects.filter(case=case).order_by("id").values_list("on", "errand"):
        days.setdefault(on, []).append(errand)
    return [Coming(on, tuple(dict.fromkeys(errands))) for on, errands in sorted(days.items())]


def another(case: Case) -> bool:
    """Would coming today be one time more than the target?"""
    days = {each.on for each in of(case)}
    return len(days | {clock.today()}) > TARGET
