from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("people", "0008_found_by_number")]
    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["exclude_until"], condition=~Q(exclude_code=""), name="membership_away"
            ),
        )
    ]
