"""市场主体登记: immediate; text in GB18030; capital in units of ten thousand yuan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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

_STATES = {"存续": "ACTIVE", "在业": "ACTIVE", "注销": "DEREGISTERED", "吊销": "REVOKED"}


class BusinessRegistration:
    code, name = "GS", "市场主体登记"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "RY": [{"XH": s.seq, "XM": s.name, "SFZ": s.id_no} for s in request.subjects]
        }
        raw = readable(transport.call("POST", "/scjg/ztxx", body), "gb18030")
        answers = []
        for row in taken(raw, "JG")[0]:
            seq, subjects = taken(row, "XH", "ZT")
            result = contract.NOT_COVERED if subjects is None else contract.HIT if subjects else contract.NONE
            answers.append(Answer(seq, result, tuple(subjects or ()), date.fromisoformat(raw["SJRQ"])))
        return Reply(tuple(answers))

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            name, code, kind, role, capital, state = taken(row, "QYMC", "TYDM", "ZTLX", "JS", "ZCZB", "DJZT")
            attributes = {
                "name": name,
                "uscc": code,
                "role": role,
                "capital_fen": int(Decimal(str(capital)) * 1_000_000),
                "state": _STATES.get(state, "ACTIVE"),
                "dormant": row.get("SFSKH") == "是",
                "co_operative": kind == "农民专业合作社",
            }
            what = "individual_business" if kind == "个体工商户" else "company"
            found.append(Observation(what, subject.id_no, self.code, answer.as_of or date.min, attributes))
        return found


CONNECTOR = BusinessRegistration()
