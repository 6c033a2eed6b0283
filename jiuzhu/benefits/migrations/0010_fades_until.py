from django.db import migrations

_BEGUN = """
SELECT set_config('jiuzhu.system', 'on', true);
UPDATE cases_entitlement e SET fades_until = f.last_month FROM benefits_fading f
WHERE f.entitlement_id = e.id AND f.ended_month IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0009_vehicles_and_companies"), ("cases", "0016_fades_until")]
    operations = [migrations.RunSQL(_BEGUN, migrations.RunSQL.noop)]
