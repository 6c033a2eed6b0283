"""A department's inbox over signed HTTP: hand a referral in, fetch what was said. Repeating either is harmless.

A real department takes the same two calls; the simulated ones (``departments/desks.py``) say of themselves
that they are simulated, and so do we wherever their answer is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.conf import settings

from jiuzhu.connectors.contract import ConnectorFailure, Transport, readable, taken

KINDS = {"TAKEN": "TAKEN", "RETURNED": "RETURNED", "DONE": "DONE"}


@dataclass(frozen=True)
class Slip:
    """What a department is told: no more than it needs to help."""

    uid: str
    number: str
    matter: str
    name: str
    id_no: str
    phone: str
    village: str
    need: str
    from_organ: str
    from_phone: str
    answer_by: date


@dataclass(frozen=True)
class Said:
    """One answer; ``seq`` is the department's own number of it."""

    seq: int
    kind: str
    helped: bool | None
    text: str
    officer: str
    on: date | None
    simulated: bool


def line() -> Transport:
    return Transport(settings.DEPARTMENTS_URL, settings.DEPARTMENTS_KEY, settings.DEPARTMENTS_SECRET)


class Desk:
    """One department's inbox. Raises :class:`ConnectorFailure`; its ``again`` says whether waiting may help."""

    def __init__(self, inbox: str, transport: Transport) -> None:
        self.inbox, self.transport = inbox, transport

    def hand_in(self, slip: Slip) -> str:
        """The department's receipt; the same slip again gives the same receipt."""
        body = {
            "slipId": slip.uid,
            "slipNo": slip.number,
            "matter": slip.matter,
            "name": slip.name,
            "idCard": slip.id_no,
            "phone": slip.phone,
            "village": slip.village,
            "need": slip.need,
            "fromOrgan": slip.from_organ,
            "fromPhone": slip.from_phone,
            "answerBy": slip.answer_by.isoformat(),
        }
        raw = readable(self.transport.call("POST", f"/desk/{self.inbox}/slips", body))
        receipt = str(taken(raw, "receipt")[0])
        if not receipt:
            raise ConnectorFailure("对方没有给出回执", again=True)
        return receipt[:60]

    def answers(self, uid: str) -> list[Said]:
        """Everything said so far, in order; an answer nobody can read is a failure, never a guess."""
        raw = readable(self.transport.call("GET", f"/desk/{self.inbox}/slips/{quote(uid)}"))
        rows, simulated = taken(raw, "answers")[0], bool(isinstance(raw, dict) and raw.get("simulated"))
        if not isinstance(rows, list):
            raise ConnectorFailure("对方返回内容无法识别", again=True)
        return sorted((self._said(row, simulated) for row in rows), key=lambda said: said.seq)

    def remind(self, uid: str) -> None:
        readable(self.transport.call("POST", f"/desk/{self.inbox}/slips/{quote(uid)}/remind", {}))

    def _said(self, row: Any, simulated: bool) -> Said:
        seq, kind, text = taken(row, "seq", "kind", "text")
        try:
            return Said(
                seq=int(seq),
                kind=KINDS[str(kind)],
                helped=row["helped"] if isinstance(row.get("helped"), bool) else None,
                text=str(text)[:1000],
                officer=str(row.get("officer", ""))[:60],
                on=date.fromisoformat(str(row["on"])) if row.get("on") else None,
                simulated=simulated,
            )
        except (KeyError, ValueError, TypeError) as unknown:
            raise ConnectorFailure("对方答复无法识别", again=True) from unknown
