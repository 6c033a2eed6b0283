"""How a supported person lives: rated self-care, where he is kept, who cares for him (TK-07..TK-10)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiuzhu.accounts.models import Organisation, Staff, no_overlap
from jiuzhu.cases.models.case import Case
from jiuzhu.cases.models.entitlement import Entitlement
from jiuzhu.people.models import BankAccount, Person
from jiuzhu.vault.fields import Sealed, SealedRow, index_column, sealed_column
from jiuzhu.vault.models import StoredFile


def _signature() -> models.ForeignKey:
    return models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")


class SelfCareRating(models.Model):
    """W30: six items, able or unable, by two assessors before a witness; all three sign. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveSmallIntegerField()
    items = models.JSONField("六项")
    level = models.CharField("等级", max_length=8)
    rated_on = models.DateField()
    valid_to = models.DateField()
    organisation = models.CharField("评估机构", max_length=80, blank=True)
    assessor = models.CharField(max_length=60)
    second_assessor = models.CharField(max_length=60)
    witness = models.CharField(max_length=60)
    assessor_signature = _signature()
    second_signature = _signature()
    witness_signature = _signature()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="rating_seq"),
            models.CheckConstraint(
                condition=~Q(assessor=F("second_assessor"))
                & ~Q(witness=F("assessor"))
                & ~Q(witness=F("second_assessor")),
                name="three_people_rate",
            ),
        ]


class Institution(models.Model):
    """A home that keeps supported people (供养服务机构); its account takes their money in central support."""

    county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="institutions")
    name = models.CharField("机构名称", max_length=80)
    bank_code = models.CharField("银行", max_length=12)
    bank_name = models.CharField("开户行", max_length=60)
    account_no = models.CharField("账号", max_length=32)
    beds = models.PositiveSmallIntegerField("床位", default=0)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "name"], name="one_institution_a_name")]


class CareAgreement(SealedRow):
    """W31: who cares for a person at home, for what money, until when; township, carer and person sign (TK-10)."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="care_agreements")
    carer_name = models.CharField("照料人", max_length=60)
    carer_relation = models.CharField("与本人关系", max_length=30)
    carer_id_no_sealed = sealed_column()
    carer_id_no_index = index_column(db_index=True)
    carer_id_no = Sealed("carer_id_no_sealed", index="carer_id_no_index")
    duties = models.CharField("照料内容", max_length=400)
    level = models.CharField("等级", max_length=8)
    care_fen = models.BigIntegerField("每月照料护理费")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField("约定期满")
    ended_on = models.DateField("提前解除", null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    person_signature = _signature()
    carer_signature = _signature()
    paper_no = models.CharField(max_length=100, blank=True)
    signed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement"], condition=Q(ended_on__isnull=True), name="one_carer_at_a_time"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="agreement_has_a_term"),
        ]


class SupportSpan(models.Model):
    """How a person is supported over a span of months, by his own choice: in a home, or at home (TK-10, DQ-41)."""

    CENTRAL, SCATTERED = "CENTRAL", "SCATTERED"
    MODES = {CENTRAL: "集中供养", SCATTERED: "分散供养"}

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="support_spans")
    mode = models.CharField("供养方式", max_length=9)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True)
    agreement = models.ForeignKey(CareAgreement, on_delete=models.PROTECT, null=True)
    agreement_needed = models.BooleanField()
    from_month = models.DateField()
    to_month = models.DateField(null=True)
    chosen_by = models.CharField("由谁选择", max_length=60)
    chosen_on = models.DateField()
    signature = _signature()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            no_overlap("one_support_a_month", ["entitlement"], "from_month", "to_month"),
            models.CheckConstraint(
                condition=Q(mode="CENTRAL", institution__isnull=False, agreement__isnull=True)
                | Q(mode="SCATTERED", institution__isnull=True),
                name="central_support_has_a_home",
            ),
            models.CheckConstraint(
                condition=~Q(mode="SCATTERED") | Q(agreement_needed=False) | Q(agreement__isnull=False),
                name="at_home_with_an_agreement",
            ),
        ]
