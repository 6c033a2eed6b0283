"""The exchange's own check of signatures: HMAC-SM3 over the call, or the older SHA1 form; no call twice."""

from __future__ import annotations

import hashlib
import hmac
import os
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from starlette.requests import Request

APP_KEY = os.environ.get("JIUZHU_DEPARTMENTS_KEY", "jiuzhu-demo")
SECRET = os.environ.get("JIUZHU_DEPARTMENTS_SECRET", "simulated-exchange-secret")
_SKEW_SECONDS = 300


def refused_signature(request: Request, content: bytes, nonces: dict[str, float]) -> str:
    """Why a call is refused, or the empty string."""
    head = request.headers
    stamp, nonce, sign = head.get("x-timestamp", ""), head.get("x-nonce", ""), head.get("x-sign", "")
    if head.get("x-app-key") != APP_KEY or not stamp.isdigit():
        return "应用未登记"
    if abs(time.time() - int(stamp)) > _SKEW_SECONDS:
        return "时间偏差过大"
    if not any(hmac.compare_digest(sign, wanted) for wanted in _wanted(request, stamp, nonce, content)):
        return "签名错误"
    if not nonce or nonce in nonces:
        return "重复请求"
    now = time.time()
    while nonces and next(iter(nonces.values())) < now - 2 * _SKEW_SECONDS:  # the oldest stand first
        del nonces[next(iter(nonces))]
    nonces[nonce] = now
    return ""


def _wanted(request: Request, stamp: str, nonce: str, content: bytes) -> tuple[str, ...]:
    if request.url.path.startswith("/yh/"):
        return (hashlib.sha1(f"{APP_KEY}{SECRET}{stamp}".encode()).hexdigest(),)
    text = "\n".join((request.method, request.url.path, stamp, nonce, hashlib.sha256(content).hexdigest()))
    digest = keyed.HMAC(SECRET.encode(), hashes.SM3())
    digest.update(text.encode())
    return (digest.finalize().hex(),)
