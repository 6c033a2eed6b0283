"""A sudden hardship as it was reported, what was handed over, who agreed by word of mouth, the registration (3.6)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Seal, Staff
from jiuzhu.cases.models.case import Case
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column
from jiuzhu.vault.models import StoredFile


class Emergency(SealedRow):
    """W32: what happened, to the minute. How heavy it is and how many it hits may be told later (TA-10)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="emergency")
    reported_at = models.DateTimeField("接报时间")
    reporter_name = models.CharField("报告人", max_length=60)
    phone_sealed = sealed_column()
    reporter_phone = Sealed("phone_sealed")
    place = models.CharField("发生地点", max_length=120, blank=True)
    cause = models.CharField("事由", max_length=2)
    summary = models.CharField("情况", max_length=400, blank=True)
    severity = models.CharField(max_length=8, blank=True)
    persons = models.PositiveSmallIntegerField(null=True)
    good_reason = models.CharField("再次救助的理由", max_length=200, blank=True)
    meeting_no = models.CharField("会议纪要文号", max_length=80, blank=True)
    meeting_on = models.DateField(null=True)
    meeting_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting_fen=0) | ~Q(meeting_no="") & Q(meeting_on__isnull=False),
                name="beyond_the_cap_only_by_a_meeting",
            )
        ]


class OralApproval(models.Model):
    """The county agreed by word of mouth to more than the town may give at once (E2). Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="oral_approvals")
    amount_fen = models.BigIntegerField("同意累计金额")
    approver_name = models.CharField("同意人", max_length=60)
    approver_post = models.CharField("职务", max_length=60)
    said_at = models.DateTimeField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="oral_amount_is_positive")]


class Delivery(models.Model):
    """W33: one stage of aid handed over by two people against a signature. Append-only; ``uid`` names its payment."""

    CASH, TRANSFER, GOODS, REFERRAL = "CASH", "TRANSFER", "GOODS", "REFERRAL"
    KINDS = {CASH: "现金", TRANSFER: "转账", GOODS: "实物", REFERRAL: "转介服务"}
    MODES = {"SCREEN": "屏幕签名", "FINGERPRINT": "指印照片", "PAPER": "纸质签收照片"}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deliveries")
    stage = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField("金额（实物折价）")
    what = models.CharField("实物或转介去向", max_length=200, blank=True)
    delivered_at = models.DateTimeField()
    handler = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    second_handler = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    receiver_name = models.CharField("签收人", max_length=60)
    signature = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    signature_mode = models.CharField(max_length=12, default="SCREEN")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "stage"], name="one_delivery_a_stage"),
            models.CheckConstraint(condition=~Q(handler=F("second_handler")), name="two_people_hand_over"),
            models.CheckConstraint(
                condition=Q(kind__in=("CASH", "TRANSFER"), amount_fen__gt=0)
                | Q(kind="GOODS", amount_fen__gt=0) & ~Q(what="")
                | Q(kind="REFERRAL", amount_fen=0) & ~Q(what=""),
                name="delivery_says_what_was_given",
            ),
        ]


class Countersign(models.Model):
    """The second handler of a delivery answers for it himself: on the spot with his name, or later signed in (E2)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="countersigns")
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="countersign")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField()


class AfterCheck(models.Model):
    """What departments said once help was given (E6). Unfit is written down; nothing is taken back but for a lie."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="after_check")
    report_no = models.CharField("核对报告", max_length=40)
    fit = models.BooleanField()
    false_statement = models.BooleanField("隐瞒或者虚报", default=False)
    words = models.CharField("情况", max_length=400, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fit=True, false_statement=False) | Q(fit=False) & ~Q(words=""),
                name="unfit_is_described",
            )
        ]


class Registration(models.Model):
    """W34: object, cause, amount, the handler's signature, the unit's seal. The case cannot close without all (E7)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="registration")
    recipient_name = models.CharField("救助对象", max_length=80)
    cause = models.CharField("救助事由", max_length=2)
    reason = models.CharField("事由说明", max_length=400)
    amount_fen = models.BigIntegerField("救助金额")
    handler = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    handler_signature = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, seal__isnull=True, sealed_by__isnull=True)
                | Q(sealed_at__isnull=False, seal__isnull=False, sealed_by__isnull=False),
                name="sealed_by_somebody_with_a_seal",
            ),
            models.CheckConstraint(
                condition=Q(sealed_by__isnull=True) | ~Q(sealed_by=F("handler")),
                name="handler_does_not_seal",
            ),
        ]
