"""The record of who did and who looked at what: append-only, chained by a keyed hash (WF-01, VER-32)."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One act or one look. ``chain`` is the shard (the organ that acts), ``seq`` counts inside it without gaps."""

    chain = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField("时间")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField("操作人", max_length=60)
    role = models.CharField("岗位", max_length=30, blank=True)
    organ = models.CharField("单位", max_length=80, blank=True)
    action = models.CharField("动作", max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    case_no = models.CharField("案号", max_length=30, blank=True)
    person_uid = models.UUIDField("当事人", null=True)
    purpose = models.CharField("用途", max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    client = models.CharField(max_length=80, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计记录"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_chain_seq")]
        indexes = [
            models.Index(fields=["person_uid", "at"], name="audit_person_at"),
            models.Index(fields=["case_no", "at"], name="audit_case_at"),
            models.Index(fields=["actor_id", "at"], name="audit_actor_at"),
        ]


class ChainHead(models.Model):
    """Last link of each chain: its row lock lets one writer at a time extend the chain."""

    chain = models.CharField(max_length=40, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
