"""Objections to a posting and the appraisal that only an objection brings (D26–D30, APP-01..04)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiuzhu.cases.models.case import Case
from jiuzhu.publicity.models import Posting
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column


class Objection(SealedRow):
    """Named or anonymous, always with facts; the objector's name is sealed (PUBL-06)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objections")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    content = models.TextField("异议内容")
    anonymous = models.BooleanField(default=False)
    objector_sealed = sealed_column()
    objector = Sealed("objector_sealed")
    contact_sealed = sealed_column()
    contact = Sealed("contact_sealed")
    handler = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=16, blank=True)
    answered_on = models.DateField(null=True)


class Appraisal(models.Model):
    """One meeting (W28): five steps, all sign, vote on truth only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appraisals")
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="appraisals")
    called_on = models.DateField()
    planned_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    held_at = models.DateTimeField(null=True)
    chair = models.CharField(max_length=60, blank=True)
    minutes = models.JSONField("五个程序", default=dict)
    result = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result="") | Q(held_at__isnull=False), name="result_after_meeting"
            )
        ]


class Attendance(models.Model):
    """One participant with capacity and vote. Append-only."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="attendance")
    name = models.CharField(max_length=60)
    capacity = models.CharField(max_length=20)
    vote = models.CharField(max_length=8)
    signed = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appraisal", "name"], name="attends_once")]
