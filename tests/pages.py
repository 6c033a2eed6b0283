"""A page as tests compare it: on one line, however its template is laid out."""

from __future__ import annotations

import re
from typing import Any


def page_of(response: Any) -> str:
    """The body without the line breaks and indentation of its template; within a tag they become one space."""
    return on_one_line(response.content.decode())


def on_one_line(page: str) -> str:
    joined = re.sub(r">\s*\n\s*|\s*\n\s*(?=<)", lambda found: ">" if found[0].startswith(">") else "", page)
    return re.sub(r"\s+(?=/?>)", "", re.sub(r"\s*\n\s*", " ", joined))
