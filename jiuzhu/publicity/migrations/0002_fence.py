"""Append-only tables and row fences of publicity."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_initial")]

    operations = [
        migrations.RunSQL(
            rows.append_only("publicity_postingphoto"), rows.undo_append_only("publicity_postingphoto")
        ),
    ]
