"""Persons, households, supporters, consents. One household one dossier (ARC-01); numbers and accounts sealed.

Every row is fenced: a household by its town and village, everything else through its household.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Organisation, Staff, no_overlap
from jiuzhu.vault.fields import Sealed, SealedRow, index_column, sealed_column
from jiuzhu.vault.models import StoredFile


class Household(SealedRow):
    """One family, one dossier number, never reused (IDN-04). ``town`` is the organ that handles it today."""

    dossier_no = models.CharField("档案号", max_length=20, unique=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField("村（居）", max_length=12)
    area_type = models.CharField("城乡", max_length=6)
    address_sealed = sealed_column()
    address = Sealed("address_sealed")
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "village_code"], name="household_place")]


class DossierCounter(models.Model):
    """Last dossier sequence of a town; locked while a number is taken, so numbers have no gaps."""

    town_code = models.CharField(max_length=9, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Person(SealedRow):
    """A natural person. The number is found by blind index; equal numbers of two people are flagged, not merged.

    Whoever is helped in an emergency may be without a number until the registration (E3); ``sex`` is then 0 or told,
    ``born_on`` the first day of the year he seems to be born in.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="persons")
    name = models.CharField("姓名", max_length=80)
    name_key = models.CharField(max_length=80, db_index=True)
    sex = models.CharField("性别", max_length=1)
    born_on = models.DateField("出生日期")
    id_no_sealed = sealed_column()
    id_no_index = index_column(db_index=True)
    shares_number = models.BooleanField("号码重号", default=False)
    phone_sealed = sealed_column()
    phone_index = index_column(db_index=True)
    id_no = Sealed("id_no_sealed", index="id_no_index")
    phone = Sealed("phone_sealed", index="phone_index")
    died_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_no_index"],
                condition=Q(shares_number=False) & ~Q(id_no_index=""),
                name="one_person_per_number",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a household from a day to a day, with what the family declared of him (fields of 2.1).

    A person is never in two households at once.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField("与申请人关系", max_length=3)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)
    marital = models.CharField("婚姻", max_length=3, blank=True)
    education = models.CharField("文化程度", max_length=3, blank=True)
    health = models.CharField("健康", max_length=3, blank=True)
    disability_category = models.CharField("残疾类别", max_length=1, blank=True)
    disability_grade = models.CharField("残疾等级", max_length=1, blank=True)
    disability_until = models.DateField("残疾证有效期至", null=True)
    disability_certificate = models.CharField("残疾证号（密封）", max_length=4, blank=True)
    serious_illness = models.CharField("重病病种", max_length=20, blank=True)
    labour = models.CharField("劳动能力", max_length=10, blank=True)
    employment = models.CharField("就业", max_length=3, blank=True)
    student_stage = models.CharField("就学阶段", max_length=2, blank=True)
    hukou_division = models.CharField("户籍地", max_length=12, blank=True)
    hukou_type = models.CharField("户口类别", max_length=10, blank=True)
    residence_division = models.CharField("居住地", max_length=12, blank=True)
    exclude_code = models.CharField("不计入原因", max_length=16, blank=True)
    exclude_until = models.DateField("预计返回日期", null=True)
    lacks_capacity = models.BooleanField("无或限制民事行为能力", default=False)

    class Meta:
        constraints = [no_overlap("one_household_at_a_time", ["person"], "joined_on", "left_on")]
        indexes = [
            models.Index(fields=["exclude_until"], condition=~Q(exclude_code=""), name="membership_away")
        ]


