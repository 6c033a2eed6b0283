"""SQL pieces for migrations: append-only tables, grants, and the row fence (design.md, Scope).

Every personal table is fenced by PostgreSQL row-level security. A session says who asks through four
settings (set by ``accounts.fence``); a query outside a fence sees nothing.

jiuzhu.towns       '{1,2}' ids of the town organisations in the asker's area
jiuzhu.villages    '{…}'   village codes; empty means all villages of those towns
jiuzhu.household   id of the citizen's own household
jiuzhu.level       0..3    how much of a verification answer may be seen (VER-30)
jiuzhu.system      'on'    the platform itself (queue, operator's command)
"""

from __future__ import annotations

APP_ROLE = "jiuzhu_app"

_SYSTEM = "(SELECT current_setting('jiuzhu.system', true) = 'on')"
_TOWNS = "((SELECT coalesce(nullif(current_setting('jiuzhu.towns', true), ''), '{}'))::bigint[])"
_VILLAGES = "((SELECT coalesce(nullif(current_setting('jiuzhu.villages', true), ''), '{}'))::text[])"
_HOUSEHOLD = "(SELECT nullif(current_setting('jiuzhu.household', true), '')::bigint)"
_LEVEL = "(SELECT coalesce(nullif(current_setting('jiuzhu.level', true), ''), '0')::int)"

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION jiuzhu_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def grant(table: str, *, append_only: bool = False) -> str:
    """Rights of the runtime role on one table and its sequences; append-only tables also get the trigger."""
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    sql = f'GRANT {rights} ON "{table}" TO {APP_ROLE};\n'
    if append_only:
        sql += (
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION jiuzhu_refuse_change();\n"
            f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION jiuzhu_refuse_change();\n"
        )
    return sql


def _policy(table: str, test: str, level: int) -> str:
    if level:
        test = f"({test}) AND ({_SYSTEM} OR {_LEVEL} >= {level})"
    return (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;\n'
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;\n'
        f'CREATE POLICY fence ON "{table}" USING ({test}) WITH CHECK (true);\n'
    )


def fence_by_place(table: str, *, household: str = "household_id") -> str:
    """Fence a table that carries ``town_id``, ``village_code`` and the household's id itself."""
    own = f'OR "{household}" = {_HOUSEHOLD}' if household else ""
    place = (
        f"town_id = ANY ({_TOWNS}) AND "
        f"(cardinality({_VILLAGES}) = 0 OR village_code = ANY ({_VILLAGES}))"
    )
    return _policy(table, f"{_SYSTEM} OR ({place}) {own}", 0)


def fence_by_parent(table: str, parent: str, column: str, *, level: int = 0) -> str:
    """Fence a table through the row it belongs to; who sees the parent sees the child (at ``level`` or above)."""
    test = f'{_SYSTEM} OR EXISTS (SELECT 1 FROM "{parent}" p WHERE p.id = "{table}"."{column}")'
    return _policy(table, test, level)
