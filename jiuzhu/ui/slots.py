"""Places in the frame that higher packages fill: the frame never imports portal or office.

``provide("menu", builder)`` in ``AppConfig.ready``; a builder takes the request. Known slots:

menu         list[Section]: the left menu of the office frame
tabs         list[MenuItem]: the four tabs at the foot of the village frame
demo_switch  {"url": …, "choices": [(value, words), …], "current": value}: one-click roles, demo only
unread       int: number beside 消息
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

Builder = Callable[[HttpRequest], Any]
_builders: dict[str, Builder] = {}


@dataclass(frozen=True)
class MenuItem:
    """One line of a menu. ``count`` shows a number; the current one is found by the longest matching address."""

    title: str
    url: str
    icon: str = ""
    count: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Section:
    """First level of the left menu: a title with its lines, or a line of its own when ``url`` is given."""

    title: str
    icon: str = "folder2-open"
    items: tuple[MenuItem, ...] = field(default=())
    url: str = ""


def provide(slot: str, builder: Builder) -> None:
    _builders[slot] = builder


def fill(slot: str, request: HttpRequest, default: Any) -> Any:
    """What the provider of a slot says for this request; the default where nobody provides it."""
    builder = _builders.get(slot)
    return builder(request) if builder else default


def current_url(sections: list[Section], path: str) -> str:
    """The address of the menu line a path belongs to: the longest one it begins with."""
    urls = [item.url for section in sections for item in section.items] + [
        each.url for each in sections if each.url
    ]
    return max((url for url in urls if url and path.startswith(url)), key=len, default="")
