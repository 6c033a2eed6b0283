"""Fences, history, and what the database itself refuses: deciding without authority, paying less before W36 was served."""

from django.db import migrations

from jiuzhu.vault import rows

# ORG-03, ORG-04: as for the decision of a case; whoever reported, examined, visited or verified does not decide.
DECISION = """
CREATE FUNCTION benefits_decision_needs_authority() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    c benefits_change%ROWTYPE;
    e cases_entitlement%ROWTYPE;
    the_state text;
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT * INTO c FROM benefits_change WHERE id = NEW.change_id;
    SELECT * INTO e FROM cases_entitlement WHERE id = c.entitlement_id;
    IF c.reporter_id = NEW.decider_id
       OR EXISTS (SELECT 1 FROM benefits_examination x WHERE x.change_id = c.id AND x.by_id = NEW.decider_id)
       OR EXISTS (SELECT 1 FROM benefits_review r WHERE r.id = c.review_id AND (NEW.decider_id = ANY (r.visitors)
            OR EXISTS (SELECT 1 FROM verification_run v WHERE v.id = r.run_id AND v.verifier_id = NEW.decider_id)))
    THEN
        RAISE EXCEPTION 'E_SOD: decider % had a hand in change %', NEW.decider_id, c.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.authority = 'TOWN' THEN
        SELECT s.state INTO the_state FROM accounts_delegationstep s
            WHERE s.delegation_id = NEW.delegation_id AND s.effective_on <= NEW.decided_on
            ORDER BY s.effective_on DESC, s.id DESC LIMIT 1;
        IF the_state IS DISTINCT FROM 'ACTIVE' OR NEW.organ_id <> e.town_id OR NOT EXISTS (
            SELECT 1 FROM accounts_delegation d
                JOIN accounts_organisationlink l ON l.parent_id = d.county_id AND l.child_id = e.town_id
                WHERE d.id = NEW.delegation_id AND e.aid_type = ANY (d.aid_types)
                AND NEW.decided_on BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
                AND NEW.decided_on BETWEEN l.valid_from AND coalesce(l.valid_to, 'infinity')
                AND (NOT EXISTS (SELECT 1 FROM accounts_delegation_towns t WHERE t.delegation_id = d.id)
                     OR EXISTS (SELECT 1 FROM accounts_delegation_towns t
                                WHERE t.delegation_id = d.id AND t.organisation_id = e.town_id)))
        THEN
            RAISE EXCEPTION 'E_AUTH: no delegation covers change % on %', c.number, NEW.decided_on
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM accounts_organisationlink l WHERE l.parent_id = NEW.organ_id AND l.child_id = e.town_id
            AND NEW.decided_on BETWEEN l.valid_from AND coalesce(l.valid_to, 'infinity'))
    THEN
        RAISE EXCEPTION 'E_AUTH: organ % is not above the town of change %', NEW.organ_id, c.number
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER decision_needs_authority BEFORE INSERT ON benefits_changedecision
    FOR EACH ROW EXECUTE FUNCTION benefits_decision_needs_authority();
"""

