from django.db import migrations

# E7, W33: no emergency is closed while the second handler of a delivery has not signed
BOTH_SIGNED = """
CREATE FUNCTION cases_emergency_both_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    IF EXISTS (SELECT 1 FROM cases_delivery d WHERE d.case_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM cases_countersign c WHERE c.delivery_id = d.id)) THEN
        RAISE EXCEPTION 'E_SEAL: a delivery of emergency case % bears one signature', NEW.case_no
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER emergency_both_signed BEFORE UPDATE ON cases_case FOR EACH ROW
    WHEN (NEW.state = 'CLOSED' AND OLD.state <> 'CLOSED') EXECUTE FUNCTION cases_emergency_both_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_after_help")]

    operations = [
        migrations.RunSQL(
            BOTH_SIGNED,
            "DROP TRIGGER emergency_both_signed ON cases_case; DROP FUNCTION cases_emergency_both_signed();",
        ),
    ]
