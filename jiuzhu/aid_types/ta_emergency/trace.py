"""The sum of emergency aid in words with its numbers."""

from __future__ import annotations

from jiuzhu.aid_types.ta_emergency import facts
from jiuzhu.core.codes import name_of
from jiuzhu.core.money import yuan
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Line
from jiuzhu.policy.parameters import ParameterSet

ARTICLE = "民发〔2018〕23号二（三）"


def lines(evidence: Evidence, parameters: ParameterSet, regime: str) -> list[Line]:
    """TA-10: standard × persons × months, then what a meeting settled beyond it."""
    told, table = evidence.hardship, facts.table_fen(evidence, parameters, regime)
    if told is None or table is None:
        return []
    standard, months = parameters["dibao.standard"], facts.months(evidence, parameters)
    words = f"低保标准{yuan(standard)}元 × {told.persons}人 × {months}个月（{name_of('severity', told.severity)}）"
    found = [Line("急难救助金", words, table, "TA-10", ARTICLE)]
    settled = facts.settled_fen(evidence, parameters, regime) or table
    if settled > table:
        words = f"县级会议纪要{told.meeting_no}一事一议，定为{yuan(settled)}元"
        found.append(Line("一事一议增加", words, settled - table, "TA-10", ARTICLE))
    return found
