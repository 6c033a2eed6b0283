"""A sheet that hung is never rewritten; it is only taken down (PUBL-02)."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("publicity", "0002_fence")]

    operations = [
        migrations.RunSQL(
            rows.only_these_change("publicity_posting", "removed_on"),
            rows.undo_only_these_change("publicity_posting"),
        ),
    ]
