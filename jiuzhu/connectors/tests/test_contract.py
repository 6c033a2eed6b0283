"""Every department passes the same contract against the simulator: answered, nothing, refused, slow, garbled, late."""

from __future__ import annotations

import asyncio
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import httpx
import pytest

os.environ.setdefault("JIUZHU_WORLD_SIZE", "40")

from jiuzhu.connectors import contract, registry
from jiuzhu.connectors.contract import ConnectorFailure, InquiryRequest, Subject, Transport


class _Bridge(httpx.BaseTransport):
    """Runs the simulator's ASGI app inside the test, synchronously."""

    def __init__(self, app) -> None:
        self.inner = httpx.ASGITransport(app=app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def go() -> httpx.Response:
            asynchronous = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.read()
            )
            response = await self.inner.handle_async_request(asynchronous)
            return httpx.Response(
                response.status_code, headers=response.headers, content=await response.aread()
            )

        with ThreadPoolExecutor(1) as own:  # a browser's loop may run in this thread already
            return own.submit(asyncio.run, asyncio.wait_for(go(), 2)).result()


class _Slow(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)


@pytest.fixture
def simulator(tmp_path, monkeypatch):
    from departments import app as simulated
    from departments.register import Register

    monkeypatch.setattr(simulated, "register", Register(seed=57, size=40, folder=tmp_path))
    simulated.faults.clear()
    simulated.tickets.clear()
    yield simulated
    simulated.faults.clear()


@pytest.fixture
def transport(simulator) -> Transport:
    return Transport(
        "",
        "jiuzhu-demo",
        "simulated-exchange-secret",
        client=httpx.Client(transport=_Bridge(simulator.app), base_url="http://x"),
    )


def request(*people: dict, source: str = "HJ") -> InquiryRequest:
    subjects = tuple(Subject(seq, each["name"], each["id_no"]) for seq, each in enumerate(people))
    return InquiryRequest(
        request_id=str(uuid.uuid4()),
        source=source,
        matter_code="DIBAO",
        purpose="低保家庭经济状况核对",
        case_no="DB3715022019080500017",
        authorisation_no="SQ1",
        operator="核对员",
        organ="沙镇镇人民政府",
        agreement_no="BM1",
        subjects=subjects,
        as_of=date(2019, 9, 1),
        limit_fen=lambda: 4_320_000,
    )


def person(index: int, position: int = 0) -> dict:
    from departments import world

    return world.family(57, index)["people"][position]


CONNECTORS = registry.all_connectors()


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda c: c.code)
def test_every_subject_gets_an_answer(connector, transport) -> None:
    reply = connector.submit(request(person(0), person(0, 1), source=connector.code), transport)

    assert reply.complete
    assert sorted(answer.seq for answer in reply.answers) == [0, 1]
    assert all(answer.result in contract.SPEAKING for answer in reply.answers)


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda c: c.code)
def test_an_unknown_person_is_nothing_found_never_a_record(connector, transport) -> None:
    stranger = {"name": "无此人", "id_no": "37159919500315001X"}

    (answer,) = connector.submit(request(stranger, source=connector.code), transport).answers

    assert answer.result in (contract.NONE, contract.WITHIN_LIMIT)
    kinds = {
        seen.kind for seen in connector.observations(answer, Subject(0, stranger["name"], stranger["id_no"]))
    }
    assert kinds <= {"deposit_flag"}


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda c: c.code)
@pytest.mark.parametrize(
    ("fault", "again"), [("401", False), ("429", True), ("500", True), ("garbled", True)]
)
def test_failures_say_whether_to_try_again(connector, fault, again, simulator, transport) -> None:
    simulator.faults[connector.code] = fault

    with pytest.raises(ConnectorFailure) as failed:
        connector.submit(request(person(0), source=connector.code), transport)

    assert failed.value.again is again


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda c: c.code)
def test_a_slow_department_is_asked_again(connector) -> None:
    slow = Transport("", "k", "s", client=httpx.Client(transport=_Slow(), base_url="http://x"))

    with pytest.raises(ConnectorFailure) as failed:
        connector.submit(request(person(0), source=connector.code), slow)

    assert failed.value.again


@pytest.mark.parametrize("code", ["CL", "CK"])
def test_late_answers_come_with_the_ticket(code, simulator, transport) -> None:
    connector = registry.get(code)
    simulator.faults[code] = "late"

    waiting = connector.submit(request(person(0), source=code), transport)
    simulator.faults.clear()
    later = connector.poll(waiting.ticket, transport)

    assert not waiting.complete and not waiting.answers
    assert later.complete and len(later.answers) == 1


