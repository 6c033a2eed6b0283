"""What people hand in: judged by its bytes, turned into what everybody can open, kept sealed and once."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image, TiffImagePlugin

from jiuzhu.core.clock import SHANGHAI
from jiuzhu.core.sealing import SealBroken
from jiuzhu.vault import files, uploads
from jiuzhu.vault.models import StoredFile

EXIF, GPS, TAKEN = 0x8769, 34853, 36867


def _picture(kind: str, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def _exif(north: Any, east: Any, refs: tuple[str, str] = ("N", "E"), taken: str = "") -> Image.Exif:
    exif = Image.Exif()
    exif[GPS] = {1: refs[0], 2: north, 3: refs[1], 4: east}
    if taken:
        exif[EXIF] = {TAKEN: taken}
    return exif


def _ratio(*parts: tuple[int, int]) -> tuple[Any, ...]:
    return tuple(TiffImagePlugin.IFDRational(*part) for part in parts)


def test_a_phones_photo_tells_when_and_where() -> None:
    exif = _exif(
        _ratio((36, 1), (27, 1), (36, 1)), _ratio((115, 1), (59, 1), (24, 1)), taken="2019:10:23 16:05:07"
    )

    seen = uploads.picture(_picture("JPEG", exif))

    assert seen.mime == "image/jpeg"
    assert seen.taken_at == datetime(2019, 10, 23, 16, 5, 7, tzinfo=SHANGHAI)
    assert seen.place == "36.46000,115.99000"


@pytest.mark.parametrize(
    ("north", "east"),
    [
        (_ratio((36, 1)), _ratio((115, 1))),
        (_ratio((36, 1), (27, 0), (36, 0)), _ratio((115, 1), (59, 1), (24, 1))),
        (_ratio((999, 1), (0, 1), (0, 1)), _ratio((115, 1), (0, 1), (0, 1))),
    ],
    ids=["degrees only", "divided by nothing", "beyond the pole"],
)
def test_a_place_nobody_can_read_is_no_place_and_no_error(north: Any, east: Any) -> None:
    assert uploads.picture(_picture("JPEG", _exif(north, east, taken="yesterday"))).place == ""


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "GIF", "TIFF", "HEIF"])
def test_other_pictures_become_jpeg(kind: str) -> None:
    seen = uploads.picture(_picture(kind))

    assert seen.mime == "image/jpeg"
    assert Image.open(io.BytesIO(seen.content)).format == "JPEG"


def test_the_same_bytes_are_kept_once_and_sealed(db: None) -> None:
    content = _picture("PNG") + b"unique to this test"

    one, two = files.keep(content, "image/png"), files.keep(content, "image/png")

    on_disk = Path(settings.FILE_STORE) / one.sha256[:2] / one.sha256
    assert (one.pk, StoredFile.objects.filter(sha256=one.sha256).count()) == (two.pk, 1)
    assert content not in on_disk.read_bytes()
    assert files.read(one) == content


def test_a_file_altered_on_disk_is_noticed(db: None) -> None:
    stored = files.keep(_picture("PNG") + b"altered", "image/png")
    path = Path(settings.FILE_STORE) / stored.sha256[:2] / stored.sha256
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))

    with pytest.raises(SealBroken):
        files.read(stored)
    path.unlink()
