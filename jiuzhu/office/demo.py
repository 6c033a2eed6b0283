"""Trying the platform as somebody else with one click. Demo only: without settings.DEMO the address does not exist."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.models import Post
from jiuzhu.accounts.roles import role_name
from jiuzhu.core.refusal import Refusal
from jiuzhu.ui import asker

_BACKEND = "jiuzhu.accounts.backend.StaffBackend"
_VILLAGE = "VILLAGE_ASSIST"


def posts() -> list[Post]:
    """Demo posts by organ, the city first."""
    found = Post.objects.filter(staff__is_demo=True, staff__is_active=True).select_related("staff", "organ")
    return list(found.order_by("organ__code", "id"))


def roles(request: HttpRequest) -> HttpResponse:
    """GET shows every post as a button; POST signs in as its holder, named by user name or post number."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        return _switch(request, request.POST.get("post", ""))
    grouped = [
        {
            "organ": organ,
            "posts": [
                {"username": each.staff.username, "name": each.staff.name, "role": role_name(each.role)}
                for each in held
                if each.role != _VILLAGE
            ]
            + [
                {"username": each.staff.username, "name": each.staff.name, "role": role_name(each.role)}
                for each in held
                if each.role == _VILLAGE
            ][:1],
        }
        for organ, held in ((organ, list(held)) for organ, held in groupby(posts(), key=_organ))
    ]
    return render(
        request, "office/demo.html", {"page_title": "演示：选择身份", "groups": grouped, "back_url": "/"}
    )


def _organ(post: Post) -> str:
    return post.organ.organ_name


def _switch(request: HttpRequest, chosen: str) -> HttpResponse:
    found = Post.objects.filter(staff__is_demo=True, staff__is_active=True).select_related("staff")
    post = found.filter(staff__username=chosen).first()
    if post is None and chosen.isdigit():
        post = found.filter(pk=int(chosen)).first()
    if post is None:
        raise Refusal("E_NOT_FOUND", what="演示岗位")
    login(request, post.staff, backend=_BACKEND)
    asker.use_post(request, post)
    return redirect(reverse("village:home") if post.role == _VILLAGE else reverse("office:today"))


def switch_slot(request: HttpRequest) -> dict[str, Any]:
    """What the frame's head offers: colleagues of the same organ and the organs above."""
    actor = request.asker
    if actor is None or not actor.is_staff:
        return {}
    near = [
        each
        for each in posts()
        if each.organ_id == actor.organ_id or each.organ.code in (actor.organ_code[:6], "371500")
    ]
    return {
        "url": reverse("demo-roles"),
        "current": str(actor.post_id),
        "choices": [
            (str(each.id), f"{each.organ.name} {role_name(each.role)} {each.staff.name}") for each in near
        ],
    }
