"""One-off sums that a list takes exactly once: arrears, agreed deductions, funeral money."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from jiuzhu.vault import rows

_KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, **named):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **named)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_lines_point_at_accounts"),
        ("cases", "0005_later_regimes"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            "Due",
            [
                ("id", _KEY),
                ("entitlement", _to("cases.entitlement", related_name="dues")),
                ("kind", models.CharField(max_length=10)),
                ("amount_fen", models.BigIntegerField()),
                ("from_month", models.DateField(verbose_name="最早列入月份")),
                ("for_month", models.DateField(null=True, verbose_name="补发的月份")),
                ("cause", models.CharField(max_length=80, unique=True)),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                ("consent", _to("vault.storedfile", null=True, related_name="+")),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            "DueEnd",
            [
                ("id", _KEY.clone()),
                (
                    "due",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="end", to="payments.due"
                    ),
                ),
                ("line", _to("payments.payline", null=True, related_name="dues")),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("by_name", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "due", models.CheckConstraint(condition=Q(amount_fen__gt=0), name="due_is_positive")
        ),
        migrations.AddConstraint(
            "due",
            models.CheckConstraint(
                condition=~Q(kind="DEDUCTION") | Q(consent__isnull=False), name="deduction_with_consent"
            ),
        ),
        migrations.AddConstraint(
            "due",
            models.CheckConstraint(
                condition=Q(for_month__isnull=True) | Q(kind="ARREARS"), name="only_arrears_have_a_month"
            ),
        ),
        migrations.AddConstraint(
            "dueend",
            models.CheckConstraint(
                condition=Q(line__isnull=False) | ~Q(reason=""), name="due_ends_on_a_line_or_for_a_reason"
            ),
        ),
        *(
            migrations.RunSQL(rows.append_only(table), rows.undo_append_only(table))
            for table in ("payments_due", "payments_dueend")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("payments_due", "cases_entitlement", "entitlement_id"),
            rows.undo_fence("payments_due"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("payments_dueend", "payments_due", "due_id"),
            rows.undo_fence("payments_dueend"),
        ),
    ]
