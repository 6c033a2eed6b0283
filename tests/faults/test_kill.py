"""kill -9 in the middle of acts: nothing that was acknowledged is lost, nothing is done twice.

Web, worker and PostgreSQL are real processes over real HTTP. ``JIUZHU_FAULT_ROUNDS`` repeats the kills (1 in CI).
"""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import threading
import time
import uuid
from typing import Any

import httpx
import pytest

from departments import world
from jiuzhu.aid_types import registry
from jiuzhu.infra.walk import drawn_picture
from tests.faults.conftest import Installation, until

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("JIUZHU_FAULT_ROUNDS", "1"))
HANDS, EACH = 3, 3


class Client:
    """A town's program that registers families and lets them sign; every answer that never came is asked for again."""

    def __init__(self, installation: Installation, tokens: dict[str, str]) -> None:
        self.base, self.tokens = f"http://127.0.0.1:{installation.web}/api/v1", tokens
        self.acknowledged: dict[str, str] = {}  # key → case
        self.signed: set[str] = set()
        self.again = 0

    def act(self, path: str, body: dict[str, Any], key: str, who: str = "clerk") -> dict[str, Any]:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                answer = httpx.post(
                    f"{self.base}{path}",
                    json=body,
                    headers={"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": key},
                    timeout=20,
                )
            except httpx.HTTPError:
                self.again += 1
                time.sleep(0.2)
                continue
            if answer.status_code < 300:
                done: dict[str, Any] = answer.json()
                return done
            assert answer.status_code >= 500, answer.text  # no refusal: the same key is the same act
            self.again += 1
            time.sleep(0.2)
        raise AssertionError(f"{path} was never answered")

    def family(self, number: int) -> None:
        facts = world.family(57, number)
        people = [
            {name: each[name] for name in ("name", "id_no", "relation") if name in each}
            for each in facts["people"]
        ]
        key = str(uuid.uuid4())
        body = {
            "town_code": "371522102",
            "village_code": self.tokens["village"],
            "area_type": "RURAL",
            "people": people,
            "hardship": "家里劳动力少。",
        }
        case = self.act("/cases", body, key)
        self.acknowledged[key] = case["uid"]
        for person in self._adults(case["uid"]):
            picture = base64.b64encode(drawn_picture("signature").content).decode()
            self.act(
                f"/cases/{case['uid']}/acts/sign", {"person": person, "picture": picture}, str(uuid.uuid4())
            )
        self.signed.add(case["uid"])

    def _adults(self, case: str) -> list[str]:
        household = self.read(f"/cases/{case}/household")
        return [each["uid"] for each in household["members"] if each["adult"]]

    def read(self, path: str, who: str = "clerk") -> Any:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                answer = httpx.get(
                    f"{self.base}{path}", headers={"Authorization": f"Bearer {self.tokens[who]}"}, timeout=20
                )
                if answer.status_code == 200:
                    return answer.json()
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{path} was never answered")


def _whole(found: dict[str, Any]) -> None:
    assert found["violations"] == []
    assert found["breaks"] == []
    assert found["doubled"] == []
    assert found["answers_twice"] == []


