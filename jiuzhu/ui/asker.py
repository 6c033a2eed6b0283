"""Who asks in this session: a staff member in one of the posts held, or a citizen on the phone."""

from __future__ import annotations

from django.http import HttpRequest

from jiuzhu.accounts import tokens
from jiuzhu.accounts.actor import CITIZEN, Actor
from jiuzhu.accounts.models import Post
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.core import clock

POST_KEY, CITIZEN_KEY = "post_id", "citizen"
API_PATH = "/api/"


def use_post(request: HttpRequest, post: Post) -> None:
    """Work in this post from now on; the caller has checked that it is the signed-in person's own."""
    request.session[POST_KEY] = post.id


def enter_citizen(
    request: HttpRequest, *, name: str, person_id: int | None = None, household_id: int | None = None
) -> None:
    """A citizen has shown who they are; the session sees that household and nothing else."""
    request.session.cycle_key()
    request.session[CITIZEN_KEY] = {"name": name, "person_id": person_id, "household_id": household_id}


def leave_citizen(request: HttpRequest) -> None:
    request.session.pop(CITIZEN_KEY, None)


def asker_of(request: HttpRequest) -> Actor | None:
    """The actor of a request, or None: a token on the interface; on screens staff first, then a citizen who has shown who they are."""
    client = request.META.get("REMOTE_ADDR", "")
    if request.path.startswith(API_PATH):  # a session's cookie opens no interface
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return tokens.actor_of(token.strip(), client) if scheme.lower() == "bearer" else None
    if request.user.is_authenticated:
        today = clock.today()
        posts = posts_of(request.user, today)
        chosen = request.session.get(POST_KEY)
        post = next((each for each in posts if each.id == chosen), posts[0] if posts else None)
        return actor_for(post, today, client) if post else None
    citizen = request.session.get(CITIZEN_KEY)
    if not citizen:
        return None
    return Actor(kind=CITIZEN, id=None, role="APPLICANT", client=client, **citizen)
