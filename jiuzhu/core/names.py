"""Names compared as people mean them: one dot for minority names, no stray blanks, rare characters kept."""

from __future__ import annotations

import re
import unicodedata

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DOTS = "·•．‧・･∙⋅"
DOT = "\u00b7"


def normalise(name: str) -> str:
    """Fold widths and dot variants (to U+00B7), drop blanks; every character of the name itself stays."""
    folded = "".join(DOT if char in _DOTS else char for char in name)
    folded = re.sub(r"(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])", DOT, folded)
    folded = unicodedata.normalize("NFC", folded.translate(_FULL_WIDTH))
    return "".join(char for char in folded if not char.isspace())


def mask(name: str) -> str:
    """张*明 (PUBL-04)."""
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "") if name else ""
