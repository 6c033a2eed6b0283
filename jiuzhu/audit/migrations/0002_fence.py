"""Append-only tables and row fences of audit."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(rows.append_only("audit_auditentry"), rows.undo_append_only("audit_auditentry")),
    ]
