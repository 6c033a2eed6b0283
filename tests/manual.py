"""``make manual``: walk every journey in a real browser and write docs/manual with fresh screenshots."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.journeys import manual

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "manual"


def main() -> int:
    shutil.rmtree(FOLDER / "images", ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["JIUZHU_MANUAL"] = str(FOLDER)
    status = pytest.main(["-q", "-x", "tests/journeys"])
    for path in manual.write(FOLDER):
        print(path.relative_to(FOLDER.parents[1]))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
