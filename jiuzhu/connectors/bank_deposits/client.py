"""银行存款: ticketed, signed the older way; says over the limit or not, seldom a balance (data minimisation)."""

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


class BankDeposits:
    code, name = "CK", "银行存款"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "family": [{"seq": s.seq, "custName": s.name, "certNo": s.id_no} for s in request.subjects],
            "familyLimitFen": request.limit_fen(),
        }
        (ticket,) = taken(
            readable(transport.call("POST", "/yh/deposit/batch", body, flavour="SHA1")), "batchNo"
        )
        return self.poll(ticket, transport)

    def poll(self, ticket: str, transport: Transport) -> Reply:
        raw = readable(transport.call("GET", f"/yh/deposit/batch/{ticket}", flavour="SHA1"))
        if taken(raw, "state")[0] != "RETURNED":
            return Reply(ticket=ticket)
        day = date.fromisoformat(raw["asOf"])
        return Reply(tuple(self._answer(row, day) for row in taken(raw, "result")[0]))

    def _answer(self, row: dict[str, Any], day: date) -> Answer:
        seq, flag = taken(row, "seq", "familyOver")
        result = {"1": contract.OVER_LIMIT, "0": contract.WITHIN_LIMIT, "9": contract.NOT_COVERED}.get(
            str(flag), contract.ERROR
        )
        return Answer(seq, result, (row,), day)

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        if answer.result not in (contract.OVER_LIMIT, contract.WITHIN_LIMIT):
            return []
        attributes = {"over_limit": answer.result == contract.OVER_LIMIT}
        return [Observation("deposit_flag", subject.id_no, self.code, answer.as_of or date.min, attributes)]


CONNECTOR = BankDeposits()
