"""区划变动 over the interface: the same right, refusals and keys as on the screen (ORG-01)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from jiuzhu.api.tests.test_onedoor import _call

TOWN, INTO = "371502101", "371522102"
ORDER = {"town": TOWN, "into": INTO, "doc_no": "鲁政字〔2019〕1号"}


def test_a_merger_is_entered_ahead_read_and_withdrawn(token_of: Callable[[str], str]) -> None:
    token = token_of("city")
    key = {"Idempotency-Key": str(uuid.uuid4())}

    seen = _call(token, "GET", f"/mergers/preview?town={TOWN}&into={INTO}").json()
    assert (seen["from_county"], seen["to_county"], seen["families"]) == ("东昌府区", "莘县", 0)
    made = _call(token, "POST", "/mergers", ORDER | {"effective_on": "2019-10-01"}, **key)
    assert (made.status_code, made.json()["state"]) == (201, "AHEAD"), made.content
    again = _call(token, "POST", "/mergers", ORDER | {"effective_on": "2019-10-01"}, **key)
    assert again.json()["code"] == "E_REPEAT"
    assert _call(token, "POST", "/mergers", ORDER).json()["code"] == "E_DUP"
    assert [each["uid"] for each in _call(token, "GET", "/mergers").json()] == [made.json()["uid"]]
    withdrawn = _call(token, "POST", f"/mergers/{made.json()['uid']}/withdraw")
    assert withdrawn.json()["state"] == "WITHDRAWN"
    assert _call(token, "POST", f"/mergers/{made.json()['uid']}/withdraw").status_code == 409
    today = _call(token, "POST", "/mergers", ORDER)
    assert today.json()["state"] == "DONE"


def test_only_the_citys_officer_and_only_sense(token_of: Callable[[str], str]) -> None:
    clerk, token = token_of(f"clerk-{INTO}"), token_of("city")
    for method, path, body in (
        ("GET", "/mergers", None),
        ("GET", f"/mergers/preview?town={TOWN}&into={INTO}", None),
        ("POST", "/mergers", ORDER),
        ("POST", f"/mergers/{uuid.uuid4()}/withdraw", None),
    ):
        assert _call(clerk, method, path, body).json()["code"] == "E_AUTH", path
    assert _call(token, "POST", "/mergers", ORDER | {"into": "999"}).json()["code"] == "E_NOT_FOUND"
    assert _call(token, "POST", "/mergers", ORDER | {"into": TOWN}).json()["code"] == "E_INPUT"
    for wrong in ({"effective_on": "2019-09-01"}, {"effective_on": "soon"}, {"doc_no": " "}):
        assert _call(token, "POST", "/mergers", ORDER | wrong).json()["code"] == "E_INPUT"
    assert _call(token, "GET", "/mergers").json() == []
