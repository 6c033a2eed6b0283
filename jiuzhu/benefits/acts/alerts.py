"""Alerts as told and answered (SUP-20): dated by the county's parameters, told once a fact, looked into by a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.organisations import county_level_organs
from jiuzhu.accounts.roles import role_name
from jiuzhu.audit.acts import record
from jiuzhu.benefits.acts._act import limits_of, locked_entitlement
from jiuzhu.benefits.models import Alert, PlaceAlert
from jiuzhu.benefits.permissions import check_role
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy import watching

TITLES = {
    "DEATH": "有人去世",
    "DUPLICATE": "重复享受",
    "ADULT": "年满18周岁",
    "PENSION": "达到养老年龄",
    "ACCOUNT": "连续两月未到账",
    "RETURNED": "家庭成员返回",
    "NO_CHANGE": "C类长期无变化",
    "VEHICLE": "发现车辆",
    "COMPANY": "发现市场主体",
    "DISABILITY": "残疾证到期",
    "DQ-38": "不再属于无劳动能力",
    "DQ-40": "照料金额与等级不符",
    watching.MARRIAGE: "婚姻变动",
    watching.DWELLING: "新增房产",
    watching.WAGE: "发现就业、工资",
    watching.PAID: "开始领取养老待遇",
    watching.DEPOSIT: "存款超限",
    watching.PRISON: "服刑、强制隔离戒毒",
}
CLUSTER, RATE = "CLUSTER", "RATE"
PLACES = {CLUSTER: "一村集中批准", RATE: "批准率异常"}
_ANSWER_WITHIN = {"E": "alert.urgent_wd", "W": "alert.hint_wd"}


@dataclass(frozen=True)
class Seen:
    """One fact about one family, before it is known whether it was told already."""

    entitlement_id: int
    county_id: int
    kind: str
    key: str
    text: str
    level: str = "W"
    person_id: int | None = None
    source: str = ""
    uses: tuple[str, ...] = ()


class Dues:
    """By when a county answers an alert of a level, and the parameters that say so."""

    def __init__(self, today: date) -> None:
        self._today, self._calendar = today, parameters.calendar()
        self._counties = {each.id: each for each in county_level_organs()}
        self._known: dict[tuple[Any, ...], tuple[date, list[dict[str, Any]]]] = {}

    def of(self, county_id: int, level: str, uses: tuple[str, ...] = ()) -> tuple[date, list[dict[str, Any]]]:
        """``uses`` are the limits the fact itself was held against."""
        asked = (county_id, level, uses)
        if asked not in self._known:
            used = limits_of(self._counties[county_id], self._today)
            days, *_ = [used[key] for key in (_ANSWER_WITHIN[level], *uses)]
            due = self._calendar.add_working_days(self._today, days).on
            self._known[asked] = due, list(used.stored_read)
        return self._known[asked]


def tell(facts: Iterable[Seen]) -> int:
    """Alerts for facts not told before; how many are new."""
    today = clock.today()
    dues, before = Dues(today), Alert.objects.count()
    alerts = []
    for each in facts:
        due_on, limits = dues.of(each.county_id, each.level, each.uses)
        alerts.append(
            Alert(
                entitlement_id=each.entitlement_id,
                person_id=each.person_id,
                kind=each.kind,
                level=each.level,
                key=f"{each.kind}:{each.entitlement_id}:{each.key}"[:120],
                source=each.source,
                text=each.text[:300],
                found_on=today,
                due_on=due_on,
                limits=limits,
            )
        )
    Alert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=1000)
    return Alert.objects.count() - before


# —— what a person finds out


def answer(actor: Actor, alert_id: int, *, result: str, text: str) -> Alert:
    """Looked into: true, not true, or true and explained. What follows from it is a change, registered as any other."""
    _check_answer(Alert.RESULTS, result, text)
    with transaction.atomic():
        of = Alert.objects.filter(pk=alert_id).values_list("entitlement_id", flat=True).first()
        if of is None:
            raise Refusal("E_NOT_FOUND", what="预警")
        entitlement = locked_entitlement(actor, of)
        check_role(actor, ("TOWN_CLERK",), "查清预警", entitlement)
        alert = Alert.objects.select_for_update().get(pk=alert_id)
        if alert.result:
            raise Refusal("E_REPEAT", case_no=entitlement.case.case_no)
        _keep_answer(alert, actor, result, text)
        record(actor, "benefit.alert", about=alert, case_no=entitlement.case.case_no, result=result)
    return alert


def answer_place(actor: Actor, alert_id: int, *, result: str, text: str) -> PlaceAlert:
    """The county's supervisor looked into a village or a township; what follows is supervision (SUP-01..07)."""
    _check_answer(PlaceAlert.RESULTS, result, text)
    if actor.role != "COUNTY_SUPERVISOR":
        raise Refusal("E_AUTH", role=role_name(actor.role), act="查清村镇预警", why="")
    with transaction.atomic():
        alert = PlaceAlert.objects.select_for_update().filter(pk=alert_id, town_id__in=actor.towns).first()
        if alert is None:
            raise Refusal("E_NOT_FOUND", what="预警")
        if alert.result:
            raise Refusal("E_REPEAT", case_no="这条预警")
        _keep_answer(alert, actor, result, text)
        record(actor, "benefit.place_alert", about=alert, result=result)
    return alert


def _check_answer(results: dict[str, str], result: str, text: str) -> None:
    if result not in results:
        raise Refusal("E_INPUT", field="查清结果", problem="请从列表中选择")
    if len(text.strip()) < 4:
        raise Refusal("E_INPUT", field="查清情况", problem="请写明怎样查清的")


def _keep_answer(alert: Alert | PlaceAlert, actor: Actor, result: str, text: str) -> None:
    alert.result, alert.answer = result, text.strip()[:400]
    alert.answered_on, alert.answered_by_id = clock.today(), actor.id
    alert.save()
