"""The bank's front end over signed HTTP: hand in a batch, ask for its return. Repeating either is harmless."""

from __future__ import annotations

import base64
from urllib.parse import quote

from jiuzhu.connectors.contract import ConnectorFailure, Transport, readable
from jiuzhu.core import sealing
from jiuzhu.core.refusal import Refusal


class BankFront:
    """One agent bank. Raises E_BANK when it does not answer or will not take the file."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def hand_in(self, batch_no: str, name: str, content: bytes) -> str:
        """The bank's receipt number; the same file gives the same receipt, another file of the batch is refused."""
        body = {
            "batchNo": batch_no,
            "fileName": name,
            "digest": sealing.sm3(content),
            "content": base64.b64encode(content).decode(),
        }
        return str(self._call("POST", "/bank/batch", body).get("receipt", ""))

    def returned(self, batch_no: str) -> bytes | None:
        """The return file, or None while the bank still works on it."""
        answer = self._call("GET", f"/bank/batch/{quote(batch_no)}")
        return base64.b64decode(str(answer["content"])) if answer.get("state") == "DONE" else None

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, object]:
        try:
            return dict(readable(self.transport.call(method, path, body)))
        except ConnectorFailure as failed:
            raise Refusal("E_BANK", why=failed.reason) from failed
