"""What a department said about one person, in our words, with the day it was true.

Connectors turn answers into observations; verification compares them with what the family
declared and with the limits in force. Nothing here decides anything (VER-01 只核对、不认定).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Observation:
    """One thing a source knows of one person.

    kind        register | death | marriage | vehicle | dwelling | nonresidential | contribution |
                pension | company | individual_business | deposit_balance | deposit_flag | disability | custody
    subject     the normalised 18-character ID number it is about
    source      connector code (HJ SW HY CL BDC SB GS CK SF …)
    as_of       the day the source says it was true
    attributes  plain values in our words; money in fen with a name ending in ``_fen``,
                dates as ``date``, shares as per-mille integers ``share_permille``
    """

    kind: str
    subject: str
    source: str
    as_of: date
    attributes: Mapping[str, Any]
