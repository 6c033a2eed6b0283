"""A family that moves: its dossier goes to another township, its months are paid once (CH-MOVE1, CH-MOVE2, W38)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Organisation
from jiuzhu.people.models import Household


class Transfer(models.Model):
    """One move of one household, asked by the township it leaves, taken over by the one it comes to.

    SENT → ACCEPTED → CHECKED, or SENT → RETURNED. ``paid_until`` is the last month the old county pays, whenever its
    list is made; the new one pays from the month after. Both townships see the row.
    """

    SENT, ACCEPTED, CHECKED, RETURNED = "SENT", "ACCEPTED", "CHECKED", "RETURNED"
    WITHIN, BETWEEN = "CH-MOVE1", "CH-MOVE2"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="transfers")
    kind = models.CharField("类别", max_length=8)
    state = models.CharField(max_length=8, default=SENT)
    applicant_name = models.CharField("申请人", max_length=80)
    members_count = models.PositiveSmallIntegerField("人口")
    what = models.CharField("在办案件和待遇", max_length=400, blank=True)
    from_town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_village = models.CharField(max_length=12)
    to_town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_village = models.CharField(max_length=12, blank=True)
    hukou_moved = models.BooleanField("户籍已迁", default=False)
    reason = models.CharField("迁移情况", max_length=400)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answer = models.CharField("接收意见", max_length=400, blank=True)
    paid_until = models.DateField("迁出地发至", null=True)
    check_due_on = models.DateField("重新核实期限", null=True)
    checked_on = models.DateField(null=True)
    checked_by = models.CharField(max_length=60, blank=True)
    finding = models.CharField("核实结果", max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="SENT"), name="one_transfer_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(from_town=models.F("to_town")), name="transfer_goes_somewhere"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ACCEPTED", "CHECKED"]) | Q(paid_until__isnull=False),
                name="accepted_transfer_has_its_month",
            ),
        ]
