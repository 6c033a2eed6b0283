"""The days a family came to the window, from what it did there; the first word at the window was the only one counted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from jiuzhu.vault import rows

TABLE = "cases_windowvisit"
FIRST_WORDS = """
SELECT set_config('jiuzhu.system', 'on', true);
INSERT INTO cases_windowvisit (case_id, "on", at, errand, by_id)
    SELECT s.case_id, s."on", s.at, s.title, s.actor_id FROM cases_step s JOIN cases_case c ON c.id = s.case_id
    WHERE s.from_state = '' AND s.actor_kind = 'STAFF' AND c.channel = 'WINDOW' AND c.visits_count > 0;
SELECT set_config('jiuzhu.system', '', true);
SET CONSTRAINTS ALL IMMEDIATE; -- the table is altered next
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_both_handlers_signed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WindowVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("errand", models.CharField(max_length=40, verbose_name="事项")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="window_visits",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FIRST_WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(rows.append_only(TABLE), rows.undo_append_only(TABLE)),
        migrations.RunSQL(rows.fence_by_parent(TABLE, "cases_case", "case_id"), rows.undo_fence(TABLE)),
        migrations.RemoveField(model_name="case", name="visits_count"),
    ]
