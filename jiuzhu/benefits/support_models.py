"""The end of a person's support: proposed, posted, decided, told (3.4, TK-12); the funeral's lump sum (TK-11)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Staff
from jiuzhu.cases.models import Entitlement, SelfCareRating
from jiuzhu.documents.models import Document
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.publicity.models import Posting
from jiuzhu.vault.fields import Sealed, SealedRow, index_column, sealed_column
from jiuzhu.vault.models import StoredFile


class SupportStop(models.Model):
    """One way to the end of one person's support. Money goes on until the notice is in his hands."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="support_stops")
    state = models.CharField(max_length=10, default="PROPOSED")
    version = models.PositiveIntegerField(default=0)
    reason = models.CharField("原因", max_length=10)
    happened_on = models.DateField("发生日期", null=True)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    wish = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="自愿退出的签字"
    )
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, null=True, related_name="+")
    answer_by = models.DateField("异议调查期限", null=True)
    notice = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    last_month = models.DateField("最后发放月份", null=True)
    open = models.BooleanField(default=True)
    closed_on = models.DateField(null=True)
    other_aid = models.CharField("核查其他救助的结果", max_length=200, blank=True)
    other_aid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(open=True), name="one_open_stop_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="STOPPED") | Q(notice__isnull=False, last_month__isnull=False),
                name="stopped_after_a_notice",
            ),
        ]


class SupportStopStep(models.Model):
    """Who moved it, when, why. Append-only."""

    stop = models.ForeignKey(SupportStop, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    papers = ArrayField(models.CharField(max_length=100), default=list)
    once = models.UUIDField(null=True, unique=True)


class SelfCareReport(models.Model):
    """A reported change of self-care: rated again within ten working days (CLK-SC, TK-08)."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="self_care_reports")
    text = models.CharField("变化情况", max_length=400)
    reporter_name = models.CharField(max_length=60)
    reported_on = models.DateField()
    due_on = models.DateField("重新评估期限")
    rating = models.ForeignKey(SelfCareRating, on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(closed_on__isnull=True), name="one_open_self_care_report"
            )
        ]


class FuneralAid(SealedRow):
    """TK-11: paid once to whoever arranges the funeral; the one-to-one keys make a second time impossible."""

    entitlement = models.OneToOneField(Entitlement, on_delete=models.PROTECT, related_name="funeral_aid")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    died_on = models.DateField()
    arranger_name = models.CharField("丧事经办人", max_length=60)
    arranger_relation = models.CharField("与本人关系", max_length=30)
    arranger_id_no_sealed = sealed_column()
    arranger_id_no_index = index_column()
    arranger_id_no = Sealed("arranger_id_no_sealed", index="arranger_id_no_index")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="funeral_is_positive")]
