"""A line whose payee died before the month is held, never waived (DYN-21)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_parts")]

    operations = [
        migrations.AddConstraint(
            model_name="linemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "WAIVED"), ("prompt", "DEAD"), _negated=True),
                name="the_dead_are_not_paid",
            ),
        )
    ]
