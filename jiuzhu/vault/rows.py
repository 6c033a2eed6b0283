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


def append_only(table: str) -> str:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE, whoever asks; the runtime role has no such right either."""
    return (
        f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION jiuzhu_refuse_change();\n"
        f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION jiuzhu_refuse_change();\n"
    )


def undo_append_only(table: str) -> str:
    return f'DROP TRIGGER append_only ON "{table}"; DROP TRIGGER no_truncate ON "{table}";'


def undo_fence(table: str) -> str:
    return (
        f'DROP POLICY fence ON "{table}"; ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY; '
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;'
    )


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
    place = f"town_id = ANY ({_TOWNS}) AND (cardinality({_VILLAGES}) = 0 OR village_code = ANY ({_VILLAGES}))"
    return _policy(table, f"{_SYSTEM} OR ({place}) {own}", 0)


def fence_by_town(table: str) -> str:
    """Fence a table of a town's own books, which belong to no household; villages keep none of them."""
    return _policy(table, f"{_SYSTEM} OR (town_id = ANY ({_TOWNS}) AND cardinality({_VILLAGES}) = 0)", 0)


def fence_by_either_place(table: str, *towns: str, household: str = "household_id") -> str:
    """Fence a table that names two townships: the one a family leaves and the one it comes to both see the row."""
    places = " OR ".join(f'"{column}" = ANY ({_TOWNS})' for column in towns)
    area = f"({places}) AND cardinality({_VILLAGES}) = 0"
    return _policy(table, f'{_SYSTEM} OR ({area}) OR "{household}" = {_HOUSEHOLD}', 0)


def fence_by_parent(table: str, parent: str, column: str, *, level: int = 0) -> str:
    """Fence a table through the row it belongs to; who sees the parent sees the child (at ``level`` or above)."""
    test = f'{_SYSTEM} OR EXISTS (SELECT 1 FROM "{parent}" p WHERE p.id = "{table}"."{column}")'
    return _policy(table, test, level)


def fence_by_parent_or_none(table: str, parent: str, column: str) -> str:
    """As :func:`fence_by_parent`, but rows that belong to no household (pay lists, agreements) are for staff only."""
    staff = f'("{table}"."{column}" IS NULL AND cardinality({_TOWNS}) > 0)'
    test = f'{_SYSTEM} OR {staff} OR EXISTS (SELECT 1 FROM "{parent}" p WHERE p.id = "{table}"."{column}")'
    return _policy(table, test, 0)


ONLY_THESE_CHANGE = """
CREATE OR REPLACE FUNCTION jiuzhu_only_these_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - TG_ARGV::text[]) IS DISTINCT FROM (to_jsonb(OLD) - TG_ARGV::text[]) THEN
        RAISE EXCEPTION 'kept table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def only_these_change(table: str, *columns: str) -> str:
    """A row stays as it was written, apart from these columns; it is never deleted, whoever asks."""
    allowed = ", ".join(f"'{column}'" for column in columns)
    return (
        ONLY_THESE_CHANGE + f'CREATE TRIGGER only_these_change BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION jiuzhu_only_these_change({allowed});\n"
        f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION jiuzhu_refuse_change();\n"
    )


def undo_only_these_change(table: str) -> str:
    return f'DROP TRIGGER only_these_change ON "{table}"; DROP TRIGGER no_truncate ON "{table}";'


def fence_by_parent_or_organ(table: str, parent: str, column: str) -> str:
    """As :func:`fence_by_parent`; a row of no household (pay list, agreement) is for the organ it is made for.

    That is ``audience_id``, else ``organ_id``. It is a town of the asker's, or stands above towns of which the
    asker's area holds every one: a town sees its own pay list, not the county's; one county not the other's.
    """
    holder = "coalesce(audience_id, organ_id)"
    links = 'SELECT 1 FROM "accounts_organisationlink" l WHERE l.valid_to IS NULL AND l.parent_id'
    organ = (
        f'("{table}"."{column}" IS NULL AND ({holder} = ANY ({_TOWNS}) OR ('
        f"EXISTS ({links} = {holder} AND l.child_id = ANY ({_TOWNS})) "
        f"AND NOT EXISTS ({links} = {holder} AND l.child_id <> ALL ({_TOWNS})))))"
    )
    test = f'{_SYSTEM} OR {organ} OR EXISTS (SELECT 1 FROM "{parent}" p WHERE p.id = "{table}"."{column}")'
    return _policy(table, test, 0)
