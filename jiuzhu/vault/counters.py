"""Numbers without gaps: the counter's row is taken and locked until what bears the number is committed."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model


def next_number(counter: type[Model], **key: Any) -> int:
    """Next value of ``counter.last`` for ``key`` (the columns of its unique constraint), beginning with 1."""
    columns = [connection.ops.quote_name(counter._meta.get_field(name).column or "") for name in key]
    table = connection.ops.quote_name(counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c ({', '.join(columns)}, last) VALUES ({', '.join(['%s'] * len(key))}, 1)"
            f" ON CONFLICT ({', '.join(columns)}) DO UPDATE SET last = c.last + 1 RETURNING last",
            list(key.values()),
        )
        return int(cursor.fetchone()[0])
