"""The file store: content-addressed, sealed on disk, written before the row that names it.

A crash between writing and committing leaves an unnamed file, never a row without its bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from jiuzhu.core import clock, sealing
from jiuzhu.vault.models import StoredFile


def _path(sha256: str) -> Path:
    return Path(settings.FILE_STORE) / sha256[:2] / sha256


def keep(content: bytes, mime: str) -> StoredFile:
    """Store ``content`` once and return its row; the same bytes always give the same row."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if not path.exists():
        _write(path, sealing.seal(content, f"file:{sha256}"))
    row = StoredFile(sha256=sha256, mime=mime, size=len(content), stored_at=clock.now())
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return StoredFile.objects.get(sha256=sha256)


def _write(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(sealed)
        draft.flush()
        os.fsync(draft.fileno())
    os.replace(draft.name, path)


def read(stored: StoredFile) -> bytes:
    """The original bytes; raises ``SealBroken`` when the file on disk was altered."""
    return sealing.unseal(_path(stored.sha256).read_bytes(), f"file:{stored.sha256}")
