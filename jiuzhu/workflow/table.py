"""The table of moves: one row says from, event, to, who, guards, clocks, papers (WF-01, WF-02).

Buttons, diagram, permission matrix, audit type, API and the big table test derive from these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

ALL_REGIMES = frozenset({"P2019", "P2021", "P2025"})


@dataclass(frozen=True)
class Move:
    """One row.

    key       rule id (D12); several rows may share it when who or whereto depends on the state
    event     verb of the act
    title     the words on the button
    sources   states it may start from; empty = no case yet
    targets   states it may lead to; the act chooses when there are several
    roles     who may do it (role codes of domain 1.2, APPLICANT, PUBLIC, SYSTEM)
    guards    names of checks on the case's own state (cases/guards.py)
    starts    clocks started, stops = clocks stopped ("*" = all that run); may_start only by some outcomes
    papers    documents that must exist when the move is done; optional_papers may
    """

    key: str
    event: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    roles: frozenset[str]
    guards: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    may_start: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    optional_papers: tuple[str, ...] = ()
    regimes: frozenset[str] = ALL_REGIMES

    @property
    def target(self) -> str:
        """The only target; a developer error when the act has to choose."""
        (only,) = self.targets
        return only


def move(
    key: str,
    event: str,
    title: str,
    sources: str,
    targets: str,
    roles: str,
    *,
    guards: str = "",
    starts: str = "",
    may_start: str = "",
    stops: str = "",
    papers: str = "",
    optional: str = "",
    regimes: Iterable[str] = ALL_REGIMES,
) -> Move:
    """Write a row with blank-separated words."""
    return Move(
        key=key,
        event=event,
        title=title,
        sources=tuple(sources.split()),
        targets=tuple(targets.split()),
        roles=frozenset(roles.split()),
        guards=tuple(guards.split()),
        starts=tuple(starts.split()),
        may_start=tuple(may_start.split()),
        stops=tuple(stops.split()),
        papers=tuple(papers.split()),
        optional_papers=tuple(optional.split()),
        regimes=frozenset(regimes),
    )


def with_clock(rows: Iterable[Move], instead: str, clock: str) -> tuple[Move, ...]:
    """The same rows with another clock: an aid type whose law gives another total limit."""

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(clock if name == instead else name for name in names)

    return tuple(
        replace(row, starts=swap(row.starts), may_start=swap(row.may_start), stops=swap(row.stops))
        for row in rows
    )


class MoveTable:
    """All moves of one aid type."""

    def __init__(self, rows: Iterable[Move]) -> None:
        self.rows = tuple(rows)

    def __iter__(self) -> Iterator[Move]:
        return iter(self.rows)

    def find(self, key: str, state: str, regime: str) -> Move | None:
        """The row with this key that may start from ``state`` ("" = no case) under ``regime``."""
        for row in self.rows:
            if (
                row.key == key
                and regime in row.regimes
                and (state in row.sources or (not state and not row.sources))
            ):
                return row
        return None

    def named(self, key: str) -> tuple[Move, ...]:
        return tuple(row for row in self.rows if row.key == key)

    def from_state(self, state: str, regime: str) -> tuple[Move, ...]:
        """Rows that may start from ``state``: what can happen next."""
        return tuple(row for row in self.rows if state in row.sources and regime in row.regimes)
