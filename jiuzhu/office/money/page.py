"""What every money screen shares: who may come in, and marks in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import staff_only
from jiuzhu.payments import table


def money_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Staff whose role reads the money (E_AUTH otherwise)."""

    @staff_only
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not has_power(request.asker.role, "payroll.read"):
            raise Refusal("E_AUTH", role=role_name(request.asker.role), act="查看资金发放", why="")
        return view(request, *arguments, **named)

    return guarded


def tag(words: str, colour: str) -> SafeString:
    """A state tag as a table cell."""
    return format_html('<span class="gov-tag gov-tag-{}">{}</span>', colour, words)


def tags(pairs: list[tuple[str, str]]) -> SafeString:
    return format_html_join(" ", '<span class="gov-tag gov-tag-{1}">{0}</span>', pairs)


def state_tag(state: str) -> SafeString:
    """A run's state."""
    return tag(table.STATES[state], table.COLOURS.get(state, "blue"))
