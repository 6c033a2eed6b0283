"""Who asks. Every read and every act takes an actor first; the fence turns it into what the database shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import connection

STAFF, CITIZEN, SYSTEM = "STAFF", "CITIZEN", "SYSTEM"


@dataclass(frozen=True)
class Actor:
    """One person in one post (or a citizen, or the platform itself) at one moment.

    towns       ids of the town organisations in the actor's area
    villages    12-digit codes; empty = all villages of those towns
    level       L0..L3 of VER-30
    """

    kind: str
    id: int | None
    name: str
    role: str = ""
    post_id: int | None = None
    organ: str = ""
    organ_id: int | None = None
    organ_code: str = ""
    organ_kind: str = ""
    towns: tuple[int, ...] = ()
    villages: tuple[str, ...] = ()
    level: int = 0
    person_id: int | None = None
    household_id: int | None = None
    client: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind == STAFF

    @property
    def is_citizen(self) -> bool:
        return self.kind == CITIZEN

    def at(self, client: str) -> Actor:
        return replace(self, client=client)


PLATFORM = Actor(kind=SYSTEM, id=None, name="系统", role="SYSTEM", level=3)


def _settings(actor: Actor) -> dict[str, str]:
    return {
        "jiuzhu.system": "on" if actor.kind == SYSTEM else "",
        "jiuzhu.towns": "{" + ",".join(map(str, actor.towns)) + "}",
        "jiuzhu.villages": "{" + ",".join(actor.villages) + "}",
        "jiuzhu.household": str(actor.household_id or ""),
        "jiuzhu.level": str(actor.level),
    }


_NOBODY = dict.fromkeys(
    ("jiuzhu.system", "jiuzhu.towns", "jiuzhu.villages", "jiuzhu.household", "jiuzhu.level"), ""
)


def _apply(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s, %s, false)"] * len(values)),
            [part for pair in values.items() for part in pair],
        )


# the fence that stands, so that leaving an inner one need not ask the database what stood before
_standing: ContextVar[dict[str, str]] = ContextVar("fence", default=_NOBODY)


@contextmanager
def fence(actor: Actor) -> Iterator[Actor]:
    """Let the database show this actor's area and nothing else; restores the outer fence on leaving."""
    outer, inner = _standing.get(), _settings(actor)
    if inner == outer:
        yield actor
        return
    _apply(inner)
    _standing.set(inner)
    try:
        yield actor
    finally:
        _standing.set(outer)
        if not connection.needs_rollback:  # else the rollback brings the outer one back
            _apply(outer)


def drop_fence() -> None:
    """Nobody asks any more (end of a request): every personal table looks empty."""
    _apply(_NOBODY)
    _standing.set(_NOBODY)
