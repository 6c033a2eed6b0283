"""How heavy the hardship is and how many it hits, as the township measures it (TA-10)."""

from __future__ import annotations

from jiuzhu.cases import evidence
from jiuzhu.cases.acts._act import Act
from jiuzhu.cases.models import Assessment
from jiuzhu.core.codes import choices
from jiuzhu.core.refusal import Refusal


def check_measure(severity: str, persons: int) -> None:
    """A grade of the list and a number of people that can be (TA-10)."""
    if severity not in choices("severity"):
        raise Refusal("E_INPUT", field="困难程度", problem="请从列表中选择")
    if not 1 <= persons <= 99:
        raise Refusal("E_INPUT", field="受困人数", problem="应为1到99")


def measure(act: Act) -> Assessment:
    """How heavy the hardship is and how many it hits, kept with the law's answer to it (TA-10)."""
    told = act.case.emergency
    told.severity, told.persons = act.given["severity"], act.given["persons"]
    told.cause = act.given.get("cause") or told.cause
    told.save(update_fields=["severity", "persons", "cause"])
    act.change(causes=[told.cause])
    return assess(act)


def assess(act: Act) -> Assessment:
    """The law's answer to what is known of the emergency now, frozen with it."""
    known = evidence.declared(act.case, act.today)
    frozen = evidence.freeze(act.case, known, kind="DECLARED", by=act.actor.name)
    return evidence.keep_assessment(act.case, frozen, evidence.assess(act.case, known, act.today))
