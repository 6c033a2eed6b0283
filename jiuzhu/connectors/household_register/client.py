"""公安户籍: immediate; one row a person, answers by name and number."""

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

_RESULTS = {"00": contract.HIT, "01": contract.NONE, "02": contract.MISMATCH, "09": contract.NOT_COVERED}


class HouseholdRegister:
    code, name = "HJ", "公安户籍"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "cxry": [{"xh": each.seq, "xm": each.name, "gmsfhm": each.id_no} for each in request.subjects]
        }
        raw = readable(transport.call("POST", "/ga/hjcx", body))
        return Reply(tuple(self._answer(row) for row in taken(raw, "jg")[0]))

    def _answer(self, row: dict[str, Any]) -> Answer:
        seq, result, rows, day = taken(row, "xh", "jgdm", "hjxx", "sjrq")
        return Answer(seq, _RESULTS.get(result, contract.ERROR), tuple(rows), date.fromisoformat(day))

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            number, head, state, address = taken(row, "hh", "hzxm", "zt", "zz")
            attributes = {
                "household_no": number,
                "head_name": head,
                "address": address,
                "state": "ALIVE" if state == "正常" else "CANCELLED",
            }
            found.append(
                Observation("register", subject.id_no, self.code, answer.as_of or date.min, attributes)
            )
        return found


CONNECTOR = HouseholdRegister()
