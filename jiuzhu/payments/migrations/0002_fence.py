"""Append-only tables and row fences of payments."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("cases", "0002_fence")]

    operations = [
        migrations.RunSQL(rows.append_only("payments_payline"), rows.undo_append_only("payments_payline")),
        migrations.RunSQL(rows.append_only("payments_bankfile"), rows.undo_append_only("payments_bankfile")),
        migrations.RunSQL(
            rows.append_only("payments_lineresult"), rows.undo_append_only("payments_lineresult")
        ),
        migrations.RunSQL(rows.append_only("payments_runstep"), rows.undo_append_only("payments_runstep")),
        migrations.RunSQL(
            rows.fence_by_place("payments_payline", household="household_id"),
            rows.undo_fence("payments_payline"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("payments_lineresult", "payments_payline", "line_id"),
            rows.undo_fence("payments_lineresult"),
        ),
    ]
