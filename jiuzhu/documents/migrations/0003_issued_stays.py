"""What was issued stays as issued; numbers go up by one and never come back (DOC-01, DOC-02)."""

from django.db import migrations

from jiuzhu.vault import rows

ONE_BY_ONE = """
CREATE FUNCTION documents_one_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.last <> OLD.last + 1 OR (NEW.organ_id, NEW.code, NEW.year) <> (OLD.organ_id, OLD.code, OLD.year)
    THEN
        RAISE EXCEPTION 'document numbers go up by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER one_by_one BEFORE UPDATE OR DELETE ON documents_counter
    FOR EACH ROW EXECUTE FUNCTION documents_one_by_one();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_fence")]

    operations = [
        migrations.RunSQL(
            rows.only_these_change("documents_document", "state", "void_reason", "replaced_by_id", "step_id"),
            rows.undo_only_these_change("documents_document"),
        ),
        migrations.RunSQL(
            ONE_BY_ONE, "DROP TRIGGER one_by_one ON documents_counter; DROP FUNCTION documents_one_by_one();"
        ),
    ]
