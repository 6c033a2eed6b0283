"""DYN-40: a new standard for every family at once: computed as a list, confirmed by another person, in effect, undone before pay."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL
from jiuzhu.accounts.roles import has_power, role_name
from jiuzhu.aid_types import registry
from jiuzhu.audit.acts import record
from jiuzhu.benefits import statements
from jiuzhu.benefits.models import StandardBatch, StandardLine
from jiuzhu.cases.models import Entitlement
from jiuzhu.cases.regimes import regime_today
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.infra.queue import defer
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments.acts import owing
from jiuzhu.payments.models import Due
from jiuzhu.policy.parameters import ParameterSet

Once = UUID | str | None
CHUNK = 5000


def _check(actor: Actor, act: str, county_id: int | None = None) -> None:
    """The county's centre, on its own county."""
    if not has_power(actor.role, "standard.batch"):
        raise Refusal("E_AUTH", role=role_name(actor.role), act=act, why="")
    if actor.organ_kind not in COUNTY_LEVEL or county_id not in (None, actor.organ_id):
        raise Refusal("E_NOT_FOUND", what="调标批次")


def _parameters(county: Organisation, area_type: str, on: date) -> ParameterSet:
    regime = regime_today(county, on)
    return parameters.parameter_set(county, on=on, area_type=area_type, regime=regime)


def open_batch(actor: Actor, *, aid_type: str, area_type: str, since: date) -> StandardBatch:
    """A difference list for the standard published from ``since``; computed by the queue, shown while it grows.

    Raises E_AUTH, E_INPUT, E_STANDARD (nothing published for that day, not the first of a month, a batch is there already).
    """
    _check(actor, "编制调标名单")
    aid = next((each for each in registry.all_types() if each.code == aid_type), None)
    if aid is None:
        raise Refusal("E_INPUT", field="救助类别", problem="请选择")
    if aid.restate is None:
        raise Refusal("E_STANDARD", why=f"{aid.name}不随保障标准批量调整")
    if since.day != 1:
        raise Refusal("E_STANDARD", why="新标准应从某月1日起施行")
    county = Organisation.objects.get(pk=actor.organ_id)
    after, before = (_parameters(county, area_type, day) for day in (since, since - timedelta(days=1)))
    new, old = after["dibao.standard"], before["dibao.standard"]
    if new is None or old is None or new == old:
        raise Refusal("E_STANDARD", why=f"没有从{since:%Y年%m月}起施行的新标准，请先由市级公布")
    try:
        with transaction.atomic():
            batch = StandardBatch.objects.create(
                number=f"TB{county.code}-{aid_type}-{area_type}-{since:%Y%m}-{_count(county, since) + 1}",
                county=county,
                aid_type=aid_type,
                area_type=area_type,
                since=since,
                old_fen=old,
                new_fen=new,
                doc_no=after.why("dibao.standard").source,
                todo=_families(county, aid_type, area_type).count(),
                computed_by_id=actor.id,
                computed_at=clock.now(),
            )
    except IntegrityError as clash:
        raise Refusal("E_STANDARD", why="该标准已有批次，请先撤销") from clash
    record(actor, "benefit.standard_open", about=batch, number=batch.number)
    defer("benefits.compute_standard", batch_id=batch.id)
    return batch


def _count(county: Organisation, since: date) -> int:
    return StandardBatch.objects.filter(county=county, since=since).count()


def _families(county: Organisation, aid_type: str, area_type: str) -> Any:
    return Entitlement.objects.filter(
        county=county, aid_type=aid_type, area_type=area_type, state__in=Entitlement.RUNNING
    )


def compute(batch_id: int) -> StandardBatch:
    """The queue's work, some thousand families a transaction, so that progress shows and a restart goes on."""
    while True:
        with fence(PLATFORM), transaction.atomic():
            batch = (
                StandardBatch.objects.select_for_update(of=("self",))
                .select_related("county")
                .get(pk=batch_id)
            )
            if batch.state != StandardBatch.COMPUTING:
                return batch
            last = batch.lines.order_by("-entitlement_id").values_list("entitlement_id", flat=True).first()
            added = _compute_next(batch, last or 0)
            batch.done += added
            if added < CHUNK:
                _total(batch)
                batch.state = StandardBatch.COMPUTED
                batch.version += 1
            batch.save()


