import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from jiuzhu.vault import rows

ANSWERED = Q(result="", answered_on__isnull=True) | Q(
    answered_on__isnull=False, answered_by__isnull=False
) & ~Q(result="") & ~Q(answer="")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("benefits", "0006_alert_limits"),
        ("people", "0007_certificate_ends"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaceAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("level", models.CharField(max_length=1)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("text", models.CharField(max_length=300, verbose_name="情况")),
                ("found_on", models.DateField(verbose_name="发现日期")),
                ("due_on", models.DateField(verbose_name="查清期限")),
                ("limits", models.JSONField(default=list, verbose_name="所用参数")),
                ("result", models.CharField(blank=True, max_length=10)),
                ("answer", models.CharField(blank=True, max_length=400, verbose_name="查清情况")),
                ("answered_on", models.DateField(null=True)),
                ("village_code", models.CharField(blank=True, max_length=12)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=ANSWERED, name="placealert_answered_by_somebody")
                ],
                "indexes": [models.Index(fields=["due_on"], condition=Q(result=""), name="placealert_due")],
            },
        ),
        migrations.RunSQL(rows.fence_by_town("benefits_placealert"), rows.undo_fence("benefits_placealert")),
        migrations.RunSQL(
            rows.only_these_change(
                "benefits_placealert", "result", "answer", "answered_on", "answered_by_id"
            ),
            rows.undo_only_these_change("benefits_placealert"),
        ),
    ]
