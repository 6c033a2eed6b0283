"""The city keeps the register of matters: one officer enters a line, another publishes it (ORG-15, STD-01)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import forget
from jiuzhu.onedoor.models import DoorCounter, MatterEntry
from jiuzhu.parameters.publishing import check_may, put_in_force, take_back
from jiuzhu.vault.counters import next_number

WHAT = "事项"
_TEXTS = (
    ("title", "事项名称", 2),
    ("plain", "给群众看的说明", 4),
    ("organ", "主管部门", 2),
    ("article", "依据", 2),
    ("doc_no", "文件号", 2),
)
_PHONE = re.compile(r"[0-9][0-9—－, 、转-]{2,29}")
_DESK = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")
LONGEST_ANSWER = 60


@transaction.atomic
def enter_matter(
    actor: Actor,
    *,
    scope_id: int,
    title: str,
    plain: str,
    organ: str,
    of_county: bool,
    desk: str,
    phone: str,
    answer_wd: int | None,
    article: str,
    offered: bool,
    effective_from: date,
    doc_no: str,
    code: str = "",
    once: UUID | str | None = None,
) -> MatterEntry:
    """A draft of one line from a day on; without ``code`` a new matter. Raises E_AUTH, E_INPUT, E_NOT_FOUND, E_REPEAT."""
    check_may(actor, "parameters.enter", "录入事项表")
    if once and MatterEntry.objects.filter(once=once).exists():
        raise Refusal("E_REPEAT", case_no=title.strip())
    scope = Organisation.objects.filter(pk=scope_id).exclude(kind=Organisation.TOWN).first()
    known = MatterEntry.objects.filter(code=code).order_by("id").first() if code else None
    if scope is None or (code and known is None):
        raise Refusal("E_NOT_FOUND", what="事项或适用地区")
    given = {"title": title, "plain": plain, "organ": organ, "article": article, "doc_no": doc_no}
    tidy = _tidy(given, desk.strip(), phone.strip(), answer_wd)
    if known is None and not offered:
        raise Refusal("E_INPUT", field="不再受理", problem="新事项不能一开始就不受理")
    if effective_from < clock.today():
        raise Refusal("E_INPUT", field="执行日期", problem="不能早于今天")
    _check_name(code, tidy["title"])
    entry = MatterEntry.objects.create(
        code=code or f"M{next_number(DoorCounter, key='MATTER'):03d}",
        rank=known.rank if known else (MatterEntry.objects.aggregate(last=Max("rank"))["last"] or 0) + 1,
        scope=scope,
        of_county=of_county,
        offered=offered,
        effective_from=effective_from,
        entered_by_id=actor.id,
        entered_at=clock.now(),
        once=once or None,
        **tidy,
    )
    record(actor, "matter.enter", about=entry, code=entry.code, effective_from=effective_from.isoformat())
    return entry


def _tidy(given: dict[str, str], desk: str, phone: str, answer_wd: int | None) -> dict[str, Any]:
    """The columns as they are kept; E_INPUT with the field's own name."""
    tidy: dict[str, Any] = {}
    for name, label, least in _TEXTS:
        longest = MatterEntry._meta.get_field(name).max_length or 0
        tidy[name] = " ".join(given[name].split())
        if not least <= len(tidy[name]) <= longest:
            raise Refusal("E_INPUT", field=label, problem=f"请写{least}到{longest}个字")
    if not _PHONE.fullmatch(phone):
        raise Refusal("E_INPUT", field="热线", problem="请写电话号码，没有的写12345")
    if desk and not _DESK.fullmatch(desk):
        raise Refusal("E_INPUT", field="收件箱", problem="只用小写字母、数字和短横；对方没有收件系统的不填")
    if answer_wd is not None and not 1 <= answer_wd <= LONGEST_ANSWER:
        raise Refusal("E_INPUT", field="答复时限", problem=f"应为1到{LONGEST_ANSWER}个工作日")
    return tidy | {"desk": desk, "phone": phone, "answer_wd": answer_wd}


def _check_name(code: str, title: str) -> None:
    """Two matters of one name could not be told apart at the window."""
    live = MatterEntry.objects.filter(title=title, effective_to__isnull=True).exclude(code=code)
    if live.exclude(state=MatterEntry.WITHDRAWN).exists():
        raise Refusal("E_INPUT", field="事项名称", problem=f"“{title}”已在事项表上")


@transaction.atomic
def publish_matter(actor: Actor, entry_id: int) -> MatterEntry:
    """The second person puts a line in force from its day on; slips already written keep theirs.

    Raises E_AUTH, E_NOT_FOUND, E_SOD, E_STATE (also when its day has passed meanwhile).
    """
    check_may(actor, "parameters.publish", "发布事项")
    entry = put_in_force(actor, MatterEntry, entry_id, what=WHAT, same=("code", "scope"))
    if entry.effective_from < clock.today():
        raise Refusal("E_STATE", act="发布事项", state="执行日期已过，请作废后重新录入")
    record(actor, "matter.publish", about=entry, code=entry.code, doc_no=entry.doc_no)
    forget()
    return entry


@transaction.atomic
def withdraw_matter(actor: Actor, entry_id: int) -> MatterEntry:
    """A draft nobody wants. Raises E_AUTH, E_NOT_FOUND."""
    check_may(actor, "parameters.enter", "作废草稿")
    entry = take_back(MatterEntry, entry_id)
    record(actor, "matter.withdraw", about=entry, code=entry.code)
    return entry
