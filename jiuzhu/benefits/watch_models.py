"""What watches over families in benefit: alerts of the monthly cross-check (SUP-20), pauses of a change's clock (3.11)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.cases.models import Entitlement
from jiuzhu.people.models import Person


class Told(models.Model):
    """Something that stands out; a person looks into it and answers.

    ``key`` names the fact, so that the same fact is not raised twice; ``limits`` are the parameters it was raised and
    dated by, with their sources. It proposes nothing by itself.
    """

    CONFIRMED, FALSE, EXPLAINED = "CONFIRMED", "FALSE", "EXPLAINED"
    LEVELS = {"E": "须立即查清", "W": "提示"}

    kind = models.CharField(max_length=16)
    level = models.CharField(max_length=1)
    key = models.CharField(max_length=120, unique=True)
    text = models.CharField("情况", max_length=300)
    found_on = models.DateField("发现日期")
    due_on = models.DateField("查清期限")
    limits = models.JSONField("所用参数", default=list)
    result = models.CharField(max_length=10, blank=True)
    answer = models.CharField("查清情况", max_length=400, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", answered_on__isnull=True)
                | Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(result="") & ~Q(answer=""),
                name="%(class)s_answered_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(result=""), name="%(class)s_due")]


class Alert(Told):
    """What a register or our own books say about a family in benefit (SUP-20)."""

    RESULTS = {Told.CONFIRMED: "属实", Told.FALSE: "不属实", Told.EXPLAINED: "属实，已说明，不影响待遇"}

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="alerts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=6, blank=True)


class PlaceAlert(Told):
    """What the numbers say about a township, or a village of it (SUP-20): counts only, nobody's name."""

    RESULTS = {Told.CONFIRMED: "属实，已另行处理", Told.FALSE: "不属实", Told.EXPLAINED: "属实，有正当原因"}

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12, blank=True)


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
