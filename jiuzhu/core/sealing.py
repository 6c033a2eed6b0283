"""One provider of ciphers for fields and files: SM4-GCM by default, AES-GCM by setting (密评, GM/T 0115).

A sealed value is ``version byte | key id byte | 12-byte nonce | ciphertext | 16-byte tag``. The associated
data names table, column and row, so that a value copied into another row does not open.
``index`` is a keyed HMAC-SM3 for equality search; ``chain`` the same with its own key for hash chains.
Keys come from outside the database and are handed in once with :func:`configure`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SM4, AES = 1, 2
_NONCE, _TAG, _HEAD = 12, 16, 2


class SealBroken(ValueError):
    """The value was altered, moved to another row, or sealed under a key that is not on the ring."""


@dataclass(frozen=True)
class Keyring:
    """Keys by purpose. ``data`` maps a key id (1..255) to 32 random bytes; ``current`` seals new values."""

    data: dict[int, bytes]
    current: int
    index: bytes
    chain: bytes
    algorithm: int = SM4


_ring: Keyring | None = None


def configure(ring: Keyring) -> None:
    """Install the process's keys; called once when settings are ready."""
    global _ring
    _ring = ring


def ring() -> Keyring:
    """The installed keys; a developer error when none were configured."""
    if _ring is None:
        raise RuntimeError("no keyring: call jiuzhu.core.sealing.configure(...) when the process starts")
    return _ring


def _cipher(algorithm: int, key: bytes, nonce: bytes, tag: bytes | None = None) -> Cipher[modes.GCM]:
    cipher = algorithms.SM4(key[:16]) if algorithm == SM4 else algorithms.AES(key)
    return Cipher(cipher, modes.GCM(nonce, tag))


def seal(plain: bytes, where: str) -> bytes:
    """Encrypt ``plain`` bound to ``where`` (``table.column:row``)."""
    keys = ring()
    nonce = os.urandom(_NONCE)
    encryptor = _cipher(keys.algorithm, keys.data[keys.current], nonce).encryptor()
    encryptor.authenticate_additional_data(where.encode())
    body = encryptor.update(plain) + encryptor.finalize()
    return bytes((keys.algorithm, keys.current)) + nonce + body + encryptor.tag


def unseal(sealed: bytes, where: str) -> bytes:
    """Decrypt; raises :class:`SealBroken` when the value or its place was tampered with."""
    algorithm, key_id = sealed[0], sealed[1]
    nonce, body, tag = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE : -_TAG], sealed[-_TAG:]
    key = ring().data.get(key_id)
    if key is None:
        raise SealBroken(where)
    decryptor = _cipher(algorithm, key, nonce, tag).decryptor()
    decryptor.authenticate_additional_data(where.encode())
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as broken:
        raise SealBroken(where) from broken


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Keyed SM3 (GM/T 0004, RFC 2104), 32 bytes."""
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update(data)
    return digest.finalize()


def index(text: str, purpose: str) -> str:
    """Blind index for equality search, 64 hex characters; ``purpose`` keeps columns from being joined."""
    return hmac_sm3(ring().index, f"{purpose}\x00{text}".encode()).hex()


def chain(previous: str, canonical: bytes) -> str:
    """Next link of a keyed hash chain, 64 hex characters."""
    return hmac_sm3(ring().chain, previous.encode() + b"\x00" + canonical).hex()


def sm3(data: bytes) -> str:
    """Plain SM3 digest, 64 hex characters."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()
