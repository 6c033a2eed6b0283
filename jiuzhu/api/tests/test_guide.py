"""The guide's curl lines are run as they stand: one family from its first word to the grant."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.jobs.queue import run_waiting
from jiuzhu.parameters import queries as parameters
from jiuzhu.publicity.models import Posting

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "接口指南.md"
KEPT = "CASE ADULTS HEAD PICTURE"
STAFF = {
    "CLERK": "clerk-371522102",
    "CLERK2": "clerk2-371522102",
    "VERIFIER": "verifier-371522102",
    "LEAD": "lead-371522102",
    "APPROVER": "approver-371522",
    "CENTER": "center-371522",
    "CITY": "city",
}


def _parts() -> list[tuple[str, str]]:
    text = GUIDE.read_text(encoding="utf-8")
    found = re.findall(r"```sh\n(.*?)```|<!-- (.*?) -->", text, re.DOTALL)
    return [("sh", block) if block else ("wait", words) for block, words in found]


def _wait(words: str, on: Callable[..., None]) -> None:
    calendar = parameters.calendar()
    if "部门应答" in words:
        run_waiting()
    if "公示期满" in words:
        with fence(PLATFORM):
            on(Posting.objects.latest("id").ends_on, 17)
        return
    days = int(re.search(r"过 (\d+) 个", words).group(1))  # type: ignore[union-attr]
    on(calendar.add_working_days(clock.today(), days).on, 10)
    if "部门应答" in words:
        run_waiting()


@pytest.mark.slow
def test_the_guide_leads_a_family_to_its_grant(
    served: str,
    token_of: Callable[[str], str],
    on: Any,
    departments: str,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.DEPARTMENTS_URL = departments
    family = httpx.get(f"{departments}/console/families", params={"offset": 0, "limit": 1}).json()[0]
    people = [
        {key: person[key] for key in ("name", "id_no", "relation", "health", "labour", "employment")}
        for person in family["people"]
    ]
    (tmp_path / "签名.png").write_bytes(drawn_picture("signature").content)
    village = villages_of(Organisation.objects.get(code="371522102"))[0].code
    surroundings = {
        **os.environ,
        **{name: token_of(username) for name, username in STAFF.items()},
        "API": f"{served}/api/v1",
        "VILLAGE": village,
        "PEOPLE": json.dumps(people, ensure_ascii=False),
        "LC_ALL": "C.UTF-8",
    }
    blocks = _parts()
    first = blocks[0][1]
    state = tmp_path / "state.sh"
    state.write_text("")
    said = ""
    for kind, text in blocks:
        if kind == "wait":
            _wait(text, on)
            continue
        script = f'set -e\n. {state}\n{first if text != first else ""}\n{text}\nfor n in {KEPT}; do [ -z "${{!n+x}}" ] || declare -p $n; done > {state}\n'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=surroundings | {"NOW": clock.now().isoformat()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout[-1500:]}\n{done.stderr[-800:]}"
        said = done.stdout

    with fence(PLATFORM):
        case = Case.objects.get()
        steps = list(case.steps.values_list("move", flat=True))
    assert case.state == "GRANTED"
    assert case.channel == "API"
    assert steps.count("D3") == 1  # the same key twice acted once
    assert (tmp_path / "文书.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads(said[said.rindex('{"type"') :])["code"] == "E_AUTH"
