"""One door: who came with what need, what was passed on to other departments, who was found in hardship.

Receptions and referrals belong to a household; a lead is about somebody who may be in no dossier yet and is shown
to staff only. Steps, answers, visits and refusals of help are append-only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.cases.models import Case
from jiuzhu.documents.models import Document
from jiuzhu.parameters.models import Published, one_in_force, two_people
from jiuzhu.people.models import Household, Person
from jiuzhu.vault.fields import Sealed, SealedRow, index_column, sealed_column
from jiuzhu.vault.models import StoredFile


class DoorCounter(models.Model):
    """Last number of a kind, county and day; locked while a number is taken."""

    key = models.CharField(max_length=30, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class MatterEntry(Published):
    """One line of the register of matters: who is competent, how to reach it, how long it has (ORG-15).

    For the city or one county, from a day on. A referral keeps the line it was made with.
    """

    code = models.CharField("事项代码", max_length=12)
    rank = models.PositiveSmallIntegerField("排列")
    title = models.CharField("事项", max_length=20)
    plain = models.CharField("群众看得懂的说明", max_length=80)
    organ = models.CharField("主管部门", max_length=30)
    of_county = models.BooleanField("部门名称前加县（市、区）名", default=True)
    desk = models.CharField("收件箱", max_length=30, blank=True)
    phone = models.CharField("热线", max_length=30)
    answer_wd = models.PositiveSmallIntegerField("答复工作日", null=True)
    article = models.CharField("依据", max_length=80)
    offered = models.BooleanField("受理", default=True)
    once = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            one_in_force("one_published_matter", "code", "scope"),
            two_people("two_people_publish_matter"),
            models.CheckConstraint(
                condition=Q(answer_wd__isnull=True) | Q(answer_wd__range=(1, 60)), name="matter_answer_days"
            ),
        ]

    def department(self, county_name: str) -> str:
        return f"{county_name}{self.organ}" if self.of_county else self.organ


class Timed(models.Model):
    """What has a running clock: ``due_on`` is an index of what ``workflow.clocks`` computes; ``late`` stays."""

    version = models.PositiveIntegerField(default=0)
    open = models.BooleanField(default=True)
    closed_on = models.DateField("办结日期", null=True)
    clock = models.CharField(max_length=12, blank=True)
    clock_started_at = models.DateTimeField(null=True)
    due_on = models.DateField("到期日", null=True)
    late = models.BooleanField("曾超期", default=False)

    class Meta:
        abstract = True


class StepRow(models.Model):
    """One move that was made: who, when, from where to where."""

    seq = models.PositiveIntegerField()
    move = models.CharField(max_length=6)
    title = models.CharField(max_length=60)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30, blank=True)
    organ = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    on = models.DateField()
    facts = models.JSONField(default=dict)
    once = models.UUIDField(null=True, unique=True)

    class Meta:
        abstract = True


class Lead(SealedRow, Timed):
    """Somebody in hardship who was noticed (WF-03): visited within the time, followed to an end."""

    number = models.CharField("线索编号", max_length=30, unique=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField("村（居）", max_length=12)
    state = models.CharField("环节", max_length=16)
    name_sealed = sealed_column()
    name_index = index_column(db_index=True)
    name = Sealed("name_sealed", index="name_index")
    id_no_sealed = sealed_column()
    id_no_index = index_column(db_index=True)
    id_no = Sealed("id_no_sealed", index="id_no_index")
    phone_sealed = sealed_column()
    phone = Sealed("phone_sealed")
    address_sealed = sealed_column()
    address = Sealed("address_sealed")
    incapable = models.BooleanField("无或限制民事行为能力", default=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("办结说明", max_length=300, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "open", "due_on"], name="lead_open_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(open=True, state__in=("OPEN", "VISITED"))
                | (Q(open=False) & ~Q(state__in=("OPEN", "VISITED"))),
                name="lead_ends_with_an_outcome",
            ),
            # a person is followed once: by number, else by name in the village
            models.UniqueConstraint(
                fields=["id_no_index"],
                condition=Q(open=True) & ~Q(id_no_index=""),
                name="one_open_lead_a_number",
            ),
            models.UniqueConstraint(
                fields=["village_code", "name_index"],
                condition=Q(open=True, id_no_index=""),
                name="one_open_lead_a_name",
            ),
        ]


class LeadStep(StepRow):
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="steps")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "seq"], name="one_lead_step")]


class LeadReport(SealedRow):
    """Each word about a lead: a second report of the same person joins the first; a hotline order is answered once."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="reports")
    source = models.CharField("来源", max_length=10)
    order_no = models.CharField("热线工单号", max_length=40, blank=True)
    text_sealed = sealed_column()
    text = Sealed("text_sealed")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answer_sealed = sealed_column()
    answer = Sealed("answer_sealed")
    once = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_no"], condition=~Q(order_no=""), name="one_report_per_hotline_order"
            )
        ]


class Informant(SealedRow):
    """Who told us, where he wished not to be named: sealed, for the handler alone. Append-only."""

    report = models.OneToOneField(LeadReport, on_delete=models.PROTECT, related_name="informant")
    name_sealed = sealed_column()
    name = Sealed("name_sealed")
    phone_sealed = sealed_column()
    phone = Sealed("phone_sealed")


