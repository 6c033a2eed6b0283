"""Nobody is put into an entitlement for a month after the month in which he died, whoever writes it (DYN-21)."""

from django.db import migrations

THE_DEAD_ARE_NOT_GRANTED = """
CREATE FUNCTION cases_the_dead_are_not_granted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    died date;
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT died_on INTO died FROM people_person WHERE id = NEW.person_id;
    PERFORM set_config('jiuzhu.system', former, true);
    IF died IS NOT NULL AND NEW.from_month > date_trunc('month', died)::date THEN
        RAISE EXCEPTION 'E_DEATH: person % died on %, no aid from %', NEW.person_id, died, NEW.from_month
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER the_dead_are_not_granted BEFORE INSERT OR UPDATE OF person_id, from_month ON cases_entitlementmember
    FOR EACH ROW EXECUTE FUNCTION cases_the_dead_are_not_granted();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_support"), ("people", "0005_away_for_a_time")]

    operations = [
        migrations.RunSQL(
            THE_DEAD_ARE_NOT_GRANTED,
            "DROP TRIGGER the_dead_are_not_granted ON cases_entitlementmember;"
            "DROP FUNCTION cases_the_dead_are_not_granted();",
        )
    ]