# The end of a person's support has its own notice (W36-TK, support_stop).
# DYN-11: an amount below the former one never begins in a month before its W36 was served; nor does an end,
# unless the aid goes on elsewhere or as another kind, or its last day was told with the grant.
NOTICE_FIRST = """
CREATE FUNCTION benefits_told_by(the_entitlement bigint, the_ground text, the_fen bigint, the_month date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM benefits_notice n
        JOIN benefits_change c ON c.id = n.change_id
        JOIN documents_service s ON s.document_id = n.document_id
        WHERE n.entitlement_id = the_entitlement AND n.new_fen = the_fen
            AND (the_ground IS NULL OR c.number = the_ground)
            AND date_trunc('month', s.served_on)::date <= the_month)
$$;
CREATE FUNCTION benefits_less_needs_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    before bigint;
    now_fen bigint := NEW.base_fen + NEW.topup_fen + NEW.care_fen;
BEGIN
    IF NEW.decision_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT a.base_fen + a.topup_fen + a.care_fen INTO before FROM cases_entitlementamount a
        WHERE a.entitlement_id = NEW.entitlement_id AND a.from_month < NEW.from_month AND a.superseded_at IS NULL
        ORDER BY a.from_month DESC LIMIT 1;
    IF before IS NULL THEN
        SELECT a.base_fen + a.topup_fen + a.care_fen INTO before FROM cases_entitlementamount a
            WHERE a.entitlement_id = NEW.entitlement_id ORDER BY a.id DESC LIMIT 1;
    END IF;
    IF now_fen < before AND NOT benefits_told_by(NEW.entitlement_id, NEW.ground, now_fen, NEW.from_month) THEN
        RAISE EXCEPTION 'E_NOTICE: entitlement % would get less from % untold', NEW.entitlement_id, NEW.from_month
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER less_needs_notice BEFORE INSERT ON cases_entitlementamount
    FOR EACH ROW EXECUTE FUNCTION benefits_less_needs_notice();
CREATE FUNCTION benefits_end_needs_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
BEGIN
    IF NEW.stop_reason LIKE 'ST-TO-%' OR NEW.stop_reason LIKE 'ST-MOVE%' OR NEW.stop_reason = 'ST-EXPIRED' THEN
        RETURN NEW;
    END IF;
    PERFORM set_config('jiuzhu.system', 'on', true);
    IF NOT EXISTS (SELECT 1 FROM benefits_supportstop t JOIN documents_service s ON s.document_id = t.notice_id
            WHERE t.entitlement_id = NEW.id AND t.open)
        AND NOT benefits_told_by(NEW.id, NULL, 0, (NEW.last_month + interval '1 month')::date) THEN
        RAISE EXCEPTION 'E_NOTICE: entitlement % would end untold', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER end_needs_notice BEFORE UPDATE ON cases_entitlement FOR EACH ROW
    WHEN (NEW.state = 'STOPPED' AND OLD.state <> 'STOPPED') EXECUTE FUNCTION benefits_end_needs_notice();
"""
UNDO = """
DROP TRIGGER decision_needs_authority ON benefits_changedecision;
DROP FUNCTION benefits_decision_needs_authority();
DROP TRIGGER less_needs_notice ON cases_entitlementamount;
DROP FUNCTION benefits_less_needs_notice();
DROP TRIGGER end_needs_notice ON cases_entitlement;
DROP FUNCTION benefits_end_needs_notice();
DROP FUNCTION benefits_told_by(bigint, text, bigint, date);
"""

_HISTORY = (
    "changestep",
    "examination",
    "changedecision",
    "notice",
    "effect",
    "workoffer",
    "repayment",
    "standardline",
)
_OF_ENTITLEMENT = (
    "change",
    "notice",
    "suspension",
    "fading",
    "workoffer",
    "review",
    "overpay",
    "standardline",
)
_OF_CHANGE = ("changestep", "examination", "changedecision", "effect")


def _fence(table, parent, column):
    return migrations.RunSQL(rows.fence_by_parent(table, parent, column), rows.undo_fence(table))


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0002_changes"),
        ("payments", "0004_dues"),
        ("verification", "0002_fence"),
        ("documents", "0002_fence"),
    ]

    operations = [
        *(
            migrations.RunSQL(rows.append_only(f"benefits_{name}"), rows.undo_append_only(f"benefits_{name}"))
            for name in _HISTORY
        ),
        *(_fence(f"benefits_{name}", "cases_entitlement", "entitlement_id") for name in _OF_ENTITLEMENT),
        *(_fence(f"benefits_{name}", "benefits_change", "change_id") for name in _OF_CHANGE),
        _fence("benefits_repayment", "benefits_overpay", "overpay_id"),
        migrations.RunSQL(DECISION + NOTICE_FIRST, UNDO),
    ]
