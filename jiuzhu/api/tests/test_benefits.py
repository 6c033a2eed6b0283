"""Benefits over the interface: a change from the report to the served notice, with the same refusals as elsewhere."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, SPOUSE
from jiuzhu.core import clock


def _call(token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return Client().generic(
        method,
        f"/api/v1{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def test_a_change_from_the_report_to_the_served_notice(
    token_of: Callable[[str], str], on: Callable[..., None]
) -> None:
    clerk, lead, far = (token_of(name) for name in ("clerk-371502101", "lead-371502101", "clerk-371522001"))
    home = homes.Place().home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=clock.today())
    on(date(2019, 9, 10))
    (shown,) = _call(clerk, "GET", "/benefits").json()["items"]
    assert (shown["id"], shown["state"]) == (home.entitlement_id, "ACTIVE")
    here = f"/benefits/{home.entitlement_id}"
    assert _call(far, "GET", here).status_code == 404
    body = {
        "kind": "CH-INC",
        "given": {"incomes": [{"member": home.ref(0), "kind": "wage", "month_fen": 120000}]},
    }
    key = str(uuid.uuid4())
    made = _call(clerk, "POST", f"{here}/changes", body, **{"Idempotency-Key": key})
    assert made.status_code == 201, made.content
    again = _call(clerk, "POST", f"{here}/changes", body)
    assert (again.status_code, again.json()["code"]) == (409, "E_CHANGE_OPEN")
    wrong = _call(
        clerk, "POST", f"{here}/changes", {"kind": "CH-DEL", "given": {"person": "x", "why": "ARMY"}}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "E_INPUT")

    acts = f"/changes/{made.json()['uid']}/acts"
    found = _call(clerk, "POST", f"{acts}/examine", {"text": "已核实"}).json()
    assert (found["result"], found["old_fen"], found["new_fen"]) == ("DECREASE", 45000, 27000)
    stale = _call(lead, "POST", f"{acts}/decide", {"seen": 1})
    assert stale.status_code == 409 and stale.json()["code"] == "E_BENEFIT_STALE"
    decided = _call(lead, "POST", f"{acts}/decide", {"seen": found["version"]}).json()
    assert decided["state"] == "DECIDED" and decided["from_month"] is None
    done = _call(clerk, "POST", f"{acts}/serve", {"mode": "POST", "note": "单号1"}).json()
    assert (done["state"], done["from_month"]) == ("DONE", "2019-10-01")
    assert [each["base_fen"] for each in _call(clerk, "GET", here).json()["amounts"]] == [27000]


def test_a_renewed_disability_certificate_is_reported_over_the_interface(
    token_of: Callable[[str], str], on: Callable[..., None]
) -> None:
    clerk, lead = (token_of(name) for name in ("clerk-371502101", "lead-371502101"))
    disabled = SPOUSE | {"disability_category": "4", "disability_grade": "2"}
    home = homes.Place().home([ADULT, disabled, CHILD], [(0, "wage", 1000)], granted_on=clock.today())
    on(date(2019, 9, 10))
    given = {"person": home.ref(1), "disability_category": "4", "disability_grade": "2"}
    here = f"/benefits/{home.entitlement_id}/changes"
    wrong = _call(clerk, "POST", here, {"kind": "CH-CERT", "given": given}).json()
    assert wrong["code"] == "E_INPUT" and "有效期至" in str(wrong)
    given["disability_until"] = "2029-09-09"
    made = _call(clerk, "POST", here, {"kind": "CH-CERT", "given": given}).json()
    assert made["told"] == [
        f"{home.persons[1].name}的残疾证：原登记肢体二级；现为肢体二级，有效期至2029年9月9日"
    ]

    acts = f"/changes/{made['uid']}/acts"
    found = _call(clerk, "POST", f"{acts}/examine", {"text": "已查看新证"}).json()
    assert (found["result"], found["old_fen"]) == ("KEEP", found["new_fen"])
    assert _call(lead, "POST", f"{acts}/decide", {"seen": found["version"]}).json()["state"] == "DONE"
