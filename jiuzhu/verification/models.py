"""Inquiries to departments, what they answered, what it means, and the report (section 8).

A run belongs to one case and one authorisation; answers are sealed, append-only and shown at level L2 only.
``case_id`` is a plain number here because cases stand above verification; the database holds the key.
"""

from __future__ import annotations

from django.db import models

from jiuzhu.accounts.models import ConfidentialityAgreement, Organisation, Staff
from jiuzhu.people.models import Authorisation, Household, Person
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column


class Run(models.Model):
    """One verification: first, re-check, review, or carried over from the case this one continues. Route OWN (town) or
    COUNTY (W04).
    """

    RUNNING, REPORTED, STOPPED = "RUNNING", "REPORTED", "STOPPED"

    number = models.CharField("批次号", max_length=30, unique=True)
    case_id = models.BigIntegerField(db_index=True)
    case_no = models.CharField(max_length=30)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="runs")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT)
    aid_type = models.CharField(max_length=16)
    kind = models.CharField(max_length=8, default="FIRST")
    route = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default=RUNNING)
    verifier = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(ConfidentialityAgreement, on_delete=models.PROTECT)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
    as_of = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Subject(models.Model):
    """Who is asked about in a run: a copy of the sequence used towards departments."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="subjects")
    seq = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    role = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="subject_seq")]


class Inquiry(models.Model):
    """One question to one source; ``request_id`` makes asking it again harmless."""

    QUEUED, PENDING, ANSWERED, FAILED = "QUEUED", "PENDING", "ANSWERED", "FAILED"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="inquiries")
    source = models.CharField(max_length=6)
    mandatory = models.BooleanField(default=True)
    request_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, default=QUEUED)
    ticket = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "source"], name="one_inquiry_a_source")]


class Answer(SealedRow):
    """What a source said of one subject. A later correction is another row with a higher version. Append-only."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="answers")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT)
    version = models.PositiveSmallIntegerField(default=1)
    result = models.CharField(max_length=14)
    rows_sealed = sealed_column()
    rows = Sealed("rows_sealed")
    as_of = models.DateField(null=True)
    source_time = models.DateTimeField(null=True)
    coverage = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "subject", "version"], name="one_answer_a_version")
        ]


class Report(models.Model):
    """W05. Conclusion FIT, NOT_FIT or PARTIAL; it proposes, a named officer decides (VER-01). Append-only."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="report")
    number = models.CharField("报告编号", max_length=60, unique=True)
    case_id = models.BigIntegerField(db_index=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8)
    conclusion = models.CharField(max_length=8)
    sources = models.JSONField("来源应答情况")
    summary = models.JSONField("收入财产汇总", default=dict)
    evidence = models.JSONField("核对时的家庭")
    data_on = models.DateField("数据日期")
    issued_on = models.DateField("出具日期")
    issued_at = models.DateTimeField()
    valid_to = models.DateField("有效期至")
    issuer = models.ForeignKey(Staff, on_delete=models.PROTECT)
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)


class Finding(models.Model):
    """One thing found: over a limit (BLOCK), unlike the declaration (DIFF), or a hint. Append-only."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=16)
    level = models.CharField(max_length=6)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    source = models.CharField(max_length=6)
    body = models.JSONField("值、限额、条款")
    reason_code = models.CharField(max_length=16, blank=True)


class FindingAnswer(models.Model):
    """How a finding was answered: confirmed, explained or exempted, by whom, why (VER-11, PR-21). Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT)
    at = models.DateTimeField()
