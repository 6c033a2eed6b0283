"""What the screens of the one door share: remembered filters, moves as forms on the page, words for a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed

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


def page_asked(request: HttpRequest) -> tuple[int | None, int]:
    """After which row, and how many."""
    after, size = request.GET.get("after", ""), request.GET.get("size", "")
    limit = int(size) if size in ("10", "20", "50", "100") else 20
    return (int(after) if after.isdigit() and len(after) < 18 else None), limit


def make_move(
    request: HttpRequest,
    *,
    here: str,
    form: Callable[[], type[forms.Form]],
    run: Callable[..., None],
    again: Callable[[Refusal], HttpResponse],
) -> HttpResponse:
    """One move of a lead or a referral: shape, act, back to its page; a refusal stands beside the form."""
    try:
        sent = form()(request.POST)
        if not sent.is_valid():
            name, errors = next(iter(sent.errors.items()))
            raise Refusal("E_INPUT", field=sent.fields[name].label, problem="、".join(errors).rstrip("。"))
        run(dict(sent.cleaned_data), seen=handed.version(request), once=handed.token(request))
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, here)
        if refusal.code == "E_NOT_FOUND" and refusal.params.get("what") != "案件":
            raise
        return again(refusal)
    messages.success(request, "已办理。")
    return redirect(here)
