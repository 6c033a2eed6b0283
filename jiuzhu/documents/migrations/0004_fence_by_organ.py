"""Papers of no household (pay lists, agreements) are seen by the organ that issued them, no longer by all staff."""

from django.db import migrations

from jiuzhu.vault import rows

_TABLE = ("documents_document", "people_household", "household_id")


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_issued_stays"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            rows.undo_fence("documents_document") + rows.fence_by_parent_or_organ(*_TABLE),
            rows.undo_fence("documents_document") + rows.fence_by_parent_or_none(*_TABLE),
        ),
    ]
