"""Temporary aid holds by itself: receipts are only added, small sums are the town's, nothing closes incomplete."""

from django.db import migrations

from jiuzhu.policy.parameters import declarations
from jiuzhu.vault import rows

_LIMITS = ("ta.town_limit", "ta.town_limit_pilot")


def _published(key: str, day: str) -> str:
    """The highest published value of a parameter on a day, or the product's default."""
    return (
        f"coalesce((SELECT max((v.value #>> '{{}}')::bigint) FROM parameters_publishedvalue v WHERE v.key = '{key}' "
        f"AND v.state = 'PUBLISHED' AND {day} BETWEEN v.effective_from AND coalesce(v.effective_to, 'infinity')), "
        f"{declarations()[key].default})"
    )


def _highest(day: str) -> str:
    return f"greatest({', '.join(_published(key, day) for key in _LIMITS)})"


# TA-20: a town decides no more than its limit, and the limit it names is one that was published (or the default)
WITHIN_LIMIT = f"""
CREATE FUNCTION cases_decision_within_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    given bigint;
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT coalesce(sum(d.amount_fen), 0) INTO given FROM cases_delivery d WHERE d.case_id = NEW.case_id;
    IF NEW.limit_fen > {_highest("NEW.decided_on")} OR greatest(NEW.amount_fen, given) > NEW.limit_fen THEN
        RAISE EXCEPTION 'E_LIMIT: town decides % of case %', greatest(NEW.amount_fen, given), NEW.case_id
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER decision_within_limit BEFORE INSERT ON cases_decision FOR EACH ROW
    WHEN (NEW.authority = 'TOWN' AND NEW.kind = 'APPROVE' AND NEW.pays = 'ONCE')
    EXECUTE FUNCTION cases_decision_within_limit();
"""

# E7: recipient, cause, amount, handler's signature and the unit's seal; the total is the town's or was decided (TA-20)
CLOSES_COMPLETE = f"""
CREATE FUNCTION cases_emergency_closes_complete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    given bigint;
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    IF EXISTS (SELECT 1 FROM cases_emergency e WHERE e.case_id = NEW.id) THEN
        SELECT coalesce(sum(d.amount_fen), 0) INTO given FROM cases_delivery d WHERE d.case_id = NEW.id;
        IF NOT EXISTS (SELECT 1 FROM cases_registration r WHERE r.case_id = NEW.id AND r.recipient_name <> ''
                AND r.cause <> '' AND r.reason <> '' AND r.amount_fen = given AND r.handler_signature_id IS NOT NULL
                AND r.seal_id IS NOT NULL AND r.sealed_at IS NOT NULL)
           OR NOT EXISTS (SELECT 1 FROM cases_delivery d WHERE d.case_id = NEW.id)
           OR NOT EXISTS (SELECT 1 FROM documents_document p WHERE p.case_id = NEW.id AND p.code = 'W34')
        THEN
            RAISE EXCEPTION 'E_SEAL: emergency case % is not complete', NEW.case_no USING ERRCODE = 'check_violation';
        END IF;
        IF given > greatest({_highest("NEW.closed_on")}, coalesce((SELECT max(d.amount_fen) FROM cases_decision d
                WHERE d.case_id = NEW.id AND d.kind = 'APPROVE'), 0))
        THEN
            RAISE EXCEPTION 'E_LIMIT: emergency case % was given % undecided', NEW.case_no, given
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER emergency_closes_complete BEFORE UPDATE ON cases_case FOR EACH ROW
    WHEN (NEW.state = 'CLOSED' AND OLD.state <> 'CLOSED') EXECUTE FUNCTION cases_emergency_closes_complete();
"""

_APPEND_ONLY = ("cases_delivery", "cases_oralapproval")
_OF_A_CASE = (*_APPEND_ONLY, "cases_emergency", "cases_registration")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_temporary_aid"),
        ("documents", "0002_fence"),
        ("parameters", "0001_initial"),
    ]

    operations = [
        *(migrations.RunSQL(rows.append_only(each), rows.undo_append_only(each)) for each in _APPEND_ONLY),
        *(
            migrations.RunSQL(rows.fence_by_parent(each, "cases_case", "case_id"), rows.undo_fence(each))
            for each in _OF_A_CASE
        ),
        migrations.RunSQL(
            WITHIN_LIMIT,
            "DROP TRIGGER decision_within_limit ON cases_decision; DROP FUNCTION cases_decision_within_limit();",
        ),
        migrations.RunSQL(
            CLOSES_COMPLETE,
            "DROP TRIGGER emergency_closes_complete ON cases_case; DROP FUNCTION cases_emergency_closes_complete();",
        ),
    ]
