"""Who is on the phone? An identity service says so; which one is a setting (``IDENTITY_PROVIDER``).

The simulated one is for demonstration and is refused outside it. A real one (the city's unified identity, the
province's app) keeps the two calls: send a code, prove it.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from jiuzhu.core import clock, id_numbers, names, sealing
from jiuzhu.core.refusal import Refusal

VALID_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Sent:
    """A code on its way. ``reference`` is opaque and comes back; ``shown`` is the code itself, simulated only."""

    reference: str
    shown: str = ""


@dataclass(frozen=True)
class Proven:
    """A natural person who has shown who he is; ``number`` is checked and tidied."""

    name: str
    number: str


class IdentityProvider(Protocol):
    """``simulated`` is shown to the user. Both calls raise Refusal (E_ID, E_INPUT, E_CODE, E_SIGN_IN)."""

    simulated: bool

    def send_code(self, name: str, id_no: str) -> Sent: ...

    def prove(self, reference: str, code: str) -> Proven: ...


class SimulatedIdentity:
    """模拟身份服务: believes any well-formed name and number, shows its code on the screen."""

    simulated = True
    _WHERE = "portal.identity:simulated"

    def send_code(self, name: str, id_no: str) -> Sent:
        number = id_numbers.parse(id_no, on=clock.today()).number
        tidy = names.normalise(name)
        if not tidy or len(tidy) > 60:
            raise Refusal("E_INPUT", field="姓名", problem="请按身份证填写姓名")
        code = f"{secrets.randbelow(10**6):06d}"
        until = (clock.now() + VALID_FOR).isoformat()
        plain = json.dumps({"name": tidy, "number": number, "code": code, "until": until})
        return Sent(base64.urlsafe_b64encode(sealing.seal(plain.encode(), self._WHERE)).decode(), code)

    def prove(self, reference: str, code: str) -> Proven:
        try:
            plain = json.loads(sealing.unseal(base64.urlsafe_b64decode(reference), self._WHERE))
        except (ValueError, IndexError, sealing.SealBroken):
            raise Refusal("E_CODE") from None
        if clock.now() > datetime.fromisoformat(plain["until"]):
            raise Refusal("E_CODE")
        if not secrets.compare_digest(plain["code"].encode(), code.strip().encode()):
            raise Refusal("E_SIGN_IN")
        return Proven(plain["name"], plain["number"])


def provider() -> IdentityProvider:
    """The identity service of this installation."""
    path = getattr(settings, "IDENTITY_PROVIDER", "jiuzhu.portal.identity.SimulatedIdentity")
    service: IdentityProvider = import_string(path)()
    if service.simulated and not settings.DEMO:
        raise ImproperlyConfigured("模拟身份服务只能用于演示环境，请配置 IDENTITY_PROVIDER")
    return service
