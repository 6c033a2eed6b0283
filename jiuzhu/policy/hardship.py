"""What both kinds of temporary aid ask: is the same cause asked for again too soon (TA-04)? ``None`` = not known."""

from __future__ import annotations

from jiuzhu.core.calendar import add_months
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.parameters import ParameterSet


def repeated(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """TA-04, AS-38: aid for the same cause within the last months, and no good reason for more."""
    hardship = evidence.hardship
    if hardship is None:
        return None
    if hardship.helped_on is None or hardship.good_reason:
        return False
    return evidence.as_of <= add_months(hardship.helped_on, parameters["ta.repeat_months"])


FACTS = {"repeated": repeated}
