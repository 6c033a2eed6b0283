"""Helpers with which one fact is written once for a household and for a column of a million."""

from __future__ import annotations

from typing import Any


def choose(test: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``test`` holds, else ``no``; both are computed, so neither may fail where it is not wanted."""
    if isinstance(test, bool):
        return yes if test else no
    import numpy

    return numpy.where(test, yes, no)


def at_least(value: Any, floor: Any) -> Any:
    return choose(value > floor, value, floor)


def at_most(value: Any, ceiling: Any) -> Any:
    return choose(value < ceiling, value, ceiling)
