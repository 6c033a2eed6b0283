"""What a grant creates: who is entitled, from which month, to how much. Months never overlap for a person (AID-01)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, no_overlap
from jiuzhu.cases.models.case import Case
from jiuzhu.cases.models.decision import Decision
from jiuzhu.people.models import Household, Person


class Entitlement(models.Model):
    """A benefit of one household (or person). Months are stored as their first day.

    States of 5.1; VOID never took effect (another aid began before its first month). A status (no money) has
    ``valid_to``, the last day it holds without being recognised again (EDG-01, RIG-01). Nothing is sent for a month
    after ``fades_until`` while a gradual exit lasts (DYN-20); lists read it here, they know nothing of changes.
    """

    ACTIVE, SUSPENDED, GRADUAL = "ACTIVE", "SUSPENDED", "GRADUAL"
    STOPPED, CLOSED, VOID = "STOPPED", "CLOSED", "VOID"
    RUNNING = (ACTIVE, SUSPENDED, GRADUAL)

    number = models.CharField("待遇编号", max_length=30, unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="entitlement")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="entitlements")
    aid_type = models.CharField(max_length=16)
    area_type = models.CharField(max_length=6)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12)
    payee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=ACTIVE)
    review_class = models.CharField(max_length=1, default="C")
    first_month = models.DateField()
    last_month = models.DateField(null=True)
    fades_until = models.DateField("渐退最后月份", null=True)
    next_review_on = models.DateField(null=True)
    valid_to = models.DateField("认定有效期至", null=True)
    created_at = models.DateTimeField()
    stop_reason = models.CharField("停发原因", max_length=16, blank=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("first_month")),
                name="entitlement_span",
            )
        ]
        indexes = [models.Index(fields=["county", "aid_type", "area_type", "state"], name="entitlement_run")]


class EntitlementAmount(models.Model):
    """The amount for a span of months; a change closes one span and opens the next.

    ``ground`` is what it rests on: the decision, or the number of the change. A span replaced before its first
    month is superseded, never deleted.
    """

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="amounts")
    from_month = models.DateField()
    to_month = models.DateField(null=True)
    members_count = models.PositiveSmallIntegerField()
    base_fen = models.BigIntegerField()
    topup_fen = models.BigIntegerField(default=0)
    care_fen = models.BigIntegerField(default=0)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True)
    ground = models.CharField("依据", max_length=40, blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            no_overlap(
                "one_amount_a_month",
                ["entitlement"],
                "from_month",
                "to_month",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | ~Q(ground=""), name="amount_has_a_ground"
            ),
            models.CheckConstraint(
                condition=Q(base_fen__gte=0, topup_fen__gte=0, care_fen__gte=0), name="amount_not_negative"
            ),
        ]


class EntitlementMember(models.Model):
    """A person's share in an entitlement. The exclusion constraint is AID-01: one living allowance at a time."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    group = models.CharField(max_length=16)
    from_month = models.DateField()
    to_month = models.DateField(null=True)

    class Meta:
        constraints = [no_overlap("one_living_aid_a_person", ["person", "group"], "from_month", "to_month")]
