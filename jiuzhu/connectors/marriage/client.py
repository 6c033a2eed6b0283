"""婚姻登记: immediate; the latest registration is the state."""

from __future__ import annotations

from datetime import date

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

_STATES = {"结婚": "MARRIED", "离婚": "DIVORCED"}


class Marriage:
    code, name = "HY", "婚姻登记"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {"dxlb": [[each.seq, each.name, each.id_no] for each in request.subjects]}
        raw = readable(transport.call("POST", "/mz/hydj", body))
        answers = []
        for seq, rows in sorted((int(key), value) for key, value in taken(raw, "djxx")[0].items()):
            answers.append(
                Answer(
                    seq, contract.HIT if rows else contract.NONE, tuple(rows), date.fromisoformat(raw["jzrq"])
                )
            )
        return Reply(tuple(answers))

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        if not answer.rows:
            return []
        latest = max(answer.rows, key=lambda row: str(row["djrq"]))
        kind, partner, number, day = taken(latest, "djlb", "dfxm", "dfzjh", "djrq")
        attributes = {
            "state": _STATES.get(kind, "NONE"),
            "spouse_name": partner,
            "spouse_id_no": number,
            "since": date.fromisoformat(day),
        }
        return [Observation("marriage", subject.id_no, self.code, answer.as_of or date.min, attributes)]


CONNECTOR = Marriage()
