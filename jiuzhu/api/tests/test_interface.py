"""Tokens, refusals, paging and versions: the interface says the same as the screens."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from jiuzhu.accounts import tokens
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import ApiToken, Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.models import Case, Step

PEOPLE = [
    {"name": "张建明", "id_no": "37159919500315001X", "relation": "0"},
    {"name": "李秀兰", "id_no": "371599198206071024", "relation": "2"},
]


def _call(token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return Client().generic(
        method,
        f"/api/v1{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def _register(token: str, people: Any = PEOPLE, **headers: str) -> Any:
    village = villages_of(Organisation.objects.get(code="371522102"))[0].code
    body = {"town_code": "371522102", "village_code": village, "area_type": "RURAL", "people": people}
    return _call(token, "POST", "/cases", body, **headers)


def test_no_token_an_unknown_and_a_revoked_one_open_nothing(token_of: Callable[[str], str]) -> None:
    token = token_of("clerk-371522102")
    assert _call(token, "GET", "/me").json()["role"] == "TOWN_CLERK"
    with fence(PLATFORM):
        tokens.revoke(PLATFORM, ApiToken.objects.get().id)

    for answer in (
        Client().get("/api/v1/cases"),
        _call("jz_made_up", "GET", "/cases"),
        _call(token, "GET", "/me"),
    ):
        assert answer.status_code == 401
        assert answer.json()["code"] == "E_TOKEN"
        assert answer["Content-Type"] == "application/problem+json"


def test_a_token_ends_on_its_day(token_of: Callable[..., str], on: Any) -> None:
    token = token_of("clerk-371522102", days=1)
    on(date(2019, 9, 4))

    assert _call(token, "GET", "/me").status_code == 401


def test_a_signed_in_session_without_a_token_opens_nothing(token_of: Callable[[str], str]) -> None:
    from jiuzhu.accounts.models import Staff

    token_of("clerk-371522102")
    client = Client()
    client.force_login(
        Staff.objects.get(username="clerk-371522102"),
        backend="jiuzhu.accounts.backend.StaffBackend",
    )

    assert client.get("/api/v1/cases").status_code == 401


def test_a_wrong_number_is_the_same_refusal_as_on_the_screen(token_of: Callable[[str], str]) -> None:
    wrong = [{**PEOPLE[0], "id_no": "371599198206071023"}]

    answer = _register(token_of("clerk-371522102"), wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, "E_ID")
    assert "身份号码" in answer.json()["title"]
    with fence(PLATFORM):
        assert Case.objects.count() == 0


def test_the_same_key_registers_once(token_of: Callable[[str], str]) -> None:
    token, key = token_of("clerk-371522102"), str(uuid.uuid4())
    first = _register(token, **{"Idempotency-Key": key})
    again = _register(token, **{"Idempotency-Key": key})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["uid"] == first.json()["uid"]
    with fence(PLATFORM):
        assert Case.objects.count() == 1


def test_a_stale_version_changes_nothing(token_of: Callable[[str], str]) -> None:
    token = token_of("clerk-371522102")
    uid = _register(token).json()["uid"]
    with fence(PLATFORM):
        before = Step.objects.count()

    answer = _call(token, "POST", f"/cases/{uid}/acts/withdraw", {"reason": "不办了"}, **{"If-Match": '"99"'})

    assert (answer.status_code, answer.json()["code"]) == (409, "E_STALE")
    with fence(PLATFORM):
        assert Step.objects.count() == before


def test_what_was_decided_waits_for_service_and_is_served_at_once(token_of: Callable[[str], str]) -> None:
    """Without ``paper`` every waiting paper is handed over; a second time there is none."""
    token = token_of("clerk-371522102")
    uid = _register(token).json()["uid"]
    _call(token, "POST", f"/cases/{uid}/acts/withdraw", {"reason": "不办了"})
    (listed,) = _call(token, "GET", "/cases?unserved=true").json()["items"]
    assert (listed["uid"], listed["unserved"], listed["open"]) == (uid, True, False)
    assert [each["uid"] for each in _call(token, "GET", "/today").json()] == [uid]

    answer = _call(token, "POST", f"/cases/{uid}/acts/serve-paper", {"mode": "AGENT", "receiver": "其子"})
    assert answer.status_code == 200, answer.content
    assert _call(token, "GET", "/today").json() == []
    again = _call(token, "POST", f"/cases/{uid}/acts/serve-paper", {"mode": "AGENT", "receiver": "其子"})
    assert (again.status_code, again.json()["code"]) == (409, "E_STATE")


def test_a_foreign_case_does_not_exist(token_of: Callable[[str], str]) -> None:
    uid = _register(token_of("clerk-371522102")).json()["uid"]
    stranger = token_of("clerk-371581101")

    assert _call(stranger, "GET", f"/cases/{uid}").json()["code"] == "E_NOT_FOUND"
    assert _call(stranger, "GET", "/cases").json()["items"] == []
    assert _call(stranger, "POST", f"/cases/{uid}/acts/withdraw", {"reason": "不办了"}).status_code == 404


def test_pages_follow_one_another_without_gap(token_of: Callable[[str], str]) -> None:
    from departments import world

    token = token_of("clerk-371522102")
    for number in range(5):
        head = world.family(57, number)["people"][0]
        _register(token, [{"name": head["name"], "id_no": head["id_no"], "relation": "0"}])

    seen, after = [], ""
    while True:
        page = _call(token, "GET", f"/cases?limit=2&after={after}").json()
        seen += [each["case_no"] for each in page["items"]]
        if not page["next"]:
            break
        after = page["next"]

    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "body", [{}, {"people": []}, {"town_code": "x"}, [], "text", {"people": [{"name": 5}]}]
)
def test_a_malformed_body_is_a_plain_problem(token_of: Callable[[str], str], body: Any) -> None:
    answer = _call(token_of("clerk-371522102"), "POST", "/cases", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "E_INPUT")


def test_the_description_is_openapi_3_1_and_names_every_act() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    from jiuzhu.api.acts import ACTS

    assert schema["openapi"].startswith("3.1")
    assert {f"/api/v1/cases/{{uid}}/acts/{row.name}" for row in ACTS} <= set(schema["paths"])


def test_a_token_cannot_live_longer_than_a_year(token_of: Callable[..., str]) -> None:
    from jiuzhu.core.refusal import Refusal

    with pytest.raises(Refusal, match="E_INPUT"):
        token_of("clerk-371522102", days=int(timedelta(days=400).days))


def test_acts_about_supported_people_are_in_the_description_too() -> None:
    from jiuzhu.api.support import ACTS

    schema = Client().get("/api/v1/openapi.json").json()

    assert {f"/api/v1/cases/{{uid}}/acts/{row.name}" for row in ACTS} <= set(schema["paths"])


def test_as_57_who_is_due_home_is_listed_with_what_is_owed_to_him(
    token_of: Callable[[str], str], on: Callable[..., None]
) -> None:
    clerk, far = token_of("clerk-371522102"), token_of("clerk-371502101")
    away = {
        "name": "王小军",
        "id_no": "37159919800101005X",
        "relation": "2",
        "exclude_code": "PRISON",
        "exclude_until": "2019-09-05",
    }
    made = _register(clerk, [*PEOPLE, away]).json()
    on(date(2019, 9, 5))
    assert _call(clerk, "GET", "/homecomings").json() == []

    on(date(2019, 9, 6))
    (due,) = _call(clerk, "GET", "/homecomings").json()
    assert (due["case_uid"], due["name"], due["due_on"]) == (made["uid"], "王小军", "2019-09-05")
    assert (due["to_sign"], due["to_ask"]) == (True, True)
    assert _call(far, "GET", "/homecomings").json() == []
    later = {"person_uid": due["person_uid"], "until": "2019-12-31"}
    assert _call(clerk, "POST", f"/cases/{made['uid']}/acts/keep-away", later).status_code == 200
    assert _call(clerk, "GET", "/homecomings").json() == []
