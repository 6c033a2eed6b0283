"""The reserve fund of a town (备用金, TA-21): top-ups by two people, and a ledger to which rows are only added."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff


class TopUp(models.Model):
    """Money given to a town's fund: one person of the county enters it, another confirms it."""

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    document_no = models.CharField("拨款文号", max_length=80)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    once = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="top_up_is_positive"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="two_people_top_up",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="confirmed_or_cancelled",
            ),
        ]


class Entry(models.Model):
    """One row of a town's ledger. Append-only; a trigger makes ``balance_fen`` the former balance plus this sum.

    ``ref`` names the aid handed over: one payment for each, whoever tries twice. ``amount_fen`` is negative for a
    payment, nothing for a month's closing (``month`` is its first day, ``counted_fen`` the cash that was counted).
    """

    OPENING, TOP_UP, PAYMENT, RETURN, CLOSING = "OPENING", "TOP_UP", "PAYMENT", "RETURN", "CLOSING"
    KINDS = {OPENING: "期初", TOP_UP: "拨入", PAYMENT: "支付", RETURN: "退回", CLOSING: "月结"}

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField()
    case_no = models.CharField("案号", max_length=30, blank=True)
    ref = models.UUIDField(null=True)
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="returned")
    top_up = models.OneToOneField(TopUp, on_delete=models.PROTECT, null=True)
    month = models.DateField(null=True)
    counted_fen = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "seq"], name="fund_entry_seq"),
            models.UniqueConstraint(
                fields=["ref"], condition=Q(ref__isnull=False), name="one_payment_for_one_aid"
            ),
            models.UniqueConstraint(
                fields=["town", "month"], condition=Q(month__isnull=False), name="one_closing_a_month"
            ),
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="fund_never_negative"),
            models.CheckConstraint(
                condition=Q(kind="PAYMENT", amount_fen__lt=0, ref__isnull=False) & ~Q(case_no="")
                | Q(kind__in=("OPENING", "TOP_UP"), amount_fen__gt=0, top_up__isnull=False)
                | Q(kind="RETURN", amount_fen__gt=0, returns__isnull=False)
                | Q(kind="CLOSING", amount_fen=0, month__isnull=False, counted_fen__gte=0),
                name="fund_entry_says_what_it_is",
            ),
        ]
        indexes = [models.Index(fields=["town", "on"], name="fund_town_day")]

    def __str__(self) -> str:
        return f"{self.town_id}/{self.seq}"
