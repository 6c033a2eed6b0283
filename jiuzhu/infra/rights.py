"""Rights of the runtime role, set after every migration: everything it needs and not one right more."""

from __future__ import annotations

from typing import Any

from django.db import connections

from jiuzhu.infra.postgres import APP_ROLE

_GRANT = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE};
"""
_APPEND_ONLY = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'append_only'
"""


def grant(using: str = "default", **_: Any) -> None:
    """Give the runtime role its rights; append-only tables keep SELECT and INSERT only."""
    with connections[using].cursor() as cursor:
        cursor.execute(_GRANT)
        cursor.execute(_APPEND_ONLY)
        for (table,) in cursor.fetchall():
            cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP_ROLE}')
