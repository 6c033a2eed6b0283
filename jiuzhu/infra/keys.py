"""Keys of the process: from the environment in production, made once under ``var/`` on a laptop."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from jiuzhu.core.sealing import AES, SM4, Keyring


def parse(text: str, algorithm: str = "SM4") -> Keyring:
    """``{"data": {"1": b64}, "current": 1, "index": b64, "chain": b64}`` → keys; 32 bytes each."""
    raw = json.loads(text)
    return Keyring(
        data={int(number): base64.b64decode(key) for number, key in raw["data"].items()},
        current=int(raw["current"]),
        index=base64.b64decode(raw["index"]),
        chain=base64.b64decode(raw["chain"]),
        algorithm=AES if algorithm == "AES" else SM4,
    )


def fresh() -> str:
    """A new keyring as text."""
    data, index, chain = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3))
    return json.dumps({"data": {"1": data}, "current": 1, "index": index, "chain": chain})


def local(path: Path) -> str:
    """The keyring of this machine, made on first start, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(fresh())
    return path.read_text()
