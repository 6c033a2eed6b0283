"""Append-only tables and row fences of verification."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_initial"), ("people", "0002_fence")]

    operations = [
        migrations.RunSQL(
            rows.append_only("verification_subject"), rows.undo_append_only("verification_subject")
        ),
        migrations.RunSQL(
            rows.append_only("verification_answer"), rows.undo_append_only("verification_answer")
        ),
        migrations.RunSQL(
            rows.append_only("verification_report"), rows.undo_append_only("verification_report")
        ),
        migrations.RunSQL(
            rows.append_only("verification_finding"), rows.undo_append_only("verification_finding")
        ),
        migrations.RunSQL(
            rows.append_only("verification_findinganswer"),
            rows.undo_append_only("verification_findinganswer"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_run", "people_household", "household_id"),
            rows.undo_fence("verification_run"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_subject", "verification_run", "run_id"),
            rows.undo_fence("verification_subject"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_inquiry", "verification_run", "run_id"),
            rows.undo_fence("verification_inquiry"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_answer", "verification_inquiry", "inquiry_id", level=2),
            rows.undo_fence("verification_answer"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_report", "people_household", "household_id"),
            rows.undo_fence("verification_report"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_finding", "verification_report", "report_id", level=1),
            rows.undo_fence("verification_finding"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("verification_findinganswer", "verification_finding", "finding_id", level=1),
            rows.undo_fence("verification_findinganswer"),
        ),
    ]
