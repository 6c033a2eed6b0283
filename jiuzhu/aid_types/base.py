"""What an aid type is: one folder that knows its law, its moves and nothing of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.workflow.table import MoveTable


@dataclass(frozen=True)
class AidType:
    """``exclusive_group``: a person is in one open case and one entitlement of a group at a time (AID-01).

    ``mandatory_sources`` are the sources without which a report is only PARTIAL (VER-10).
    ``review_class`` gives A, B or C, how often the family is looked at again (5.2).
    """

    code: str
    name: str
    short_name: str
    case_prefix: str
    exclusive_group: str
    moves: MoveTable
    assess: Callable[[Evidence, ParameterSet, str], Outcome]
    sources: tuple[str, ...]
    mandatory_sources: tuple[str, ...]
    hardship_causes: Mapping[str, str]
    review_class: Callable[[Evidence], str]
