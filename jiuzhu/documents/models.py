"""Unified documents: numbers without gaps, issued papers stored with their hash and never rendered again (DOC-01..07)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.people.models import Household
from jiuzhu.vault.fields import Sealed, SealedRow, sealed_column
from jiuzhu.vault.models import StoredFile


class Counter(models.Model):
    """Last number of one organ, kind and year; its row lock keeps the sequence gapless."""

    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "code", "year"], name="one_counter")]


class Document(SealedRow):
    """One paper. ISSUED rows keep content, file, hash, number and template version; only SERVED/VOID may follow.

    A paper of no household is for the organ that issued it, or for ``audience``: a town's own pay list.
    """

    DRAFT, ISSUED, SERVED, VOID = "DRAFT", "ISSUED", "SERVED", "VOID"

    code = models.CharField("文书代码", max_length=8)
    slug = models.CharField(max_length=60)
    title = models.CharField("标题", max_length=120)
    organ = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(null=True)
    doc_no = models.CharField("文号", max_length=80, blank=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="documents")
    case_id = models.BigIntegerField(null=True, db_index=True)
    step_id = models.BigIntegerField(null=True)
    regime = models.CharField(max_length=8)
    addressee = models.CharField("送达对象", max_length=80, blank=True)
    audience = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, default=ISSUED)
    data_sealed = sealed_column()
    data = Sealed("data_sealed")
    template_version = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    pages = models.PositiveSmallIntegerField()
    issued_on = models.DateField("成文日期")
    issued_at = models.DateTimeField()
    signer = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    signer_name = models.CharField("签发人", max_length=80, blank=True)
    needs_service = models.BooleanField(default=False)
    void_reason = models.CharField(max_length=200, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organ", "code", "year", "seq"], name="one_document_a_number"),
            models.UniqueConstraint(
                fields=["doc_no"], condition=~Q(doc_no=""), name="document_number_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["case_id"],
                condition=Q(state="ISSUED", needs_service=True),
                name="document_to_serve",
            )
        ]


class Service(models.Model):
    """Proof of service (DOC-03); its day starts the remedies. Append-only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="services")
    mode = models.CharField("送达方式", max_length=12)
    served_on = models.DateField("送达日期")
    served_at = models.DateTimeField()
    receiver = models.CharField("签收人", max_length=80)
    proof = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document"], name="served_once")]
