"""What watches over families in benefit: alerts of the monthly cross-check (SUP-20), pauses of a change's clock (3.11)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Staff
from jiuzhu.cases.models import Entitlement
from jiuzhu.people.models import Person


class Alert(models.Model):
    """Something a register or our own books say about a family in benefit; a person looks into it and answers.

    ``key`` names the fact, so that the same fact is not raised twice. It proposes nothing by itself.
    """

    CONFIRMED, FALSE, EXPLAINED = "CONFIRMED", "FALSE", "EXPLAINED"
    RESULTS = {CONFIRMED: "属实", FALSE: "不属实", EXPLAINED: "属实，已说明，不影响待遇"}
    LEVELS = {"E": "须立即查清", "W": "提示"}

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="alerts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16)
    level = models.CharField(max_length=1)
    key = models.CharField(max_length=120, unique=True)
    source = models.CharField(max_length=6, blank=True)
    text = models.CharField("情况", max_length=300)
    found_on = models.DateField("发现日期")
    due_on = models.DateField("查清期限")
    result = models.CharField(max_length=10, blank=True)
    answer = models.CharField("查清情况", max_length=400, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", answered_on__isnull=True)
                | Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(result="") & ~Q(answer=""),
                name="alert_answered_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(result=""), name="alert_due")]


class ChangePause(models.Model):
    """Twenty working days stand still for a change (CLK-CHG, PAU-1, PAU-2, PAU-4), by the head, with a paper."""

    change = models.ForeignKey("benefits.Change", on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=5)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=400)
    document_no = models.CharField(max_length=80)
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change"], condition=Q(ends_on__isnull=True), name="one_pause_of_a_change_at_a_time"
            )
        ]
