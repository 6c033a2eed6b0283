"""The register of matters: dated lines published by two persons; every referral keeps the line it was made with."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from jiuzhu.accounts.models import DateSpan
from jiuzhu.core import clock
from jiuzhu.onedoor import matters
from jiuzhu.vault import rows


def begin(apps, schema_editor):
    """A running city gets the lines its referrals were made with (a new one loads them with its reference data)."""
    organisation = apps.get_model("accounts", "Organisation")
    entry, referral = apps.get_model("onedoor", "MatterEntry"), apps.get_model("onedoor", "Referral")
    city = organisation.objects.filter(kind="CITY").first()
    if city is None:
        return
    schema_editor.execute("SELECT set_config('jiuzhu.system', 'on', true)")
    for line in matters.seed():
        made = entry.objects.create(scope=city, entered_at=clock.now(), published_at=clock.now(), **line)
        referral.objects.filter(matter=made.code).update(entry=made)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_first_password"),
        ("onedoor", "0004_refused_matter_has_a_clock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MatterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                ("doc_no", models.CharField(max_length=80, verbose_name="文件号")),
                ("state", models.CharField(default="DRAFT", max_length=10)),
                ("entered_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("code", models.CharField(max_length=12, verbose_name="事项代码")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="排列")),
                ("title", models.CharField(max_length=20, verbose_name="事项")),
                ("plain", models.CharField(max_length=80, verbose_name="群众看得懂的说明")),
                ("organ", models.CharField(max_length=30, verbose_name="主管部门")),
                ("of_county", models.BooleanField(default=True, verbose_name="部门名称前加县（市、区）名")),
                ("desk", models.CharField(blank=True, max_length=30, verbose_name="收件箱")),
                ("phone", models.CharField(max_length=30, verbose_name="热线")),
                ("answer_wd", models.PositiveSmallIntegerField(null=True, verbose_name="答复工作日")),
                ("article", models.CharField(max_length=80, verbose_name="依据")),
                ("offered", models.BooleanField(default=True, verbose_name="受理")),
                ("once", models.UUIDField(null=True, unique=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.organisation"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="referral",
            name="entry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="onedoor.matterentry",
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="referral",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="onedoor.matterentry"
            ),
        ),
        migrations.AddConstraint(
            model_name="matterentry",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "PUBLISHED")),
                expressions=[
                    (DateSpan(models.F("effective_from"), models.F("effective_to")), "&&"),
                    ("code", "="),
                    ("scope", "="),
                ],
                name="one_published_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("entered_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_publish_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_wd__isnull", True), ("answer_wd__range", (1, 60)), _connector="OR"
                ),
                name="matter_answer_days",
            ),
        ),
        migrations.RunSQL(
            rows.only_these_change(
                "onedoor_matterentry", "state", "effective_to", "published_by_id", "published_at"
            ),
            rows.undo_only_these_change("onedoor_matterentry"),
        ),
    ]
