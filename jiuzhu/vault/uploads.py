"""Pictures people hand in: checked by their content, never by their name; HEIC is turned into JPEG."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from jiuzhu.core.clock import SHANGHAI
from jiuzhu.core.refusal import Refusal

register_heif_opener()
Image.MAX_IMAGE_PIXELS = 80_000_000
_KEEP = {"JPEG": "image/jpeg", "PNG": "image/png"}
_EXIF_TAKEN, _EXIF_GPS = 36867, 34853


@dataclass(frozen=True)
class Picture:
    """A checked picture with what its EXIF says of time and place."""

    content: bytes
    mime: str
    taken_at: datetime | None
    place: str


def picture(content: bytes, name: str = "图片") -> Picture:
    """Check size and content; raises E_UPLOAD_SIZE, E_UPLOAD_TYPE. Anything but JPEG and PNG becomes JPEG."""
    if len(content) > settings.UPLOAD_LIMIT_MB * 1024 * 1024:
        size = f"{len(content) / 1024 / 1024:.1f}"
        raise Refusal("E_UPLOAD_SIZE", name=name, size=size, limit=settings.UPLOAD_LIMIT_MB)
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.load()
            exif = opened.getexif()
            mime = _KEEP.get(opened.format or "")
            if mime is None:
                converted = io.BytesIO()
                opened.convert("RGB").save(converted, "JPEG", quality=85)
                content, mime = converted.getvalue(), "image/jpeg"
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError):
        raise Refusal("E_UPLOAD_TYPE", name=name) from None
    return Picture(content, mime, _taken(exif), _place(exif))


def drawn(data_url: str) -> Picture:
    """A signature drawn on the screen, sent as ``data:image/png;base64,…``; an empty pad is refused."""
    head, _, body = data_url.partition(",")
    if not head.startswith("data:image/png") or len(body) < 100:
        raise Refusal("E_SEAL", missing="手写签名")
    try:
        return picture(base64.b64decode(body, validate=True), "手写签名")
    except ValueError:
        raise Refusal("E_UPLOAD_TYPE", name="手写签名") from None


def _taken(exif: Any) -> datetime | None:
    text = exif.get(_EXIF_TAKEN) or exif.get_ifd(0x8769).get(_EXIF_TAKEN)
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI) if text else None
    except ValueError:
        return None


def _place(exif: Any) -> str:
    """Latitude and longitude; cameras write odd things here, and a place nobody can read is no place."""
    gps = exif.get_ifd(_EXIF_GPS)
    try:
        north, east = (
            (-1 if gps.get(sign) in ("S", "W") else 1)
            * (float(part[0]) + float(part[1]) / 60 + float(part[2]) / 3600)
            for sign, part in ((1, gps[2]), (3, gps[4]))
        )
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return ""
    return f"{north:.5f},{east:.5f}" if abs(north) <= 90 and abs(east) <= 180 else ""
