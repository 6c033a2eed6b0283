"""Claim: a new standard for every family of a county is a few statements and the law, not one family after another.

ours    standard.compute + confirm + apply: the law asked for each family, differences, arrears, amounts, the paper
peer    the common way: entitlements, assessments, amounts and paid lines as objects, bulk_create and bulk_update
floor   bare statements with ready-made rows: differences, ended spans, new spans and sums due into tables alike

    python bench/standard_batch.py --size 100000

Every family has a reckoning of its own and was paid one month of the new standard's time already. Prints a table and
adds its result to var/bench.json.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import rounds

CLAIM, LIMIT = "standard_batch", 3.0
SINCE = date(2019, 11, 1)
PAID, TODAY = date(2019, 10, 28), date(2019, 11, 20)
OLD, NEW = 40_000, 42_000  # fen a head and month
_FLOOR = (
    "INSERT INTO bench_standardline SELECT * FROM benefits_standardline",
    "UPDATE bench_amount SET to_month = '2019-11-01' WHERE to_month IS NULL",
    "INSERT INTO bench_amount SELECT * FROM cases_entitlementamount WHERE from_month > '2019-11-01'",
    "INSERT INTO bench_due SELECT * FROM payments_due",
)
_LIKE = {
    "bench_standardline": "benefits_standardline",
    "bench_amount": "cases_entitlementamount",
    "bench_due": "payments_due",
}


def measure(size: int, *, times: int = 3) -> dict[str, Any]:
    """Medians over ``times`` rounds on the database in use (empty of payments); every round is undone."""
    from django.db import connection

    from jiuzhu.accounts.actor import PLATFORM, fence
    from jiuzhu.benefits.models import StandardLine
    from jiuzhu.core import clock
    from jiuzhu.payments.acts import building
    from jiuzhu.payments.tests import city as cities

    with clock.at(PAID):
        city = cities.make(families=1)
        cities.multiply(city, size - 1)
        rounds.as_owner(*_reckonings(city), *(rounds.floor_table(*each) for each in _LIKE.items()))
        with fence(city.builder) as actor:
            building.build_run(actor, city.county.id, "DIBAO", "RURAL", SINCE)
    with clock.at(TODAY):
        _raise_standard()

        def batch() -> None:
            raised = _batch(city)
            if raised.families != size:
                raise RuntimeError(f"{raised.families} families raised of {size}")

        def by_objects() -> None:
            with fence(PLATFORM):
                _objects(city)

        ours = rounds.median(batch, times)
        peer = rounds.median(by_objects, times)
        with fence(PLATFORM), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_amount SELECT * FROM cases_entitlementamount")
        batch()
        with fence(PLATFORM), connection.cursor() as cursor:
            lines = StandardLine.objects.filter(note="", arrears_fen__gt=0).count()
            floor = rounds.median(lambda: [cursor.execute(each) for each in _FLOOR], times)
    if lines != size:
        raise RuntimeError(f"{lines} families with arrears of {size}")
    name = "ORM objects, bulk_create and bulk_update"
    return rounds.result(CLAIM, size, ours=ours, peer=peer, peer_name=name, floor=floor, limit=LIMIT)


def _reckonings(city: Any) -> list[str]:
    """An assessment and a decision for every copied family: income per head from 30 to 169 yuan a month."""
    from jiuzhu.cases.models import Assessment, Decision

    first = city.entitlements[0].decision
    head = "(3000 + e.id %% 140 * 100)".replace("%%", "%")
    outcome = (
        f"jsonb_build_object('counted', 1, 'per_capita_fen', {head},"
        f" 'lines', jsonb_build_array(jsonb_build_object('label', '基本保障金', 'fen', {OLD} - {head})))"
    )

    def copies(model: Any, number: int, changed: dict[str, str], joined: str) -> str:
        columns = [each.column for each in model._meta.concrete_fields if each.column != "id"]
        values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        return (
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM "{model._meta.db_table}" t'
            f" CROSS JOIN cases_entitlement e {joined} WHERE t.id = {number} AND e.decision_id = {first.id}"
        )

    other = f"JOIN cases_assessment s ON s.case_id = e.case_id AND s.id <> {first.assessment_id}"
    return [
        copies(Assessment, first.assessment_id, {"case_id": "e.case_id", "outcome": outcome}, ""),
        copies(
            Decision,
            first.id,
            {"case_id": "e.case_id", "assessment_id": "s.id", "round": "2"},
            other,
        ),
        f"UPDATE cases_entitlement e SET decision_id = d.id FROM cases_decision d"
        f" WHERE d.case_id = e.case_id AND d.id <> {first.id}",
        f"UPDATE cases_entitlementamount a SET base_fen = {OLD} - (3000 + a.entitlement_id % 140 * 100), topup_fen = 0",
    ]


def _raise_standard() -> None:
    from django.core.cache import cache

    from tests.families import City

    City.publish("dibao.standard", OLD, area_type="RURAL")
    City.publish("dibao.standard", NEW, since=SINCE, area_type="RURAL")
    cache.clear()


def _batch(city: Any) -> Any:
    from jiuzhu.accounts.actor import fence
    from jiuzhu.benefits.acts import standard

    with fence(city.builder) as actor:
        batch = standard.open_batch(actor, aid_type="DIBAO", area_type="RURAL", since=SINCE)
    standard.compute(batch.id)
    with fence(city.checker) as actor:
        standard.confirm(actor, batch.id)
        return standard.apply(actor, batch.id)


def _objects(city: Any) -> None:
    """The same differences family by family, without the paper, the undo and the questions about other changes."""
    from jiuzhu.aid_types import registry
    from jiuzhu.benefits.acts.standard import _parameters
    from jiuzhu.benefits.models import StandardBatch, StandardLine
    from jiuzhu.cases.models import Entitlement, EntitlementAmount
    from jiuzhu.core import clock
    from jiuzhu.payments.models import Due

    restate, limits = registry.get("DIBAO").restate, _parameters(city.county, "RURAL", SINCE)
    batch = StandardBatch.objects.create(
        number="peer", county=city.county, aid_type="DIBAO", area_type="RURAL", since=SINCE, old_fen=OLD,
        new_fen=NEW, computed_by_id=city.builder.id, computed_at=clock.now(),
    )  # fmt: skip
    families = (
        Entitlement.objects.filter(county=city.county, aid_type="DIBAO", area_type="RURAL", state="ACTIVE")
        .select_related("decision__assessment")
        .prefetch_related("amounts", "pay_lines")
        .order_by("id")
    )
    lines, ended, begun, dues = [], [], [], []
    for each in families.iterator(chunk_size=5000):
        outcome = each.decision.assessment.outcome
        labels = tuple(line["label"] for line in outcome["lines"])
        base, topup = restate(outcome["per_capita_fen"], outcome["counted"], labels, limits)
        paid = [line for line in each.pay_lines.all() if line.pay_month >= SINCE]
        from_month = date(2019, 11 + len(paid), 1)
        now = next(a for a in each.amounts.all() if a.to_month is None)
        arrears = len(paid) * (base + topup) - sum(line.total_fen for line in paid)
        lines.append(
            StandardLine(
                batch=batch, entitlement=each, members_count=now.members_count, old_fen=now.base_fen,
                per_head_fen=outcome["per_capita_fen"], base_fen=base, topup_fen=topup,
                from_month=from_month, arrears_fen=arrears,
            )
        )  # fmt: skip
        now.to_month = SINCE
        ended.append(now)
        begun.append(
            EntitlementAmount(
                entitlement=each, from_month=from_month, members_count=now.members_count, base_fen=base,
                topup_fen=topup, ground=batch.number,
            )
        )  # fmt: skip
        dues.append(
            Due(
                entitlement=each, kind=Due.ARREARS, amount_fen=arrears, from_month=from_month,
                cause=f"peer:{each.id}", reason="提高标准补发", at=clock.now(), by_name="",
            )
        )  # fmt: skip
    StandardLine.objects.bulk_create(lines, batch_size=2000)
    EntitlementAmount.objects.bulk_update(ended, ["to_month"], batch_size=2000)
    EntitlementAmount.objects.bulk_create(begun, batch_size=2000)
    Due.objects.bulk_create(dues, batch_size=2000)


if __name__ == "__main__":
    rounds.main(measure, str(__doc__))
