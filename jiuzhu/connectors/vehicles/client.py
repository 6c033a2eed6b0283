"""机动车 (交警): ticketed; the result is fetched later."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiuzhu.connectors import contract
from jiuzhu.connectors.contract import (
    Answer,
    InquiryRequest,
    Reply,
    Subject,
    Transport,
    envelope,
    readable,
    taken,
)
from jiuzhu.core.observation import Observation

_KINDS = {"K": "CAR", "H": "TRUCK", "M": "MOTORCYCLE", "S": "TRICYCLE", "D": "MOBILITY"}


class Vehicles:
    code, name = "CL", "机动车"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "sfz": [f"{each.seq}|{each.name}|{each.id_no}" for each in request.subjects]
        }
        (ticket,) = taken(readable(transport.call("POST", "/jj/cl/apply", body)), "ticket")
        return self.poll(ticket, transport)

    def poll(self, ticket: str, transport: Transport) -> Reply:
        raw = readable(transport.call("GET", f"/jj/cl/result/{ticket}"))
        state, rows = taken(raw, "status", "data")
        if state != "done":
            return Reply(ticket=ticket)
        by_seq: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            by_seq.setdefault(int(taken(row, "xh")[0]), []).append(row)
        day = date.fromisoformat(raw["sjrq"])
        answers = (
            Answer(seq, contract.HIT if by_seq.get(seq) else contract.NONE, tuple(by_seq.get(seq, ())), day)
            for seq in taken(raw, "asked")[0]
        )
        return Reply(tuple(answers))

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            plate, kind, use, day, state = taken(row, "hphm", "cllx", "syxz", "ccdjrq", "zt")
            attributes = {
                "plate": plate,
                "kind": _KINDS.get(str(kind)[:1], "CAR"),
                "use": use,
                "registered_on": date.fromisoformat(day),
                "state": "SCRAPPED" if state == "报废" else "NORMAL",
            }
            found.append(
                Observation("vehicle", subject.id_no, self.code, answer.as_of or date.min, attributes)
            )
        return found


CONNECTOR = Vehicles()
