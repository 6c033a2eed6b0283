"""The ledger: runs, lines added once, results of the bank. Unique keys make a second payment impossible (PAY-06)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.cases.models import Entitlement
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.vault.models import StoredFile

LIVING = ("REGULAR", "ARREARS", "TA")


class PayRun(models.Model):
    """One run per county, aid type, area type, month and kind (REGULAR, R1, R2 …), PAY-02."""

    county = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    aid_type = models.CharField(max_length=16)
    area_type = models.CharField(max_length=6)
    month = models.DateField("发放月份")
    kind = models.CharField(max_length=8, default="REGULAR")
    state = models.CharField(max_length=18, default="DRAFT")
    version = models.PositiveIntegerField(default=0)
    lines_count = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    frozen_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "aid_type", "area_type", "month", "kind"], name="one_run_a_month"
            )
        ]

    @property
    def batch_no(self) -> str:
        """What the bank calls this run; made of what makes the run unique, so two runs never share one."""
        return f"{self.county.code}-{self.aid_type}-{self.area_type}-{self.month:%Y%m}-{self.kind}"


class RunStep(models.Model):
    """DRAFT → TOWN_CHECKED → … → PUBLISHED: who moved the run and when. Append-only."""

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=16)
    state = models.CharField(max_length=18)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    once = models.UUIDField(null=True, unique=True)


class PayLine(models.Model):
    """One sum for one entitlement, month and kind. Added once, never changed; a re-issue is a linked line.

    Kinds: REGULAR the month's own, ARREARS a month missed, TA aid given once, SETTLEMENT what is still owed after
    the end, FUNERAL.

    Payee's number and account stay sealed in one place: the line points at the person and at the account row,
    which is dated and never rewritten (PROTECT keeps it). Care money paid to a carer is a part of its own (TK-10).
    """

    BASE, CARE = "BASE", "CARE"

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField()
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="pay_lines")
    household_id = models.BigIntegerField()
    pay_month = models.DateField()
    pay_kind = models.CharField(max_length=10, default="REGULAR")
    part = models.CharField(max_length=4, default=BASE)
    reissue_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reissues")
    dossier_no = models.CharField(max_length=20)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12)
    payee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    payee_name = models.CharField(max_length=80)
    relation = models.CharField(max_length=3, blank=True)
    members_count = models.PositiveSmallIntegerField()
    base_fen = models.BigIntegerField()
    topup_fen = models.BigIntegerField(default=0)
    care_fen = models.BigIntegerField(default=0)
    arrears_fen = models.BigIntegerField(default=0)
    deduction_fen = models.BigIntegerField(default=0)
    total_fen = models.BigIntegerField()
    bank_code = models.CharField(max_length=12)
    bank_name = models.CharField(max_length=60)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "line_no"], name="line_number"),
            models.UniqueConstraint(
                fields=["entitlement", "pay_month", "pay_kind", "part"],
                condition=Q(reissue_of__isnull=True),
                name="paid_once_a_month",
            ),
            # a month missed and paid later as arrears is the same month: either, never both (PAY-06)
            models.UniqueConstraint(
                fields=["entitlement", "pay_month", "part"],
                condition=Q(reissue_of__isnull=True, pay_kind__in=LIVING),
                name="one_living_sum_a_month",
            ),
            # care money is either in the month's own line or a part of its own, never in both
            models.UniqueConstraint(
                fields=["entitlement", "pay_month"],
                condition=Q(reissue_of__isnull=True, pay_kind__in=LIVING, care_fen__gt=0),
                name="care_paid_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(part="BASE")
                | Q(part="CARE", base_fen=0, topup_fen=0, arrears_fen=0, deduction_fen=0),
                name="care_part_is_care_alone",
            ),
            models.UniqueConstraint(
                fields=["reissue_of"], condition=Q(reissue_of__isnull=False), name="reissued_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_fen=F("base_fen")
                    + F("topup_fen")
                    + F("care_fen")
                    + F("arrears_fen")
                    - F("deduction_fen")
                ),
                name="line_total_is_its_parts",
            ),
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="line_is_positive"),
        ]


class Due(models.Model):
    """A one-off sum that a later list takes: arrears, a deduction the family agreed to, funeral money (DYN-22, TK-11).

    ``cause`` names why it is due and is unique: asking twice owes once. ``for_month`` is set when it is the sum of
    a month that was missed: that month's own line, never a second one. ``account`` where it is not the family's own. Append-only; it ends on a line (``DueEnd``).
    """

    ARREARS, DEDUCTION, FUNERAL = "ARREARS", "DEDUCTION", "FUNERAL"

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="dues")
    kind = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    from_month = models.DateField("最早列入月份")
    for_month = models.DateField("补发的月份", null=True)
    cause = models.CharField(max_length=80, unique=True)
    reason = models.CharField("事由", max_length=200)
    consent = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="due_is_positive"),
            models.CheckConstraint(
                condition=~Q(kind="DEDUCTION") | Q(consent__isnull=False), name="deduction_with_consent"
            ),
            models.CheckConstraint(
                condition=Q(for_month__isnull=True) | Q(kind="ARREARS"), name="only_arrears_have_a_month"
            ),
        ]


class DueEnd(models.Model):
    """How a due ended, once: on a line, or withdrawn with a reason. Append-only."""

    due = models.OneToOneField(Due, on_delete=models.PROTECT, related_name="end")
    line = models.ForeignKey(PayLine, on_delete=models.PROTECT, null=True, related_name="dues")
    reason = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False) | ~Q(reason=""), name="due_ends_on_a_line_or_for_a_reason"
            )
        ]


class LineMark(models.Model):
    """HELD: the line stays out of the bank file. WAIVED: the supervisor lets it pass a prompt (PAY-04). Append-only."""

    HELD, WAIVED = "HELD", "WAIVED"

    line = models.ForeignKey(PayLine, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=6)
    prompt = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "prompt"], name="marked_once"),
            # whatever a supervisor lets pass, nobody is paid after the month of his death
            models.CheckConstraint(condition=~Q(kind="WAIVED", prompt="DEAD"), name="the_dead_are_not_paid"),
        ]


class BankFile(models.Model):
    """A file sent to or received from the bank; totals are asserted when written and when read. Append-only."""

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="bank_files")
    direction = models.CharField(max_length=3)
    name = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    lines_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(direction="OUT"), name="sent_once"),
            models.UniqueConstraint(fields=["run", "direction", "file"], name="one_file_once"),
        ]


class LineResult(models.Model):
    """What the bank said of a line (PAY codes 00–99). One result a line; append-only."""

    line = models.OneToOneField(PayLine, on_delete=models.PROTECT, related_name="result")
    code = models.CharField(max_length=2)
    text = models.CharField(max_length=80, blank=True)
    returned_at = models.DateTimeField()
    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT)

    class Meta:
        # what came back is looked for among a hundred times as many lines that arrived
        indexes = [models.Index(fields=["line"], condition=~models.Q(code="00"), name="payments_failed")]
