"""Append-only tables and row fences of cases."""

from django.db import migrations

from jiuzhu.vault import rows

# A decision without authority, by an investigator or by the verifier is impossible, whoever writes it
# (ORG-03, ORG-04): the database looks for the delegation in force on the day and for the people involved.
DECISION_NEEDS_AUTHORITY = """
CREATE FUNCTION cases_decision_needs_authority() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    the_case cases_case%ROWTYPE;
    the_state text;
BEGIN
    -- set here, not at CREATE FUNCTION: there it takes a superuser, and the owner of the database is none
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT * INTO the_case FROM cases_case WHERE id = NEW.case_id;
    IF EXISTS (SELECT 1 FROM cases_investigator i WHERE i.case_id = NEW.case_id AND i.staff_id = NEW.decider_id)
       OR EXISTS (SELECT 1 FROM verification_run r WHERE r.case_id = NEW.case_id AND r.verifier_id = NEW.decider_id)
    THEN
        RAISE EXCEPTION 'E_SOD: decider % investigated or verified case %', NEW.decider_id, the_case.case_no
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.authority = 'TOWN' THEN
        SELECT s.state INTO the_state FROM accounts_delegationstep s
            WHERE s.delegation_id = NEW.delegation_id AND s.effective_on <= NEW.decided_on
            ORDER BY s.effective_on DESC, s.id DESC LIMIT 1;
        IF the_state IS DISTINCT FROM 'ACTIVE' OR NEW.organ_id <> the_case.town_id OR NOT EXISTS (
            SELECT 1 FROM accounts_delegation d
                JOIN accounts_organisationlink l ON l.parent_id = d.county_id AND l.child_id = the_case.town_id
                WHERE d.id = NEW.delegation_id AND the_case.aid_type = ANY (d.aid_types)
                AND NEW.decided_on BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
                AND NEW.decided_on BETWEEN l.valid_from AND coalesce(l.valid_to, 'infinity')
                AND (NOT EXISTS (SELECT 1 FROM accounts_delegation_towns t WHERE t.delegation_id = d.id)
                     OR EXISTS (SELECT 1 FROM accounts_delegation_towns t
                                WHERE t.delegation_id = d.id AND t.organisation_id = the_case.town_id)))
        THEN
            RAISE EXCEPTION 'E_AUTH: no delegation covers case % on %', the_case.case_no, NEW.decided_on
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM accounts_organisationlink l WHERE l.parent_id = NEW.organ_id AND l.child_id = the_case.town_id
            AND NEW.decided_on BETWEEN l.valid_from AND coalesce(l.valid_to, 'infinity'))
    THEN
        RAISE EXCEPTION 'E_AUTH: organ % is not above the town of case %', NEW.organ_id, the_case.case_no
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER decision_needs_authority BEFORE INSERT ON cases_decision
    FOR EACH ROW EXECUTE FUNCTION cases_decision_needs_authority();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0002_fence"), ("verification", "0002_fence")]

    operations = [
        migrations.RunSQL(rows.append_only("cases_step"), rows.undo_append_only("cases_step")),
        migrations.RunSQL(rows.append_only("cases_evidence"), rows.undo_append_only("cases_evidence")),
        migrations.RunSQL(rows.append_only("cases_photo"), rows.undo_append_only("cases_photo")),
        migrations.RunSQL(rows.append_only("cases_assessment"), rows.undo_append_only("cases_assessment")),
        migrations.RunSQL(rows.append_only("cases_opinion"), rows.undo_append_only("cases_opinion")),
        migrations.RunSQL(rows.append_only("cases_decision"), rows.undo_append_only("cases_decision")),
        migrations.RunSQL(rows.append_only("cases_attendance"), rows.undo_append_only("cases_attendance")),
        migrations.RunSQL(
            rows.fence_by_place("cases_case", household="household_id"), rows.undo_fence("cases_case")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_casemember", "cases_case", "case_id"),
            rows.undo_fence("cases_casemember"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_step", "cases_case", "case_id"), rows.undo_fence("cases_step")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_caseclock", "cases_case", "case_id"),
            rows.undo_fence("cases_caseclock"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_pause", "cases_case", "case_id"), rows.undo_fence("cases_pause")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_draft", "cases_case", "case_id"), rows.undo_fence("cases_draft")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_evidence", "cases_case", "case_id"), rows.undo_fence("cases_evidence")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_material", "cases_case", "case_id"), rows.undo_fence("cases_material")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_correction", "cases_case", "case_id"),
            rows.undo_fence("cases_correction"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_kinfiling", "cases_case", "case_id"),
            rows.undo_fence("cases_kinfiling"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_investigation", "cases_case", "case_id"),
            rows.undo_fence("cases_investigation"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_investigator", "cases_case", "case_id"),
            rows.undo_fence("cases_investigator"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_photo", "cases_case", "case_id"), rows.undo_fence("cases_photo")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_countyvisit", "cases_case", "case_id"),
            rows.undo_fence("cases_countyvisit"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_assessment", "cases_case", "case_id"),
            rows.undo_fence("cases_assessment"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_opinion", "cases_case", "case_id"), rows.undo_fence("cases_opinion")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_decision", "cases_case", "case_id"), rows.undo_fence("cases_decision")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_objection", "cases_case", "case_id"),
            rows.undo_fence("cases_objection"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_appraisal", "cases_case", "case_id"),
            rows.undo_fence("cases_appraisal"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_attendance", "cases_appraisal", "appraisal_id"),
            rows.undo_fence("cases_attendance"),
        ),
        migrations.RunSQL(
            rows.fence_by_place("cases_entitlement", household="household_id"),
            rows.undo_fence("cases_entitlement"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_entitlementamount", "cases_entitlement", "entitlement_id"),
            rows.undo_fence("cases_entitlementamount"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("cases_entitlementmember", "cases_entitlement", "entitlement_id"),
            rows.undo_fence("cases_entitlementmember"),
        ),
        migrations.RunSQL(
            DECISION_NEEDS_AUTHORITY,
            "DROP TRIGGER decision_needs_authority ON cases_decision; DROP FUNCTION cases_decision_needs_authority();",
        ),
    ]
