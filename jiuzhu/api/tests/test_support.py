"""A supported person through the interface: obligor, rating, choice; pictures travel as base64."""

from __future__ import annotations

import base64
from typing import Any

from jiuzhu.accounts import tokens
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.api.tests.test_interface import _call
from jiuzhu.infra.walk import drawn_picture
from tests.families import City
from tests.supported import old_man

DRAWN = base64.b64encode(drawn_picture("signature").content).decode()


def _token(username: str) -> str:
    with fence(PLATFORM):
        post = Post.objects.get(staff__username=username)
        return tokens.issue(PLATFORM, post, label="test", days=30)


def test_rating_and_choice_by_the_interface(city: City) -> None:
    family = old_man(city, unable=()).until("TOWN_APPROVAL")
    with family.at():
        token = _token("clerk-371502101")
        body: dict[str, Any] = {
            "items": dict.fromkeys(("eat", "dress", "bed", "toilet", "walk", "bathe"), True),
            "assessor": "孙医生",
            "second_assessor": "李护士",
            "witness": "邻居老周",
            "signatures": [DRAWN, DRAWN],
        }
        unsigned = _call(token, "POST", f"/cases/{family.uid}/acts/rate-self-care", body)
        assert (unsigned.status_code, unsigned.json()["code"]) == (422, "E_SEAL")
        rated = _call(
            token, "POST", f"/cases/{family.uid}/acts/rate-self-care", body | {"signatures": [DRAWN] * 3}
        )
        assert rated.status_code == 200, rated.json()
    family.to_the_end()
    with family.at():
        token = _token("clerk-371502101")
        chosen = _call(
            token,
            "POST",
            f"/cases/{family.uid}/acts/choose-support",
            {"mode": "SCATTERED", "signature": DRAWN},
        )

    assert chosen.status_code == 200, chosen.json()
    with fence(PLATFORM):
        assert family.case.ratings.get().level == "SELF"
        assert family.case.entitlement.support_spans.get().mode == "SCATTERED"
