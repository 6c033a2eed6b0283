"""What every department looks like to us: one request for a batch of people, answers in nine states (field notes 6.3).

A failure knows one thing that matters: try again, or never. Repeating is the queue's work, not the connector's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import httpx

from jiuzhu.core import sealing
from jiuzhu.core.observation import Observation

HIT, NONE, OVER_LIMIT, WITHIN_LIMIT = "HIT", "NONE", "OVER_LIMIT", "WITHIN_LIMIT"
MISMATCH, NOT_COVERED, REFUSED, ERROR, PENDING = "MISMATCH", "NOT_COVERED", "REFUSED", "ERROR", "PENDING"
# answers that say something of the person; everything else is silence
SPEAKING = frozenset({HIT, NONE, OVER_LIMIT, WITHIN_LIMIT})


@dataclass(frozen=True)
class Subject:
    """Who is asked about: sequence in the batch, name and number (both must match, 8.2)."""

    seq: int
    name: str
    id_no: str


@dataclass(frozen=True)
class InquiryRequest:
    """One question to one source. ``request_id`` makes repeating it harmless; purpose and consent always travel.

    ``limit_fen`` is worked out only for who is told a limit (the banks, data minimisation).
    """

    request_id: str
    source: str
    matter_code: str
    purpose: str
    case_no: str
    authorisation_no: str
    operator: str
    organ: str
    agreement_no: str
    subjects: tuple[Subject, ...]
    as_of: date
    limit_fen: Callable[[], int] = int


@dataclass(frozen=True)
class Answer:
    """What a source said of one subject. ``rows`` are the department's own fields, kept sealed as they came."""

    seq: int
    result: str
    rows: tuple[Mapping[str, Any], ...] = ()
    as_of: date | None = None
    coverage: str = ""

    @property
    def digest(self) -> str:
        return sealing.sm3(
            json.dumps([self.result, list(self.rows)], ensure_ascii=False, sort_keys=True).encode()
        )


@dataclass(frozen=True)
class Reply:
    """Answers so far; ``ticket`` asks for the rest later."""

    answers: tuple[Answer, ...] = ()
    ticket: str = ""

    @property
    def complete(self) -> bool:
        return not self.ticket


class ConnectorFailure(Exception):
    """The call failed. ``again`` says whether trying later can help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason, self.again = reason, again


class Transport:
    """Signed HTTP to the exchange: app key, timestamp, nonce, HMAC-SM3 (or the older SHA1 form)."""

    def __init__(
        self,
        base_url: str,
        app_key: str,
        secret: str,
        *,
        timeout: float = 5.0,
        client: httpx.Client | None = None,
    ) -> None:
        self.app_key, self.secret = app_key, secret
        self.client = client or httpx.Client(base_url=base_url, timeout=timeout)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, flavour: str = "SM3"
    ) -> httpx.Response:
        """Send; raises :class:`ConnectorFailure` for anything but a 200."""
        content = (
            json.dumps(body or {}, ensure_ascii=False, default=str).encode() if method == "POST" else b""
        )
        try:
            response = self.client.request(
                method, path, content=content, headers=self._headers(method, path, content, flavour)
            )
        except httpx.HTTPError as lost:
            raise ConnectorFailure(f"连接失败或超时（{type(lost).__name__}）", again=True) from lost
        if response.status_code in (408, 425, 429) or response.status_code >= 500:
            raise ConnectorFailure(f"对方暂时不可用（HTTP {response.status_code}）", again=True)
        if response.status_code != 200:
            raise ConnectorFailure(
                f"对方拒绝（HTTP {response.status_code}：{response.text[:80]}）", again=False
            )
        return response

    def _headers(self, method: str, path: str, content: bytes, flavour: str) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        return {
            "X-App-Key": self.app_key,
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Sign": signature(self.app_key, self.secret, method, path, stamp, nonce, content, flavour),
            "Content-Type": "application/json; charset=utf-8",
        }


def signature(
    app_key: str, secret: str, method: str, path: str, stamp: str, nonce: str, content: bytes, flavour: str
) -> str:
    """The signature both sides compute. SHA1 is the older interface's form: key + secret + time."""
    if flavour == "SHA1":
        return hashlib.sha1(f"{app_key}{secret}{stamp}".encode()).hexdigest()
    text = "\n".join((method, path, stamp, nonce, hashlib.sha256(content).hexdigest()))
    return sealing.hmac_sm3(secret.encode(), text.encode()).hex()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


class Connector(Protocol):
    """A department: its code, name, legal ground, how to ask, and what its answers mean in our words."""

    code: str
    name: str
    legal_ground: str

    def submit(self, request: InquiryRequest, transport: Transport) -> Reply: ...

    def poll(self, ticket: str, transport: Transport) -> Reply: ...

    def observations(self, answer: Answer, subject: Subject) -> list[Observation]: ...


def envelope(request: InquiryRequest) -> dict[str, Any]:
    """The part every department's call shares: matter, purpose, consent, operator (field notes 6.1)."""
    return {
        "requestId": request.request_id,
        "matter": request.matter_code,
        "purpose": request.purpose,
        "caseNo": request.case_no,
        "consentNo": request.authorisation_no,
        "operator": request.operator,
        "organ": request.organ,
        "agreementNo": request.agreement_no,
        "asOf": request.as_of.isoformat(),
    }


def readable(response: httpx.Response, encoding: str = "utf-8") -> Any:
    """Parsed JSON; a garbled body is a failure worth another try."""
    try:
        return json.loads(response.content.decode(encoding))
    except (UnicodeDecodeError, json.JSONDecodeError) as garbled:
        raise ConnectorFailure("对方返回内容无法识别", again=True) from garbled


def taken(row: Mapping[str, Any], *names: str) -> list[Any]:
    """Fields of a department's row; a missing one means its interface changed: never guess."""
    try:
        return [row[name] for name in names]
    except (KeyError, TypeError) as changed:
        raise ConnectorFailure(f"对方返回字段有变化：{changed}", again=False) from changed
