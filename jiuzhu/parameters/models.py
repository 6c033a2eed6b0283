"""Published values and the calendar in force: dated rows, entered by one officer, published by another (STD-01)."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff, no_overlap


class Published(models.Model):
    """A dated row for one scope, from its paper: a draft of one officer, put in force by another."""

    DRAFT, PUBLISHED, WITHDRAWN = "DRAFT", "PUBLISHED", "WITHDRAWN"

    scope = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    doc_no = models.CharField("文件号", max_length=80)
    state = models.CharField(max_length=10, default=DRAFT)
    entered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    published_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def one_in_force(name: str, *same: str) -> ExclusionConstraint:
    """No two published rows with equal ``same`` columns hold on one day."""
    return no_overlap(name, list(same), "effective_from", "effective_to", condition=Q(state="PUBLISHED"))


def two_people(name: str) -> models.CheckConstraint:
    """Who entered a row is not who published it."""
    return models.CheckConstraint(
        condition=Q(published_by__isnull=True) | ~Q(published_by=F("entered_by")), name=name
    )


class PublishedValue(Published):
    """One value of one declared parameter for one scope and span of days (sections 12 and 16)."""

    key = models.CharField("参数", max_length=60)
    area_type = models.CharField("城乡", max_length=6, blank=True, default="")
    value = models.JSONField()
    is_sample = models.BooleanField("示例标准", default=False)

    class Meta:
        constraints = [
            one_in_force("one_published_value", "key", "scope", "area_type"),
            two_people("two_people_publish"),
        ]


class HolidayNotice(models.Model):
    """A State Council notice of one year's holidays; a year without one is provisional (WD-08)."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    doc_no = models.CharField(max_length=120)
    loaded_at = models.DateTimeField()


class HolidayDay(models.Model):
    """A rest day (OFF) or a working weekend day (MAKEUP) of a notice."""

    day = models.DateField(primary_key=True)
    notice = models.ForeignKey(HolidayNotice, on_delete=models.PROTECT, related_name="days")
    kind = models.CharField(max_length=6)
