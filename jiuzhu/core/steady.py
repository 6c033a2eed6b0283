"""What does not change while one thing is being done: the organisation tree, delegations, published values, names.

Inside ``with steady():`` a function marked ``@remembered`` answers the same question once. Requests, jobs and acts
open it; an act that changes such a register calls :func:`forget`. Outside, every question is asked anew. Who is given
a remembered object must not change it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Remember from here on; inside another ``steady`` this one adds nothing."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def forget() -> None:
    """Something remembered may have changed."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()


def remembered(ask: Callable[P, T]) -> Callable[P, T]:
    """Answer once per distinct arguments (hashable) while steady."""

    @functools.wraps(ask)
    def answer(*args: P.args, **named: P.kwargs) -> T:
        kept = _kept.get()
        if kept is None:
            return ask(*args, **named)
        key = (ask, args, tuple(sorted(named.items())))
        if key not in kept:
            kept[key] = ask(*args, **named)
        found: T = kept[key]
        return found

    return answer