def _compute_next(batch: StandardBatch, after: int) -> int:
    """The next families, by the law of the aid type: new standard, unchanged income."""
    restate = registry.get(batch.aid_type).restate
    assert restate is not None
    limits = _parameters(batch.county, batch.area_type, batch.since)
    with connection.cursor() as cursor:
        cursor.execute(
            statements.STANDARD_FAMILIES,
            {
                "county": batch.county_id,
                "aid_type": batch.aid_type,
                "area_type": batch.area_type,
                "since": batch.since,
                "after": after,
                "count": CHUNK,
            },
        )
        rows = cursor.fetchall()
        known: dict[tuple[Any, ...], tuple[int, int]] = {}
        columns: dict[str, list[Any]] = {
            name: []
            for name in (
                "entitlements", "members", "heads", "olds", "bases", "topups", "cares", "froms", "arrears", "notes",
            )
        }  # fmt: skip
        for row in rows:
            values = _line(row, known, restate, limits)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
        if rows:
            cursor.execute(statements.STANDARD_LINES, {"batch": batch.id} | columns)
    return len(rows)


def _line(row: tuple[Any, ...], known: dict[Any, Any], restate: Any, limits: ParameterSet) -> tuple[Any, ...]:
    number, state, outcome, members, old, care, month, months, paid, later, pending = row
    outcome = json.loads(outcome) if isinstance(outcome, str) else outcome or {}
    counted, head = int(outcome.get("counted", 0)), int(outcome.get("per_capita_fen", 0))
    labels = tuple(each["label"] for each in outcome.get("lines", ()))
    note = ""
    if not labels:
        note = "没有测算记录"
    elif counted != members:
        note = "保障人口与测算不一致"
    elif state == Entitlement.GRADUAL:
        note = "渐退期内不调整"
    elif later or pending:
        note = "另有已决定的变更"
    base = topup = 0
    if not note:
        key = (head, counted, labels)
        if key not in known:
            known[key] = restate(head, counted, labels, limits)
        base, topup = known[key]
        if base + topup + care <= old:
            note = "按新标准没有增加"
    arrears = 0 if note else max(0, int(months) * (base + topup + care) - int(paid))
    return number, members, head, old, base, topup, care, month, arrears, note


def _total(batch: StandardBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements.STANDARD_TOTALS, {"batch": batch.id})
        batch.families, batch.month_fen, batch.arrears_fen, batch.left_out = cursor.fetchone()