class LeadVisit(SealedRow):
    """One visit at home: found or not, what was seen. Append-only."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField("上门日期")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    companion = models.CharField("同行人", max_length=60, blank=True)
    found = models.BooleanField("见到本人")
    text_sealed = sealed_column()
    text = Sealed("text_sealed")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()


class Declining(SealedRow):
    """Help was declined: signed by the person, or witnessed; the policy leaflet was left. Append-only."""

    SIGNED, WITNESSED = "SIGNED", "WITNESSED"
    MODES = ((SIGNED, "本人签字"), (WITNESSED, "本人不签字，见证人签字"))

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="declining")
    mode = models.CharField("记录方式", max_length=10, choices=MODES)
    witness_sealed = sealed_column()
    witness = Sealed("witness_sealed")
    words_sealed = sealed_column()
    words = Sealed("words_sealed")
    picture = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    leaflet_given = models.BooleanField("已发政策明白纸")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(leaflet_given=True), name="declined_with_leaflet"),
            models.CheckConstraint(
                condition=~Q(mode="WITNESSED") | Q(witness_sealed__isnull=False), name="witness_is_named"
            ),
        ]


class Reception(SealedRow):
    """A family at the one door: what it needs in plain words and which matters were ticked (ORG-11)."""

    number = models.CharField("受理编号", max_length=30, unique=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField("村（居）", max_length=12)
    area_type = models.CharField("城乡", max_length=6)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField("渠道", max_length=12)
    need_sealed = sealed_column()
    need = Sealed("need_sealed")
    causes = models.JSONField(default=list)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="receptions")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField("登记人", max_length=60)
    consent = models.BooleanField("同意转交有关部门", default=False)
    once = models.UUIDField(null=True, unique=True)
    at = models.DateTimeField()


class Referral(SealedRow, Timed):
    """A matter of another department, with its slip W50 and a clock on the answer (ORG-15)."""

    number = models.CharField("转办单号", max_length=60, unique=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    village_code = models.CharField("村（居）", max_length=12)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, null=True, related_name="referrals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="referrals")
    former = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="successor")
    matter = models.CharField("事项", max_length=12)
    entry = models.ForeignKey(MatterEntry, on_delete=models.PROTECT, related_name="+")
    department = models.CharField("主管部门", max_length=60)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    need_sealed = sealed_column()
    need = Sealed("need_sealed")
    state = models.CharField("环节", max_length=16)
    opened_at = models.DateTimeField()
    delivered_at = models.DateTimeField("送达时间", null=True)
    receipt = models.CharField("对方回执", max_length=60, blank=True)
    tries = models.PositiveIntegerField("送达次数", default=0)
    failure = models.CharField("最近一次未成功的原因", max_length=200, blank=True)
    reminded_on = models.DateField("最近催办", null=True)
    result = models.CharField("办结结果", max_length=10, blank=True)
    told_sealed = sealed_column()
    told = Sealed("told_sealed")

    class Meta:
        indexes = [models.Index(fields=["town", "open", "due_on"], name="referral_open_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(open=True) & ~Q(state="CLOSED") & Q(result="")
                | (Q(open=False, state="CLOSED") & ~Q(result="")),
                name="referral_closes_with_a_result",
            ),
            # the same need is not passed to the same department twice at a time
            models.UniqueConstraint(
                fields=["person", "matter"], condition=Q(open=True), name="one_open_referral_of_a_matter"
            ),
        ]


class ReferralStep(StepRow):
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "seq"], name="one_referral_step")]


class DepartmentAnswer(SealedRow):
    """What a department said, kept once by its own number. ``simulated``: not a real department. Append-only."""

    TAKEN, RETURNED, DONE = "TAKEN", "RETURNED", "DONE"
    KINDS = ((TAKEN, "已接收"), (RETURNED, "退回"), (DONE, "已办结"))

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    seq = models.PositiveIntegerField()
    kind = models.CharField("答复", max_length=10, choices=KINDS)
    helped = models.BooleanField("已帮扶", null=True)
    text_sealed = sealed_column()
    text = Sealed("text_sealed")
    officer = models.CharField("答复人", max_length=60, blank=True)
    answered_on = models.DateField("答复日期")
    received_at = models.DateTimeField()
    late = models.BooleanField("超期答复", default=False)
    simulated = models.BooleanField("模拟", default=False)
    by_hand = models.BooleanField("人工登记", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "seq"], name="answer_kept_once")]


class AskedMatter(models.Model):
    """One ticked matter of a reception: ours becomes a case, another department's a referral. None is dropped."""

    OWN, OTHER = "OWN", "OTHER"

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="matters")
    kind = models.CharField(max_length=5)
    code = models.CharField(max_length=16)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="为谁申请"
    )
    refused_because = models.CharField("没有登记成的原因", max_length=200, blank=True)
    due_on = models.DateField("答复期限", null=True)
    told = models.CharField("答复家庭的话", max_length=300, blank=True)
    told_on = models.DateField(null=True)
    told_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reception", "kind", "code"], name="one_matter_of_a_reception"),
            models.CheckConstraint(
                condition=Q(kind="OWN", referral__isnull=True) | Q(kind="OTHER", case__isnull=True),
                name="own_matter_is_a_case",
            ),
            models.CheckConstraint(
                condition=Q(told="", told_on__isnull=True) | (~Q(told="") & Q(told_on__isnull=False)),
                name="matter_told_on_a_day",
            ),
        ]


class Station(models.Model):
    """A village's 社会救助工作站: where it is and when it is open (ORG-13). Public."""

    village_code = models.CharField("村（居）", max_length=12, unique=True)
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    address = models.CharField("地址", max_length=120)
    phone = models.CharField("电话", max_length=40)
    opening_hours = models.CharField("服务时间", max_length=80)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=60)
