"""The case, its steps, its clocks. State is the sum of steps; steps are append-only (WF-01)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.people.models import Authorisation, Household, Person


class Case(models.Model):
    """One family's way through one kind of aid. ``version`` rises with every step (a stale page is noticed).

    ``for_person`` is set where one person alone is aided (per-person aid, DB-05); ``origin`` is the case this one
    continues without being entered again.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case_no = models.CharField("案号", max_length=30, unique=True)
    aid_type = models.CharField("救助类别", max_length=16)
    exclusive_group = models.CharField(max_length=16)
    regime = models.CharField("制度版本", max_length=8)
    state = models.CharField("环节", max_length=20)
    version = models.PositiveIntegerField(default=0)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cases")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    for_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continued_by")
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12)
    area_type = models.CharField(max_length=6)
    channel = models.CharField("渠道", max_length=12)
    hardship = models.TextField("困难情况", blank=True)
    causes = ArrayField(models.CharField(max_length=3), default=list)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, null=True)
    near_relative = models.BooleanField("近亲属备案", default=False)
    county_visit_required = models.BooleanField(default=False)
    open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    applied_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "exclusive_group"],
                condition=Q(open=True, for_person__isnull=True),
                name="one_open_case_a_household",
            )
        ]
        indexes = [
            models.Index(fields=["town", "state"], name="case_town_state"),
            models.Index(fields=["county", "state"], name="case_county_state"),
        ]

    def __str__(self) -> str:
        return self.case_no


class CaseCounter(models.Model):
    """Last case sequence of a prefix, county and day (IDN-04)."""

    key = models.CharField(max_length=24, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class CaseMember(models.Model):
    """A person in a case; nobody is in two open cases of one group (E_DUP)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    exclusive_group = models.CharField(max_length=16)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "exclusive_group"], condition=Q(open=True), name="one_open_case_a_person"
            )
        ]


class Step(models.Model):
    """One move made: who, in which post, when, from where to where, why. ``on`` is the business day. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    move = models.CharField(max_length=8)
    event = models.CharField(max_length=40)
    title = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    organ = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    on = models.DateField()
    reason = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)
    papers = ArrayField(models.CharField(max_length=100), default=list)
    clock_effects = models.JSONField(default=list)
    once = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="step_seq"),
            models.UniqueConstraint(
                fields=["case", "once"], condition=Q(once__isnull=False), name="step_once"
            ),
        ]


class CaseClock(models.Model):
    """One run of one clock. ``due_on``/``due_at`` are an index: steps, pauses and calendar can rebuild them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    clock = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    breached = models.BooleanField(default=False)
    used_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock"], condition=Q(ended_at__isnull=True), name="one_running_clock"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="clock_runs_forward",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(ended_at__isnull=True), name="clock_due")]


class Extension(models.Model):
    """The total clock made longer, once, for a reason the law names, before it ran out (2022 notice 4.1). Append-only."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="extension")
    reason = models.CharField(max_length=24)
    explanation = models.CharField(max_length=400)
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()


class Pause(models.Model):
    """A pause of the total clock: only PAU-1..PAU-4, approved by the township head; PAU-3 comes with the objection."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=6)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=400)
    document_no = models.CharField(max_length=80)
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="PAU-3") | Q(approved_by__isnull=False), name="pause_is_approved"
            )
        ]


class WindowVisit(models.Model):
    """The family at the window for one errand; a day with any is one coming (WF-05). Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="window_visits")
    on = models.DateField()
    at = models.DateTimeField()
    errand = models.CharField("事项", max_length=40)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