def _locked(
    actor: Actor, batch_id: int, act: str, states: tuple[str, ...], seen: int | None
) -> StandardBatch:
    batch = (
        StandardBatch.objects.select_for_update(of=("self",))
        .select_related("county")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise Refusal("E_NOT_FOUND", what="调标批次")
    _check(actor, act, batch.county_id)
    if batch.state not in states:
        raise Refusal("E_STANDARD", why=f"批次{STATES[batch.state]}，不能{act}")
    if seen is not None and int(seen) != batch.version:
        raise Refusal("E_BENEFIT_STALE", what=batch.number)
    return batch


STATES = {
    StandardBatch.COMPUTING: "正在测算",
    StandardBatch.COMPUTED: "待确认",
    StandardBatch.CONFIRMED: "已确认，待生效",
    StandardBatch.APPLIED: "已生效",
    StandardBatch.UNDONE: "已撤销",
}


def confirm(actor: Actor, batch_id: int, *, seen: int | None = None) -> StandardBatch:
    """Another person of the county finds the list right."""
    with transaction.atomic():
        batch = _locked(actor, batch_id, "确认名单", (StandardBatch.COMPUTED,), seen)
        if batch.computed_by_id == actor.id:
            raise Refusal("E_SOD", who=actor.name, why="编制了本批次，不能再确认")
        if not batch.families:
            raise Refusal("E_STANDARD", why="没有可以提高的家庭")
        batch.state, batch.confirmed_by_id, batch.confirmed_at = (
            StandardBatch.CONFIRMED,
            actor.id,
            clock.now(),
        )
        batch.version += 1
        batch.save()
        record(actor, "benefit.standard_confirm", about=batch, number=batch.number, families=batch.families)
    return batch


def apply(actor: Actor, batch_id: int, *, seen: int | None = None) -> StandardBatch:
    """Every family's amount from its next list on, earlier months as arrears, the list as a paper; in one transaction."""
    with transaction.atomic():
        batch = _locked(actor, batch_id, "批次生效", (StandardBatch.CONFIRMED,), seen)
        with fence(PLATFORM):
            moved = _number(statements.STANDARD_MOVED, batch)
            if moved:
                raise Refusal("E_STANDARD", why=f"测算之后有{moved}户情况变化，请撤销后重新测算")
            batch.applied_at = clock.now()
            with connection.cursor() as cursor:
                for sql in statements.STANDARD_APPLY:
                    cursor.execute(sql, {"batch": batch.id, "at": batch.applied_at, "ground": batch.number})
            owing.owe(actor, _owed(batch))
            places = _places(batch)
        paper = documents.issue(
            actor,
            "W41-B",
            {
                "batch_no": batch.number,
                "area": name_of("area_type", batch.area_type),
                "aid_type": batch.aid_type,
                "since_on": batch.since,
                "before_fen": batch.old_fen,
                "after_fen": batch.new_fen,
                "families": batch.families,
                "left_out": batch.left_out,
                "doc_basis": batch.doc_no,
                "month_fen": batch.month_fen,
                "arrears_fen": batch.arrears_fen,
                "places": places,
            },
            organ=batch.county,
            regime=regime_today(batch.county, clock.today()),
            addressee=batch.county.name,
        )
        batch.state, batch.paper_no = StandardBatch.APPLIED, paper.doc_no
        batch.version += 1
        batch.save()
        record(actor, "benefit.standard_apply", about=batch, number=batch.number, families=batch.families)
    return batch


def _owed(batch: StandardBatch) -> list[owing.Owed]:
    rows = StandardLine.objects.filter(batch=batch, note="", arrears_fen__gt=0)
    reason = f"提高标准补发（{batch.since:%Y年%m月}起）"
    return [
        owing.Owed(entitlement, Due.ARREARS, fen, month, f"standard:{batch.id}:{entitlement}", reason)
        for entitlement, fen, month in rows.values_list("entitlement_id", "arrears_fen", "from_month")
    ]


def _places(batch: StandardBatch) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statements.STANDARD_PLACES, {"batch": batch.id})
        names = ("town", "households", "persons", "old_fen", "new_fen", "arrears_fen")
        return [dict(zip(names, (row[0], *map(int, row[1:])), strict=True)) for row in cursor.fetchall()]


def _number(sql: str, batch: StandardBatch) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"batch": batch.id, "ground": batch.number})
        return int(cursor.fetchone()[0])


def undo(actor: Actor, batch_id: int, *, reason: str, seen: int | None = None) -> StandardBatch:
    """As if it had not been; impossible once a list or another change stands on the new amounts."""
    if len(reason.strip()) < 2:
        raise Refusal("E_REASONS", act="撤销调标")
    states = (StandardBatch.COMPUTED, StandardBatch.CONFIRMED, StandardBatch.APPLIED)
    with transaction.atomic():
        batch = _locked(actor, batch_id, "撤销调标", states, seen)
        if batch.state == StandardBatch.APPLIED:
            with fence(PLATFORM):
                taken = _number(statements.STANDARD_TAKEN, batch)
                if taken:
                    raise Refusal("E_STANDARD", why=f"有{taken}户已按新标准列入发放名单或另有变更，不能撤销")
                given = {
                    "batch": batch.id,
                    "ground": batch.number,
                    "at": clock.now(),
                    "applied": batch.applied_at,
                }
                with connection.cursor() as cursor:
                    for sql in statements.STANDARD_UNDO:
                        cursor.execute(sql, given)
                owing.withdraw_dues(actor, f"standard:{batch.id}:", reason=reason.strip()[:200])
        batch.state, batch.undone_at = StandardBatch.UNDONE, clock.now()
        batch.undone_reason = reason.strip()[:200]
        batch.version += 1
        batch.save()
        record(actor, "benefit.standard_undo", about=batch, number=batch.number)
    return batch
