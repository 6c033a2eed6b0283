"""What the family says: a draft that may be edited, evidence that may not, materials, the one correction."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jiuzhu.accounts.models import Staff
from jiuzhu.cases.models.case import Case
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column
from jiuzhu.vault.models import StoredFile


class Draft(SealedRow):
    """The one form while it is being filled (JSON, sealed); saved step by step, prefilled from what is known."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="draft")
    body_sealed = sealed_column()
    body = Sealed("body_sealed")
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)


class Evidence(models.Model):
    """The household as known on a day, frozen (policy.evidence.Evidence as JSON, no ID numbers). Append-only."""

    DECLARED, INVESTIGATED = "DECLARED", "INVESTIGATED"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    seq = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14)
    as_of = models.DateField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="evidence_seq")]


class Material(models.Model):
    """A material of the case: shared by a department, provided once, or promised. SHARED is never asked for (WF-04)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=10)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    note = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()


class Correction(models.Model):
    """W14: exactly one per case — the one-to-one key makes a second one impossible (D13, E_ONCE)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="correction")
    items = ArrayField(models.CharField(max_length=40))
    explanation = models.TextField(blank=True)
    asked_on = models.DateField()
    due_on = models.DateField()
    completed_at = models.DateTimeField(null=True)


class KinFiling(models.Model):
    """W11: the applicant is a near relative of staff or a village officer (REL-01..05)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="kin_filings")
    official_name = models.CharField("工作人员", max_length=60)
    official_post = models.CharField("职务", max_length=80)
    relation = models.CharField("关系", max_length=30)
    member_name = models.CharField(max_length=80)
    declared = models.BooleanField("本人申报")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.CharField(max_length=60, blank=True)
