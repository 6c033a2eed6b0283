"""Papers the family does not have in hand yet are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_fence_by_organ")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("needs_service", True), ("state", "ISSUED")),
                fields=["case_id"],
                name="document_to_serve",
            ),
        ),
    ]
