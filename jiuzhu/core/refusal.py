"""An anticipated "no": a stable code, parameters, a Chinese sentence kept beside the package that raises it.

Sentences lie in ``refusals.yaml`` of each package. A code is never reused; it may be marked ``retired``.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

_PACKAGE_ROOT = Path(__file__).resolve().parent.parent


class _Blank(dict[str, Any]):
    """A parameter nobody gave reads as a dash rather than breaking the refusal."""

    def __missing__(self, key: str) -> str:
        return "—"


@functools.cache
def register() -> dict[str, dict[str, Any]]:
    """Every declared refusal by code; a code declared twice is a developer error."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted([*_PACKAGE_ROOT.glob("*/refusals.yaml"), *_PACKAGE_ROOT.glob("*/*/refusals.yaml")]):
        for code, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"refusal {code} is declared twice, again in {path}")
            found[code] = entry
    return found


class Refusal(Exception):
    """``Refusal("E_SOD", who="李明")``: nothing was changed, here is why and what to do next."""

    def __init__(self, code: str, **params: Any) -> None:
        if code not in register():
            raise LookupError(
                f"undeclared refusal {code}: add it to the refusals.yaml of the raising package"
            )
        self.code, self.params = code, params
        super().__init__(f"{code} {self.sentence}")

    @property
    def sentence(self) -> str:
        return str(register()[self.code]["sentence"]).format_map(_Blank(self.params))

    @property
    def next_step(self) -> str:
        return str(register()[self.code].get("next", "")).format_map(_Blank(self.params))

    @property
    def status(self) -> int:
        """HTTP status of the refusal; 409 unless declared."""
        return int(register()[self.code].get("status", 409))
