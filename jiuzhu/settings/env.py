"""Reading the environment, with messages that say what to type."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None, *, example: str = "") -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"environment variable {name} is missing; set it, for example: export {name}='{example}'"
        )
    return value


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in ("1", "true", "yes", "on")


def kept(path: Path, default: str) -> str:
    """What a running city wrote down about itself under var/."""
    return path.read_text(encoding="utf-8").strip() if path.exists() else default


def folder(name: str) -> Path | None:
    """A folder named by the installation, or nothing."""
    value = os.environ.get(name, "")
    return Path(value) if value else None


def database(url: str) -> dict:
    """Django's settings from ``postgresql://user:password@host:port/name?host=/socket``."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 3,
        },  # the same few hundred statements, planned once
    }


def project_folder() -> Path:
    return Path(__file__).resolve().parent.parent.parent
