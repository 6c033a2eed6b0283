"""殡葬死亡: immediate."""

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


class Deaths:
    code, name = "SW", "殡葬死亡"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "persons": [{"no": s.seq, "name": s.name, "idCard": s.id_no} for s in request.subjects]
        }
        raw = readable(transport.call("POST", "/mz/funeral/query", body))
        return Reply(tuple(self._answer(row) for row in taken(raw, "list")[0]))

    def _answer(self, row: dict[str, Any]) -> Answer:
        seq, found, day = taken(row, "no", "found", "dataDate")
        result = {
            "Y": contract.HIT,
            "N": contract.NONE,
            "X": contract.NOT_COVERED,
            "M": contract.MISMATCH,
        }.get(found, contract.ERROR)
        return Answer(seq, result, (row,) if found == "Y" else (), date.fromisoformat(day))

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            died, cremated = taken(row, "deathDate", "cremationDate")
            attributes = {"died_on": date.fromisoformat(died), "cremated_on": date.fromisoformat(cremated)}
            found.append(Observation("death", subject.id_no, self.code, answer.as_of or date.min, attributes))
        return found


CONNECTOR = Deaths()
