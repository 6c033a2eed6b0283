"""Append-only tables and row fences of the one door. A lead is for staff; an informant for those above level 0."""

from django.db import migrations

from jiuzhu.vault import rows

_KEPT = ("leadstep", "leadvisit", "informant", "declining", "referralstep", "departmentanswer", "reception")
_PLACED = (("lead", ""), ("reception", "household_id"), ("referral", "household_id"))
_PARENTS = (
    ("leadstep", "lead", "lead_id", 0),
    ("leadreport", "lead", "lead_id", 0),
    ("leadvisit", "lead", "lead_id", 0),
    ("declining", "lead", "lead_id", 0),
    ("informant", "leadreport", "report_id", 1),
    ("askedmatter", "reception", "reception_id", 0),
    ("referralstep", "referral", "referral_id", 0),
    ("departmentanswer", "referral", "referral_id", 0),
)


def _sql(name: str) -> str:
    return f"onedoor_{name}"


class Migration(migrations.Migration):
    dependencies = [("onedoor", "0001_initial"), ("people", "0002_fence")]

    operations = [
        *(
            migrations.RunSQL(rows.append_only(_sql(name)), rows.undo_append_only(_sql(name)))
            for name in _KEPT
        ),
        migrations.RunSQL(
            rows.only_these_change("onedoor_leadreport", "answered_at", "answered_by", "answer_sealed"),
            rows.undo_only_these_change("onedoor_leadreport"),
        ),
        *(
            migrations.RunSQL(
                rows.fence_by_place(_sql(name), household=household), rows.undo_fence(_sql(name))
            )
            for name, household in _PLACED
        ),
        *(
            migrations.RunSQL(
                rows.fence_by_parent(_sql(name), _sql(parent), column, level=level),
                rows.undo_fence(_sql(name)),
            )
            for name, parent, column, level in _PARENTS
        ),
    ]
