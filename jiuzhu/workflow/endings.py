"""Which papers an end cannot do without, read from the table of moves itself (WF-02, DOC-08, ARC-03)."""

from __future__ import annotations

import functools
import itertools

from jiuzhu.workflow.table import Move, MoveTable


@functools.cache
def needed(table: MoveTable, ending: str, regime: str) -> tuple[frozenset[str], ...]:
    """Papers that every way through the table to ``ending`` issues; of a set with two, one is enough."""
    rows = [row for row in table if regime in row.regimes]
    codes = sorted({code for row in rows for code in row.papers})
    always = [code for code in codes if not _reached(rows, ending, {code})]
    others = [code for code in codes if code not in always]
    either = [pair for pair in itertools.combinations(others, 2) if not _reached(rows, ending, set(pair))]
    return (*(frozenset({code}) for code in always), *map(frozenset, either))


def _reached(rows: list[Move], ending: str, without: set[str]) -> bool:
    """Whether ``ending`` can be reached by rows that issue none of these papers."""
    usable = [row for row in rows if without.isdisjoint(row.papers)]
    here = {target for row in usable if not row.sources for target in row.targets}
    while True:
        more = {target for row in usable for target in _leads(row, here)} - here
        if not more:
            return ending in here
        here |= more


def _leads(row: Move, here: set[str]) -> set[str]:
    """A row whose sources are among its targets leaves the case where it is, or leads out of all of them."""
    if here.isdisjoint(row.sources):
        return set()
    return set(row.targets) - set(row.sources)
