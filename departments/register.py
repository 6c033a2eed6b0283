"""Who the departments know: the made-up world by ID number, and people planted for a test or demo (kept on disk)."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from departments import world


class Register:
    """Truth by ID number. Families are made on demand; planted people win and survive a restart."""

    def __init__(self, *, seed: int, size: int, folder: Path) -> None:
        self.seed, self.size = seed, size
        self.path = folder / "planted.json"
        self._lock = threading.Lock()
        self._index: dict[str, tuple[int, int]] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.planted: dict[str, dict[str, Any]] = (
            json.loads(self.path.read_text()) if self.path.exists() else {}
        )

    def _numbers(self) -> dict[str, tuple[int, int]]:
        with self._lock:
            if self._index is None:
                self._index = {
                    person["id_no"]: (index, position)
                    for index in range(self.size)
                    for position, person in enumerate(world.family(self.seed, index)["people"])
                }
            return self._index

    def find(self, number: str) -> dict[str, Any] | None:
        """The person with this number (a lower-case x is known too), or ``None`` when no department has heard of him."""
        number = number.upper()
        if number in self.planted:
            return self.planted[number]
        place = self._numbers().get(number)
        if place is None:
            return None
        family = world.family(self.seed, place[0])
        return family["people"][place[1]] | {
            "household": f"{family['index']:07d}",
            "head": family["people"][0]["name"],
        }

    def plant(self, person: dict[str, Any]) -> None:
        """Add or change what departments know of one person."""
        number = str(person["id_no"]).upper()
        known = self.find(number) or {"truth": {}}
        truth = {**_NOTHING, **known.get("truth", {}), **person.get("truth", {})}
        self.planted[number] = {**known, **person, "truth": truth}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.planted, ensure_ascii=False))
        draft.replace(self.path)


_NOTHING: dict[str, Any] = {
    "vehicles": [],
    "real_estate": [],
    "companies": [],
    "contribution": None,
    "pension_yuan": 0,
    "deposit_over": False,
    "died_on": None,
    "marriage": None,
    "held": None,
    "register": "正常",
}
