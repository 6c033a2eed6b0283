"""不动产登记: immediate; an XML document inside JSON; areas in square metres with one decimal."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
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


class RealEstate:
    code, name = "BDC", "不动产"
    legal_ground = "社会救助暂行办法第五十八条"

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply:
        body = envelope(request) | {
            "QLR": [{"XH": each.seq, "XM": each.name, "ZJH": each.id_no} for each in request.subjects]
        }
        raw = readable(transport.call("POST", "/zrzy/bdc", body))
        try:
            tree = ElementTree.fromstring(taken(raw, "xml")[0])
        except ElementTree.ParseError as garbled:
            raise ConnectorFailure("对方返回内容无法识别", again=True) from garbled
        day = date.fromisoformat(tree.attrib["sjrq"])
        return Reply(tuple(self._answer(person, day) for person in tree.findall("qlr")))

    def _answer(self, person: ElementTree.Element, day: date) -> Answer:
        rows: list[dict[str, Any]] = [dict(each.attrib) for each in person.findall("bdc")]
        if person.attrib.get("fg") == "0":
            return Answer(int(person.attrib["xh"]), contract.NOT_COVERED, (), day, "登记数据未覆盖")
        return Answer(int(person.attrib["xh"]), contract.HIT if rows else contract.NONE, tuple(rows), day)

    def poll(self, ticket: str, transport: Transport) -> Reply:
        return Reply()

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]:
        found = []
        for row in answer.rows:
            number, address, area, use, day, replaced = taken(row, "zsh", "zl", "mj", "yt", "djrq", "cqaz")
            whole, _, tenth = str(area).partition(".")
            attributes = {
                "certificate_no": number,
                "address": address,
                "area_m2_tenths": int(whole) * 10 + int((tenth or "0")[0]),
                "use": use,
                "registered_on": date.fromisoformat(day),
                "demolition_replacement": replaced == "是",
            }
            kind = "dwelling" if use == "住宅" else "nonresidential"
            found.append(Observation(kind, subject.id_no, self.code, answer.as_of or date.min, attributes))
        return found


CONNECTOR = RealEstate()
