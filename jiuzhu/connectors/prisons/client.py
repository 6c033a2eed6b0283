"""服刑戒毒 (司法行政, 8.2 S16): immediate; who is held, in what, since when; days as YYYYMMDD, an open end as blanks."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiuzhu.connectors import contract
from jiuzhu.connectors.contract import (
    Answer,
    ConnectorFailure,
    InquiryRequest,
    Reply,
    Subject,
    Transport,
    envelope,
    readable,
    taken,
)
from jiuzhu.core.observation import Observation

_RESULTS = {"1": contract.HIT, "0": contract.NONE, "2": contract.MISMATCH, "8": contract.NOT_COVERED}
_KINDS = {"01": "PRISON", "02": "DRUG_ISOLATION"}


class Prisons:
    code, name = "SF", "服刑戒毒"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "dxlb": [{"dxxh": s.seq, "dxxm": s.name, "zjhm": s.id_no} for s in request.subjects]
        }
        raw = readable(transport.call("POST", "/sfxz/zyry", body))
        day = _day(taken(raw, "sjrq")[0])
        return Reply(tuple(self._answer(row, day) for row in taken(raw, "cxjg")[0]))

    def _answer(self, row: dict[str, Any], day: date | None) -> Answer:
        seq, state, held = taken(row, "dxxh", "zt", "zyxx")
        return Answer(seq, _RESULTS.get(str(state), contract.ERROR), tuple(held), day)

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            kind, since, until = taken(row, "lb", "qsrq", "jzrq")
            if kind not in _KINDS:
                raise ConnectorFailure(f"对方返回字段有变化：{kind}", again=False)
            attributes = {"kind": _KINDS[kind], "since": _day(since), "until": _day(until)}
            day = answer.as_of or date.min
            found.append(Observation("custody", subject.id_no, self.code, day, attributes))
        return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


CONNECTOR = Prisons()
