"""Fonts of documents: Noto Serif/Sans SC from a wheel, plus the site's own. A missing glyph is an error, not a box."""

from __future__ import annotations

import functools
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

_site_fonts: tuple[Path, ...] = ()


def configure(folder: Path | None) -> None:
    """Add a folder with the site's licensed fonts (方正小标宋, 仿宋_GB2312 …)."""
    global _site_fonts
    _site_fonts = (folder,) if folder else ()
    covered.cache_clear()


def folders() -> list[str]:
    return [str(Path(pylopdf_fonts_zh_cn.__file__).parent), *map(str, _site_fonts)]


@functools.cache
def covered() -> frozenset[int]:
    """Every code point some font can draw."""
    points: set[int] = set()
    for folder in folders():
        for path in sorted(Path(folder).glob("*.[ot]tf")):
            points |= set(TTFont(path, lazy=True).getBestCmap())
    return frozenset(points)


def missing(text: str) -> list[str]:
    """Characters no font can draw, however new or private: a name typed on an old system may hold one."""
    return sorted({char for char in text if ord(char) not in covered() and not char.isspace()})
