"""Production starts only with its own keys, and nothing of the demo can be switched on there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "JIUZHU_SECRET_KEY": "x" * 50,
    "JIUZHU_HOSTS": "jiuzhu.example.gov.cn",
    "JIUZHU_KEYRING": "{}",
    "JIUZHU_DATABASE_URL": "postgresql://jiuzhu:secret@db:5432/jiuzhu",
    "JIUZHU_DEPARTMENTS_URL": "http://exchange.example",
    "JIUZHU_DEPARTMENTS_KEY": "app",
    "JIUZHU_DEPARTMENTS_SECRET": "secret",
    "JIUZHU_DEMO": "true",
}
SHOW = (
    "from jiuzhu.settings import production as p; "
    "print(p.DEMO, p.DEBUG, p.SESSION_COOKIE_SECURE, p.CSRF_COOKIE_SECURE, p.SECURE_HSTS_SECONDS > 0)"
)


def _settings(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIUZHU_")}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_never_a_demo_and_always_secure() -> None:
    started = _settings(**COMPLETE)

    assert started.stdout.split() == ["False", "False", "True", "True", "True"], started.stderr


@pytest.mark.parametrize("missing", sorted(set(COMPLETE) - {"JIUZHU_DEMO"}))
def test_production_refuses_to_start_and_says_what_to_type(missing: str) -> None:
    started = _settings(**{name: value for name, value in COMPLETE.items() if name != missing})

    assert started.returncode != 0
    assert f"export {missing}=" in started.stderr
