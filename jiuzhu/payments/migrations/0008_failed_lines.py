"""Lines the bank sent back are found without reading those that arrived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_temporary_aid_is_a_kind")]

    operations = [
        migrations.AddIndex(
            model_name="lineresult",
            index=models.Index(
                condition=models.Q(("code", "00"), _negated=True), fields=["line"], name="payments_failed"
            ),
        ),
    ]
