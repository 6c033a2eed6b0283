"""Lines point at person and account instead of copying sealed values, so that a run is one statement; marks on lines."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_fence"),
        ("people", "0002_fence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField("payline", "uid"),
        migrations.RemoveField("payline", "payee_id_sealed"),
        migrations.RemoveField("payline", "account_sealed"),
        migrations.AddField(
            "payline",
            "payee",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            "payline",
            "account",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.bankaccount"
            ),
        ),
        migrations.AddConstraint(
            "payline",
            models.UniqueConstraint(
                fields=("entitlement", "pay_month"),
                condition=Q(reissue_of__isnull=True, pay_kind__in=["REGULAR", "ARREARS"]),
                name="one_living_sum_a_month",
            ),
        ),
        migrations.AddField("payrun", "version", models.PositiveIntegerField(default=0)),
        migrations.AddField("runstep", "move", models.CharField(max_length=16)),
        migrations.AddField(
            "runstep",
            "by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("runstep", "once", models.UUIDField(null=True, unique=True)),
        migrations.CreateModel(
            "LineMark",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=6)),
                ("prompt", models.CharField(blank=True, max_length=16)),
                ("reason", models.CharField(max_length=200)),
                ("by_name", models.CharField(max_length=60)),
                ("role", models.CharField(max_length=30)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="payments.payline",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "linemark",
            models.UniqueConstraint(fields=("line", "kind", "prompt"), name="marked_once"),
        ),
        migrations.RunSQL(rows.append_only("payments_linemark"), rows.undo_append_only("payments_linemark")),
        migrations.RunSQL(
            rows.fence_by_parent("payments_linemark", "payments_payline", "line_id"),
            rows.undo_fence("payments_linemark"),
        ),
    ]
