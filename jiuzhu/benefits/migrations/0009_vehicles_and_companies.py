"""SUP-20 names vehicles and companies apart: alerts of the one kind REGISTER become two, under the same facts.

The key goes along, or what was told already would be told once more.
"""

from django.db import migrations


def _renamed(kind: str, key: str, where: str) -> str:
    return f"""
SELECT set_config('jiuzhu.system', 'on', true);
ALTER TABLE benefits_alert DISABLE TRIGGER only_these_change;
UPDATE benefits_alert SET kind = {kind}, key = {key} || substr(key, strpos(key, ':')) WHERE {where};
ALTER TABLE benefits_alert ENABLE TRIGGER only_these_change;
"""


_APART = "CASE source WHEN 'CL' THEN 'VEHICLE' ELSE 'COMPANY' END"


class Migration(migrations.Migration):
    dependencies = [("benefits", "0008_told_before_raised")]
    operations = [
        migrations.RunSQL(
            _renamed(_APART, _APART, "kind = 'REGISTER'"),
            _renamed("'REGISTER'", "'REGISTER'", "kind IN ('VEHICLE', 'COMPANY')"),
        )
    ]
