"""Facts of a sudden hardship (TA-02, TA-10). ``None`` = not known yet; no household income is asked for (E6)."""

from __future__ import annotations

from jiuzhu.aid_types.ta_emergency import amount
from jiuzhu.policy import hardship
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.parameters import ParameterSet

CAUSES = ("01", "02", "03", "04", "05", "06", "07", "08")
SEVERITIES = ("LIGHT", "MEDIUM", "HEAVY", "EXTREME")


def sudden(evidence: Evidence, parameters: ParameterSet, regime: str) -> bool | None:
    """TA-01, TA-02: fire, accident, sudden illness or other hardship that needs help at once."""
    if evidence.hardship is None or not evidence.hardship.cause:
        return None
    return evidence.hardship.cause in CAUSES


def months(evidence: Evidence, parameters: ParameterSet) -> int | None:
    """TA-10: months of the standard by how heavy the hardship is."""
    severity = evidence.hardship.severity if evidence.hardship else ""
    if severity not in SEVERITIES:
        return None
    return int(parameters["ta.months_by_severity"][SEVERITIES.index(severity)])


def table_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """TA-10: what the table gives, fen."""
    standard, factor = parameters["dibao.standard"], months(evidence, parameters)
    persons = evidence.hardship.persons if evidence.hardship else 0
    if standard is None or factor is None or persons < 1:
        return None
    return int(amount.by_severity(standard, persons, factor))


def settled_fen(evidence: Evidence, parameters: ParameterSet, regime: str) -> int | None:
    """The table's sum, or more where a county meeting settled an extreme case with a record (一事一议)."""
    table = table_fen(evidence, parameters, regime)
    told = evidence.hardship
    if table is None or told is None or told.severity != "EXTREME" or not told.meeting_no:
        return table
    return int(amount.settled(table, told.meeting_fen))


FACTS = {"sudden": sudden, "settled_fen": settled_fen, **hardship.FACTS}
