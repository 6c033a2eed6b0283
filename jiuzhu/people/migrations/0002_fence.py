"""Append-only tables and row fences of people."""

from django.db import migrations

from jiuzhu.vault import rows


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(rows.append_only("people_signature"), rows.undo_append_only("people_signature")),
        migrations.RunSQL(
            rows.fence_by_place("people_household", household="id"), rows.undo_fence("people_household")
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_person", "people_household", "household_id"),
            rows.undo_fence("people_person"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_membership", "people_household", "household_id"),
            rows.undo_fence("people_membership"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_obligor", "people_household", "household_id"),
            rows.undo_fence("people_obligor"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_bankaccount", "people_household", "household_id"),
            rows.undo_fence("people_bankaccount"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_authorisation", "people_household", "household_id"),
            rows.undo_fence("people_authorisation"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_signature", "people_authorisation", "authorisation_id"),
            rows.undo_fence("people_signature"),
        ),
        migrations.RunSQL(
            rows.fence_by_parent("people_citizenaccount", "people_person", "person_id"),
            rows.undo_fence("people_citizenaccount"),
        ),
    ]