@pytest.mark.parametrize("code", ["HJ", "SW", "BDC", "GS", "CK", "SF"])
def test_not_covered_is_told_apart_from_nothing(code, simulator, transport) -> None:
    simulator.faults[code] = "not_covered"

    (answer,) = registry.get(code).submit(request(person(0), source=code), transport).answers

    assert answer.result == contract.NOT_COVERED
    assert answer.result not in contract.SPEAKING


def test_planted_stories_are_seen_in_our_words(transport) -> None:
    from departments import world

    def seen(index: int, code: str) -> list:
        who = person(index)
        connector = registry.get(code)
        subject = Subject(0, who["name"], who["id_no"])
        return connector.observations(
            connector.submit(request(who, source=code), transport).answers[0], subject
        )

    index = {story: place for place, (story, _) in enumerate(world.STORIES)}
    assert [o.attributes["kind"] for o in seen(index["bought_car"], "CL")] == ["CAR"]
    assert [o.kind for o in seen(index["two_houses"], "BDC")] == ["dwelling", "dwelling"]
    assert seen(index["two_houses"], "BDC")[0].attributes["area_m2_tenths"] == 1100
    assert seen(index["hidden_company"], "GS")[0].attributes["capital_fen"] == 50_000_000
    assert seen(index["bank_over_limit"], "CK")[0].attributes["over_limit"] is True
    assert seen(index["divorced_same_house"], "HY")[0].attributes["state"] == "DIVORCED"
    assert seen(index["single_elder"], "SB")[0].kind == "pension"


@pytest.mark.parametrize(
    ("held", "seen"),
    [
        (
            {"kind": "PRISON", "on": "2019-03-01", "until": "2022-02-28"},
            {"kind": "PRISON", "since": date(2019, 3, 1), "until": date(2022, 2, 28)},
        ),
        (
            {"kind": "DRUG_ISOLATION", "on": "2019-09-01"},
            {"kind": "DRUG_ISOLATION", "since": date(2019, 9, 1), "until": None},
        ),
        ({"kind": "PRISON", "on": "2019-09-02"}, None),
        ({"kind": "PRISON", "on": "2018-01-01", "until": "2019-08-31"}, None),
    ],
)
def test_s16_who_is_held_on_the_day_asked_about_is_seen(held, seen, simulator, transport) -> None:
    who, connector = person(0), registry.get("SF")
    simulator.register.plant(who | {"truth": {"held": held}})

    (answer,) = connector.submit(request(who, source="SF"), transport).answers
    observations = connector.observations(answer, Subject(0, who["name"], who["id_no"]))

    assert answer.result == (contract.HIT if seen else contract.NONE)
    assert [each.attributes for each in observations] == ([seen] if seen else [])
    assert [each.kind for each in observations] == (["custody"] if seen else [])


def test_s16_a_kind_of_custody_nobody_knows_is_a_change_of_the_interface() -> None:
    from jiuzhu.connectors.contract import Answer

    row = {"lb": "09", "qsrq": "20190301", "jzrq": ""}

    with pytest.raises(ConnectorFailure) as failed:
        registry.get("SF").observations(Answer(0, contract.HIT, (row,)), Subject(0, "某", "1"))

    assert not failed.value.again


def test_a_name_that_does_not_match_is_never_returned_as_a_record(transport) -> None:
    wrong = person(0) | {"name": "别人"}

    (answer,) = registry.get("HJ").submit(request(wrong), transport).answers

    assert answer.result == contract.MISMATCH and not answer.rows


def test_a_replayed_call_is_refused(simulator, transport) -> None:
    import time

    stamp, body = str(int(time.time())), b"{}"
    sign = contract.signature(
        "jiuzhu-demo", "simulated-exchange-secret", "POST", "/ga/hjcx", stamp, "n1", body, "SM3"
    )
    headers = {"X-App-Key": "jiuzhu-demo", "X-Timestamp": stamp, "X-Nonce": "n1", "X-Sign": sign}

    first = transport.client.post("/ga/hjcx", content=body, headers=headers)
    second = transport.client.post("/ga/hjcx", content=body, headers=headers)

    assert first.status_code == 400  # signed well, but says neither purpose nor consent
    assert second.status_code == 401


def test_purpose_and_consent_reach_the_department(simulator, transport) -> None:
    registry.get("HJ").submit(request(person(0)), transport)

    assert simulator.calls[0]["purpose"] == "低保家庭经济状况核对"
    assert simulator.calls[0]["consentNo"] == "SQ1"
