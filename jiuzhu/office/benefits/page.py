"""What the screens on benefits share: tags, tokens, the one form of a page that was sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jiuzhu.benefits import queries
from jiuzhu.core.refusal import Refusal
from jiuzhu.policy import changes as law

TONES = {"GREEN": "green", "YELLOW": "yellow", "ORANGE": "orange", "RED": "red"}


def tag(words: str, colour: str) -> SafeString:
    return format_html('<span class="gov-tag gov-tag-{}">{}</span>', colour, words)


def state_tag(entitlement: Any) -> SafeString:
    return tag(*queries.STATE_WORDS[entitlement.state])


def benefit_url(entitlement: Any) -> str:
    return reverse("office:benefit", args=[entitlement.id])


@dataclass(frozen=True)
class Step:
    """Where a change of a benefit is registered; ``form`` when it is the form of one change."""

    words: str
    url: str
    form: bool = True


def step_for(entitlement: Any, kind: str, **known: Any) -> Step | None:
    """The form of a change with what is ``known`` filled in; for a supported person who is gone, the page on which
    support ends; nothing where the benefit does not change that way now.
    """
    if kind == law.ADD and entitlement.case.for_person_id:
        kind = law.INC  # nobody joins one person's own aid
    if kind == law.DEL and entitlement.state in entitlement.RUNNING and queries.is_supported(entitlement):
        return Step("终止供养", reverse("office:support", args=[entitlement.case.uid]), form=False)
    if kind not in {each.code for each in queries.kinds_for(entitlement)}:
        return None
    form = reverse("office:change-new", args=[entitlement.id, kind])
    asked = urlencode({name: value for name, value in known.items() if value})
    return Step(f"登记变更：{law.KINDS[kind].title}", f"{form}?{asked}" if asked else form)


def sign_step(entitlement: Any, person: Any) -> Step | None:
    """Where a member signs who has not: he came of age, joined or came home."""
    consent = queries.consent_of(entitlement)
    if consent is None or person is None or str(person.uid) not in consent.unsigned_refs:
        return None
    return Step("请他（她）签核对授权", reverse("office:signers", args=[entitlement.case.uid]), form=False)


def served_among_papers(entitlement: Any) -> str:
    """Where a paper that no change waits for is handed over."""
    return f"{reverse('office:case', args=[entitlement.case.uid])}?tab=papers"


def token(request: HttpRequest) -> str:
    """The form's own token: kept while the same form is corrected."""
    given = request.POST.get("once", "")
    try:
        return str(uuid.UUID(given)) if given else str(uuid.uuid4())
    except ValueError:
        raise Refusal("E_INPUT", field="表单标识", problem="页面已损坏，请刷新") from None


def seen(request: HttpRequest) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isdigit() else None


def check(form: forms.Form) -> dict[str, Any]:
    """The clean values, or E_INPUT naming the first wrong field."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else "表单"
        raise Refusal("E_INPUT", field=label, problem="、".join(map(str, errors)).rstrip("。"))
    return form.cleaned_data


def bound(form: type[forms.Form], request: HttpRequest, do: str, **named: Any) -> forms.Form:
    """Bound to what was sent when this is the form that was sent."""
    sent = request.method == "POST" and request.POST.get("do") == do
    return form(request.POST if sent else None, auto_id=f"{do}_%s", **named)


def day_field(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **more)


def text_field(label: str, *, required: bool = True, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=1000, widget=widget, **more)