def test_an_outside_server_is_prepared_by_the_operators_commands(
    installation: Installation, tokens: dict[str, str]
) -> None:
    """JIUZHU_DATABASE_URL: plain login, runtime role without superuser rights, reference data there."""
    with installation.database() as database:
        rights = database.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'jiuzhu%' ORDER BY 1"
        ).fetchall()
        owner = database.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'cases_case'").fetchone()
        divisions = database.execute("SELECT count(*) FROM accounts_division").fetchone()

    assert rights == [("jiuzhu", False, False), ("jiuzhu_app", False, False)]
    assert owner == ("jiuzhu",)
    assert divisions and divisions[0] >= 2554
    assert tokens["clerk"].startswith("jz_")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_web_and_database_killed_under_three_hands_lose_and_double_nothing(
    installation: Installation, tokens: dict[str, str], round_: int
) -> None:
    installation.start_web()
    client = Client(installation, tokens)
    before = set(installation.look()["cases"])
    faults: list[BaseException] = []

    def hand(first: int) -> None:
        try:
            for number in range(first, first + EACH):
                client.family(number)
        except BaseException as fault:
            faults.append(fault)

    start = 20 + round_ * HANDS * EACH
    hands = [threading.Thread(target=hand, args=(start + each * EACH,)) for each in range(HANDS)]
    for each in hands:
        each.start()
    until(lambda: len(client.acknowledged) >= 3 or faults, "three first words")
    installation.kill("web")
    acknowledged_then = set(client.acknowledged.values())
    installation.start_web()
    until(lambda: len(client.acknowledged) >= 6 or faults, "six first words")
    installation.kill_postgres()
    time.sleep(0.5)
    installation.start_postgres()
    for each in hands:
        each.join(240)

    assert not faults, faults
    found = installation.look()
    made = set(found["cases"]) - before
    assert client.again >= 2, "the kills came at a moment when nobody was acting"
    assert acknowledged_then <= made
    assert made == set(client.acknowledged.values()) == client.signed
    assert len(made) == HANDS * EACH
    _whole(found)
    installation.kill("web")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_process_killed_between_acts_keeps_every_step_it_told_of(
    installation: Installation, tokens: dict[str, str], round_: int
) -> None:
    """The whole path by the real acts; killed at a moment nobody chose."""
    draw = random.Random(round_)
    walker = installation.start(
        "walker",
        *("tests.faults.inside", "walk", str(200 + 10 * round_), "3"),
        stdout=subprocess.PIPE,
    )
    assert walker.stdout
    told: dict[str, int] = {}
    for _ in range(draw.randint(6, 12)):
        line = walker.stdout.readline()
        assert line, "the walk ended before it was killed"
        told = {str(case): seq for case, seq in json.loads(line)["steps"]}
    time.sleep(draw.random() / 2)
    installation.kill("walker")

    found = installation.look()
    assert told and all(found["steps"][case] >= seq for case, seq in told.items())
    _whole(found)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_worker_killed_while_asking_departments_is_followed_by_another_that_asks_each_once(
    installation: Installation, tokens: dict[str, str], round_: int
) -> None:
    installation.start_web()
    installation.start_departments()
    client = Client(installation, tokens)
    for number in (300 + round_ * 2, 301 + round_ * 2):
        client.family(number)
    console = f"http://127.0.0.1:{installation.departments}/console/faults"
    httpx.post(console, json={"HJ": "timeout"})  # answers after half a minute: the worker dies waiting
    for uid in client.signed:
        client.act(
            f"/cases/{uid}/acts/start-verification", {"route": "OWN"}, str(uuid.uuid4()), who="verifier"
        )
    assert _inquiries(installation, client.signed) == {
        "QUEUED": len(registry.get("DIBAO").sources) * len(client.signed)
    }

    installation.start("worker", "jiuzhu", "worker", "--concurrency", "3")
    until(lambda: _jobs(installation, "doing", "verification.ask") >= 2, "two questions are on their way")
    installation.kill("worker")
    assert _jobs(installation, "doing", "verification.ask") >= 2
    httpx.post(console, json={})
    _let_a_minute_pass(installation)
    installation.start("worker", "jiuzhu", "worker", "--concurrency", "3")
    until(
        lambda: not any(_jobs(installation, state, "verification.ask") for state in ("todo", "doing")),
        "every question was put",
    )

    assert set(_inquiries(installation, client.signed)) <= {"ANSWERED", "PENDING"}
    found = installation.look()
    assert not found["jobs"].get("failed")
    _whole(found)
    for name in ("worker", "departments", "web"):
        installation.kill(name)


def _inquiries(installation: Installation, cases: set[str]) -> dict[str, int]:
    """State → questions of these cases (a walk killed before may have left some that nobody was to put)."""
    with installation.database() as database:
        return dict(
            database.execute(
                "SELECT i.state, count(*) FROM verification_inquiry i JOIN verification_run r"
                " ON r.id = i.run_id JOIN cases_case c ON c.id = r.case_id WHERE c.uid = ANY(%s::uuid[])"
                " GROUP BY i.state",
                [list(cases)],
            ).fetchall()
        )


def _jobs(installation: Installation, state: str, task: str) -> int:
    with installation.database() as database:
        row = database.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status::text = %s AND task_name = %s",
            [state, task],
        ).fetchone()
    return int(row[0]) if row else 0


def _let_a_minute_pass(installation: Installation) -> None:
    """For the queue only: the dead worker's last sign of life is two minutes old, the sweep's time has come."""
    with installation.database() as database:
        database.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '2 minutes'"
        )
        database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            " VALUES ('default', 'jobs.requeue_stalled', 10, '{\"timestamp\": 0}', 'todo')"
        )
