"""Choosing a post, and what a locked-out person is told."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.accounts import queries
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal

POST_KEY = "post_id"


@login_required
def posts(request: HttpRequest) -> HttpResponse:
    """One person, several posts: one is used at a time (ORG-14)."""
    own = queries.posts_of(request.user, clock.today())
    if request.method == "POST":
        chosen = next((each for each in own if str(each.id) == request.POST.get("post")), None)
        if chosen is None:
            raise Refusal("E_NOT_FOUND", what="岗位")
        request.session[POST_KEY] = chosen.id
        return redirect("/office/")
    current = request.session.get(POST_KEY) or (own[0].id if own else None)
    return render(
        request, "accounts/posts.html", {"page_title": "选择岗位", "posts": own, "current": current}
    )


def locked_out(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
    """Five wrong passwords: half an hour of waiting (axes)."""
    refusal = Refusal("E_LOCKED", times=5, minutes=30)
    return render(request, "ui/refused.html", {"refusal": refusal, "back": "/accounts/login/"}, status=429)


def nowhere(request: HttpRequest) -> HttpResponse:
    """Sign-up, mail and forgotten-password pages of the sign-in library: the administrator does that."""
    raise Http404
