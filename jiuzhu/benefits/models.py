"""What happens to an entitlement after its grant (section 5). Examinations, decisions, notices and steps are history."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Delegation, Organisation, Staff
from jiuzhu.benefits.support_models import FuneralAid, SelfCareReport, SupportStop, SupportStopStep
from jiuzhu.benefits.watch_models import Alert, ChangePause, PlaceAlert
from jiuzhu.cases.models import Entitlement
from jiuzhu.documents.models import Document
from jiuzhu.people.models import Person
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column
from jiuzhu.vault.models import StoredFile

__all__ = [
    "Alert",
    "Change",
    "ChangeCounter",
    "ChangeDecision",
    "ChangePause",
    "ChangeStep",
    "Effect",
    "Examination",
    "Fading",
    "FuneralAid",
    "Notice",
    "Overpay",
    "PlaceAlert",
    "Repayment",
    "Review",
    "SelfCareReport",
    "StandardBatch",
    "StandardLine",
    "SupportStop",
    "SupportStopStep",
    "Suspension",
    "WorkOffer",
]


class Change(SealedRow):
    """One typed change of one entitlement (5.3). ``subject`` is what it touches: one open change a subject.

    ``facts`` is what was reported, in the words of ``policy.changes.after``. ``happened_on`` is the day of the
    event (of the death); ``due_on`` the nearer of CLK-CHG and CLK-DEATH.
    """

    number = models.CharField("变更编号", max_length=40, unique=True)
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default="REPORTED")
    version = models.PositiveIntegerField(default=0)
    regime = models.CharField(max_length=8)
    facts = models.JSONField(default=dict)
    account_sealed = sealed_column()
    account = Sealed("account_sealed")
    happened_on = models.DateField("发生日期", null=True)
    reported_on = models.DateField("报告日期")
    reported_at = models.DateTimeField()
    reporter = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    reporter_name = models.CharField("报告人", max_length=60)
    report_id = models.BigIntegerField("变化报告", null=True)
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField("办结期限")
    review_id = models.BigIntegerField(null=True)
    open = models.BooleanField(default=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement", "subject"], condition=Q(open=True), name="one_open_change_a_subject"
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(open=True), name="change_due")]

    def __str__(self) -> str:
        return self.number


class ChangeCounter(models.Model):
    """Last change number of a town and year; locked while one is taken."""

    key = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class ChangeStep(models.Model):
    """Who moved a change, when, why. Append-only."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()
    note = models.CharField(max_length=400, blank=True)
    papers = ArrayField(models.CharField(max_length=100), default=list)
    once = models.UUIDField(null=True, unique=True)


class Examination(models.Model):
    """What was found: the family before and after, frozen, and the law's answer to both (DYN-02). Append-only."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="examinations")
    before = models.JSONField("变更前家庭情况")
    after = models.JSONField("变更后家庭情况")
    outcome_before = models.JSONField(default=dict)
    outcome_after = models.JSONField(default=dict)
    basis_digest = models.CharField(max_length=64)
    result = models.CharField(max_length=10)
    options = ArrayField(models.CharField(max_length=10))
    old_fen = models.BigIntegerField()
    base_fen = models.BigIntegerField(default=0)
    topup_fen = models.BigIntegerField(default=0)
    care_fen = models.BigIntegerField(default=0)
    members_count = models.PositiveSmallIntegerField(default=0)
    months = models.PositiveSmallIntegerField("渐退月数", default=0)
    reason = models.CharField(max_length=16, blank=True)
    text = models.CharField("核实情况", max_length=1000)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    @property
    def new_fen(self) -> int:
        return self.base_fen + self.topup_fen + self.care_fen


class ChangeDecision(models.Model):
    """By a named officer with authority who neither reported, examined, visited nor verified (ORG-03, ORG-04).

    A trigger refuses any other. Append-only.
    """

    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="decision")
    examination = models.ForeignKey(Examination, on_delete=models.PROTECT)
    result = models.CharField(max_length=10)
    authority = models.CharField(max_length=8)
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT)
    role = models.CharField(max_length=30)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    effective_month = models.DateField("依法应变更月份")
    old_fen = models.BigIntegerField()
    new_fen = models.BigIntegerField()
    reason = models.CharField(max_length=16, blank=True)
    explanation = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(authority="COUNTY", delegation__isnull=True)
                | Q(authority="TOWN", delegation__isnull=False),
                name="change_by_town_only_by_delegation",
            )
        ]


class Notice(models.Model):
    """W36 of a change: what was told, so that nothing less is paid before it was served (DYN-11). Append-only."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="notices")
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="notices")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    old_fen = models.BigIntegerField()
    new_fen = models.BigIntegerField()
    effective_month = models.DateField()
    serve_by = models.DateField("送达期限")


class Effect(models.Model):
    """A decision come true: from which month the lists pay another way. Append-only."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="effect")
    from_month = models.DateField()
    arrears_fen = models.BigIntegerField(default=0)
    overpaid_fen = models.BigIntegerField(default=0)
    at = models.DateTimeField()


class Suspension(models.Model):
    """DYN-13: not paid from a month on; resumed with arrears or stopped, at most ``until``."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="suspensions")
    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="suspension")
    reason = models.CharField(max_length=12)
    from_month = models.DateField()
    until_month = models.DateField("最迟处理月份")
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(ended_on__isnull=True), name="one_suspension_at_a_time"
            )
        ]


