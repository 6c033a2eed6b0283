"""Append-only tables and row fences of accounts."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            rows.append_only("accounts_delegationstep"), rows.undo_append_only("accounts_delegationstep")
        ),
    ]
