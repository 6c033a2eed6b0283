"""Code tables: store the code, show the text."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml


@functools.cache
def schemes() -> dict[str, dict[str, Any]]:
    """All tables: ``{scheme: {"source": …, "codes": {code: name}}}``."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "data" / "codes.yaml").read_text(encoding="utf-8")
    )
    return loaded


def choices(scheme: str) -> dict[str, str]:
    return dict(schemes()[scheme]["codes"])


def name_of(scheme: str, code: str | None) -> str:
    """The text of a code; an unknown code shows itself, an empty one nothing."""
    return str(schemes()[scheme]["codes"].get(code, code or ""))
