"""Organisations as a dated tree beside the statistical divisions; people who work here and what they may do.

Sources: ORG-01..ORG-15, VER-31/35, W43, W49 of the rule book; 聊民发〔2019〕57号 一、二、五.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from jiuzhu.vault.fields import Sealed, SealedRow, index_column, sealed_column


class DateSpan(Func):
    """``daterange(from, to, '[]')``; an open end is null."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = DateRangeField()


def no_overlap(name: str, same: list[str], start: str, end: str, **options) -> ExclusionConstraint:
    """No two rows with equal ``same`` columns whose date spans touch."""
    return ExclusionConstraint(
        name=name,
        expressions=[(DateSpan(F(start), F(end)), RangeOperators.OVERLAPS)]
        + [(column, RangeOperators.EQUAL) for column in same],
        **options,
    )


class Division(models.Model):
    """A statistical division (GB/T 2260 6 digits, NBS 9 and 12). Codes are text; changes are dated (ORG-01)."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField(max_length=10)
    stat_parent = models.CharField(max_length=12, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=120, blank=True)


class Organisation(models.Model):
    """An authority: city bureau, county bureau, zone office, township. Never derived from code prefixes (ORG-02)."""

    CITY, COUNTY, ZONE, TOWN = "CITY", "COUNTY", "ZONE", "TOWN"

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    organ_name = models.CharField("机关全称", max_length=80)
    short_name = models.CharField("文号简称", max_length=20)
    kind = models.CharField(max_length=10)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True)
    window_address = models.CharField("服务窗口地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    opening_hours = models.CharField("服务时间", max_length=80, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="predecessors", verbose_name="并入"
    )

    def __str__(self) -> str:
        return self.name


class OrganisationLink(models.Model):
    """Who is above whom, and since when. Authority, ledgers and reports follow this tree (ORG-02)."""

    child = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="links_up")
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="links_down")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [no_overlap("one_parent_at_a_time", ["child"], "valid_from", "valid_to")]


class Merger(models.Model):
    """A township that ends in another from a day on: entered by the city, also ahead; done on its day (ORG-01)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mergers")
    into = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField("生效日期")
    doc_no = models.CharField("批准文件号", max_length=60)
    entered_by = models.ForeignKey("Staff", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("Staff", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    once = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(town=F("into")), name="merged_into_another"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="merger_done_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="merger_withdrawn_by_somebody",
            ),
            # a township ends once
            models.UniqueConstraint(
                fields=["town"], condition=Q(withdrawn_at__isnull=True), name="one_merger_of_a_town"
            ),
        ]


class StaffManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields) -> Staff:
        staff = self.model(username=username, **fields)
        staff.set_password(password)
        staff.save()
        return staff


class Staff(SealedRow, AbstractBaseUser):
    """One working account of one person (ORG-14, VER-31: no shared log-ins)."""

    username = models.CharField("工号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    id_no_sealed = sealed_column()
    id_no_index = index_column(db_index=True)
    phone_sealed = sealed_column()
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    password_given = models.BooleanField("密码由管理员设定，尚未自行修改", default=False)

    id_no = Sealed("id_no_sealed", index="id_no_index")
    phone = Sealed("phone_sealed")

    objects = StaffManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.name


class Post(models.Model):
    """A person in a role at an organ, from a day to a day. A person may hold several; one is used at a time."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=30)
    village_codes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    employment = models.CharField("用工性质", max_length=12, default="ESTABLISHED")
    full_time = models.BooleanField("专职", default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [no_overlap("one_post_of_a_kind", ["staff", "organ", "role"], "starts_on", "ends_on")]


class ConfidentialityAgreement(models.Model):
    """W43: who may look at verification, until when (VER-31, VER-35: at most three years)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="agreements")
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    number = models.CharField("协议编号", max_length=40, unique=True)
    signed_on = models.DateField()
    valid_to = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("signed_on")), name="agreement_ends_after_signing"
            )
        ]


class Delegation(models.Model):
    """County government instrument that lets towns decide (ORG-05). Its states are dated steps, never edited."""

    county = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegations")
    aid_types = ArrayField(models.CharField(max_length=16))
    authority_doc_no = models.CharField("授权文件号", max_length=60)
    issued_by = models.CharField("授权机关", max_length=80)
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    towns = models.ManyToManyField(Organisation, blank=True, related_name="delegations_to")
    max_amount_fen = models.BigIntegerField(null=True)
    duty_split = models.TextField("县乡职责划分")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(authority_doc_no=""), name="delegation_needs_document_number"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="delegation_span"
            ),
        ]


class DelegationStep(models.Model):
    """DRAFT → ACTIVE → SUSPENDED → ACTIVE … → REVOKED, each from a day on. Append-only."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10)
    effective_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()


class Training(models.Model):
    """One person at one training (TRN-01, ORG-07)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="trainings")
    held_on = models.DateField()
    topic = models.CharField(max_length=120)
    hours_tenths = models.PositiveIntegerField(default=0)


class Seal(models.Model):
    """A registered seal of an organ (ORG-07, DOC-04)."""

    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=20, default="OFFICIAL")
    registered_on = models.DateField()
    ended_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=True)


class Kin(SealedRow):
    """Near relatives of staff and of village committee members (REL-01..03). Matched by blind index only."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="kin")
    official_name = models.CharField("工作人员", max_length=60)
    official_post = models.CharField("职务", max_length=80)
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    village_code = models.CharField(max_length=12, blank=True)
    relation = models.CharField("关系", max_length=30)
    id_no_sealed = sealed_column()
    id_no_index = index_column(db_index=True)
    id_no = Sealed("id_no_sealed", index="id_no_index")


class ApiToken(models.Model):
    """A staff token for /api/v1, scoped to one post like the screens. Only its digest is kept."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
