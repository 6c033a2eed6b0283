"""Append-only tables and row fences of documents."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("people", "0002_fence")]

    operations = [
        migrations.RunSQL(rows.append_only("documents_service"), rows.undo_append_only("documents_service")),
        migrations.RunSQL(
            rows.fence_by_parent_or_none("documents_document", "people_household", "household_id"),
            rows.undo_fence("documents_document"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("documents_service", "documents_document", "document_id"),
            rows.undo_fence("documents_service"),
        ),
    ]
