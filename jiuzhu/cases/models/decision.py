"""What the machine proposed, what the township thought, what a named officer decided. All kept, none edited."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Delegation, Organisation, Staff
from jiuzhu.cases.models.application import Evidence
from jiuzhu.cases.models.case import Case


class Assessment(models.Model):
    """An outcome (policy.outcome.Outcome as JSON) for one evidence under one regime. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT)
    regime = models.CharField(max_length=8)
    parameters = models.JSONField("所用参数")
    outcome = models.JSONField("测算结果")
    conclusion = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField()
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)


class Opinion(models.Model):
    """W19: the township's review opinion. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT)
    supports = models.BooleanField()
    text = models.TextField()
    amount_fen = models.BigIntegerField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT)
    given_at = models.DateTimeField()


class Decision(models.Model):
    """D23/D24. A trigger refuses one without authority, by an investigator or by the verifier. Append-only.

    ``pays`` is that of the aid type: MONTHLY, ONCE or STATUS (recognised, no money). ``limit_fen`` is what the town
    might decide that day where the law lets it decide small sums only (TA-20); ``amount_fen`` is then the whole case's.
    """

    APPROVE, REFUSE = "APPROVE", "REFUSE"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    authority = models.CharField(max_length=8)
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT)
    role = models.CharField(max_length=30)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True)
    amount_fen = models.BigIntegerField(default=0)
    base_fen = models.BigIntegerField(default=0)
    topup_fen = models.BigIntegerField(default=0)
    care_fen = models.BigIntegerField(default=0)
    pays = models.CharField(max_length=7, default="MONTHLY")
    limit_fen = models.BigIntegerField(null=True)
    members_count = models.PositiveSmallIntegerField(default=0)
    override_reason = models.TextField(blank=True)
    reasons = models.JSONField(default=list)
    explanation = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_decision_a_round"),
            models.CheckConstraint(
                condition=Q(authority="COUNTY", delegation__isnull=True)
                | Q(authority="TOWN", delegation__isnull=False),
                name="town_decides_only_by_delegation",
            ),
            models.CheckConstraint(
                condition=Q(kind="REFUSE")
                | Q(amount_fen__gt=0, assessment__isnull=False)
                | Q(pays="STATUS", amount_fen=0, assessment__isnull=False),
                name="approval_has_an_amount_and_an_assessment",
            ),
            models.CheckConstraint(
                condition=~Q(authority="TOWN", kind="APPROVE", pays="ONCE")
                | Q(limit_fen__isnull=False, amount_fen__lte=F("limit_fen")),
                name="town_decides_small_sums_only",
            ),
            models.CheckConstraint(condition=Q(kind="APPROVE") | ~Q(reasons=[]), name="refusal_has_reasons"),
        ]
