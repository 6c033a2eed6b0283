"""Result postings in the village. The columns are the whitelist of PUBL-02: what has no column cannot leak."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.vault.models import StoredFile


class Posting(models.Model):
    """One sheet on the village board: only name, number of members, aid type, amount, village, dates, phone.

    RESULT, PRELIM and STOP (support is to end, TK-12) have a window for objections; NOTICE announces a grant and has none (民发〔2021〕57号第二十四条).
    Public by law, therefore not fenced; ``case_id`` is for the office and never shown.
    """

    RESULT, PRELIMINARY, ANNOUNCEMENT, STOPPING = "RESULT", "PRELIM", "NOTICE", "STOP"

    token = models.CharField("公开编号", max_length=24, unique=True)
    case_id = models.BigIntegerField(db_index=True)
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField("RESULT/PRELIM/NOTICE", max_length=6, default=RESULT)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    village_code = models.CharField(max_length=12)
    applicant_name = models.CharField("申请人", max_length=80)
    members_count = models.PositiveSmallIntegerField("人口")
    aid_type = models.CharField("救助类别", max_length=16)
    amount_fen = models.BigIntegerField("拟批准月保障金")
    village_name = models.CharField("村（居）", max_length=60)
    hotline = models.CharField("监督电话", max_length=40)
    posted_on = models.DateField("公示起")
    ends_on = models.DateField("公示止")
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    place = models.CharField("张贴地点", max_length=80, default="村务公开栏")
    removed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "round"], name="one_posting_a_round"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("posted_on")), name="posting_span"),
        ]


class PostingPhoto(models.Model):
    """A dated photo of the sheet on the board (PUBL-01). Append-only."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    moment = models.CharField("START/END", max_length=6)
    taken_at = models.DateTimeField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
