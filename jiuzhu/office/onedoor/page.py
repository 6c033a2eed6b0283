"""What the screens of the one door share: remembered filters, moves as forms on the page, words for a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

TONES = {"RED": "red", "ORANGE": "orange"}


def remembered(request: HttpRequest, key: str, names: tuple[str, ...], url: str) -> str | None:
    """The address to go to when filters were kept from before; None when the request says itself what it wants."""
    if not any(name in request.GET for name in (*names, "after", "reset")):
        kept = request.session.get(key, "")
        if kept:
            return f"{reverse(url)}?{kept}"
    parts = request.GET.urlencode().split("&")
    request.session[key] = "&".join(part for part in parts if part.split("=")[0] in names)
    return None


def place_tag(place: Any) -> SafeString:
    """A state of the one door as a coloured tag."""
    return render_to_string("ui/parts/state_tag.html", {"word": place.name, "colour": place.colour})


@dataclass
class MoveForm:
    """One move with its form; ``open`` the one to begin with or the one that was refused."""

    key: str
    title: str
    form: forms.Form
    url: str
    open: bool = False
    note: str = ""
    signature: bool = False
    photo: str = ""
    danger: bool = False


def trace(steps: list[Any], states: dict[str, Any]) -> list[dict[str, Any]]:
    """Steps as ``trace_timeline`` draws them, in our own states' words."""
    return [
        {
            "title": each.title,
            "at": each.at,
            "actor_name": each.actor_name,
            "role": each.role,
            "organ": each.organ,
            "reason": " → ".join(states[code].name for code in (each.from_state, each.to_state) if code)
            + ("（超期）" if each.facts.get("late") else ""),
        }
        for each in steps
    ]


def flag(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def text(label: str, *, rows: int = 2, required: bool = True, limit: int = 600) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


def form_of(**fields: forms.Field) -> type[forms.Form]:
    """A small form class from its fields."""
    return type("MoveFields", (forms.Form,), dict(fields))


Build = Callable[[Any, dict[str, Any]], type[forms.Form]]