class Fading(models.Model):
    """DYN-20: gradual exit, amount unchanged for some months; each month counts."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="fadings")
    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="fading")
    from_month = models.DateField()
    last_month = models.DateField()
    months = models.PositiveSmallIntegerField()
    ended_month = models.DateField("实际最后月份", null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(ended_month__isnull=True), name="one_fading_at_a_time"
            ),
            models.CheckConstraint(condition=Q(last_month__gte=F("from_month")), name="fading_span"),
        ]


class WorkOffer(models.Model):
    """LAB-05: suitable work introduced to a member; refusals without reason count in a row. Append-only."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="work_offers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    offered_on = models.DateField()
    what = models.CharField("介绍的工作", max_length=200)
    refused = models.BooleanField("拒绝")
    reason = models.CharField("拒绝理由", max_length=200, blank=True)
    justified = models.BooleanField("理由正当", default=False)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "offered_on", "what"], name="offer_noted_once")
        ]


class Review(models.Model):
    """One periodic review (5.2). RUNNING once questions are asked; its change carries what follows."""

    PLANNED, RUNNING, DONE, ENDED = "PLANNED", "RUNNING", "DONE", "ENDED"

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="reviews")
    review_class = models.CharField(max_length=1)
    due_on = models.DateField("应复核日期")
    state = models.CharField(max_length=8, default=PLANNED)
    run_id = models.BigIntegerField(null=True)
    visited_on = models.DateField("入户日期", null=True)
    visitors = ArrayField(models.BigIntegerField(), default=list)
    visit_text = models.CharField("入户情况", max_length=1000, blank=True)
    visit_photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_on = models.DateField()
    finished_on = models.DateField(null=True)
    result = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(state__in=["PLANNED", "RUNNING"]), name="one_open_review"
            ),
            models.UniqueConstraint(fields=["entitlement", "due_on"], name="one_review_a_date"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state__in=["PLANNED", "RUNNING"]), name="review_due")
        ]


class Overpay(models.Model):
    """DYN-22: money paid that was not due; paid back in cash or kept from later lists with consent."""

    CASH, OFFSET = "CASH", "OFFSET"
    PLANS = {CASH: "家庭缴回", OFFSET: "经同意从以后的救助金中抵扣"}

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="overpays")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="overpays")
    number = models.CharField(max_length=40, unique=True)
    amount_fen = models.BigIntegerField()
    months = ArrayField(models.DateField())
    cause = models.CharField("原因", max_length=200)
    found_on = models.DateField()
    notice = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.CharField(max_length=8, blank=True)
    instalments = models.PositiveSmallIntegerField(default=0)
    consent = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="overpay_is_positive")]


class Repayment(models.Model):
    """Money the family brought back. What lists keep back is told by the dues. Append-only."""

    overpay = models.ForeignKey(Overpay, on_delete=models.PROTECT, related_name="repayments")
    amount_fen = models.BigIntegerField()
    paid_on = models.DateField()
    voucher_no = models.CharField("缴款凭证号", max_length=60)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="repayment_is_positive"),
            models.UniqueConstraint(fields=["overpay", "voucher_no"], name="voucher_once"),
        ]


class StandardBatch(models.Model):
    """DYN-40: a new standard applied to every family of a county, aid type and area: computed, confirmed, in effect, or undone."""

    COMPUTING, COMPUTED, CONFIRMED = "COMPUTING", "COMPUTED", "CONFIRMED"
    APPLIED, UNDONE = "APPLIED", "UNDONE"

    number = models.CharField(max_length=40, unique=True)
    county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    aid_type = models.CharField(max_length=16)
    area_type = models.CharField(max_length=6)
    since = models.DateField("新标准施行日期")
    old_fen = models.BigIntegerField("原标准")
    new_fen = models.BigIntegerField("新标准")
    doc_no = models.CharField("文号", max_length=80)
    state = models.CharField(max_length=10, default=COMPUTING)
    version = models.PositiveIntegerField(default=0)
    todo = models.PositiveIntegerField("应测算户数", default=0)
    done = models.PositiveIntegerField("已测算户数", default=0)
    families = models.PositiveIntegerField(default=0)
    month_fen = models.BigIntegerField("每月增加", default=0)
    arrears_fen = models.BigIntegerField("补发合计", default=0)
    left_out = models.PositiveIntegerField("转人工", default=0)
    paper_no = models.CharField("花名册文号", max_length=100, blank=True)
    computed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "aid_type", "area_type", "since"],
                condition=~Q(state="UNDONE"),
                name="one_batch_a_standard",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("computed_by")),
                name="batch_confirmed_by_another",
            ),
        ]


class StandardLine(models.Model):
    """One family's difference: old and new amount, from which list month, what earlier months are owed."""

    batch = models.ForeignKey(StandardBatch, on_delete=models.PROTECT, related_name="lines")
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="+")
    members_count = models.PositiveSmallIntegerField()
    per_head_fen = models.BigIntegerField()
    old_fen = models.BigIntegerField()
    base_fen = models.BigIntegerField()
    topup_fen = models.BigIntegerField(default=0)
    care_fen = models.BigIntegerField(default=0)
    from_month = models.DateField()
    arrears_fen = models.BigIntegerField(default=0)
    note = models.CharField("转人工原因", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "entitlement"], name="one_line_a_family")]
