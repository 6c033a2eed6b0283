"""Publishing values and holiday notices: one officer enters, another publishes (STD-01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.audit.acts import record
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.steady import forget
from jiuzhu.parameters.models import HolidayDay, HolidayNotice, PublishedValue
from jiuzhu.parameters.publishing import check_may, put_in_force, take_back
from jiuzhu.policy.parameters import check, declarations


def _changed() -> None:
    """What was read before no longer holds, here at once and elsewhere from the commit on."""
    forget()
    transaction.on_commit(cache.clear)


@transaction.atomic
def enter_value(
    actor: Actor,
    *,
    key: str,
    scope_id: int,
    area_type: str,
    value: Any,
    effective_from: date,
    doc_no: str,
) -> PublishedValue:
    """A draft, checked against the declaration's bounds and its level. Raises E_AUTH, E_INPUT, E_NOT_FOUND."""
    check_may(actor, "parameters.enter", "录入标准")
    declaration = declarations().get(key)
    scope = Organisation.objects.filter(pk=scope_id).exclude(kind=Organisation.TOWN).first()
    if declaration is None or scope is None:
        raise Refusal("E_NOT_FOUND", what="参数或适用地区")
    if not doc_no.strip():
        raise Refusal("E_INPUT", field="文件号", problem="请写明依据的文件")
    if declaration.per_area and area_type not in ("URBAN", "RURAL"):
        raise Refusal("E_INPUT", field="城乡", problem="该标准城乡分别公布，请选择")
    level = "city" if scope.kind == Organisation.CITY else "county"
    checked = check(key, value, level=level)
    entered = PublishedValue.objects.create(
        key=key,
        scope=scope,
        area_type=area_type if declaration.per_area else "",
        value=checked,
        effective_from=effective_from,
        doc_no=doc_no.strip(),
        entered_by_id=actor.id,
        entered_at=clock.now(),
    )
    record(actor, "parameter.enter", about=entered, key=key, effective_from=effective_from.isoformat())
    return entered


@transaction.atomic
def publish_value(actor: Actor, value_id: int) -> PublishedValue:
    """The second person puts it in force; what was in force before ends the day before.

    Raises E_AUTH, E_NOT_FOUND, E_STATE (not a draft, or an earlier day than a published one), E_SOD (same person).
    """
    check_may(actor, "parameters.publish", "发布标准")
    draft = put_in_force(actor, PublishedValue, value_id, what="标准", same=("key", "scope", "area_type"))
    record(actor, "parameter.publish", about=draft, key=draft.key, doc_no=draft.doc_no)
    _changed()
    return draft


@transaction.atomic
def withdraw_draft(actor: Actor, value_id: int) -> None:
    """A draft nobody wants. Raises E_AUTH, E_NOT_FOUND."""
    check_may(actor, "parameters.enter", "作废草稿")
    draft = take_back(PublishedValue, value_id)
    record(actor, "parameter.withdraw", about=draft, key=draft.key)


@transaction.atomic
def load_holidays(
    actor: Actor, *, year: int, doc_no: str, off: list[date], makeup: list[date]
) -> HolidayNotice:
    """A State Council notice of one year; the year stops being provisional (WD-08). Raises E_AUTH, E_INPUT."""
    check_may(actor, "holidays.load", "载入放假通知")
    if not doc_no.strip() or not off:
        raise Refusal("E_INPUT", field="放假通知", problem="请写明文号和放假日期")
    wrong = [day for day in (*off, *makeup) if day.year != year]
    if wrong or set(off) & set(makeup):
        raise Refusal("E_INPUT", field="日期", problem=f"应都在{year}年，且放假与上班日不能相同")
    if any(day.weekday() < 5 for day in makeup):
        raise Refusal("E_INPUT", field="调休上班日", problem="应为周六或周日")
    notice, _ = HolidayNotice.objects.update_or_create(
        year=year, defaults={"doc_no": doc_no.strip(), "loaded_at": clock.now()}
    )
    notice.days.all().delete()
    HolidayDay.objects.bulk_create(
        [HolidayDay(day=day, notice=notice, kind="OFF") for day in off]
        + [HolidayDay(day=day, notice=notice, kind="MAKEUP") for day in makeup]
    )
    record(actor, "holidays.load", about=notice, year=year, off=len(off), makeup=len(makeup))
    _changed()
    return notice
