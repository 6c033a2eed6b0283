"""Papers of no household (pay lists, agreements) are for the organ that issued them or the town they are made for."""

import django.db.models.deletion
from django.db import migrations, models

from jiuzhu.vault import rows

_TABLE = ("documents_document", "people_household", "household_id")


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_issued_stays"), ("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="audience",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.RunSQL(
            rows.undo_fence("documents_document") + rows.fence_by_parent_or_organ(*_TABLE),
            rows.undo_fence("documents_document") + rows.fence_by_parent_or_none(*_TABLE),
        ),
    ]
