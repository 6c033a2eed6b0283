"""What is handed in beside the case: on whose authority an assistant acts, and changes that somebody reports.

Both are fenced like the families they tell of.
"""

from __future__ import annotations

from django.db import models

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.onedoor.models import Lead
from jiuzhu.people.models import Household
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column
from jiuzhu.vault.models import StoredFile


class Assistance(models.Model):
    """A village assistant acts for a family: who asked, in which way, with what proof (WF-03). Append-only."""

    PRESENT, WRITTEN, GUARDIAN = "PRESENT", "WRITTEN", "GUARDIAN"
    GROUNDS = (
        (PRESENT, "申请人本人在场，口头委托并签字"),
        (WRITTEN, "申请人书面委托（拍照留存）"),
        (GUARDIAN, "申请人无行为能力，监护人委托并签字"),
    )

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    case_uid = models.UUIDField(db_index=True)
    ground = models.CharField("委托方式", max_length=10, choices=GROUNDS)
    principal = models.CharField("委托人", max_length=80)
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT)
    at = models.DateTimeField()


class ChangeReport(SealedRow):
    """Somebody says that something changed in a family (death first); the town clerk answers it.

    A message, not a decision: nothing in a benefit moves because of it. Somebody found in need (NEED) is a lead as
    well, and is followed there to an end.
    """

    KINDS = (
        ("DEATH", "有人去世"),
        ("MEMBER", "家庭人口变化（出生、结婚、离婚、迁入迁出）"),
        ("INCOME", "就业、收入变化"),
        ("PROPERTY", "购房、购车、开店办公司"),
        ("ILLNESS", "重病、残疾、意外"),
        ("NEED", "发现生活困难、需要救助的人"),
        ("OTHER", "其他情况"),
    )

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField("事项", max_length=10, choices=KINDS)
    person_sealed = sealed_column()
    person = Sealed("person_sealed")
    happened_on = models.DateField("发生日期", null=True)
    text_sealed = sealed_column()
    text = Sealed("text_sealed")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=12)
    reporter_name = models.CharField("报告人", max_length=60)
    reporter = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    once = models.UUIDField(null=True, unique=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answer = models.CharField("办理情况", max_length=200, blank=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["town", "answered_at"], name="change_report_open")]
