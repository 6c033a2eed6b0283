"""Templates are laid out for readers and sent without their indentation: half of a list's weight on a cheap phone."""

from __future__ import annotations

import re
from typing import Any

from django.template.loaders import app_directories

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(app_directories.Loader):
    """Every app's templates; line breaks stay, so that an error names the line of the file."""

    def get_contents(self, origin: Any) -> str:
        return _INDENTATION.sub("\n", super().get_contents(origin))
