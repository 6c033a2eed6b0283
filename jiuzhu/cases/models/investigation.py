"""The household investigation and the county's visit: at least two people, photos with time and place (D18, D22)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jiuzhu.accounts.models import Staff
from jiuzhu.cases.models.case import Case
from jiuzhu.people.models import Person
from jiuzhu.vault.models import StoredFile


class Investigation(models.Model):
    """One round (W16); a returned case gets another round, the first stays as it was."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="investigations")
    round = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    visited_at = models.DateTimeField(null=True)
    living = models.JSONField("居住、收入、支出情况", default=dict)
    conclusion = models.TextField("调查结论", blank=True)
    present_member = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    present_signature = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    neighbours = models.JSONField("邻里访问", default=list)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="investigation_round")]


class Investigator(models.Model):
    """Who went. The database refuses a decision by one of them (ORG-03)."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="investigators")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT)
    signature = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["investigation", "staff"], name="investigator_once")]


class Photo(models.Model):
    """A photo of a visit with what its EXIF says. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    investigation = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, null=True, related_name="photos"
    )
    kind = models.CharField(max_length=20)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=60, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=60)


class CountyVisit(models.Model):
    """W20: why it was asked for, who went, what they found (D21, D22, WF-30, REL-04)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="county_visits")
    cause = models.CharField(max_length=20)
    asked_on = models.DateField()
    came_from = models.CharField(max_length=20)
    officers = ArrayField(models.CharField(max_length=60), default=list)
    visited_on = models.DateField(null=True)
    result = models.TextField(blank=True)
    supports = models.BooleanField(null=True)
