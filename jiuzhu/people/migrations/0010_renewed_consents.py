import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("people", "0009_who_is_away")]
    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="renews",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="people.authorisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.UniqueConstraint(
                fields=["renews"], condition=Q(state="DRAFT"), name="one_renewal_at_a_time"
            ),
        ),
    ]
