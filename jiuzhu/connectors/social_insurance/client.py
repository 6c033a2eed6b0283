"""社会保险: immediate; contributions and pensions; money as yuan in text."""

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
from jiuzhu.core.money import parse_yuan
from jiuzhu.core.observation import Observation


class SocialInsurance:
    code, name = "SB", "社会保险"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "aac": [{"seq": s.seq, "aac003": s.name, "aac002": s.id_no} for s in request.subjects]
        }
        raw = readable(transport.call("POST", "/rs/sbcx", body))
        answers = []
        for row in taken(raw, "rows")[0]:
            seq, paid, received = taken(row, "seq", "jf", "dy")
            rows = [{"lb": "jf"} | each for each in paid] + [{"lb": "dy"} | each for each in received]
            answers.append(
                Answer(
                    seq, contract.HIT if rows else contract.NONE, tuple(rows), date.fromisoformat(raw["sjrq"])
                )
            )
        return Reply(tuple(answers))

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            if row["lb"] == "jf":
                employer, base, month = taken(row, "dwmc", "jfjs", "zjny")
                attributes = {"employer": employer, "base_fen": parse_yuan(base), "latest_month": month}
                kind = "contribution"
            else:
                amount, scheme = taken(row, "yffje", "xz")
                attributes = {
                    "amount_fen": parse_yuan(amount),
                    "kind": "RESIDENT" if "居民" in scheme else "EMPLOYEE",
                }
                kind = "pension"
            found.append(Observation(kind, subject.id_no, self.code, answer.as_of or date.min, attributes))
        return found


CONNECTOR = SocialInsurance()
