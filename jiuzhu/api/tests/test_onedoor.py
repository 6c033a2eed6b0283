"""The one door over the interface: the same refusals, versions and keys as elsewhere."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.api.api import api
from jiuzhu.api.onedoor import LEAD_ACTS, REFERRAL_ACTS

TOWN = "371522102"


def _call(token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return Client().generic(
        method,
        f"/api/v1{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def _village() -> str:
    return villages_of(Organisation.objects.get(code=TOWN))[0].code


def _lead(token: str, **more: Any) -> Any:
    body = {"town_code": TOWN, "village_code": _village(), "source": "GRID", "name": "高大柱"}
    return _call(token, "POST", "/leads", body | {"text": "独居老人，几天没出门"} | more)


def test_a_hotline_order_comes_in_is_visited_and_answered_once(token_of: Callable[[str], str]) -> None:
    token = token_of(f"clerk-{TOWN}")
    made = _lead(token, source="HOTLINE", order_no="12345-1")
    assert made.status_code == 201, made.content
    lead = made.json()
    again = _lead(token, source="HOTLINE", order_no="12345-1")
    assert (again.status_code, again.json()["code"]) == (409, "E_HOTLINE_TWICE")

    here = f"/leads/{lead['uid']}"
    stale = _call(token, "POST", f"{here}/acts/not-found", {"reason": "村里没有这个人", "seen": 0})
    early = _call(token, "POST", f"{here}/acts/not-found", {"reason": "村里没有这个人"})
    visit = {"visited_on": "2019-09-02", "found": False, "text": "门锁着，邻居说不认识"}
    key = str(uuid.uuid4())
    seen = [_call(token, "POST", f"{here}/acts/visit", visit, **{"Idempotency-Key": key}) for _ in range(2)]
    ended = _call(token, "POST", f"{here}/acts/not-found", {"reason": "按地址没有找到"})
    assert stale.status_code == 409 and early.json()["code"] == "E_STATE"
    assert [each.json()["version"] for each in seen] == [2, 2]
    assert ended.json()["state"] == "NOT_FOUND"

    report = _call(token, "GET", here).json()["reports"][0]
    order = f"{here}/orders/{report['id']}"
    first = _call(token, "POST", order, {"answer": report["suggested_answer"]})
    second = _call(token, "POST", order, {"answer": report["suggested_answer"]})
    assert first.status_code == 200 and "没有找到此人" in first.json()["answer"]
    assert second.json()["code"] == "E_STATE"


def test_a_reception_opens_what_is_ours_and_passes_on_the_rest(token_of: Callable[[str], str]) -> None:
    token = token_of(f"clerk-{TOWN}")
    body = {
        "town_code": TOWN,
        "village_code": _village(),
        "area_type": "RURAL",
        "people": [{"name": "张建明", "id_no": "37159919500315001X", "relation": "0"}],
        "need": "住院花费大，家里没有收入",
        "own": ["DIBAO"],
        "other": ["MEDICAL"],
    }
    without = _call(token, "POST", "/receptions", body)
    made = _call(token, "POST", "/receptions", body | {"consent": True})

    assert without.json()["code"] == "E_TRANSFER_CONSENT"
    assert made.status_code == 201, made.content
    own, other = made.json()["matters"]
    assert own["case_no"].startswith("DB") and other["referral"]
    listed = _call(token, "GET", "/referrals?open_only=true").json()["items"]
    assert [each["uid"] for each in listed] == [other["referral"]]
    slip = _call(token, "GET", f"/referrals/{other['referral']}/slip")
    assert slip.content.startswith(b"%PDF")
    foreign = token_of("clerk-371502101")
    assert _call(foreign, "GET", f"/referrals/{other['referral']}").status_code == 404


def test_the_register_of_matters_is_read_for_a_day(token_of: Callable[[str], str]) -> None:
    token = token_of(f"clerk-{TOWN}")

    today = {each["code"]: each for each in _call(token, "GET", "/matters").json()}
    assert (today["MEDICAL"]["department"], today["MEDICAL"]["answer_working_days"]) == ("莘县医疗保障局", 10)
    assert (today["CHARITY"]["answer_working_days"], today["CHARITY"]["offered"]) == (None, True)
    assert _call(token, "GET", "/matters?on=2014-04-30").json() == []
    assert _call(token, "GET", "/matters?on=yesterday").json()["code"] == "E_INPUT"


def test_every_act_has_its_address() -> None:
    paths = set(api.get_openapi_schema()["paths"])

    assert {f"/api/v1/leads/{{uid}}/acts/{row.name}" for row in LEAD_ACTS} <= paths
    assert {f"/api/v1/referrals/{{uid}}/acts/{row.name}" for row in REFERRAL_ACTS} <= paths
    assert "/api/v1/matters" in paths