class Obligor(SealedRow):
    """A person with a duty of support who lives apart (HH-22, 2.4)."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="obligors")
    supports = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="supported_by")
    name = models.CharField("姓名", max_length=80)
    relation = models.CharField("关系", max_length=3)
    id_no_sealed = sealed_column()
    id_no_index = index_column(db_index=True)
    id_no = Sealed("id_no_sealed", index="id_no_index")
    facts = models.JSONField("赡养能力情况", default=dict)


class BankAccount(SealedRow):
    """Where a household is paid, from a day on; the owner is a member or an agreed custodian (PAY-01, PAY-07).

    ``purpose`` "" is the household's own. One person's aid may have others: OWN his own, CARE that of whoever cares
    for him, ALL the institution's that keeps him (TK-10), ONCE for one sum after his death (TK-11).
    """

    OWN, CARE, ALL, ONCE = "OWN", "CARE", "ALL", "ONCE"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="accounts")
    holder_name = models.CharField("户名", max_length=80)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    bank_code = models.CharField("银行", max_length=12)
    bank_name = models.CharField("开户行", max_length=60)
    number_sealed = sealed_column()
    number_index = index_column(db_index=True)
    number = Sealed("number_sealed", index="number_index")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    purpose = models.CharField("用途", max_length=4, blank=True)
    for_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            no_overlap(
                "one_account_at_a_time", ["household"], "valid_from", "valid_to", condition=Q(purpose="")
            ),
            no_overlap(
                "one_account_a_purpose",
                ["for_person", "purpose"],
                "valid_from",
                "valid_to",
                condition=~Q(purpose=""),
            ),
            models.CheckConstraint(
                condition=Q(purpose="", for_person__isnull=True)
                | (~Q(purpose="") & Q(for_person__isnull=False)),
                name="account_of_a_purpose_has_a_person",
            ),
        ]


class Authorisation(models.Model):
    """W02: leave to verify, for these people, these sources, this purpose, this long (VER-21, VER-22)."""

    DRAFT, IN_FORCE, WITHDRAWN, ENDED = "DRAFT", "IN_FORCE", "WITHDRAWN", "ENDED"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="authorisations")
    number = models.CharField("授权编号", max_length=40, unique=True)
    aid_types = ArrayField(models.CharField(max_length=16))
    sources = ArrayField(models.CharField(max_length=6))
    purpose = models.CharField("用途", max_length=120)
    state = models.CharField(max_length=10, default=DRAFT)
    opened_at = models.DateTimeField()
    signed_on = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="IN_FORCE") | Q(signed_on__isnull=False, valid_to__isnull=False),
                name="authorisation_in_force_is_signed",
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=Q(state="DRAFT"), name="one_renewal_at_a_time"
            ),
        ]


class Signature(models.Model):
    """One adult's own signature under an authorisation, or a guardian's for a minor. Append-only."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    obligor = models.ForeignKey(Obligor, on_delete=models.PROTECT, null=True)
    signer_name = models.CharField("签字人", max_length=80)
    on_behalf_of = models.CharField("代签关系", max_length=20, blank=True)
    mode = models.CharField("方式", max_length=12)
    image = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()
    witness = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation", "person"],
                condition=Q(person__isnull=False),
                name="one_signature_a_person",
            ),
            models.UniqueConstraint(
                fields=["authorisation", "obligor"],
                condition=Q(obligor__isnull=False),
                name="one_signature_an_obligor",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(obligor__isnull=False), name="signature_has_a_subject"
            ),
        ]


class ObligorExcuse(models.Model):
    """Why a supporter did not sign: he refused, or could not be found; with the clerk's words. Append-only (TK-05)."""

    REFUSED, NOT_FOUND = "REFUSED", "NOT_FOUND"
    KINDS = {REFUSED: "拒绝签字", NOT_FOUND: "查找不到、联系不上"}

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="excuses")
    obligor = models.ForeignKey(Obligor, on_delete=models.PROTECT, related_name="excuses")
    kind = models.CharField(max_length=10)
    reason = models.CharField("情况", max_length=200)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authorisation", "obligor"], name="one_excuse_an_obligor"),
            models.CheckConstraint(condition=~Q(reason=""), name="excuse_has_a_reason"),
        ]


class CitizenAccount(models.Model):
    """A person who signed in through the identity service; sees the own household only."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    opened_at = models.DateTimeField()
    elder_mode = models.BooleanField(default=False)
    paperless = models.BooleanField("同意电子送达", default=True)
