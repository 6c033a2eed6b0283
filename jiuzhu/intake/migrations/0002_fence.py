"""Append-only tables and row fences of intake."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("people", "0002_fence")]

    operations = [
        migrations.RunSQL(rows.append_only("intake_assistance"), rows.undo_append_only("intake_assistance")),
        migrations.RunSQL(
            rows.fence_by_parent("intake_assistance", "people_household", "household_id"),
            rows.undo_fence("intake_assistance"),
        ),
        migrations.RunSQL(
            rows.fence_by_place("intake_changereport", household="household_id"),
            rows.undo_fence("intake_changereport"),
        ),
    ]
